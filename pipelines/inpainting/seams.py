"""What pieces of a picture do not give a hole: the tone that it has as a whole, and detail at the photo's own size."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from scipy.ndimage import gaussian_filter  # pyright: ignore[reportMissingTypeStubs] - SciPy comes without types
from torch import Tensor

from pipelines.inpainting.patchmatch import correspond

CELL = 8  # pixels; tones are so soft that they are blurred in squares of these


@torch.no_grad()
def toned(made: Tensor, soft: Tensor, hole: Tensor, spread: float) -> Tensor:
    """`made` (1, 3, H, W) whose `hole` (1, 1, H, W) has the tones of `soft`, blurred by `spread` pixels.

    A departure: pieces from elsewhere bring their own light along, and the content network knows the hole's better
    (0.2 dB on centre holes).
    """
    sums = F.avg_pool2d(torch.cat([(soft - made) * hole, hole], 1), CELL, ceil_mode=True).cpu().numpy()
    change, weight = (
        torch.from_numpy(gaussian_filter(part, (0, 0, spread / CELL, spread / CELL), mode="constant", truncate=2.0))
        for part in (sums[:, :3], sums[:, 3:])
    )
    change = F.interpolate(change / weight.clamp_min(1e-6), made.shape[-2:], mode="bilinear").to(made)
    return (made + change * hole).clamp(0, 1)


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
