"""Which photos of the target look most like the input in expression and pose: Korshunova et al. 2017, section 3.1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imaging.alignment import moved, similarity
from imaging.landmarks import FRONTAL, JAW
from pipelines.face_swap.portrait import Portrait

_INNER = range(len(JAW), len(FRONTAL))


@dataclass(frozen=True, eq=False)
class Candidate:
    """A photo of the target, `mirrored` or not: the `index`-th that was given, and its `distance` to the input."""

    portrait: Portrait
    index: int
    mirrored: bool
    distance: float


def ranked(portrait: Portrait, targets: Sequence[Portrait]) -> list[Candidate]:
    """All `targets` and their mirror images, the nearest expression first."""
    wanted = pose(portrait.points)
    found = [
        Candidate(photo, index, mirrored, float(np.linalg.norm(pose(photo.points) - wanted, axis=1).mean()))
        for index, target in enumerate(targets)
        for photo, mirrored in ((target, False), (target.mirrored, True))
    ]
    # Of two that are alike the photo itself, not its mirror image.
    return sorted(found, key=lambda candidate: (round(candidate.distance, 6), candidate.mirrored))


def pose(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Brows, nose, eyes and mouth (51, 2), upright, in widths of the face.

    The paper compares all 68 points; the jaw says more of who it is than of what the face does.
    """
    inner = points[_INNER]
    return moved(inner, similarity(inner, FRONTAL[_INNER]))
