"""Figures of polygons, drawn at any size: which share of each pixel is glass, tyre, cloth.

Lengths are in the figure's height, upwards; across, its middle is at 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import IntEnum
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from PIL import Image as PillowImage
from PIL import ImageDraw

from imaging.types import Matte

FINEST = 512  # pixels of a box's sides; a larger figure is an enlarged one
FINER = 3  # times: a pixel's shares are counted in so many squared
ROUND = 24  # corners of a circle


class Part(IntEnum):
    """What a pixel of a figure shows; `BODY`, a jacket too, is what takes the object's colour."""

    BODY = 1
    GLASS = 2
    TYRE = 3
    METAL = 4
    TRIM = 5
    LAMP = 6
    TAIL = 7
    HAIR = 8
    SKIN = 9
    TROUSERS = 10
    SHOES = 11


Point: TypeAlias = tuple[float, float]
Piece: TypeAlias = tuple[Part, Sequence[Point]]
"""A part and its polygon."""

Figure: TypeAlias = Sequence[Piece]
"""Its pieces, what is behind first."""

Parts: TypeAlias = Mapping[Part, Matte]
"""The share of each part in each pixel, float32 (H, W); together the figure."""


def limb(part: Part, x: float, y: float, radius: float, across: float, up: float, other: float) -> Piece:
    """From a circle about (`x`, `y`) to one about (`across`, `up`), and what is between them."""
    towards = np.arctan2(up - y, across - x)
    turns = np.linspace(np.pi / 2, 3 * np.pi / 2, ROUND // 2 + 1) + towards
    corners = [(x + radius * np.cos(turn), y + radius * np.sin(turn)) for turn in turns]
    corners += [(across - other * np.cos(turn), up - other * np.sin(turn)) for turn in turns]
    return part, corners


def disc(part: Part, x: float, y: float, radius: float) -> Piece:
    """A circle."""
    return limb(part, x, y, radius, x, y, radius)


def ring(part: Part, x: float, y: float, radius: float, thick: float) -> Iterator[Piece]:
    """A circle that one looks through, to the middle of its line."""
    turns = np.linspace(0, 2 * np.pi, ROUND + 1)
    corners = [(x + radius * np.cos(turn), y + radius * np.sin(turn)) for turn in turns]
    for one, two in pairwise(corners):
        yield limb(part, *one, thick / 2, *two, thick / 2)


def rectangle(part: Part, left: float, low: float, right: float, high: float) -> Piece:
    """Upright."""
    return part, [(left, low), (right, low), (right, high), (left, high)]


def mirrored(figure: Figure) -> Figure:
    """Heading the other way."""
    return [(part, [(-x, y) for x, y in corners]) for part, corners in figure]


def aspect(figure: Figure) -> float:
    """The log of its width over its height."""
    (left, low), (right, high) = _ends(figure)
    return float(np.log((right - left) / (high - low)))


def drawn(figure: Figure, height: int, width: int) -> Parts:
    """The figure as large as its box of so many pixels."""
    down, across = min(height, FINEST), min(width, FINEST)
    (left, low), (right, high) = _ends(figure)
    # Pillow's polygons own the pixels on their edges, half a pixel more than ours on every side.
    scale = (FINER * across - 1) / (right - left), (FINER * down - 1) / (high - low)
    canvas = PillowImage.new("L", (FINER * across, FINER * down))
    pen = ImageDraw.Draw(canvas)
    for part, corners in figure:
        pen.polygon([((x - left) * scale[0], (high - y) * scale[1]) for x, y in corners], fill=int(part))
    ids = np.asarray(canvas)
    parts: dict[Part, Matte] = {}
    for part in sorted({part for part, _ in figure}):
        share = (ids == part).reshape(down, FINER, across, FINER).mean((1, 3), dtype=np.float32)
        if share.any():
            enlarged = PillowImage.fromarray(share).resize((width, height), PillowImage.Resampling.BILINEAR)
            parts[part] = np.asarray(enlarged)
    return parts


def together(parts: Iterable[Matte]) -> Matte:
    """The share of all of them."""
    return np.clip(np.sum(list(parts), 0), 0, 1, dtype=np.float32)


def _ends(figure: Figure) -> tuple[Point, Point]:
    corners = np.concatenate([np.asarray(corners, np.float64) for _, corners in figure])
    (left, low), (right, high) = corners.min(0).tolist(), corners.max(0).tolist()
    return (left, low), (right, high)
