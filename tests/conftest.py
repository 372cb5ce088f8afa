"""A tiny encoder with random weights, and pictures made of noise: what tests of several methods share."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from imaging.types import Image
from networks.perceptual import VGG
from networks.tensors import to_tensor

Draw: TypeAlias = Callable[..., Image]


@pytest.fixture(scope="session")
def eyes() -> VGG:
    """An encoder of VGG19's shape, in which no channel is dead."""
    torch.manual_seed(0)
    network = VGG(widths=(4, 4, 6, 6, 6), pooling="average", padding="reflect")
    for layer in network.features:
        if isinstance(layer, nn.Conv2d) and layer.bias is not None:
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            nn.init.constant_(layer.bias, 0.2)
    network = network.eval().requires_grad_(False)
    noise = torch.rand(1, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    for tap, activation in network(noise, tuple(network.taps)).items():
        assert activation.mean() > 0.02, tap
        assert activation.var() > 1e-5, tap
    return network


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
