"""L-BFGS goes as low as the reference and keeps the best; nothing is computed twice."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from networks.descent import AT_ONCE, Spectral, adam, lbfgs

FIXTURE = Path(__file__).parents[3] / "shared" / "parity" / "vision" / "lbfgs_fixed_step"
needs_parity = pytest.mark.skipif(not FIXTURE.is_dir(), reason="../shared/parity is not beside this checkout")


def hill(matrix: Tensor, vector: Tensor) -> Callable[[Tensor], tuple[float, Tensor]]:
    """Value and slope of a bumpy bowl."""

    def at(x: Tensor) -> tuple[float, Tensor]:
        value = 0.5 * x @ matrix @ x - vector @ x + 0.1 * (3 * x).cos().sum()
        return value.item(), matrix @ x - vector - 0.3 * (3 * x).sin()

    return at


@needs_parity
@pytest.mark.parametrize("steps", [1, 2, 3, 5, 10, 25, 60])
def test_ours_goes_at_least_as_low_as_the_reference_on_its_own_ground(steps: int) -> None:
    inputs, outputs = (load_file(FIXTURE / f"{part}.safetensors") for part in ("inputs", "outputs"))
    at = hill(inputs["A"], inputs["b"])
    x = inputs["x0"].clone().requires_grad_(True)
    without = torch.optim.LBFGS(
        [x], lr=1, max_iter=steps, max_eval=1000, history_size=25, tolerance_grad=0, tolerance_change=0
    )

    def closure() -> float:
        value, x.grad = at(x.detach())
        return value

    without.step(closure)
    reference = outputs[f"f_after_{steps}"].item()
    assert torch.allclose(x.detach(), outputs[f"x_after_{steps}"], rtol=1e-6, atol=1e-8)  # it is the same ground
    assert at(x.detach())[0] == pytest.approx(reference, rel=1e-9)
    *_, (reached, loss) = lbfgs(inputs["x0"], at, steps)
    assert loss == pytest.approx(at(reached)[0])
    assert loss <= reference + 1e-7 * abs(reference)  # lower where the reference went up again


@pytest.mark.parametrize(("steps", "looks"), [(1, 1), (5, 1), (12, 3)])
def test_lbfgs_shows_the_picture_every_few_steps_and_computes_nothing_twice(steps: int, looks: int) -> None:
    assert AT_ONCE == 5
    draw = torch.Generator().manual_seed(0)
    square = torch.rand(30, 30, generator=draw)
    at = hill(square @ square.T + torch.eye(30), torch.rand(30, generator=draw))
    places: list[bytes] = []

    def counted(x: Tensor) -> tuple[float, Tensor]:
        assert not x.requires_grad
        places.append(x.numpy().tobytes())
        return at(x)

    start = torch.zeros(30)
    seen = [(x.clone(), loss) for x, loss in lbfgs(start, counted, steps)]
    assert len(seen) == looks
    assert len(places) == len(set(places)) == 1 + steps
    assert torch.equal(start, torch.zeros(30))
    losses = [at(start)[0], *(loss for _, loss in seen)]
    assert losses == sorted(losses, reverse=True)
    for x, loss in seen:
        assert loss == pytest.approx(at(x)[0], abs=1e-5)


def test_lbfgs_stays_where_there_is_no_slope() -> None:
    start = torch.rand(4)
    for x, loss in lbfgs(start, lambda x: (0.5, torch.zeros_like(x)), 10):
        assert torch.equal(x, start)
        assert loss == 0.5


def test_adam_walks_to_the_bottom_in_steps_that_get_smaller() -> None:
    target, start = torch.linspace(0.4, 0.6, 30), torch.full((30,), 0.5)
    path = [start]
    losses = []
    for x, loss in adam(start, lambda x: ((x - target).square().sum().item(), 2 * (x - target)), 60):
        path.append(x.clone())
        losses.append(loss)
    assert losses[0] == pytest.approx((start - target).square().sum().item())  # before the step
    assert len(losses) == 60
    assert (path[-1] - target).abs().max() < 0.01
    strides = [float((after - before).abs().max()) for before, after in pairwise(path)]
    assert strides[0] == pytest.approx(0.02, rel=1e-3)
    assert max(strides[-5:]) < 0.1 * strides[0]
    assert torch.equal(start, torch.full((30,), 0.5))


def test_a_renewed_gradient_is_followed_and_only_its_own_best_counts() -> None:
    at = torch.ones(4)
    wanted = [torch.full((4,), value) for value in (0.0, 3.0, -2.0)]
    given: list[Tensor] = []

    def to(place: Tensor) -> Callable[[Tensor], tuple[float, Tensor]]:
        # The later, the higher: losses of different gradients are not compared.
        return lambda x: ((x - place).square().sum().item() + 10 * len(given), 2 * (x - place))

    def renew(x: Tensor) -> Callable[[Tensor], tuple[float, Tensor]]:
        given.append(x.clone())
        return to(wanted[len(given)])

    seen = [(x.clone(), loss) for x, loss in lbfgs(at, to(wanted[0]), 3 * AT_ONCE, renew)]
    assert len(given) == 2, "after the last look it is not asked"
    for (x, loss), place, base in zip(seen, wanted, (0, 10, 20), strict=True):
        torch.testing.assert_close(x, place, atol=0.05, rtol=0)
        assert loss == pytest.approx(base, abs=0.1)
    torch.testing.assert_close(given[0], seen[0][0], atol=0.05, rtol=0)


@pytest.mark.parametrize("size", [(16, 16), (17, 30), (1, 3)])
def test_spectral_coordinates_are_a_symmetric_map_that_is_undone(size: tuple[int, int]) -> None:
    draw = torch.Generator().manual_seed(0)
    one, other = (torch.randn(1, 3, *size, generator=draw, dtype=torch.float64) for _ in range(2))
    metric = Spectral(one.shape, one.device)
    assert torch.allclose(metric.inverse(metric(one)), one, atol=1e-9)
    assert (metric(one) * other).sum().item() == pytest.approx((one * metric(other)).sum().item())


def test_in_spectral_coordinates_a_smooth_target_is_reached_sooner() -> None:
    draw = torch.Generator().manual_seed(0)
    metric = Spectral((1, 1, 48, 48), torch.device("cpu"))
    target, start = metric(metric(torch.randn(1, 1, 48, 48, generator=draw))), torch.zeros(1, 1, 48, 48)
    weight = metric.inverse(torch.ones(1, 1, 48, 48))  # something that is not the map itself, to go down in

    def at(x: Tensor) -> tuple[float, Tensor]:
        error = metric.inverse(x - target)
        return 0.5 * (weight * error.square()).sum().item(), metric.inverse(weight * error)

    losses = {}
    for name, chosen in {"pixels": None, "spectral": metric}.items():
        *_, (x, losses[name]) = lbfgs(start, at, AT_ONCE, metric=chosen)
        assert losses[name] == pytest.approx(at(x)[0], rel=1e-4)
    assert losses["spectral"] < 0.5 * losses["pixels"]
