"""Label maps are counted against each other and drawn over photos."""

from __future__ import annotations

import numpy as np
import pytest

from imaging.labels import confusion, intersection_over_union, overlay
from imaging.types import LabelMap

NAMES = ("background", "skin", "hair", "hat")
TRUTH = LabelMap(np.array([[0, 0, 1, 1], [2, 2, 2, 1]], np.uint8), NAMES)
FOUND = LabelMap(np.array([[0, 1, 1, 1], [2, 2, 0, 1]], np.uint8), NAMES)


def test_a_confusion_counts_pixels_by_truth_and_finding() -> None:
    expected = [[1, 1, 0, 0], [0, 3, 0, 0], [1, 0, 2, 0], [0, 0, 0, 0]]
    assert confusion(FOUND, TRUTH).tolist() == expected


def test_intersection_over_union_is_by_label_and_nan_where_there_is_none() -> None:
    found = intersection_over_union(confusion(FOUND, TRUTH))
    np.testing.assert_allclose(found, [1 / 3, 3 / 4, 2 / 3, np.nan])


def test_maps_of_other_sizes_or_names_are_not_compared() -> None:
    with pytest.raises(ValueError, match="names and sizes"):
        confusion(LabelMap(FOUND.ids[:1], NAMES), TRUTH)
    with pytest.raises(ValueError, match="names and sizes"):
        confusion(LabelMap(FOUND.ids, ("sky", "sea", "sand", "sun")), TRUTH)


def test_an_overlay_mixes_colours_and_leaves_the_background() -> None:
    photo = np.full((2, 4, 3), 100, np.uint8)
    colours = [(9, 9, 9), (200, 0, 100), (0, 0, 0), (0, 0, 0)]
    mixed = overlay(photo, TRUTH, colours, 0.25)
    assert mixed[0, 0].tolist() == [100, 100, 100]
    assert mixed[0, 2].tolist() == [125, 75, 100]
    assert mixed[1, 0].tolist() == [75, 75, 75]


def test_the_opacity_may_differ_from_pixel_to_pixel() -> None:
    photo = np.full((2, 4, 3), 100, np.uint8)
    matte = np.zeros((2, 4), np.float32)
    matte[0, 2] = 1
    mixed = overlay(photo, TRUTH, [(0, 0, 0), (200, 0, 100), (0, 0, 0), (0, 0, 0)], matte)
    assert mixed[0, 2].tolist() == [200, 0, 100]
    assert (mixed[1] == 100).all()


def test_an_overlay_wants_a_colour_a_label_and_a_map_of_its_size() -> None:
    photo = np.zeros((2, 4, 3), np.uint8)
    with pytest.raises(ValueError, match="colour a label"):
        overlay(photo, TRUTH, [(0, 0, 0)])
    with pytest.raises(ValueError, match="colour a label"):
        overlay(photo[:1], TRUTH, [(0, 0, 0)] * 4)
