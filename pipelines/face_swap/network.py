"""The paper's feed-forward network: one for each target, which makes its face of any input's at once.

Korshunova et al. 2017, section 3.1, after Ulyanov et al. 2016: branches on smaller and smaller copies of the input,
each joined by the next finer one. Departures: reflected borders, instance norm in all but the last block, and the
output is the input and what `tanh` adds to it, which is a face from the first step on.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def triple(inputs: int, outputs: int, normed: bool) -> nn.Sequential:
    """Convolutions of 3, 3 and 1 pixels, each with ReLU."""
    layers: list[nn.Module] = []
    for side in (3, 3, 1):
        layers.append(nn.Conv2d(inputs, outputs, side, padding=side // 2, padding_mode="reflect"))
        if normed:
            layers.append(nn.InstanceNorm2d(outputs, affine=True))
        layers.append(nn.ReLU())
        inputs = outputs
    return nn.Sequential(*layers)


class SwapNetwork(nn.Module):
    """Takes an upright face, float32 (N, 3, S, S) in 0..1, S a multiple of 2^(scales - 1); gives the target's.

    `scales`: copies of the input, each half of the last; `width`: channels of a branch; `side`: the S that it is
    trained for.
    """

    def __init__(self, scales: int = 5, width: int = 16, side: int = 128) -> None:
        super().__init__()
        self.scales, self.side = scales, side
        self.branches = nn.ModuleList(triple(3, width, normed=True) for _ in range(scales))
        # What comes up has the channels of all coarser branches.
        self.joints = nn.ModuleList(
            triple(width * (joined + 1), width * (joined + 1), normed=joined < scales - 1)
            for joined in range(1, scales)
        )
        self.last = nn.Conv2d(width * scales, 3, 1)
        for parameter in self.last.parameters():
            nn.init.zeros_(parameter)

    def forward(self, x: Tensor) -> Tensor:
        """The target's face."""
        copies = [x]
        for _ in range(self.scales - 1):
            copies.append(F.avg_pool2d(copies[-1], 2))
        y = self.branches[-1](copies[-1])
        for joint, branch, copy in zip(self.joints, reversed(self.branches[:-1]), reversed(copies[:-1]), strict=True):
            y = joint(torch.cat([F.interpolate(y, scale_factor=2, mode="nearest"), branch(copy)], 1))
        return x + torch.tanh(self.last(y))
