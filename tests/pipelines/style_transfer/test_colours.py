"""Lightness of the strokes, chrominance of the photo."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from skimage.color import rgb2yuv

from imaging.types import Image
from pipelines.style_transfer.colours import with_colours_of


def test_lightness_comes_from_the_strokes_and_chrominance_from_the_photo(draw: Callable[..., Image]) -> None:
    # Neither near black nor white, nor vivid: nothing is clipped.
    strokes, photo = (90 + draw(seed=seed) // 4 for seed in (1, 2))
    made = with_colours_of(strokes, photo)
    assert made.dtype == np.uint8
    assert made.shape == photo.shape
    assert np.abs(rgb2yuv(made)[..., 0] - rgb2yuv(strokes)[..., 0]).max() < 1 / 255
    assert np.abs(rgb2yuv(made)[..., 1:] - rgb2yuv(photo)[..., 1:]).max() < 1 / 255
    assert np.abs(rgb2yuv(strokes)[..., 1:] - rgb2yuv(photo)[..., 1:]).max() > 10 / 255


def test_a_grey_photo_stays_grey(draw: Callable[..., Image]) -> None:
    grey = draw(seed=1)[..., :1].repeat(3, 2)
    made = with_colours_of(draw(seed=2), grey).astype(int)
    assert np.ptp(made, axis=2).max() <= 1
    assert made.std() > 10


def test_a_picture_in_its_own_colours_is_itself(draw: Callable[..., Image]) -> None:
    picture = draw()
    assert np.abs(with_colours_of(picture, picture).astype(int) - picture).max() <= 1
