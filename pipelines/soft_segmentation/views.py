"""What each stage looks like, as in the article's figures: features, affinities, eigenvectors, layers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import erf  # pyright: ignore[reportMissingTypeStubs] - SciPy has no types

from imaging.types import Image
from pipelines.soft_segmentation.sizes import resized
from pipelines.soft_segmentation.superpixels import Superpixels

# Okabe and Ito's colours, which people of every colour vision tell apart, and three more.
PALETTE = np.array(
    [
        (86, 180, 233),
        (230, 159, 0),
        (0, 158, 115),
        (213, 94, 0),
        (240, 228, 66),
        (204, 121, 167),
        (0, 114, 178),
        (150, 150, 150),
        (120, 60, 20),
        (60, 60, 120),
    ],
    np.uint8,
)
_TILES = 6  # eigenvectors shown


def features(values: NDArray[np.floating]) -> Image:
    """Features (H, W, 3) in 0..1 as colours."""
    return np.rint(255 * values).astype(np.uint8)


def affinities(values: NDArray[np.floating], patches: Superpixels, shape: tuple[int, ...]) -> Image:
    """Superpixels in the colours of their `values`, each border white where it parts and dark where it joins."""
    means = patches.means(values)
    picture = means[patches.labels]
    for axis in (0, 1):
        ahead = np.minimum(np.arange(patches.labels.shape[axis]) + 1, patches.labels.shape[axis] - 1)
        other = patches.labels.take(ahead, axis)
        distance = np.linalg.norm(means[patches.labels] - means[other], axis=2)
        apart = (1 - np.asarray(erf(20 * (0.15 - distance)))) / 2
        edge = (patches.labels != other)[..., None]
        picture = np.where(edge, apart[..., None] + (1 - apart[..., None]) * 0.6 * picture, picture)
    return features(resized(picture, shape[0], shape[1]).clip(0, 1))


def eigenvectors(vectors: NDArray[np.float64], shape: tuple[int, ...]) -> Image:
    """The first few after the constant one, side by side, in shades of grey."""
    tiles = []
    for vector in vectors[:, 1 : 1 + _TILES].T:
        low, high = np.percentile(vector, (2, 98))
        tiles.append(((vector - low) / max(high - low, 1e-12)).clip(0, 1).reshape(shape))
    tiles += [np.ones(shape)] * (-len(tiles) % 3)
    mosaic = np.vstack([np.hstack(tiles[row : row + 3]) for row in range(0, len(tiles), 3)])
    return features(np.repeat(mosaic[..., None], 3, 2))


def layers(found: NDArray[np.floating], shape: tuple[int, ...]) -> Image:
    """Layers (n, K), each in a colour of its own, mixed where they mix."""
    mixed = found.clip(0, 1)
    mixed = mixed / mixed.sum(1, keepdims=True).clip(1e-6)
    palette = PALETTE if found.shape[1] <= len(PALETTE) else np.random.default_rng(3).integers(30, 256, (256, 3))
    return features((mixed @ palette[: found.shape[1]] / 255).reshape(*shape, 3).clip(0, 1))
