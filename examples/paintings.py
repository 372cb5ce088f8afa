"""Paintings by nobody: pictures that our own code draws, to try as styles."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage
from PIL import ImageDraw
from scipy.ndimage import gaussian_filter
from scipy.spatial import KDTree  # pyright: ignore[reportMissingTypeStubs] - SciPy comes without types

from imaging.types import Image

SIDE = 512  # pixels


def stained_glass() -> Image:
    """Panes of few colours between lead lines."""
    draw = np.random.default_rng(3)
    seeds = draw.uniform(0, SIDE, (90, 2))
    colours = np.array([(196, 30, 38), (22, 64, 140), (238, 178, 34), (20, 110, 70), (120, 40, 110), (240, 230, 200)])
    grid = np.indices((SIDE, SIDE)).reshape(2, -1).T
    distances, nearest = (np.asarray(found) for found in KDTree(seeds).query(grid, k=2))
    panes = colours[draw.integers(0, len(colours), len(seeds))][nearest[:, 0]].reshape(SIDE, SIDE, 3)
    light = 0.75 + 0.35 * _noise(draw, 6)[..., None]
    lead = np.clip((distances[:, 1] - distances[:, 0]).reshape(SIDE, SIDE, 1) / 3 - 0.6, 0, 1)
    return _image(panes * light * lead + 18 * (1 - lead))


def brush_strokes() -> Image:
    """Short thick strokes that follow a swirling field, night blue to straw yellow."""
    draw = np.random.default_rng(5)
    field = 4 * np.pi * _noise(draw, 70)
    warmth = _noise(draw, 50)
    palette = np.array([(16, 30, 84), (30, 74, 150), (94, 150, 190), (226, 214, 150), (240, 190, 60)], float)
    picture = PillowImage.new("RGB", (SIDE, SIDE), (24, 44, 100))
    brush = ImageDraw.Draw(picture)
    for x, y in draw.uniform(0, SIDE, (5200, 2)):
        angle = field[int(y), int(x)]
        tone = np.clip(warmth[int(y), int(x)] + draw.normal(0, 0.12), 0, 1) * (len(palette) - 1)
        low = min(int(tone), len(palette) - 2)
        colour = palette[low] + (tone - low) * (palette[low + 1] - palette[low]) + draw.normal(0, 8, 3)
        reach = draw.uniform(8, 18)
        step = reach * np.array([np.cos(angle), np.sin(angle)])
        line = [(x - step[0], y - step[1]), (x + step[0], y + step[1])]
        brush.line(line, tuple(int(c) for c in colour.clip(0, 255)), width=int(draw.integers(3, 7)))
    return np.asarray(picture)


def halftone() -> Image:
    """Printed dots in two inks."""
    draw = np.random.default_rng(7)
    tones = _noise(draw, 60), _noise(draw, 45)
    y, x = np.mgrid[:SIDE, :SIDE]
    paper = np.full((SIDE, SIDE, 3), (244, 236, 216), float)
    inks = ((214, 52, 44), (28, 62, 110))
    for tone, ink, angle in zip(tones, inks, (0.26, 1.05), strict=True):
        u, v = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
        dots = (np.cos(2 * np.pi * u / 9) + np.cos(2 * np.pi * v / 9)) / 4 + 0.5
        cover = np.clip(8 * (dots - 1 + tone) + 0.5, 0, 1)[..., None]
        paper = paper * (1 - cover) + paper * np.array(ink) / 255 * cover
    return _image(paper)


def marble() -> Image:
    """Veins of ink drawn through water."""
    draw = np.random.default_rng(11)
    y, x = np.mgrid[:SIDE, :SIDE] / SIDE
    bent = x + 0.35 * _noise(draw, 50) + 0.12 * _noise(draw, 16) + 0.3 * y
    veins = 0.5 + 0.5 * np.sin(2 * np.pi * 7 * bent)
    palette = np.array([(34, 20, 58), (150, 44, 80), (236, 126, 76), (250, 224, 178)], float)
    tone = veins**0.8 * (len(palette) - 1.001)
    low = tone.astype(int)
    return _image(palette[low] + (tone - low)[..., None] * (palette[low + 1] - palette[low]))


PAINTINGS: dict[str, Callable[[], Image]] = {
    "stained-glass": stained_glass,
    "brush-strokes": brush_strokes,
    "halftone": halftone,
    "marble": marble,
}


def _noise(draw: np.random.Generator, size: float) -> NDArray[np.float64]:
    """Smooth noise (SIDE, SIDE) in 0..1, in lumps of about `size` pixels."""
    smooth = gaussian_filter(draw.normal(size=(SIDE, SIDE)), size / 2, mode="wrap")
    return (smooth - smooth.min()) / (smooth.max() - smooth.min())


def _image(pixels: NDArray[np.float64]) -> Image:
    return np.rint(pixels.clip(0, 255)).astype(np.uint8)
