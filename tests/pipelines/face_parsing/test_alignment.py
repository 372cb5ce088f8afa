"""The square around a face is that of the training data."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.command import DATA
from benchmarks.face_parsing import validation
from imaging.types import Box
from pipelines.face_parsing import Detector, Face
from pipelines.face_parsing.alignment import portrait_frame

# Eyes, nose and mouth corners of CelebA-HQ's portraits at 256 pixels, the means of 150.
MEAN = np.array([[96.6, 121.3], [159.9, 121.4], [127.4, 161.2], [100.2, 188.1], [156.8, 188.1]])


def turned(points: np.ndarray, degrees: float, scale: float, shift: tuple[float, float]) -> np.ndarray:
    angle = np.deg2rad(degrees)
    matrix = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return points @ matrix.T + shift


@pytest.mark.parametrize(("degrees", "scale", "shift"), [(0, 1, (0, 0)), (25, 0.4, (300, 80)), (-170, 3, (-50, 900))])
def test_it_turns_and_scales_with_the_face(degrees: float, scale: float, shift: tuple[float, float]) -> None:
    face = Face(Box(0, 0, 1, 1), 1.0, turned(MEAN, degrees, scale, shift))
    frame = portrait_frame(face, 256)
    corners = np.array([[0, 0], [256, 0], [128, 128], [40, 200]], float)
    found = np.column_stack([corners, np.ones(4)]) @ frame.matrix.T
    assert np.abs(found - turned(corners, degrees, scale, shift)).max() < 3.5 * scale


@pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not beside this checkout")
def test_portraits_that_were_cut_so_are_cut_the_same_again(detector: Detector) -> None:
    errors = []
    for portrait in validation(DATA / "faces", 12):
        frame = portrait_frame(detector(portrait.image)[0], 256)
        corners = np.array([[0, 0, 1], [256, 0, 1], [0, 256, 1], [256, 256, 1]], float)
        errors.append(np.sqrt(((corners @ frame.matrix.T - corners[:, :2]) ** 2).sum(1).mean()))
    assert np.mean(errors) < 8
