"""PSNR and SSIM against closed forms and against the numbers of the super-resolution literature's own code."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from imaging.colour import luma
from imaging.metrics import psnr, ssim

FIXTURE = Path(__file__).parents[3] / "shared/parity/vision/sr_metrics"
with_the_fixture = pytest.mark.skipif(not FIXTURE.is_dir(), reason="shared/parity/vision/sr_metrics is not here")


@pytest.fixture
def picture():
    return np.random.default_rng(1).integers(0, 256, (40, 52, 3), dtype=np.uint8)


@with_the_fixture
@pytest.mark.parametrize(
    ("metric", "border", "name"), [(psnr, 4, "psnr_y_crop4"), (psnr, 0, "psnr_y_crop0"), (ssim, 4, "ssim_y_crop4")]
)
def test_the_metrics_give_the_reference_numbers(metric, border, name):
    inputs, outputs = (load_file(FIXTURE / f"{part}.safetensors") for part in ("inputs", "outputs"))
    assert metric(inputs["noisy_u8"], inputs["image_u8"], border) == pytest.approx(outputs[name].item(), abs=1e-6)


@pytest.mark.parametrize("border", [0, 4])
def test_equal_pictures_are_infinitely_close(picture, border):
    assert psnr(picture, picture.copy(), border) == math.inf


@pytest.mark.parametrize("border", [0, 4])
def test_equal_pictures_have_similarity_one(picture, border):
    assert ssim(picture, picture.copy(), border) == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize("step", [1, 10])
def test_a_constant_error_of_grey_gives_the_closed_form(step):
    grey = np.full((12, 12, 3), 100, np.uint8)
    # A grey step moves luma by 219 / 255 of itself.
    expected = 20 * math.log10(255 / (step * 219 / 255))
    assert psnr(grey + np.uint8(step), grey) == pytest.approx(expected, abs=1e-9)


def test_psnr_of_black_against_white_is_that_of_studio_swing():
    black = np.zeros((4, 4, 3), np.uint8)
    assert psnr(black, ~black) == pytest.approx(20 * math.log10(255 / 219), abs=1e-12)


def test_psnr_averages_the_squared_error_over_pixels():
    reference = np.full((10, 10, 3), 100, np.uint8)
    image = reference.copy()
    image[0, 0] += 10
    assert psnr(image, reference) == pytest.approx(20 * math.log10(255 / (10 * 219 / 255)) + 20, abs=1e-9)


@pytest.mark.parametrize(("metric", "perfect"), [(psnr, math.inf), (ssim, 1.0)])
def test_errors_in_the_border_do_not_count(picture, metric, perfect):
    framed = picture.copy()
    framed[:4], framed[-4:], framed[:, :4], framed[:, -4:] = 0, 0, 0, 0
    assert metric(framed, picture, 4) == pytest.approx(perfect)
    assert metric(framed, picture, 3) < perfect - 1e-6


def test_similarity_of_two_flat_greys_is_the_luminance_term():
    dark, light = (np.full((24, 24, 3), level, np.uint8) for level in (60, 160))
    y_dark, y_light = luma(dark)[0, 0], luma(light)[0, 0]
    steady = (0.01 * 255) ** 2
    expected = (2 * y_dark * y_light + steady) / (y_dark**2 + y_light**2 + steady)
    assert ssim(dark, light) == pytest.approx(expected, abs=1e-9)


def test_noise_lowers_both(picture):
    rng = np.random.default_rng(2)
    smooth = np.full((40, 52, 3), 128, np.uint8)
    weak, strong = (np.clip(smooth + rng.normal(0, sigma, smooth.shape), 0, 255).astype(np.uint8) for sigma in (3, 30))
    assert psnr(weak, smooth) > psnr(strong, smooth)
    assert ssim(weak, smooth) > ssim(strong, smooth)
