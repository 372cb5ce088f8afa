"""The paper's content network: the context encoder (Pathak et al. 2016), under the names of its public ports.

RGB in -1..1. The picture is 128 x 128 with its centre missing, the answer is the centre's 64 x 64. Their hole is 56 x
56: the ring of 4 pixels around it is predicted too, for the seam. Its batch statistics come from a 1 x 1 bottleneck, so
it must always run with the running ones (`eval()`).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

# R, G, B of what fills their hole. An R/G swap of the usual means (123, 117, 104), which their weights were trained on.
FILL = (117, 104, 123)


def _down(before: int, after: int, norm: bool = True) -> list[nn.Module]:
    conv = nn.Conv2d(before, after, 4, 2, 1, bias=False)
    return [conv, *([nn.BatchNorm2d(after)] if norm else []), nn.LeakyReLU(0.2)]


def _up(before: int, after: int) -> list[nn.Module]:
    return [nn.ConvTranspose2d(before, after, 4, 2, 1, bias=False), nn.BatchNorm2d(after), nn.ReLU()]


class ContextEncoder(nn.Module):
    """`nef`, `ngf`: channels of the widest layer of encoder and decoder; published with 64, 64 and 4000."""

    def __init__(self, nef: int = 64, ngf: int = 64, bottleneck: int = 4000) -> None:
        super().__init__()
        self.main = nn.Sequential(
            *_down(3, nef, norm=False),
            *_down(nef, nef),
            *_down(nef, 2 * nef),
            *_down(2 * nef, 4 * nef),
            *_down(4 * nef, 8 * nef),
            nn.Conv2d(8 * nef, bottleneck, 4, bias=False),
            nn.BatchNorm2d(bottleneck),
            nn.LeakyReLU(0.2),
            nn.ConvTranspose2d(bottleneck, 8 * ngf, 4, bias=False),
            nn.BatchNorm2d(8 * ngf),
            nn.ReLU(),
            *_up(8 * ngf, 4 * ngf),
            *_up(4 * ngf, 2 * ngf),
            *_up(2 * ngf, ngf),
            nn.ConvTranspose2d(ngf, 3, 4, 2, 1, bias=False),
            nn.Tanh(),
        )

    def forward(self, x: Tensor) -> Tensor:
        """(N, 3, 128, 128) with the hole filled by `FILL` to (N, 3, 64, 64), both in -1..1."""
        return self.main(x)


class Discriminator(nn.Module):
    """Says how real a centre (N, 3, 64, 64) in -1..1 looks: (N, 1), in 0..1."""

    def __init__(self, ndf: int = 64) -> None:
        super().__init__()
        self.main = nn.Sequential(
            *_down(3, ndf, norm=False),
            *_down(ndf, 2 * ndf),
            *_down(2 * ndf, 4 * ndf),
            *_down(4 * ndf, 8 * ndf),
            nn.Conv2d(8 * ndf, 1, 4, bias=False),
            nn.Sigmoid(),
        )

    def forward(self, x: Tensor) -> Tensor:
        """The opinion."""
        return torch.flatten(self.main(x), 1)
