"""Between the sizes at which the stages work: the photo's own, the working size, the coarse one of the eigenvectors."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage


def resized(values: NDArray[np.floating], height: int, width: int) -> NDArray[np.float32]:
    """`values` (H, W, channels) at another size: linear, averaged over what it covers where it shrinks."""
    if values.shape[:2] == (height, width):
        return values.astype(np.float32)
    channels = [
        PillowImage.fromarray(np.ascontiguousarray(values[..., channel], np.float32)).resize(
            (width, height), PillowImage.Resampling.BILINEAR
        )
        for channel in range(values.shape[2])
    ]
    return np.stack([np.asarray(channel) for channel in channels], 2)


def within(height: int, width: int, pixels: int) -> tuple[int, int]:
    """The size of the same shape with `pixels` at most; never larger than it is."""
    scale = min(1.0, (pixels / (height * width)) ** 0.5)
    return max(1, round(height * scale)), max(1, round(width * scale))


def with_shorter(height: int, width: int, side: int) -> tuple[int, int]:
    """The size of the same shape whose shorter side is `side` pixels; never larger than it is."""
    scale = min(1.0, side / min(height, width))
    return max(1, round(height * scale)), max(1, round(width * scale))
