"""k-means, twice: which pixels look alike to begin with, and which of the layers belong together."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn import cluster as sklearn_cluster

from pipelines.soft_segmentation.superpixels import Superpixels

KMeans: Any = sklearn_cluster.KMeans  # the types that a checker infers for it are wrong

BEGINNING = 40  # segments that sparsification begins with
STARTS = 30  # of which the tightest grouping is taken
SMALLEST_SHARE = 1e-3  # of the picture: a group below it is not a layer
APART = 0.2  # of group centres: where automatic grouping stops; features differ by 0.15 from one thing to another


def beginning(features: NDArray[np.floating], patches: Superpixels, seed: int) -> NDArray[np.intp]:
    """The segment (n,) of each pixel, by `features` (H, W, 3) alone.

    The authors cluster pixels by a tree of splits; here superpixels, weighted by area, from the best of three starts:
    a hundredth of the work, and what sparsification makes of either differs by no more than by the seed.
    """
    means, areas = patches.means(features), patches.areas()
    count = min(BEGINNING, len(np.unique(means.round(6), axis=0)))
    found = KMeans(count, n_init=3, random_state=seed).fit(means, sample_weight=areas).labels_
    return np.asarray(found)[patches.labels.ravel()].astype(np.intp)


def beginning_by_splits(features: NDArray[np.floating], seed: int) -> NDArray[np.intp]:
    """The segment (n,) of each pixel as the authors' code has it: five clusters of pixels, split again and again.

    Of all splits in two the one is made that shortens the distances to the centres most; until there are thirteen,
    all pixels are then assigned anew.
    """
    points = features.reshape(-1, features.shape[2])
    first = min(5, len(np.unique(points.round(6), axis=0)))
    labels = KMeans(first, n_init=7, random_state=seed).fit(points).labels_.astype(np.intp)
    splits = {cluster: _split(points[labels == cluster], seed) for cluster in range(first)}
    for count in range(first + 1, BEGINNING + 1):
        largest = max(splits, key=lambda cluster: splits[cluster][0])
        gain, moved = splits[largest]
        if gain <= 0:
            break
        labels[np.flatnonzero(labels == largest)[moved]] = count - 1
        changed: tuple[int, ...] = (largest, count - 1)
        if count < 13:
            centres = np.stack([points[labels == cluster].mean(0) for cluster in range(count)])
            labels = KMeans(count, init=centres, n_init=1).fit(points).labels_.astype(np.intp)
            changed = tuple(range(count))
        splits |= {cluster: _split(points[labels == cluster], seed) for cluster in changed}
    return np.unique(labels, return_inverse=True)[1]


def _split(points: NDArray[np.floating], seed: int) -> tuple[float, NDArray[np.bool_]]:
    """By how much distances to the centre shrink when `points` (n, C) are split in two, and which go."""
    if len(points) < 2 or np.ptp(points, axis=0).max() < 1e-6:
        return 0.0, np.zeros(len(points), bool)
    halves = KMeans(2, n_init=1, random_state=seed).fit(points)
    labels = halves.labels_
    before = np.linalg.norm(points - points.mean(0), axis=1).sum()
    after = np.linalg.norm(points - halves.cluster_centers_[labels], axis=1).sum()
    return float(before - after), labels == 1


def layer_features(layers: NDArray[np.floating], features: NDArray[np.floating]) -> NDArray[np.float64]:
    """Mean features (K, 3) under layers (n, K)."""
    return layers.T @ features.reshape(len(layers), -1) / np.maximum(_areas(layers), 1e-6)[:, None]


def grouping(
    means: NDArray[np.float64], layers: NDArray[np.floating], count: int | None, seed: int, weighted: bool
) -> NDArray[np.float64]:
    """Which group (K, groups), 0 or 1, each of `layers` (n, K) with mean features `means` (K, 3) belongs to.

    `count` groups at most, None: automatic. `weighted`: by area, as no run then gives another split than the last; the
    authors count every layer alike, and regrouping their own layers moves them by up to 0.02.
    """
    areas = np.maximum(_areas(layers), 1e-6)
    most = len(np.unique(means.round(6), axis=0))
    if count is None:
        labels = _automatic(means, areas, most, seed)
    else:
        clusters = KMeans(min(count, most), n_init=STARTS, random_state=seed)
        labels = clusters.fit(means, sample_weight=areas if weighted else None).labels_
    member = np.eye(int(np.max(labels)) + 1)[labels]
    shares = (areas @ member) / len(layers)
    return member[:, shares >= SMALLEST_SHARE] if weighted else member


def _automatic(means: NDArray[np.float64], areas: NDArray[np.float64], most: int, seed: int) -> NDArray[np.intp]:
    """As many groups, 2 to 10, as still have centres apart from each other."""
    best = np.zeros(len(means), np.intp)
    for count in range(2, min(10, most) + 1):
        found = KMeans(count, n_init=STARTS, random_state=seed).fit(means, sample_weight=areas)
        centres = found.cluster_centers_
        gaps = np.linalg.norm(centres[:, None] - centres[None], axis=2) + np.eye(count)
        if count > 2 and gaps.min() < APART:
            break
        best = found.labels_.astype(np.intp)
    return best


def _areas(layers: NDArray[np.floating]) -> NDArray[np.float64]:
    return np.asarray(layers.sum(0), np.float64)
