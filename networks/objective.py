"""What an optimised picture is pulled by: Gram matrices of a style, activation maps, smoothness.

Pictures that are too large to be evaluated at once are cut into tiles that share their statistics: the same loss and
gradient, up to what tiles see of each other's far surroundings.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Self

import torch
from torch import Tensor

from networks.perceptual import VGG, gram

Box = tuple[int, int, int, int]  # top, left, bottom, right

TILE = 512  # pixels; a multiple of 16, as activations of relu5_1 stand for squares of 16
MARGIN = 64  # pixels around a tile: gradients at relu4_2 need 48


@dataclass(frozen=True, eq=False)
class MapTarget:
    """Activations (1, C, h, w) to come near to: `factor` times the squared error, summed, each place `counts` times."""

    values: Tensor
    factor: float
    counts: Tensor | None = None

    @classmethod
    def relative(cls, values: Tensor, weight: float, counts: Tensor | None = None) -> Self:
        """An error relative to the target's own square, so that a weight means the same with every encoder and size."""
        squares = values.square() if counts is None else values.square() * counts
        return cls(values, weight / max(squares.sum().item(), 1e-12), counts)

    def error(self, found: Tensor, rows: slice = slice(None), columns: slice = slice(None)) -> Tensor:
        """The term of a part of the map."""
        squares = (found - self.values[..., rows, columns]).square()
        return self.factor * (squares if self.counts is None else squares * self.counts[rows, columns]).sum()


@dataclass(frozen=True, eq=False)
class Objective:
    """The encoder; Gram matrices (1, C, C), each with the factor of its summed squared error; maps; smoothness.

    `smoothness`: the factor of the mean squared difference of neighbouring pixels.
    """

    encoder: VGG
    grams: Mapping[str, tuple[Tensor, float]] = field(default_factory=dict)
    maps: Mapping[str, MapTarget] = field(default_factory=dict)
    smoothness: float = 0.0

    @property
    def taps(self) -> tuple[str, ...]:
        """All that the encoder is asked for."""
        return tuple(dict.fromkeys((*self.grams, *self.maps)))

    def gradient(self, x: Tensor) -> tuple[float, Tensor]:
        """Loss and its gradient at `x`, float32 (1, 3, H, W) in about 0..1."""
        loss, gradient = self._whole(x) if is_small(x) else self._tiled(x)
        if self.smoothness:
            smooth, slope = total_variation(x)
            loss, gradient = loss + self.smoothness * smooth, gradient + self.smoothness * slope
        return loss, gradient

    def _whole(self, x: Tensor) -> tuple[float, Tensor]:
        with torch.enable_grad():
            x = x.detach().requires_grad_(True)
            found = self.encoder(x, self.taps)
            terms = [target.error(found[tap]) for tap, target in self.maps.items()]
            for tap, (wanted, factor) in self.grams.items():
                terms.append(factor * (gram(found[tap]) - wanted).square().sum())
            loss = torch.stack(terms).sum()
            (gradient,) = torch.autograd.grad(loss, x)
        return loss.item(), gradient

    def _tiled(self, x: Tensor) -> tuple[float, Tensor]:
        """Two passes: the Gram matrices of the whole picture, then each tile's share of the gradient towards them."""
        grams = self._tiled_grams(x)
        loss, slopes = 0.0, {}
        for tap, (wanted, factor) in self.grams.items():
            loss += factor * (grams[tap] - wanted).square().sum().item()
            slopes[tap] = 2 * factor * (grams[tap] - wanted)
        gradient = torch.zeros_like(x)
        for tile, core in tiles(x.shape[-2], x.shape[-1]):
            with torch.enable_grad():
                part = cut(x, tile).detach().requires_grad_(True)
                found = self.encoder(part, self.taps)
                shares = []
                for tap, slope in slopes.items():
                    flat = _core(found[tap], tap, tile, core, x)[0].flatten(2)
                    shares.append((slope * (flat @ flat.transpose(1, 2))).sum() / _places(tap, x))
                for tap, target in self.maps.items():
                    inside, rows, columns = _core(found[tap], tap, tile, core, x)
                    error = target.error(inside, rows, columns)
                    loss += error.item()
                    shares.append(error)
                (slope_of_part,) = torch.autograd.grad(torch.stack(shares).sum(), part)
            gradient[..., tile[0] : tile[2], tile[1] : tile[3]] += slope_of_part
        return loss, gradient

    @torch.no_grad()
    def _tiled_grams(self, x: Tensor) -> dict[str, Tensor]:
        sums: dict[str, Tensor] = {}
        for tile, core in tiles(x.shape[-2], x.shape[-1]) if self.grams else ():
            found = self.encoder(cut(x, tile), tuple(self.grams))
            for tap, activation in found.items():
                flat = _core(activation, tap, tile, core, x)[0].flatten(2)
                share = flat @ flat.transpose(1, 2) / _places(tap, x)
                sums[tap] = sums[tap] + share if tap in sums else share
        return sums


def is_small(x: Tensor) -> bool:
    """Whether a picture is evaluated at once."""
    return x.shape[-2] * x.shape[-1] <= (TILE + 2 * MARGIN) ** 2


def total_variation(x: Tensor) -> tuple[float, Tensor]:
    """Mean squared difference of neighbours, across and down, and its gradient."""
    across, down = x[..., 1:] - x[..., :-1], x[..., 1:, :] - x[..., :-1, :]
    gradient = torch.zeros_like(x)
    for difference, after, before in (
        (2 / across.numel() * across, gradient[..., 1:], gradient[..., :-1]),
        (2 / down.numel() * down, gradient[..., 1:, :], gradient[..., :-1, :]),
    ):
        after += difference
        before -= difference
    return (across.square().mean() + down.square().mean()).item(), gradient


def tiles(height: int, width: int) -> Iterator[tuple[Box, Box]]:
    """Boxes that cover a picture: each tile with its margins, and the core that it answers for."""
    for top, left in product(range(0, height, TILE), range(0, width, TILE)):
        core = (top, left, min(top + TILE, height), min(left + TILE, width))
        # A last tile of a few pixels would be too small for the encoder: it sees further back.
        outer_top, outer_left = max(0, top - MARGIN), max(0, left - MARGIN)
        yield (outer_top, outer_left, min(core[2] + MARGIN, height), min(core[3] + MARGIN, width)), core


def cut(x: Tensor, box: Box) -> Tensor:
    """The part of a picture."""
    return x[..., box[0] : box[2], box[1] : box[3]]


def _stride(tap: str) -> int:
    """Pixels between two places of an activation: each stage of a VGG begins with half the size."""
    return 2 ** (int(tap[len("relu")]) - 1)


def _core(activation: Tensor, tap: str, tile: Box, core: Box, x: Tensor) -> tuple[Tensor, slice, slice]:
    """The core's part of a tile's activation, and where it lies in that of the whole picture `x`."""
    stride = _stride(tap)
    inside, whole = [], []
    for axis in (0, 1):
        first, end, side = core[axis] // stride, core[axis + 2], x.shape[axis - 2]
        last = end // stride if end < side else side // stride
        offset = tile[axis] // stride
        inside.append(slice(first - offset, last - offset))
        whole.append(slice(first, last))
    return activation[..., inside[0], inside[1]], whole[0], whole[1]


def _places(tap: str, x: Tensor) -> int:
    """How many places the activation of the whole picture has."""
    return (x.shape[-2] // _stride(tap)) * (x.shape[-1] // _stride(tap))
