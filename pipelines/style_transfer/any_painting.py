"""Any painting in one pass: the gallery's network, steered by what our encoder sees of the painting.

After Ghiasi et al. 2017: a small network predicts the scales and shifts of conditional instance normalisation from the
painting. Departures: it reads the means and deviations of our encoder's activations, not an Inception network's, and
predicts shares of some dozens of basis styles, learnt with it, whose first dozen began as the gallery's paintings.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from networks.perceptual import VGG
from pipelines.style_transfer.network import TransformerNet

TAPS = ("relu1_1", "relu2_1", "relu3_1", "relu4_1")
SIDE = 256  # pixels of the painting's longer side, as it is looked at


class AnyPainting(nn.Module):
    """`seen`: numbers that the encoder tells of a painting; `basis`: styles that are mixed; the rest: the painter's."""

    def __init__(
        self,
        seen: int,
        hidden: int = 128,
        basis: int = 64,
        widths: Sequence[int] = (16, 32, 80),
        blocks: int = 5,
    ) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(seen))
        self.register_buffer("deviation", torch.ones(seen))
        self.reader = nn.Sequential(nn.Linear(seen, hidden), nn.LeakyReLU(0.2), nn.Linear(hidden, basis))
        self.painter = TransformerNet(widths, blocks, basis)

    def manner(self, statistics: Tensor) -> Tensor:
        """The mix of basis styles, (N, basis), of paintings' `statistics` (N, seen). Manners may be averaged."""
        return self.reader((statistics - self.get_buffer("mean")) / self.get_buffer("deviation"))

    def forward(self, x: Tensor, manner: Tensor) -> Tensor:
        """(N, 3, H, W), RGB 0..255 in and out, not clipped."""
        return self.painter(x, manner)


@torch.no_grad()
def statistics(encoder: VGG, painting: Tensor) -> Tensor:
    """What the network is told of paintings (N, 3, H, W) in 0..1: log means and deviations by channel, (N, seen)."""
    parts = []
    for activation in encoder(painting, TAPS).values():
        deviation, mean = torch.std_mean(activation, (2, 3))
        parts += [mean, deviation]
    return torch.cat(parts, 1).add(0.01).log()
