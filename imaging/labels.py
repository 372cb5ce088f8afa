"""Label maps compared, and drawn over a photo."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from imaging.types import Image, LabelMap, Matte

_UNPAINTED = 0  # the id of what is left as it is: everything that has no name of its own


def confusion(found: LabelMap, truth: LabelMap) -> NDArray[np.int64]:
    """How many pixels of each true label (rows) were found to be each label (columns)."""
    count = len(truth.names)
    if tuple(found.names) != tuple(truth.names) or found.ids.shape != truth.ids.shape:
        raise ValueError("label maps are compared only where names and sizes are the same")
    pairs = truth.ids.astype(np.int64) * count + found.ids
    return np.bincount(pairs.ravel(), minlength=count**2).reshape(count, count)


def intersection_over_union(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Of each label in a `confusion`, the share of the pixels that both maps give it among those that either does.

    NaN where neither does.
    """
    both = np.diag(counts)
    either = counts.sum(0) + counts.sum(1) - both
    return np.where(either > 0, both / np.maximum(either, 1), np.nan)


def overlay(
    image: Image, labels: LabelMap, colours: Sequence[tuple[int, int, int]], opacity: float | Matte = 0.5
) -> Image:
    """`image` with each label in its colour of `colours` (sRGB 0..255) over it; label 0 stays as it is.

    `opacity`: 0..1, one number or one a pixel.
    """
    if len(colours) != len(labels.names) or labels.ids.shape != image.shape[:2]:
        raise ValueError("an overlay takes a colour a label, and a map of the picture's size")
    weight = np.where(labels.ids != _UNPAINTED, np.float32(1), np.float32(0)) * opacity
    painted = np.asarray(colours, np.float32)[labels.ids]
    return np.rint(image + weight[..., None] * (painted - image)).astype(np.uint8)
