"""The graph: three affinities between pixels, and its Laplacian, whose smallest eigenvectors hold the layers.

Aksoy et al. 2018, section 4.1: closed-form matting (equation 1), semantic affinity of touching superpixels (equation
5), colour affinity of superpixels in a fifth of the picture (equation 3).
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array, dia_array  # pyright: ignore[reportMissingTypeStubs] - SciPy has no types
from scipy.spatial import KDTree  # pyright: ignore[reportMissingTypeStubs] - SciPy has no types
from scipy.special import erf  # pyright: ignore[reportMissingTypeStubs] - SciPy has no types

from pipelines.soft_segmentation.superpixels import Superpixels

Sparse: TypeAlias = Any
"""A SciPy sparse array, about which SciPy tells a type checker nothing."""

EPSILON = 1e-7 / 9  # of the matting covariance: the authors' 1e-7 over the pixels of a window
SEMANTIC = 0.01  # weights of the superpixels' edges
COLOUR = 0.01
REACH = 0.2  # of the picture's sides: how far colour affinity goes
_ROWS = 64  # of windows at once: bounds the memory


def matting_affinity(colours: NDArray[np.floating], epsilon: float = EPSILON) -> Sparse:
    """Closed-form matting (Levin et al. 2008): float64 (n, n) without a diagonal; `colours` (H, W, 3) in 0..1.

    Two pixels of a 3x3 window, in each of the windows that hold both: (1 + (I_p - mu)^T (Sigma + eps)^-1 (I_q - mu))/9.
    """
    height, width = colours.shape[:2]
    diagonals = np.zeros((12, height * width))
    offsets = _offsets(width)
    for top in range(0, height - 2, _ROWS):
        band = np.asarray(colours[top : top + _ROWS + 2], np.float64)
        windows = sliding_window_view(band, (3, 3), (0, 1)).reshape(-1, 3, 9)
        centred = windows - windows.mean(2, keepdims=True)
        covariance = centred @ centred.transpose(0, 2, 1) / 9 + epsilon * np.eye(3)
        whitened = np.linalg.solve(covariance, centred)
        weights = (1 + centred.transpose(0, 2, 1) @ whitened) / 9
        firsts = (top * width + np.arange(band.shape[0] - 2)[:, None] * width + np.arange(width - 2)).ravel()
        for (row, column), place in offsets.items():
            for first in range(9):
                there = (first // 3 + row, first % 3 + column)
                if 0 <= there[0] < 3 and 0 <= there[1] < 3:
                    # No two windows put the same pixel at the same place: no index occurs twice.
                    pixels = firsts + first // 3 * width + first % 3
                    diagonals[place, pixels] += weights[:, first, there[0] * 3 + there[1]]
    return _symmetric(diagonals, [row * width + column for row, column in offsets])


def semantic_affinity(features: NDArray[np.floating], patches: Superpixels) -> Sparse:
    """Of touching superpixels, -1 (apart) to 1 (together): erf(20 (0.15 - distance)); features (H, W, 3) in 0..1.

    The paper's offset is 0.2, its authors' code has 0.15.
    """
    means, edges = patches.means(features), patches.neighbours()
    distances = np.linalg.norm(means[edges[:, 0]] - means[edges[:, 1]], axis=1)
    return _between(patches, edges, np.asarray(erf(20 * (0.15 - distances))))


def colour_affinity(colours: NDArray[np.floating], patches: Superpixels) -> Sparse:
    """Of superpixels in reach of each other, 0 to 1: (erf(50 (0.05 - distance)) + 1) / 2; `colours` in 0..1."""
    height, width = patches.labels.shape
    means = patches.means(colours)
    places = np.stack([patches.pixels // width / height, patches.pixels % width / width], 1)
    edges = KDTree(places).query_pairs(REACH, output_type="ndarray")
    distances = np.linalg.norm(means[edges[:, 0]] - means[edges[:, 1]], axis=1)
    edges, distances = edges[distances < 0.18], distances[distances < 0.18]  # beyond, it is 0 in double precision
    return _between(patches, edges, (np.asarray(erf(50 * (0.05 - distances))) + 1) / 2)


def laplacian(colours: NDArray[np.floating], features: NDArray[np.floating], patches: Superpixels) -> Sparse:
    """L = D - W, float64 (n, n). Not normalised, as in the authors' code; the paper's equation 6 normalises.

    It is indefinite: semantic affinities below 0 push apart.
    """
    far = SEMANTIC * semantic_affinity(features, patches) + COLOUR * colour_affinity(colours, patches)
    affinity = csr_array(matting_affinity(colours) + far)
    degree = np.asarray(affinity.sum(1)).ravel()
    return csr_array(dia_array((degree[None], [0]), shape=affinity.shape) - affinity)


def _offsets(width: int) -> dict[tuple[int, int], int]:
    """The twelve neighbours that come later, (rows, columns), with their place."""
    ahead = [(row, column) for row in range(3) for column in range(-2, 3) if (row, column) > (0, 0)]
    return {offset: place for place, offset in enumerate(ahead)}


def _symmetric(diagonals: NDArray[np.float64], offsets: list[int]) -> Sparse:
    """The symmetric (n, n) matrix whose entry (p, p + offset) is `diagonals[place of offset, p]`."""
    size = diagonals.shape[1]
    # A DIA array keeps the value of column j at j: shifted from where it is counted by rows.
    upper = np.stack([np.roll(values, offset) for values, offset in zip(diagonals, offsets, strict=True)])
    half = csr_array(dia_array((upper, offsets), shape=(size, size)))
    return half + half.T


def _between(patches: Superpixels, edges: NDArray[np.integer], weights: NDArray[np.float64]) -> Sparse:
    """Edges between the middles of superpixels, (n, n), symmetric."""
    size = patches.labels.size
    rows, columns = patches.pixels[edges[:, 0]], patches.pixels[edges[:, 1]]
    half = coo_array((weights, (rows, columns)), shape=(size, size)).tocsr()
    return half + half.T
