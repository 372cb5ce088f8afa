"""The embedded parser of faces and of streets: a residual encoder, a pyramid back up, a label a pixel.

A small network of our own. The encoder goes down to a thirty-second of the picture, where the mean over the whole
picture is added (which side of the face is left is seen from there); the decoder adds every stage on its way back to
half of the picture (after Lin et al. 2017, feature pyramids), so that eyelids and lips keep their outlines.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch.nn.functional as F
from torch import Tensor, nn


def normed(inputs: int, outputs: int, stride: int = 1, side: int = 3) -> nn.Sequential:
    """Convolution and batch norm."""
    convolution = nn.Conv2d(inputs, outputs, side, stride, side // 2, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(outputs, momentum=0.05))


class Block(nn.Module):
    """Two convolutions and what came in."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first, self.second = normed(width, width), normed(width, width)
        last = self.second[1]
        assert isinstance(last, nn.BatchNorm2d)
        nn.init.zeros_(last.weight)  # begins as nothing added: deep stages train from the first step

    def forward(self, x: Tensor) -> Tensor:
        """(N, width, H, W) to the same."""
        return F.relu(x + self.second(F.relu(self.first(x))))


class Parser(nn.Module):
    """Takes float32 (N, 3, H, W) in 0..1, sides multiples of 32; gives logits (N, labels, H, W).

    `widths`: channels at a half, a quarter, ... of the picture; `blocks`: residual blocks there; `joined`: channels of
    the decoder; `side`: pixels, the height of the pictures that it was trained on.
    """

    def __init__(
        self,
        labels: int = 19,
        widths: Sequence[int] = (24, 48, 96, 144, 192),
        blocks: Sequence[int] = (0, 2, 2, 2, 2),
        joined: int = 64,
        side: int = 256,
    ) -> None:
        super().__init__()
        self.side = side
        stages = []
        for inputs, width, count in zip([3, *widths], widths, blocks, strict=False):
            stages.append(nn.Sequential(normed(inputs, width, 2), nn.ReLU(), *(Block(width) for _ in range(count))))
        self.stages = nn.ModuleList(stages)
        self.whole = nn.Conv2d(widths[-1], joined, 1)
        outputs = [joined // 2, *(joined for _ in widths[1:])]  # the finest stage has most pixels and least to say
        self.laterals = nn.ModuleList(normed(width, out, side=1) for width, out in zip(widths, outputs, strict=True))
        self.narrow = normed(joined, outputs[0], side=1)
        self.smooths = nn.ModuleList(normed(out, out) for out in outputs[:-1])
        self.head = nn.Conv2d(outputs[0], labels, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Logits of every label, at the size of the picture."""
        x = x * 2 - 1
        found = []
        for stage in self.stages:
            x = stage(x)
            found.append(x)
        y = F.relu(self.laterals[-1](x) + self.whole(x.mean((2, 3), keepdim=True)))
        for level in reversed(range(len(found) - 1)):
            y = self.narrow(y) if level == 0 else y
            up = F.interpolate(y, scale_factor=2, mode="bilinear")
            y = F.relu(up + self.laterals[level](found[level]))
            y = F.relu(y + self.smooths[level](y))
        return F.interpolate(self.head(y), scale_factor=2, mode="bilinear")
