"""Relaxed sparsification: the layers at pixel level, free to be soft where the picture has edges.

Aksoy et al. 2018, section 4.3, equations 9 to 12.
"""

from __future__ import annotations

import warnings

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.ndimage import correlate1d  # pyright: ignore[reportMissingTypeStubs] - SciPy has no types
from scipy.sparse import csr_array  # pyright: ignore[reportMissingTypeStubs] - SciPy has no types
from torch import Tensor

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
    """max(`distances` (n, K), FLOOR) ** `power` (n, 1)."""
    return (_tensor(distances).clamp_min(FLOOR).log_() * _tensor(power)).exp_().numpy()


def solved(
    graph: Sparse,
    weights: NDArray[np.floating],
    right: NDArray[np.floating],
    start: NDArray[np.floating],
    tolerance: float,
    steps: int,
    together: float = SUM,
) -> NDArray[np.floating]:
    """(graph + weights) a = right for each layer (n, K), their sum drawn to one: conjugate gradients from `start`.

    `together`: the weight of that; 0 where `right` sums to `weights`, as then the sums of a are one by themselves.

    Preconditioned by the diagonal and the sum, which couples the layers of a pixel and is inverted in closed form
    (Sherman and Morrison): a sixth of the steps of the authors' plain ones.
    """
    matrix, own, found = _csr(graph), _tensor(weights), _tensor(start).clone()
    diagonal = 1 / (_tensor(np.asarray(graph.diagonal())[:, None]) + own)
    coupling = together / (1 + together * diagonal.sum(1, keepdim=True))

    def times(x: Tensor) -> Tensor:
        return (matrix @ x).addcmul_(own, x).add_(x.sum(1, keepdim=True), alpha=together)

    def preconditioned(x: Tensor) -> Tensor:
        x = x * diagonal
        return x.addcmul_(diagonal, coupling * x.sum(1, keepdim=True), value=-1)

    wanted = _tensor(right) + together
    residual = wanted - times(found)
    direction = preconditioned(residual)
    agreement = torch.sum(residual * direction)
    enough = tolerance * wanted.norm()
    for _ in range(steps):
        if residual.norm() <= enough:
            break
        image = times(direction)
        length = agreement / torch.sum(direction * image)
        found += length * direction
        residual -= length * image
        step = preconditioned(residual)
        agreement, before = torch.sum(residual * step), agreement
        direction.mul_(agreement / before).add_(step)
    return found.numpy()


def _tensor(values: NDArray[np.floating]) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(values))


def _csr(graph: Sparse) -> Tensor:
    """The same matrix for torch, whose products take a third of the time of SciPy's."""
    parts = (torch.from_numpy(part) for part in (graph.indptr, graph.indices, graph.data))
    with warnings.catch_warnings():  # torch calls the format new
        warnings.simplefilter("ignore", UserWarning)
        return torch.sparse_csr_tensor(*parts, size=graph.shape)
