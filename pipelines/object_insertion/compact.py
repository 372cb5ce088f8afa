"""A small image generator after Hong et al.'s (2018), for windows of 128 pixels and an hour of training."""

from __future__ import annotations

from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class CompactGenerator(nn.Module):
    """Fills a hole so that it shows a layout; takes and gives what `network.ImageGenerator` does.

    Departures, each of which made objects plainer to see after the same training: both paths read where the hole is,
    what is around it and the object's colour; normalisation has a scale and a shift; pictures grow by interpolation
    and convolutions, since transposed ones and repeated pixels leave a grid; the decoder reads the features of both
    paths at every size; every pixel knows where in the hole it is: wheels are low, lamps at the sides.
    """

    def __init__(self, labels: int = 35, widths: tuple[int, ...] = (24, 48, 96, 192), blocks: int = 5) -> None:
        super().__init__()
        self.labels, self.colour, self.downs = labels, True, len(widths) - 1
        inputs = 3 + 1 + 3 + 2  # picture, hole, colour, place
        self.image = _encoder(inputs, widths)
        self.layout = _encoder(labels + inputs, widths)
        self.middle = nn.Sequential(*(_Residual(widths[-1]) for _ in range(blocks)))
        self.up = nn.ModuleList(_conv(3 * wide, narrow) for narrow, wide in reversed(list(pairwise(widths))))
        self.out = nn.Sequential(_conv(2 * widths[0], widths[0]), nn.Conv2d(widths[0], 3, 3, 1, 1), nn.Tanh())

    def forward(self, picture: Tensor, onehot: Tensor, hole: Tensor, tint: Tensor | None = None) -> Tensor:
        """The picture with its hole filled, (N, 3, H, W) in 0..1. `tint` None: any colour."""
        return picture * (1 - hole) + self.painted(picture, onehot, hole, tint) * hole

    def painted(self, picture: Tensor, onehot: Tensor, hole: Tensor, tint: Tensor | None = None) -> Tensor:
        """What it makes of the whole, (N, 3, H, W) in 0..1."""
        chosen = picture.new_zeros(len(picture), 3) if tint is None else tint * 2 - 1
        around = [(picture * 2 - 1) * (1 - hole), hole, chosen[:, :, None, None] * hole, *places(hole)]
        around = torch.cat(around, 1)
        x, y, skips = around, torch.cat([onehot, around], 1), []
        for of_image, of_layout in zip(self.image, self.layout, strict=True):
            x, y = of_image(x), of_layout(y)
            skips.append((x, y))
        gate = F.max_pool2d(hole, 2**self.downs)
        z = self.middle((1 - gate) * x + gate * y)
        for up, both in zip(self.up, skips[:0:-1], strict=True):
            z = F.interpolate(up(torch.cat([z, *both], 1)), scale_factor=2, mode="bilinear")
        return (self.out(torch.cat([z, skips[0][1]], 1)) + 1) / 2


def places(hole: Tensor) -> list[Tensor]:
    """Across and down, the place of every pixel in the hole, -1 to 1, and 0 outside: each (N, 1, H, W)."""
    found = []
    for along, other in ((3, 2), (2, 3)):
        extent = hole.amax(other, keepdim=True)
        found.append((extent.cumsum(along) / extent.sum(along, keepdim=True) * 2 - 1) * hole)
    return found


class _Residual(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        last = (nn.Conv2d(channels, channels, 3, 1, 1), nn.InstanceNorm2d(channels, affine=True))
        self.body = nn.Sequential(_conv(channels, channels), *last)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.body(x)


def _conv(inputs: int, outputs: int, stride: int = 1) -> nn.Sequential:
    # Zeros around: reflecting the rim takes a CPU nearly as long as all else, and windows' rims are not painted.
    conv = nn.Conv2d(inputs, outputs, 3, stride, 1)
    return nn.Sequential(conv, nn.InstanceNorm2d(outputs, affine=True), nn.ReLU())


def _encoder(inputs: int, widths: tuple[int, ...]) -> nn.ModuleList:
    return nn.ModuleList([_conv(inputs, widths[0]), *(_conv(i, o, 2) for i, o in pairwise(widths))])
