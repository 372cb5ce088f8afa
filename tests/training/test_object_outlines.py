"""Figures take the place of means that are none; what an overlap lacks."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from imaging.streets import NAMES
from pipelines.object_insertion.figures import FIGURES
from pipelines.object_insertion.outlines import SIDE, Outlines
from training.object_outlines import with_figures
from training.object_structure import lacking


def test_figures_replace_outlines_for_boxes_of_their_shape_and_are_as_frequent() -> None:
    shapes = np.full((len(NAMES), 16, SIDE, SIDE), 255, np.uint8)
    aspects, counts = np.zeros((len(NAMES), 16), np.float32), np.zeros((len(NAMES), 16), np.int64)
    car, train = NAMES.index("car"), NAMES.index("train")
    aspects[car, :3], counts[car, :3] = np.log((1.2, 2.1, 2.3)), (50, 30, 40)
    counts[train, 0] = 7
    made = with_figures(Outlines(shapes, aspects, counts, np.full_like(counts, -1)))
    known = made.counts[car] > 0
    drawn = len(FIGURES["car"])
    assert made.counts[car, known].tolist() == [50, *[round(70 / drawn)] * drawn]
    assert made.figures[car, known].tolist() == [-1, *range(drawn)]
    assert made.aspects[car, 0] == np.float32(np.log(1.2))
    assert (made.shapes[car, 0] == 255).all()
    assert not (made.shapes[car, 1] == 255).all()
    people = NAMES.index("person")
    assert made.figures[people, : len(FIGURES["person"])].tolist() == list(range(len(FIGURES["person"])))
    assert made.counts[people, 0] == 1
    assert made.counts[train].tolist() == counts[train].tolist()


def test_what_an_overlap_lacks() -> None:
    masks = torch.zeros(3, 1, 4, 4)
    masks[:2, :, :2] = 1
    half = masks.clone()
    half[1, :, 1] = 0
    # The first is whole, the second half, and of the third there is nothing to overlap.
    assert lacking(half, masks).item() == pytest.approx(0.25)
    assert lacking(half[2:], masks[2:]).item() == 0
