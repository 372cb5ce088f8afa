"""A hole filled smoothly: every pixel the weighted mean of what is known around it, near before far.

"Push-pull" (Gortler et al. 1996, The Lumigraph, section 3.4): pyramids of known colour and of how much is known; going
down, what a level does not know comes from the coarser one. It takes the time of a few blurs at any size of hole.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor


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
    return sums + (1 - weights) * fine
