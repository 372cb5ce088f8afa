"""Streets by nobody: label maps that our own code draws in Cityscapes' perspective, to put objects into."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image as PillowImage
from PIL import ImageDraw

from imaging.streets import NAMES
from imaging.types import LabelMap

WIDTH, HEIGHT = 1024, 512  # pixels
FOCAL = 1.1 * WIDTH  # pixels; Cityscapes' camera
EYE = 1.4  # metres above the road
FARTHEST, NEAREST = 120.0, 3.2  # metres


@dataclass(frozen=True)
class Upright:
    """A flat figure that stands at `x` metres right of the camera and `z` away: what it is, metres wide and high."""

    kind: str
    x: float
    z: float
    wide: float
    high: float


@dataclass(frozen=True)
class Scene:
    """A street: where it vanishes, shares of the picture; metres from the camera to both kerbs and both walls.

    `left`, `right`: what stands beyond the pavement, by blocks of so many metres: kind, length, height. `end`: what
    closes the street, and how high.
    """

    vanishing: tuple[float, float]
    kerbs: tuple[float, float]
    walls: tuple[float, float]
    left: tuple[tuple[str, float, float], ...]
    right: tuple[tuple[str, float, float], ...]
    figures: tuple[Upright, ...]
    end: tuple[str, float] = ("building", 10)

    def drawn(self) -> LabelMap:
        """The label map, far things first."""
        canvas = PillowImage.new("L", (WIDTH, HEIGHT), NAMES.index("sky"))
        pen = ImageDraw.Draw(canvas)
        self._ground(pen, "sidewalk", *self.walls)
        self._ground(pen, "road", *self.kerbs)
        kind, high = self.end
        edges = [(x, y, FARTHEST) for x, y in zip((-90.0, 90.0, 90.0, -90.0), (0.0, 0.0, high, high), strict=True)]
        self._polygon(pen, kind, edges)
        parts: list[tuple[float, Callable[[], None]]] = []
        for side, blocks in ((self.walls[0], self.left), (self.walls[1], self.right)):
            near = NEAREST
            for kind, length, high in blocks:
                far = min(near + length, FARTHEST)
                corners = [(side, 0, near), (side, high, near), (side, high, far), (side, 0, far)]
                parts.append((far, lambda kind=kind, corners=corners: self._polygon(pen, kind, corners)))
                near = far
        for figure in self.figures:
            parts.append((figure.z, lambda figure=figure: self._figure(pen, figure)))
        for _, draw in sorted(parts, key=lambda part: -part[0]):
            draw()
        return LabelMap(np.asarray(canvas), NAMES)

    def seen(self, x: float, y: float, z: float) -> tuple[float, float]:
        """Column and row of a point `x` to the right, `y` above the road and `z` away, in metres."""
        return self.vanishing[0] * WIDTH + FOCAL * x / z, self.vanishing[1] * HEIGHT + FOCAL * (EYE - y) / z

    def _polygon(self, pen: ImageDraw.ImageDraw, kind: str, corners: list[tuple[float, float, float]]) -> None:
        pen.polygon([self.seen(*corner) for corner in corners], fill=NAMES.index(kind))

    def _ground(self, pen: ImageDraw.ImageDraw, kind: str, left: float, right: float) -> None:
        near = EYE * FOCAL / HEIGHT  # below the picture's lower edge
        corners = [(left, 0, near), (right, 0, near), (right, 0, FARTHEST), (left, 0, FARTHEST)]
        self._polygon(pen, kind, [(x, y, z) for x, y, z in corners])

    def _figure(self, pen: ImageDraw.ImageDraw, figure: Upright) -> None:
        for kind, shape, (left, bottom, right, top) in SHAPES[figure.kind]():
            x0, x1 = (figure.x + figure.wide * (share - 0.5) for share in (left, right))
            a, b = self.seen(x0, figure.high * top, figure.z), self.seen(x1, figure.high * bottom, figure.z)
            box = (round(a[0]), round(a[1]), round(b[0]), round(b[1]))
            if shape == "round":
                pen.ellipse(box, fill=NAMES.index(kind))
            elif shape == "block":
                pen.rounded_rectangle(box, radius=max(1, (box[3] - box[1]) // 5), fill=NAMES.index(kind))
            else:
                slope = (box[2] - box[0]) // 5
                corners = [(box[0] + slope, box[1]), (box[2] - slope, box[1]), (box[2], box[3]), (box[0], box[3])]
                pen.polygon(corners, fill=NAMES.index(kind))


# A figure's parts: kind, form, and the box (left, bottom, right, top) in shares of its width and height.
Part = tuple[str, str, tuple[float, float, float, float]]


def _car() -> Iterator[Part]:
    yield "car", "block", (0.0, 0.14, 1.0, 0.64)
    yield "car", "slope", (0.08, 0.55, 0.92, 1.0)
    for left in (0.06, 0.76):
        yield "car", "block", (left, 0.0, left + 0.18, 0.3)


def _crossing() -> Iterator[Part]:
    yield "car", "block", (0.0, 0.16, 1.0, 0.62)
    yield "car", "slope", (0.1, 0.5, 0.78, 1.0)
    for left in (0.11, 0.72):
        yield "car", "round", (left, 0.0, left + 0.16, 0.44)


def _person() -> Iterator[Part]:
    yield "person", "block", (0.1, 0.42, 0.9, 0.86)
    yield "person", "round", (0.28, 0.84, 0.72, 1.0)
    yield "person", "slope", (0.12, 0.0, 0.45, 0.5)
    yield "person", "slope", (0.55, 0.0, 0.88, 0.5)


def _cyclist() -> Iterator[Part]:
    yield "bicycle", "round", (0.0, 0.0, 0.42, 0.38)
    yield "bicycle", "round", (0.58, 0.0, 1.0, 0.38)
    yield "bicycle", "slope", (0.2, 0.15, 0.8, 0.5)
    yield "rider", "slope", (0.3, 0.2, 0.62, 0.6)
    yield "rider", "block", (0.32, 0.5, 0.72, 0.88)
    yield "rider", "round", (0.5, 0.84, 0.74, 1.0)


def _bus() -> Iterator[Part]:
    yield "bus", "block", (0.0, 0.1, 1.0, 1.0)
    for left in (0.08, 0.74):
        yield "bus", "block", (left, 0.0, left + 0.18, 0.2)


def _tree() -> Iterator[Part]:
    yield "vegetation", "block", (0.46, 0.0, 0.54, 0.5)
    for left, bottom, right, top in ((0.0, 0.34, 0.7, 0.86), (0.3, 0.3, 1.0, 0.8), (0.18, 0.5, 0.84, 1.0)):
        yield "vegetation", "round", (left, bottom, right, top)


def _lamp() -> Iterator[Part]:
    yield "pole", "block", (0.45, 0.0, 0.55, 1.0)
    yield "pole", "block", (0.45, 0.97, 1.0, 1.0)


def _sign() -> Iterator[Part]:
    yield "pole", "block", (0.44, 0.0, 0.56, 0.8)
    yield "traffic sign", "round", (0.1, 0.81, 0.9, 1.0)


def _light() -> Iterator[Part]:
    yield "pole", "block", (0.42, 0.0, 0.58, 0.8)
    yield "traffic light", "block", (0.1, 0.72, 0.9, 1.0)


SHAPES: dict[str, Callable[[], Iterator[Part]]] = {
    "car": _car,
    "crossing": _crossing,
    "person": _person,
    "cyclist": _cyclist,
    "bus": _bus,
    "tree": _tree,
    "lamp": _lamp,
    "sign": _sign,
    "light": _light,
}


def car(x: float, z: float) -> Upright:
    """Seen from behind."""
    return Upright("car", x, z, 1.8, 1.5)


def crossing(x: float, z: float) -> Upright:
    """A car seen from its side."""
    return Upright("crossing", x, z, 4.2, 1.5)


def person(x: float, z: float) -> Upright:
    """A grown-up."""
    return Upright("person", x, z, 0.55, 1.75)


def tree(x: float, z: float, high: float = 8.0) -> Upright:
    """With a round crown."""
    return Upright("tree", x, z, 0.75 * high, high)


STREETS: dict[str, Scene] = {
    "avenue": Scene(
        (0.5, 0.42),
        (-6.0, 6.5),
        (-11.0, 12.0),
        (("building", 14, 13), ("vegetation", 8, 6), ("building", 30, 17), ("building", 70, 11)),
        (("building", 20, 15), ("building", 16, 11), ("vegetation", 20, 7), ("building", 70, 14)),
        (
            *(tree(-8.0, z) for z in (14, 22, 31, 43, 60)),
            *(tree(9.0, z) for z in (17, 26, 38, 55)),
            *(car(5.2, z) for z in (16, 22.5, 30)),
            car(-3.0, 45),
            car(1.0, 34),
            Upright("lamp", 7.4, 24, 1.6, 7),
            person(7.3, 18),
            person(7.9, 18.4),
        ),
    ),
    "narrow": Scene(
        (0.47, 0.4),
        (-3.2, 3.6),
        (-5.2, 5.8),
        (("building", 9, 10), ("building", 8, 12), ("building", 11, 9), ("building", 25, 13), ("building", 70, 10)),
        (("building", 12, 12), ("wall", 6, 2.6), ("building", 18, 11), ("building", 80, 12)),
        (
            *(car(-2.3, z) for z in (11, 17, 23, 29, 36)),
            car(0.7, 48),
            Upright("sign", 4.0, 12, 0.6, 2.6),
            person(4.6, 17),
            person(-4.1, 9),
            tree(8.0, 21, 6),
        ),
    ),
    "crossing": Scene(
        (0.53, 0.41),
        (-7.5, 7.5),
        (-12.0, 11.0),
        (("building", 16, 16), ("vegetation", 12, 5), ("building", 40, 12), ("building", 60, 15)),
        (("fence", 9, 1.6), ("vegetation", 14, 6), ("building", 25, 13), ("building", 75, 16)),
        (
            Upright("light", 7.9, 19.5, 0.5, 3.6),
            Upright("light", -8.2, 19, 0.5, 3.6),
            Upright("cyclist", 4.8, 15, 1.7, 1.75),
            car(-2.2, 26),
            car(1.6, 38),
            car(4.8, 52),
            *(person(x, 22) for x in (-9.4, -8.8, 8.5)),
            tree(-10.2, 24),
            tree(9.6, 33),
        ),
        ("vegetation", 9),
    ),
    "bus stop": Scene(
        (0.5, 0.43),
        (-5.0, 8.5),
        (-8.5, 13.0),
        (("building", 22, 14), ("building", 20, 18), ("vegetation", 12, 8), ("building", 70, 13)),
        (("vegetation", 16, 5), ("building", 22, 12), ("building", 28, 16), ("building", 60, 11)),
        (
            Upright("bus", 6.0, 24, 2.6, 3.1),
            car(-3.6, 13),
            car(-3.6, 20),
            car(1.2, 40),
            *(person(x, z) for x, z in ((8.9, 22), (9.6, 22.6), (10.4, 24), (-6.1, 16))),
            Upright("lamp", -6.0, 17, 1.6, 7),
            tree(11.2, 30),
            tree(-7.2, 28),
        ),
        ("vegetation", 12),
    ),
}


def street(name: str) -> LabelMap:
    """The label map of one of `STREETS`, HEIGHT x WIDTH."""
    return STREETS[name].drawn()
