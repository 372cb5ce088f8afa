"""A frame cuts out what it covers, upright, and lays it back where it was."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import skimage.data
from safetensors.numpy import load_file
from scipy.ndimage import gaussian_filter

from imaging.alignment import Frame, affine, inverted, moved, similarity
from imaging.types import Box, Image


def smooth_picture(height: int = 90, width: int = 120) -> Image:
    noise = np.random.default_rng(0).uniform(0, 255, (height, width, 3))
    soft = gaussian_filter(noise, (4, 4, 0))
    return np.rint(np.clip((soft - soft.mean()) * 6 + 128, 0, 255)).astype(np.uint8)


def test_an_upright_frame_at_the_photos_scale_is_a_slice() -> None:
    picture = smooth_picture()
    frame = Frame.around((60, 40), (16, 0), 32)
    assert frame.scale == pytest.approx(1)
    assert frame.reach() == Box(44, 24, 76, 56)
    np.testing.assert_array_equal(frame.cut(picture), picture[24:56, 44:76])


def test_a_quarter_turn_is_rot90() -> None:
    picture = smooth_picture()
    frame = Frame.around((60, 40), (0, 16), 32)  # its right is the photo's bottom
    np.testing.assert_array_equal(frame.cut(picture), np.rot90(picture[24:56, 44:76]))


def test_beyond_the_rim_the_rim_goes_on() -> None:
    picture = smooth_picture()
    crop = Frame.around((0, 0), (16, 0), 32).cut(picture)
    assert (crop[:16, :16] == picture[0, 0]).all()
    np.testing.assert_array_equal(crop[16:, 16:], picture[:16, :16])


def test_a_frame_far_outside_shows_the_corner() -> None:
    picture = smooth_picture()
    frame = Frame.around((-500, -500), (16, 5), 32)
    assert (frame.cut(picture) == picture[0, 0]).all()
    assert not frame.laid_back(np.ones((32, 32), np.float32), 90, 120).any()


def test_shrinking_takes_means() -> None:
    checks = np.indices((256, 256)).sum(0) % 2 * 255
    picture = np.repeat(checks[..., None], 3, 2).astype(np.uint8)
    crop = Frame.around((128, 128), (100, 40), 16).cut(picture)
    assert np.abs(crop.astype(int) - 127.5).max() < 6


@pytest.mark.parametrize(("right", "side"), [((30, 12), 64), ((30, 12), 200), ((25, -20), 48)])
def test_what_was_cut_out_lies_where_it_was(right: tuple[float, float], side: int) -> None:
    picture = smooth_picture()
    frame = Frame.around((60, 45), right, side)
    laid = frame.laid_back(frame.cut(picture).astype(np.float32), 90, 120)
    inside = frame.laid_back(np.ones((side, side), np.float32), 90, 120) > 0.99
    area = (2 * frame.side * frame.scale / 2) ** 2
    assert inside.sum() == pytest.approx(area, rel=0.12)
    assert np.abs(laid - picture)[inside].mean() < 3.5
    assert not laid[0, 0].any()


def test_planes_are_laid_back_without_channels() -> None:
    frame = Frame.around((20, 20), (8, 0), 16)
    values = np.random.default_rng(1).random((16, 16)).astype(np.float32)
    laid = frame.laid_back(values, 40, 40)
    np.testing.assert_allclose(laid[12:28, 12:28], values, atol=1e-6)
    assert laid.sum() == pytest.approx(values.sum(), rel=1e-5)


def test_another_side_is_the_same_square() -> None:
    frame = Frame.around((60, 45), (30, 12), 64)
    finer = frame.at_side(128)
    assert finer.reach() == frame.reach()
    np.testing.assert_allclose(finer.matrix @ [128, 128, 1], frame.matrix @ [64, 64, 1])


def test_the_inverse_undoes_it() -> None:
    frame = Frame.around((60, 45), (30, 12), 64)
    x, y = frame.matrix @ [10, 20, 1]
    np.testing.assert_allclose(frame.inverse @ [x, y, 1], [10, 20])


def test_a_large_photo_is_cut_in_little_memory() -> None:
    picture = np.broadcast_to(skimage.data.coffee()[:1, :1], (4000, 6000, 3))
    crop = Frame.around((3000, 2000), (300, 100), 64).cut(picture)
    assert (crop == picture[0, 0]).all()


PARITY = Path(__file__).resolve().parents[3] / "shared" / "parity" / "vision" / "geometry"


def test_a_planted_similarity_is_found() -> None:
    points = np.random.default_rng(0).uniform(0, 100, (68, 2))
    planted = np.array([[1.2, -0.7, 30.0], [0.7, 1.2, -12.0]])
    np.testing.assert_allclose(similarity(points, moved(points, planted)), planted, atol=1e-9)
    np.testing.assert_allclose(moved(moved(points, planted), inverted(planted)), points, atol=1e-9)
    frame = Frame.onto(points, moved(points, planted), 64)
    np.testing.assert_allclose(frame.inverse, planted, atol=1e-9)


def test_a_mirror_image_is_turned_not_mirrored() -> None:
    points = np.random.default_rng(1).uniform(0, 100, (68, 2))
    matrix = similarity(points, points * [-1, 1])
    assert np.linalg.det(matrix[:, :2]) > 0


@pytest.mark.skipif(not PARITY.is_dir(), reason="../shared/parity is not beside this checkout")
def test_the_reference_aligns_the_same_way() -> None:
    given, expected = (load_file(PARITY / f"{part}.safetensors") for part in ("inputs", "outputs"))
    points, reference = given["src_landmarks"], given["ref_landmarks"]
    np.testing.assert_allclose(similarity(points, reference), expected["umeyama_2x3"], atol=1e-9)
    np.testing.assert_allclose(affine(points, reference), expected["affine_2x3"], atol=1e-9)


def test_a_change_fades_where_the_photo_goes_on_and_not_where_it_ends() -> None:
    photo = np.full((100, 60, 3), 100, np.uint8)
    frame = Frame.around((30.0, 30.0), (30.0, 0.0), 60)  # its left, right and upper edges are the photo's
    crop = frame.cut(photo)
    made = frame.with_change(photo, crop, crop + 50).astype(int)
    assert (made[:50, :, 0] >= 149).all()
    assert (made[60:] == 100).all()
    steps = np.abs(np.diff(made[:, 30, 0]))
    assert steps.max() < 20
