"""Tiny networks with random weights, and pictures made of noise: what the tests of the three methods share."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
import torch
from torch import Tensor, nn

<<<<<<< HEAD
from imaging.types import Image
from networks.perceptual import VGG
from networks.tensors import to_tensor
from pipelines.style_transfer.any_painting import AnyPainting
=======
>>>>>>> main
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
<<<<<<< HEAD


@pytest.fixture(scope="session")
def any_painter(painters: TransformerNet) -> AnyPainting:
    """A network for any painting with as many basis styles as the gallery's has, told what `eyes` see."""
    torch.manual_seed(4)
    network = AnyPainting(seen=2 * (4 + 4 + 6 + 6), hidden=8, basis=painters.styles, widths=(4, 4, 8), blocks=1)
    network.painter.load_state_dict(painters.state_dict())
    return network.eval().requires_grad_(False)


@pytest.fixture(scope="session")
def draw() -> Draw:
    """A picture of coloured blobs and grain, uint8 (height, width, 3)."""

    def drawn(height: int = 48, width: int = 64, seed: int = 0) -> Image:
        random = np.random.default_rng(seed)
        coarse = random.random((height // 8 + 1, width // 8 + 1, 3)).repeat(8, 0).repeat(8, 1)[:height, :width]
        return np.rint(255 * (0.7 * coarse + 0.3 * random.random((height, width, 3)))).astype(np.uint8)

    return drawn


@pytest.fixture(scope="session")
def tensor(draw: Draw) -> Callable[..., Tensor]:
    """The same as float32 (1, 3, height, width) in 0..1."""
    return lambda height=48, width=64, seed=0: to_tensor(draw(height, width, seed))
=======
>>>>>>> main
