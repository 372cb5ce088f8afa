"""Resizing against MATLAB's numbers (through BasicSR), closed forms, and itself in bands."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from imaging import geometry
from imaging.geometry import cubic, resize, resize_array, resize_matte

FIXTURE = Path(__file__).parents[3] / "shared/parity/vision/sr_metrics"
SCALES = [1 / 4, 1 / 3, 1 / 2, 0.7, 1, 1.5, 2, 3, 4]


def noise(*shape: int) -> np.ndarray:
    return np.random.default_rng(3).integers(0, 256, shape, dtype=np.uint8)


@pytest.mark.skipif(not FIXTURE.is_dir(), reason="shared/parity/vision/sr_metrics is not here")
@pytest.mark.parametrize(
    ("name", "scale", "window"),
    [
        ("imresize_half", 1 / 2, np.s_[:]),
        ("imresize_third", 1 / 3, np.s_[:]),
        ("imresize_quarter", 1 / 4, np.s_[:]),
        ("imresize_x2", 2, np.s_[:16, :20]),
        ("imresize_x4", 4, np.s_[:16, :20]),
    ],
)
def test_resizing_gives_matlabs_numbers(name, scale, window):
    image = load_file(FIXTURE / "inputs.safetensors")["image"][window]
    expected = load_file(FIXTURE / "outputs.safetensors")[name]
    result = resize_array(image, scale)
    assert result.shape == expected.shape
    assert np.abs(result - expected).max() < 1e-6


def test_the_kernel_interpolates():
    np.testing.assert_allclose(cubic(np.array([-3.0, -2, -1, 0, 1, 2, 3])), [0, 0, 0, 1, 0, 0, 0], atol=1e-15)
    np.testing.assert_allclose(cubic(np.array([-1.5, -0.5, 0.5, 1.5])), [-0.0625, 0.5625, 0.5625, -0.0625], atol=1e-15)


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("length", [1, 2, 5, 48])
def test_weights_of_every_new_pixel_sum_to_one(length, scale):
    new_length = int(np.ceil(length * scale))
    weights = geometry._weights(length, new_length, scale)
    assert weights.shape == (new_length, length)
    np.testing.assert_allclose(weights.sum(axis=1), 1, atol=1e-12)


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("size", [(1, 1), (3, 5), (24, 17)])
def test_a_constant_stays_constant(size, scale):
    flat = np.full((*size, 3), (0, 77, 255), np.uint8)
    result = resize(flat, scale)
    assert result.shape == (int(np.ceil(size[0] * scale)), int(np.ceil(size[1] * scale)), 3)
    assert result.dtype == np.uint8
    np.testing.assert_array_equal(result, np.broadcast_to(flat[0, 0], result.shape))


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("scale", [1.5, 2, 3, 4])
def test_a_ramp_enlarged_stays_a_ramp_in_the_middle(scale, axis):
    ramp = np.broadcast_to(np.arange(32.0).reshape((-1, 1, 1) if axis == 0 else (1, -1, 1)), (32, 32, 1))
    result = resize_array(ramp, scale)[..., 0].take(5, axis=1 - axis)
    # The centre of new pixel i lies at (i + 1/2) / scale - 1/2 of the old ones; the kernel reaches two old pixels.
    expected = (np.arange(len(result)) + 0.5) / scale - 0.5
    middle = (expected > 2) & (expected < 29)
    assert middle.sum() > 20
    np.testing.assert_allclose(result[middle], expected[middle], atol=1e-9)


def test_at_scale_one_nothing_changes():
    image = noise(9, 13, 3)
    np.testing.assert_array_equal(resize(image, 1), image)


@pytest.mark.parametrize("scale", [1 / 3, 0.7, 2])
def test_resizing_a_mirrored_picture_mirrors_the_result(scale):
    image = noise(12, 30, 3).astype(np.float64)
    np.testing.assert_allclose(resize_array(image[:, ::-1], scale), resize_array(image, scale)[:, ::-1], atol=1e-9)


def test_shrinking_averages_instead_of_skipping():
    stripes = np.zeros((16, 64, 3), np.uint8)
    stripes[:, ::2] = 255
    middle = resize_array(stripes.astype(np.float64), 1 / 4)[:, 2:-2]
    assert np.abs(middle - 127.5).max() < 8


def test_overshoot_is_clipped_not_wrapped_around():
    edge = np.zeros((8, 16, 3), np.uint8)
    edge[:, 8:] = 255
    exact = resize_array(edge.astype(np.float64), 2)
    assert exact.min() < -10
    assert exact.max() > 265
    result = resize(edge, 2)
    assert (result[:, :14].max(), result[:, 18:].min()) == (0, 255)


@pytest.mark.parametrize("scale", [1 / 3, 1 / 2, 0.7, 1.5, 2, 4])
@pytest.mark.parametrize("band_pixels", [1, 100, 1000])
def test_resizing_in_bands_is_resizing_at_once(monkeypatch, scale, band_pixels):
    image = noise(61, 47, 3)
    expected = np.clip(np.rint(resize_array(image.astype(np.float64), scale)), 0, 255).astype(np.uint8)
    monkeypatch.setattr(geometry, "_BAND_PIXELS", band_pixels)
    np.testing.assert_array_equal(resize(image, scale), expected)


def test_a_slice_of_a_larger_picture_is_resized_like_a_copy():
    window = noise(40, 40, 3)[5:25, 3:33]
    np.testing.assert_array_equal(resize(window, 2), resize(window.copy(), 2))


@pytest.mark.parametrize("scale", SCALES)
def test_a_matte_stays_between_zero_and_one(scale):
    matte = (noise(20, 30) > 127).astype(np.float32)
    result = resize_matte(matte, scale)
    assert result.dtype == np.float32
    assert result.shape == (int(np.ceil(20 * scale)), int(np.ceil(30 * scale)))
    assert result.min() >= 0
    assert result.max() <= 1


def test_a_matte_is_resized_like_a_picture():
    # Values around one half overshoot by less than one half, so nothing is clipped.
    matte = np.random.default_rng(4).uniform(0.45, 0.55, (12, 10)).astype(np.float32)
    np.testing.assert_allclose(resize_matte(matte, 3), resize_array(matte[..., None], 3)[..., 0], atol=1e-6)
