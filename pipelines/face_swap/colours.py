"""The input's skin takes the tone of the target's, all of it: a face of another tone than its neck is a mask.

Mean and standard deviation in Lab on the skin (Reinhard et al. 2001), laid on by a soft matte of the skin's regions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter  # pyright: ignore[reportMissingTypeStubs] - SciPy comes without types
from skimage.color import lab2rgb, rgb2lab  # pyright: ignore[reportUnknownVariableType] - partly typed

from imaging.types import Image, Mask, Matte
from pipelines.face_swap.portrait import FACE, LOWERED, ROOM, SKIN, Portrait

WHOLE = (*FACE, "left ear", "right ear", "neck")  # what has the tone of the face
SOFT = 0.02  # standard deviation of the matte's blur, in widths of the face
GAINS = ((0.8, 1.25), (0.5, 2.0), (0.5, 2.0))  # of L, a, b: shadows belong to the input's light, and stay
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
    """The photo with its skin changed from `own` to `wanted` by `amount` 0..1; elsewhere it is the same."""
    matte = amount * skin_matte(portrait)
    low, high = np.array(GAINS).T
    gain = np.clip(wanted.spread / np.maximum(own.spread, 1e-3), low, high)
    photo, result = portrait.image, portrait.image.copy()
    step = max(1, _BAND // photo.shape[1])
    for top in range(0, len(photo), step):
        weight = matte[top : top + step, :, None]
        if weight.any():
            band = photo[top : top + step]
            lab = (rgb2lab(band) - own.mean) * gain + wanted.mean
            other = np.clip(lab2rgb(lab), 0, 1) * 255
            mixed = np.rint(band + weight * (other - band)).astype(np.uint8)
            result[top : top + step] = np.where(weight > 0, mixed, band)
    return result


def skin_matte(portrait: Portrait) -> Matte:
    """How much of each pixel of the photo is skin; it fades down the neck, which may go on where no regions are."""
    blurred = gaussian_filter(portrait.labels.where(*WHOLE).astype(np.float32), SOFT * portrait.width, truncate=2)
    y, x = (np.arange(length, dtype=np.float64) + 0.5 for length in portrait.image.shape[:2])
    across, along, shift = portrait.frame(1).inverse[1]
    # From the square, whose side is one, to widths of the face below its middle.
    down = (across * x + along * y[:, None] + shift - 0.5) * ROOM - LOWERED
    faded = np.clip((BELOW[1] - down) / (BELOW[1] - BELOW[0]), 0, 1)
    return (blurred * faded).astype(np.float32)
