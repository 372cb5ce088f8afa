"""Figures show what means lose: legs, wheels one can look through, windows; at any size."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage

from imaging.types import Matte
from pipelines.object_insertion.figures import FIGURES
from pipelines.object_insertion.figures.drawing import (
    Figure,
    Part,
    aspect,
    disc,
    drawn,
    mirrored,
    rectangle,
    together,
)

SIDE = 64
EVERY = [(name, place) for name, figures in FIGURES.items() for place in range(len(figures))]


def runs(row: NDArray[np.bool_]) -> int:
    """How many stretches of a row, or pieces of a mask, are seen."""
    return int(ndimage.label(row)[1])  # pyright: ignore[reportGeneralTypeIssues] - SciPy's stub


def seen(figure: Figure) -> Matte:
    """All its parts in a square."""
    return together(drawn(figure, SIDE, SIDE).values())


@pytest.mark.parametrize(("name", "place"), EVERY)
def test_a_figure_fills_its_box_and_is_one_piece(name: str, place: int) -> None:
    mask = seen(FIGURES[name][place]) > 0.3
    assert mask.shape == (SIDE, SIDE)
    assert all(edge.any() for edge in (mask[0], mask[-1], mask[:, 0], mask[:, -1]))
    assert runs(mask) == 1
    assert -1.5 < aspect(FIGURES[name][place]) < 1.5


@pytest.mark.parametrize(("name", "place"), EVERY)
def test_a_figure_has_what_its_class_has(name: str, place: int) -> None:
    parts = drawn(FIGURES[name][place], SIDE, SIDE)
    person = {Part.BODY, Part.HAIR, Part.SKIN, Part.TROUSERS, Part.SHOES}
    wheels, vehicle = {Part.BODY, Part.TYRE}, {Part.BODY, Part.TYRE, Part.TRIM, Part.TAIL, Part.LAMP, Part.GLASS}
    have = {
        "person": person - {Part.SKIN},
        "rider": person,
        "car": vehicle - {Part.TAIL},
        "bus": vehicle - {Part.TAIL, Part.LAMP},
    }
    assert have.get(name, wheels) <= set(parts)
    assert parts[Part.BODY].mean() > 0.1
    assert all(share.min() >= 0 and share.max() <= 1 for share in parts.values())
    assert np.sum(list(parts.values()), 0).max() <= 1 + 1e-6


def test_people_stand_on_two_legs() -> None:
    for figure in FIGURES["person"]:
        assert runs(seen(figure)[-6] > 0.5) == 2
        assert aspect(figure) < 0


def test_one_looks_through_a_bicycles_wheels() -> None:
    from_the_side = [seen(figure) for figure in FIGURES["bicycle"] if aspect(figure) > 0]
    assert len(from_the_side) >= 3
    for mask in from_the_side:
        assert runs(ndimage.binary_fill_holes(mask > 0.5) & (mask < 0.5)) >= 2


def test_cars_from_the_side_have_two_wheels_and_a_lower_bonnet() -> None:
    from_the_side = [seen(figure) for figure in FIGURES["car"] if aspect(figure) > np.log(2.3)]
    assert len(from_the_side) >= 3
    for mask in from_the_side:
        assert runs(mask[-1] > 0.3) == 2
        assert mask[0, 0] == 0 == mask[0, -SIDE // 4 :].max()


def test_shares_are_those_of_the_pieces_the_last_one_in_front() -> None:
    figure = [rectangle(Part.BODY, 0, 0, 2, 1), rectangle(Part.GLASS, 1, 0, 2, 0.5)]
    parts = drawn(figure, 20, 40)
    assert aspect(figure) == pytest.approx(np.log(2))
    assert parts[Part.GLASS].mean() == pytest.approx(0.25, abs=0.02)
    assert parts[Part.GLASS][12:, 22:].min() == 1
    assert parts[Part.BODY][:8].min() == 1
    assert together(parts.values()).min() == 1
    turned = drawn(mirrored(figure), 20, 40)
    assert turned[Part.GLASS][12:, :18].min() == 1


def test_a_disc_is_round() -> None:
    (share,) = drawn([disc(Part.TYRE, 0, 0, 1)], 60, 60).values()
    assert share.mean() == pytest.approx(np.pi / 4, abs=0.02)


def test_a_hidden_part_is_not_there_and_large_boxes_are_no_burden() -> None:
    figure = [disc(Part.TAIL, 0.5, 0.5, 0.2), rectangle(Part.BODY, 0, 0, 1, 1)]
    parts = drawn(figure, 1300, 900)
    assert set(parts) == {Part.BODY}
    assert parts[Part.BODY].shape == (1300, 900)
    assert drawn(figure, 1, 1)[Part.BODY].shape == (1, 1)
