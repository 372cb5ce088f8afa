"""What one tab hands another: a picture, or a picture and the hole in it; made of layers and of parsed regions too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage
from skimage.filters import apply_hysteresis_threshold

from imaging.files import Picture
from imaging.types import Image, InputError, Mask, Matte

FAINT, CERTAIN = 0.15, 0.6  # shares of a layer: what is faint goes with what it touches, speckles elsewhere stay


@dataclass(frozen=True, eq=False)
class Gift:
    """`hole`: bool (H, W), True where something shall go."""

    picture: Picture
    hole: Mask | None = None

    def at_most(self, pixels: float) -> Gift:
        """The same, shrunk where it has more `pixels` than that."""
        height, width = self.picture.pixels.shape[:2]
        factor = (pixels / (height * width)) ** 0.5
        if factor >= 1:
            return self
        size = max(1, int(width * factor)), max(1, int(height * factor))
        alpha = None if self.picture.alpha is None else _stretched(self.picture.alpha, size)
        shrunk = np.asarray(PillowImage.fromarray(self.picture.pixels).resize(size, PillowImage.Resampling.LANCZOS))
        hole = None if self.hole is None else _stretched(self.hole.astype(np.float32), size) > 0
        return Gift(Picture(shrunk, alpha), hole)


def layer_alone(photo: Picture, layer: Image) -> Gift:
    """A layer cut out: its colours, see-through where it is not. `layer`: colours above, matte below, as it is sent."""
    colours, matte = _parts(layer)
    size = photo.pixels.shape[1::-1]
    large = np.asarray(PillowImage.fromarray(colours).resize(size, PillowImage.Resampling.BICUBIC))
    return Gift(Picture(large, _stretched(matte, size)))


def hole_of_layer(photo: Picture, layer: Image) -> Gift:
    """The photo, with a hole where the layer is, its soft edge included."""
    matte = _stretched(_parts(layer)[1], photo.pixels.shape[1::-1])
    return _with_hole(photo, apply_hysteresis_threshold(matte, FAINT, CERTAIN))


def hole_of_regions(photo: Picture, ids: NDArray[np.uint8], picked: Sequence[int]) -> Gift:
    """The photo, with a hole where a label map, `ids` uint8 (h, w), shows one of the picked labels."""
    hole = PillowImage.fromarray(np.isin(ids, list(picked)))
    return _with_hole(photo, np.asarray(hole.resize(photo.pixels.shape[1::-1], PillowImage.Resampling.NEAREST)))


def _with_hole(photo: Picture, hole: Mask) -> Gift:
    if not hole.any():
        raise InputError("There is nothing of it in this photo: choose something else.")
    return Gift(Picture(photo.pixels), hole)


def _parts(layer: Image) -> tuple[Image, Matte]:
    half = len(layer) // 2
    return layer[:half], layer[half:, :, 0].astype(np.float32) / np.float32(255)


def _stretched(matte: Matte, size: tuple[int, int]) -> Matte:
    """`matte` at `size` (width, height)."""
    large = PillowImage.fromarray(matte).resize(size, PillowImage.Resampling.BILINEAR)
    return np.clip(np.asarray(large), 0, 1)
