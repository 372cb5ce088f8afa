"""A mark is in its corner and can be read."""

from __future__ import annotations

import numpy as np

from imaging.marks import marked


def test_the_mark_is_in_the_lower_left_corner() -> None:
    image = np.full((300, 400, 3), 200, np.uint8)
    made = marked(image, "Swapped face")
    changed = (made != image).any(2)
    rows, columns = np.nonzero(changed)
    assert rows.min() > 250
    assert columns.max() < 200
    inside = made[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    assert inside.max() > 235  # the letters
    assert np.median(inside) < 110  # the ground


def test_a_picture_smaller_than_its_mark_is_marked_all_the_same() -> None:
    made = marked(np.full((20, 20, 3), 200, np.uint8), "Swapped face")
    assert made.shape == (20, 20, 3)
    assert (made != 200).any()
