"""Values as locally linear functions of colour: what the guided filter is made of, and how layers are enlarged."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d  # pyright: ignore[reportMissingTypeStubs] - SciPy has no types


def local_linear(
    values: NDArray[np.floating], guide: NDArray[np.floating], window: int, smooth: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Slopes (H, W, 3, K) and offsets (H, W, K) with `values` (H, W, K) near guide * slopes + offsets (He et al. 2013).

    Fitted in every window of `window` pixels a side, then averaged over the windows that hold a pixel. `smooth` is
    added to the variance of the `guide` (H, W, 3), in squares of 0..1.
    """
    height, width, count = values.shape
    guide = np.asarray(guide, np.float64)
    mean, level = _box(guide, window), _box(values, window)
    second = _box((guide[..., :, None] * guide[..., None, :]).reshape(height, width, 9), window)
    joint = _box((guide[..., :, None] * values[..., None, :]).reshape(height, width, 3 * count), window)
    covariance = second.reshape(height, width, 3, 3) - mean[..., :, None] * mean[..., None, :] + smooth * np.eye(3)
    slopes = np.linalg.solve(
        covariance, joint.reshape(height, width, 3, count) - mean[..., :, None] * level[..., None, :]
    )
    offsets = level - np.einsum("hwc,hwck->hwk", mean, slopes)
    # A window of even size reaches a pixel further to one side; the windows that hold a pixel, to the other.
    other = window % 2 - 1
    averaged = _box(slopes.reshape(height, width, 3 * count), window, other).reshape(slopes.shape)
    return averaged, _box(offsets, window, other)


def _box(values: NDArray[np.floating], window: int, origin: int = 0) -> NDArray[np.float64]:
    down = uniform_filter1d(np.asarray(values, np.float64), window, 0, mode="nearest", origin=origin)
    return np.asarray(uniform_filter1d(down, window, 1, mode="nearest", origin=origin))
