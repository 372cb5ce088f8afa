"""Luma and compositing have closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from imaging.colour import WHITE, composite, luma


@pytest.mark.parametrize(
    ("colour", "expected"),
    [
        ((0, 0, 0), 16.0),
        ((255, 255, 255), 235.0),
        ((255, 0, 0), 16 + 65.481),
        ((0, 255, 0), 16 + 128.553),
        ((0, 0, 255), 16 + 24.966),
        ((51, 51, 51), 16 + 219 / 5),
    ],
    ids=["black", "white", "red", "green", "blue", "a fifth of white"],
)
def test_luma_is_bt_601_in_studio_swing(colour, expected):
    values = luma(np.full((2, 3, 3), colour, np.uint8))
    assert values.shape == (2, 3)
    assert values.dtype == np.float64
    np.testing.assert_allclose(values, expected, atol=1e-9)


def test_luma_is_not_rounded():
    assert luma(np.array([[[1, 0, 0]]], np.uint8))[0, 0] == pytest.approx(16 + 65.481 / 255, abs=1e-12)


@pytest.fixture
def picture():
    return np.random.default_rng(0).integers(0, 256, (5, 7, 3), dtype=np.uint8)


def test_an_opaque_picture_hides_the_background(picture):
    result = composite(picture, np.ones(picture.shape[:2], np.float32), background=(1, 2, 3))
    assert result.dtype == np.uint8
    np.testing.assert_array_equal(result, picture)


@pytest.mark.parametrize("background", [WHITE, (1, 2, 3)])
def test_a_fully_transparent_picture_shows_only_the_background(picture, background):
    result = composite(picture, np.zeros(picture.shape[:2], np.float32), background)
    np.testing.assert_array_equal(result, np.broadcast_to(np.uint8(background), picture.shape))


def test_the_background_is_white_unless_told():
    assert composite(np.zeros((1, 1, 3), np.uint8), np.zeros((1, 1), np.float32)).tolist() == [[[255, 255, 255]]]


def test_half_alpha_is_the_mean_of_both():
    pixels = np.array([[[10, 200, 50]]], np.uint8)
    result = composite(pixels, np.full((1, 1), 0.5, np.float32), background=(20, 100, 250))
    assert result.tolist() == [[[15, 150, 150]]]


def test_compositing_rounds_to_the_nearest_level():
    alpha = np.array([[0.29, 0.296, 0.304]], np.float32)
    # On black: 29.0, 29.6 and 30.4.
    levels = composite(np.full((1, 3, 3), 100, np.uint8), alpha, background=(0, 0, 0))[0, :, 0].tolist()
    assert levels == [29, 30, 30]


def test_every_pixel_has_its_own_alpha():
    alpha = np.array([[0, 1], [1, 0]], np.float32)
    result = composite(np.zeros((2, 2, 3), np.uint8), alpha)
    np.testing.assert_array_equal(result[..., 0], [[255, 0], [0, 255]])
