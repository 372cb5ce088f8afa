"""People who stand, walk and ride."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.object_insertion.figures.drawing import Part, Piece, limb

BODY, HAIR, SKIN, TROUSERS, SHOES = Part.BODY, Part.HAIR, Part.SKIN, Part.TROUSERS, Part.SHOES


def standing(legs: float, arms: float, wide: float, away: bool = False) -> Iterator[Piece]:
    """Seen from the front, or, `away`, from behind: feet and hands that far out, the body that wide."""
    for side in (-1, 1):
        knee = side * (0.06 + 0.6 * legs)
        yield limb(TROUSERS, side * 0.06 * wide, 0.52, 0.07 * wide, knee, 0.26, 0.05)
        yield limb(TROUSERS, knee, 0.26, 0.05, side * (0.055 + legs), 0.035, 0.035)
        yield limb(SHOES, side * (0.05 + legs), 0.03, 0.03, side * (0.065 + legs), 0.025, 0.025)
    for side in (-1, 1):
        elbow = side * (0.17 * wide + 0.6 * arms)
        yield limb(SKIN, elbow, 0.56, 0.03, side * (0.16 * wide + arms), 0.46, 0.026)
        yield limb(BODY, side * 0.14 * wide, 0.79, 0.04, elbow, 0.62, 0.035)
        yield limb(BODY, elbow, 0.62, 0.035, side * (0.16 * wide + 0.9 * arms), 0.5, 0.03)
    yield limb(SKIN, 0.0, 0.86, 0.036, 0.0, 0.82, 0.04)
    yield limb(BODY, 0.0, 0.76, 0.075, 0.0, 0.53, 0.07)
    for side in (-1, 1):
        yield limb(BODY, side * 0.07 * wide, 0.79, 0.055, side * 0.055 * wide, 0.53, 0.072 * wide)
    yield from _head(0.0, 0.0, away)


def walking(stride: float, swing: float, wide: float) -> Iterator[Piece]:
    """From the side, to the right."""
    for way, knee in ((-1, 0.3), (1, 0.55)):
        bend = way * stride * knee + 0.02
        yield limb(TROUSERS, 0.0, 0.53, 0.075 * wide, bend, 0.27, 0.052)
        yield limb(TROUSERS, bend, 0.27, 0.052, way * stride, 0.04, 0.036)
        yield limb(SHOES, way * stride, 0.035, 0.033, way * stride + 0.06, 0.027, 0.025)
        if way < 0:
            yield limb(SKIN, 0.01, 0.86, 0.038, 0.0, 0.82, 0.04)
            yield limb(BODY, 0.01, 0.77, 0.075 * wide, 0.0, 0.54, 0.085 * wide)
    for way in (-1, 1):
        hand = -way * swing
        yield limb(SKIN, 0.9 * hand + 0.02, 0.52, 0.028, hand + 0.04, 0.475, 0.026)
        yield limb(BODY, 0.0, 0.77, 0.045, 0.7 * hand, 0.62, 0.04)
        yield limb(BODY, 0.7 * hand, 0.62, 0.04, 0.9 * hand + 0.03, 0.51, 0.03)
    yield from _head(0.03, 0.02, False)


def riding(lean: float, foot: float) -> Iterator[Piece]:
    """From the side, to the right, without what is ridden."""
    hip, shoulder = (-0.12, 0.45), (-0.12 + lean, 0.8)
    yield limb(TROUSERS, *hip, 0.085, 0.12, 0.34 + foot / 2, 0.06)
    yield limb(TROUSERS, 0.12, 0.34 + foot / 2, 0.06, 0.06, 0.05 + foot, 0.042)
    yield limb(SHOES, 0.06, 0.04 + foot, 0.035, 0.14, 0.035 + foot, 0.03)
    yield limb(BODY, *shoulder, 0.075, *hip, 0.095)
    yield limb(SKIN, shoulder[0] + 0.25, 0.575, 0.03, shoulder[0] + 0.3, 0.56, 0.03)
    yield limb(BODY, *shoulder, 0.05, shoulder[0] + 0.14, 0.62, 0.04)
    yield limb(BODY, shoulder[0] + 0.14, 0.62, 0.04, shoulder[0] + 0.24, 0.58, 0.032)
    yield from _head(shoulder[0] + 0.055, 0.02, False)


def _head(x: float, nose: float, away: bool) -> Iterator[Piece]:
    """Its hair ends that far behind the face."""
    if away:
        yield limb(HAIR, x, 0.93, 0.06, x, 0.895, 0.056)
        return
    yield limb(HAIR, x - nose, 0.932, 0.06, x - nose, 0.91, 0.058)
    yield limb(SKIN, x + nose / 2, 0.918, 0.05, x + nose / 2, 0.882, 0.047)
    yield limb(HAIR, x - 0.035, 0.96, 0.026, x + 0.035, 0.962, 0.024)
