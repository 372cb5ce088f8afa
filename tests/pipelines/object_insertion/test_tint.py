"""A colour that is asked for is there, on what had the main colour; shading and the rest stay. People are dressed."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import numpy as np

from pipelines.object_insertion.tint import ENDS, HAIR, SKIN, TROUSERS, dressed, in_light, matched

GREY, GLASS = (120, 120, 120), (20, 25, 40)


def test_the_body_takes_the_colour_and_the_window_does_not() -> None:
    pixels = np.full((20, 30, 3), 200, np.uint8)
    mask = np.zeros((20, 30), bool)
    mask[5:15, 5:25] = True
    pixels[mask] = GREY
    pixels[6:9, 8:14] = GLASS
    made = matched(pixels, mask, (220, 40, 40)).astype(int)
    assert np.array_equal(made[~mask], pixels[~mask])
    body, glass = made[12, 10], made[7, 10]
    assert body[0] - body[1] > 150
    assert np.abs(glass - GLASS).max() < 40


def test_its_own_colour_changes_nothing_and_shades_stay_apart() -> None:
    ramp = np.tile(np.linspace(90, 150, 30).astype(np.uint8)[None, :, None], (20, 1, 3))
    mask = np.ones((20, 30), bool)
    own = ramp.reshape(-1, 3).astype(float)
    red, green, blue = (round(float(part)) for part in own.mean(0))
    assert np.abs(matched(ramp, mask, (red, green, blue)).astype(int) - ramp).max() <= 2
    made = matched(ramp, mask, (200, 60, 60))[0].astype(int)
    assert (np.diff(made.sum(1)) >= 0).all()
    assert made[-1].sum() - made[0].sum() > 0.6 * (ramp[0, -1].astype(int).sum() - ramp[0, 0].astype(int).sum())


def test_where_there_is_no_object_nothing_changes() -> None:
    pixels = np.full((4, 4, 3), 9, np.uint8)
    assert matched(pixels, np.zeros((4, 4), bool), (255, 0, 0)) is pixels
    assert dressed(pixels, np.zeros((4, 4), bool), (255, 0, 0), pixels, None) is pixels


def test_a_person_has_the_colour_as_a_jacket_and_others_above_and_below() -> None:
    street = np.full((220, 60, 3), 60, np.uint8)
    mask = np.zeros((220, 60), bool)
    mask[10:210, 20:40] = True
    red = (150, 30, 30)
    made = dressed(np.where(mask[..., None], np.uint8(40), street), mask, red, street, None).astype(int)
    assert np.array_equal(made[~mask], street[~mask])
    ends = [10 + round(200 * end) for end in (0, *ENDS)]
    hair, face, jacket, trousers = (made[first + 3 : last - 3, 30].mean(0) for first, last in pairwise(ends))
    # Brightness comes in part alone, hues whole.
    for part, colour in ((hair, HAIR[0]), (face, SKIN[0]), (jacket, red), (trousers, TROUSERS[0])):
        wanted = np.array(colour, float)
        assert np.abs((part - part.mean()) - (wanted - wanted.mean())).max() < 8
    draws = [dressed(np.full((220, 60, 3), 40, np.uint8), mask, red, street, Random(seed)) for seed in range(4)]
    assert len({made.tobytes() for made in draws}) > 1


def test_a_colour_is_lighter_in_a_lighter_street_and_never_too_light() -> None:
    dark, light, white = (np.full((4, 4, 3), tone, np.uint8) for tone in (40, 96, 255))
    assert in_light((50, 60, 70), dark) == (50, 60, 70)
    assert in_light((50, 60, 70), light) == (75, 90, 105)
    assert in_light((50, 100, 200), white) == (100, 200, 255)
