"""Loss and gradient of an `Objective`, propagated back through the encoder by hand.

What autograd computes, in a third to a quarter of its time. Activations keep their channels last, so that a map is a
matrix (places, channels) as it lies; heads, Gram matrices and errors are taken some thousand places at a time, which
stay in the cache; nothing is kept but what a ReLU let through; and where the CPU multiplies bfloat16, activations and
gradients are of it, while the picture, its first convolution, Gram matrices and losses stay float32.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from networks.descent import Gradient
from networks.objective import MapTarget, Objective, is_small, total_variation
from networks.perceptual import VGG
from networks.precision import precision

IN_CACHE = 2**19  # numbers of a block of places


def by_hand(objective: Objective, device: torch.device, dtype: torch.dtype | None = None) -> Gradient:
    """What `objective.gradient` gives, faster; `dtype`: of activations, by default the fastest of the hardware.

    What is not derived here is left to autograd: maximum pooling, other encoders, tiles of large pictures, other
    devices than a CPU.
    """
    encoder = objective.encoder
    if (
        device.type != "cpu"
        or not isinstance(encoder, VGG)
        or any(isinstance(m, nn.MaxPool2d) for m in encoder.features)
    ):
        return objective.gradient
    derived = _Derived(objective, dtype or precision(device))
    return lambda x: derived(x) if is_small(x) else objective.gradient(x)


class _Term(Protocol):
    """A part of the loss at one tap, of its activations (places, channels)."""

    def loss(self, rows: Tensor) -> float:
        """The loss; remembers what its gradient needs."""
        ...

    def pull(self, rows: Tensor, into: Tensor) -> None:
        """Adds its gradient to `into`, of the shape of `rows`."""
        ...


class _Derived:
    """An objective, its encoder's weights as they are multiplied with."""

    def __init__(self, objective: Objective, dtype: torch.dtype) -> None:
        self.objective, self.dtype = objective, dtype
        encoder = objective.encoder
        names = {index: name for name, index in encoder.taps.items()}
        layers = list(encoder.features)[: max(encoder.taps[tap] for tap in objective.taps) + 1]
        self.convolutions: list[tuple[str, _Convolution] | None] = []  # with the tap behind it; None: a pooling
        for index, layer in enumerate(layers):
            if isinstance(layer, nn.Conv2d):
                self.convolutions.append((names[index + 1], _Convolution.of(layer, dtype, first=index == 0)))
            elif isinstance(layer, nn.AvgPool2d):
                self.convolutions.append(None)
        self.terms = {tap: _terms(objective, tap, dtype) for tap in objective.taps}

    @torch.no_grad()
    def __call__(self, x: Tensor) -> tuple[float, Tensor]:
        """Loss and gradient at `x`, float32 (1, 3, H, W)."""
        mean, std = self.objective.encoder.get_buffer("mean"), self.objective.encoder.get_buffer("std")
        activation = ((x - mean) / std).contiguous(memory_format=torch.channels_last)
        kept: list[Tensor] = []  # what ReLUs let through; at a pooling, what it shrank
        loss = 0.0
        for layer in self.convolutions:
            if layer is None:
                kept.append(activation)
                activation = F.avg_pool2d(activation, 2)
                continue
            tap, convolution = layer
            activation = convolution(activation).to(self.dtype)
            kept.append(activation)
            for term in self.terms.get(tap, ()):
                loss += term.loss(_rows(activation))
        slope = torch.zeros_like(kept[-1])
        for layer, activation in zip(reversed(self.convolutions), reversed(kept), strict=True):
            if layer is None:
                slope = _grown(slope, activation)
                continue
            tap, convolution = layer
            for term in self.terms.get(tap, ()):
                slope = slope.contiguous(memory_format=torch.channels_last)
                term.pull(_rows(activation), _rows(slope))
            slope = convolution.back(torch.ops.aten.threshold_backward(slope, activation, 0))
        gradient = (slope[:, :3].float() / std).contiguous()
        if self.objective.smoothness:
            smooth, rough = total_variation(x)
            loss, gradient = loss + self.objective.smoothness * smooth, gradient + self.objective.smoothness * rough
        return loss, gradient


def _rows(activation: Tensor) -> Tensor:
    """(places, channels) of (1, C, H, W) whose channels come last in memory, without a copy."""
    return activation.permute(0, 2, 3, 1).reshape(-1, activation.shape[1])


def _grown(slope: Tensor, like: Tensor) -> Tensor:
    """The gradient of a pooling by 2: of its result, to that of what it shrank, shaped `like` it."""
    return torch.ops.aten.avg_pool2d_backward(slope, like, [2, 2], [2, 2], [0, 0], False, True, None)


