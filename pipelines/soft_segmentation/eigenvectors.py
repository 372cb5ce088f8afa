"""The smallest eigenvectors of the Laplacian: what is nearly constant on things that belong together."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array, eye_array  # pyright: ignore[reportMissingTypeStubs] - SciPy has no types
from scipy.sparse.linalg import LinearOperator, eigsh, splu  # pyright: ignore[reportMissingTypeStubs] - no types

from pipelines.soft_segmentation.laplacian import Sparse

SHIFT = -1e-3  # below the smallest eigenvalue, about -2e-4: what is factored is then positive definite


def smallest(matrix: Sparse, count: int, precise: bool) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """`count` eigenvalues, rising, and eigenvectors (n, count) of length one of the symmetric (n, n) `matrix`.

    Not `precise`: single precision and residuals of up to 1e-5, in half the time; eigenvalues move by 1e-6 at most.

    The authors ask ARPACK for the smallest magnitudes at shift 0, where the matrix is nearly singular; all negative
    eigenvalues are tiny, so the smallest from below are the same.
    """
    size, number = matrix.shape[0], np.float64 if precise else np.float32
    shifted = csc_array(matrix - SHIFT * eye_array(size), dtype=number)
    factors = splu(shifted, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True})
    operator: Any = LinearOperator  # SciPy comes without types
    inverse = operator((size, size), factors.solve, dtype=number)
    # ARPACK's own start would differ from run to run.
    start = np.random.default_rng(0).standard_normal(size).astype(number)
    kept, tolerance = (None, 1e-6) if precise else (min(size, count + 36), 1e-2)
    search: Any = eigsh
    matrix = csr_array(matrix, dtype=number)
    values, vectors = search(matrix, count, sigma=SHIFT, OPinv=inverse, ncv=kept, tol=tolerance, v0=start)
    order = np.argsort(values)
    return values[order].astype(np.float64), vectors[:, order].astype(np.float64)
