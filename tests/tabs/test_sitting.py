"""Looks are kept, undone and done again; a moved slider replaces its edit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from imaging.alignment import Frame
from imaging.faces import NAMES
from imaging.types import LabelMap
from pipelines.region_style import Codes, Swap
from tabs.sitting import MOST_LOOKS, Sitting


def codes(value: float) -> Codes:
    return Codes(np.full((2, 19, 3), value, np.float32), np.ones(19, bool), np.zeros((19, 3), np.float32))


def sitting() -> Sitting:
    photo = np.zeros((80, 120, 3), np.uint8)
    frame = Frame.around((60.0, 40.0), (30.0, 0.0), 64)
    labels = LabelMap(np.zeros((64, 64), np.uint8), NAMES)
    return Sitting.begun(photo, frame, photo[:64, :64], labels, codes(0))


def edited(before: Sitting, swap: Swap) -> Sitting:
    return before.with_look(before.next_swaps(swap), before.labels, before.photo)


def test_undo_redo_and_a_new_edit_after_undo() -> None:
    hair, lips = Swap(("hair",), codes(1)), Swap(("upper lip",), codes(2))
    one = edited(sitting(), hair)
    two = edited(one, lips)
    assert [len(look.swaps) for look in two.looks] == [0, 1, 2]
    assert two.at(two.shown - 1).look.swaps == (hair,)
    assert two.at(-5).shown == 0
    assert two.at(99).shown == 2
    other = edited(two.at(0), lips)
    assert [look.swaps for look in other.looks] == [(), (lips,)]


def test_the_same_edit_with_another_amount_takes_its_place() -> None:
    one = edited(sitting(), Swap(("hair",), codes(1)))
    half = Swap(("hair",), codes(1), 0.5)
    assert one.next_swaps(half) == (half,)
    assert len(one.next_swaps(Swap(("hair",), codes(3)))) == 2
    assert len(one.next_swaps(replace(half, blocks=(0,)))) == 2
    assert one.next_swaps(None) == one.look.swaps


def test_the_photo_as_it_came_is_never_forgotten() -> None:
    many = sitting()
    for number in range(MOST_LOOKS + 5):
        many = edited(many, Swap(("hair",), codes(number + 1)))
    assert len(many.looks) == MOST_LOOKS
    assert many.looks[0].swaps == ()
    assert many.look.swaps[-1].codes.alike(codes(MOST_LOOKS + 5))


def test_the_closeup_is_the_face_and_not_more() -> None:
    assert sitting().closeup(sitting().photo).shape == (60, 60, 3)
