"""A picture turned and resized a little: more patches to choose from (Li and Wand 2016, section 4)."""

from __future__ import annotations

from collections.abc import Iterator
from math import cos, pi, sin

import torch
import torch.nn.functional as F
from torch import Tensor

TURN = pi / 24  # radians between two copies
GROWTH = 1.05  # between two sizes
SMALLEST = 48  # pixels; a copy must have some patches at relu4_1


def copies(style: Tensor, turns: int, sizes: int) -> Iterator[Tensor]:
    """`style` (1, 3, H, W), and it turned up to `turns` steps either way, smaller and larger by up to `sizes` steps.

    Turned copies are cut to the largest rectangle of its shape without corners of nothing (section 4).
    """
    for size in range(-sizes, sizes + 1):
        for turn in range(-turns, turns + 1):
            copy = style if turn == size == 0 else turned(style, turn * TURN, GROWTH**size)
            if min(copy.shape[-2:]) >= SMALLEST or turn == size == 0:
                yield copy[0]


def turned(style: Tensor, angle: float, factor: float) -> Tensor:
    """`style` by `angle` radians and `factor` times its size."""
    height, width = style.shape[-2:]
    inside = inscribed(height, width, angle)
    shape = [max(1, round(side * inside * factor)) for side in (height, width)]
    y, x = (
        torch.linspace(-inside, inside, side, device=style.device) * side_of / 2
        for side, side_of in zip(shape, (height, width), strict=True)
    )
    rows, columns = torch.meshgrid(y, x, indexing="ij")
    places = torch.stack(
        [
            (columns * cos(angle) - rows * sin(angle)) / (width / 2),
            (columns * sin(angle) + rows * cos(angle)) / (height / 2),
        ],
        -1,
    )
    return F.grid_sample(style, places[None], "bilinear", "reflection", align_corners=False)


def inscribed(height: int, width: int, angle: float) -> float:
    """The largest share of the sides at which a rectangle of the same shape, turned, lies inside its original."""
    c, s = abs(cos(angle)), abs(sin(angle))
    return min(width / (width * c + height * s), height / (width * s + height * c))
