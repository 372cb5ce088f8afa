"""An object laid into a photo along its outline, at the photo's own sharpness.

Departures, all of them, for surroundings that are kept. The article pastes the box as the network painted it. Ours
paints 128 pixels: enlarged, outlines are soft and have something of the road in them, and there is no grain.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from imaging.types import Image, Mask, Matte
from pipelines.object_insertion.tint import LUMA

MIXED = 1.6  # pixels of the network: how far inside an object its colours have something of what is around
SOFT_EDGE = 0.4  # of a pixel of the network: the standard deviation of the edge's blur, `LEAST_BLUR` or more
LEAST_BLUR = 0.6  # pixels
FINE = 1.2  # pixels of the network: what is finer than that
STRENGTH = 0.7  # is made so much stronger


def solid(pixels: Image, mask: Mask, scale: float) -> Image:
    """`pixels` (H, W, 3) with the colours at the rim of `mask` (H, W) taken from inside of it.

    `scale`: pixels of the photo for one of the network.
    """
    depth = np.asarray(ndimage.distance_transform_edt(mask), np.float32)
    rim = max(1.0, MIXED * scale)
    core = depth > rim
    if not core.any():
        return pixels
    nearest = ndimage.distance_transform_edt(~core, return_distances=False, return_indices=True)
    spread = _blurred(pixels[tuple(np.asarray(nearest))], rim / 2)
    share = np.where(core, 1, np.clip(depth / rim, 0, 1))[..., None]
    made = np.rint(share * pixels + (1 - share) * spread).astype(np.uint8)
    return np.where(mask[..., None], made, pixels)


def detailed(pixels: Image, mask: Mask, old: Image, scale: float, seed: int) -> Image:
    """An object's `pixels` where `mask` is, sharpened, and with the grain of the photo `old` (H, W, 3)."""
    weight = ndimage.gaussian_filter(mask.astype(np.float32), FINE * scale)[..., None]
    # Of what is around nothing comes in: it would shine at the rim.
    soft = _blurred(np.where(mask[..., None], pixels, 0), FINE * scale) / np.maximum(weight, 1e-3)
    made = pixels + STRENGTH * (pixels - soft) + grain(old, seed)[..., None]
    return np.where(mask[..., None], np.clip(np.rint(made), 0, 255).astype(np.uint8), pixels)


def grain(photo: Image, seed: int) -> NDArray[np.float32]:
    """Noise as strong as that of the photo (H, W, 3), 0..255: what its finest details are in the middle of them all."""
    light = (photo @ LUMA).astype(np.float32)
    fine = light - ndimage.gaussian_filter(light, 1.0)
    # 1.48 of the median deviation is the standard deviation of noise, whatever edges there are.
    return np.random.default_rng(seed).normal(0, 1.48 * np.median(np.abs(fine)), light.shape).astype(np.float32)


def edge(mask: Mask, scale: float) -> Matte:
    """The share of an object at `mask` (H, W) in each pixel, float32."""
    return np.asarray(ndimage.gaussian_filter(mask.astype(np.float32), max(LEAST_BLUR, SOFT_EDGE * scale)), np.float32)


def _blurred(pixels: NDArray[np.generic], deviation: float) -> NDArray[np.float32]:
    return np.asarray(ndimage.gaussian_filter(pixels.astype(np.float32), (deviation, deviation, 0)), np.float32)
