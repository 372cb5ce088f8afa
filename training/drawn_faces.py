"""Label maps of faces of nobody: ellipses and polygons at a portrait's usual places, a little different by chance."""

from __future__ import annotations

import random

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage
from PIL import ImageDraw

from imaging.faces import NAMES

SIDE = 256  # pixels
FINE = 4  # times larger is drawn
Point = tuple[float, float]


def face(seed: int, long_hair: bool) -> NDArray[np.uint8]:
    """uint8 (SIDE, SIDE): ids of `imaging.faces.NAMES`, where portraits that are cut as CelebA-HQ's have them."""
    draw = random.Random(seed)
    canvas = PillowImage.new("L", (SIDE * FINE, SIDE * FINE))
    brush = Brush(ImageDraw.Draw(canvas))
    near = draw.uniform
    wide, chin = near(56, 64), near(212, 222)
    top = near(66, 78)  # of the forehead
    puff, crown = near(14, 24), near(24, 40)  # of the hair, beside the face and above
    if long_hair:
        below, spread = near(200, 256), wide + puff + near(2, 10)
        fall = [(128 - wide - puff, 110), (128 - spread, below), (128 + spread, below), (128 + wide + puff, 110)]
        brush.polygon("hair", fall)
    brush.ellipse("hair", (128, 118), wide + puff, 118 - crown)
    brush.polygon("cloth", [(0, 256), (14, 240), (84, 222), (172, 222), (242, 240), (256, 256)])
    brush.polygon("neck", [(128 - 36, 180), (128 - 40, 232), (128, 250), (128 + 40, 232), (128 + 36, 180)])
    if not long_hair:
        for side, name in ((-1, "right ear"), (1, "left ear")):
            brush.ellipse(name, (128 + side * (wide + 2), 146), 8, 20)
    brush.ellipse("skin", (128, (top + chin) / 2 - 8), wide, (chin - top) / 2 + 8)
    brush.ellipse("skin", (128, chin - 44), wide * 0.82, 44)
    parting = near(-30, 30)
    fringe = [(-wide - 4, 128), (-wide + 4, 100), (parting, top + near(-2, 8)), (wide - 4, 100), (wide + 4, 128)]
    cap = [(wide + 2, 84), (36, top - 24), (-36, top - 24), (-wide - 2, 84)]
    brush.polygon("hair", [(128 + x, y) for x, y in fringe + cap])
    apart, eyes = near(29, 33), near(124, 130)
    for side, eye, brow in ((-1, "right eye", "right brow"), (1, "left eye", "left brow")):
        middle = 128 + side * apart
        brush.ellipse(eye, (middle, eyes), 13, near(5, 6.5))
        arch = near(16, 20)
        inner, outer = (middle - side * 17, eyes - arch + 4), (middle + side * 19, eyes - arch + 5)
        brush.line(brow, [inner, (middle + side * 4, eyes - arch - 3), outer], near(4.5, 7))
    tip = near(162, 168)
    nose = [(-6, eyes - 4), (6, eyes - 4), (14, tip - 4), (6, tip + 4), (-6, tip + 4), (-14, tip - 4)]
    brush.polygon("nose", [(128 + x, y) for x, y in nose])
    mouth, half = near(184, 190), near(22, 27)
    smile = near(1, 5)
    full, left, right = near(6, 9), (-half, mouth - smile), (half, mouth - smile)
    upper = [left, (-8, mouth - full), (0, mouth - full + 2), (8, mouth - full), right, (0, mouth + 2)]
    lower = [left, (0, mouth), right, (12, mouth + full + 2), (-12, mouth + full + 2)]
    brush.polygon("upper lip", [(128 + x, y) for x, y in upper])
    brush.polygon("lower lip", [(128 + x, y) for x, y in lower])
    return np.asarray(canvas.resize((SIDE, SIDE), PillowImage.Resampling.NEAREST))


class Brush:
    """Fills shapes with a region's id."""

    def __init__(self, canvas: ImageDraw.ImageDraw) -> None:
        self.canvas = canvas

    def ellipse(self, name: str, middle: Point, across: float, down: float) -> None:
        """With its half axes."""
        x, y = middle
        box = [FINE * value for value in (x - across, y - down, x + across, y + down)]
        self.canvas.ellipse(box, fill=NAMES.index(name))

    def polygon(self, name: str, points: list[Point]) -> None:
        """With these corners."""
        self.canvas.polygon([(FINE * x, FINE * y) for x, y in points], fill=NAMES.index(name))

    def line(self, name: str, points: list[Point], width: float) -> None:
        """Through these points."""
        places = [(FINE * x, FINE * y) for x, y in points]
        self.canvas.line(places, fill=NAMES.index(name), width=round(FINE * width), joint="curve")
