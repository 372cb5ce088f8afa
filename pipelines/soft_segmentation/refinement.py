"""From coarse layers to fine ones: first a solve that puts edges back, then a local linear model for any size.

Both are departures from the paper, which works at one size: they are what makes the fast mode fast, and large pictures
possible.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter, minimum_filter  # pyright: ignore[reportMissingTypeStubs] - SciPy has no types
from scipy.sparse import csr_array  # pyright: ignore[reportMissingTypeStubs] - SciPy has no types

from imaging.types import Image
from pipelines.soft_segmentation.laplacian import Sparse
from pipelines.soft_segmentation.local_linear import local_linear
from pipelines.soft_segmentation.relaxation import solved
from pipelines.soft_segmentation.sizes import resized

UNSURE = 1e-3  # how much an upsampled value counts near a border
_ENOUGH, _STEPS = 1e-3, 100  # of the conjugate gradients: residual, most steps
_SMOOTH = 1e-5  # of the linear model's covariance, in squares of 0..1
_BAND = 1_000_000  # pixels of the full size at once: bounds the memory


def sharpened(graph: Sparse, layers: NDArray[np.floating], factor: float) -> NDArray[np.float32]:
    """Upsampled layers (H, W, K) with their borders where the `graph` of the fine picture has them.

    What lies within `factor` pixels (those of the fine picture in one of the coarse) of a border between layers is
    left to the graph; elsewhere the layers stay.
    """
    height, width, count = layers.shape
    largest, side = layers.argmax(2), 2 * round(factor) + 1
    border = maximum_filter(largest, side) != minimum_filter(largest, side)
    free = (border | (layers.max(2) < 0.9)).ravel()
    found = np.array(layers.reshape(-1, count), np.float32)
    if not free.any():
        return found.reshape(height, width, count)
    rows = csr_array(graph, dtype=np.float32)[free]
    right = UNSURE * found[free] - rows[:, ~free] @ found[~free]
    weights = np.full_like(right, UNSURE)
    # Layers that sum to one keep doing so: rows of the graph sum to zero.
    found[free] = solved(csr_array(rows[:, free]), weights, right, found[free], _ENOUGH, _STEPS, together=0.0)
    return found.reshape(height, width, count)


def enlarged(
    layers: NDArray[np.floating], colours: NDArray[np.floating], image: Image
) -> Iterator[tuple[slice, NDArray[np.float32]]]:
    """Layers (rows, W, K) at the size of `image`, a band of rows at a time, summing to one, in 0..1.

    In each small window a layer is nearly a linear function of colour: that is what the matting affinity rests on. The
    functions are fitted at the working size (`layers` (h, w, K), `colours` (h, w, 3)), their coefficients enlarged and
    applied to the colours of the full size, as in the fast guided filter (He and Sun 2015).
    """
    slopes, offsets = local_linear(layers, colours, 3, _SMOOTH)
    slopes = slopes.reshape(*layers.shape[:2], -1)
    height, width = image.shape[:2]
    step = max(1, _BAND // width)
    for top in range(0, height, step):
        rows = slice(top, min(height, top + step))
        pixels = image[rows].astype(np.float32) / 255
        slope = band_of(slopes, rows, height, width).reshape(*pixels.shape[:2], 3, -1)
        found = np.einsum("hwc,hwck->hwk", pixels, slope) + band_of(offsets, rows, height, width)
        found = found.clip(0, 1)
        yield rows, found / found.sum(2, keepdims=True).clip(1e-6)


def normalised(layers: NDArray[np.floating]) -> NDArray[np.float32]:
    """`layers` (..., K) clipped to 0..1, summing to one."""
    clipped = layers.clip(0, 1).astype(np.float32)
    return clipped / clipped.sum(-1, keepdims=True).clip(1e-6)


def band_of(values: NDArray[np.floating], rows: slice, height: int, width: int) -> NDArray[np.float32]:
    """Rows `rows` of `values` (h, w, channels) enlarged to `height` x `width`, linearly."""
    scale = values.shape[0] / height
    places = (np.arange(rows.start, rows.stop) + 0.5) * scale - 0.5
    lower = np.floor(places).astype(int)
    share = (places - lower).astype(np.float32)[:, None, None]
    above, below = (values[np.clip(lower + step, 0, values.shape[0] - 1)] for step in (0, 1))
    return resized(above * (1 - share) + below * share, rows.stop - rows.start, width)
