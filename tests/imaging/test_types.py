"""Boxes are never empty, label maps never invent a label, and an error keeps what its translation needs."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from imaging.types import Box, InputError, LabelMap

NAMES = ("skin", "hair", "hat")
IDS = np.array([[0, 0, 1], [1, 2, 2]], np.uint8)


@pytest.mark.parametrize(
    "corners",
    [(4, 0, 4, 5), (5, 0, 4, 5), (0, 4, 5, 4), (0, 5, 5, 4)],
    ids=["no width", "right of its right", "no height", "below its bottom"],
)
def test_an_empty_box_is_refused(corners):
    with pytest.raises(ValueError, match="empty box"):
        Box(*corners)


def test_a_box_of_one_pixel_is_accepted():
    box = Box(4, 7, 5, 8)
    assert (box.width, box.height, box.label) == (1, 1, "")


def test_a_box_measures_from_edge_to_edge():
    box = Box(left=2, top=3, right=12, bottom=33, label="car")
    assert (box.width, box.height, box.label) == (10, 30, "car")


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["hair"], [[0, 0, 1], [1, 0, 0]]),
        (["hair", "hat"], [[0, 0, 1], [1, 1, 1]]),
        (["skin", "hair", "hat"], [[1, 1, 1], [1, 1, 1]]),
        ([], [[0, 0, 0], [0, 0, 0]]),
    ],
)
def test_where_gives_the_pixels_of_the_named_regions(names, expected):
    mask = LabelMap(IDS, NAMES).where(*names)
    assert mask.dtype == np.bool_
    np.testing.assert_array_equal(mask, np.array(expected, bool))


def test_where_refuses_a_name_that_the_map_does_not_have():
    with pytest.raises(ValueError, match="beard"):
        LabelMap(IDS, NAMES).where("hair", "beard")


@pytest.mark.parametrize(
    "ids",
    [IDS.astype(np.int64), IDS.astype(np.float32), IDS > 0, IDS[..., None], IDS[0]],
    ids=["int64", "float32", "bool", "three axes", "one axis"],
)
def test_a_label_map_of_another_type_or_shape_is_refused(ids):
    with pytest.raises(ValueError, match="uint8"):
        LabelMap(ids, NAMES)


def test_a_label_id_without_a_name_is_refused():
    with pytest.raises(ValueError, match="label id 2 has no name among 2"):
        LabelMap(IDS, NAMES[:2])


def test_a_label_map_cannot_be_changed_by_accident():
    with pytest.raises(dataclasses.FrozenInstanceError):
        LabelMap(IDS, NAMES).ids = IDS  # pyright: ignore[reportAttributeAccessIssue]


@pytest.mark.parametrize("size", [(2, 3), (4, 6), (7, 5), (1, 1), (101, 67)])
def test_resizing_never_invents_a_label(size):
    # Labels 0 and 200 side by side: any kind of averaging would show as a number between them.
    ids = np.where(np.indices((11, 13)).sum(0) % 2, 200, 0).astype(np.uint8)
    resized = LabelMap(ids, [str(number) for number in range(201)]).resized(*size)
    assert resized.ids.shape == size
    assert resized.ids.dtype == np.uint8
    assert set(np.unique(resized.ids)) <= {0, 200}


def test_resizing_by_a_whole_number_repeats_every_label():
    resized = LabelMap(IDS, NAMES).resized(6, 9)
    np.testing.assert_array_equal(resized.ids, IDS.repeat(3, axis=0).repeat(3, axis=1))
    assert resized.names == NAMES


def test_an_input_error_reads_as_a_sentence_and_keeps_its_parts_for_translation():
    error = InputError("The scale must be {low:g} or {high}, not {scale}.", low=2.0, high=4, scale="{5}")
    assert str(error) == "The scale must be 2 or 4, not {5}."
    assert error.template == "The scale must be {low:g} or {high}, not {scale}."
    assert error.values == {"low": 2.0, "high": 4, "scale": "{5}"}
