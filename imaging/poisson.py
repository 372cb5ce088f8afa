"""Seamless cloning: a picture pasted by its gradients (Pérez et al. 2003, "Poisson image editing", equation 7)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, linalg  # pyright: ignore[reportMissingTypeStubs] - no types

from imaging.geometry import Sparse
from imaging.types import Mask

_NEVER_SINGULAR = 1e-9  # on the diagonal: a part that is held nowhere stays as it is


def poisson(
    source: NDArray[np.floating], target: NDArray[np.floating], mask: Mask, held: Mask | None = None
) -> NDArray[np.float64]:
    """`target` with the gradients of `source` where `mask` is; float64 of their shape, (H, W) or (H, W, C).

    What is solved for is the difference to `source`, which has no gradients of its own: it is given outside along the
    rim of the mask, and smooth inside. Only where the rim is `held` does it count (default: everywhere); elsewhere,
    where hair is in front of a face, say, the difference is free and no colour bleeds in.
    """
    there = np.ones(mask.shape, np.bool_) if held is None else held
    difference = (target - source).reshape(*mask.shape, -1).astype(np.float64)
    unknown = np.full(mask.shape, -1)
    count = int(mask.sum())
    unknown[mask] = np.arange(count)
    degree, given = np.full(count, _NEVER_SINGULAR), np.zeros((count, difference.shape[2]))
    rows: list[NDArray[np.int_]] = []
    columns: list[NDArray[np.int_]] = []
    for here, beside in _neighbours():
        centre, other = unknown[here], unknown[beside]
        inside = (centre >= 0) & (other >= 0)
        rows.append(centre[inside])
        columns.append(other[inside])
        rim = (centre >= 0) & (other < 0) & there[beside]
        np.add.at(degree, centre[inside | rim], 1)
        np.add.at(given, centre[rim], difference[beside][rim])
    result = target.reshape(difference.shape).astype(np.float64)
    if count:
        diagonal = np.arange(count)
        links = sum(len(part) for part in rows)
        values = np.concatenate([degree, np.full(links, -1.0)])
        places = np.concatenate([diagonal, *rows]), np.concatenate([diagonal, *columns])
        laplacian: Sparse = coo_array((values, places), shape=(count, count))
        # Symmetric: this order of elimination fills in least.
        factored: Any = linalg
        factors: Any = factored.splu(laplacian.tocsc(), permc_spec="MMD_AT_PLUS_A")
        solved: NDArray[np.float64] = factors.solve(given)
        result[mask] = source.reshape(difference.shape)[mask] + solved
    return result.reshape(target.shape)


def _neighbours() -> list[tuple[tuple[slice, slice], tuple[slice, slice]]]:
    """Every pair of neighbouring pixels, both ways, as slices of a picture."""
    whole, first, last = slice(None), slice(None, -1), slice(1, None)
    pairs = [((first, whole), (last, whole)), ((whole, first), (whole, last))]
    return pairs + [(other, one) for one, other in pairs]
