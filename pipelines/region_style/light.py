"""A SEAN that trains and runs on a CPU: the paper's idea (Zhu et al. 2020) with a hundredth of its parameters.

Departures from the paper, each because of time on a CPU:
- Style and mask branch are 1x1 and are applied together, as one matrix product over a basis of the regions.
- A region's basis are its indicator and, where the grid is coarse, polynomials of the place within the region, so that
  a code can say "lighter on the left". Codes pool the same polynomials.
- The style matrix of a region has a low rank. Codes are shorter, and also see the region's mean colour and spread.
- Blocks are enlarged after their first convolution; no noise, no spectral norm.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

SLOPE = 0.2  # of every leaky ReLU
TERMS = (1, 3, 6)  # of a polynomial in x and y, by degree
FARTHEST = 2.5  # standard deviations from a region's middle; a polynomial stays flat beyond


class Regions:
    """The one-hot label map at every resolution, with coordinates relative to each region."""

    def __init__(self, onehot: Tensor, coarsest: int) -> None:
        """`onehot` float32 (N, labels, S, S); S is `coarsest` times a power of two."""
        flat, grid = onehot.flatten(2), coordinates(onehot.shape[-1], onehot).flatten(1)
        area = flat.sum(2, keepdim=True).clamp_min(1)
        self.middle = flat @ grid.T / area  # (N, labels, 2)
        self.spread = (flat @ grid.square().T / area - self.middle.square()).clamp_min(0.05**2).sqrt()
        self.soft = {onehot.shape[-1]: onehot}  # by side: the share of the pixel, (N, labels, side, side)
        while onehot.shape[-1] > coarsest:
            onehot = F.avg_pool2d(onehot, 2)
            self.soft[onehot.shape[-1]] = onehot

    def basis(self, side: int, degree: int) -> Tensor:
        """(N, terms labels, side side): each region's share times the polynomials of the place in it."""
        soft = self.soft[side].flatten(2)
        parts = [soft]
        if degree > 0:
            grid = coordinates(side, soft).flatten(1)
            place = ((grid - self.middle[..., None]) / self.spread[..., None]).clamp(-FARTHEST, FARTHEST)
            across, down = place.unbind(2)
            parts += [soft * across, soft * down]
            if degree > 1:
                parts += [soft * (across.square() - 1), soft * across * down, soft * (down.square() - 1)]
        return torch.cat(parts, 1)


def coordinates(side: int, like: Tensor) -> Tensor:
    """Pixel centres in -1..1, (2, side, side): x, then y."""
    line = (torch.arange(side, device=like.device, dtype=like.dtype) * 2 + 1) / side - 1
    return torch.stack(torch.meshgrid(line, line, indexing="xy"))


class Scale(NamedTuple):
    """One resolution of the generator: channels, mask features, degree of the polynomials."""

    width: int
    hidden: int
    degree: int


class Codes(NamedTuple):
    """What a code is: how many regions have one, its length, the rank of the matrix that reads it."""

    labels: int
    length: int
    rank: int


class RegionNorm(nn.Module):
    """The paper's normalisation (section 3.1), with both branches in one product: batch norm, then scale and shift."""

    def __init__(self, scale: Scale, codes: Codes) -> None:
        super().__init__()
        out = 2 * scale.width
        terms = TERMS[scale.degree]
        self.norm = nn.BatchNorm2d(scale.width, affine=False)
        self.matrix = nn.Parameter(torch.randn(codes.labels, codes.length, codes.rank) / math.sqrt(codes.length))
        self.matrix_bias = nn.Parameter(torch.zeros(codes.labels, 1, codes.rank))
        self.styled = nn.Parameter(torch.randn(codes.rank, terms * out) / (2 * math.sqrt(codes.rank)))
        self.unstyled = nn.Parameter(torch.zeros(codes.labels, terms * out))
        self.masked = nn.Parameter(torch.randn(scale.hidden, out) / (2 * math.sqrt(scale.hidden)))
        self.bias = nn.Parameter(torch.zeros(out, 1))

    def forward(self, x: Tensor, seen: tuple[Tensor, Tensor], codes: Tensor) -> Tensor:
        """`seen`: the basis of this resolution and its mask features (N, hidden, H W); `codes` (N, labels, length)."""
        basis, mask_features = seen
        count, labels, _ = codes.shape
        rows = torch.baddbmm(self.matrix_bias, codes.transpose(0, 1), self.matrix)  # (labels, N, rank)
        table = (F.leaky_relu(rows, SLOPE) @ self.styled).transpose(0, 1) + self.unstyled
        table = table.view(count, labels, -1, 2 * x.shape[1]).permute(0, 3, 2, 1).flatten(2)
        both = (table @ basis + self.masked.T @ mask_features + self.bias).view(count, -1, *x.shape[2:])
        scale, shift = both.chunk(2, 1)
        return self.norm(x) * (1 + scale) + shift


