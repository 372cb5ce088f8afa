"""An object's own pixels at another place, or those of one that is like what a box is for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from imaging.streets import NAMES
from imaging.types import Box, Image, LabelMap
from pipelines.object_insertion.edits import Edit, found, moved
from pipelines.object_insertion.lent import Lent, lender
from pipelines.object_insertion.pipeline import ObjectInsertion, Options

CAR = NAMES.index("car")
GREEN, RED = (20, 160, 40), (180, 30, 30)
PHOTO = Options(pixels="photo")


@pytest.fixture
def parked() -> tuple[Image, LabelMap]:
    """A street with a car on its left, whose right end is red, and a small one and a cut-off one on its right."""
    ids = np.full((200, 400), NAMES.index("road"), np.uint8)
    image = np.full((200, 400, 3), 90, np.uint8)
    for left, top, right, bottom in ((40, 100, 120, 150), (300, 100, 310, 106), (350, 100, 400, 140)):
        ids[top:bottom, left:right] = CAR
        image[top:bottom, left:right] = GREEN
    image[100:150, 100:120] = RED
    return image, LabelMap(ids, NAMES)


def test_the_object_most_like_the_box_lends_and_is_turned_on_the_other_side(parked: tuple[Image, LabelMap]) -> None:
    image, labels = parked
    here, across = (lender(image, labels.ids, CAR, Box(left, 110, left + 80, 160, "car")) for left in (60, 300))
    assert here is not None
    assert across is not None
    assert here.mask.shape == across.mask.shape == (50, 80)
    assert here.mask.all()
    assert tuple(here.pixels[10, 70]) == RED == tuple(across.pixels[10, 10])
    assert tuple(here.pixels[10, 10]) == GREEN == tuple(across.pixels[10, 70])
    assert here.aspect == pytest.approx(np.log(1.6))


def test_nothing_lends_that_is_of_another_class_shape_or_far_too_small(parked: tuple[Image, LabelMap]) -> None:
    image, labels = parked
    assert lender(image, labels.ids, NAMES.index("person"), Box(60, 110, 80, 160, "person")) is None
    assert lender(image, labels.ids, CAR, Box(60, 20, 90, 160, "car")) is None
    labels.ids[:, :130] = NAMES.index("road")
    # What is left is cut off by the picture's edge, or a few pixels.
    assert lender(image, labels.ids, CAR, Box(200, 100, 280, 150, "car")) is None


def test_a_seed_asks_another_one(parked: tuple[Image, LabelMap]) -> None:
    image, labels = parked
    labels.ids[20:70, 150:230] = CAR
    image[20:70, 150:230] = (1, 2, 3)
    box = Box(60, 110, 140, 160, "car")
    lent = [lender(image, labels.ids, CAR, box, seed) for seed in range(3)]
    assert all(lent)
    corners = [tuple(one.pixels[0, 0]) for one in lent if one]
    assert corners == [GREEN, (1, 2, 3), GREEN]


def test_pixels_come_whole_and_nothing_of_their_old_place_with_them() -> None:
    mask = np.zeros((20, 20), bool)
    mask[5:15, 5:15] = True
    pixels = np.where(mask[..., None], np.uint8(200), np.uint8(0)).repeat(3, 2)
    placed, where = Lent(pixels, mask).inside(Box(10, 10, 50, 50), (60, 60))
    assert (placed[where] == 200).all()
    assert where.sum() == pytest.approx(400, abs=20)
    assert not where[:10].any()


def test_what_moves_stays_itself(insertion: ObjectInsertion, parked: tuple[Image, LabelMap]) -> None:
    image, labels = parked
    edits = moved(image, labels, Box(40, 100, 120, 150), Box(180, 110, 260, 160))
    result = insertion(image, labels, edits, Options(), fill=lambda picture, *_: [np.full_like(picture, 90)])
    assert result.steps[-1].origin == "photo"
    assert tuple(result.image[120, 190]) == GREEN
    assert tuple(result.image[120, 250]) == RED
    assert (result.labels.ids[112:158, 182:258] == CAR).all()
    painted = insertion(
        image, labels, edits, Options(pixels="painted"), fill=lambda picture, *_: [np.full_like(picture, 90)]
    )
    assert painted.steps[-1].origin == "network"
    assert tuple(painted.image[120, 250]) != RED


def test_a_box_gets_the_photos_own_object_in_the_colour_asked_for(
    insertion: ObjectInsertion, parked: tuple[Image, LabelMap]
) -> None:
    image, labels = parked
    edit = Edit(Box(150, 60, 240, 100, "car"))
    plain, blue = (insertion(image, labels, [replace(edit, colour=colour)], PHOTO) for colour in (None, (20, 30, 200)))
    assert plain.steps[0].origin == blue.steps[0].origin == "photo"
    rows, columns = (np.flatnonzero((plain.labels.ids != labels.ids).any(axis)) for axis in (1, 0))
    # It stands at the foot of a box that is wider than it, stretched a little.
    assert (rows[0], rows[-1]) == (60, 99)
    assert len(columns) == round(1.15 * 1.6 * 40)
    assert tuple(plain.image[80, 175]) == GREEN
    assert blue.image[80, 175, 2] > blue.image[80, 175, 1]
    # With surroundings painted anew the network has nothing to say either.
    painted = insertion(image, labels, [edit], replace(PHOTO, surroundings="painted"))
    assert tuple(painted.image[80, 175]) == GREEN


def test_without_one_the_network_paints(insertion: ObjectInsertion, parked: tuple[Image, LabelMap]) -> None:
    image, labels = parked
    edits = [Edit(Box(150, 60, 180, 150, "person"))]
    ours, theirs = (insertion(image, labels, edits, options) for options in (PHOTO, Options()))
    assert ours.steps[0].origin != "photo"
    assert np.array_equal(ours.image, theirs.image)


def test_the_rim_of_a_neighbour_in_the_box_is_not_the_object_and_its_other_half_is(
    parked: tuple[Image, LabelMap],
) -> None:
    image, labels = parked
    labels.ids[110:140, 130:136] = CAR  # of another car, which reaches into the box
    labels.ids[100:150, 90:94] = NAMES.index("pole")
    _, mask, _ = found(image, labels, Box(36, 96, 136, 154))
    assert not mask[:, 125:].any()
    assert mask[100:150, 40:90].all()
    assert mask[100:150, 94:120].all()
