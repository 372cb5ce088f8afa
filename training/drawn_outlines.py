"""Outlines of people and of what has two wheels, drawn by our own code: means have no legs and no wheels.

Lengths are in the figure's height, upwards, its middle at 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage

from pipelines.object_insertion.outlines import SIDE

FINE = 256  # pixels of the height at which figures are drawn
Limb = tuple[float, float, float, float, float, float]  # x, y, radius at one end; x, y, radius at the other


def standing(legs: float, arms: float, wide: float) -> Iterator[Limb]:
    """A person seen from the front or from behind: feet and hands that far out, the body that wide."""
    yield 0.0, 0.925, 0.06, 0.0, 0.89, 0.06
    yield 0.0, 0.86, 0.04, 0.0, 0.8, 0.05
    yield 0.0, 0.76, 0.075, 0.0, 0.55, 0.06
    for side in (-1, 1):
        yield side * 0.07 * wide, 0.79, 0.055, side * 0.055 * wide, 0.53, 0.075 * wide
        yield side * 0.14 * wide, 0.79, 0.04, side * (0.17 * wide + 0.6 * arms), 0.62, 0.035
        yield side * (0.17 * wide + 0.6 * arms), 0.62, 0.035, side * (0.16 * wide + arms), 0.46, 0.028
        yield side * 0.06 * wide, 0.52, 0.07 * wide, side * (0.06 + 0.6 * legs), 0.26, 0.05
        yield side * (0.06 + 0.6 * legs), 0.26, 0.05, side * (0.055 + legs), 0.035, 0.035


def walking(stride: float, swing: float, wide: float) -> Iterator[Limb]:
    """A person seen from the side, walking to the right."""
    yield 0.03, 0.925, 0.06, 0.025, 0.9, 0.062
    yield 0.02, 0.86, 0.045, 0.0, 0.8, 0.05
    yield 0.01, 0.77, 0.075 * wide, 0.0, 0.54, 0.085 * wide
    for way, knee in ((1, 0.55), (-1, 0.3)):
        hand = -way * swing
        yield 0.0, 0.77, 0.045, 0.7 * hand, 0.62, 0.04
        yield 0.7 * hand, 0.62, 0.04, hand + 0.04, 0.48, 0.03
        yield 0.0, 0.53, 0.075 * wide, way * stride * knee + 0.02, 0.27, 0.052
        yield way * stride * knee + 0.02, 0.27, 0.052, way * stride, 0.04, 0.036
        yield way * stride, 0.035, 0.03, way * stride + 0.06, 0.03, 0.025


def riding(lean: float, foot: float) -> Iterator[Limb]:
    """A rider seen from the side, without what is ridden."""
    hip, shoulder = (-0.12, 0.45), (-0.12 + lean, 0.8)
    yield shoulder[0] + 0.06, 0.925, 0.065, shoulder[0] + 0.05, 0.89, 0.065
    yield *shoulder, 0.075, *hip, 0.095
    yield *shoulder, 0.05, shoulder[0] + 0.14, 0.62, 0.04
    yield shoulder[0] + 0.14, 0.62, 0.04, shoulder[0] + 0.3, 0.56, 0.03
    yield *hip, 0.085, 0.12, 0.34 + foot / 2, 0.06
    yield 0.12, 0.34 + foot / 2, 0.06, 0.06, 0.05 + foot, 0.042
    yield 0.06, 0.04 + foot, 0.035, 0.14, 0.035 + foot, 0.03


def bicycle(length: float) -> Iterator[Limb]:
    """From the side, as wide as `length` between its hubs; the wheels are rings."""
    wheel, half = 0.27, length / 2
    back, front = (-half, 0.31), (half, 0.31)
    saddle, head, pedals = (-0.35 * half, 0.84), (0.68 * half, 0.86), (-0.1 * half, 0.28)
    for x, y in (back, front):
        corners = [(x + wheel * np.cos(turn), y + wheel * np.sin(turn)) for turn in np.linspace(0, 2 * np.pi, 17)]
        for one, other in pairwise(corners):
            yield *one, 0.042, *other, 0.042
    for one, other in ((back, saddle), (back, pedals), (saddle, pedals), (pedals, head), (head, front), (saddle, head)):
        yield *one, 0.04, *other, 0.04
    yield saddle[0] - 0.1, 0.92, 0.045, saddle[0] + 0.12, 0.92, 0.04
    yield head[0] - 0.08, 0.95, 0.04, head[0] + 0.1, 0.93, 0.04


def motorcycle(length: float) -> Iterator[Limb]:
    """From the side."""
    half = length / 2
    for x in (-half, half):
        yield x, 0.24, 0.24, x, 0.24, 0.24
    yield -0.45 * half, 0.3, 0.17, 0.4 * half, 0.32, 0.18
    yield -0.5 * half, 0.5, 0.14, 0.35 * half, 0.55, 0.16
    yield -1.25 * half, 0.68, 0.05, 0.1 * half, 0.62, 0.1
    yield half, 0.24, 0.06, 0.62 * half, 0.84, 0.055
    yield 0.45 * half, 0.9, 0.045, 0.72 * half, 0.93, 0.045
    yield 0.72 * half, 0.76, 0.09, 0.74 * half, 0.78, 0.09
    yield -1.2 * half, 0.26, 0.06, -0.2 * half, 0.2, 0.07


def bicycle_ahead(bar: float) -> Iterator[Limb]:
    """From the front or from behind, its handlebar that wide."""
    yield 0.0, 0.08, 0.07, 0.0, 0.58, 0.08
    yield 0.0, 0.58, 0.08, 0.0, 0.9, 0.055
    yield -bar / 2, 0.92, 0.045, bar / 2, 0.92, 0.045
    yield -0.3 * bar, 0.3, 0.04, 0.3 * bar, 0.34, 0.04


def car_aside(length: float, tail: float) -> Iterator[Limb]:
    """A car from the side, heading right; `tail`: how far back its roof reaches, of half its length."""
    half = length / 2
    yield -half + 0.22, 0.44, 0.21, half - 0.2, 0.42, 0.19
    yield -half + 0.2, 0.34, 0.16, half - 0.18, 0.34, 0.15
    yield -tail * half, 0.82, 0.18, 0.25 * half, 0.82, 0.18
    yield -tail * half, 0.8, 0.19, -min(0.8, tail + 0.2) * half, 0.5, 0.16
    yield 0.25 * half, 0.8, 0.19, 0.62 * half, 0.5, 0.16
    yield -tail * half, 0.6, 0.2, 0.25 * half, 0.6, 0.2
    for x in (-0.6 * half, 0.62 * half):
        yield x, 0.22, 0.22, x, 0.22, 0.22


def drawn(limbs: Iterator[Limb]) -> tuple[NDArray[np.float32], float]:
    """A figure in its box, (SIDE, SIDE) in 0..1, and the log of its width over its height."""
    span = np.arange(-2 * FINE, 2 * FINE) / FINE
    x, y = span[None, :], -np.arange(FINE)[:, None] / FINE + 1
    seen = np.zeros((FINE, 4 * FINE), bool)
    for left, low, radius, right, high, other in limbs:
        across, up = right - left, high - low
        share = ((x - left) * across + (y - low) * up) / max(across**2 + up**2, 1e-12)
        share = share.clip(0, 1)
        seen |= np.hypot(x - left - share * across, y - low - share * up) <= radius + share * (other - radius)
    rows, columns = (np.flatnonzero(seen.any(axis)) for axis in (1, 0))
    box = seen[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    small = PillowImage.fromarray(box.astype(np.float32)).resize((SIDE, SIDE), PillowImage.Resampling.BOX)
    return np.asarray(small), float(np.log(box.shape[1] / box.shape[0]))


def figures() -> Mapping[str, list[tuple[NDArray[np.float32], float]]]:
    """By class, the most usual first."""
    people = [
        *(standing(*numbers) for numbers in ((0.01, 0.0, 1.0), (0.05, 0.03, 1.05), (0.02, 0.02, 1.25))),
        *(
            walking(*numbers)
            for numbers in ((0.1, 0.06, 1.0), (0.2, 0.12, 1.05), (0.15, 0.02, 1.25), (0.26, 0.16, 1.0))
        ),
        standing(0.09, 0.09, 1.1),
    ]
    return {
        "person": [drawn(limbs) for limbs in people],
        "bicycle": [
            *(drawn(bicycle(length)) for length in (1.1, 0.95, 0.8)),
            *(drawn(bicycle_ahead(bar)) for bar in (0.45, 0.3)),
        ],
        "rider": [drawn(riding(*numbers)) for numbers in ((0.12, 0.0), (0.2, 0.1), (0.03, 0.05))],
        "car": [drawn(car_aside(*numbers)) for numbers in ((2.9, 0.5), (2.6, 0.72), (3.1, 0.45))],
        "motorcycle": [drawn(motorcycle(length)) for length in (1.0, 0.8)],
    }
