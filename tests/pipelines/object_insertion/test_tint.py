"""A colour that is asked for is there, on what had the main colour; shading and the rest stay. People are dressed."""

from __future__ import annotations

from random import Random

import numpy as np

from pipelines.object_insertion.figures.drawing import Part
from pipelines.object_insertion.tint import PERSON, USUAL, dressed, in_light, matched, person, repainted, shaded

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
    assert person(np.zeros((4, 4), bool)) == {}
    assert np.array_equal(dressed(pixels, {}, (255, 0, 0), pixels, None), pixels)


def test_a_person_has_the_colour_as_a_jacket_and_others_above_and_below() -> None:
    street = np.full((220, 60, 3), 60, np.uint8)
    mask = np.zeros((220, 60), bool)
    mask[10:210, 20:40] = True
    red = (150, 30, 30)
    parts = person(mask)
    assert np.allclose(sum(parts.values()), mask)
    made = dressed(np.where(mask[..., None], np.uint8(40), street), parts, red, street, None).astype(int)
    assert np.array_equal(made[~mask], street[~mask])
    ends = [10, *(10 + round(200 * end) for _, end in PERSON)]
    for (part, _), first, last in zip(PERSON, ends, ends[1:], strict=False):
        shown = made[first + 3 : last - 3, 30].mean(0)
        wanted = red if part == Part.BODY else in_light(USUAL[part][0], street)
        assert np.abs(shown - wanted).max() < 3
    draws = [dressed(np.full((220, 60, 3), 40, np.uint8), parts, red, street, Random(seed)) for seed in range(4)]
    assert len({made.tobytes() for made in draws}) > 1


def test_the_networks_light_and_shade_stay_on_a_figure_its_colours_do_not() -> None:
    street = np.full((20, 30, 3), 64, np.uint8)
    pixels, body = street.copy(), np.zeros((20, 30), np.float32)
    body[5:15, 5:25] = 1
    body[4, 5:25] = 0.5
    pixels[5:10, 5:25], pixels[10:15, 5:25] = (140, 100, 60), (60, 100, 140)
    glass = np.zeros_like(body)
    glass[7:13, 10:14] = 1
    made = dressed(pixels, {Part.BODY: body - glass, Part.GLASS: glass}, (120, 30, 30), street, None).astype(int)
    upper, lower = made[6, 20], made[13, 20]
    assert (upper > lower).all()
    assert np.ptp(upper - lower) <= 1
    assert np.abs((upper + lower) / 2 - (120, 30, 30)).max() < 6
    assert made[8:12, 11:13].mean() < 60
    # What is half covered is wholly of the figure: the edge is cut elsewhere.
    assert np.abs(made[4, 20] - (120, 30, 30)).max() < 25
    assert np.array_equal(made[:4], street[:4])


def test_what_is_dark_beside_the_body_keeps_out_of_a_bright_colour() -> None:
    pixels, mask = np.full((20, 30, 3), 130, np.uint8), np.ones((20, 30), bool)
    pixels[5:10, 5:15] = 75  # a window that is not much darker than the body
    made = matched(pixels, mask, (230, 30, 30)).astype(int)
    body, window = made[15, 20], made[7, 8]
    assert body[0] - body[1] > 150
    assert window[0] - window[1] < 0.5 * (body[0] - body[1])


def test_a_chosen_colour_is_darker_at_night_and_never_lighter() -> None:
    night, dusk, day = (np.full((4, 4, 3), tone, np.uint8) for tone in (5, 55, 200))
    assert shaded((200, 40, 10), day) == (200, 40, 10)
    assert shaded((200, 40, 10), dusk)[0] in range(115, 135)
    assert shaded((200, 40, 10), night)[0] in range(95, 115)


def test_a_colour_is_as_light_as_the_street_and_never_too_much_so() -> None:
    black, dark, usual, light, white = (np.full((4, 4, 3), tone, np.uint8) for tone in (0, 32, 64, 96, 255))
    assert in_light((50, 60, 70), black) == (20, 24, 28)
    assert in_light((50, 60, 70), dark) == (25, 30, 35)
    assert in_light((50, 60, 70), usual) == (50, 60, 70)
    assert in_light((50, 60, 70), light) == (75, 90, 105)
    assert in_light((50, 100, 200), white) == (100, 200, 255)


def test_a_light_object_takes_a_colour_with_every_detail_and_a_dark_one_cannot() -> None:
    photo, mask = np.full((20, 30, 3), 190, np.uint8), np.zeros((20, 30), bool)
    mask[2:18, 2:28] = True
    photo[5:9, 6:24], photo[::2, 10] = (40, 46, 52), 170
    made = repainted(photo, mask, (168, 36, 36))
    assert made is not None
    assert np.array_equal(made[~mask], photo[~mask])
    assert np.abs(made[14, 20].astype(int) - (168, 36, 36)).max() < 25
    assert np.abs(made[7, 15].astype(int) - photo[7, 15]).max() < 12  # the window
    assert made[14, 10].sum() < made[13, 10].sum()
    assert repainted(photo // 8, mask, (168, 36, 36)) is None
    assert repainted(photo, np.zeros_like(mask), (168, 36, 36)) is None


def test_a_black_object_takes_a_colour_too() -> None:
    black, mask = np.zeros((20, 30, 3), np.uint8), np.ones((20, 30), bool)
    with np.errstate(all="raise"):
        made = matched(black, mask, (200, 40, 40))
    assert (np.ptp(made.astype(int), 2) > 100).all()
    assert repainted(black, mask, (0, 0, 0)) is not None
