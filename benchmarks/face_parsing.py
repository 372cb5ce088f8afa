"""Face parsing: labels against CelebAMask-HQ's, faces found in busy photos, seconds a portrait.

`val`: portraits cut as the training's were. `unaligned`: the same as a visitor has them, turned, at any size, somewhere
in a photo, through detector and alignment; only what lies inside the portrait is compared.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np
import skimage.data
from numpy.typing import NDArray
from PIL import Image as PillowImage
from skimage.feature import Cascade

from benchmarks.face_parsing_landmarks import landmarks
from benchmarks.rows import Measured, Note, Row
from benchmarks.timing import interleaved
from imaging.alignment import Frame
from imaging.faces import COMMON, NAMES
from imaging.labels import confusion, intersection_over_union
from imaging.types import Box, Image, InputError, LabelMap, Mask
from pipelines.face_parsing import Detector, FaceParsing, Result

PORTRAITS = 200
PASTED_SIDES = (48, 256)  # pixels of a portrait, not of the face in it
UNALIGNED_SIDES = (160, 420)
TURN = 30.0  # degrees, the most
FOUND = 0.35  # of box and face, common part over both: a face is found
CANVAS = (480, 640)
ROUNDS = 5

_FACE = (*range(1, 8), 10, 11, 12)  # labels between forehead and chin


@dataclass(frozen=True, eq=False)
class Portrait:
    """A square picture and its label ids."""

    image: Image
    ids: NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Scene:
    """A portrait in a photo, where it is, and the labels there: `inside` is what they are known for."""

    image: Image
    ids: NDArray[np.uint8]
    inside: Mask

    @property
    def face(self) -> Box:
        """The box around the face."""
        rows, columns = np.nonzero(np.isin(self.ids, _FACE) & self.inside)
        return Box(int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1)


def quality(data: Path) -> Iterator[Measured]:
    """Overlap with the true labels, and recall and false alarms of detection beside scikit-image's cascade."""
    folder = data / "faces"
    if not folder.is_dir():
        yield Note(f"Nothing is measured: there is no {folder}.")
        return
    portraits = validation(folder, PORTRAITS)
    parse = FaceParsing.load("embedded")
    aligned = [(_unturned(parse, portrait), _everywhere(portrait)) for portrait in portraits]
    yield from _overlaps("val", aligned)
    draw = random.Random(0)
    scenes = [pasted(portrait, draw, UNALIGNED_SIDES) for portrait in portraits]
    yield from _overlaps("unaligned", [(_in_scene(parse, scene), scene) for scene in scenes])
    draw = random.Random(1)
    scenes = [pasted(portrait, draw, PASTED_SIDES) for portrait in portraits]
    finders: dict[str, Callable[[Image], list[Box]]] = {
        "detection": lambda image: [face.box for face in parse.detector(image)],
        "scikit-image": _cascade(),
    }
    for name, find in finders.items():
        found, false = 0, 0
        for scene in scenes:
            hits = [overlap(box, scene.face) > FOUND for box in find(scene.image)]
            found, false = found + any(hits), false + hits.count(False)
        yield Row(name, "pasted", "recall", found / len(scenes))
        yield Row(name, "pasted", "false_alarms", false)
    yield Note(
        f"pasted: {len(scenes)} portraits of {PASTED_SIDES[0]} to {PASTED_SIDES[1]} pixels (their faces are about half "
        f"as wide), turned by up to {TURN:g} degrees, in {CANVAS[1]}x{CANVAS[0]} photos without people."
    )
    yield from landmarks(data)


def speed(data: Path) -> Iterator[Measured]:
    """Seconds from photo to labels, and those of the detector alone."""
    photo = skimage.data.astronaut()
    parse, detector = FaceParsing.load("embedded"), Detector.load()
    seconds = interleaved({"portrait_512": lambda: parse(photo), "detection_512": lambda: detector(photo)}, ROUNDS)
    for case, spent in seconds.items():
        yield Row("embedded", case, "seconds", median(spent))


def validation(folder: Path, most: int) -> list[Portrait]:
    """The first portraits that were not trained on."""
    with (folder / "index.csv").open() as file:
        names = [row["id"] for row in csv.DictReader(file) if row["split"] == "val"][:most]
    return [
        Portrait(
            np.asarray(PillowImage.open(folder / "images" / f"{name}.jpg").convert("RGB")),
            np.asarray(PillowImage.open(folder / "labels" / f"{name}.png")),
        )
        for name in names
    ]


