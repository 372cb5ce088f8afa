"""Walks a picture downhill: L-BFGS for pictures of working size, Adam for large ones, which would fill the memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

import torch
from torch import Tensor

Gradient = Callable[[Tensor], tuple[float, Tensor]]

# Below the first, frequencies (cycles a pixel) count alike; above, their scale falls with this power. By trying.
CORNER, POWER = 0.01, 0.35
HISTORY = 50  # pairs that L-BFGS remembers
AT_ONCE = 5  # steps between looks


class Metric(Protocol):
    """A symmetric linear map, by which a picture is walked in other coordinates: picture = map(coordinates)."""

    def __call__(self, x: Tensor) -> Tensor:
        """Of coordinates the picture; of the picture's gradient the coordinates'."""
        ...

    def inverse(self, x: Tensor) -> Tensor:
        """The coordinates of a picture."""
        ...


class Spectral:
    """Coordinates in which coarse structures are as quickly changed as fine ones: a picture's spectrum falls.

    L-BFGS of Gram matrices gets in half its steps where it gets in pixels. `shape`: of the picture, (..., H, W).
    """

    def __init__(self, shape: Sequence[int], device: torch.device) -> None:
        self.size = int(shape[-2]), int(shape[-1])
        down, across = torch.fft.fftfreq(self.size[0])[:, None], torch.fft.rfftfreq(self.size[1])[None]
        scale = (down.square() + across.square()).sqrt().clamp_min(CORNER) ** -POWER
        self.scale = (scale / scale.square().mean().sqrt()).to(device)

    def __call__(self, x: Tensor) -> Tensor:
        """As a `Metric`."""
        return torch.fft.irfft2(torch.fft.rfft2(x) * self.scale, s=self.size)

    def inverse(self, x: Tensor) -> Tensor:
        """As a `Metric`."""
        return torch.fft.irfft2(torch.fft.rfft2(x) / self.scale, s=self.size)


def lbfgs(
    x: Tensor,
    gradient: Gradient,
    steps: int,
    renew: Callable[[Tensor], Gradient] | None = None,
    metric: Metric | None = None,
) -> Iterator[tuple[Tensor, float]]:
    """The best picture so far and its loss after every few steps of L-BFGS, one gradient a step.

    As in all implementations of the papers there is no line search: it costs a quarter more gradients and, here, ended
    higher. A step may go up, so the best picture is what is kept.
    `renew`: of the picture as it is after every look, the gradient from then on; what is remembered of the curvature
    stays, and the best is the best of one gradient. `metric`: what the picture is walked in (`Spectral`).
    """
    begun = metric.inverse(x) if metric else x
    z = begun.detach().clone(memory_format=torch.contiguous_format).requires_grad_(True)
    optimizer = torch.optim.LBFGS([z], history_size=HISTORY, tolerance_grad=0, tolerance_change=0)
    best, lowest = x.detach().clone(), float("inf")
    latest: tuple[Tensor, float, Tensor] | None = None

    def closure() -> float:
        nonlocal best, lowest, latest
        # Every call of `optimizer.step` asks for the gradient where the last one ended: it is remembered.
        if latest is None or not torch.equal(latest[0], z):
            reached = picture()
            loss, slope = gradient(reached)
            latest = z.detach().clone(), loss, (metric(slope) if metric else slope).contiguous()
            if loss < lowest:
                best, lowest = reached, loss
        z.grad = latest[2].clone()
        return latest[1]

    def picture() -> Tensor:
        return metric(z.detach()) if metric else z.detach().clone()

    done = 0
    while done < steps:
        count = min(AT_ONCE, steps - done)
        optimizer.param_groups[0].update(max_iter=count, max_eval=count + 1)
        optimizer.step(closure)
        done += count
        closure()
        yield best, lowest
        if renew and done < steps:
            gradient, latest, lowest = renew(picture()), None, float("inf")


def adam(x: Tensor, gradient: Gradient, steps: int, rate: float = 0.02) -> Iterator[tuple[Tensor, float]]:
    """The picture after each step and its loss before it, by Adam whose steps get smaller."""
    x = x.detach().clone().requires_grad_(True)
    optimizer = torch.optim.Adam([x], lr=rate, betas=(0.9, 0.99))
    for step in range(steps):
        optimizer.param_groups[0]["lr"] = rate * (1 - step / steps)
        loss, x.grad = gradient(x.detach())
        optimizer.step()
        yield x.detach().clone(), loss