@dataclass(frozen=True, eq=False)
class _Convolution:
    """3 x 3, and its ReLU; `adjoint`: the weights by which gradients go back, turned about."""

    weight: Tensor
    bias: Tensor
    adjoint: Tensor
    reflected: bool

    @classmethod
    def of(cls, layer: nn.Conv2d, dtype: torch.dtype, *, first: bool) -> _Convolution:
        """The picture's own (`first`) is multiplied in float32: rounding it would be noise to a style."""
        weight, bias = layer.weight.detach(), layer.bias
        assert bias is not None
        own = torch.float32 if first else dtype
        adjoint = weight.flip(2, 3).transpose(0, 1)
        if first:  # a few channels of nothing more: three are slow to multiply
            adjoint = F.pad(adjoint, [0, 0, 0, 0, 0, 0, 0, 13])
        last = torch.channels_last
        return cls(
            weight.to(own).contiguous(memory_format=last),
            bias.detach().to(own),
            adjoint.to(dtype).contiguous(memory_format=last),
            layer.padding_mode == "reflect",
        )

    def __call__(self, x: Tensor) -> Tensor:
        if self.reflected:
            return F.conv2d(F.pad(x, [1] * 4, mode="reflect"), self.weight, self.bias).relu_()
        return F.conv2d(x, self.weight, self.bias, padding=1).relu_()

    def back(self, slope: Tensor) -> Tensor:
        """The gradient of what went in, from that of what came out before the ReLU."""
        if not self.reflected:
            return F.conv2d(slope, self.adjoint, padding=1)
        wide = F.conv2d(slope, self.adjoint, padding=2)
        for axis in (2, 3):  # what a mirrored border received belongs to the cells that it mirrors
            last = wide.shape[axis] - 1
            wide.select(axis, 2).add_(wide.select(axis, 0))
            wide.select(axis, last - 2).add_(wide.select(axis, last))
        return wide[:, :, 1:-1, 1:-1]


class _Head:
    """The 1x1 convolution and ReLU behind a tap, or nothing."""

    def __init__(self, encoder: VGG, tap: str, dtype: torch.dtype) -> None:
        self.weight: Tensor | None = None
        if tap in encoder.heads:
            head = encoder.heads[tap]
            assert isinstance(head, nn.Conv2d)
            assert head.bias is not None
            self.weight = head.weight.detach()[:, :, 0, 0].to(dtype).contiguous()  # (C, channels before)
            self.bias = head.bias.detach().to(dtype)

    def __call__(self, rows: Tensor) -> Tensor:
        return rows if self.weight is None else torch.addmm(self.bias, rows, self.weight.T).relu_()

    def back(self, slope: Tensor, came_out: Tensor, into: Tensor) -> None:
        """Adds to `into` the gradient of what went in."""
        if self.weight is None:
            into += slope
        else:
            into.addmm_(torch.ops.aten.threshold_backward(slope, came_out, 0), self.weight)


def _blocks(places: int, channels: int) -> Iterator[slice]:
    """Of places, as many as stay in the cache."""
    step = max(256, IN_CACHE // channels)
    return (slice(first, first + step) for first in range(0, places, step))


class _GramTerm:
    """`factor` times the summed squared error of a Gram matrix."""

    def __init__(self, head: _Head, wanted: Tensor, factor: float, dtype: torch.dtype) -> None:
        self.head, self.wanted, self.factor, self.dtype = head, wanted[0], factor, dtype
        self.slope = torch.zeros_like(self.wanted)

    def loss(self, rows: Tensor) -> float:
        found = torch.zeros_like(self.wanted)
        for block in _blocks(len(rows), len(found)):
            seen = self.head(rows[block])
            found += seen.T @ seen  # of bfloat16, the rounding of each block's sum is lost among so many blocks
        error = found / len(rows) - self.wanted
        self.slope = (4 * self.factor / len(rows) * error).to(self.dtype)
        return self.factor * error.square().sum().item()

    def pull(self, rows: Tensor, into: Tensor) -> None:
        for block in _blocks(len(rows), len(self.wanted)):
            seen = self.head(rows[block])
            self.head.back(seen @ self.slope, seen, into[block])


class _MapTerm:
    """The error of a `MapTarget`."""

    def __init__(self, head: _Head, target: MapTarget, dtype: torch.dtype) -> None:
        self.head, self.factor, self.dtype = head, target.factor, dtype
        self.values = _rows(target.values.contiguous(memory_format=torch.channels_last))
        self.counts = None if target.counts is None else target.counts.reshape(-1, 1)

    def loss(self, rows: Tensor) -> float:
        return sum((weighed * error).sum().item() for *_, error, weighed in self._errors(rows))

    def pull(self, rows: Tensor, into: Tensor) -> None:
        for block, seen, _, weighed in self._errors(rows):
            self.head.back((2 * weighed).to(self.dtype), seen, into[block])

    def _errors(self, rows: Tensor) -> Iterator[tuple[slice, Tensor, Tensor, Tensor]]:
        """Of each block what is seen, how far it is from its target, float32, and that times its weight."""
        for block in _blocks(*self.values.shape):
            seen = self.head(rows[block])
            error = seen.float() - self.values[block]
            yield block, seen, error, self.factor * (error if self.counts is None else error * self.counts[block])


def _terms(objective: Objective, tap: str, dtype: torch.dtype) -> list[_Term]:
    """What is wanted of a tap."""
    head, terms = _Head(objective.encoder, tap, dtype), list[_Term]()
    if tap in objective.grams:
        terms.append(_GramTerm(head, *objective.grams[tap], dtype))
    if tap in objective.maps:
        terms.append(_MapTerm(head, objective.maps[tap], dtype))
    return terms
