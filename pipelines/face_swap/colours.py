"""The input's skin takes the tone of the target's, all of it: a face of another tone than its neck is a mask.

Mean and standard deviation in Lab on the skin (Reinhard et al. 2001), laid on by a soft matte of the skin's regions.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter  # pyright: ignore[reportMissingTypeStubs] - SciPy comes without types
from skimage.color import lab2rgb, rgb2lab  # pyright: ignore[reportUnknownVariableType] - partly typed

from imaging.types import Image, Mask, Matte
from pipelines.face_swap.portrait import FACE, LOWERED, ROOM, SKIN, Portrait

WHOLE = (*FACE, "left ear", "right ear", "neck")  # what has the tone of the face
SOFT = 0.02  # standard deviation of the matte's blur, in widths of the face
GAIN = (0.5, 2.0)  # of the deviations of a and b, the least and the most
LIGHTER = 18.0  # units of L that the mean may move: more is not the skin's tone but the light of the photo
BELOW = (0.47, 0.62)  # widths of the face below its middle between which the neck goes over to its own colour
_BAND = 500_000  # pixels that are in Lab at once: bounds the memory
_FEW = 30  # pixels that say nothing of a tone


@dataclass(frozen=True, eq=False)
class Tone:
    """Mean and standard deviation of L, a and b, each float64 (3,)."""

    mean: NDArray[np.float64]
    spread: NDArray[np.float64]

    @classmethod
    def of(cls, crop: Image, skin: Mask) -> Tone:
        """Of the pixels of `crop` (S, S, 3) where `skin` is, or of all where that is next to none."""
        pixels = crop[skin] if skin.sum() >= _FEW else crop.reshape(-1, 3)
        lab = rgb2lab(pixels[None])[0]
        return cls(lab.mean(0), lab.std(0))

    def distance(self, other: Tone) -> float:
        """How unlike two are: Euclidean, of means and deviations, in units of Lab."""
        apart = np.concatenate([self.mean - other.mean, self.spread - other.spread])
        return float(np.linalg.norm(apart))


def tone(portrait: Portrait, side: int) -> Tone:
    """That of the skin of a face, in its square of `side` pixels."""
    frame = portrait.frame(side)
    return Tone.of(frame.cut(portrait.image), portrait.face(frame) & portrait.seen(frame, SKIN))


def toned(portrait: Portrait, own: Tone, wanted: Tone, amount: float) -> Image:
    """The photo with its skin changed from `own` to `wanted` by `amount` 0..1; elsewhere it is the same.

    Lightness is bent, not shifted: black and white stay, and with them the shadows and lights on the face.
    """
    matte = amount * skin_matte(portrait)
    gain = np.clip(wanted.spread / np.maximum(own.spread, 1e-3), *GAIN)
    mean = own.mean[0] + np.clip(wanted.mean[0] - own.mean[0], -LIGHTER, LIGHTER)
    bend = np.log(_share(mean)) / np.log(_share(own.mean[0]))
    photo, result = portrait.image, portrait.image.copy()
    step = max(1, _BAND // photo.shape[1])
    for top in range(0, len(photo), step):
        weight = matte[top : top + step, :, None]
        if weight.any():
            band = photo[top : top + step]
            lab = rgb2lab(band)
            lightness = 100 * np.clip(lab[..., :1] / 100, 0, 1) ** bend
            lab = np.concatenate([lightness, ((lab - own.mean) * gain + wanted.mean)[..., 1:]], -1)
            other = _srgb(lab)
            mixed = np.rint(band + weight * (other - band)).astype(np.uint8)
            result[top : top + step] = np.where(weight > 0, mixed, band)
    return result


def _share(lightness: float) -> float:
    """L as a share of white's, away from black and white."""
    return float(np.clip(lightness / 100, 0.02, 0.98))


def _srgb(lab: NDArray[np.float64]) -> NDArray[np.float64]:
    """Lab (..., 3) as sRGB in 0..255, clipped.

    Colours far outside of it, of which `lab2rgb` would warn, are first brought to where their Z is just above 0.
    """
    lab[..., 2] = np.minimum(lab[..., 2], (lab[..., 0] + 16) / 116 * 199.99)
    return np.clip(lab2rgb(lab), 0, 1) * 255


def skin_matte(portrait: Portrait) -> Matte:
    """How much of each pixel of the photo is skin; it fades down the neck, which may go on where no regions are."""
    skin = portrait.labels.where(*WHOLE)
    matte = np.zeros(skin.shape, np.float32)
    rows, columns = np.nonzero(skin.any(1))[0], np.nonzero(skin.any(0))[0]
    if not len(rows):
        return matte
    # Nothing is blurred but the face's surroundings: photos are large.
    spread = SOFT * portrait.width
    reach = ceil(2 * spread) + 1
    top, left = max(0, rows[0] - reach), max(0, columns[0] - reach)
    part = slice(top, rows[-1] + 1 + reach), slice(left, columns[-1] + 1 + reach)
    blurred = gaussian_filter(skin[part].astype(np.float32), spread, truncate=2)
    y, x = (np.arange(length) + first + 0.5 for length, first in zip(blurred.shape, (top, left), strict=True))
    across, along, shift = portrait.frame(1).inverse[1]
    # From the square, whose side is one, to widths of the face below its middle.
    down = (across * x + along * y[:, None] + shift - 0.5) * ROOM - LOWERED
    matte[part] = blurred * np.clip((BELOW[1] - down) / (BELOW[1] - BELOW[0]), 0, 1)
    return matte
