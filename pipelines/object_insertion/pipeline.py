"""Objects put into a street, removed, replaced and moved, by boxes (Hong et al. 2018): layout first, then pixels."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import ClassVar, Literal, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from imaging.streets import NAMES, NOTHING, OBJECTS
from imaging.types import Box, Image, InputError, LabelMap, Mask
from networks.blending import blended
from networks.files import load_network
from networks.tensors import to_tensor
from pipelines.contract import Checkpoints, Progress, last, silent
from pipelines.object_insertion.cutout import detailed, edge, solid
from pipelines.object_insertion.edits import Edit, checked
from pipelines.object_insertion.figures.drawing import Parts
from pipelines.object_insertion.habits import GROUND, Habits
from pipelines.object_insertion.layers import (
    SHADOW,
    in_front,
    matte,
    renewed,
    shadow_beside,
    shadow_under,
    within_object,
)
from pipelines.object_insertion.lent import Lent, lender
from pipelines.object_insertion.network import ImageGenerator, StructureGenerator
from pipelines.object_insertion.outlines import Outlines
from pipelines.object_insertion.plans import Plan, Variant, changed, over, rounded
from pipelines.object_insertion.silhouette import Silhouette, expected
from pipelines.object_insertion.stages import Painter, outlined, painted
from pipelines.object_insertion.tint import dressed, in_light, matched, person, repainted, shaded
from pipelines.object_insertion.weights import FILES, habits, image, outlines, silhouette, structure
from pipelines.object_insertion.windows import filled, grown, inside, lowered, put, standing, window

Fill: TypeAlias = Callable[[Image, Mask, LabelMap], Iterable[Image]]
"""Makes what `Mask` marks in a picture, where `LabelMap` says what is to be there, from the rest of it: the picture as
it forms, done in the end."""

Origin: TypeAlias = Literal["network", "figure", "photo"]

HOLE = 1.1
"""What is painted anew, over the box; below it there is `SHADOW` more, within the soft box. The reference paints the
box itself. Where something only goes, it is the soft box: in all of that labels change."""

LENT_STRETCH = 1.15  # of the width or height of what the photo lends, at most
PEOPLE = tuple(NAMES.index(name) for name in ("person", "rider"))
VEHICLES = tuple(NAMES.index(name) for name in ("car", "truck", "bus", "caravan", "trailer", "train"))


@dataclass(frozen=True)
class Options:
    """`outline`: a `typical` one, learnt or drawn, like the `expected` one, which a network of its own sees in the box;
    or that of the structure `network`, as in the article.


    `surroundings`: what is in the box around the object is `kept`, or `painted` anew with it, as in the article.
    `seam` of what is painted anew: `blended`, colours meet, or `feathered`, the pixels just fade over.
    `tint`: an object's colour is what the `network` makes of it, as in the article, or is then `matched`.
    `pixels`: all objects are `painted`, as in the article; or what is `moved` stays itself; or new ones, too, are taken
    from the `photo` where it has one that fits the box.
    """

    outline: Literal["typical", "expected", "network"] = "typical"
    surroundings: Literal["kept", "painted"] = "kept"
    seam: Literal["blended", "feathered"] = "blended"
    tint: Literal["matched", "network"] = "matched"
    pixels: Literal["moved", "painted", "photo"] = "moved"


@dataclass(frozen=True, eq=False)
class Step:
    """How an `edit` was done, in its `window` of the photo: `mask` of what came, or went, `labels` and `pixels`.

    `mask` bool, `labels` and `pixels`, as the network painted them, the photo lent them or `fill` made them, all of the
    window's size. `origin` of what is seen there: the `network` alone, a `figure` of ours in the network's light, or
    the `photo`.
    """

    edit: Edit
    window: Box
    mask: Mask
    labels: LabelMap
    pixels: Image
    origin: Origin


@dataclass(frozen=True, eq=False)
class Result:
    """The photo and its label map after these edits, and how each was done; one more may be forming in the photo."""

    image: Image
    labels: LabelMap
    steps: tuple[Step, ...]


@dataclass(frozen=True, eq=False)
class ObjectInsertion:
    """Both generators, the habits and outlines of objects, the device, the pixels of the generators' windows.

    `silhouette`: what expects an outline; where there is none it is the structure generator's.
    """

    CHECKPOINTS: ClassVar[Checkpoints] = FILES

    structure: StructureGenerator
    image: Painter
    habits: Habits
    outlines: Outlines
    device: str
    side: int = 128
    silhouette: Silhouette | None = None

    @classmethod
    def load(cls, variant: str = "embedded", device: str = "cpu") -> Self:
        """`variant` is a key of `CHECKPOINTS`; raises `UnusableFile` where its weights cannot be had."""
        if variant not in FILES:
            raise InputError(
                "There is no method called {method}. Choose one of: {methods}.",
                method=variant,
                methods=", ".join(FILES),
            )
        networks = structure(device), image(variant, device)
        return cls(*networks, habits(), outlines(), device, silhouette=silhouette(device))

    @classmethod
    def from_authors(cls, structure: Path, image: Path, device: str = "cpu") -> Self:
        """The authors' networks for Cityscapes, from files that `pipelines.object_insertion.convert` made."""
        networks = load_network(StructureGenerator, structure, device), load_network(ImageGenerator, image, device)
        if any(network.labels != len(NAMES) for network in networks):
            raise InputError("These networks know other labels than Cityscapes'.")
        return cls(*networks, habits(), outlines(), device, side=256)

    def __call__(
        self,
        image: Image,
        labels: LabelMap,
        edits: Sequence[Edit],
        options: Options = Options(),
        progress: Progress = silent,
        fill: Fill | None = None,
    ) -> Result:
        """`image` uint8 (H, W, 3) and its `labels` after all `edits`, the last one in front.

        `fill`, a departure, makes what is seen where an object went, unless surroundings are `painted`: the image
        generator, which the article leaves it to, is too small to hide what was there.
        """
        return last(self.steps(image, labels, edits, options, progress, fill))

    def steps(
        self,
        image: Image,
        labels: LabelMap,
        edits: Sequence[Edit],
        options: Options = Options(),
        progress: Progress = silent,
        fill: Fill | None = None,
    ) -> Iterator[Result]:
        """The result after each edit, and while what was behind an object forms."""
        checked(image, labels, edits)
        done: list[Step] = []
        for number, edit in enumerate(edits):
            progress(number / len(edits), "Drawing the outline, then the pixels")
            plan = self._planned(image, labels, edit, options)
            after = LabelMap(changed(labels.ids, plan.after, plan.here), NAMES)
            forming = self._made(image, after, plan, edit, options, fill)
            pixels, made = next(forming)
            for better in forming:
                yield Result(changed(image, made, plan.here), labels, tuple(done))
                pixels, made = better
            image = changed(image, made, plan.here)
            labels, new = after, LabelMap(plan.after, NAMES)
            done.append(Step(edit, plan.within, plan.change, new, pixels, _origin(plan, options)))
            yield Result(image, labels, tuple(done))

    def _made(
        self, image: Image, after: LabelMap, plan: Plan, edit: Edit, options: Options, fill: Fill | None
    ) -> Iterator[tuple[Image, Image]]:
        """New pixels for the window, and the window with them as far as they are to be seen; as it forms."""
        old = image[plan.here]
        if fill and plan.kind == NOTHING and options.surroundings == "kept" and plan.weight.any():
            gone = np.zeros(image.shape[:2], bool)
            gone[plan.here] = plan.weight > 0
            for picture in fill(image, gone, after):
                yield picture[plan.here], rounded(over(old, picture[plan.here], plan.weight))
            return
        pixels = plan.lent if plan.lent is not None else self._painted(old, plan, edit, options)
        made = self._laid(old, self._coloured(pixels, old, plan, edit, options), plan, edit, options)
        yield pixels, rounded(made)

    def _planned(self, image: Image, labels: LabelMap, edit: Edit, options: Options) -> Plan:
        """The layout first."""
        height, width = labels.ids.shape
        kind, keeps = NAMES.index(edit.box.label), options.surroundings == "kept"
        draw = Random(edit.seed) if edit.seed else None
        variant = Variant.of(draw)
        within = window(edit.box, height, width, variant.margin, variant.shift)
        here = np.s_[within.top : within.bottom, within.left : within.right]
        before = labels.ids[here]
        box, soft = (inside(grown(edit.box, ratio, height, width), within) for ratio in (1, variant.soft))
        mask, around = outlined(self.structure, before, box, soft, kind, self.side, self.device)
        if self.silhouette and kind != NOTHING and options.outline != "network":
            place = grown(edit.box, 1, height, width)
            mask = put(expected(self.silhouette, image, labels.ids, place, kind, self.device), box, before.shape)
        parts: Parts = {}
        if options.outline == "typical" and edit.mask is None:
            mask, parts = self.outlines.like(mask, box, kind, draw)
        room = filled(soft, *before.shape)
        wanted = (mask > variant.threshold if edit.mask is None else edit.mask[here]) & room
        lent = None
        if other := _lender(image, labels, edit, options):
            stands = box if edit.own else standing(box, other.aspect, LENT_STRETCH)
            (lent, wanted), parts = other.inside(stands, before.shape), {}
        elif edit.over is not None and edit.colour is not None and keeps and options.tint == "matched":
            lent = repainted(image[here], wanted, edit.colour)
        elif kind in PEOPLE and edit.over is None:
            parts = parts or person(wanted)
        if kind == NOTHING:
            wanted, after = np.zeros_like(room), np.where(room, around, before)
        else:
            after = np.where(wanted, np.uint8(kind), before)
        kept = in_front(before, wanted, edit.behind)
        after = np.where(kept, before, after)
        new = None
        if kind == NOTHING and keeps:
            hole, core = soft, inside(grown(edit.box, (1 + variant.soft) / 2, height, width), within)
            gone = np.isin(before, OBJECTS) & (before != after)
            new = renewed(gone | shadow_beside(image[here], after, gone, room), core)
        else:
            hole = inside(lowered(grown(edit.box, HOLE, height, width), SHADOW, height), within)
            hole, core = replace(hole, bottom=min(hole.bottom, soft.bottom)), box
        weight = matte(before.shape, hole, core, new)
        weight[kept] = 0
        # The article leaves the colour open where none is chosen; ours then paints every colour at once, which is none.
        usual = None if kind == NOTHING else in_light(self.habits.colour(kind, draw), image[here])
        return Plan(kind, draw, usual, within, hole, before, after, wanted, kept, parts, lent, weight)

    def _painted(self, old: Image, plan: Plan, edit: Edit, options: Options) -> Image:
        """Then the window's pixels."""
        told = edit.colour or plan.usual
        # A vehicle in a usual colour has windows; of a bright one ours fills all with it.
        if options.tint == "matched" and plan.kind in VEHICLES and edit.over is None and edit.own is None:
            told = plan.usual
        return painted(self.image, old, plan.after, plan.hole, told, self.side, self.device)

    def _coloured(self, pixels: Image, old: Image, plan: Plan, edit: Edit, options: Options) -> Image:
        """The object's pixels in the colour that is asked for."""
        tint, matches = edit.colour, options.tint == "matched" and plan.kind != NOTHING
        if tint and edit.over is None and edit.own is None:
            tint = shaded(tint, old)
        if plan.lent is not None:
            return matched(pixels, plan.object, tint) if tint and edit.own is None and edit.over is None else pixels
        if edit.over is not None:
            as_it_is = painted(self.image, old, plan.after, plan.hole, edit.over, self.side, self.device)
            pixels = np.clip(old + (pixels.astype(np.int16) - as_it_is), 0, 255).astype(np.uint8)
            return matched(pixels, plan.object, tint) if matches and tint and tint != edit.over else pixels
        if options.surroundings == "kept":
            pixels = solid(pixels, plan.object, plan.within.width / self.side)
        tint = tint or plan.usual
        if tint is None or not matches:
            return pixels
        if plan.parts:
            return dressed(pixels, plan.parts, tint, old, plan.draw)
        return matched(pixels, plan.object, tint)

    def _laid(self, old: Image, pixels: Image, plan: Plan, edit: Edit, options: Options) -> NDArray[np.floating]:
        """The new pixels over the old ones; in 0..255."""
        if plan.kind == NOTHING or (options.surroundings == "painted" and plan.lent is None):
            return self._pasted(old, pixels, plan, options)
        scale = plan.within.width / self.side
        share = edge(plan.object, scale if plan.lent is None else 0.0) * filled(plan.hole, *plan.object.shape)
        share[plan.front] = 0
        if edit.over is not None:
            return over(old, pixels, share)
        if plan.lent is None:
            pixels = detailed(pixels, plan.object, old, scale, edit.seed)
        made = over(old, pixels, share)
        shade = shadow_under(plan.object, np.isin(plan.after, GROUND)) * np.minimum(1, 2 * plan.weight)
        return made * (1 - shade[..., None])

    def _pasted(self, old: Image, pixels: Image, plan: Plan, options: Options) -> NDArray[np.floating]:
        """All that is new in the hole, and its seam."""
        made = over(old, pixels, plan.weight)
        if options.seam == "blended":
            # What is around has the photo's colours, and emptiness, too; the object keeps its own.
            share = within_object(plan.seen)[..., None]
            made = share * made + (1 - share) * blended(old, to_tensor(pixels), plan.weight)
        return made


def _lender(image: Image, labels: LabelMap, edit: Edit, options: Options) -> Lent | None:
    """Whose pixels an object gets, where it is not to be painted."""
    kind = NAMES.index(edit.box.label)
    if options.pixels == "painted" or kind == NOTHING or edit.over is not None:
        return None
    if edit.own or edit.mask is not None or options.pixels == "moved":  # what is sketched is like nothing in the photo
        return edit.own
    return lender(image, labels.ids, kind, edit.box, edit.seed)


def _origin(plan: Plan, options: Options) -> Origin:
    """Of what is seen where the object is."""
    if plan.lent is not None or (plan.kind == NOTHING and options.surroundings == "kept"):
        return "photo"
    return "figure" if plan.parts and options.tint == "matched" else "network"
