"""The colour that was asked for, where the network only leans towards it.

The article feeds the colour to the network and leaves it at that. Ours is small and answers faintly, so what is missing
is added where the object has its main colour: on the body of a car, not on its windows and tyres. Of a person, whom it
paints in one colour from head to foot, the colour is the jacket's; hair, face, trousers and shoes get others. So do the
windows, wheels and lamps of figures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from random import Random

import numpy as np
from numpy.typing import NDArray

from imaging.types import Image, Mask
from pipelines.object_insertion.figures.drawing import Part, Parts

ALIKE = 45.0  # distance in sRGB 0..255 from the main colour at which a pixel takes 0.6 of what is missing
HALF_LIGHT, FULL_LIGHT = 0.5, 0.85  # of the main colour's light: what takes none of another, and what takes all
BRIGHTNESS = 0.6  # the share of missing brightness that is added: the light of the street stays
LIGHT_ENOUGH = 0.65  # of a colour's brightness, that of an object that takes it
# Mean brightness of a street in which a usual colour stays as it is, and how many times as light it becomes at least
# and at most: streets in which they were seen have 80, but what the network makes of a colour is darker than it.
LIGHT, DARKEST, LIGHTEST = 64.0, 0.4, 2.0
DAY, SHADE = 110.0, 0.7  # mean brightness from which on a chosen colour is itself, and the power of its lack below that
Colour = tuple[int, int, int]
USUAL: Mapping[Part, Sequence[Colour]] = {
    Part.GLASS: ((40, 47, 54), (30, 36, 42), (52, 58, 62)),
    Part.TYRE: ((20, 20, 21),),
    Part.METAL: ((66, 67, 69),),
    Part.TRIM: ((27, 28, 30),),
    Part.LAMP: ((128, 126, 116),),
    Part.TAIL: ((104, 22, 18),),
    Part.HAIR: ((34, 28, 24), (52, 40, 30), (24, 23, 24), (74, 60, 44)),
    Part.SKIN: ((104, 82, 70), (86, 64, 52), (58, 42, 35), (112, 92, 80)),
    Part.TROUSERS: ((38, 41, 50), (28, 29, 32), (58, 56, 50), (40, 40, 44)),
    Part.SHOES: ((24, 23, 23),),
}
"""Of what has not the object's colour, in a street of mean brightness `LIGHT`."""

# A person from head to foot, of whom the outline alone is known: where each part ends, in shares of the height.
PERSON: Sequence[tuple[Part, float]] = (
    (Part.HAIR, 0.06),
    (Part.SKIN, 0.15),
    (Part.BODY, 0.5),
    (Part.TROUSERS, 0.95),
    (Part.SHOES, 1.0),
)
FADES = 0.012  # of the height, from one to the next
CALM = 0.6  # of the differences of light within a part: what the network puts on cloth are blots
LUMA = np.array([0.299, 0.587, 0.114], np.float32)


def matched(pixels: Image, mask: Mask, colour: Colour) -> Image:
    """`pixels` (H, W, 3) whose main colour where `mask` (H, W) is goes to `colour`, sRGB 0..255; shading stays."""
    if not mask.any():
        return pixels
    own = pixels[mask].astype(np.float32)
    share, light = _body(own, 0.75)  # what is darker may be a window, of which the network's are hardly darker
    share = share * np.clip(light, FULL_LIGHT, 1.3)  # a colour is seen as far as there is light
    missing = np.asarray(colour, np.float32) - (share[:, None] * own).sum(0) / share.sum()
    missing -= (1 - BRIGHTNESS) * (missing @ LUMA)
    made = pixels.copy()
    made[mask] = np.clip(np.rint(own + share[:, None] * missing), 0, 255).astype(np.uint8)
    return made


def _body(own: NDArray[np.float32], darker: float) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """How much each of an object's pixels (N, 3) is of its main colour, and of that one's light.

    Of shades of one colour brightness differs most: of what is lighter it counts half, of others as `darker` says.
    """
    main = np.median(own, 0)
    away, lighter = own - main, (own - main) @ LUMA
    away -= (np.where(lighter > 0, 0.5, 1 - darker) * lighter)[:, None]
    bright: NDArray[np.float32] = np.maximum(own @ LUMA, 1)  # of a black object all is main colour
    light = bright / np.float32(max(1.0, float(main @ LUMA)))
    # What has half of the light is a window, a tyre or what is between them.
    lit = np.clip((light - HALF_LIGHT) / (FULL_LIGHT - HALF_LIGHT), 0, 1)
    return np.exp(-0.5 * (away**2).sum(1) / ALIKE**2) * lit, light


def repainted(photo: Image, mask: Mask, colour: Colour) -> Image | None:
    """An object of the photo (H, W, 3) in another colour, every detail of it as it was; None where it is too dark.

    Of a dark object brightness has to be invented, which the network can; a light one only takes the colour.
    """
    own = photo[mask].astype(np.float32)
    if not len(own) or np.median(own @ LUMA) < LIGHT_ENOUGH * float(np.asarray(colour) @ LUMA):
        return None
    share, light = _body(own, 0.0)
    made = photo.copy()
    new = own + share[:, None] * (light[:, None] * np.asarray(colour, np.float32) - own)
    made[mask] = np.clip(np.rint(new), 0, 255).astype(np.uint8)
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


def dressed(pixels: Image, parts: Parts, colour: Colour, street: Image, draw: Random | None) -> Image:
    """`pixels` (H, W, 3) of an object of `parts`, its body in that colour, the rest in usual ones as `draw` has it."""
    known = sum(parts.values(), np.zeros(pixels.shape[:2], np.float32))[..., None]
    made = np.zeros(pixels.shape, np.float32)
    for part, share in parts.items():
        wanted = colour
        if part in USUAL:
            wanted = in_light(draw.choice(USUAL[part]) if draw else USUAL[part][0], street)
        if share.any():
            mean = np.average(pixels.reshape(-1, 3), axis=0, weights=share.ravel())
            light = CALM * ((pixels - mean) @ LUMA)
            made += share[..., None] * np.clip(wanted + light[..., None], 0, 255)
    return np.where(known > 0, np.rint(made / np.maximum(known, 1e-6)), pixels).astype(np.uint8)


def person(mask: Mask) -> Parts:
    """The parts of somebody of whom the outline `mask` (H, W) is known."""
    rows = np.flatnonzero(mask.any(1))
    if not len(rows):
        return {}
    down = (np.arange(len(mask)) - rows[0]) / (rows[-1] + 1 - rows[0])
    begun = [np.ones_like(down)]
    begun += [np.clip((down - end) / FADES + 0.5, 0, 1) for _, end in PERSON[:-1]]
    begun.append(np.zeros_like(down))
    shares = (start - end for start, end in pairwise(begun))
    shares = ((share[:, None] * mask).astype(np.float32) for share in shares)
    return dict(zip((part for part, _ in PERSON), shares, strict=True))
