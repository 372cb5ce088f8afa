"""MicroAST, the peer, is built as its authors say."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from benchmarks.style_transfer_microast import Block, MicroAST


@pytest.fixture
def tensor() -> Callable[..., Tensor]:
    def make(height: int = 40, width: int = 56, seed: int = 0) -> Tensor:
        return torch.rand(1, 3, height, width, generator=torch.Generator().manual_seed(seed))

    return make


@pytest.fixture(scope="module")
def network() -> MicroAST:
    torch.manual_seed(3)
    network = MicroAST((4, 8, 16))
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
    return network.eval().requires_grad_(False)


def test_a_block_that_is_scaled_by_one_and_passes_nothing_by_is_the_plain_one() -> None:
    torch.manual_seed(3)
    block, x = Block(6), torch.randn(2, 6, 8, 8)
    one = torch.ones(2, 6, 1, 1)
    assert torch.allclose(block(x, one, 0 * one), block(x), atol=1e-6)
    y = torch.relu(2 * block.conv1(x) + 3 * x)
    assert torch.allclose(block(x, 2 * one, 3 * one), x + 2 * block.conv2(y) + 3 * y, atol=1e-5)


def test_every_part_of_a_manner_changes_the_picture(network: MicroAST, tensor: Callable[..., Tensor]) -> None:
    x, manner = tensor(), network.manner(tensor(seed=1))
    made = network(x, manner)
    for name, part in manner._asdict().items():
        assert part.shape == (1, 16, 1, 1)
        assert not torch.allclose(network(x, manner._replace(**{name: part + 0.5})), made, atol=1e-4), name


def test_the_size_is_the_photos_rounded_up_to_fours_whatever_the_paintings(
    network: MicroAST, tensor: Callable[..., Tensor]
) -> None:
    assert network(tensor(37, 51), network.manner(tensor(30, 90, 1))).shape == (1, 3, 40, 52)


def test_the_painting_reaches_the_picture_by_its_manner_only(network: MicroAST, tensor: Callable[..., Tensor]) -> None:
    x, style = tensor(), tensor(seed=1)
    *inner, picture = network.painted(x, network.manner(style))
    assert torch.equal(network(x, network.manner(style)), picture)
    deep, first, second = inner
    assert torch.equal(deep, network.content_encoder(x)[1])
    assert not torch.allclose(first, second)
