"""Our content network: a small U-Net that says, softly, what is in a hole of any shape.

Gated convolutions (Yu et al. 2019) tell known cells from unknown ones; a dilated bottleneck with attention to what is
known, eight times smaller than the picture, sees all of it. It adds to a smooth fill of the hole, so it begins with the
right colours at the rim, whatever the picture's size and shape.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from networks.fill import smooth_fill

STRIDE = 8  # pixels of a cell of the bottleneck
DILATIONS = (1, 2, 4, 8, 2, 4, 1)
ATTENTIVE = (3, 6)  # after these blocks of the bottleneck comes attention


class Gated(nn.Module):
    """A convolution whose every output another one lets through or not."""

    def __init__(self, before: int, after: int, stride: int = 1, dilation: int = 1) -> None:
        super().__init__()
        self.features = nn.Conv2d(before, after, 3, stride, dilation, dilation)
        self.gate = nn.Conv2d(before, after, 3, stride, dilation, dilation)

    def forward(self, x: Tensor) -> Tensor:
        return F.elu(self.features(x)) * torch.sigmoid(self.gate(x))


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
        found = F.scaled_dot_product_attention(*parts.chunk(3, 1), attn_mask=bias)
        return x + self.answer(found.transpose(2, 3).reshape(x.shape))


class ContentNetwork(nn.Module):
    """`widths`: channels at a half, a quarter and an eighth of the size; `heads` of attention."""

    def __init__(self, widths: Sequence[int] = (48, 96, 160), heads: int = 4) -> None:
        super().__init__()
        fine, middle, coarse = widths
        self.enter = Gated(4 * 4, fine)
        self.down = nn.ModuleList([Gated(fine, middle, 2), Gated(middle, coarse, 2)])
        self.blocks = nn.ModuleList(Gated(coarse, coarse, dilation=dilation) for dilation in DILATIONS)
        self.attention = nn.ModuleList(Attention(coarse, heads) for _ in ATTENTIVE)
        self.up = nn.ModuleList([nn.Conv2d(coarse, middle, 1), nn.Conv2d(middle, fine, 1)])
        self.join = nn.ModuleList([Gated(middle, middle), Gated(fine, fine)])
        self.leave = nn.Conv2d(fine, 3 * 4, 3, padding=1)
        nn.init.zeros_(self.leave.weight)
        assert self.leave.bias is not None
        nn.init.zeros_(self.leave.bias)

    def forward(self, x: Tensor, hole: Tensor) -> Tensor:
        """`x` (N, 3, H, W) in 0..1, of any size; `hole` (N, 1, H, W), 1 where `x` says nothing. The filled picture."""
        height, width = x.shape[-2:]
        padding = (0, -width % STRIDE, 0, -height % STRIDE)
        padded, gone = F.pad(x, padding), F.pad(hole, padding, value=1.0)
        start = smooth_fill(padded, gone)
        known = 1 - F.avg_pool2d(gone, STRIDE)
        fine = self.enter(F.pixel_unshuffle(torch.cat([start * 2 - 1, gone], 1), 2))
        middle = self.down[0](fine)
        x = self.down[1](middle)
        looks = dict(zip(ATTENTIVE, self.attention, strict=True))
        for number, block in enumerate(self.blocks):
            x = x + block(x)
            x = looks[number](x, known) if number in looks else x
        for project, join, skipped in zip(self.up, self.join, (middle, fine), strict=True):
            x = F.interpolate(project(x), scale_factor=2.0, mode="bilinear", align_corners=False) + skipped
            x = skipped + join(x)
        made = start + F.pixel_shuffle(self.leave(x), 2)
        return torch.lerp(padded, made, gone)[..., :height, :width]
