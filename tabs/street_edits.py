"""From what a visitor draws on a street to the edits of the pipeline, and the pictures of how each was done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image as PillowImage
from PIL import ImageDraw

from imaging.labels import overlay
from imaging.streets import COLOURS, EVALUATED, NAMES, NOTHING
from imaging.types import Box, Image, InputError, LabelMap, Mask
from pipelines.object_insertion.edits import KINDS, MOST, Edit, box_of, moved, recoloured, replaced
from pipelines.object_insertion.pipeline import Step
from tabs.components.box_editor import EditFields

SHOWN = (0, *EVALUATED)
"""Label ids that a visitor sees and paints: all others are "unlabeled" there, and stay what they are."""

COLOURLESS = ("remove", "move")
"""Actions that ask for no colour, whatever one was chosen before for the same box."""

MAP_SIDE = 1024  # pixels: the longer side of the map that is painted on
PICTURE_SIDE = 1600  # pixels: the longer side of pictures that only show something
STEP_SIDE = 384  # pixels: the width of each picture of a step


@dataclass(frozen=True, eq=False)
class Scene:
    """A street and its labels as they were found, or given by the visitor as the picture `given`."""

    photo: Image
    labels: LabelMap
    network: str
    given: Image | None = None

    def is_of(self, photo: Image, network: str, given: Image | None) -> bool:
        """Whether it is what this photo was found to show."""
        same = (self.given is None) == (given is None) and (given is not None or self.network == network)
        same = same and (given is None or np.array_equal(self.given, given))  # pyright: ignore[reportArgumentType]
        return same and np.array_equal(self.photo, photo)

    def painted(self) -> LabelMap:
        """The map to paint on: indices into `SHOWN`, no larger than `MAP_SIDE`."""
        index = np.zeros(len(NAMES), np.uint8)
        index[list(SHOWN)] = np.arange(len(SHOWN))
        height, width = self.labels.ids.shape
        scale = min(1.0, MAP_SIDE / max(height, width))
        small = self.labels.resized(max(1, round(height * scale)), max(1, round(width * scale)))
        return LabelMap(index[small.ids], [NAMES[label] for label in SHOWN])

    def corrected(self, painted: np.ndarray | None) -> LabelMap:
        """The labels, changed where the visitor painted other indices, uint8 of any size."""
        if painted is None:
            return self.labels
        shown = self.painted()
        if painted.shape != shown.ids.shape:
            painted = LabelMap(painted, shown.names).resized(*shown.ids.shape).ids
        changed = painted != shown.ids
        if not changed.any():
            return self.labels
        size = (self.labels.ids.shape[1], self.labels.ids.shape[0])
        full = np.asarray(PillowImage.fromarray(changed).resize(size, PillowImage.Resampling.NEAREST))
        new = LabelMap(np.array(SHOWN, np.uint8)[painted], NAMES).resized(*self.labels.ids.shape)
        return LabelMap(np.where(full, new.ids, self.labels.ids), NAMES)


def asked(entries: Sequence[EditFields], height: int, width: int, reference: tuple[int, int, int] | None) -> None:
    """Raises `InputError` where a box cannot be: before anything is computed."""
    if not entries:
        raise InputError("Draw a box first.")
    if len(entries) > MOST:
        raise InputError("These are {count} boxes; do {most} at a time.", count=len(entries), most=MOST)
    for entry in entries:
        _box(entry, height, width)
        if entry.to:
            box_of(entry.to, entry.label, height, width)
        if entry.action not in COLOURLESS:
            colour_in(entry, reference)


def edits_of(
    entry: EditFields, image: Image, labels: LabelMap, reference: tuple[int, int, int] | None
) -> tuple[Edit, ...]:
    """What the pipeline is to do with `image` (H, W, 3) for one entry of the list."""
    size = labels.ids.shape
    box = _box(entry, *size)
    if entry.action == "remove":
        return (Edit(box, seed=entry.seed),)
    if entry.action == "move":
        if not entry.to:
            raise InputError("Say where this object shall go: drag the second box there.")
        gone, come = moved(image, labels, box, box_of(entry.to, entry.label, *size))
        return gone, replace(come, behind=entry.behind, seed=entry.seed)
    colour = colour_in(entry, reference)
    if entry.action == "recolour":
        if colour is None:
            raise InputError("Choose the colour that this object shall have.")
        return (replace(recoloured(image, labels, box, colour), seed=entry.seed),)
    edit = Edit(box, colour, _outline(entry, box, *size), entry.behind, entry.seed)
    return replaced(edit) if entry.action == "replace" else (edit,)


def with_boxes(labels: LabelMap, entries: Sequence[EditFields]) -> LabelMap:
    """The labels with the boxes filled in which these entries put something."""
    ids = labels.ids.copy()
    for entry in entries:
        box = entry.to if entry.action == "move" else entry.box
        if entry.action in ("add", "replace", "move") and box and entry.label in KINDS:
            left, top, right, bottom = (max(0, round(edge)) for edge in box)
            ids[top:bottom, left:right] = NAMES.index(entry.label)
    return LabelMap(ids, labels.names)


def colour_in(entry: EditFields, reference: tuple[int, int, int] | None) -> tuple[int, int, int] | None:
    """The colour that an entry asks for, sRGB 0..255; None for any."""
    if entry.colour == "picture":
        if reference is None:
            raise InputError("Add a picture to take the colour from, or choose another colour.")
        return reference
    if not entry.colour:
        return None
    try:
        code = bytes.fromhex(entry.colour.removeprefix("#"))
        red, green, blue = code
    except ValueError:
        raise InputError("{colour} is no colour: write #rrggbb.", colour=entry.colour[:20]) from None
    return red, green, blue


def _box(entry: EditFields, height: int, width: int) -> Box:
    label = entry.label if entry.action in ("add", "replace") else NAMES[NOTHING]
    return box_of(entry.box, label, height, width)


def _outline(entry: EditFields, box: Box, height: int, width: int) -> Mask | None:
    """The sketch of an outline as a mask of the photo's size."""
    if len(entry.outline) < 3:
        return None
    canvas = PillowImage.new("1", (width, height))
    points = [(box.left + x * box.width, box.top + y * box.height) for x, y in entry.outline]
    ImageDraw.Draw(canvas).polygon(points, fill=1)
    return np.asarray(canvas)


