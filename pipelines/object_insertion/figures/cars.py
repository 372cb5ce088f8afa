"""Cars from the side and from a corner, heading right."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pipelines.object_insertion.figures.drawing import ROUND, Part, Piece, Point, disc, rectangle

BODY, GLASS, TYRE, METAL, TRIM = Part.BODY, Part.GLASS, Part.TYRE, Part.METAL, Part.TRIM
LAMP, TAIL = Part.LAMP, Part.TAIL
LENGTH = 2.9  # of a car, in its heights
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
            yield part, [at(along + size / LENGTH * np.cos(turn), 0.2 + size * np.sin(turn)) for turn in turns]
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
