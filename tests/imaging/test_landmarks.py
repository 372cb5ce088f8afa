"""The mean face is a face, errors are in distances of its eyes, and lines join all points."""

from __future__ import annotations

import numpy as np
import pytest

from imaging.landmarks import BROWS, EYES, FRONTAL, JAW, LINES, MOUTH, NOSE, eye_distance, mean_error


def test_the_groups_are_all_points_and_stand_in_order() -> None:
    assert [*JAW, *BROWS, *NOSE, *EYES, *MOUTH] == list(range(68))
    heights = [FRONTAL[list(group), 1].mean() for group in (BROWS, EYES, NOSE, MOUTH)]
    assert heights == sorted(heights)
    assert np.ptp(FRONTAL[list(JAW), 0]) == pytest.approx(1, abs=0.01)


def test_an_error_is_in_distances_of_the_eyes() -> None:
    moved = FRONTAL + eye_distance(FRONTAL) * np.array([0.3, 0.4])
    assert mean_error(moved, FRONTAL) == pytest.approx(0.5)
    assert mean_error(moved * 7, FRONTAL * 7) == pytest.approx(0.5)


def test_the_lines_join_every_point() -> None:
    assert {point for line in LINES for point in line} == set(range(68))
