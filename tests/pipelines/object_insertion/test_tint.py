"""A colour that is asked for is there, on what had the main colour; shading and the rest stay."""

from __future__ import annotations

import numpy as np

from pipelines.object_insertion.tint import matched

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
