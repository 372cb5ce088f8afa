"""Streets of the data folder for the networks of object insertion: windows around objects, and around nothing."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image as PillowImage
from scipy import ndimage
from torch import Tensor

from imaging.streets import NAMES, NOTHING, OBJECTS
from imaging.types import Box, Image, Mask
from pipelines.object_insertion.windows import MARGIN, SOFT, filled, grown, inside, lowered, placed, window
from training import drawn_streets
from training.pictures import DATA

STREETS = DATA / "streets"
HEIGHT, WIDTH = 256, 512  # pixels of a Cityscapes picture, which is stored squeezed to half its width
ROAD = 228  # rows above the camera car
LEAST = 30  # pixels, of an object's longer side
LABELS = len(NAMES)


@dataclass(frozen=True)
class Thing:
    """Something in a street: a label id and its box, or `NOTHING` and a rectangle without objects."""

    street: str
    label: int
    box: Box


@dataclass(frozen=True, eq=False)
class Windows:
    """A batch of squares of S pixels: what the generators read and what they are to make.

    `pictures` float32 (N, 3, S, S) in 0..1; `labels` int64 (N, S, S), the true ones; `classes` int64 (N); `boxes`,
    `soft` and `masks` float32 (N, 1, S, S), 1 in the box, in the soft box, on the object.
    """

    pictures: Tensor
    labels: Tensor
    classes: Tensor
    boxes: Tensor
    soft: Tensor
    masks: Tensor

    def onehot(self) -> Tensor:
        """The true labels, (N, LABELS, S, S)."""
        return F.one_hot(self.labels, LABELS).movedim(-1, 1).float()

    def boxed(self) -> Tensor:
        """What the structure generator reads, (N, 2 * LABELS, S, S)."""
        kinds = F.one_hot(self.classes, LABELS)[:, :, None, None].float() * self.boxes
        return torch.cat([kinds, self.onehot() * (1 - self.boxes) + kinds], 1)


def names(split: str, source: str) -> list[str]:
    """The streets of a split, train or val, of cityscapes or camvid."""
    with (STREETS / "index.csv").open() as file:
        return [row["name"] for row in csv.DictReader(file) if (row["split"], row["source"]) == (split, source)]


def picture(name: str) -> PillowImage.Image:
    """As it is stored or drawn."""
    if name.isdecimal():
        return PillowImage.fromarray(drawn_streets.drawn(int(name))[0])
    return PillowImage.open(STREETS / "images" / f"{name}.jpg").convert("RGB")


def labels(name: str) -> PillowImage.Image:
    """As they are stored or drawn: Cityscapes' ids."""
    if name.isdecimal():
        return PillowImage.fromarray(drawn_streets.drawn(int(name))[1].ids)
    return PillowImage.open(STREETS / "labels" / f"{name}.png")


def things(split: str, least: int = LEAST) -> list[Thing]:
    """The objects of a split that are whole, alone and large enough: of `least` pixels, on the longer side."""
    streets = set(names(split, "cityscapes"))
    found = []
    for name, boxes in json.loads((STREETS / "boxes.json").read_text()).items():
        for entry in boxes if name in streets else []:
            box = Box(*(round(edge) for edge in entry["box"]))
            if entry["good"] and max(box.width, box.height) >= least:
                found.append(Thing(name, entry["id"], box))
    return found


def drawn_things(numbers: Iterable[int]) -> list[Thing]:
    """The large enough objects of drawn streets: a street's number is its name."""
    found, scale = [], WIDTH / drawn_streets.WIDTH
    for number in numbers:
        for label, box in drawn_streets.objects(number):
            left, top, right, bottom = (round(scale * edge) for edge in (box.left, box.top, box.right, box.bottom))
            small = Box(left, top, right, bottom)
            if max(small.width, small.height) >= LEAST:
                found.append(Thing(str(number), label, small))
    return found


class Drawer:
    """Draws objects for training, those of rare classes and large ones more often, and rectangles without any."""

    def __init__(self, streets: Sequence[str], objects: Iterable[Thing], draw: random.Random) -> None:
        self.draw, self.streets = draw, streets
        self.by_label: dict[int, list[Thing]] = {}
        for thing in objects:
            self.by_label.setdefault(thing.label, []).append(thing)
        self.shares = [len(group) ** 0.5 for group in self.by_label.values()]

    def drawn(self, nothing: float) -> Thing:
        """One of them, or, a share `nothing` of times, a rectangle without."""
        if self.draw.random() < nothing:
            return self.emptiness()
        (group,) = self.draw.choices(list(self.by_label.values()), self.shares)
        (thing,) = self.draw.choices(group, [max(thing.box.width, thing.box.height) for thing in group])
        return thing

    def emptiness(self) -> Thing:
        """A rectangle of road, walls, trees: the target where an object is removed."""
        while True:
            name = self.draw.choice(self.streets)
            across, down = (self.draw.randrange(20, 120) for _ in range(2))
            left, top = self.draw.randrange(WIDTH - across), self.draw.randrange(ROAD - down)
            box = Box(left, top, left + across, top + down)
            shown = labels(name)
            if np.isin(np.asarray(shown.crop(stored(box, shown.size))), OBJECTS).mean() < 0.02:
                return Thing(name, NOTHING, box)