def parsed_over(photo: Image, labels: LabelMap) -> Image:
    """A street with its labels in Cityscapes' colours over it, no larger than a screen."""
    small = shrunk(photo, PICTURE_SIDE)
    return overlay(small, labels.resized(*small.shape[:2]), COLOURS, 0.6)


def shrunk(image: Image, side: int) -> Image:
    """`image` no longer than `side`."""
    picture = PillowImage.fromarray(image)
    picture.thumbnail((side, side), PillowImage.Resampling.LANCZOS)
    return np.asarray(picture)


def step_picture(before: Image, step: Step) -> Image:
    """One edit in its window, side by side: as it was, what changes its label, new labels, new pixels."""
    mask = np.where(step.mask[..., None], np.uint8(255), np.uint8(40)).repeat(3, 2)
    here = before[step.window.top : step.window.bottom, step.window.left : step.window.right]
    labels = np.asarray(COLOURS, np.uint8)[step.labels.ids]
    size = (STEP_SIDE, max(1, round(STEP_SIDE * step.window.height / step.window.width)))
    tiles = [
        PillowImage.fromarray(np.ascontiguousarray(tile)).resize(size) for tile in (here, mask, labels, step.pixels)
    ]
    strip = PillowImage.new("RGB", (size[0] * len(tiles), size[1]))
    for left, tile in zip(range(0, strip.width, size[0]), tiles, strict=True):
        strip.paste(tile, (left, 0))
    return np.asarray(strip)
