"""Any hole in any picture; nothing changes outside; the same seed gives the same bytes; bad input is a sentence."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from imaging.types import Image, InputError, Mask
from networks.perceptual import VGG
from pipelines.inpainting import Inpainting, Options, feathered, grown
from pipelines.inpainting.network import ContentNetwork
from tests.conftest import Draw


@pytest.fixture(params=["patchmatch", "content", "neural"])
def pipeline(request: pytest.FixtureRequest, eyes: VGG) -> Inpainting:
    """Each method with a tiny network."""
    if request.param == "patchmatch":
        return Inpainting()
    fill = ContentNetwork(widths=(8, 8, 8)).eval().requires_grad_(False)
    return Inpainting(fill, eyes if request.param == "neural" else None)


QUICK = Options(grow=1, feather=2, steps=5)


def box(shape: tuple[int, int], top: int, left: int, bottom: int, right: int) -> Mask:
    mask = np.zeros(shape, np.bool_)
    mask[top:bottom, left:right] = True
    return mask


MASKS = {
    "inside": box((72, 90), 20, 30, 40, 55),
    "corner": box((72, 90), 0, 0, 25, 20),
    "row": box((72, 90), 30, 0, 44, 90),
    "two": box((72, 90), 5, 5, 15, 15) | box((72, 90), 50, 60, 65, 85),
    "most": box((72, 90), 0, 0, 72, 66),
    "pixel": box((72, 90), 40, 40, 41, 41),
}


@pytest.mark.parametrize("name", MASKS)
def test_only_the_mask_and_its_feather_change(pipeline: Inpainting, draw: Draw, name: str) -> None:
    image, mask = draw(72, 90), MASKS[name]
    *earlier, last = pipeline.steps(image, mask, QUICK)
    assert last.done == 1
    assert all(step.done < 1 for step in earlier)
    outside = ~grown(mask, 3)
    assert np.array_equal(last.image[outside], image[outside])
    assert not np.array_equal(last.image[mask], image[mask])
    assert last.made[mask].all()


def test_what_is_in_the_hole_does_not_matter(pipeline: Inpainting, draw: Draw) -> None:
    image, mask = draw(64, 64), box((64, 64), 20, 20, 44, 44)
    wild = np.where(grown(mask, QUICK.grow)[..., None], draw(64, 64, 5), image)
    assert np.array_equal(pipeline(image, mask, QUICK).image, pipeline(wild, mask, QUICK).image)


def test_the_same_seed_gives_the_same_bytes(draw: Draw) -> None:
    image, mask = draw(100, 120), box((100, 120), 30, 30, 60, 70)
    one, same, other = (Inpainting()(image, mask, Options(seed=seed)).image for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


@pytest.mark.parametrize("size", [(40, 40), (8, 30), (9, 200)])
def test_small_and_narrow_pictures_are_filled(pipeline: Inpainting, draw: Draw, size: tuple[int, int]) -> None:
    mask = box(size, 2, 4, 6, 12)
    result = pipeline(draw(*size), mask, QUICK)
    assert result.image.shape == (*size, 3)


def test_a_plain_wall_stays_plain(pipeline: Inpainting) -> None:
    wall = np.full((80, 80, 3), 130, np.uint8)
    filled = pipeline(wall, box((80, 80), 20, 20, 60, 60), QUICK).image
    assert np.abs(filled.astype(int) - 130).max() <= 3


def test_stripes_are_continued_by_patchmatch() -> None:
    stripes = np.repeat(np.where(np.arange(96) // 6 % 2, 200, 60).astype(np.uint8)[:, None, None], 96, 1).repeat(3, 2)
    mask = box((96, 96), 36, 36, 60, 60)
    filled = Inpainting()(stripes, mask, Options(grow=0, feather=0)).image
    assert np.abs(filled.astype(int) - stripes)[mask].mean() < 8


def test_a_large_hole_has_grain_as_fine_as_its_surroundings() -> None:
    grain = np.random.default_rng(0).integers(90, 160, (640, 640, 3), np.uint8)
    mask = box((640, 640), 60, 60, 580, 580)
    filled = Inpainting()(grain, mask, Options(grow=0, feather=0)).image
    rough = [np.abs(np.diff(part.astype(int), axis=0)).mean() for part in (filled[150:490, 150:490], grain)]
    assert rough[0] > 0.6 * rough[1]


@pytest.mark.parametrize(
    ("mask", "words"),
    [
        (np.zeros((48, 64), np.bool_), "Nothing is marked"),
        (np.ones((48, 64), np.bool_), "Nearly everything"),
        (np.ones((20, 64), np.bool_), "must be alike"),
    ],
)
def test_a_bad_mask_is_a_sentence(draw: Draw, mask: Mask, words: str) -> None:
    with pytest.raises(InputError, match=words):
        Inpainting()(draw(48, 64), mask)


def test_a_tiny_picture_and_an_unknown_objective_are_sentences(draw: Draw) -> None:
    with pytest.raises(InputError, match="at least 8"):
        Inpainting()(draw(6, 20), box((6, 20), 1, 1, 3, 3))
    with pytest.raises(InputError, match="no objective called worst"):
        Inpainting()(draw(48, 64), box((48, 64), 9, 9, 20, 20), Options(objective="worst"))  # type: ignore[arg-type]


def test_grey_values_of_a_mask_count_as_marked(draw: Draw) -> None:
    image, grey = draw(48, 64), (box((48, 64), 9, 9, 20, 20) * 90).astype(np.uint8)
    assert np.array_equal(Inpainting()(image, grey).image, Inpainting()(image, grey > 0).image)  # type: ignore[arg-type]


@pytest.mark.parametrize("objective", ["fast", "paper", "released"])
def test_every_objective_fills(objective: str, eyes: VGG, draw: Draw) -> None:
    pipeline = Inpainting(ContentNetwork(widths=(8, 8, 8)).eval().requires_grad_(False), eyes)
    image: Image = draw(96, 96)
    options = Options(objective=objective, steps=5)  # type: ignore[arg-type]
    filled = pipeline(image, box((96, 96), 30, 30, 66, 66), options).image
    assert not np.array_equal(filled[40:56, 40:56], image[40:56, 40:56])


def test_a_feather_falls_from_one_to_nothing_outside_the_mask() -> None:
    matte = feathered(box((30, 30), 10, 10, 20, 20), 4)
    assert (matte[10:20, 10:20] == 1).all()
    assert (np.diff(matte[15, 19:26]) < 1e-6).all()
    assert matte[15, 24] == 0 < matte[15, 23]
    assert torch.from_numpy(matte).dtype == torch.float32
