"""Walks a picture downhill: L-BFGS for pictures of working size, Adam for large ones, which would fill the memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import Tensor

Gradient = Callable[[Tensor], tuple[float, Tensor]]

HISTORY = 50  # pairs that L-BFGS remembers
AT_ONCE = 5  # steps between looks


def lbfgs(
    x: Tensor, gradient: Gradient, steps: int, renew: Callable[[Tensor], Gradient] | None = None
) -> Iterator[tuple[Tensor, float]]:
    """The best picture so far and its loss after every few steps of L-BFGS, one gradient a step.

    As in all implementations of the papers there is no line search: it costs a quarter more gradients and, here, ended
    higher. A step may go up, so the best picture is what is kept.
    `renew`: of the picture as it is after every look, the gradient from then on; what is remembered of the curvature
    stays, and the best is the best of one gradient.
    """
    x = x.detach().clone(memory_format=torch.contiguous_format).requires_grad_(True)
    optimizer = torch.optim.LBFGS([x], history_size=HISTORY, tolerance_grad=0, tolerance_change=0)
    best, lowest = x.detach().clone(), float("inf")
    latest: tuple[Tensor, float, Tensor] | None = None

    def closure() -> float:
        nonlocal best, lowest, latest
        # Every call of `optimizer.step` asks for the gradient where the last one ended: it is remembered.
        if latest is None or not torch.equal(latest[0], x):
            loss, slope = gradient(x.detach())
            latest = x.detach().clone(), loss, slope.contiguous()
            if loss < lowest:
                best, lowest = latest[0], loss
        x.grad = latest[2].clone()
        return latest[1]

    done = 0
    while done < steps:
        count = min(AT_ONCE, steps - done)
        optimizer.param_groups[0].update(max_iter=count, max_eval=count + 1)
        optimizer.step(closure)
        done += count
        closure()
        yield best, lowest
        if renew and done < steps:
            gradient, latest, lowest = renew(x.detach()), None, float("inf")


def adam(x: Tensor, gradient: Gradient, steps: int, rate: float = 0.02) -> Iterator[tuple[Tensor, float]]:
    """The picture after each step and its loss before it, by Adam whose steps get smaller."""
    x = x.detach().clone().requires_grad_(True)
    optimizer = torch.optim.Adam([x], lr=rate, betas=(0.9, 0.99))
    for step in range(steps):
        optimizer.param_groups[0]["lr"] = rate * (1 - step / steps)
        loss, x.grad = gradient(x.detach())
        optimizer.step()
        yield x.detach().clone(), loss