class Block(nn.Module):
    """The paper's ResBlk (section 3.2), from one resolution to the next: enlarged between its convolutions."""

    def __init__(self, before: Scale, after: Scale, codes: Codes) -> None:
        super().__init__()
        self.norm1, self.norm2 = RegionNorm(before, codes), RegionNorm(after, codes)
        self.conv1 = nn.Conv2d(before.width, after.width, 3, padding=1)
        self.conv2 = nn.Conv2d(after.width, after.width, 3, padding=1)
        same = before.width == after.width
        self.shortcut = nn.Identity() if same else nn.Conv2d(before.width, after.width, 1, bias=False)

    def forward(self, x: Tensor, before: tuple[Tensor, Tensor], after: tuple[Tensor, Tensor], codes: Tensor) -> Tensor:
        """`before` and `after`: basis and mask features at the sizes of what enters and of what leaves."""
        past = self.shortcut(x)
        x = self.conv1(F.leaky_relu(self.norm1(x, before, codes), SLOPE))
        if before[0].shape[-1] != after[0].shape[-1]:
            x, past = (F.interpolate(part, scale_factor=2) for part in (x, past))
        return past + self.conv2(F.leaky_relu(self.norm2(x, after, codes), SLOPE))


class CodeReader(nn.Module):
    """The style encoder: features at half the size, averaged within every region, and the region's colours."""

    def __init__(self, labels: int, length: int, width: int) -> None:
        super().__init__()
        self.conv_full = nn.Conv2d(3, width, 3, stride=2, padding=1)
        self.conv_half = nn.Conv2d(width, 2 * width, 3, stride=2, padding=1)
        self.conv_quarter = nn.Conv2d(2 * width, 2 * width, 3, padding=1)
        self.conv_mixed = nn.Conv2d(3 * width, 2 * width, 1)
        self.read = nn.Linear(TERMS[1] * (2 * width + 3) + 3, length)

    def forward(self, picture: Tensor, regions: Regions) -> Tensor:
        """(N, 3, S, S) in -1..1 to (N, labels, length); zeros where a region is absent."""
        full = F.leaky_relu(self.conv_full(picture), SLOPE)
        half = F.leaky_relu(self.conv_half(full), SLOPE)
        half = half + F.leaky_relu(self.conv_quarter(half), SLOPE)
        features = torch.tanh(self.conv_mixed(torch.cat([full, F.interpolate(half, scale_factor=2)], 1)))
        small = F.avg_pool2d(picture, 2)
        seen = torch.cat([features, small, small.square()], 1).flatten(2)
        basis = regions.basis(full.shape[-1], 1).unflatten(1, (TERMS[1], -1))  # (N, 3, labels, H W)
        area = basis[:, 0].sum(2)[..., None]
        means = (basis @ seen[:, None].transpose(2, 3)) / area[:, None].clamp_min(0.25)
        first, square = means[..., :-3], means[:, 0, :, -3:]
        spread = (square - means[:, 0, :, -6:-3].square()).clamp_min(1e-4).sqrt()
        code = self.read(torch.cat([first.transpose(1, 2).flatten(2), 3 * spread], 2))
        return code * (area > 0)


