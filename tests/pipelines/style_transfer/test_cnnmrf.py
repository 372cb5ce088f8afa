"""Copies of the style lie inside it; frozen matches of a picture with itself change nothing; regions keep to theirs."""

from __future__ import annotations

from collections.abc import Callable
from math import cos, pi, sin, sqrt

import numpy as np
import pytest
import skimage.data
import torch
import torch.nn.functional as F
from torch import Tensor

from networks.copies import copies, inscribed, turned
from networks.descent import lbfgs
from networks.patches import frozen_energy, nearest_patches, swapped
from networks.perceptual import VGG
from pipelines.style_transfer import Options, StyleTransfer, cnnmrf
from pipelines.style_transfer.cnnmrf import PATCHES, Sources, sources


@pytest.mark.parametrize(("height", "width", "angle"), [(10, 10, 0.3), (60, 90, pi / 24), (90, 20, -1.2), (7, 50, 2.0)])
def test_inscribed_is_the_largest_turned_rectangle_inside(height: int, width: int, angle: float) -> None:
    share = inscribed(height, width, angle)
    corners = [(y * height * share / 2, x * width * share / 2) for y, x in ((1, 1), (1, -1), (-1, 1), (-1, -1))]
    places = [(y * cos(angle) + x * sin(angle), x * cos(angle) - y * sin(angle)) for y, x in corners]
    fill = max(max(abs(y) / (height / 2), abs(x) / (width / 2)) for y, x in places)
    assert fill == pytest.approx(1)  # none beyond the edge, one on it


def test_inscribed_without_a_turn_is_everything_and_a_square_by_an_eighth_loses_to_the_diagonal() -> None:
    assert inscribed(30, 70, 0.0) == 1
    assert inscribed(30, 30, pi / 4) == pytest.approx(1 / sqrt(2))


@pytest.mark.parametrize("angle", [pi / 24, -pi / 8])
@pytest.mark.parametrize("factor", [1.0, 1.05, 1 / 1.05])
def test_a_turned_copy_is_the_picture_turned_and_has_nothing_from_outside(angle: float, factor: float) -> None:
    height, width = 64, 96
    rows, columns = torch.meshgrid(torch.arange(64.0) - 31.5, torch.arange(96.0) - 47.5, indexing="ij")
    made = turned(torch.stack([rows, columns])[None], angle, factor)[0]
    share = inscribed(height, width, angle)
    assert made.shape[1:] == (round(64 * share * factor), round(96 * share * factor))
    # Every pixel shows where it came from. Were the edge mirrored anywhere, these would not be planes.
    y, x = torch.meshgrid(*(torch.linspace(-share / 2, share / 2, side) for side in made.shape[1:]), indexing="ij")
    y, x = y * height, x * width
    expected = torch.stack([x * sin(angle) + y * cos(angle), x * cos(angle) - y * sin(angle)])
    inside = (expected[0].abs() <= 31.5) & (expected[1].abs() <= 47.5)  # at an edge, half a pixel is cut off
    assert inside.float().mean() > 0.98
    # Copies may be larger or smaller by a pixel than they say.
    assert (made - expected).abs()[:, inside].max() < 0.02 * width / 2
    assert (made - expected).abs().max() < 0.02 * width / 2 + 0.5
    assert made[0].abs().max() > 31 or made[1].abs().max() > 47  # and it is the largest


def test_a_rim_that_a_turn_cuts_off_is_not_in_the_copy() -> None:
    style = torch.full((1, 3, 80, 80), 0.5)
    style[..., :2, :2] = style[..., -2:, -2:] = 1.0  # in the corners
    assert turned(style, pi / 12, 1.0).max() == 0.5


