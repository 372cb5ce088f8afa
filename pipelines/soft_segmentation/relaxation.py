"""Relaxed sparsification: the layers at pixel level, free to be soft where the picture has edges.

Aksoy et al. 2018, section 4.3, equations 9 to 12.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import correlate1d  # pyright: ignore[reportMissingTypeStubs] - SciPy has no types
from scipy.sparse import csr_array  # pyright: ignore[reportMissingTypeStubs] - SciPy has no types

from pipelines.soft_segmentation.laplacian import Sparse

SUM = 100.0  # weight of the sum of the layers being one
SPARSITY_ROUNDS = 20
FAST_ROUNDS = 10  # after which the rest changes less than 1e-3
FLOOR = 0.01  # of what is raised to a negative power
# Farid and Simoncelli 2004, a first derivative over 13 pixels: one half; the other mirrors it, with the sign turned.
_DERIVATIVE = np.array([0.0001, 0.0019, 0.0142, 0.0509, 0.0963, 0.0878])
_SMOOTHING = np.array([0.0, 0.0007, 0.0071, 0.0374, 0.1126, 0.2119])


def gradient(colours: NDArray[np.floating]) -> NDArray[np.float64]:
    """Strength (H, W) of the edges of `colours` (H, W, 3) in 0..1, over both directions and all channels."""
    derivative = np.concatenate([-_DERIVATIVE, [0.0], _DERIVATIVE[::-1]])
    smoothing = np.concatenate([_SMOOTHING, [0.2605], _SMOOTHING[::-1]])
    squares = np.zeros(colours.shape[:2])
    for axis in (0, 1):
        along = correlate1d(np.asarray(colours, np.float64), derivative, axis, mode="nearest")
        squares += np.square(correlate1d(along, smoothing, 1 - axis, mode="nearest")).sum(2)
    return np.sqrt(squares)


def relaxed(
    graph: Sparse, colours: NDArray[np.floating], layers: NDArray[np.floating], precise: bool
) -> NDArray[np.floating]:
    """Layers (n, K) near `layers`, near each other where the `graph` says so, sparse away from edges, summing to one.

    Not clipped. Fast (not `precise`): single precision, fewer rounds, a looser tolerance.
    """
    number, tolerance = (np.float64, 1e-6) if precise else (np.float32, 1e-4)
    graph = csr_array(graph, dtype=number)
    power = (np.minimum(gradient(colours), 0.1) + 0.9).reshape(-1, 1).astype(number) - 2
    near = np.where(layers < 0.1, 0, np.where(layers > 0.9, 1, layers)).astype(number)
    near /= near.sum(1, keepdims=True).clip(1e-6)
    found = near
    for _ in range(SPARSITY_ROUNDS if precise else FAST_ROUNDS):
        to_zero, to_one = _pull(np.abs(found), power), _pull(np.abs(1 - found), power)
        found = solved(graph, to_zero + to_one + 1, to_one + near, found, tolerance, 100)
    return solved(graph, np.ones_like(found), found, found, tolerance, 1000)


def _pull(distances: NDArray[np.floating], power: NDArray[np.floating]) -> NDArray[np.floating]:
    """max(`distances` (n, K), FLOOR) ** `power` (n, 1); most are at the floor, where one power serves a whole pixel."""
    pull = np.broadcast_to(FLOOR**power, distances.shape).copy()
    above = distances > FLOOR
    pull[above] = distances[above] ** np.broadcast_to(power, distances.shape)[above]
    return pull


def solved(
    graph: Sparse,
    weights: NDArray[np.floating],
    right: NDArray[np.floating],
    start: NDArray[np.floating],
    tolerance: float,
    steps: int,
) -> NDArray[np.floating]:
    """(graph + weights) a = right for each layer (n, K), their sum drawn to one: conjugate gradients from `start`.

    Preconditioned by the diagonal and the sum, which couples the layers of a pixel and is inverted in closed form
    (Sherman and Morrison): a sixth of the steps of the authors' plain ones.
    """
    diagonal = 1 / (np.asarray(graph.diagonal())[:, None] + weights)
    coupling = SUM / (1 + SUM * diagonal.sum(1, keepdims=True))

    def times(x: NDArray[np.floating]) -> NDArray[np.floating]:
        return graph @ x + weights * x + SUM * x.sum(1, keepdims=True)

    def preconditioned(x: NDArray[np.floating]) -> NDArray[np.floating]:
        x = x * diagonal
        return x - diagonal * (coupling * x.sum(1, keepdims=True))

    right = right + right.dtype.type(SUM)
    found = start.copy()
    residual = right - times(found)
    direction = preconditioned(residual)
    agreement = np.vdot(residual, direction)
    enough = tolerance * np.linalg.norm(right)
    for _ in range(steps):
        if np.linalg.norm(residual) <= enough:
            break
        image = times(direction)
        length = agreement / np.vdot(direction, image)
        found += length * direction
        residual -= length * image
        step = preconditioned(residual)
        agreement, before = np.vdot(residual, step), agreement
        direction = step + agreement / before * direction
    return found
