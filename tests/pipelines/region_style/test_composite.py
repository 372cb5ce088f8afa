"""The photo keeps its own pixels and detail, and takes the colours that the network says."""

from __future__ import annotations

import numpy as np
import skimage.data

from imaging.faces import NAMES
from imaging.types import Image
from pipelines.region_style.composite import Picture, carried

HAIR, SKIN = NAMES.index("hair"), NAMES.index("skin")


def photo() -> Image:
    return skimage.data.astronaut()[:256, 96:352]


def labels() -> np.ndarray:
    ids = np.zeros((256, 256), np.uint8)
    ids[20:120, 60:200] = HAIR
    ids[120:200, 80:180] = SKIN
    return ids


def plain(value: float) -> Picture:
    return np.full((256, 256, 3), value, np.float32)


def test_nothing_changes_where_nothing_was_edited() -> None:
    ids = labels()
    image, matte = carried(photo(), plain(0.2), plain(0.7), ids, ids, [])
    assert np.array_equal(image, photo())
    assert not matte.any()
    image, matte = carried(photo(), plain(0.2), plain(0.7), ids, ids, [HAIR])
    assert np.array_equal(image[matte == 0], photo()[matte == 0])
    far = np.zeros((256, 256), bool)
    far[135:] = True
    assert not matte[far].any()


def test_a_small_change_is_added_and_the_same_style_gives_the_same_photo() -> None:
    ids = labels()
    image, _ = carried(photo(), plain(0.4), plain(0.4), ids, ids, [HAIR])
    assert int(np.abs(image.astype(int) - photo()).max()) <= 1
    was = (photo() / 255).astype(np.float32)
    image, matte = carried(photo(), was, was + np.float32(0.02), ids, ids, [HAIR])
    inside = matte > 0.99
    change = (image.astype(float) - photo())[inside] / 255
    assert abs(change.mean() - 0.02) < 0.005


def test_a_large_change_brings_its_colour_and_leaves_the_photos_detail() -> None:
    ids = labels()
    was = (photo() / 255).astype(np.float32)
    becomes = plain(0.0)
    becomes[:] = (0.75, 0.5, 0.2)
    image, matte = carried(photo(), was, becomes, ids, ids, [HAIR])
    inside = matte > 0.99
    assert np.abs(image[inside].mean(0) / 255 - (0.75, 0.5, 0.2)).max() < 0.06
    detail = np.gradient(image.astype(float).mean(2))[0][inside].std()
    assert detail > 0.5 * np.gradient(photo().astype(float).mean(2))[0][inside].std()


def test_where_the_mask_grew_the_generators_pixels_come_in() -> None:
    before, after = labels(), labels()
    after[120:150, 80:180] = HAIR
    image, matte = carried(photo(), plain(0.5), plain(0.1), after, before, [])
    grown = np.zeros((256, 256), bool)
    grown[128:142, 90:170] = True
    assert np.abs(image[grown] / 255 - 0.1).max() < 0.02
    assert np.array_equal(image[matte == 0], photo()[matte == 0])
    assert not matte[:110].any()
