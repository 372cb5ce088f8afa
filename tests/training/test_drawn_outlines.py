"""Drawn outlines show what means lose: legs, wheels one can look through, roofs lower than long."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy import ndimage

from imaging.streets import NAMES
from pipelines.object_insertion.outlines import SIDE, Outlines
from training.drawn_outlines import figures
from training.object_outlines import with_figures
from training.object_structure import lacking


def runs(row: NDArray[np.bool_]) -> int:
    """How many stretches of a row are seen."""
    return int(ndimage.label(row)[1])  # pyright: ignore[reportGeneralTypeIssues] - SciPy's stub


@pytest.mark.parametrize("name", list(figures()))
def test_a_figure_fills_its_box_and_is_one_piece(name: str) -> None:
    for mask, aspect in figures()[name]:
        seen = mask > 0.3
        assert mask.shape == (SIDE, SIDE)
        assert all(edge.any() for edge in (seen[0], seen[-1], seen[:, 0], seen[:, -1]))
        assert runs(seen) == 1
        assert -1.5 < aspect < 1.5


def test_people_stand_on_two_legs() -> None:
    assert all(runs(mask[-3] > 0.5) == 2 for mask, _ in figures()["person"])
    assert all(aspect < 0 for _, aspect in figures()["person"])


def test_one_looks_through_a_bicycles_wheels() -> None:
    from_the_side = [mask for mask, aspect in figures()["bicycle"] if aspect > 0]
    assert len(from_the_side) >= 3
    for mask in from_the_side:
        assert runs(ndimage.binary_fill_holes(mask > 0.5) & (mask < 0.5)) >= 2


def test_cars_from_the_side_have_two_wheels_and_a_lower_bonnet() -> None:
    for mask, aspect in figures()["car"]:
        assert aspect > np.log(2)
        assert runs(mask[-1] > 0.3) == 2
        assert mask[0, 0] == 0 == mask[0, -SIDE // 4 :].max()


def test_figures_replace_outlines_for_boxes_of_their_shape_and_are_as_frequent() -> None:
    shapes = np.full((len(NAMES), 16, SIDE, SIDE), 255, np.uint8)
    aspects, counts = np.zeros((len(NAMES), 16), np.float32), np.zeros((len(NAMES), 16), np.int64)
    car, bus = NAMES.index("car"), NAMES.index("bus")
    aspects[car, :3], counts[car, :3] = (0.2, 1.0, 1.1), (50, 30, 12)
    counts[bus, 0] = 7
    made = with_figures(Outlines(shapes, aspects, counts))
    known = made.counts[car] > 0
    assert made.counts[car, known].tolist() == [50, 14, 14, 14]
    assert made.aspects[car, 0] == np.float32(0.2)
    assert (made.shapes[car, 0] == 255).all()
    assert not (made.shapes[car, 1] == 255).all()
    assert (np.diff(made.counts[NAMES.index("person")]) <= 0).all()
    assert made.counts[NAMES.index("person"), 0] == 1
    assert made.counts[bus].tolist() == counts[bus].tolist()


def test_what_an_overlap_lacks() -> None:
    masks = torch.zeros(3, 1, 4, 4)
    masks[:2, :, :2] = 1
    half = masks.clone()
    half[1, :, 1] = 0
    # The first is whole, the second half, and of the third there is nothing to overlap.
    assert lacking(half, masks).item() == pytest.approx(0.25)
    assert lacking(half[2:], masks[2:]).item() == 0
