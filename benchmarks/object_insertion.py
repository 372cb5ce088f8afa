"""Object insertion: masks and pixels against those of real objects, removals of imagined ones, seconds an insertion.

As in the article, the image generators paint real objects' boxes anew from the true layout. The segmentation score is
that of whole insertions: the share of the predicted mask in which our parser of scenes sees what was asked for. What is
removed stands only in the label map, beside a real object of its shape, so that what is behind it is known.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from statistics import mean, median

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage
from scipy import ndimage

from benchmarks.rows import Measured, Note, Row
from benchmarks.streets import Street, streets
from benchmarks.timing import interleaved
from checkpoints import UnusableFile
from imaging.metrics import psnr, ssim
from imaging.streets import NAMES, OBJECTS
from imaging.types import Box, Image, LabelMap, Mask
from pipelines.inpainting import Guide, Inpainting
from pipelines.inpainting import Options as Filling
from pipelines.object_insertion.edits import Edit, replaced
from pipelines.object_insertion.pipeline import Fill, ObjectInsertion, Options
from pipelines.object_insertion.silhouette import expected
from pipelines.object_insertion.stages import outlined, painted
from pipelines.object_insertion.weights import IMAGES, image
from pipelines.object_insertion.windows import SOFT, filled, grown, inside, put, window
from pipelines.scene_parsing.pipeline import SceneParsing

MOST: int | None = None  # objects whose masks and pixels are measured; all of them
SCORED = 120  # of them, whose insertions are parsed
SHAPE = 32  # pixels of a class's mean shape
SMALLEST = 16  # pixels of what SSIM is measured on: its own windows have 11
LEARNT_FROM: int | None = None  # training streets that mean shapes are taken from; all of them
ROUNDS = 5


@dataclass(frozen=True, eq=False)
class Thing:
    """An object in a street: its box and its mask, bool (H, W) of the street."""

    street: Street
    box: Box
    mask: Mask

    @property
    def kind(self) -> int:
        """Its label id."""
        return NAMES.index(self.box.label)

    def inside(self) -> Mask:
        """The mask in its box."""
        return self.mask[self.box.top : self.box.bottom, self.box.left : self.box.right]


def quality(data: Path) -> Iterator[Measured]:
    """Overlap of masks beside two that need no network; PSNR, SSIM and segmentation score of all generators."""
    folder = data / "streets"
    if not folder.is_dir():
        yield Note(f"Nothing is measured: there is no {folder}.")
        return
    found = list(islice(things(streets(folder, "val", "cityscapes")), MOST))
    insertion = ObjectInsertion.load("embedded")
    shapes = mean_shapes(things(islice(streets(folder, "train", "cityscapes"), LEARNT_FROM)))
    masks = {
        "structure": lambda thing: predicted(insertion, thing, "expected"),
        "structure_generator": lambda thing: predicted(insertion, thing, "network"),
        "typical": lambda thing: predicted(insertion, thing, "typical"),
        "box": lambda thing: np.ones_like(thing.inside()),
        "mean_shape": lambda thing: resized(shapes[thing.kind], thing.inside().shape),
    }
    for name, mask in masks.items():
        yield Row(name, "val", "iou", mean(overlap(mask(thing), thing.inside()) for thing in found))
    parse = SceneParsing.load("embedded")
    scored = found[:: max(1, len(found) // SCORED)][:SCORED]
    real = [seen_as(parse, thing.street.image, thing.mask, thing.kind) for thing in scored]
    yield Row("photo", "val", "segmentation_score", mean(real))
    for name in IMAGES:
        try:
            network = image(name, insertion.device)
        except UnusableFile as error:
            yield Note(f"{name} is not measured: {error}")
            continue
        ours = replace(insertion, image=network)
        pairs = [repainted(ours, thing) for thing in found]
        yield Row(name, "val", "psnr", mean(psnr(*pair) for pair in pairs))
        yield Row(name, "val", "ssim", mean(ssim(*pair) for pair in pairs))
        yield Row(name, "val", "segmentation_score", mean(inserted(ours, parse, thing) for thing in scored))
    large = (thing for thing in scored[::2] if min(thing.box.width, thing.box.height) >= SMALLEST)
    hidden = [thing for thing in map(imagined, large) if thing]
    for name, fill in fillers().items():
        results = [removed(insertion, parse, thing, fill) for thing in hidden]
        for metric, values in zip(("psnr", "ssim", "labels"), zip(*results, strict=True), strict=True):
            yield Row(f"removed_{name}", "val", metric, mean(values))
    yield Note(
        f"{len(found)} objects of Cityscapes' validation streets at 512x256. structure: the outline that the "
        "network for silhouettes expects; structure_generator: the article's network; typical: the learnt or drawn one "
        "that the page puts there. psnr, ssim: the box, painted from the "
        "true layout at 128 pixels. segmentation_score: "
        f"{len(scored)} objects removed and put back as in the article, the mask the structure network's, the whole "
        "street parsed; photo: the same of the real objects. Of the generators embedded is larger and was trained "
        "longer; the others are alike."
    )
    yield Note(
        f"removed: {len(hidden)} objects that only the label map shows, taken away; psnr and ssim in their boxes, "
        "labels: the share of what they hid in which the parser sees what it sees in the photo. guided is the page's "
        "way, painted the article's; neural and patchmatch know nothing of labels."
    )


def fillers() -> dict[str, Fill | None]:
    """Ways to fill what an object leaves; None is the article's."""
    pieces, neural = Inpainting.load("patchmatch"), Inpainting.load("neural")
    rim = Filling(grow=0)
    return {
        "guided": lambda image, gone, labels: [
            pieces(image, gone, rim, guide=Guide.sparing(labels.ids, gone, OBJECTS)).image
        ],
        "patchmatch": lambda image, gone, _: [pieces(image, gone, rim).image],
        "neural": lambda image, gone, _: [neural(image, gone, rim).image],
        "painted": None,
    }


