"""Constrained sparsification: from eigenvectors to layers that are mostly 0 or 1 and sum to 1.

Aksoy et al. 2018, section 4.3, equation 8, by Newton's method as in Levin et al. 2008 (Spectral Matting).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray

GAMMA = 0.8  # of |a|^gamma + |1 - a|^gamma
ITERATIONS = 40
ROUNDS = 4  # after each of which layers that are nowhere are dropped
FAINT = 0.1  # the largest value of such a layer
_TINY = 1e-10


def sparsified(
    vectors: NDArray[np.float64],
    values: NDArray[np.float64],
    start: NDArray[np.float64],
    sample: NDArray[np.intp],
    rounds: int = ROUNDS,
) -> Iterator[NDArray[np.float64]]:
    """Layers (n, K) after each of `rounds` of ten steps, not clipped; K falls.

    `vectors` (n, m) and `values` (m,): eigenpairs; `start`: layers (n, K) to go on from; `sample`: the pixels over
    which sums run, all of them in the paper. One in sixteen changes the layers by less than another start.
    """
    seen, share, ones = vectors[sample], len(vectors) / len(sample), vectors.sum(0)
    layers = start[sample]
    for _ in range(rounds):
        weights = np.zeros((vectors.shape[1], 0))
        for _ in range(ITERATIONS // ROUNDS):
            weights = _step(seen, values, layers, share, ones)
            layers = seen @ weights
        # Judged by the whole: a thin layer may hide from the sample. The authors drop before a round, and so not last.
        everywhere = vectors @ weights
        keep = np.abs(everywhere).max(0) > FAINT
        layers = layers[:, keep]
        yield everywhere[:, keep]


def whole(segments: NDArray[np.integer]) -> NDArray[np.float64]:
    """Layers (n, K), 0 or 1, of the segment (n,) of each pixel, 0 to K - 1."""
    return np.eye(segments.max() + 1)[segments]


def sampled(shape: tuple[int, ...], cell: int, seed: int) -> NDArray[np.intp]:
    """One random pixel of every `cell` x `cell` pixels of a picture of `shape`, row-major."""
    random = np.random.default_rng(seed)
    rows, columns = (np.arange(0, side, cell) for side in shape)
    size = (len(rows), len(columns))
    down = np.minimum(rows[:, None] + random.integers(0, cell, size), shape[0] - 1)
    across = np.minimum(columns + random.integers(0, cell, size), shape[1] - 1)
    return (down * shape[1] + across).ravel()


def _step(
    seen: NDArray[np.float64],
    values: NDArray[np.float64],
    layers: NDArray[np.float64],
    share: float,
    ones: NDArray[np.float64],
) -> NDArray[np.float64]:
    """One Newton step: combinations (m, K) of the eigenvectors with the least weighted squares that sum to `ones`.

    `ones` (m,) are the coordinates of the constant 1, itself an eigenvector. Alone, layer i would solve A_i y_i = b_i.
    For the sum the authors eliminate the last layer and solve (K - 1) m equations at once; with a multiplier z for it
    y_i = A_i^-1 (b_i - z), which takes K inverses of m x m and gives the same.
    """
    to_one = share * 0.3**GAMMA * np.maximum(np.abs(layers - 1), _TINY) ** (GAMMA - 2)
    to_zero = share * 0.3**GAMMA * np.maximum(np.abs(layers), _TINY) ** (GAMMA - 2)
    # torch multiplies all layers' at once, on all cores.
    points, weights = torch.from_numpy(seen), torch.from_numpy(to_one + to_zero)
    squares = ((points * weights.T[..., None]).mT @ points).numpy()
    inverses = np.linalg.inv(squares + np.diag(values))
    free = np.einsum("kij,jk->ik", inverses, seen.T @ to_one)
    multiplier = np.linalg.solve(inverses.sum(0), free.sum(1) - ones)
    return free - (inverses @ multiplier).T
