"""Superpixels: small patches of one colour, whose middles carry the long-range affinities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from skimage.segmentation import slic

from imaging.types import Image

COUNT = 2500  # asked for; SLIC gives somewhat fewer or more


@dataclass(frozen=True, eq=False)
class Superpixels:
    """`labels` int (H, W), 0 to `count` - 1; `pixels` int64 (count,): of each one's middle, row-major."""

    labels: NDArray[np.intp]
    pixels: NDArray[np.intp]

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.pixels)

    def means(self, values: NDArray[np.floating]) -> NDArray[np.float64]:
        """Means (count, channels) of `values` (H, W, channels) in each."""
        flat, channels = self.labels.ravel(), values.reshape(self.labels.size, -1).T
        sums = [np.bincount(flat, channel, self.count) for channel in channels]
        return np.stack(sums, 1) / self.areas()[:, None]

    def areas(self) -> NDArray[np.float64]:
        """Pixels (count,) of each, one at least."""
        return np.maximum(np.bincount(self.labels.ravel(), minlength=self.count), 1).astype(np.float64)

    def neighbours(self) -> NDArray[np.intp]:
        """Pairs (edges, 2) that touch, corners included; the smaller first, each once."""
        labels = self.labels
        shifted = (
            (labels[:, :-1], labels[:, 1:]),
            (labels[:-1], labels[1:]),
            (labels[:-1, :-1], labels[1:, 1:]),
            (labels[:-1, 1:], labels[1:, :-1]),
        )
        pairs = np.concatenate([np.stack([a[a != b], b[a != b]], 1) for a, b in shifted])
        codes = np.unique(pairs.min(1) * self.count + pairs.max(1))
        return np.stack([codes // self.count, codes % self.count], 1)


def superpixels(image: Image, count: int = COUNT) -> Superpixels:
    """SLIC-zero (Achanta et al. 2012) in Lab, ten rounds. Authors: MATLAB's `superpixels`, the same algorithm."""
    labels = slic(image, n_segments=count, compactness=1e-20, slic_zero=True, max_num_iter=10, start_label=0)
    return at_middles(labels)


def at_middles(labels: NDArray[np.integer]) -> Superpixels:
    """Superpixels of a label map. The middle is the rounded centroid, inside or not, as in the authors' code."""
    flat = labels.ravel()
    _, flat = np.unique(flat, return_inverse=True)
    height, width = labels.shape
    sizes = np.bincount(flat)
    rows = np.bincount(flat, np.repeat(np.arange(height), width)) / sizes
    columns = np.bincount(flat, np.tile(np.arange(width), height)) / sizes
    middles = np.floor(rows + 0.5) * width + np.floor(columns + 0.5)
    return Superpixels(flat.reshape(labels.shape), middles.astype(np.intp))
