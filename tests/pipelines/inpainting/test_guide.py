"""What shall be in a hole is made of what is called the same; what is spared lends nothing and stays."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from imaging.types import Box, Image, Mask
from pipelines.inpainting import Guide, Inpainting, Options
from pipelines.inpainting.network import ContentNetwork

GROUND, WALL, CAR = 1, 2, 3
COLOURS = {GROUND: (60, 60, 60), WALL: (200, 160, 120), CAR: (220, 20, 20)}


@pytest.fixture
def labels() -> NDArray[np.uint8]:
    """A wall above the ground, and a car beside the hole."""
    made = np.full((96, 160), GROUND, np.uint8)
    made[:48] = WALL
    made[40:60, 20:50] = CAR
    return made


@pytest.fixture
def picture(labels: NDArray[np.uint8]) -> Image:
    plain = np.array([COLOURS.get(label, (0, 0, 0)) for label in range(4)])[labels]
    return (plain + np.random.default_rng(0).integers(-15, 16, plain.shape)).astype(np.uint8)


@pytest.fixture
def hole() -> Mask:
    made = np.zeros((96, 160), bool)
    made[30:70, 56:96] = True
    return made


def near(pixels: NDArray[np.uint8], label: int) -> float:
    """The share of pixels (N, 3) that have the colour of a label."""
    return float((np.abs(pixels.astype(int) - COLOURS[label]).max(1) < 40).mean())


@pytest.mark.parametrize("border", [38, 60])
def test_a_hole_becomes_what_it_is_called(picture: Image, labels: NDArray[np.uint8], hole: Mask, border: int) -> None:
    wanted = labels.copy()
    wanted[30:border, 56:96], wanted[border:70, 56:96] = WALL, GROUND
    guide = Guide(wanted, (labels == CAR) & ~hole)
    made = Inpainting.load("patchmatch")(picture, hole, Options(grow=0), guide=guide).image
    core = np.s_[36:67, 68:84]  # at the rim what is around has its say, too
    assert near(made[core][wanted[core] == GROUND], GROUND) > 0.9
    assert near(made[core][wanted[core] == WALL], WALL) > 0.9
    assert near(made[core].reshape(-1, 3), CAR) == 0
    assert np.array_equal(made[40:60, 20:45], picture[40:60, 20:45])


def test_what_is_called_like_nothing_around_takes_the_nearest_colours(
    picture: Image, labels: NDArray[np.uint8], hole: Mask
) -> None:
    wanted = np.where(hole, np.uint8(9), labels)
    made = Inpainting.load("patchmatch")(picture, hole, guide=Guide(wanted, np.zeros_like(hole))).image
    assert not np.array_equal(made[hole], picture[hole])
    assert np.isin(made[60:68, 60:90].astype(int).mean((0, 1)).round() // 20, [2, 3]).all()


def test_where_all_is_spared_the_hole_is_filled_all_the_same(
    picture: Image, labels: NDArray[np.uint8], hole: Mask
) -> None:
    made = Inpainting.load("patchmatch")(picture, hole, guide=Guide(labels, ~hole)).image
    assert not np.array_equal(made[hole], picture[hole])


def test_things_lend_nothing_but_where_they_go_on(labels: NDArray[np.uint8], hole: Mask) -> None:
    labels[80:90, 100:120] = CAR + 1
    alone = Guide.sparing(labels, hole, (CAR, CAR + 1))
    assert np.array_equal(alone.spared, labels >= CAR)
    going_on = np.where(hole, np.uint8(CAR), labels)
    assert np.array_equal(Guide.sparing(going_on, hole, (CAR, CAR + 1)).spared, labels == CAR + 1)


def test_a_part_of_a_guide_is_cut_fitted_and_padded(labels: NDArray[np.uint8]) -> None:
    part = Guide(labels, labels == CAR).part(Box(20, 40, 50, 60)).fitted((10, 15), (12, 16))
    assert part.labels.shape == part.spared.shape == (12, 16)
    assert (part.labels[:10, :15] == CAR).all()
    assert part.spared[:10, :15].all()
    assert not part.spared[10:].any()


def test_a_large_hole_is_guided_at_a_smaller_size(
    picture: Image, labels: NDArray[np.uint8], hole: Mask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.inpainting.pipeline.LARGEST_HOLE", 20)
    guide = Guide(np.where(hole, np.uint8(GROUND), labels), labels == CAR)
    made = Inpainting.load("patchmatch")(picture, hole, guide=guide).image
    assert near(made[42:67, 68:84].reshape(-1, 3), GROUND) > 0.9


@pytest.mark.parametrize(
    "misfit",
    [
        lambda picture, hole: (Inpainting(ContentNetwork((8,))), hole.shape),
        lambda picture, hole: (Inpainting(), (5, 5)),
    ],
)
def test_a_guide_that_does_not_fit_is_refused(
    misfit: Callable[..., tuple[Inpainting, tuple[int, int]]], picture: Image, hole: Mask
) -> None:
    pipeline, shape = misfit(picture, hole)
    with pytest.raises(ValueError, match="a guide"):
        pipeline(picture, hole, guide=Guide(np.zeros(shape, np.uint8), np.zeros(shape, bool)))
