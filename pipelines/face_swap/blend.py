"""The new face in its square, laid over the old one: by gradients, held where the seam is on skin."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import binary_erosion, gaussian_filter  # pyright: ignore[reportMissingTypeStubs] - no types in SciPy

from imaging.poisson import poisson
from imaging.types import Image, Mask, Matte

ERODED, FEATHER = 0.015, 0.02  # of the square's side: the seam moves so far in from the outline, and is so soft


def cloned(made: Image, base: Image, face: Mask, skin: Mask) -> Image:
    """`made` in `base`, both (S, S, 3), where `face` is; `skin` is where `base` may hold the colours of the seam."""
    inner = eroded(face)
    solved = poisson(made.astype(np.float64), base.astype(np.float64), inner, skin)
    return laid(solved.clip(0, 255), base, face)


def laid(made: np.ndarray, base: Image, face: Mask) -> Image:
    """The same without its gradients: `made` over `base` with a soft rim, which lies inside of `face`."""
    weight = matte(face)[..., None]
    return np.rint(base + weight * (made - base.astype(np.float64))).astype(np.uint8)


def eroded(face: Mask) -> Mask:
    """`face` without its outermost pixels, where regions and hair mix."""
    return np.asarray(binary_erosion(face, iterations=max(1, round(ERODED * len(face)))), np.bool_)


def matte(face: Mask) -> Matte:
    """1 well inside of `face`, 0 from its outline on."""
    inner = eroded(face)
    blurred = gaussian_filter(inner.astype(np.float32), FEATHER * len(face) / 2, truncate=2)
    # From a half at the eroded outline, where both pictures are alike, to one a little way in.
    return (np.clip(2 * blurred - 1, 0, 1) * inner).astype(np.float32)
