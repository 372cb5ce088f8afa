"""The pictures of the example streets show what their label maps say."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image as PillowImage

from examples import STREET_PHOTOS, photo
from examples.street_drawing import noise, picture
from examples.streets import HEIGHT, STREETS, WIDTH, street


def test_every_street_has_its_picture() -> None:
    assert set(STREET_PHOTOS) == set(STREETS)


@pytest.mark.parametrize("name", STREETS)
def test_sky_is_bright_and_bluish_and_roads_are_grey(name: str) -> None:
    pixels, labels = np.asarray(PillowImage.open(photo(name))).astype(float), street(name)
    assert pixels.shape == (HEIGHT, WIDTH, 3)
    sky, road, leaves = (pixels[labels.where(part)].mean(0) for part in ("sky", "road", "vegetation"))
    assert sky.min() > 150
    assert sky[2] > sky[0] + 10
    assert 50 < road.mean() < 130
    assert np.ptp(road) < 15
    assert leaves[1] > leaves[[0, 2]].max() + 10


def test_the_picture_that_is_kept_is_the_one_that_is_drawn() -> None:
    kept = np.asarray(PillowImage.open(photo("narrow"))).astype(float)
    assert np.abs(picture("narrow") - kept).mean() < 4


def test_noise_is_smooth_and_the_same_again() -> None:
    x, y = np.meshgrid(np.linspace(-3, 3, 200), np.linspace(-2, 2, 100))
    one = noise(x, y, 1)
    assert np.array_equal(one, noise(x, y, 1))
    assert not np.array_equal(one, noise(x, y, 2))
    assert np.abs(np.diff(one, axis=1)).max() < 0.35
    assert one.std() > 0.1
