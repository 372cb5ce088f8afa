"""A painting's strokes in the photo's own colours."""

from __future__ import annotations

import numpy as np
from skimage.color import rgb2yuv, yuv2rgb

from imaging.types import Image


def with_colours_of(strokes: Image, colours: Image) -> Image:
    """The lightness of `strokes` with the hues of `colours`, both uint8 (H, W, 3).

    Gatys et al. 2017 (Controlling Perceptual Factors), section 5.1: luminance from the one, chrominance from the other.
    """
    yuv = rgb2yuv(colours)
    yuv[..., 0] = rgb2yuv(strokes)[..., 0]
    return np.rint(yuv2rgb(yuv).clip(0, 1) * 255).astype(np.uint8)
