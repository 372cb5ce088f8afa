"""The shadow at an object's foot."""

from __future__ import annotations

import numpy as np

from pipelines.object_insertion.layers import DARKEST, SHADOW, shadow_under


def test_what_stands_on_the_ground_takes_light_from_it_and_from_nothing_else() -> None:
    mask, ground = np.zeros((100, 120), bool), np.zeros((100, 120), bool)
    mask[30:70, 40:80] = True
    ground[60:] = True
    shade = shadow_under(mask, ground)
    assert shade.max() <= DARKEST
    assert shade[70, 60] > 0.7 * DARKEST  # at its foot
    assert shade[:60, :40].max() == shade[:60, 80:].max() == 0  # no ground
    assert shade[35:60, 50:70].max() == 0  # its own middle
    assert shade[70 + 2 * round(SHADOW * 40) :].max() == 0  # far below
    assert np.allclose(shade, shade[:, ::-1])
    assert not shadow_under(np.zeros_like(mask), ground).any()
