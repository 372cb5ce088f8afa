"""Which of the gallery's paintings, in what proportion, are most like a picture: by Gram matrices."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from scipy.optimize import nnls  # pyright: ignore[reportMissingTypeStubs] - SciPy comes without types
from torch import Tensor

from networks.perceptual import VGG
from pipelines.style_transfer.gatys import Grams, grams
from pipelines.style_transfer.optimised import resized

TAPS = ("relu2_1", "relu3_1", "relu4_1")  # strokes and shapes; colours are matched by themselves


@torch.no_grad()
def nearest_mix(encoder: VGG, picture: Tensor, known: Sequence[Grams], side: int) -> list[float]:
    """Shares of the `known` styles, which sum to one, whose blend has the Gram matrices nearest to those of `picture`.

    `picture` (1, 3, H, W) is seen at `side` pixels, as the `known` were. Non-negative least squares, every tap relative
    to the picture's own matrix.
    """
    wanted = grams(encoder, resized(picture, side), TAPS)
    columns, target = [], []
    for tap in TAPS:
        scale = wanted[tap].norm().clamp_min(1e-12)
        columns.append(torch.stack([(one[tap] / scale).flatten() for one in known], 1))
        target.append((wanted[tap] / scale).flatten())
    matrix, vector = torch.cat(columns).double(), torch.cat(target).double()
    # By the normal equations: a dozen unknowns, some 300,000 equations.
    factor = torch.linalg.cholesky(matrix.T @ matrix + 1e-9 * torch.eye(len(known), dtype=torch.float64))
    right = torch.linalg.solve_triangular(factor, (matrix.T @ vector)[:, None], upper=False)[:, 0]
    shares, _ = nnls(factor.T.numpy(), right.numpy())
    total = float(shares.sum())
    return [float(share) / total for share in shares] if total > 0 else [1 / len(known)] * len(known)
