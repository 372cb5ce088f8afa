"""Muon (Jordan et al. 2024): momentum whose update is made orthogonal, for the weights of convolutions.

`torch.optim.Muon` takes matrices only, and always works in bfloat16, which a CPU without the instructions emulates
slowly; so it stands here for 4-D weights. Distilling super-resolution, it had half of Adam's feature error after 170
steps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn

from networks.precision import precision


def orthogonal(matrix: Tensor, steps: int = 5) -> Tensor:
    """The nearest matrix with singular values about one, by Jordan's Newton-Schulz polynomial."""
    wide = matrix if matrix.shape[0] <= matrix.shape[1] else matrix.T
    x = (wide / (wide.norm() + 1e-7)).to(precision(matrix.device))
    for _ in range(steps):
        square = x @ x.T
        x = 3.4445 * x + (-4.7750 * square + 2.0315 * square @ square) @ x
    x = x.to(matrix.dtype)
    return x if matrix.shape[0] <= matrix.shape[1] else x.T


class Muon(torch.optim.Optimizer):
    """Nesterov momentum, made orthogonal, scaled so that a step is as long as Adam's (Liu et al. 2025)."""

    def __init__(self, parameters: Iterable[nn.Parameter], lr: float, momentum: float = 0.95) -> None:
        super().__init__(parameters, {"lr": lr, "momentum": momentum})

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """One update of every weight that has a gradient."""
        for group in self.param_groups:
            for weight in group["params"]:
                if weight.grad is None:
                    continue
                state = self.state[weight]
                if not state:
                    state["momentum"] = torch.zeros_like(weight)
                average = state["momentum"].mul_(group["momentum"]).add_(weight.grad)
                update = weight.grad.add(average, alpha=group["momentum"]).flatten(1)
                length = 0.2 * max(update.shape) ** 0.5
                weight.sub_(orthogonal(update).reshape(weight.shape), alpha=group["lr"] * length)


def muon_and_adam(network: nn.Module, rate: float, share: float) -> list[torch.optim.Optimizer]:
    """Muon for the convolutions of `network` at the learning `rate`; Adam, at a `share` of it, for the rest."""
    matrices = [parameter for parameter in network.parameters() if parameter.ndim == 4]
    rest = [parameter for parameter in network.parameters() if parameter.ndim != 4]
    return [Muon(matrices, rate), torch.optim.Adam([{"params": rest, "share": share}], betas=(0.9, 0.99))]
