"""Detail at the photo's own resolution for what a network made at a smaller one."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from pipelines.inpainting.patchmatch import correspond


@torch.no_grad()
def with_detail(native: Tensor, made: Tensor, hole: Tensor, unknown: Tensor, seed: int) -> Tensor:
    """`made` (1, 3, h, w) at the size of `native` (1, 3, H, W), with the detail that enlarging cannot give.

    Each place of the hole takes the residual (native less its own small version) of the place that it looks like: Yi et
    al. 2020, Contextual Residual Aggregation, with PatchMatch for attention. `hole`, `unknown` are (1, 1, h, w).
    """
    (height, width), (small_height, small_width) = native.shape[-2:], made.shape[-2:]
    enlarged = F.interpolate(made, (height, width), mode="bicubic")
    low = F.interpolate(native, (small_height, small_width), mode="bicubic", antialias=True)
    residual = native - F.interpolate(low, (height, width), mode="bicubic")
    places = correspond(made, hole, unknown, seed)
    rows, columns = torch.arange(height, device=made.device), torch.arange(width, device=made.device)
    y, x = rows * small_height // height, columns * small_width // width
    there = places[:, y][:, :, x]
    source_y = rows[:, None] + ((there[0] - y[:, None]) * height / small_height).round().long()
    source_x = columns + ((there[1] - x) * width / small_width).round().long()
    detail = residual[:, :, source_y.clamp(0, height - 1), source_x.clamp(0, width - 1)]
    return enlarged + detail
