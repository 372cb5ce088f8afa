"""Streets by nobody, as many as wanted: scenes drawn at random, shaded as the page's example streets are.

The page's examples are such drawings. From photos alone the generators would put a photo's blurred car into them; from
both they learn to paint what fits its surroundings.
"""

from __future__ import annotations

import random
from functools import cache

from examples.street_drawing import shaded
from examples.streets import HEIGHT, WIDTH, Scene, Upright, car, crossing, person, tree
from imaging.streets import NAMES
from imaging.types import Box, Image, LabelMap

COUNT = 160
"""Scenes to learn from; of other numbers there are as many more, unseen."""

KINDS = {"car": "car", "crossing": "car", "person": "person", "cyclist": "bicycle", "bus": "bus"}
"""Figures that are objects, and their label: a cyclist is two, of which the bicycle has a box of its own."""

BICYCLE = 0.5  # of a cyclist's height
HIDDEN = 0.05  # of an object's box, by what stands nearer


def scene(number: int) -> Scene:
    """A street with parked cars, traffic, people, trees and lamps, drawn from its number."""
    draw = random.Random(number)
    kerbs = -draw.uniform(3, 8), draw.uniform(3.2, 8.5)
    walls = kerbs[0] - draw.uniform(1.8, 5), kerbs[1] + draw.uniform(1.8, 5)
    figures: list[Upright] = []
    for side, (kerb, wall) in enumerate(zip(kerbs, walls, strict=True)):
        out = 1 if side else -1
        if draw.random() < 0.7:
            near, gap = draw.uniform(8, 16), draw.uniform(5.5, 9)
            figures += [car(kerb - 1.15 * out, near + gap * place) for place in range(draw.randint(1, 5))]
        across = sorted((kerb + 0.5 * out, wall - 0.5 * out))
        figures += [person(draw.uniform(*across), draw.uniform(6, 26)) for _ in range(draw.randint(0, 5))]
        if draw.random() < 0.5:
            x, near = kerb + 0.9 * out, draw.uniform(12, 20)
            figures += [tree(x, near + 10 * place, draw.uniform(6, 9)) for place in range(draw.randint(1, 4))]
        if draw.random() < 0.4:
            figures.append(Upright("lamp", kerb + 0.5 * out, draw.uniform(10, 30), 1.6, 7))
        if draw.random() < 0.3:
            figures.append(Upright("sign", kerb + 0.5 * out, draw.uniform(9, 20), 0.6, 2.6))
    lanes = (kerbs[0] + 3.6, kerbs[1] - 3.6)
    if lanes[0] < lanes[1]:
        figures += [car(draw.uniform(*lanes), draw.uniform(8, 45)) for _ in range(draw.randint(1, 4))]
        if draw.random() < 0.4:
            figures.append(Upright("bus", draw.uniform(*lanes), draw.uniform(14, 35), 2.6, 3.1))
    if draw.random() < 0.5:
        figures += [Upright("cyclist", draw.uniform(*kerbs), draw.uniform(8, 22), 1.7, 1.75)]
    if draw.random() < 0.3:
        figures += [person(draw.uniform(*kerbs), draw.uniform(7, 20))]
    if draw.random() < 0.6:
        figures += [crossing(draw.uniform(*kerbs), draw.uniform(7, 26)) for _ in range(draw.randint(1, 2))]
    end = draw.choice([("building", 10.0), ("vegetation", 9.0), ("vegetation", 13.0)])
    vanishing = draw.uniform(0.42, 0.58), draw.uniform(0.38, 0.45)
    return Scene(vanishing, kerbs, walls, _blocks(draw), _blocks(draw), tuple(figures), end)


def _blocks(draw: random.Random) -> tuple[tuple[str, float, float], ...]:
    """What stands along one side."""
    made, far = [], 0.0
    while far < 120:
        kind = draw.choice(["building", "building", "building", "vegetation", "wall", "fence"])
        low, high = {"building": (9, 18), "vegetation": (4, 9)}.get(kind, (1.4, 2.8))
        length = draw.uniform(6, 24)
        made.append((kind, length, draw.uniform(low, high)))
        far += length
    return tuple(made)


@cache
def drawn(number: int) -> tuple[Image, LabelMap]:
    """The picture of a scene, uint8 (HEIGHT, WIDTH, 3), and its labels."""
    one = scene(number)
    return shaded(one, number, fine=1), one.drawn()


def objects(number: int) -> list[tuple[int, Box]]:
    """The objects of a scene that nothing hides: label ids, and boxes in pixels of its picture."""
    one = scene(number)
    found: list[tuple[int, Box]] = []
    nearer: list[Box] = []
    for figure in sorted(one.figures, key=lambda figure: figure.z):
        box = _box(one, figure)
        hidden = sum(_shared(box, other) for other in nearer) > HIDDEN * box.width * box.height
        nearer.append(box)
        if figure.kind not in KINDS or hidden:
            continue
        if box.left < 0 or box.top < 0 or box.right > WIDTH or box.bottom > HEIGHT:
            continue
        if figure.kind == "cyclist":
            box = Box(box.left, round(box.bottom - BICYCLE * box.height), box.right, box.bottom)
        found.append((NAMES.index(KINDS[figure.kind]), box))
    return found


def _box(one: Scene, figure: Upright) -> Box:
    left, top = one.seen(figure.x - figure.wide / 2, figure.high, figure.z)
    right, bottom = one.seen(figure.x + figure.wide / 2, 0, figure.z)
    return Box(round(left), round(top), round(right), round(bottom))


def _shared(one: Box, other: Box) -> int:
    across = min(one.right, other.right) - max(one.left, other.left)
    return max(across, 0) * max(min(one.bottom, other.bottom) - max(one.top, other.top), 0)
