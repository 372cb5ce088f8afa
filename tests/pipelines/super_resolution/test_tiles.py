"""Pieces equal the whole where they can, fade where they cannot, and survive a device that is short of memory."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from imaging.types import Box, Image
from networks.tensors import to_image, to_tensor
from pipelines.super_resolution import tiles
from pipelines.super_resolution.network import ResidualNetwork, RRDBNet, SRVGGNetCompact

CPU = torch.device("cpu")


@pytest.fixture
def picture() -> Image:
    return np.random.default_rng(0).integers(0, 256, (53, 71, 3)).astype(np.uint8)


def last(network: nn.Module, image: Image, scale: int, tile: int) -> Image:
    *_, (result, done) = tiles.enlarge(network.eval(), image, scale, tile, CPU)
    assert done == 1
    return result


class InDouble(nn.Module):
    """A network in float64: sums in another order then round to the same 8 bits."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network, self.receptive_field = network.double(), network.receptive_field

    def forward(self, x: Tensor) -> Tensor:
        return self.network(x.double())


@pytest.mark.parametrize("tile", [16, 21, 48])
@pytest.mark.parametrize(
    ("network", "scale"),
    [
        (ResidualNetwork(4, width=8, blocks=2), 4),
        (ResidualNetwork(3, width=8, blocks=1), 3),
        (SRVGGNetCompact(num_feat=4, num_conv=2, upscale=2), 2),
    ],
)
def test_tiles_give_exactly_the_whole(network: nn.Module, scale: int, tile: int, picture: Image) -> None:
    torch.manual_seed(0)
    for parameter in network.parameters():
        nn.init.normal_(parameter, std=0.1)
    exact = InDouble(network)
    assert np.array_equal(last(exact, picture, scale, tile), last(exact, picture, scale, 1000))


@pytest.mark.parametrize("size", [(31, 45), (32, 44), (1, 1), (2, 1), (1, 9)])
def test_a_network_that_folds_the_picture_takes_any_size(size: tuple[int, int]) -> None:
    network = RRDBNet(num_feat=4, num_grow_ch=2, num_block=1, scale=2)
    image = np.full((*size, 3), 90, np.uint8)
    assert last(network, image, 2, 16).shape == (size[0] * 2, size[1] * 2, 3)


def test_what_is_not_done_yet_is_the_picture_in_repeated_pixels(picture: Image) -> None:
    network = ResidualNetwork(2, width=4, blocks=1).eval()
    first, done = next(tiles.enlarge(network, picture, 2, 32, CPU))
    repeated = picture.repeat(2, axis=0).repeat(2, axis=1)
    assert 0 < done < 1
    assert np.array_equal(first[64:], repeated[64:])
    assert not np.array_equal(first[:64, :64], repeated[:64, :64])


class Shaky(nn.Module):
    """Adds to each tile a brightness of its own, as a network with a field larger than the overlap may."""

    receptive_field = 400

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0

    def forward(self, x: Tensor) -> Tensor:
        self.calls += 1
        return F.interpolate(x, scale_factor=2, mode="nearest") + 0.1 * (self.calls % 2)


def test_tiles_that_cannot_be_exact_fade_into_each_other() -> None:
    image = np.full((40, 200, 3), 100, np.uint8)
    result = last(Shaky(), image, 2, 100)[..., 0].astype(int)
    steps = np.abs(np.diff(result, axis=1))
    assert result[0, 0] != result[0, -1]
    assert steps.max() <= 2


class Hungry(nn.Module):
    """Runs out of memory above a number of pixels."""

    receptive_field = 0

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit, self.largest = limit, 0

    def forward(self, x: Tensor) -> Tensor:
        if x.shape[2] * x.shape[3] > self.limit:
            raise torch.OutOfMemoryError("too much")
        self.largest = max(self.largest, x.shape[2] * x.shape[3])
        return F.interpolate(x, scale_factor=2, mode="nearest")


def test_a_tile_that_does_not_fit_is_quartered(picture: Image) -> None:
    network = Hungry(1100)
    result = last(network, picture, 2, 64)
    assert np.array_equal(result, picture.repeat(2, axis=0).repeat(2, axis=1))
    assert 0 < network.largest <= 1100


def test_a_device_without_any_memory_says_so(picture: Image) -> None:
    with pytest.raises(torch.OutOfMemoryError):
        last(Hungry(10), picture, 2, 64)


class Overflowing(nn.Module):
    """Gives NaN the first time, as half precision does beyond 65504."""

    receptive_field = 0

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0

    def forward(self, x: Tensor) -> Tensor:
        self.calls += 1
        return x * (float("nan") if self.calls == 1 else 1)


def test_not_a_number_is_computed_again_in_full_precision(picture: Image) -> None:
    network = Overflowing()
    assert np.array_equal(last(network, picture, 1, 1000), picture)
    assert network.calls == 2


def test_quarters_cover_a_box_once() -> None:
    covered = np.zeros((10, 12), int)
    for box in tiles._quarters(Box(1, 2, 12, 9)):
        covered[box.top : box.bottom, box.left : box.right] += 1
    assert covered[2:9, 1:12].min() == covered.max() == 1
    assert covered.sum() == 7 * 11


def test_the_whole_of_a_small_picture_is_the_network_itself(picture: Image) -> None:
    network = ResidualNetwork(4, width=8, blocks=1).eval()
    with torch.no_grad():
        assert np.array_equal(last(network, picture, 4, 1000), to_image(network(to_tensor(picture))))
