"""Suggested boxes stand where their class stands, as large as it is there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest

from imaging.streets import NAMES
from imaging.types import Image, InputError, LabelMap
from networks.files import save_state
from pipelines.object_insertion.habits import Habits, depth_classes, horizon


def test_boxes_stand_on_their_ground_inside_the_picture_and_apart(
    habits: Habits, street: tuple[Image, LabelMap]
) -> None:
    ids = street[1].ids
    boxes = [box for seed in range(6) for box in habits.suggested(street[1], 3, seed)]
    assert {box.label for box in boxes} == {"car", "person"}
    for box in boxes:
        middle = (box.left + box.right) // 2
        assert (
            NAMES.index({"car": "road", "person": "sidewalk"}[box.label])
            in ids[box.bottom - 1, middle - 1 : middle + 2]
        )
        assert min(box.left, box.top) >= 0
        assert box.right <= ids.shape[1]
        assert box.bottom <= ids.shape[0]
        depth = (box.bottom - 40) / 80
        assert box.height == pytest.approx({"car": 0.3, "person": 0.5}[box.label] * depth * 120, abs=2)
    bottoms = [box.bottom for box in habits.suggested(street[1], 3, 0)]
    assert bottoms == sorted(bottoms)


def test_the_same_seed_suggests_the_same(habits: Habits, street: tuple[Image, LabelMap]) -> None:
    assert habits.suggested(street[1], 2, 7) == habits.suggested(street[1], 2, 7)
    assert any(habits.suggested(street[1], 2, 7) != habits.suggested(street[1], 2, seed) for seed in range(8, 12))
    person = NAMES.index("person")
    assert {box.label for box in habits.suggested(street[1], 3, 0, (person,))} == {"person"}


def test_without_ground_or_known_class_there_is_a_sentence(habits: Habits) -> None:
    sky = LabelMap(np.full((60, 80), NAMES.index("sky"), np.uint8), NAMES)
    with pytest.raises(InputError, match="No road"):
        habits.suggested(sky, 1, 0)
    road = LabelMap(np.full((60, 80), NAMES.index("road"), np.uint8), NAMES)
    with pytest.raises(InputError, match="no boxes"):
        habits.suggested(road, 1, 0, (NAMES.index("train"),))


def test_the_horizon_is_where_the_ground_begins(street: tuple[Image, LabelMap]) -> None:
    assert horizon(street[1].ids) == 40
    classes = depth_classes(120, 40)
    assert len(classes) == 80
    assert (classes[0], classes[-1]) == (0, 9)


def test_habits_come_back_from_their_file(habits: Habits, tmp_path: Path) -> None:
    save_state(habits.state(), tmp_path / "habits.safetensors", {})
    read = Habits.read(tmp_path / "habits.safetensors")
    for name, array in vars(habits).items():
        assert np.array_equal(getattr(read, name), array)
        assert getattr(read, name).dtype == array.dtype


def test_the_usual_colour_is_the_greyest_of_the_lighter_half(habits: Habits) -> None:
    car = NAMES.index("car")
    colours = np.zeros((*habits.colours.shape[:1], 4, 3), np.uint8)
    colours[car] = (20, 20, 20), (30, 32, 30), (90, 30, 30), (70, 72, 70)
    painted = replace(habits, colours=colours)
    assert painted.colour(car, None) == (70, 72, 70)
    assert {painted.colour(car, Random(seed)) for seed in range(40)} == {tuple(map(int, c)) for c in colours[car]}
