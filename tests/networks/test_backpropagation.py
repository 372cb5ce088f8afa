"""What is derived by hand is what autograd finds, in float32 nearly to the last digit, in bfloat16 nearly."""

from __future__ import annotations

from typing import Any, Literal

import pytest
import torch
from torch import Tensor

from networks import backpropagation
from networks.backpropagation import by_hand
from networks.objective import MapTarget, Objective
from networks.perceptual import VGG, gram

CPU = torch.device("cpu")
WIDTHS = (4, 6, 8, 8, 8)


def network(padding: Literal["zeros", "reflect"] = "reflect", **heads: int) -> VGG:
    torch.manual_seed(0)
    return VGG(19, WIDTHS, "average", padding, heads=heads).eval().requires_grad_(False)


def objective(eyes: VGG, x: Tensor, counts: bool = False) -> Objective:
    """Everything at once: two terms at one tap, a head, smoothness."""
    found = eyes(x.flip(2), ("relu1_1", "relu2_1", "relu3_1", "relu4_2"))
    grams = {tap: (gram(found[tap]), 2.0) for tap in ("relu1_1", "relu2_1", "relu3_1")}
    weights = torch.rand(found["relu3_1"].shape[-2:]) if counts else None
    maps = {
        "relu3_1": MapTarget.relative(found["relu3_1"], 1.0, weights),
        "relu4_2": MapTarget.relative(found["relu4_2"], 2.0),
    }
    return Objective(eyes, grams, maps, 3.0)


@pytest.mark.parametrize("padding", ["zeros", "reflect"])
@pytest.mark.parametrize("heads", [{}, {"relu2_1": 12, "relu3_1": 16}])
@pytest.mark.parametrize("shape", [(1, 3, 48, 64), (1, 3, 37, 51)])
@pytest.mark.parametrize("block", [1, 2**19])
def test_it_is_autograds(
    padding: Any, heads: dict[str, int], shape: tuple[int, ...], block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backpropagation, "IN_CACHE", block)
    x = torch.rand(shape, generator=torch.Generator().manual_seed(1))
    wanted = objective(network(padding, **heads), x, counts=bool(heads))
    loss, gradient = wanted.gradient(x)
    ours, slope = by_hand(wanted, CPU, torch.float32)(x)
    assert ours == pytest.approx(loss, rel=1e-5)
    torch.testing.assert_close(slope, gradient, rtol=1e-3, atol=1e-5 * gradient.abs().max().item())


def test_in_bfloat16_it_is_nearly_autograds() -> None:
    x = torch.rand(1, 3, 48, 64, generator=torch.Generator().manual_seed(1))
    wanted = objective(network(relu2_1=12), x)
    loss, gradient = wanted.gradient(x)
    ours, slope = by_hand(wanted, CPU, torch.bfloat16)(x)
    assert slope.dtype == torch.float32
    assert ours == pytest.approx(loss, rel=0.02)
    assert (slope - gradient).norm() < 0.05 * gradient.norm()
    assert not torch.equal(slope, gradient)


def test_what_is_not_derived_is_left_to_autograd(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Tensor] = []

    def gradient(_: Objective, x: Tensor) -> tuple[float, Tensor]:
        asked.append(x)
        return 0.0, x

    monkeypatch.setattr(Objective, "gradient", gradient)
    x = torch.rand(1, 3, 32, 32)
    for eyes, device, size in (
        (VGG(16, WIDTHS, "max"), CPU, x),
        (network(), torch.device("cuda"), x),
        (network(), CPU, torch.rand(1, 3, 700, 700)),
    ):
        by_hand(Objective(eyes, {"relu1_1": (torch.zeros(1, 4, 4), 1.0)}), device)(size)
    assert len(asked) == 3
    by_hand(Objective(network(), {"relu1_1": (torch.zeros(1, 4, 4), 1.0)}), CPU)(x)
    assert len(asked) == 3