@pytest.mark.parametrize(("turns", "sizes", "count"), [(0, 0, 1), (1, 0, 3), (1, 1, 9), (3, 3, 49)])
def test_copies_are_all_turns_at_all_sizes_with_the_style_itself(turns: int, sizes: int, count: int) -> None:
    style = torch.rand(1, 3, 80, 90)
    made = list(copies(style, turns, sizes))
    assert len(made) == count
    assert torch.equal(made[count // 2], style[0])
    heights = [copy.shape[1] for copy in made]
    assert heights[count // 2] == 80
    if sizes:
        assert min(heights) < 80 / 1.04
        assert max(heights) == round(80 * 1.05**sizes)
    assert not any(torch.equal(made[0], other) for other in made[1:])


def test_of_a_small_style_there_is_only_itself() -> None:
    style = torch.rand(1, 3, 40, 90)
    assert [copy.shape for copy in copies(style, 2, 2)] == [(3, 40, 90)]


def test_sources_are_the_activations_of_every_copy_and_its_regions(eyes: VGG, tensor: Callable[..., Tensor]) -> None:
    styles = [tensor(64, 80, 1), tensor(70, 64, 2)]
    regions = [(style[:, :2] > 0.5).float() for style in styles]
    found = sources(eyes, styles, 1, 0, regions)
    for tap in PATCHES:
        assert len(found.patches[tap]) == len(found.guides[tap]) == 6
        for number, style in ((1, styles[0]), (4, styles[1])):  # the middle one of three turns is the style
            assert torch.equal(found.patches[tap][number], eyes(style, [tap])[tap][0])
        for patches, guides in zip(found.patches[tap], found.guides[tap], strict=True):
            assert guides.shape == (2, *patches.shape[1:])
            assert 0 <= float(guides.min()) < float(guides.max()) <= 1
    area = F.avg_pool2d(regions[0], 4)[0]
    assert torch.allclose(found.guides["relu3_1"][1], area, atol=1e-6)
    assert not any(sources(eyes, styles, 0, 0).guides.values())


def test_the_energy_is_that_of_the_frozen_patches_relative_to_their_own(
    eyes: VGG, tensor: Callable[..., Tensor]
) -> None:
    x, style = tensor(), tensor(64, 64, 1)
    made = cnnmrf.objective(eyes, None, x, sources(eyes, [style], 0, 0), 3.0, 0.0)
    expected = 0.0
    for tap in PATCHES:
        query, source = (eyes(picture, [tap])[tap][0] for picture in (x, style))
        swap = swapped(nearest_patches(query, [source]), [source])
        own = frozen_energy(torch.zeros_like(query), swap) - swap.spread
        expected += 1.5 * ((frozen_energy(query, swap) - swap.spread) / own).item()
    assert made.gradient(x)[0] == pytest.approx(expected, rel=1e-4)
    assert set(made.maps) == set(PATCHES)


def test_a_photo_in_its_own_style_stays_as_it_is(eyes: VGG, tensor: Callable[..., Tensor]) -> None:
    photo, other = tensor(), tensor(seed=1)
    made = {
        name: cnnmrf.objective(eyes, photo, photo, sources(eyes, [style], 0, 0), 2.0, 0.0)
        for name, style in (("own", photo), ("other", other))
    }
    losses = {name: objective.gradient(photo)[0] for name, objective in made.items()}
    assert losses["own"] < 1e-9 < 1e-3 < losses["other"]
    *_, (kept, _) = lbfgs(photo, made["own"].gradient, 10)
    *_, (changed, loss) = lbfgs(photo, made["other"].gradient, 10)
    assert (kept - photo).abs().max() < 1 / 255
    assert (changed - photo).abs().max() > 10 / 255
    assert loss < 0.8 * losses["other"]


def test_guided_patches_come_from_the_same_region_where_the_best_would_not(plain: VGG) -> None:
    red, blue = torch.tensor([1.0, 0.1, 0.0]), torch.tensor([0.0, 0.1, 1.0])

    def halves(left: Tensor, right: Tensor) -> Tensor:
        return torch.cat([side[:, None, None].expand(3, 8, 10) for side in (left, right)], 2)

    photo, style = halves(red, blue), halves(blue, red)
    regions = torch.zeros(2, 8, 20)
    regions[0, :, :10] = regions[1, :, 10:] = 1
    known = Sources({tap: [style] for tap in PATCHES}, {tap: [regions] for tap in PATCHES})
    free, guided = (
        cnnmrf.objective(plain, None, photo[None], known, 1.0, 0.0, given).maps for given in (None, regions)
    )
    away = [0, 1, 2, 3, 4, 5, 6, 13, 14, 15, 16, 17, 18, 19]  # columns whose patches see one region only
    for tap in PATCHES:
        assert torch.allclose(free[tap].values[0][..., away], photo[..., away], atol=1e-6)
        assert torch.allclose(guided[tap].values[0][..., away], style[..., away], atol=1e-6)


def test_the_border_is_no_rougher_than_the_rest() -> None:
    photo = skimage.data.chelsea()[80:176, 100:228]
    grey = StyleTransfer.load("cnnmrf")(photo, ["great_wave"], Options(steps=40)).image.mean(2)
    down, across = np.abs(np.diff(grey, axis=0)), np.abs(np.diff(grey, axis=1))
    inner = down[:, 20:-20].mean() + across[20:-20].mean()
    for side in (down[:, :2], down[:, -2:], across[:2], across[-2:]):
        assert side.mean() < inner