def pasted(portrait: Portrait, draw: random.Random, sides: tuple[int, int]) -> Scene:
    """`portrait` turned, at a side between `sides` pixels, small ones as often as large ones, in a photo."""
    photo = draw.choice(_photos())
    height, width = photo.shape[:2]
    side = sides[0] * (sides[1] / sides[0]) ** draw.random()
    angle = np.deg2rad(draw.uniform(-TURN, TURN))
    right = side / 2 * np.array([np.cos(angle), np.sin(angle)])
    reach = min(np.abs(right).sum(), height / 2)
    centre = (draw.uniform(reach, width - reach), draw.uniform(reach, height - reach))
    frame = Frame.around(centre, (right[0], right[1]), len(portrait.ids))
    matte = frame.laid_back(np.ones(portrait.ids.shape, np.float32), height, width).clip(0, 1)[..., None]
    laid = frame.laid_back(portrait.image.astype(np.float32), height, width)
    # Premultiplied: along the rim `laid` fades as the matte does.
    image = np.rint(np.clip(laid + (1 - matte) * photo, 0, 255)).astype(np.uint8)
    ids = np.zeros((height, width), np.uint8)
    inverse, (rows, columns) = frame.inverse, np.indices((height, width)) + 0.5
    x, y = (inverse[i, 0] * columns + inverse[i, 1] * rows + inverse[i, 2] for i in range(2))
    inside = (np.minimum(x, y) >= 0) & (np.maximum(x, y) < len(portrait.ids))
    ids[inside] = portrait.ids[y[inside].astype(int), x[inside].astype(int)]
    return Scene(image, ids, inside)


def overlap(one: Box, other: Box) -> float:
    """Their common part over both."""
    width = min(one.right, other.right) - max(one.left, other.left)
    height = min(one.bottom, other.bottom) - max(one.top, other.top)
    common = max(width, 0) * max(height, 0)
    return common / (one.width * one.height + other.width * other.height - common)


def _overlaps(case: str, pairs: Sequence[tuple[LabelMap | None, Scene]]) -> Iterator[Measured]:
    total = np.zeros((len(NAMES), len(NAMES)), np.int64)
    for found, scene in pairs:
        if found is not None:
            truth = LabelMap(scene.ids[scene.inside][None], NAMES)
            total += confusion(LabelMap(found.ids[scene.inside][None], NAMES), truth)
    by_label = intersection_over_union(total)
    yield Row("embedded", case, "miou_19", float(np.nanmean(by_label)))
    yield Row("embedded", case, "miou_11", float(np.nanmean(by_label[list(COMMON)])))
    yield Row("embedded", case, "accuracy", float(np.trace(total) / total.sum()))
    parts = ", ".join(f"{name} {value:.2f}" for name, value in zip(NAMES, by_label, strict=True))
    missed = sum(found is None for found, _ in pairs)
    yield Note(f"{case}, {len(pairs)} portraits, {missed} without a face found: {parts}.")


def _unturned(parse: FaceParsing, portrait: Portrait) -> LabelMap:
    side = len(portrait.ids)
    frame = Frame.around((side / 2, side / 2), (side / 2, 0), side)
    return parse.in_frame(portrait.image, frame).labels


def _everywhere(portrait: Portrait) -> Scene:
    return Scene(portrait.image, portrait.ids, np.ones(portrait.ids.shape, bool))


def _in_scene(parse: FaceParsing, scene: Scene) -> LabelMap | None:
    try:
        result: Result = parse(scene.image)
    except InputError:
        return None
    return result.labels


def _cascade() -> Callable[[Image], list[Box]]:
    """scikit-image's frontal faces (local binary patterns), at its documentation's settings."""
    detector = Cascade(skimage.data.lbp_frontal_face_cascade_filename())

    def find(image: Image) -> list[Box]:
        found = detector.detect_multi_scale(
            img=image, scale_factor=1.2, step_ratio=1, min_size=(24, 24), max_size=(300, 300)
        )
        return [Box(f["c"], f["r"], f["c"] + f["width"], f["r"] + f["height"]) for f in found]

    return find


def _photos() -> list[Image]:
    """Photos without people, of scikit-image's."""
    moto = Path(skimage.data.__file__).parent / "motorcycle_left.png"
    photos = [np.asarray(PillowImage.open(moto).convert("RGB"))]
    photos += [skimage.data.coffee(), skimage.data.rocket(), skimage.data.chelsea()]
    return [np.asarray(PillowImage.fromarray(photo).resize((CANVAS[1], CANVAS[0]))) for photo in photos]
