"""Bicycles and motorcycles, from the side, heading right, and from ahead."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.object_insertion.figures.drawing import Part, Piece, disc, limb, ring

BODY, TYRE, METAL, TRIM, LAMP = Part.BODY, Part.TYRE, Part.METAL, Part.TRIM, Part.LAMP


def bicycle(length: float) -> Iterator[Piece]:
    """As wide as `length` between its hubs; one looks through its wheels."""
    half = length / 2
    back, front = (-half, 0.31), (half, 0.31)
    saddle, head, pedals = (-0.35 * half, 0.84), (0.68 * half, 0.86), (-0.1 * half, 0.28)
    for x, y in (back, front):
        yield from ring(TYRE, x, y, 0.27, 0.084)
        yield disc(METAL, x, y, 0.04)
    for one, two in ((back, saddle), (back, pedals), (saddle, pedals), (pedals, head), (head, front), (saddle, head)):
        yield limb(BODY, *one, 0.04, *two, 0.04)
    yield disc(METAL, *pedals, 0.06)
    yield limb(TRIM, saddle[0] - 0.1, 0.92, 0.045, saddle[0] + 0.12, 0.92, 0.04)
    yield limb(TRIM, head[0] - 0.08, 0.95, 0.04, head[0] + 0.1, 0.93, 0.04)


def bicycle_ahead(bar: float) -> Iterator[Piece]:
    """Its handlebar that wide."""
    yield limb(TYRE, 0.0, 0.08, 0.07, 0.0, 0.5, 0.07)
    yield limb(BODY, 0.0, 0.5, 0.08, 0.0, 0.9, 0.055)
    yield limb(TRIM, -0.3 * bar, 0.3, 0.04, 0.3 * bar, 0.34, 0.04)
    yield limb(TRIM, -bar / 2, 0.92, 0.045, bar / 2, 0.92, 0.045)
    yield disc(LAMP, 0.0, 0.78, 0.05)


def motorcycle(length: float) -> Iterator[Piece]:
    """As wide as `length` between its hubs."""
    half = length / 2
    for x in (-half, half):
        yield disc(TYRE, x, 0.27, 0.27)
        yield disc(METAL, x, 0.27, 0.15)
        yield disc(TYRE, x, 0.27, 0.06)
    yield limb(METAL, -half, 0.27, 0.04, -0.25 * half, 0.35, 0.05)
    yield limb(TRIM, -0.45 * half, 0.33, 0.1, 0.35 * half, 0.36, 0.12)
    yield limb(METAL, -0.2 * half, 0.34, 0.11, 0.2 * half, 0.38, 0.11)
    yield limb(METAL, -1.15 * half, 0.24, 0.045, -0.1 * half, 0.2, 0.04)
    yield limb(METAL, half, 0.27, 0.035, 0.66 * half, 0.82, 0.035)
    yield limb(BODY, 0.8 * half, 0.55, 0.03, 1.25 * half, 0.5, 0.03)
    yield limb(BODY, -1.1 * half, 0.66, 0.05, -0.5 * half, 0.58, 0.09)
    yield limb(TRIM, -0.95 * half, 0.72, 0.06, -0.15 * half, 0.68, 0.07)
    yield limb(BODY, -0.15 * half, 0.64, 0.1, 0.42 * half, 0.72, 0.12)
    yield limb(TRIM, 0.36 * half, 0.93, 0.035, 0.68 * half, 0.9, 0.035)
    yield disc(LAMP, 0.84 * half, 0.76, 0.085)
    yield limb(BODY, 0.66 * half, 0.72, 0.07, 0.72 * half, 0.82, 0.07)


def motorcycle_ahead(bar: float) -> Iterator[Piece]:
    """Its handlebar that wide."""
    yield limb(TYRE, 0.0, 0.09, 0.085, 0.0, 0.5, 0.085)
    for side in (-1, 1):
        yield limb(METAL, side * 0.11, 0.3, 0.03, side * 0.12, 0.7, 0.035)
        yield limb(TRIM, side * 0.08, 0.42, 0.07, side * 0.15, 0.5, 0.06)
        yield limb(TRIM, 0.0, 0.8, 0.03, side * bar / 2, 0.83, 0.035)
        yield limb(TRIM, side * 0.36 * bar, 0.82, 0.02, side * 0.42 * bar, 0.95, 0.045)
    yield limb(BODY, 0.0, 0.52, 0.09, 0.0, 0.58, 0.09)
    yield limb(BODY, 0.0, 0.66, 0.15, 0.0, 0.82, 0.11)
    yield disc(LAMP, 0.0, 0.7, 0.09)
