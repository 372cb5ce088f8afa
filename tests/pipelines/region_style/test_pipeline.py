"""The whole edit: what is not edited stays, a region takes another portrait's style, wrong input gets a sentence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import skimage.data
import torch

from checkpoints import UnusableFile
from imaging.faces import NAMES
from imaging.types import Image, InputError, LabelMap
from pipelines.region_style.light import LightSEAN
from pipelines.region_style.network import Generator
from pipelines.region_style.pipeline import Options, RegionStyle, Swap


def portrait(side: int = 96) -> Image:
    return skimage.data.astronaut()[:side, 180 : 180 + side].copy()


def labels(side: int = 96) -> LabelMap:
    ids = np.zeros((side, side), np.uint8)
    ids[10:40, 20:80] = NAMES.index("hair")
    ids[40:80, 30:70] = NAMES.index("skin")
    return LabelMap(ids, NAMES)


@pytest.fixture(scope="module")
def pipeline() -> RegionStyle:
    """With random weights: what it paints is no face, but obeys its codes."""
    torch.manual_seed(0)
    network = LightSEAN(length=8, rank=4, widths=(8, 8, 6), hidden=(4, 4, 4), degrees=(2, 1, 0), seen=4)
    for picture in network.pictures:
        torch.nn.init.normal_(picture.weight, std=0.1)
    network.mean_codes.normal_()
    return RegionStyle(network.eval().requires_grad_(False))


def test_without_an_edit_the_photo_stays_bit_for_bit(pipeline: RegionStyle) -> None:
    result = pipeline(portrait(), labels())
    assert np.array_equal(result.image, portrait())
    assert not result.matte.any()
    assert result.generated.shape == (32, 32, 3)


def test_a_swap_changes_its_region_and_no_pixel_beyond_the_feather(pipeline: RegionStyle) -> None:
    result = pipeline(portrait(), labels(), [Swap(("hair",), pipeline.mean())])
    changed = (result.image != portrait()).any(2)
    assert changed[15:35, 30:70].mean() > 0.5
    assert np.array_equal(result.image[result.matte == 0], portrait()[result.matte == 0])
    assert not result.matte[60:].any()
    none = pipeline(portrait(), labels(), [Swap(("hair",), pipeline.mean(), amount=0)])
    assert np.array_equal(none.image, portrait())


def test_known_codes_give_the_same_and_a_region_takes_the_references_mean_colour(pipeline: RegionStyle) -> None:
    own = pipeline.encode(portrait(), labels())
    reference = np.full((96, 96, 3), (200, 120, 40), np.uint8)
    codes = pipeline.encode(reference, labels())
    swaps = [Swap(("hair",), codes)]
    first, again = (pipeline(portrait(), labels(), swaps, own=known) for known in (own, None))
    assert np.array_equal(first.image, again.image)
    inside = first.matte > 0.99
    assert np.abs(first.image[inside].mean(0) - (200, 120, 40)).max() < 15


def test_a_painted_mask_changes_what_was_painted(pipeline: RegionStyle) -> None:
    longer = labels().ids.copy()
    longer[40:60, 20:30] = NAMES.index("hair")
    result = pipeline(portrait(), labels(), painted=LabelMap(longer, NAMES))
    assert result.matte[45:55, 22:28].min() > 0.5
    assert not result.matte[:30].any()


def test_the_networks_own_picture_and_a_crossover(pipeline: RegionStyle) -> None:
    shown = pipeline(portrait(), labels(), options=Options(show="generated"))
    assert shown.image.shape == portrait().shape
    all_blocks = pipeline(portrait(), labels(), [Swap(("hair",), pipeline.mean())])
    coarse = pipeline(portrait(), labels(), [Swap(("hair",), pipeline.mean(), blocks=(0,))])
    assert not np.array_equal(coarse.generated, all_blocks.generated)
    assert pipeline.blocks == 3


def test_regions_that_a_portrait_lacks_have_the_mean_code(pipeline: RegionStyle) -> None:
    codes = pipeline.encode(portrait(), labels())
    hat = NAMES.index("hat")
    assert not codes.present[hat]
    assert np.allclose(codes.values[:, hat], pipeline.mean().values[:, hat])


def test_the_authors_weights_run_the_same_edits(tmp_path: Path) -> None:
    torch.manual_seed(0)
    network = Generator(width=1, style=6, hidden=4).eval().requires_grad_(False)
    pipeline = RegionStyle(network)
    result = pipeline(portrait(), labels(), [Swap(("hair",), pipeline.mean())], Options(seed=3))
    again = pipeline(portrait(), labels(), [Swap(("hair",), pipeline.mean())], Options(seed=3))
    assert np.array_equal(result.image, again.image)
    assert result.generated.shape == (256, 256, 3)
    torch.save(network.state_dict(), tmp_path / "latest_net_G.pth")
    with pytest.raises(UnusableFile, match="weights of another network"):
        RegionStyle.from_authors(tmp_path / "latest_net_G.pth")


@pytest.mark.parametrize(
    ("image", "mask", "words"),
    [
        (portrait()[:80], labels(), "must be square"),
        (portrait(), labels(64), "must be equal"),
        (portrait(), LabelMap(labels().ids, ("background", *("other",) * 18)), "nineteen regions"),
    ],
)
def test_a_wrong_portrait_or_mask_gets_a_sentence(
    pipeline: RegionStyle, image: Image, mask: LabelMap, words: str
) -> None:
    with pytest.raises(InputError, match=words):
        pipeline(image, mask)
    with pytest.raises(InputError, match="no region called beard"):
        pipeline(portrait(), labels(), [Swap(("beard",), pipeline.mean())])
