"""Buses and trucks from ahead, from a corner and from the side, heading right."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from pipelines.object_insertion.figures.drawing import ROUND, Part, Piece, Point, disc, rectangle

BODY, GLASS, TYRE, METAL, TRIM = Part.BODY, Part.GLASS, Part.TYRE, Part.METAL, Part.TRIM
LAMP, TAIL = Part.LAMP, Part.TAIL
LENGTH = 3.5  # of a bus, in its heights


def bus_ahead(wide: float, away: bool) -> Iterator[Piece]:
    """So wide; `away`: from behind."""
    half = wide / 2
    yield from both(TYRE, 0.6 * half, 0.88 * half, 0.0, 0.14)
    yield rounded(BODY, -half, 0.08, half, 1.0, 0.07)
    yield rectangle(TRIM, -0.96 * half, 0.08, 0.96 * half, 0.14)
    yield rounded(GLASS, -0.86 * half, 0.42 if not away else 0.55, 0.86 * half, 0.82, 0.04)
    yield rounded(TRIM, -0.6 * half, 0.86, 0.6 * half, 0.95, 0.02)
    yield from both(TAIL if away else LAMP, 0.68 * half, 0.9 * half, 0.2, 0.3 if away else 0.27)
    if away:
        yield rectangle(TRIM, -0.5 * half, 0.22, 0.5 * half, 0.42)
    else:
        yield rectangle(TRIM, -0.012, 0.42, 0.012, 0.82)
        yield from both(TRIM, half, 1.1 * half, 0.56, 0.72)


def bus_corner(face: float, side: float, far: float) -> Iterator[Piece]:
    """Its face, that wide, at the right, and its side, that wide, with `far` of the height at its end."""
    edge = side / 2 - face / 2
    left, right = edge - side, edge + face

    def along(share: float, high: float) -> Point:
        """On the side: `share` of the way from the face to the end, `high` of the height there."""
        size = 1 + share * (far - 1)
        return edge - share * (edge - left), 0.62 + (high - 0.62) * size

    yield BODY, [along(0, 0.07), along(0, 1.0), along(1, 0.99), along(1, 0.07)]
    yield TRIM, [along(0, 0.07), along(0, 0.13), along(1, 0.13), along(1, 0.07)]
    turns = np.linspace(0, 2 * np.pi, ROUND)
    for share in (0.25, 0.8):
        for part, size in ((TRIM, 0.17), (TYRE, 0.145), (METAL, 0.07)):
            yield part, [along(share + size / LENGTH * np.cos(turn), 0.145 + size * np.sin(turn)) for turn in turns]
    edges = np.linspace(0.03, 0.97, 6)
    for one, two in pairwise(edges.tolist()):
        gap = 0.012
        yield GLASS, [along(one + gap, 0.48), along(one + gap, 0.84), along(two - gap, 0.84), along(two - gap, 0.48)]
    tilt = 0.04 * face
    yield rectangle(TYRE, edge + 0.1 * face, 0.0, edge + 0.3 * face, 0.12)
    yield rectangle(TYRE, edge + 0.7 * face, 0.02, edge + 0.9 * face, 0.12)
    yield BODY, [(edge, 0.06), (edge, 1.0), (right - tilt, 0.98), (right, 0.5), (right - tilt, 0.08)]
    yield TRIM, [(edge, 0.06), (edge, 0.13), (right - tilt, 0.14), (right - tilt, 0.08)]
    yield (
        GLASS,
        [
            (edge + 0.07 * face, 0.4),
            (edge + 0.07 * face, 0.83),
            (right - 0.1 * face, 0.82),
            (right - 0.08 * face, 0.42),
        ],
    )
    yield (
        TRIM,
        [
            (edge + 0.15 * face, 0.87),
            (edge + 0.15 * face, 0.96),
            (right - 0.2 * face, 0.95),
            (right - 0.2 * face, 0.865),
        ],
    )
    for start in (0.08, 0.72):
        yield rectangle(LAMP, edge + start * face, 0.2, edge + (start + 0.17) * face, 0.27)


def bus_aside(length: float) -> Iterator[Piece]:
    """As long as so many of its heights."""
    half = length / 2
    yield rounded(BODY, -half, 0.08, half, 1.0, 0.07)
    yield rectangle(TRIM, -0.97 * half, 0.08, 0.97 * half, 0.14)
    edges = np.linspace(-0.96 * half, 0.8 * half, 7).tolist()
    for one, two in pairwise(edges):
        yield rectangle(GLASS, one + 0.015, 0.47, two - 0.015, 0.85)
    yield GLASS, [(0.82 * half, 0.42), (0.82 * half, 0.88), (0.97 * half, 0.88), (0.985 * half, 0.42)]
    for start in (0.3 * half, 0.62 * half):
        yield rectangle(TRIM, start, 0.14, start + 0.3, 0.85)
        yield rectangle(GLASS, start + 0.02, 0.2, start + 0.14, 0.82)
        yield rectangle(GLASS, start + 0.16, 0.2, start + 0.28, 0.82)
    for x in (-0.55 * half, 0.55 * half):
        yield disc(TRIM, x, 0.17, 0.17)
        yield disc(TYRE, x, 0.15, 0.15)
        yield disc(METAL, x, 0.15, 0.08)
    yield rectangle(LAMP, 0.93 * half, 0.22, 0.99 * half, 0.28)
    yield rectangle(TAIL, -0.995 * half, 0.25, -0.97 * half, 0.36)


def truck_ahead(wide: float, away: bool) -> Iterator[Piece]:
    """So wide; `away`: from behind, its doors."""
    half = wide / 2
    yield from both(TYRE, 0.55 * half, 0.9 * half, 0.0, 0.2)
    yield rectangle(BODY, -half, 0.2 if away else 0.3, half, 1.0)
    if away:
        yield rectangle(TRIM, -0.012, 0.2, 0.012, 1.0)
        yield rectangle(TRIM, -half, 0.12, half, 0.2)
        yield from both(TAIL, 0.72 * half, 0.95 * half, 0.13, 0.19)
        return
    yield rounded(BODY, -0.94 * half, 0.1, 0.94 * half, 0.74, 0.05)
    yield rectangle(TRIM, -0.94 * half, 0.1, 0.94 * half, 0.18)
    yield rounded(GLASS, -0.84 * half, 0.44, 0.84 * half, 0.68, 0.03)
    yield rectangle(TRIM, -0.5 * half, 0.24, 0.5 * half, 0.36)
    yield from both(LAMP, 0.62 * half, 0.88 * half, 0.22, 0.29)
    yield from both(TRIM, 0.94 * half, 1.06 * half, 0.42, 0.6)


def truck_aside(length: float) -> Iterator[Piece]:
    """As long as so many of its heights."""
    half = length / 2
    cab = half - 0.62
    yield rectangle(TRIM, -0.96 * half, 0.16, 0.9 * half, 0.27)
    yield rectangle(BODY, -half, 0.26, cab - 0.05, 1.0)
    yield BODY, [(cab, 0.16), (cab, 0.82), (half - 0.2, 0.82), (half - 0.04, 0.5), (half, 0.4), (half, 0.14)]
    yield GLASS, [(cab + 0.14, 0.52), (cab + 0.14, 0.76), (half - 0.22, 0.76), (half - 0.1, 0.52)]
    yield rectangle(LAMP, half - 0.06, 0.24, half, 0.31)
    for x in (-0.72 * half, -0.72 * half + 0.36, cab + 0.3):
        yield disc(TYRE, x, 0.15, 0.15)
        yield disc(METAL, x, 0.15, 0.075)
    yield rectangle(TAIL, -half, 0.18, -half + 0.05, 0.25)


def both(part: Part, inner: float, outer: float, low: float, high: float) -> Iterator[Piece]:
    """A rectangle on either side, so far from the middle."""
    yield rectangle(part, inner, low, outer, high)
    yield rectangle(part, -outer, low, -inner, high)


def rounded(part: Part, left: float, low: float, right: float, high: float, radius: float) -> Piece:
    """A rectangle whose upper corners are cut off."""
    top = [(right - radius, high), (left + radius, high)]
    return part, [(left, low), (right, low), (right, high - radius), *top, (left, high - radius)]
