"""Scene parsing: labels against Cityscapes' and CamVid's, seconds a photo."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from statistics import median

import numpy as np
import skimage.data
from PIL import Image as PillowImage

from benchmarks.rows import Measured, Note, Row
from benchmarks.streets import streets
from benchmarks.timing import interleaved
from imaging.labels import confusion, intersection_over_union
from imaging.streets import CAMVID, EVALUATED, IN_CAMVID, NAMES
from imaging.types import LabelMap
from pipelines.scene_parsing.pipeline import SceneParsing

MOST: int | None = None  # streets of each data set; all of them
ROUNDS = 5


def quality(data: Path) -> Iterator[Measured]:
    """Mean intersection over union and pixel accuracy on the validation streets."""
    folder = data / "streets"
    if not folder.is_dir():
        yield Note(f"Nothing is measured: there is no {folder}.")
        return
    parse = SceneParsing.load("embedded")
    merged = np.arange(len(NAMES), dtype=np.uint8)
    merged[list(IN_CAMVID)] = list(IN_CAMVID.values())
    for source, counted in (("cityscapes", EVALUATED), ("camvid", CAMVID)):
        total = np.zeros((len(NAMES), len(NAMES)), np.int64)
        for street in islice(streets(folder, "val", source), MOST):
            found = parse(street.image).labels
            if source == "camvid":
                found = LabelMap(merged[found.ids], NAMES)
            total += confusion(found, street.labels)
        total[[label for label in range(len(NAMES)) if label not in counted]] = 0  # what is void to the benchmark
        by_label = intersection_over_union(total)[list(counted)]
        yield Row("embedded", source, f"miou_{len(counted)}", float(np.nanmean(by_label)))
        yield Row("embedded", source, "pixel_accuracy", float(np.trace(total) / total.sum()))
        parts = ", ".join(f"{NAMES[label]} {value:.2f}" for label, value in zip(counted, by_label, strict=True))
        yield Note(f"{source}: {parts}.")
    yield Note(
        "cityscapes: its 500 validation streets at 512x256, stored at 256x256. camvid: its validation drives at "
        "341x256; what the parser names otherwise counts as CamVid's label for it: a wall as a building."
    )


def speed(data: Path) -> Iterator[Measured]:
    """Seconds from photo to labels."""
    photo = np.asarray(PillowImage.fromarray(skimage.data.coffee()).resize((1024, 512)))
    parse = SceneParsing.load("embedded")
    seconds = interleaved({"1024x512": lambda: parse(photo)}, ROUNDS)
    yield Row("embedded", "1024x512", "seconds", median(seconds["1024x512"]))
