"""The light SEAN: its regions' polynomials, and codes that steer their own region."""

from __future__ import annotations

import torch

from pipelines.region_style.light import LightSEAN, Regions


def tiny() -> LightSEAN:
    torch.manual_seed(0)
    network = LightSEAN(length=8, rank=4, widths=(8, 8, 6), hidden=(4, 4, 4), degrees=(2, 1, 0), seen=4)
    return network.eval().requires_grad_(False)


def halves() -> torch.Tensor:
    """Hair (13) on the left, skin (1) on the right of 32 x 32 pixels."""
    onehot = torch.zeros(1, 19, 32, 32)
    onehot[:, 13, :, :16], onehot[:, 1, :, 16:] = 1, 1
    return onehot


def test_the_basis_is_each_regions_share_times_polynomials_of_the_place_in_it() -> None:
    regions = Regions(halves(), 8)
    basis = regions.basis(8, 2).view(6, 19, 8, 8)
    assert torch.equal(basis[0, 13], torch.cat([torch.ones(8, 4), torch.zeros(8, 4)], 1))
    for degree in (1, 2):  # first powers vanish over the region, and have its spread as their unit
        assert abs(float(basis[degree, 13].sum())) < 1e-3
        assert abs(float(basis[degree, 13].square().sum() / 32) - 1) < 0.1
    assert not basis[:, 4].any()


def test_a_grey_or_coloured_region_has_that_code_wherever_it_lies() -> None:
    network, onehot = tiny(), halves()
    picture = torch.zeros(1, 3, 32, 32)
    picture[:, 0, :, :16] = 0.8
    codes = network.encode(picture, onehot)
    mirrored = network.encode(picture.flip(3), onehot.flip(3))
    assert codes.shape == (1, 19, 8)
    assert not codes[0, [0, 2, 12]].any()
    # The rim and the neighbour are seen, too: alike, not equal.
    distance = float((codes[0, 13] - mirrored[0, 13]).norm() / codes[0, 13].norm())
    other = float((codes[0, 13] - codes[0, 1]).norm() / codes[0, 13].norm())
    assert distance < other / 2


def test_every_block_obeys_its_own_codes() -> None:
    network, onehot = tiny(), halves()
    codes = torch.randn(1, 19, 8)
    picture = network.generate(onehot, codes)
    assert picture.shape == (1, 3, 32, 32)
    assert float(picture.min()) >= 0
    assert float(picture.max()) <= 1
    each = codes[:, None].repeat(1, 3, 1, 1)
    assert torch.allclose(network.generate(onehot, each), picture, atol=1e-6)
    each[:, 1, 13] += 1
    assert not torch.allclose(network.generate(onehot, each), picture, atol=1e-4)


def test_a_code_changes_its_own_region_most() -> None:
    network, onehot = tiny(), halves()
    codes = torch.randn(1, 19, 8)
    changed = codes.clone()
    changed[:, 13] += 2
    difference = (network.generate(onehot, changed) - network.generate(onehot, codes)).abs().mean((0, 1))
    assert float(difference[:, :16].mean()) > 3 * float(difference[:, 24:].mean())