class LightSEAN(nn.Module):
    """Style encoder and generator of square pictures with `coarsest` 2^(number of widths - 1) pixels a side.

    `length`: numbers in a region's code; `degrees`: degree of the polynomials at each resolution, coarse to fine.
    """

    mean_codes: Tensor

    def __init__(
        self,
        labels: int = 19,
        length: int = 96,
        rank: int = 40,
        widths: Sequence[int] = (128, 128, 96, 48, 24),
        hidden: Sequence[int] = (32, 32, 32, 32, 16),
        degrees: Sequence[int] = (2, 2, 1, 1, 0),
        coarsest: int = 8,
        seen: int = 32,
    ) -> None:
        super().__init__()
        self.scales = [Scale(*scale) for scale in zip(widths, hidden, degrees, strict=True)]
        self.coarsest, self.side = coarsest, coarsest * 2 ** (len(widths) - 1)
        codes = Codes(labels, length, rank)
        # For regions that a portrait does not show; filled when the training ends.
        self.register_buffer("mean_codes", torch.zeros(labels, length))
        self.encoder = CodeReader(labels, length, seen)
        self.start = nn.Conv2d(labels + 2, widths[0], 3, padding=1)
        entering = [labels + 2 + finer for finer in (0, *hidden[:-1])]
        self.mask = nn.ModuleList(nn.Conv2d(i, o, 3, padding=1) for i, o in zip(entering, hidden, strict=True))
        pairs = pairwise([self.scales[0], *self.scales])
        self.blocks = nn.ModuleList(Block(before, after, codes) for before, after in pairs)
        # One for every resolution that a training ends at: the last and, to begin with, the one before.
        self.pictures = nn.ModuleList(nn.Conv2d(width, 3, 3, padding=1) for width in widths[-2:])

    def encode(self, picture: Tensor, onehot: Tensor) -> Tensor:
        """Codes (N, labels, length) of `picture` (N, 3, S, S) in 0..1 with regions `onehot` (N, labels, S, S)."""
        return self.encoder(picture * 2 - 1, Regions(onehot, self.coarsest))

    def generate(self, onehot: Tensor, codes: Tensor) -> Tensor:
        """The picture, (N, 3, S, S) in 0..1; `codes` (N, labels, length), or (N, blocks, labels, length) for a
        crossover: the codes that each block obeys.
        """
        return self.painted(Regions(onehot, self.coarsest), codes)

    def forward(self, picture: Tensor, onehot: Tensor, half: bool = False) -> Tensor:
        """`picture` made again from its codes; `half`: at half the size, as a training begins."""
        regions = Regions(onehot, self.coarsest)
        return self.painted(regions, self.encoder(picture * 2 - 1, regions), half)

    def painted(self, regions: Regions, codes: Tensor, half: bool = False) -> Tensor:
        """`generate`, of regions that may have served `encode` before."""
        if codes.ndim == 3:
            codes = codes[:, None].expand(-1, len(self.blocks), -1, -1)
        last = len(self.scales) - half
        seen = self.seen(regions, last)
        x = self.start(self.mask_input(regions, self.coarsest))
        for place, block in enumerate(self.blocks[:last]):
            x = block(x, seen[max(0, place - 1)], seen[place], codes[:, place])
        picture = self.pictures[0 if half else 1](F.leaky_relu(x, SLOPE))
        return (torch.tanh(picture) + 1) / 2

    def seen(self, regions: Regions, most: int) -> list[tuple[Tensor, Tensor]]:
        """Basis and mask features of the first `most` resolutions."""
        made: list[tuple[Tensor, Tensor]] = []
        features = None
        for number, (scale, conv) in enumerate(zip(self.scales[:most], self.mask, strict=False)):
            side = self.coarsest * 2**number
            parts = [self.mask_input(regions, side)]
            if features is not None:
                parts.append(F.interpolate(features, scale_factor=2))
            features = F.leaky_relu(conv(torch.cat(parts, 1)), SLOPE)
            made.append((regions.basis(side, scale.degree), features.flatten(2)))
        return made

    def mask_input(self, regions: Regions, side: int) -> Tensor:
        """Regions and coordinates, (N, labels + 2, side, side)."""
        soft = regions.soft[side]
        return torch.cat([soft, coordinates(side, soft).expand(len(soft), -1, -1, -1)], 1)
