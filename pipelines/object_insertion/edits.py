"""What a visitor asks for: boxes and what is to be in them, in their order; and whether it can be done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image as PillowImage
from scipy import ndimage

from imaging.streets import NAMES, NOTHING, OBJECTS
from imaging.types import Box, Image, InputError, LabelMap, Mask
from pipelines.object_insertion.lent import Lent

KINDS = (*(NAMES[label] for label in OBJECTS), NAMES[NOTHING])
"""What a box can be given: the names of objects, or "nothing", which empties it."""

MOST = 24  # boxes
LEAST = 8  # pixels of a box's sides
PART = 0.3  # of an object's largest piece in its box: smaller pieces are others


@dataclass(frozen=True, eq=False)
class Edit:
    """One box; its label, one of `KINDS`, says what is to be in it.

    `colour`: sRGB 0..255 of the object, None for any. `mask`: its outline, bool of the photo's size, where a visitor
    has drawn it. `behind`: how many of the objects that are there already stay in front of it. `seed`: which variant.
    `over`: the colour of the object that is there; it stays, and what the network changes for `colour` is laid over it.
    `own`: its own pixels, where they are known.
    """

    box: Box
    colour: tuple[int, int, int] | None = None
    mask: Mask | None = None
    behind: int = 0
    seed: int = 0
    over: tuple[int, int, int] | None = None
    own: Lent | None = None


def box_of(edges: Sequence[float], label: str, height: int, width: int) -> Box:
    """The box with these edges (left, top, right, bottom in pixels) in a photo; raises `InputError` if it cannot be."""
    if not np.isfinite(edges).all():
        raise InputError("This box has an edge that is no number: draw it again.")
    left, top, right, bottom = (round(edge) for edge in edges)
    if left < 0 or top < 0 or right > width or bottom > height:
        raise InputError(
            "The box {box} reaches out of the photo, which has {width} x {height} pixels: draw it inside.",
            box=f"{left}, {top}, {right}, {bottom}",
            width=width,
            height=height,
        )
    if right - left < LEAST or bottom - top < LEAST:
        raise InputError("A box must be {least} pixels wide and high, or more: draw a larger one.", least=LEAST)
    if label not in KINDS:
        sentence = "There is no {label} to put into a box. Choose one of: {kinds}."
        raise InputError(sentence, label=label, kinds=", ".join(KINDS))
    return Box(left, top, right, bottom, label)


def checked(image: Image, labels: LabelMap, edits: Sequence[Edit]) -> None:
    """Raises `InputError` where something of this cannot be done."""
    height, width = image.shape[:2]
    if labels.ids.shape != (height, width) or tuple(labels.names) != NAMES:
        raise InputError(
            "The label map has {given} pixels and the photo {wanted}: give one of the photo's size.",
            given=f"{labels.ids.shape[1]} x {labels.ids.shape[0]}",
            wanted=f"{width} x {height}",
        )
    if not edits:
        raise InputError("Draw a box first.")
    if len(edits) > MOST:
        raise InputError("These are {count} boxes; do {most} at a time.", count=len(edits), most=MOST)
    for edit in edits:
        box = edit.box
        box_of((box.left, box.top, box.right, box.bottom), box.label, height, width)
        if edit.mask is not None and edit.mask.shape != (height, width):
            raise InputError("The sketch of an outline must have the photo's size.")


def replaced(edit: Edit) -> tuple[Edit, Edit]:
    """What is in the box goes, then the new object comes: the composition alone leaves old pixels beside it."""
    return Edit(replace(edit.box, label=NAMES[NOTHING]), seed=edit.seed), edit


def moved(image: Image, labels: LabelMap, old: Box, new: Box) -> tuple[Edit, Edit]:
    """The object in `old` goes, and one of its class, outline and colour comes to `new`, smaller or larger."""
    kind, mask, _ = found(image, labels, old)
    there = box_of((new.left, new.top, new.right, new.bottom), NAMES[kind], *image.shape[:2])
    here = np.s_[old.top : old.bottom, old.left : old.right]
    outline = PillowImage.fromarray(mask[here])
    placed = np.zeros_like(mask)
    placed[there.top : there.bottom, there.left : there.right] = np.asarray(outline.resize((there.width, there.height)))
    # The mean of all its pixels would be a body's colour mixed with that of windows and tyres.
    red, green, blue = (round(float(part)) for part in np.median(image[mask], 0))
    come = Edit(there, (red, green, blue), placed, own=Lent(image[here], mask[here]))
    return Edit(replace(old, label=NAMES[NOTHING])), come


def recoloured(image: Image, labels: LabelMap, box: Box, colour: tuple[int, int, int]) -> Edit:
    """The object in `box` in another colour, its outline and its details kept."""
    kind, mask, own = found(image, labels, box)
    return Edit(replace(box, label=NAMES[kind]), colour, mask, over=own)


def found(image: Image, labels: LabelMap, box: Box) -> tuple[int, Mask, tuple[int, int, int]]:
    """Label id, mask (H, W) and mean colour of the object of which most is in `box`."""
    here = np.s_[box.top : box.bottom, box.left : box.right]
    inside = labels.ids[here]
    counts = np.bincount(inside.ravel(), minlength=len(NAMES))[list(OBJECTS)]
    if not counts.any():
        raise InputError("There is no object in this box: draw the box around one, or paint it into the label map.")
    kind = OBJECTS[int(counts.argmax())]
    parts, count = ndimage.label(inside == kind)  # pyright: ignore[reportGeneralTypeIssues] - SciPy's stub
    sizes = np.bincount(parts.ravel(), minlength=count + 1)
    sizes[0] = 0
    mask = np.zeros(labels.ids.shape, np.bool_)
    # What is small beside the rest is the rim of a neighbour; a half may be what a pole in front has cut off.
    mask[here] = (sizes >= PART * sizes.max())[parts]
    red, green, blue = (round(float(part)) for part in image[mask].mean(0))
    return kind, mask, (red, green, blue)


def colour_of(picture: Image) -> tuple[int, int, int]:
    """The colour that a reference picture gives an object: the median of its middle half, sRGB 0..255."""
    height, width = picture.shape[:2]
    middle = picture[height // 4 : -(-3 * height // 4), width // 4 : -(-3 * width // 4)]
    red, green, blue = (round(float(part)) for part in np.median(middle.reshape(-1, 3), 0))
    return red, green, blue
