"""A hole filled smoothly, like a soap film over a wire: near the rim its colours, further in their mean.

Laplace's equation, coarse to fine: what is known is shrunk level by level ("push-pull", Gortler et al. 1996, section
3.4); going back up, a level takes what it does not know from the coarser one and relaxes it a few times.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

RELAXATIONS = 8  # at each level; with fewer, the rim shows


def smooth_fill(x: Tensor, hole: Tensor) -> Tensor:
    """`x` float32 (N, C, H, W) with `hole` (N, 1, H, W), 1 where nothing is known, filled; what is known stays.

    Where nothing at all is known the result is 0.
    """
    known = 1 - hole
    return torch.lerp(_filled(x * known, known), x, known)


def _filled(sums: Tensor, weights: Tensor) -> Tensor:
    """The colours of one level: `sums` are colours times `weights`, at most 1."""
    height, width = weights.shape[-2:]
    if max(height, width) == 1:
        return sums / weights.clamp_min(1e-6)
    padding = (0, width % 2, 0, height % 2)
    coarse_sums, coarse_weights = (
        F.avg_pool2d(F.pad(part, padding), 2, divisor_override=1) for part in (sums, weights)
    )
    # A coarse pixel is as good as known once one of its four is: holes close from the rim.
    saturated = coarse_weights.clamp_max(1)
    coarse = _filled(coarse_sums * (saturated / coarse_weights.clamp_min(1e-6)), saturated)
    size = (height + padding[3], width + padding[1])
    fine = F.interpolate(coarse, size, mode="bilinear", align_corners=False)[..., :height, :width]
    for _ in range(RELAXATIONS):
        fine = _mean_of_neighbours(sums + (1 - weights) * fine)
    return sums + (1 - weights) * fine


def _mean_of_neighbours(x: Tensor) -> Tensor:
    """Of the four; at the picture's border a pixel is its own neighbour."""
    padded = F.pad(x, (1, 1, 1, 1), mode="replicate")
    across = padded[..., 1:-1, :-2] + padded[..., 1:-1, 2:]
    return (across + padded[..., :-2, 1:-1] + padded[..., 2:, 1:-1]) / 4