def speed(data: Path) -> Iterator[Measured]:
    """Seconds of one box in a photo."""
    ids = np.full((512, 1024), NAMES.index("building"), np.uint8)
    ids[240:] = NAMES.index("road")
    photo = np.random.default_rng(0).integers(0, 256, (512, 1024, 3), np.uint8)
    insertion = ObjectInsertion.load("embedded")
    edits = [Edit(Box(420, 250, 620, 370, "car"))]
    labels = LabelMap(ids, NAMES)
    seconds = interleaved({"1024x512": lambda: insertion(photo, labels, edits)}, ROUNDS)
    yield Row("embedded", "1024x512", "seconds", median(seconds["1024x512"]))


def things(found: Iterator[Street]) -> Iterator[Thing]:
    """The objects of streets."""
    for street in found:
        for box in street.objects:
            mask = street.labels.where(box.label) & filled(box, *street.labels.ids.shape)
            parts, count = ndimage.label(mask)  # pyright: ignore[reportGeneralTypeIssues] - SciPy's stub
            if count > 1:  # beside it there may be another of its class
                mask = parts == 1 + np.bincount(parts.ravel())[1:].argmax()
            if mask.any():
                yield Thing(street, box, mask)


def mean_shapes(found: Iterator[Thing]) -> dict[int, NDArray[np.float64]]:
    """The mean mask of each class in its box, (SHAPE, SHAPE) in 0..1; a full box for classes never seen."""
    sums, counts = np.zeros((len(NAMES), SHAPE, SHAPE)), np.zeros(len(NAMES))
    for thing in found:
        sums[thing.kind] += resized(thing.inside(), (SHAPE, SHAPE))
        counts[thing.kind] += 1
    return {kind: sums[kind] / counts[kind] if counts[kind] else np.ones((SHAPE, SHAPE)) for kind in range(len(NAMES))}


def resized(mask: NDArray[np.bool_ | np.float64], shape: Sequence[int]) -> Mask:
    """A mask, or a mean of masks, at another size, where it is at least a half."""
    picture = PillowImage.fromarray(mask.astype(np.float32))
    return np.asarray(picture.resize((shape[1], shape[0]), PillowImage.Resampling.BILINEAR)) >= 0.5


def overlap(one: Mask, other: Mask) -> float:
    """Their common part over both."""
    return float((one & other).sum() / max((one | other).sum(), 1))


def predicted(insertion: ObjectInsertion, thing: Thing, outline: str) -> Mask:
    """What is drawn into the object's box, as `Options` names it."""
    ids, box = thing.street.labels.ids, thing.box
    within = window(box, *ids.shape)
    soft = inside(grown(box, sum(SOFT) / 2, *ids.shape), within)
    here, hard = ids[within.top : within.bottom, within.left : within.right], inside(box, within)
    mask, _ = outlined(insertion.structure, here, hard, soft, thing.kind, insertion.side, insertion.device)
    if insertion.silhouette and outline != "network":
        seen = expected(insertion.silhouette, thing.street.image, ids, box, thing.kind, insertion.device)
        mask = put(seen, hard, here.shape)
    if outline == "typical":
        mask, _ = insertion.outlines.like(mask, hard, thing.kind, None)
    return mask[hard.top : hard.bottom, hard.left : hard.right] > 0.5


