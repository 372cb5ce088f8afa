"""The mean face is a face, errors are in distances of its eyes, and what is drawn can be seen."""

from __future__ import annotations

import numpy as np
import pytest

from imaging.landmarks import BROWS, EYES, FRONTAL, JAW, MOUTH, NOSE, drawn, eye_distance, mean_error
from imaging.types import Box


def test_the_groups_are_all_points_and_stand_in_order() -> None:
    assert [*JAW, *BROWS, *NOSE, *EYES, *MOUTH] == list(range(68))
    heights = [FRONTAL[list(group), 1].mean() for group in (BROWS, EYES, NOSE, MOUTH)]
    assert heights == sorted(heights)
    assert np.ptp(FRONTAL[list(JAW), 0]) == pytest.approx(1, abs=0.01)


def test_an_error_is_in_distances_of_the_eyes() -> None:
    moved = FRONTAL + eye_distance(FRONTAL) * np.array([0.3, 0.4])
    assert mean_error(moved, FRONTAL) == pytest.approx(0.5)
    assert mean_error(moved * 7, FRONTAL * 7) == pytest.approx(0.5)


def test_boxes_and_points_are_drawn() -> None:
    image = np.zeros((100, 100, 3), np.uint8)
    made = drawn(image, [Box(10, 10, 90, 90)], FRONTAL * 60 + 50)
    assert (made[10, 12:88] == 255).all()
    x, y = (FRONTAL[30] * 60 + 50).astype(int)
    assert made[y, x, 1] == 255
    assert not image.any()
