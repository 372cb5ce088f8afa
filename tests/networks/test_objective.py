"""Terms are zero where they should be; tiles that share their statistics have the gradient of the whole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from networks import objective
from networks.objective import MapTarget, Objective, tiles, total_variation
from networks.perceptual import VGG, gram

TV = Path(__file__).parents[3] / "shared" / "parity" / "vision" / "tv"
needs_parity = pytest.mark.skipif(not TV.is_dir(), reason="../shared/parity is not beside this checkout")
STYLE = ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1")


@needs_parity
def test_total_variation_is_the_references_with_means_for_sums() -> None:
    x = load_file(TV / "inputs.safetensors")["x"][None]
    outputs = load_file(TV / "outputs.safetensors")
    sums, slopes = [], []
    for axis in (-1, -2):
        leaf = x.clone().requires_grad_(True)
        total = leaf.diff(dim=axis).square().sum()
        sums.append(total.item())
        slopes.append(torch.autograd.grad(total, leaf)[0])
    # The sum of both directions is the reference's; ours divides each by the number of its pairs.
    assert sum(sums) == pytest.approx(outputs["tv_sq_sum"].item())
    assert torch.allclose((slopes[0] + slopes[1])[0], outputs["tv_sq_grad"])
    _, channels, height, width = x.shape
    pairs = channels * height * (width - 1), channels * (height - 1) * width
    value, gradient = total_variation(x)
    assert value == pytest.approx(sums[0] / pairs[0] + sums[1] / pairs[1])
    assert torch.allclose(gradient, slopes[0] / pairs[0] + slopes[1] / pairs[1])


def test_total_variation_of_a_ramp_is_the_square_of_its_slope() -> None:
    ramp = 0.1 * torch.arange(6.0).expand(1, 3, 5, 6)
    value, gradient = total_variation(ramp)
    assert value == pytest.approx(0.01)
    assert gradient[..., 1:-1].abs().max() < 1e-6
    assert gradient[..., 0].max() < 0 < gradient[..., -1].min()


def test_smoothness_is_added_times_its_factor(eyes: VGG, tensor: Callable[..., Tensor]) -> None:
    x = tensor()
    maps = {"relu2_1": MapTarget.relative(eyes(tensor(seed=1), ["relu2_1"])["relu2_1"], 1.0)}
    rough, smooth = (Objective(eyes, maps=maps, smoothness=factor).gradient(x) for factor in (0.0, 3.0))
    value, slope = total_variation(x)
    assert smooth[0] == pytest.approx(rough[0] + 3 * value)
    assert torch.allclose(smooth[1], rough[1] + 3 * slope, atol=1e-6)


def test_a_relative_target_costs_its_weight_where_nothing_is_found() -> None:
    values, counts = torch.rand(1, 3, 4, 5) * 9, torch.arange(20.0).view(4, 5)
    nothing = torch.zeros_like(values)
    assert MapTarget.relative(values, 0.7).error(nothing).item() == pytest.approx(0.7)
    counted = MapTarget.relative(values, 0.7, counts)
    assert counted.error(nothing).item() == pytest.approx(0.7)
    assert counted.error(values).item() == 0
    wrong = values.clone()
    wrong[..., 0, 0] += 100  # where nothing counts
    assert counted.error(wrong).item() == 0
    parts = (slice(0, 2), slice(1, 5)), (slice(2, 4), slice(1, 5)), (slice(0, 4), slice(0, 1))
    errors = [counted.error(nothing[..., rows, columns], rows, columns).item() for rows, columns in parts]
    assert sum(errors) == pytest.approx(0.7)


def test_an_objective_whose_targets_are_the_pictures_own_has_no_loss_and_no_slope(
    eyes: VGG, tensor: Callable[..., Tensor]
) -> None:
    x = tensor()
    found = eyes(x, (*STYLE, "relu4_2"))
    counts = torch.ones(found["relu4_2"].shape[-2:])
    own = Objective(
        eyes,
        {tap: (gram(found[tap]), 1.0) for tap in STYLE},
        {"relu4_2": MapTarget(found["relu4_2"], 1.0, counts), "relu3_1": MapTarget(found["relu3_1"], 1.0)},
    )
    assert set(own.taps) == {*STYLE, "relu4_2"}
    loss, gradient = own.gradient(x)
    assert loss < 1e-9
    assert gradient.abs().max() < 1e-5


@pytest.mark.parametrize(("height", "width"), [(30, 50), (64, 65), (200, 129)])
def test_tiles_answer_for_every_pixel_once_and_see_beyond(
    height: int, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(objective, "TILE", 64)
    covered = torch.zeros(height, width)
    for tile, core in tiles(height, width):
        covered[core[0] : core[2], core[1] : core[3]] += 1
        assert tile == (max(0, core[0] - 64), max(0, core[1] - 64), min(height, core[2] + 64), min(width, core[3] + 64))
        assert all(side % 16 == 0 for side in tile[:2])
    assert covered.min() == covered.max() == 1


# Sides that no power of two divides, and a last tile of one pixel.
@pytest.mark.parametrize(("height", "width"), [(211, 230), (193, 200)])
@pytest.mark.parametrize(("kind", "slack"), [("maps", 1e-5), ("grams", 5e-3)])
def test_tiles_have_the_loss_and_the_gradient_of_the_whole(
    kind: str,
    slack: float,
    height: int,
    width: int,
    eyes: VGG,
    tensor: Callable[..., Tensor],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    x, wanted = tensor(height, width), eyes(tensor(height, width, 1), (*STYLE, "relu4_2"))
    places = torch.arange(float(wanted["relu3_1"][0, 0].numel())).view(wanted["relu3_1"].shape[-2:])
    if kind == "maps":
        maps = {"relu3_1": MapTarget.relative(wanted["relu3_1"], 2.0, places % 7)}
        both = Objective(eyes, maps=maps | {"relu4_2": MapTarget.relative(wanted["relu4_2"], 1.0)}, smoothness=0.1)
    else:
        draw = torch.Generator().manual_seed(0)
        grains = {tap: torch.rand(1, 6, 1, 1, generator=draw)[:, : wanted[tap].shape[1]] for tap in STYLE}
        grams = {tap: gram(wanted[tap] * grains[tap]) for tap in STYLE}
        both = Objective(eyes, {tap: (matrix, 1 / matrix.square().sum().item()) for tap, matrix in grams.items()})
    shapes: list[tuple[int, ...]] = []
    handle = eyes.register_forward_pre_hook(lambda _, inputs: shapes.append(tuple(inputs[0].shape[-2:])))
    whole = both.gradient(x)
    assert set(shapes) == {(height, width)}
    shapes.clear()
    monkeypatch.setattr(objective, "TILE", 64)
    tiled = both.gradient(x)
    handle.remove()
    assert max(max(shape) for shape in shapes) <= 64 + 2 * 64
    assert tiled[0] == pytest.approx(whole[0], rel=slack)
    assert float((tiled[1] - whole[1]).norm() / whole[1].norm()) < slack
