"""What the page offers to try is there, the same every time, and worth looking at."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image as PillowImage

from examples import PAINTINGS, PHOTOS, SMALL_PHOTOS, photo
from imaging.types import Image

ALL = SMALL_PHOTOS | PHOTOS | PAINTINGS


def test_no_name_stands_for_two_pictures() -> None:
    assert len(ALL) == len(SMALL_PHOTOS) + len(PHOTOS) + len(PAINTINGS) - len(set(SMALL_PHOTOS) & set(PHOTOS))
    assert all(SMALL_PHOTOS[name] is PHOTOS[name] for name in set(SMALL_PHOTOS) & set(PHOTOS))


@pytest.mark.parametrize("name", ALL)
def test_it_is_a_file_with_its_pixels(name: str) -> None:
    with PillowImage.open(photo(name)) as picture:
        pixels = np.asarray(picture)
    assert pixels.dtype == np.uint8
    assert pixels.ndim == 3
    assert np.array_equal(pixels, ALL[name]())
    assert min(pixels.shape[:2]) >= 200
    assert pixels.std() > 20


@pytest.mark.parametrize("draw", PAINTINGS.values(), ids=PAINTINGS)
def test_a_drawn_painting_is_the_same_every_time(draw: Callable[[], Image]) -> None:
    first = draw()
    assert first.shape == (512, 512, 3)
    assert np.array_equal(first, draw())
    assert len(np.unique(first.reshape(-1, 3) // 32, axis=0)) >= 12  # of several colours
