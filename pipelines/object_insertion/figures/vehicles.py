"""Cars from the side; buses and trucks from ahead, from a corner and from the side, heading right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from pipelines.object_insertion.figures.drawing import ROUND, Part, Piece, Point, disc, rectangle

BODY, GLASS, TYRE, METAL, TRIM = Part.BODY, Part.GLASS, Part.TYRE, Part.METAL, Part.TRIM
LAMP, TAIL = Part.LAMP, Part.TAIL
CAR, BUS = 2.9, 3.5  # their lengths, in their heights
EYES = 0.8  # of a car's height: what is farther away shrinks towards that


def car_aside(length: float, tail: float) -> Iterator[Piece]:
    """`tail`: how far back its roof reaches, of half its length."""
    half = length / 2
    roof, rear = 0.14 * half, -tail * half
    trunk = max(-0.93 * half, rear - 0.2 * half)
    low, waist = 0.16, 0.62
    wheels = (-0.6 * half, 0.62 * half)
    yield (
        BODY,
        [
            *((-0.97 * half, low), (-half, 0.28), (-0.99 * half, 0.52), (-0.96 * half, waist), (trunk, waist + 0.03)),
            *((rear, 0.95), (rear + 0.1 * half, 0.985), (-0.15 * half, 1.0), (roof, 0.97)),
            *((0.46 * half, 0.67), (0.86 * half, 0.58), (0.97 * half, 0.48), (half, 0.3), (0.97 * half, low)),
        ],
    )
    yield rectangle(TRIM, -0.95 * half, low, 0.95 * half, low + 0.06)
    # Windows: behind, middle and front, with pillars between them.
    sill, top = waist + 0.035, 0.925
    pillar, start, end = -0.2 * half, trunk + 0.16 * half, 0.38 * half
    yield GLASS, [(start, sill), (rear + 0.12 * half, top), (pillar - 0.03, top + 0.01), (pillar - 0.03, sill)]
    yield GLASS, [(pillar + 0.03, sill), (pillar + 0.03, top + 0.01), (roof - 0.04, top), (end, sill)]
    for x in wheels:
        yield disc(TRIM, x, 0.235, 0.225)
        yield disc(TYRE, x, 0.205, 0.205)
        yield disc(METAL, x, 0.205, 0.12)
        yield disc(TYRE, x, 0.205, 0.035)
    yield TAIL, [(-0.995 * half, 0.47), (-0.96 * half, 0.6), (-0.87 * half, 0.6), (-0.9 * half, 0.47)]
    yield LAMP, [(0.85 * half, 0.555), (0.975 * half, 0.45), (0.97 * half, 0.41), (0.86 * half, 0.47)]
    yield rectangle(TRIM, pillar - 0.19, 0.555, pillar - 0.09, 0.58)
    yield rectangle(TRIM, end - 0.32, 0.555, end - 0.22, 0.58)


def car_corner(face: float, side: float, far: float, away: bool) -> Iterator[Piece]:
    """Its face, or, `away`, its rear, that wide, at the right, and its side, that wide, with `far` of the height at its
    end."""
    edge = side / 2 - face / 2

    def at(along: float, high: float, over: float = 0.0) -> Point:
        """`along` of the way on the side to its end, `high` of the height there, and `over` of the way to the right."""
        size = 1 + along * (far - 1)
        return edge - along * side + over * face * size, EYES + (high - EYES) * size

    def flat(part: Part, left: float, low: float, right: float, high: float) -> Piece:
        """On the face, edges in shares of it."""
        return part, [at(0, low, left), at(0, low, right), at(0, high, right), at(0, high, left)]

    # Where screen and roof begin and end, on the way to the far end, and how high it is there.
    (near, low), (front, high), (back, _), (end, waist) = (
        ((0.0, 0.63), (0.13, 0.96), (0.55, 0.97), (0.72, 0.66))
        if away
        else ((0.27, 0.65), (0.45, 0.96), (0.84, 0.97), (0.96, 0.66))
    )
    bonnet = 0.63 if away else 0.53
    for left in (0.04, 0.78):
        yield flat(TYRE, left, 0.0, left + 0.18, 0.2)
    tail = [(0.97, 0.58), (1.0, 0.48)] if away else [(1.0, 0.6)]
    profile = [(0, 0.15), (0, bonnet), (near, low), (front, high), (back, 0.97), (end, waist), *tail, (1.0, 0.15)]
    yield BODY, [at(*point) for point in profile]
    yield TRIM, [at(0, 0.13), at(0, 0.21), at(1, 0.21), at(1, 0.13)]
    middle = (front + back) / 2 + 0.03
    start = near + 0.4 * (front - near) if away else near + 0.25 * (front - near)
    yield GLASS, [at(start + 0.03, 0.68), at(front + 0.03, 0.92), at(middle - 0.015, 0.93), at(middle - 0.015, 0.68)]
    yield GLASS, [at(middle + 0.015, 0.68), at(middle + 0.015, 0.93), at(back - 0.01, 0.92), at(end - 0.06, 0.68)]
    turns = np.linspace(0, 2 * np.pi, ROUND)
    for along in (0.19, 0.8):
        for part, size in ((TRIM, 0.225), (TYRE, 0.2), (METAL, 0.115)):
            yield part, [at(along + size / CAR * np.cos(turn), 0.2 + size * np.sin(turn)) for turn in turns]
    yield BODY, [at(front, high), at(front, high, 0.92), at(back, 0.97, 0.92), at(back, 0.97)]
    yield flat(BODY, 0.0, 0.1, 1.0, bonnet)
    yield BODY, [at(0, bonnet), at(0, bonnet, 1), at(near, low, 1), at(near, low)]
    yield BODY, [at(near, low), at(near, low, 1), at(front, high, 0.92), at(front, high)]
    up = (front - near) * 0.88 + near
    inset = near + 0.06 * (front - near)
    yield GLASS, [at(inset, low + 0.03, 0.09), at(inset, low + 0.03, 0.91), at(up, 0.92, 0.85), at(up, 0.92, 0.15)]
    yield flat(TRIM, 0.0, 0.1, 1.0, 0.21)
    yield flat(LAMP, 0.39, 0.27, 0.61, 0.35)
    if not away:
        yield flat(TRIM, 0.27, 0.37, 0.73, 0.46)
    for left in (0.03, 0.8):
        yield flat(TAIL if away else LAMP, left, 0.43 if away else 0.37, left + 0.17, 0.58 if away else 0.48)


def bus_ahead(wide: float, away: bool) -> Iterator[Piece]:
    """So wide; `away`: from behind."""
    half = wide / 2
    for side in (-1, 1):
        yield rectangle(TYRE, *sorted_by(side * 0.6 * half, side * 0.88 * half, 0.0, 0.14))
    yield BODY, rounded(-half, 0.08, half, 1.0, 0.07)
    yield rectangle(TRIM, -0.96 * half, 0.08, 0.96 * half, 0.14)
    yield GLASS, rounded(-0.86 * half, 0.42 if not away else 0.55, 0.86 * half, 0.82, 0.04)
    yield TRIM, rounded(-0.6 * half, 0.86, 0.6 * half, 0.95, 0.02)
    for side in (-1, 1):
        lamp = TAIL if away else LAMP
        yield rectangle(lamp, *sorted_by(side * 0.68 * half, side * 0.9 * half, 0.2, 0.3 if away else 0.27))
        if not away:
            yield TRIM, rounded(*sorted_by(side * half, side * 1.1 * half, 0.56, 0.72), 0.02)
    if away:
        yield rectangle(TRIM, -0.5 * half, 0.22, 0.5 * half, 0.42)
    else:
        yield rectangle(TRIM, -0.012, 0.42, 0.012, 0.82)


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
            yield part, [along(share + size / BUS * np.cos(turn), 0.145 + size * np.sin(turn)) for turn in turns]
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
    yield BODY, rounded(-half, 0.08, half, 1.0, 0.07)
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
    for side in (-1, 1):
        yield rectangle(TYRE, *sorted_by(side * 0.55 * half, side * 0.9 * half, 0.0, 0.2))
    yield rectangle(BODY, -half, 0.2 if away else 0.3, half, 1.0)
    if away:
        yield rectangle(TRIM, -0.012, 0.2, 0.012, 1.0)
        yield rectangle(TRIM, -half, 0.12, half, 0.2)
        for side in (-1, 1):
            yield rectangle(TAIL, *sorted_by(side * 0.72 * half, side * 0.95 * half, 0.13, 0.19))
        return
    yield BODY, rounded(-0.94 * half, 0.1, 0.94 * half, 0.74, 0.05)
    yield rectangle(TRIM, -0.94 * half, 0.1, 0.94 * half, 0.18)
    yield GLASS, rounded(-0.84 * half, 0.44, 0.84 * half, 0.68, 0.03)
    yield rectangle(TRIM, -0.5 * half, 0.24, 0.5 * half, 0.36)
    for side in (-1, 1):
        yield rectangle(LAMP, *sorted_by(side * 0.62 * half, side * 0.88 * half, 0.22, 0.29))
        yield rectangle(TRIM, *sorted_by(side * 0.94 * half, side * 1.06 * half, 0.42, 0.6))


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


def rounded(left: float, low: float, right: float, high: float, radius: float) -> Sequence[Point]:
    """The corners of a rectangle whose upper corners are cut off."""
    return [
        (left, low),
        (right, low),
        (right, high - radius),
        (right - radius, high),
        (left + radius, high),
        (left, high - radius),
    ]


def sorted_by(one: float, two: float, low: float, high: float) -> tuple[float, float, float, float]:
    """The edges of a rectangle whose sides may be the wrong way round."""
    return min(one, two), low, max(one, two), high
