"""The embedded network: a vector for every place of a photo, near for the same thing, far for different things.

Aksoy et al. 2018, section 4.2, have a DeepLab-ResNet-101 with a hypercolumn; its training was not published. Ours is a
small VGG (the trunk is trained on from the perceptual encoder) with a top-down head, taught by the same kind of loss.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch.nn.functional as F
from torch import Tensor, nn

from networks.perceptual import VGG

TAPS = ("relu2_2", "relu3_4", "relu4_4", "relu5_1")
STRIDE = 4  # pixels of the photo in a cell of the embedding
_MULTIPLE = 16  # of whose pixels both sides must be for the trunk


class _Residual(nn.Module):
    """x + conv(relu(conv(relu(x)))): two 3x3 convolutions, the first dilated."""

    def __init__(self, width: int, dilation: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(width, width, 3, padding=dilation, dilation=dilation)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.conv2(F.relu(self.conv1(F.relu(x))))


class Embedder(nn.Module):
    """float32 (N, 3, H, W) in 0..1 to (N, channels, ceil(H / 4), ceil(W / 4)).

    `widths`: channels of the trunk's stages; `width`: of the head.
    """

    def __init__(self, widths: Sequence[int] = (24, 48, 96, 192, 192), width: int = 96, channels: int = 64) -> None:
        super().__init__()
        self.trunk = VGG(widths=widths, pooling="average", padding="reflect")
        self.laterals = nn.ModuleList(nn.Conv2d(widths[int(tap[4]) - 1], width, 1) for tap in TAPS)
        self.context = nn.Sequential(*(_Residual(width, dilation) for dilation in (1, 2, 4)))
        self.whole = nn.Linear(width, width)
        self.merged = nn.ModuleList(_Residual(width, 1) for _ in range(2))
        self.last = nn.Conv2d(width, channels, 3, padding=1)
        nn.init.normal_(self.last.weight, std=0.1 / width)  # begins with all places alike

    def forward(self, x: Tensor) -> Tensor:
        height, width = (-(-side // STRIDE) for side in x.shape[2:])
        x = F.pad(x, (0, -x.shape[3] % _MULTIPLE, 0, -x.shape[2] % _MULTIPLE), mode="replicate")
        return self.head(self.trunk(x, TAPS))[..., :height, :width]

    def head(self, taps: dict[str, Tensor]) -> Tensor:
        """From the trunk's activations down to the embedding: coarse meaning, made finer by each lateral."""
        fine, middle, coarse, deep = (
            lateral(taps[tap].log1p()) for tap, lateral in zip(TAPS, self.laterals, strict=True)
        )
        deep = self.context(deep)
        # What the picture is of: a plain is grass between cows and a carpet between chairs.
        deep = deep + self.whole(deep.mean((2, 3)))[..., None, None]
        coarse = self.merged[0](coarse + _to(deep, coarse))
        middle = self.merged[1](middle + _to(coarse, middle))
        return self.last(middle + F.avg_pool2d(fine, 2))


def _to(x: Tensor, like: Tensor) -> Tensor:
    return F.interpolate(x, like.shape[2:], mode="bilinear", align_corners=False)
