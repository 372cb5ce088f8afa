"""A tiny pipeline with random weights, a street made of noise and its label map."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from imaging.streets import NAMES
from imaging.types import Image, LabelMap
from pipelines.object_insertion.habits import DEPTHS, Habits
from pipelines.object_insertion.network import ImageGenerator, StructureGenerator
from pipelines.object_insertion.outlines import SIDE, Outlines
from pipelines.object_insertion.pipeline import ObjectInsertion

HEIGHT, WIDTH = 120, 200


@pytest.fixture(scope="session")
def habits() -> Habits:
    """Cars on the road, 0.3 of the picture high at its lower edge; people on the pavement, half of it high."""
    feet = np.zeros((len(NAMES), len(NAMES), DEPTHS), np.int64)
    sizes, shapes = np.zeros((len(NAMES), 3), np.float32), np.zeros((len(NAMES), 2), np.float32)
    for kind, ground, tall, shape in (("car", "road", 0.3, 1.5), ("person", "sidewalk", 0.5, 0.25)):
        label = NAMES.index(kind)
        feet[label, NAMES.index(ground), 2:9] = 20
        sizes[label], shapes[label] = (np.log(tall), 1, 0), (np.log(shape), 0)
    colours = np.full((len(NAMES), 4, 3), 90, np.uint8)
    return Habits(feet, sizes, shapes, colours)


@pytest.fixture(scope="session")
def outlines() -> Outlines:
    """Of cars an upper and, rarer, a wide lower half."""
    shapes = np.zeros((len(NAMES), 2, SIDE, SIDE), np.uint8)
    aspects, counts = np.zeros((len(NAMES), 2), np.float32), np.zeros((len(NAMES), 2), np.int64)
    car = NAMES.index("car")
    shapes[car, 0, : SIDE // 2], shapes[car, 1, SIDE // 2 :] = 255, 255
    aspects[car], counts[car] = (0, np.log(4)), (30, 10)
    return Outlines(shapes, aspects, counts, np.full_like(counts, -1))


@pytest.fixture(scope="session")
def insertion(habits: Habits, outlines: Outlines) -> ObjectInsertion:
    """With untrained networks at 32 pixels."""
    torch.manual_seed(0)
    structure = StructureGenerator(widths=(4, 4, 4, 8), kernel=3)
    image = ImageGenerator(width=4, downs=2, blocks=1, kernel=3, colour=True, skips=("image", "layout"))
    networks = (network.eval().requires_grad_(False) for network in (structure, image))
    return ObjectInsertion(*networks, habits, outlines, "cpu", side=32)


@pytest.fixture(scope="session")
def street() -> tuple[Image, LabelMap]:
    """Sky above a road, a pavement on its right, a car on it."""
    ids = np.full((HEIGHT, WIDTH), NAMES.index("sky"), np.uint8)
    ids[40:] = NAMES.index("road")
    ids[40:, 150:] = NAMES.index("sidewalk")
    ids[60:90, 60:100] = NAMES.index("car")
    return np.random.default_rng(0).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8), LabelMap(ids, NAMES)
