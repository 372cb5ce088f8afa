"""The square around a box that the networks see, and where the box is in it (Hong et al. 2018, their data code)."""

from __future__ import annotations

from math import ceil, exp

import numpy as np

from imaging.types import Box, Mask, Matte

MARGIN = 2.0
"""Sides of a window over the longer side of its box.

The paper's windows for pixels are 3 times the box, at 256 pixels; at our 128 the object would be 43 of them.
"""

SOFT = (1.2, 1.5)
"""The soft box, in which pixels may change, over the box: the least and the most."""


def window(box: Box, height: int, width: int, margin: float = MARGIN, shift: tuple[float, float] = (0.0, 0.0)) -> Box:
    """The window around `box` in a picture of `height` and `width` pixels, moved to lie inside.

    `shift`: to the right and down, -0.5 to 0.5 of half the room around the box. The largest soft box is always inside;
    where that is longer than the picture's shorter side, the window is no square (the reference cuts the box off).
    """
    longer = max(box.width, box.height)
    side = max(min(margin * longer, min(height, width)), SOFT[1] * longer)
    room = min(longer * (margin - 1), min(height, width)) / 2
    edges = []
    for first, last, length, moved in (
        (box.left, box.right, width, shift[0]),
        (box.top, box.bottom, height, shift[1]),
    ):
        reach = min(round(side), length)
        start = round((first + last) / 2 + moved * room - reach / 2)
        around = ceil((SOFT[1] - 1) / 2 * (last - first))
        start = min(max(start, min(last + around, length) - reach), max(first - around, 0))
        edges.append((min(max(start, 0), length - reach), reach))
    (left, across), (top, down) = edges
    return Box(left, top, left + across, top + down)


def inside(box: Box, within: Box) -> Box:
    """What of `box` lies in the window `within`, in its pixels."""
    left, right = (min(max(x - within.left, 0), within.width) for x in (box.left, box.right))
    top, bottom = (min(max(y - within.top, 0), within.height) for y in (box.top, box.bottom))
    return Box(left, top, right, bottom, box.label)


def placed(box: Box, height: int, width: int, side: int) -> Box:
    """`box` of a window of `height` and `width` once that is `side` pixels high and wide; at least one pixel large."""
    across, down = side / width, side / height
    left, right = (min(int(x * across), side) for x in (box.left, box.right))
    top, bottom = (min(int(y * down), side) for y in (box.top, box.bottom))
    left, top = min(left, side - 1), min(top, side - 1)
    return Box(left, top, max(right, left + 1), max(bottom, top + 1), box.label)


def grown(box: Box, ratio: float, height: int, width: int) -> Box:
    """`box` about its centre, `ratio` times as large, within a picture of `height` and `width` pixels."""
    across, down = round(box.width * (ratio - 1) / 2), round(box.height * (ratio - 1) / 2)
    left, top = max(box.left - across, 0), max(box.top - down, 0)
    return Box(left, top, min(box.right + across, width), min(box.bottom + down, height), box.label)


def lowered(box: Box, share: float, height: int) -> Box:
    """`box` with its lower edge further down by a `share` of its height, within a picture of `height` pixels."""
    return Box(box.left, box.top, box.right, min(box.bottom + round(share * box.height), height), box.label)


def filled(box: Box, height: int, width: int) -> Mask:
    """The pixels inside `box`."""
    mask = np.zeros((height, width), bool)
    mask[box.top : box.bottom, box.left : box.right] = True
    return mask


def put(plane: Matte, box: Box, shape: tuple[int, ...]) -> Matte:
    """A plane of a box's size in its box, 0 around it."""
    made = np.zeros(shape, np.float32)
    made[box.top : box.bottom, box.left : box.right] = plane
    return made


def standing(box: Box, aspect: float, stretch: float) -> Box:
    """What of `box` something of log width over height `aspect` takes, stretched by `stretch` at most: in the middle,
    at the foot."""
    own = exp(aspect)
    width = min(box.width, max(1, round(stretch * own * box.height)))
    height = min(box.height, max(1, round(stretch * box.width / own)))
    left = box.left + (box.width - width) // 2
    return Box(left, box.bottom - height, left + width, box.bottom, box.label)
