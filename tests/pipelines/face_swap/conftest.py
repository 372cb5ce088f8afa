"""Two people without a photo of anyone: a drawn face on a ground, with its points and regions."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image as PillowImage
from PIL import ImageDraw
from scipy.ndimage import gaussian_filter

from imaging.faces import NAMES
from imaging.landmarks import FRONTAL, LEFT_EYE, MOUTH, RIGHT_EYE
from imaging.types import LabelMap
from pipelines.face_swap import Portrait
from pipelines.face_swap.portrait import with_forehead


def person(skin: tuple[int, int, int], width: float = 110, turn: float = 0.0, smile: float = 0.0) -> Portrait:
    """A face `width` pixels wide in 200 x 240, turned in the picture by `turn` radians; `smile` lifts the corners."""
    shape = FRONTAL.copy()
    shape[[48, 54, 60, 64], 1] -= smile
    points = shape @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]) * width + [100, 130]
    picture = PillowImage.new("RGB", (200, 240), (40, 60, 90))
    regions = PillowImage.new("L", (200, 240))
    hull = with_forehead(points)
    outline = [tuple(point) for point in (*hull[:17], *hull[:67:-1])]
    neck = (100 - width / 4, 130, 100 + width / 4, 239)
    hair = (100 - 0.62 * width, 130 - 0.95 * width, 100 + 0.62 * width, 150)
    for canvas, colours in (
        (picture, ((30, 20, 15), skin, skin, (60, 30, 20), (150, 40, 50))),
        (regions, tuple(NAMES.index(name) for name in ("hair", "neck", "skin", "left eye", "upper lip"))),
    ):
        pen = ImageDraw.Draw(canvas)
        pen.ellipse(hair, fill=colours[0])
        pen.rectangle(neck, fill=colours[1])
        pen.polygon(outline, fill=colours[2])
        for eye in (LEFT_EYE, RIGHT_EYE):
            pen.polygon([tuple(point) for point in points[list(eye)]], fill=colours[3])
        pen.polygon([tuple(point) for point in points[list(MOUTH)[:12]]], fill=colours[4])
    grain = gaussian_filter(np.random.default_rng(1).normal(0, 30, (240, 200, 1)), (1, 1, 0))
    image = np.clip(np.asarray(picture) + grain, 0, 255).astype(np.uint8)
    return Portrait(image, points, LabelMap(np.array(regions), NAMES))


@pytest.fixture(scope="session")
def dark() -> Portrait:
    return person((120, 80, 60), turn=0.15)


@pytest.fixture(scope="session")
def pale() -> Portrait:
    return person((215, 175, 150), width=120, smile=0.05)