def cut(
    thing: Thing, side: int, draw: random.Random | None = None, loose: float = 0.0, below: float = 0.0
) -> tuple[Image, Image, int, Mask, Mask, Mask]:
    """The window around `thing`: picture, label ids, class, box, soft box and object, `side` pixels square.

    With `draw` the window is moved, of another size, and mirrored, as training wants it; `loose`: the most that the box
    is larger than the object, as a share of it; `below`: the most that it goes on under it, as a share of its height,
    where the shadow is.
    """
    margin, shift, ratio = MARGIN, (0.0, 0.0), sum(SOFT) / 2
    box = thing.box
    if draw:
        margin, ratio = draw.uniform(1.6, 2.6), draw.uniform(*SOFT)
        shift = draw.uniform(-0.5, 0.5), draw.uniform(-0.5, 0.5)
        box = grown(box, 1 + draw.uniform(0, loose), HEIGHT, WIDTH)
        box = lowered(box, draw.uniform(0, below), HEIGHT)
    around = window(box, HEIGHT, WIDTH, margin, shift)
    seen, shown = picture(thing.street), labels(thing.street)
    pixels = seen.resize((side, side), PillowImage.Resampling.BICUBIC, stored(around, seen.size))
    ids = np.asarray(shown.resize((side, side), PillowImage.Resampling.NEAREST, stored(around, shown.size)))
    boxes = [box, grown(box, ratio, HEIGHT, WIDTH)]
    boxed, soft = (filled(placed(inside(one, around), around.height, around.width, side), side, side) for one in boxes)
    mask = whole(boxed & (ids == thing.label))
    way = -1 if draw and draw.random() < 0.5 else 1
    return np.asarray(pixels)[:, ::way], ids[:, ::way], thing.label, boxed[:, ::way], soft[:, ::way], mask[:, ::way]


def stored(box: Box, size: tuple[int, int]) -> tuple[float, float, float, float]:
    """A box of a street, its edges in pixels of a file of that `size`, width and height."""
    across, down = size[0] / WIDTH, size[1] / HEIGHT
    return box.left * across, box.top * down, box.right * across, box.bottom * down


class Mixed:
    """Draws from photos and from drawn streets."""

    def __init__(self, split: str, draw: random.Random) -> None:
        numbers = range(drawn_streets.COUNT)
        self.draw, self.photos = draw, Drawer(names(split, "cityscapes"), things(split), draw)
        self.drawings = Drawer([str(number) for number in numbers], drawn_things(numbers), draw)

    def drawn(
        self, count: int, side: int, nothing: float, loose: float, drawings: float, below: float = 0.0
    ) -> Windows:
        """A batch at `side` pixels; shares `nothing` without an object and `drawings` not of photos; the rest: see
        `cut`."""
        made = (self.drawings if self.draw.random() < drawings else self.photos for _ in range(count))
        return batch([cut(drawer.drawn(nothing), side, self.draw, loose, below) for drawer in made])


def whole(mask: Mask) -> Mask:
    """The largest connected part: beside an object there may be another of its class."""
    parts, count = ndimage.label(mask)  # pyright: ignore[reportGeneralTypeIssues] - SciPy's stub
    if count < 2:
        return mask
    return parts == 1 + np.bincount(parts.ravel())[1:].argmax()


def batch(cuts: Sequence[tuple[Image, Image, int, Mask, Mask, Mask]]) -> Windows:
    """Several of `cut`, as tensors."""
    pixels, ids, classes, boxed, soft, masks = (np.stack(part) for part in zip(*cuts, strict=True))
    planes = [torch.from_numpy(part)[:, None].float() for part in (boxed, soft, masks)]
    pictures = torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 255
    return Windows(pictures, torch.from_numpy(ids).long(), torch.from_numpy(classes).long(), *planes)


def relit(pictures: Tensor, draw: random.Random) -> Tensor:
    """Each of (N, 3, H, W) in another light: Cityscapes is dark, visitors' photos are not."""
    made = []
    for x in pictures:
        x = x.clamp_min(1e-3) ** (2 ** draw.uniform(-1.0, 0.4))
        x = x * x.new_tensor([draw.uniform(0.92, 1.08) for _ in range(3)])[:, None, None]
        mean = x.mean()
        made.append((x - mean) * draw.uniform(0.8, 1.5) + mean * draw.uniform(0.85, 1.25))
    return torch.stack(made).clamp(0, 1)
