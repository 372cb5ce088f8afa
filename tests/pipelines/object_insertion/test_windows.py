"""Windows are the reference's, lie in the picture, and know where their box is."""

from __future__ import annotations

import pytest

from imaging.types import Box
from pipelines.object_insertion.windows import SOFT, filled, grown, inside, placed, window


def test_a_window_is_a_square_of_so_many_boxes_around_its_box() -> None:
    assert window(Box(400, 300, 500, 360), 1024, 2048, margin=3) == Box(300, 180, 600, 480)
    # Half of the room on either side is 100 pixels; a shift of a half moves it by 50.
    assert window(Box(400, 300, 500, 360), 1024, 2048, 3, (0.5, -0.5)) == Box(350, 130, 650, 430)


def test_it_stays_in_the_picture() -> None:
    assert window(Box(0, 0, 40, 60), 200, 300, margin=2) == Box(0, 0, 120, 120)
    assert window(Box(290, 150, 300, 200), 200, 300, margin=2) == Box(200, 100, 300, 200)


def test_it_is_no_larger_than_the_picture_but_holds_the_box() -> None:
    assert window(Box(100, 50, 220, 150), 200, 300, margin=3) == Box(60, 0, 260, 200)
    assert window(Box(10, 50, 280, 150), 200, 300, margin=2) == Box(0, 0, 300, 200)


@pytest.mark.parametrize("shift", [-0.3, 0.0, 0.3])
@pytest.mark.parametrize("box", [Box(272, 100, 752, 400), Box(20, 60, 520, 300), Box(400, 10, 600, 500)])
def test_a_window_holds_the_largest_soft_box_however_it_is_moved(box: Box, shift: float) -> None:
    within, soft = window(box, 512, 1024, 2, (shift, shift)), grown(box, SOFT[1], 512, 1024)
    assert within.left <= soft.left + 1
    assert within.top <= soft.top + 1
    assert soft.right <= within.right + 1
    assert soft.bottom <= within.bottom + 1
    # At the edge of the window, but not of the photo, would be a seam.
    drawn = grown(box, sum(SOFT) / 2, 512, 1024)
    for edge, own, end in ((drawn.left, within.left, 0), (drawn.right, within.right, 1024), (drawn.top, within.top, 0)):
        assert edge != own or own == end


def test_a_box_is_found_again_in_its_window() -> None:
    box, within = Box(130, 120, 170, 180, "car"), Box(100, 100, 200, 200)
    relative = inside(box, within)
    assert relative == Box(30, 20, 70, 80, "car")
    assert placed(relative, 100, 100, 50) == Box(15, 10, 35, 40, "car")
    assert placed(Box(99, 99, 100, 100), 100, 100, 10) == Box(9, 9, 10, 10)
    assert filled(relative, 100, 100).sum() == 40 * 60


@pytest.mark.parametrize("ratio", [1.2, 1.5])
def test_a_soft_box_is_about_the_same_centre_and_in_the_picture(ratio: float) -> None:
    soft = grown(Box(100, 100, 140, 120), ratio, 1000, 1000)
    assert (soft.width, soft.height) == (40 * ratio, 20 * ratio)
    assert soft.left + soft.right == 240
    assert grown(Box(0, 990, 40, 1000), ratio, 1000, 1000).bottom == 1000
