"""How close two pictures are: PSNR and SSIM on luma, by the rules of the super-resolution literature.

One definition, because published figures differ by a decibel with the border, the colour space and the rounding:
8-bit pictures, BT.601 luma kept in double, `border` pixels left out on every side.
"""

from __future__ import annotations

from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from skimage.metrics import structural_similarity  # pyright: ignore[reportUnknownVariableType] - partly typed

from imaging.colour import luma
from imaging.types import Image


def _inner(image: Image, border: int) -> NDArray[np.float64]:
    height, width = image.shape[:2]
    return luma(image)[border : height - border, border : width - border]


def psnr(image: Image, reference: Image, border: int = 0) -> float:
    """Peak signal to noise ratio on luma in decibels; infinite for equal pictures."""
    error = np.mean((_inner(image, border) - _inner(reference, border)) ** 2)
    return float(10 * np.log10(255.0**2 / error)) if error else float("inf")


def ssim(image: Image, reference: Image, border: int = 0) -> float:
    """Structural similarity on luma (Wang et al. 2004): Gaussian windows of 11 pixels, sigma 1.5, whole ones only."""
    similarity = cast(
        "Any",
        structural_similarity(
            _inner(image, border),
            _inner(reference, border),
            data_range=255,
            gaussian_weights=True,
            sigma=1.5,
            use_sample_covariance=False,
            full=True,
        ),
    )
    windows = similarity[1]  # similarity[0] is the mean with the windows that reach over the border
    return float(windows[5:-5, 5:-5].mean())