def repainted(insertion: ObjectInsertion, thing: Thing) -> tuple[Image, Image]:
    """The object's box painted from the true layout, and as it is, at the side that the generator sees."""
    side, box, size = insertion.side, thing.box, thing.street.labels.ids.shape
    within = window(box, *size)
    here = (within.left, within.top, within.right, within.bottom)
    street = PillowImage.fromarray(thing.street.image)
    true = np.asarray(street.resize((side, side), PillowImage.Resampling.BICUBIC, here))
    ids = PillowImage.fromarray(thing.street.labels.ids).resize((side, side), PillowImage.Resampling.NEAREST, here)
    scale = side / within.width, side / within.height
    hard = inside(box, within)
    hole = Box(
        int(hard.left * scale[0]),
        int(hard.top * scale[1]),
        min(side, round(hard.right * scale[0])),
        min(side, round(hard.bottom * scale[1])),
    )
    made = painted(insertion.image, true, np.asarray(ids), hole, None, side, insertion.device)
    made = np.where(filled(hole, side, side)[..., None], made, true)
    cut = at_least(hole, SMALLEST, side)
    rows, columns = slice(cut.top, cut.bottom), slice(cut.left, cut.right)
    return made[rows, columns], true[rows, columns]


def at_least(box: Box, least: int, side: int) -> Box:
    """`box`, made longer where it is shorter than `least`, within a square of `side` pixels."""
    edges = []
    for first, last in ((box.left, box.right), (box.top, box.bottom)):
        start = min(first, max(0, (first + last - least) // 2), side - least)
        edges.append((start, max(last, start + least)))
    (left, right), (top, bottom) = edges
    return Box(left, top, right, bottom)


def inserted(insertion: ObjectInsertion, parse: SceneParsing, thing: Thing) -> float:
    """The share of the predicted mask in which the parser sees the class that was inserted."""
    street = thing.street
    # All as in the article: what our own code adds to it is not the generators' merit, nor are real surroundings.
    edits, options = replaced(Edit(thing.box)), Options("network", "painted", tint="network")
    result = insertion(street.image, street.labels, edits, options)
    step = result.steps[-1]
    mask = np.zeros(street.labels.ids.shape, bool)
    mask[step.window.top : step.window.bottom, step.window.left : step.window.right] = step.mask
    return seen_as(parse, result.image, mask, thing.kind)


def imagined(thing: Thing) -> Thing | None:
    """Another of its shape, at its height and as near as nothing is in the way: in the label map, not in the photo."""
    width = thing.mask.shape[1]
    free = ~np.isin(thing.street.labels.ids, OBJECTS)
    for shift in sorted(range(-thing.box.left, width - thing.box.right + 1), key=abs):
        box = replace(thing.box, left=thing.box.left + shift, right=thing.box.right + shift)
        if free[box.top : box.bottom, box.left : box.right].all():
            return Thing(thing.street, box, np.roll(thing.mask, shift, 1))
    return None


def removed(
    insertion: ObjectInsertion, parse: SceneParsing, thing: Thing, fill: Fill | None
) -> tuple[float, float, float]:
    """PSNR and SSIM of the box of what was imagined; the share of what it hid in which the parser sees the same."""
    street, options = thing.street, Options(surroundings="kept" if fill else "painted")
    labels = LabelMap(np.where(thing.mask, np.uint8(thing.kind), street.labels.ids), NAMES)
    result = insertion(street.image, labels, [Edit(replace(thing.box, label="nothing"))], options, fill=fill)
    rows, columns = slice(thing.box.top, thing.box.bottom), slice(thing.box.left, thing.box.right)
    made, true = result.image[rows, columns], street.image[rows, columns]
    alike = parse(result.image).labels.ids == parse(street.image).labels.ids
    return psnr(made, true), ssim(made, true), float(alike[thing.mask].mean())


def seen_as(parse: SceneParsing, photo: Image, mask: Mask, kind: int) -> float:
    """The share of `mask` that the parser gives the label `kind`; 0 where the mask is empty."""
    ids = parse(photo).labels.ids
    return float((ids[mask] == kind).mean()) if mask.any() else 0.0
