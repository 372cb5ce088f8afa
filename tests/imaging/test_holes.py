"""Holes have the size that was asked for, and the same draw gives the same hole."""

from __future__ import annotations

from random import Random

import numpy as np

from imaging.holes import boxes, centre_hole, free_form


def test_the_centre_is_a_quarter_of_the_picture() -> None:
    assert centre_hole(128, 64).mean() == 0.25


def test_strokes_cover_the_share_that_was_asked_for() -> None:
    for seed in range(5):
        mask = free_form(96, 128, 0.2, 0.3, Random(seed))
        assert mask.dtype == np.bool_
        assert mask.shape == (96, 128)
        assert 0.2 <= mask.mean() <= 0.3
    assert np.array_equal(free_form(64, 64, 0.1, 0.2, Random(3)), free_form(64, 64, 0.1, 0.2, Random(3)))


def test_boxes_have_sides_between_those_given() -> None:
    mask = boxes(100, 80, 1, (0.2, 0.4), Random(1))
    tall, wide = mask.any(1).sum(), mask.any(0).sum()
    assert 20 <= tall <= 40
    assert 16 <= wide <= 32
    assert mask.sum() == tall * wide
