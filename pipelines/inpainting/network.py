"""Our content network: a small U-Net that says, softly, what is in a hole of any shape.

Every block gates its features (Yu et al. 2019), which tells known cells from unknown ones, and the coarsest ones attend
to what is known anywhere. It adds to a smooth fill of the hole, so it begins with the right colours at the rim,
whatever the picture's size and shape; and what it adds is made at half the picture's size, filtered and enlarged: the
finest detail is the texture network's business, and no grid can come of it.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from networks.fill import smooth_fill

DEPTH = 16  # pixels from a hole's rim to its middle, at most, in what the network is trained on


class Block(nn.Module):
    """Features and a gate of the same kind, added to what was there."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(1, width)
        self.gated = nn.Conv2d(width, 2 * width, 3, padding=1)
        self.add = nn.Conv2d(width, width, 1)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.add(F.glu(self.gated(self.norm(x)), 1))


class Attention(nn.Module):
    """Every cell looks for others like it, and at those that are known rather than at those that are not."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm = nn.GroupNorm(1, width)
        self.ask = nn.Conv2d(width, 3 * width, 1)
        self.answer = nn.Conv2d(width, width, 1)
        self.trust = nn.Parameter(torch.ones(heads))

    def forward(self, x: Tensor, known: Tensor) -> Tensor:
        """`x` (N, C, H, W), `known` (N, 1, H, W): the share of each cell's pixels."""
        parts = self.ask(self.norm(x)).unflatten(1, (3 * self.heads, -1)).flatten(3).transpose(2, 3)
        bias = self.trust[:, None, None] * known.flatten(2).clamp_min(0.02).log()[:, :, None]
        found = F.scaled_dot_product_attention(*parts.chunk(3, 1), attn_mask=bias.to(parts.dtype))
        return x + self.answer(found.transpose(2, 3).reshape(x.shape))


class Level(nn.Module):
    """Blocks, each followed by attention where there are `heads`."""

    def __init__(self, width: int, count: int, heads: int) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(Block(width) for _ in range(count))
        self.attention = nn.ModuleList(Attention(width, heads) for _ in range(count if heads else 0))

    def forward(self, x: Tensor, known: Tensor) -> Tensor:
        """As `Attention`."""
        for number, block in enumerate(self.blocks):
            x = block(x)
            if self.attention:
                x = self.attention[number](x, known)
        return x


class ContentNetwork(nn.Module):
    """`widths`: channels at a quarter, an eighth, ... of the size; `counts` of blocks there, each way; `heads`."""

    def __init__(
        self, widths: Sequence[int] = (96, 160, 224), counts: Sequence[int] = (1, 1, 2), heads: int = 4
    ) -> None:
        super().__init__()
        last = len(widths) - 1
        self.stride = 4 * 2**last  # pixels of a cell of the coarsest level
        self.enter = nn.Conv2d(4 * 4**2, widths[0], 3, padding=1)
        self.levels = nn.ModuleList(map(Level, widths, counts, [*[0] * last, heads]))
        # As wide as two strides: every pixel counts as often as its neighbour.
        self.down = nn.ModuleList(nn.Conv2d(widths[i], widths[i + 1], 4, 2, 1) for i in range(last))
        self.up = nn.ModuleList(nn.Conv2d(widths[i + 1], widths[i], 1) for i in range(last))
        self.join = nn.ModuleList(map(Level, widths[:-1], counts, [*[0] * (last - 1), heads]))
        self.leave = nn.Conv2d(widths[0], 3 * 4, 3, padding=1)
        nn.init.zeros_(self.leave.weight)
        assert self.leave.bias is not None
        nn.init.zeros_(self.leave.bias)

    def forward(self, x: Tensor, hole: Tensor) -> Tensor:
        """`x` (N, 3, H, W) in 0..1, of any size; `hole` (N, 1, H, W), 1 where `x` says nothing. The filled picture."""
        height, width = x.shape[-2:]
        padding = (0, -width % self.stride, 0, -height % self.stride)
        padded, gone = F.pad(x, padding), F.pad(hole, padding, value=1.0)
        start = smooth_fill(padded, gone)
        features = self.enter(F.pixel_unshuffle(torch.cat([start * 2 - 1, gone], 1), 4))
        passed: list[Tensor] = []
        known: list[Tensor] = []
        for number, level in enumerate(self.levels):
            known.append(1 - F.avg_pool2d(gone, 4 * 2**number))
            features = level(features, known[-1])
            if number < len(self.down):
                passed.append(features)
                features = self.down[number](features)
        for number in reversed(range(len(passed))):
            larger = F.interpolate(self.up[number](features), scale_factor=2.0, mode="bilinear", align_corners=False)
            features = self.join[number](passed[number] + larger, known[number])
        added = F.interpolate(self._half(features), scale_factor=2.0, mode="bilinear", align_corners=False)
        return torch.lerp(padded, start + added, gone)[..., :height, :width]

    def _half(self, features: Tensor) -> Tensor:
        """What is added, at half the picture's size; a filter takes all away that alternates from pixel to pixel."""
        half = F.pad(F.pixel_shuffle(self.leave(features).float(), 2), (1, 1, 1, 1), mode="replicate")
        return F.avg_pool2d(F.avg_pool2d(half, 2, 1), 2, 1)


@torch.no_grad()
def filled(network: nn.Module, x: Tensor, hole: Tensor) -> Tensor:
    """A `hole` of `x`, shapes and ranges as a `ContentNetwork` takes them, filled by it at a size that it knows.

    What it adds to a smooth fill there is enlarged, and added to the smooth fill here: the rim stays sharp.
    """
    factor = 1
    while min(hole.shape[-2:]) >= 16 * factor and bool((_eroded(hole, DEPTH * factor + 1) > 0).any()):
        factor *= 2
    if factor == 1:
        return network(x, hole)
    start = smooth_fill(x, hole)
    height, width = x.shape[-2:]
    padding = (0, -width % factor, 0, -height % factor)
    small = F.avg_pool2d(F.pad(start, padding, mode="replicate"), factor)
    small_hole = F.max_pool2d(F.pad(hole, padding, value=1.0), factor)
    added = network(small, small_hole) - smooth_fill(small, small_hole)
    larger = F.interpolate(added, scale_factor=float(factor), mode="bicubic", align_corners=False)
    return torch.lerp(x, start + larger[..., :height, :width], hole)


def _eroded(hole: Tensor, pixels: int) -> Tensor:
    """1 where nothing known is nearer than `pixels`, across and down."""
    side = 2 * pixels - 1
    across = F.max_pool2d(1 - hole, (1, side), 1, (0, pixels - 1))
    return 1 - F.max_pool2d(across, (side, 1), 1, (pixels - 1, 0))
