"""Colours of the layers themselves, without what shines through from behind: cut-outs then carry no old rim.

Germer et al. 2021 (multi-level foreground estimation, as in pymatting) for two layers; here all layers at once, so that
laid over each other they give the photo again. We do not take pymatting's own: it knows two layers, and importing it
compiles for over a minute on a fresh machine.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from imaging.types import Image
from pipelines.soft_segmentation.sizes import resized

_SMOOTHNESS = 1e-5  # of neighbouring colours of a layer
_AT_EDGES = 1.0  # more of it where the layer's alpha changes
_LAST = 0.02  # smoothness at full size, of a colour towards its enlarged estimate
_SMALL = 32  # pixels: sides up to it get more rounds
_ROUNDS, _FEW_ROUNDS = 10, 2
_THREADS = 2


def layer_colours(colours: NDArray[np.floating], layers: NDArray[np.floating]) -> NDArray[np.float32]:
    """Colours (K, H, W, 3) of `layers` (H, W, K) in 0..1 that sum to one, for `colours` (H, W, 3) in 0..1.

    From one pixel to the whole, twice as large each time, a few rounds of Jacobi's method on
    |I - sum_k a_k F_k|^2 + sum_k sum_neighbours (smoothness + |grad a_k|) |grad F_k|^2.
    """
    height, width, count = layers.shape
    steps = int(np.ceil(np.log2(max(height, width, 2))))
    found = np.broadcast_to(colours.mean((0, 1)), (count, 1, 1, 3)).astype(np.float32)
    for step in range(1, steps + 1):
        size = tuple(max(1, round(side ** (step / steps))) for side in (height, width))
        image, alpha = resized(colours, *size), np.moveaxis(resized(layers, *size), 2, 0)
        rows, columns = (np.arange(side) * old // side for side, old in zip(size, found.shape[1:3], strict=True))
        found = found[:, rows][:, :, columns]
        for _ in range(_ROUNDS if max(size) <= _SMALL else _FEW_ROUNDS):
            found = _round(found, image, alpha)
    return found


def at_full_size(estimate: NDArray[np.float32], image: Image, layers: NDArray[np.float32]) -> Image:
    """Colours uint8 (K, H, W, 3) near an enlarged `estimate` (K, H, W, 3); their composite is `image` again."""
    alpha = np.moveaxis(layers, 2, 0)
    found = _explained(estimate, (image / 255).astype(np.float32), alpha, np.full_like(alpha, _LAST))
    return np.rint(255 * found).astype(np.uint8)


def _round(found: NDArray[np.float32], image: NDArray[np.float32], alpha: NDArray[np.float32]) -> NDArray[np.float32]:
    """One round: every colour the mean of its neighbours', then moved to explain the pixel."""
    with ThreadPoolExecutor(_THREADS) as threads:
        means, totals = zip(*threads.map(_neighbours, found, alpha), strict=True)
    return _explained(np.stack(means), image, alpha, np.stack(totals))


def _neighbours(
    colours: NDArray[np.float32], alpha: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Weighted mean (H, W, 3) of the four neighbours' `colours` of one layer, and the sum (H, W) of the weights."""
    total, weighted = np.zeros_like(alpha), np.zeros_like(colours)
    for _ in range(2):
        weight = _SMOOTHNESS + _AT_EDGES * np.abs(np.diff(alpha, axis=0))
        total[1:] += weight
        total[:-1] += weight
        weighted[1:] += weight[..., None] * colours[:-1]
        weighted[:-1] += weight[..., None] * colours[1:]
        # Beyond the border the picture goes on as its last row.
        for end in (0, -1):
            total[end] += _SMOOTHNESS
            weighted[end] += _SMOOTHNESS * colours[end]
        colours, alpha, total, weighted = (values.swapaxes(0, 1) for values in (colours, alpha, total, weighted))
    return weighted / total[..., None], total


def _explained(
    mean: NDArray[np.float32], image: NDArray[np.float32], alpha: NDArray[np.float32], stiffness: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Least sum_k stiffness_k |F_k - mean_k|^2 + |I - sum_k a_k F_k|^2, pixel by pixel (Sherman and Morrison)."""
    missing = image - np.einsum("khw,khwc->hwc", alpha, mean)
    give = alpha / stiffness
    missing /= 1 + (alpha * give).sum(0)[..., None]
    return (mean + give[..., None] * missing).clip(0, 1)
