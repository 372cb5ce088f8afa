"""Streets of the test data with their label maps, and the objects in them."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image as PillowImage

from imaging.streets import NAMES
from imaging.types import Box, Image, LabelMap

LEAST = 30  # pixels of an object's longer side: 128 at Cityscapes' full size, the article's


@dataclass(frozen=True, eq=False)
class Street:
    """A picture and its labels, at the size that `index.csv` says, and the objects in it that are whole and alone."""

    image: Image
    labels: LabelMap
    objects: tuple[Box, ...]


def streets(folder: Path, split: str, source: str) -> Iterator[Street]:
    """The streets of a split, train or val, of cityscapes or camvid."""
    boxes = json.loads((folder / "boxes.json").read_text())
    with (folder / "index.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if (row["split"], row["source"]) == (split, source)]
    for row in rows:
        name, size = row["name"], (int(row["width"]), int(row["height"]))
        picture = PillowImage.open(folder / "images" / f"{name}.jpg").convert("RGB")
        ids = np.asarray(PillowImage.open(folder / "labels" / f"{name}.png"))
        objects = []
        for entry in boxes.get(name, []):
            if entry["good"]:
                left, top, right, bottom = (round(edge) for edge in entry["box"])
                objects.append(Box(left, top, right, bottom, NAMES[entry["id"]]))
        yield Street(
            np.asarray(picture.resize(size, PillowImage.Resampling.BICUBIC)),
            LabelMap(ids, NAMES).resized(size[1], size[0]),
            tuple(box for box in objects if max(box.width, box.height) >= LEAST),
        )
