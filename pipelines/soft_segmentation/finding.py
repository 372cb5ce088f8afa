"""Sparse layers, and which of them belong together: of a coarse copy in fast mode, of the working size in exact mode.

Sparsification has many ends that are nearly as good: when the authors' chain begins with clusters of superpixels, not
of pixels, its own layers move by 0.1 in a photo of fur. So that both modes mean the same, exact mode, too, takes the
first thirty of the forty steps in the coarse copy; the last ten at the working size with all eigenvectors; and the
groups are fast mode's. The authors' own way, all forty at the working size, is `exact` without `weighted`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipelines.contract import last
from pipelines.soft_segmentation.clustering import beginning, beginning_by_splits, grouping, layer_features
from pipelines.soft_segmentation.eigenvectors import smallest
from pipelines.soft_segmentation.laplacian import laplacian
from pipelines.soft_segmentation.options import Memory, Options
from pipelines.soft_segmentation.refinement import normalised
from pipelines.soft_segmentation.sizes import resized, with_shorter
from pipelines.soft_segmentation.sparsification import sampled, sparsified, whole
from pipelines.soft_segmentation.superpixels import Superpixels, at_middles

EIGENVECTORS, FEWER = 100, 60  # the authors' number, and fast mode's
CELL = 4  # one pixel in as many squared is summed over


@dataclass(frozen=True, eq=False)
class Copy:
    """The picture in which layers are found: `colours` and `features` (h, w, 3), superpixels."""

    colours: NDArray[np.floating]
    features: NDArray[np.floating]
    patches: Superpixels

    @property
    def shape(self) -> tuple[int, int]:
        """Its height and width."""
        return self.patches.labels.shape

    @property
    def pixels(self) -> int:
        """How many it has."""
        return self.patches.labels.size

    def coarse(self, side: int) -> Copy:
        """The same with a shorter side of `side` pixels."""
        size = with_shorter(*self.shape, side)
        rows, columns = ((np.arange(new) * old + old // 2) // new for new, old in zip(size, self.shape, strict=True))
        labels = self.patches.labels[np.minimum(rows, self.shape[0] - 1)][:, np.minimum(columns, self.shape[1] - 1)]
        return Copy(
            resized(self.colours, *size).astype(np.float64),
            resized(self.features, *size).astype(np.float64),
            at_middles(labels),
        )


def rounds(
    values: NDArray[np.float64], vectors: NDArray[np.float64], copy: Copy, options: Options, like: Memory | None = None
) -> list[NDArray[np.float64]]:
    """Layers (n, many) of `copy` after each round; a clip's next frame begins with those of the frame before."""
    if like is not None and like.sparse.shape == copy.shape:
        start = np.unique(like.sparse.ravel(), return_inverse=True)[1]
    elif options.exact:
        start = beginning_by_splits(copy.features, options.seed)
    else:
        start = beginning(copy.features, copy.patches, options.seed)
    return list(sparsified(vectors, values, whole(start), sampled(copy.shape, CELL, options.seed)))


def membership(
    sparse: NDArray[np.float64], copy: Copy, options: Options, like: Memory | None = None
) -> NDArray[np.float64]:
    """Which group (many, K) each layer belongs to: that of the clip's first frame, or by clustering."""
    features = layer_features(sparse, copy.features)
    if like is None:
        return grouping(features, sparse, options.layers, options.seed, options.weighted)
    distances = np.linalg.norm(features[:, None] - like.centres[None], axis=2)
    return np.eye(len(like.centres))[distances.argmin(1)]


def finished(
    values: NDArray[np.float64], vectors: NDArray[np.float64], copy: Copy, options: Options
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Exact layers (n, many) by one last round on what fast mode has begun, and their groups (many, K): fast mode's."""
    fast = replace(options, exact=False)
    coarse = copy.coarse(options.coarse_side)
    graph = laplacian(coarse.colours, coarse.features, coarse.patches)
    *_, begun, done = rounds(*smallest(graph, min(FEWER, coarse.pixels // 4), precise=False), coarse, fast)
    groups = normalised(_at(done @ membership(done, coarse, fast), coarse, copy))
    start = _at(begun, coarse, copy)
    sparse = last(sparsified(vectors, values, start, sampled(copy.shape, CELL, options.seed), rounds=1))
    return sparse, shared(sparse, groups)


def shared(sparse: NDArray[np.floating], groups: NDArray[np.floating]) -> NDArray[np.float64]:
    """Which of `groups` (n, K) each of `sparse` layers (n, many) lies in, (many, K): where most of it is."""
    return np.eye(groups.shape[1])[(sparse.clip(0, 1).T @ groups).argmax(1)]


def _at(layers: NDArray[np.float64], coarse: Copy, fine: Copy) -> NDArray[np.float64]:
    """Layers (n, K) of `coarse` at the size of `fine`."""
    large = resized(layers.reshape(*coarse.shape, -1), *fine.shape)
    return large.reshape(fine.pixels, -1).astype(np.float64)
