"""Holes by chance, as inpainting is trained and measured with: boxes, strokes of a brush, several of either."""

from __future__ import annotations

from random import Random

import numpy as np
from PIL import Image as PillowImage
from PIL import ImageDraw

from imaging.types import Mask


def centre_hole(height: int, width: int) -> Mask:
    """The middle half of both sides, as the papers measure it."""
    hole = np.zeros((height, width), np.bool_)
    hole[height // 4 : height - height // 4, width // 4 : width - width // 4] = True
    return hole


def free_form(height: int, width: int, least: float, most: float, draw: Random) -> Mask:
    """Strokes of a thick brush over `least` to `most` of the area (after Yu et al. 2019, algorithm 1)."""
    canvas = PillowImage.new("1", (width, height))
    while np.asarray(canvas).mean() < least:
        drawn = canvas.copy()
        _stroke(ImageDraw.Draw(drawn), height, width, draw)
        if np.asarray(drawn).mean() <= most:  # a stroke too many is not made: the next may be shorter
            canvas = drawn
    return np.array(canvas)


def boxes(height: int, width: int, count: int, sides: tuple[float, float], draw: Random) -> Mask:
    """`count` boxes anywhere, each side between those of `sides`, in shares of the picture's."""
    hole = np.zeros((height, width), np.bool_)
    for _ in range(count):
        tall, wide = (max(1, round(side * draw.uniform(*sides))) for side in (height, width))
        top, left = draw.randint(0, height - tall), draw.randint(0, width - wide)
        hole[top : top + tall, left : left + wide] = True
    return hole


def _stroke(canvas: ImageDraw.ImageDraw, height: int, width: int, draw: Random) -> None:
    side = min(height, width)
    thick = draw.uniform(0.04, 0.16) * side
    x, y, angle = draw.uniform(0, width), draw.uniform(0, height), draw.uniform(0, 2 * np.pi)
    for _ in range(draw.randint(1, 8)):
        angle += draw.uniform(-1.3, 1.3)
        length = draw.uniform(0.05, 0.25) * side
        end = x + length * np.cos(angle), y + length * np.sin(angle)
        canvas.line([(x, y), end], fill=1, width=round(thick))
        for centre in ((x, y), end):
            corners = [(centre[0] - thick / 2, centre[1] - thick / 2), (centre[0] + thick / 2, centre[1] + thick / 2)]
            canvas.ellipse(corners, fill=1)
        x, y = end
