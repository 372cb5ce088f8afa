"""What a layer is called: its colour and its place, as a person would point at it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from skimage.color import rgb2lab

COLOURS = {
    "black": (20, 20, 20),
    "grey": (128, 128, 128),
    "white": (240, 240, 240),
    "red": (190, 40, 40),
    "orange": (220, 130, 40),
    "yellow": (225, 205, 70),
    "green": (70, 130, 50),
    "turquoise": (60, 160, 160),
    "blue": (60, 100, 190),
    "light blue": (160, 195, 230),
    "purple": (120, 60, 150),
    "pink": (230, 150, 170),
    "brown": (110, 75, 45),
    "beige": (205, 180, 150),
}
PLACES = {"top": (0.17, 0.5), "bottom": (0.83, 0.5), "left": (0.5, 0.17), "right": (0.5, 0.83), "middle": (0.5, 0.5)}


def name(layer: NDArray[np.floating], colours: NDArray[np.floating]) -> tuple[str, str]:
    """Colour and place of a `layer` (H, W) of a picture with `colours` (H, W, 3) in 0..1: words of the tables above."""
    weights = np.asarray(layer, np.float64) ** 2
    total = max(float(weights.sum()), 1e-9)
    mean = np.einsum("hw,hwc->c", weights, colours) / total
    named = rgb2lab(np.array(list(COLOURS.values()))[None] / 255)[0]
    nearest = np.linalg.norm(named - rgb2lab(mean[None, None])[0, 0], axis=1).argmin()
    height, width = layer.shape
    rows = float((weights.sum(1) * (np.arange(height) + 0.5)).sum()) / total / height
    columns = float((weights.sum(0) * (np.arange(width) + 0.5)).sum()) / total / width
    place = min(PLACES, key=lambda word: np.hypot(PLACES[word][0] - rows, PLACES[word][1] - columns))
    return list(COLOURS)[nearest], place
