"""The colour that was asked for, where the network only leans towards it.

The article feeds the colour to the network and leaves it at that. Ours is small and answers faintly, so what is missing
is added where the object has its main colour: on the body of a car, not on its windows and tyres.
"""

from __future__ import annotations

import numpy as np

from imaging.types import Image, Mask

ALIKE = 45.0  # distance in sRGB 0..255 from the main colour at which a pixel takes 0.6 of what is missing
BRIGHTNESS = 0.6  # the share of missing brightness that is added: the light of the street stays
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)


def matched(pixels: Image, mask: Mask, colour: tuple[int, int, int]) -> Image:
    """`pixels` (H, W, 3) whose main colour where `mask` (H, W) is goes to `colour`, sRGB 0..255; shading stays."""
    if not mask.any():
        return pixels
    own = pixels[mask].astype(np.float32)
    main = np.median(own, 0)
    # Of shades of one colour brightness differs most: it counts half.
    away = own - main
    away -= 0.5 * (away @ _LUMA)[:, None]
    share = np.exp(-0.5 * (away**2).sum(1) / ALIKE**2)
    missing = np.asarray(colour, np.float32) - (share[:, None] * own).sum(0) / share.sum()
    missing -= (1 - BRIGHTNESS) * (missing @ _LUMA)
    made = pixels.copy()
    made[mask] = np.clip(np.rint(own + share[:, None] * missing), 0, 255).astype(np.uint8)
    return made
