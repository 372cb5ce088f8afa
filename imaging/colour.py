"""Colour: the luma that super-resolution is measured on, and laying a see-through picture on a background."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from imaging.types import Image, Matte

WHITE = (255, 255, 255)


def luma(image: Image) -> NDArray[np.float64]:
    """Y of ITU-R BT.601 in studio swing, float64 (H, W) in 16..235, not rounded: what the literature measures on."""
    return 16.0 + image.astype(np.float64) @ np.array([65.481, 128.553, 24.966]) / 255.0


def composite(image: Image, alpha: Matte, background: tuple[int, int, int] = WHITE) -> Image:
    """`image` seen through `alpha` over one colour."""
    weight = alpha[..., None]
    return np.rint(image * weight + np.array(background) * (1 - weight)).astype(np.uint8)
