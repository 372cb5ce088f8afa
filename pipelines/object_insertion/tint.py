"""The colour that was asked for, where the network only leans towards it.

The article feeds the colour to the network and leaves it at that. Ours is small and answers faintly, so what is missing
is added where the object has its main colour: on the body of a car, not on its windows and tyres. Of a person, whom it
paints in one colour from head to foot, the colour is the jacket's; hair, face, trousers and shoes get others.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import numpy as np

from imaging.types import Image, Mask

ALIKE = 45.0  # distance in sRGB 0..255 from the main colour at which a pixel takes 0.6 of what is missing
BRIGHTNESS = 0.6  # the share of missing brightness that is added: the light of the street stays
# Mean brightness of a street in which a usual colour stays as it is, and how many times as light it becomes at least
# and at most: streets in which they were seen have 80, but what the network makes of a colour is darker than it.
LIGHT, DARKEST, LIGHTEST = 64.0, 0.4, 2.0
DAY, SHADE = 110.0, 0.7  # mean brightness from which on a chosen colour is itself, and the power of its lack below that
Colour = tuple[int, int, int]
# A person from head to foot: where each part ends, in shares of the height, and its colours in such light.
HAIR: Sequence[Colour] = ((34, 28, 24), (52, 40, 30), (24, 23, 24), (74, 60, 44))
SKIN: Sequence[Colour] = ((104, 82, 70), (86, 64, 52), (58, 42, 35), (112, 92, 80))
TROUSERS: Sequence[Colour] = ((38, 41, 50), (28, 29, 32), (58, 56, 50), (40, 40, 44))
SHOES: Sequence[Colour] = ((24, 23, 23),)
ENDS = (0.06, 0.15, 0.5, 0.95)  # of hair, face, jacket, trousers
FADES = 0.012  # of the height, from one to the next
CALM = 0.6  # of the differences within a part: what the network puts on cloth are blots
LUMA = np.array([0.299, 0.587, 0.114], np.float32)


def matched(pixels: Image, mask: Mask, colour: Colour) -> Image:
    """`pixels` (H, W, 3) whose main colour where `mask` (H, W) is goes to `colour`, sRGB 0..255; shading stays."""
    if not mask.any():
        return pixels
    own = pixels[mask].astype(np.float32)
    main = np.median(own, 0)
    # Of shades of one colour brightness differs most: it counts half. What is darker may be a window: three quarters.
    away, lighter = own - main, (own - main) @ LUMA
    away -= (np.where(lighter > 0, 0.5, 0.25) * lighter)[:, None]
    share = np.exp(-0.5 * (away**2).sum(1) / ALIKE**2)
    missing = np.asarray(colour, np.float32) - (share[:, None] * own).sum(0) / share.sum()
    missing -= (1 - BRIGHTNESS) * (missing @ LUMA)
    # A colour is seen as far as there is light.
    share *= np.clip(own @ LUMA / max(1.0, float(main @ LUMA)), 0, 1.3)
    made = pixels.copy()
    made[mask] = np.clip(np.rint(own + share[:, None] * missing), 0, 255).astype(np.uint8)
    return made


def shaded(colour: Colour, street: Image) -> Colour:
    """A chosen colour as it is seen in the light of `street` (H, W, 3): never lighter than it is."""
    light = float(np.clip((street.reshape(-1, 3) @ LUMA).mean() / DAY, DARKEST, 1)) ** SHADE
    red, green, blue = (round(light * part) for part in colour)
    return red, green, blue


def in_light(colour: Colour, street: Image) -> Colour:
    """A usual colour as it is seen in the light of `street` (H, W, 3)."""
    light = float(np.clip((street.reshape(-1, 3) @ LUMA).mean() / LIGHT, DARKEST, LIGHTEST))
    red, green, blue = (min(255, round(light * part)) for part in colour)
    return red, green, blue


def dressed(pixels: Image, mask: Mask, jacket: Colour, street: Image, draw: Random | None) -> Image:
    """A person's `pixels` (H, W, 3) where `mask` (H, W) is, in a jacket of that colour, the rest as `draw` has it."""
    if not mask.any():
        return pixels
    parts = [in_light(draw.choice(some) if draw else some[0], street) for some in (HAIR, SKIN, TROUSERS, SHOES)]
    parts.insert(2, jacket)
    rows = np.flatnonzero(mask.any(1))
    down = (np.arange(len(mask)) - rows[0]) / (rows[-1] + 1 - rows[0])
    begun = [np.ones_like(down), *(np.clip((down - end) / FADES + 0.5, 0, 1) for end in ENDS), np.zeros_like(down)]
    made = np.zeros(pixels.shape, np.float32)
    for colour, start, end in zip(parts, begun, begun[1:], strict=False):
        part = start - end
        where = mask & (part > 0.5)[:, None]
        cloth = matched(pixels, where, colour).astype(np.float32)
        if where.any():
            cloth[where] = CALM * cloth[where] + (1 - CALM) * cloth[where].mean(0)
        made += part[:, None, None] * cloth
    return np.rint(made).astype(np.uint8)
