"""Sizes double up to the photo's own, done never falls, and the objective of each size is made of its own targets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise, product
from math import ceil

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from networks.backpropagation import by_hand
from networks.descent import AT_ONCE
from networks.objective import Objective
from networks.perceptual import VGG
from pipelines.style_transfer import gatys, optimised
from pipelines.style_transfer.optimised import (
    LATTICE,
    SHIFTED,
    Scene,
    Stage,
    by_grams,
    by_patches,
    in_colours_of,
    resized,
    stages,
    walk,
)


def test_sizes_double_and_the_coarser_take_more_steps() -> None:
    assert stages(512, 512, 40) == [Stage(128, 80, True), Stage(256, 60, True), Stage(512, 40, True, True)]
    assert stages(100, 100, 30) == [Stage(100, 30, True, True)]


@pytest.mark.parametrize("largest", [512, 513, 1024, 3264])
def test_beyond_the_working_size_they_double_up_to_the_photos_own(largest: int) -> None:
    plan = stages(512, largest, 40)
    beyond = [stage for stage in plan if not stage.working]
    assert plan[-1].side == largest
    assert len(beyond) == ceil(torch.tensor(largest / 512).log2().item())
    assert all(stage.steps == 10 for stage in beyond)
    assert all(after.side <= 2 * before.side for before, after in pairwise(plan))


@pytest.mark.parametrize(
    ("size", "side", "expected"),
    [((40, 80), 80, (40, 80)), ((40, 81), 160, (79, 160)), ((400, 200), 100, (100, 50)), ((400, 40), 100, (320, 32))],
)
def test_resized_has_that_longer_side_and_enough_on_the_shorter(
    size: tuple[int, int], side: int, expected: tuple[int, int]
) -> None:
    made = resized(torch.rand(1, 3, *size), side)
    assert tuple(made.shape[-2:]) == expected
    assert 0 <= float(made.min()) < float(made.max()) <= 1


def test_a_picture_that_has_the_size_is_not_touched() -> None:
    picture = torch.rand(1, 3, 37, 61)
    assert resized(picture, 61) is picture


def scene(content: Tensor, *styles: Tensor) -> Scene:
    shares = [1 / len(styles)] * len(styles)
    return Scene(content, styles, shares, 20.0, 1.0, 1.0, known=[None] * len(styles))


def test_a_walk_goes_through_every_stage_and_done_grows_to_one(eyes: VGG, tensor: Callable[..., Tensor]) -> None:
    content = tensor(61, 83)
    plan = [Stage(48, 12, True), Stage(64, 5, True), Stage(83, 3, False)]
    given: list[tuple[int, tuple[int, ...], tuple[int, ...]]] = []
    method = by_grams(eyes, scene(content, tensor(seed=1)))

    def watched(side: int) -> Callable[[Tensor, Tensor], Objective]:
        at = method(side)

        def objective(small: Tensor, x: Tensor) -> Objective:
            given.append((side, tuple(small.shape[-2:]), tuple(x.shape[-2:])))
            return at(small, x)

        return objective

    items = [(x.clone(), done, loss) for x, done, loss in walk(watched, content, content, plan)]
    assert [x.shape[-1] for x, _, _ in items] == [48] * 3 + [64] + [83] * 3
    assert items[-1][0].shape == content.shape
    assert given == [(48, (35, 48), (35, 48)), (64, (47, 64), (47, 64)), (83, (61, 83), (61, 83))]
    shares = [done for _, done, _ in items]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    costs = [stage.cost for stage in plan]
    assert shares[2] == pytest.approx(costs[0] / sum(costs))
    assert shares[3] == pytest.approx(sum(costs[:2]) / sum(costs))
    assert all(float(x.min()) >= 0 and float(x.max()) <= 1 for x, _, _ in items)
    assert items[-1][2] < items[0][2]


def test_a_margin_is_walked_and_not_shown(eyes: VGG, tensor: Callable[..., Tensor]) -> None:
    content = tensor(48, 64)
    at = by_grams(eyes, scene(content, tensor(seed=1)))(64)
    seen: list[Tensor] = []

    def method(side: int) -> Callable[[Tensor, Tensor], Objective]:
        return lambda small, x: seen.append(x.clone()) or at(small, x)  # type: ignore[func-returns-value]

    items = list(walk(method, content, content, [Stage(64, 10, True)], 16, anew=True))
    assert [tuple(x.shape[-2:]) for x in seen] == [(80 - LATTICE, 96 - LATTICE)] * 2
    around = F.pad(content, [16] * 4, mode="reflect")
    assert any(
        torch.equal(seen[0], around[..., down : down + 80 - LATTICE, right : right + 96 - LATTICE])
        for down, right in product(range(LATTICE), repeat=2)
    )
    assert [x.shape for x, _, _ in items] == [content.shape] * 2


def test_at_the_working_size_the_lattice_settles_after_two_looks(eyes: VGG, tensor: Callable[..., Tensor]) -> None:
    content = tensor(48, 64)
    at = by_grams(eyes, scene(content, tensor(seed=1)))(64)
    first = F.pad(content, [16] * 4, mode="reflect")[..., : 80 - LATTICE, : 96 - LATTICE]

    def settled(stage: Stage) -> list[bool]:
        seen: list[bool] = []

        def method(side: int) -> Callable[[Tensor, Tensor], Objective]:
            return lambda small, x: seen.append(torch.equal(small, first)) or at(small, x)  # type: ignore[func-returns-value]

        list(walk(method, content, content, [stage], 16, anew=True))
        return seen

    steps = 5 * AT_ONCE
    assert settled(Stage(64, steps, True, True)) == [False] * SHIFTED + [True] * (5 - SHIFTED)
    assert settled(Stage(64, steps, True)) == [False] * 5


def test_patches_are_looked_at_on_lattices_of_their_own_and_pull_where_they_lie(
    eyes: VGG, tensor: Callable[..., Tensor]
) -> None:
    x = tensor(48, 64)
    at = by_grams(eyes, scene(x, tensor(seed=1)))(64)
    for down, right in ((0, 0), (3, 7)):
        loss, slope = optimised._shifted(at, x, x, down, right)(x)
        part = x[..., down : down + 40, right : right + 56]
        alone, pull = by_hand(at(part, part), part.device)(part)
        assert loss == pytest.approx(alone, rel=1e-3)
        torch.testing.assert_close(slope[..., down : down + 40, right : right + 56], pull, rtol=1e-2, atol=1e-5)
        assert slope.count_nonzero() <= pull.numel()


def test_a_walk_begins_where_it_is_told(eyes: VGG, tensor: Callable[..., Tensor]) -> None:
    content, start = tensor(48, 64), tensor(96, 128, 5)
    seen: list[Tensor] = []
    at = by_grams(eyes, scene(content, tensor(seed=1)))(64)

    def method(side: int) -> Callable[[Tensor, Tensor], Objective]:
        return lambda small, x: seen.append(x.clone()) or at(small, x)  # type: ignore[func-returns-value]

    list(walk(method, content, start, [Stage(64, 2, True)]))
    assert torch.equal(seen[0], resized(start, 64))


def test_the_target_is_the_style_at_the_size_of_its_strokes(eyes: VGG, tensor: Callable[..., Tensor]) -> None:
    content, style = tensor(), tensor(96, 120, 1)
    for scale in (0.75, 1.5):
        at = by_grams(eyes, replace(scene(content, style), style_scale=scale))(64)
        expected = gatys.grams(eyes, resized(style, round(64 * scale)))
        found = at(content, content).grams
        assert all(torch.equal(found[tap][0], expected[tap]) for tap in expected)


def test_known_gram_matrices_of_the_nearest_size_are_used(eyes: VGG, tensor: Callable[..., Tensor]) -> None:
    content, styles = tensor(), [tensor(seed=1), tensor(seed=2)]
    known = {side: gatys.grams(eyes, tensor(seed=side)) for side in (32, 64)}
    method = by_grams(eyes, replace(scene(content, *styles), known=[known, None]))
    for side, first in ((64, known[64]), (90, known[64]), (48, known[64]), (40, known[32])):
        second = gatys.grams(eyes, resized(styles[1], side))
        for tap, (target, _) in method(side)(content, content).grams.items():
            assert torch.allclose(target, (first[tap] + second[tap]) / 2, rtol=1e-5)


def test_the_photo_in_the_styles_colours_has_their_mean_and_spread(tensor: Callable[..., Tensor]) -> None:
    content = 0.3 + 0.1 * tensor()
    bright, dark = 0.6 + 0.1 * tensor(seed=1), 0.2 + 0.05 * tensor(seed=2)
    for weights in ((1.0, 0.0), (0.25, 0.75)):
        made = in_colours_of(content, [bright, dark], weights)
        for figure in (torch.mean, torch.std):
            parts = [figure(picture, (2, 3)) for picture in (bright, dark)]
            wanted = weights[0] * parts[0] + weights[1] * parts[1]
            assert torch.allclose(figure(made, (2, 3)), wanted, atol=3e-3)
    flat = in_colours_of(torch.full((1, 3, 8, 8), 0.5), [bright], [1.0])
    assert torch.allclose(flat.mean((2, 3)), bright.mean((2, 3)), atol=1e-4)
    assert float(flat.std()) < 0.2


def test_as_the_paper_states_it_there_is_no_smoothness_and_no_relative_error(
    eyes: VGG, tensor: Callable[..., Tensor]
) -> None:
    content, style = tensor(), tensor(seed=1)
    ours, papers = (by_grams(eyes, replace(scene(content, style), paper=paper))(64) for paper in (False, True))
    assert ours(content, content).smoothness == 1.0
    made, expected = papers(content, content), gatys.paper_objective(eyes, content, gatys.grams(eyes, style))
    assert made.smoothness == 0
    assert made.gradient(style)[0] == expected.gradient(style)[0]


def test_patches_of_several_styles_are_offered_alike(eyes: VGG, tensor: Callable[..., Tensor]) -> None:
    photo, other = tensor(), tensor(seed=1)
    # The photo itself is the second style: all the best patches are its own.
    made = by_patches(eyes, replace(scene(photo, other, photo), smoothness=0.0), 0, 0)(64)(photo, photo)
    assert replace(made, grams={}).gradient(photo)[0] < 1e-9


def test_regions_are_brought_to_the_size_of_the_style(eyes: VGG, tensor: Callable[..., Tensor]) -> None:
    photo, style = tensor(48, 64), tensor(96, 128, 1)
    regions = (torch.ones(1, 1, 48, 64), [torch.ones(1, 1, 96, 128)])
    guided = by_patches(eyes, replace(scene(photo, style), regions=regions), 0, 0)(64)(photo, photo)
    free = by_patches(eyes, scene(photo, style), 0, 0)(64)(photo, photo)
    # Of other sizes than the halved style they could not be turned with it.
    assert guided.maps["relu4_1"].values.shape == free.maps["relu4_1"].values.shape
