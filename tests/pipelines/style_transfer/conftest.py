"""Tiny networks with random weights, and pictures made of noise: what the tests of the three methods share."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
import torch
from torch import Tensor, nn

from pipelines.style_transfer.any_painting import AnyPainting
from pipelines.style_transfer.network import TransformerNet
from pipelines.style_transfer.styles import PAINTINGS


class Plain(nn.Module):
    """An encoder that sees the picture as it is, at every tap."""

    def forward(self, x: Tensor, wanted: Iterable[str]) -> dict[str, Tensor]:
        return {tap: x for tap in wanted}


@pytest.fixture(scope="session")
def plain() -> Plain:
    return Plain()


@pytest.fixture(scope="session")
def painters() -> TransformerNet:
    """A network for the gallery; every painting has a look of its own."""
    torch.manual_seed(2)
    network = TransformerNet(widths=(4, 4, 8), blocks=1, styles=len(PAINTINGS))
    for name, parameter in network.named_parameters():
        if ".in" in f".{name}":
            nn.init.normal_(parameter, 1.0 if name.endswith("weight") else 0.0, 0.3)
    network.deconv3.conv2d.weight.data *= 100  # it paints 0..255
    network.deconv3.conv2d.bias.data += 128
    return network.eval().requires_grad_(False)


@pytest.fixture(scope="session")
def any_painter(painters: TransformerNet) -> AnyPainting:
    """A network for any painting with as many basis styles as the gallery's has, told what `eyes` see."""
    torch.manual_seed(4)
    network = AnyPainting(seen=2 * (4 + 4 + 6 + 6), hidden=8, basis=painters.styles, widths=(4, 4, 8), blocks=1)
    network.painter.load_state_dict(painters.state_dict())
    return network.eval().requires_grad_(False)
