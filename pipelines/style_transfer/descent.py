"""Walks a picture downhill: L-BFGS for pictures of working size, Adam for large ones, which would fill the memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator

import torch
from torch import Tensor

Gradient = Callable[[Tensor], tuple[float, Tensor]]

HISTORY = 20  # pairs that L-BFGS remembers
AT_ONCE = 5  # steps between looks


def lbfgs(x: Tensor, gradient: Gradient, steps: int) -> Iterator[tuple[Tensor, float]]:
    """The picture and its loss after every few steps, by L-BFGS with a line search (strong Wolfe conditions)."""
    x = x.detach().clone().requires_grad_(True)
    optimizer = torch.optim.LBFGS(
        [x],
        history_size=HISTORY,
        line_search_fn="strong_wolfe",
        tolerance_grad=0,
        tolerance_change=0,
    )
    # Every call of `optimizer.step` asks again for the gradient where the last one ended: it is remembered.
    known: deque[tuple[Tensor, float, Tensor]] = deque(maxlen=3)

    def closure() -> float:
        for place, loss, slope in known:
            if torch.equal(place, x):
                x.grad = slope.clone()
                return loss
        loss, slope = gradient(x.detach())
        known.append((x.detach().clone(), loss, slope))
        x.grad = slope.clone()
        return loss

    done = 0
    while done < steps:
        count = min(AT_ONCE, steps - done)
        optimizer.param_groups[0].update(max_iter=count, max_eval=count * 5 // 4 + 1)
        optimizer.step(closure)
        done += count
        yield x.detach(), closure()


def adam(x: Tensor, gradient: Gradient, steps: int, rate: float = 0.02) -> Iterator[tuple[Tensor, float]]:
    """The picture after each step and its loss before it, by Adam whose steps get smaller."""
    x = x.detach().clone().requires_grad_(True)
    optimizer = torch.optim.Adam([x], lr=rate, betas=(0.9, 0.99))
    for step in range(steps):
        optimizer.param_groups[0]["lr"] = rate * (1 - step / steps)
        loss, x.grad = gradient(x.detach())
        optimizer.step()
        yield x.detach(), loss
