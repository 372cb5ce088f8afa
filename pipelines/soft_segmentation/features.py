"""Semantic features: an embedding brought to three smooth channels that follow the picture's edges.

Aksoy et al. 2018, section 4.2: principal components, guided filter, each component scaled to 0..1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.soft_segmentation.local_linear import local_linear
from pipelines.soft_segmentation.sizes import resized

CHANNELS = 3
WINDOW = 10  # pixels a side, of the guided filter
_SMOOTH = 0.01  # of its covariance, in squares of 0..1: MATLAB's default
_ENDS = (1.0, 99.0)  # percentiles that become 0 and 1; the authors' extremes let one odd pixel squeeze the rest


@dataclass(frozen=True, eq=False)
class Projection:
    """How an embedding becomes features. That of a clip's first frame makes all its frames' features mean the same.

    `mean` (C,) and `axes` (C, 3) of the embedding; `low` and `high` (3,): what becomes 0 and 1.
    """

    mean: NDArray[np.float64]
    axes: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def semantic_features(
    embedding: NDArray[np.floating], colours: NDArray[np.floating], projection: Projection | None = None
) -> tuple[NDArray[np.float64], Projection]:
    """Features (H, W, 3) in 0..1 of an `embedding` (h, w, C) for `colours` (H, W, 3) in 0..1; and their projection.

    The authors filter 128 channels, then project. Both are linear, so we project first and filter three.
    """
    flat = embedding.reshape(-1, embedding.shape[2]).astype(np.float64)
    mean, axes = (flat.mean(0), _axes(flat)) if projection is None else (projection.mean, projection.axes)
    coarse = ((flat - mean) @ axes).reshape(*embedding.shape[:2], CHANNELS)
    slopes, offsets = local_linear(resized(coarse, colours.shape[0], colours.shape[1]), colours, WINDOW, _SMOOTH)
    fine = np.einsum("hwc,hwck->hwk", colours, slopes) + offsets
    if projection is None:
        low, high = np.percentile(fine.reshape(-1, CHANNELS), _ENDS, axis=0)
        projection = Projection(mean, axes, low, high)
    spread = np.maximum(projection.high - projection.low, 1e-6)
    return ((fine - projection.low) / spread).clip(0, 1), projection


def _axes(flat: NDArray[np.float64]) -> NDArray[np.float64]:
    """The first three principal components (C, 3) of (n, C), the largest first, each with a sign of its own choice."""
    centred = flat - flat.mean(0)
    axes = np.linalg.eigh(centred.T @ centred)[1][:, : -CHANNELS - 1 : -1]
    return axes * np.sign(axes[np.abs(axes).argmax(0), np.arange(axes.shape[1])])
