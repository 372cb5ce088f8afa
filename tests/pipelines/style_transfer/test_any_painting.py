"""A painting's statistics are put into the photo's activations; manners blend by adding."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from pipelines.style_transfer.any_painting import AnyPainting, Block, Manner, adapted, statistics


@pytest.fixture(scope="module")
def network() -> AnyPainting:
    torch.manual_seed(3)
    network = AnyPainting((4, 8, 16))
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
    return network.eval().requires_grad_(False)


def test_adapted_has_the_wanted_mean_and_standard_deviation() -> None:
    torch.manual_seed(3)
    x, mean, std = 3 * torch.rand(2, 5, 9, 7) + 1, torch.randn(2, 5, 1, 1), torch.rand(2, 5, 1, 1) + 0.5
    made = adapted(x, mean, std)
    assert torch.allclose(made.mean((2, 3), keepdim=True), mean, atol=1e-5)
    assert torch.allclose(made.std((2, 3), keepdim=True), std, rtol=1e-4)
    assert torch.allclose(adapted(x, *statistics(x)), x, atol=1e-5)


def test_statistics_of_a_flat_activation_are_finite() -> None:
    mean, std = statistics(torch.full((1, 2, 4, 4), 3.0))
    assert torch.equal(mean.flatten(), torch.tensor([3.0, 3.0]))
    assert torch.allclose(std, torch.full_like(std, 1e-5).sqrt())


def test_a_block_that_is_scaled_by_one_and_passes_nothing_by_is_the_plain_one() -> None:
    torch.manual_seed(3)
    block, x = Block(6), torch.randn(2, 6, 8, 8)
    one = torch.ones(2, 6, 1, 1)
    assert torch.allclose(block(x, one, 0 * one), block(x), atol=1e-6)
    y = torch.relu(2 * block.conv1(x) + 3 * x)
    assert torch.allclose(block(x, 2 * one, 3 * one), x + 2 * block.conv2(y) + 3 * y, atol=1e-5)


def test_manners_blend_from_one_to_the_other(network: AnyPainting, tensor: Callable[..., Tensor]) -> None:
    mine, other = (network.manner(tensor(40, 56, seed)) for seed in (1, 2))
    assert not torch.allclose(mine.deep_mean, other.deep_mean)
    for share, expected in ((0.0, mine), (1.0, other)):
        assert all(torch.equal(*pair) for pair in zip(mine.blended(other, share), expected, strict=True))
    between = mine.blended(other, 0.25)
    assert isinstance(between, Manner)
    for made, first, second in zip(between, mine, other, strict=True):
        assert torch.allclose(made, 0.75 * first + 0.25 * second, atol=1e-6)


def test_every_part_of_a_manner_changes_the_picture(network: AnyPainting, tensor: Callable[..., Tensor]) -> None:
    x, manner = tensor(), network.manner(tensor(seed=1))
    made = network(x, manner)
    for name, part in manner._asdict().items():
        assert part.shape == (1, 16, 1, 1)
        assert not torch.allclose(network(x, manner._replace(**{name: part + 0.5})), made, atol=1e-4), name


def test_the_size_is_the_photos_rounded_up_to_fours_whatever_the_paintings(
    network: AnyPainting, tensor: Callable[..., Tensor]
) -> None:
    assert network(tensor(37, 51), network.manner(tensor(30, 90, 1))).shape == (1, 3, 40, 52)


def test_the_painting_reaches_the_picture_by_its_manner_only(
    network: AnyPainting, tensor: Callable[..., Tensor]
) -> None:
    x, style = tensor(), tensor(seed=1)
    *inner, picture = network.painted(x, network.manner(style))
    assert torch.equal(network(x, network.manner(style)), picture)
    deep, first, second = inner
    assert torch.equal(deep, network.content_encoder(x)[1])
    assert not torch.allclose(first, second)
