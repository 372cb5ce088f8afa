"""Streets of the data folder for the networks of object insertion: windows around objects, and around nothing."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image as PillowImage
from scipy import ndimage
from torch import Tensor

from imaging.streets import NAMES, NOTHING, OBJECTS
from imaging.types import Box, Image, Mask
from pipelines.object_insertion.windows import MARGIN, SOFT, filled, grown, inside, placed, window
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
    """As it is stored."""
    return PillowImage.open(STREETS / "images" / f"{name}.jpg").convert("RGB")


def labels(name: str) -> PillowImage.Image:
    """As they are stored: Cityscapes' ids."""
    return PillowImage.open(STREETS / "labels" / f"{name}.png")


def things(split: str) -> list[Thing]:
    """The objects of a split that are whole, alone and large enough."""
    streets = set(names(split, "cityscapes"))
    found = []
    for name, boxes in json.loads((STREETS / "boxes.json").read_text()).items():
        for entry in boxes if name in streets else []:
            box = Box(*(round(edge) for edge in entry["box"]))
            if entry["good"] and max(box.width, box.height) >= LEAST:
                found.append(Thing(name, entry["id"], box))
    return found


class Drawer:
    """Draws objects for training, those of rare classes more often, and rectangles where there is none."""

    def __init__(self, split: str, draw: random.Random) -> None:
        self.draw, self.streets = draw, names(split, "cityscapes")
        self.by_label: dict[int, list[Thing]] = {}
        for thing in things(split):
            self.by_label.setdefault(thing.label, []).append(thing)
        self.shares = [len(group) ** 0.5 for group in self.by_label.values()]

    def drawn(self, count: int, side: int, nothing: float, loose: float) -> Windows:
        """A batch at `side` pixels; `nothing`: the share without an object; `loose`: see `cut`."""
        chosen = []
        for _ in range(count):
            if self.draw.random() < nothing:
                chosen.append(self.emptiness())
            else:
                (group,) = self.draw.choices(list(self.by_label.values()), self.shares)
                chosen.append(self.draw.choice(group))
        return batch([cut(thing, side, self.draw, loose) for thing in chosen])

    def emptiness(self) -> Thing:
        """A rectangle of road, walls, trees: the target where an object is removed."""
        while True:
            name = self.draw.choice(self.streets)
            across, down = (self.draw.randrange(20, 120) for _ in range(2))
            left, top = self.draw.randrange(WIDTH - across), self.draw.randrange(ROAD - down)
            box = Box(left, top, left + across, top + down)
            shown = np.asarray(labels(name))[top : top + down, left // 2 : (left + across) // 2]
            if np.isin(shown, OBJECTS).mean() < 0.02:
                return Thing(name, NOTHING, box)


def cut(
    thing: Thing, side: int, draw: random.Random | None = None, loose: float = 0.0
) -> tuple[Image, Image, int, Mask, Mask, Mask]:
    """The window around `thing`: picture, label ids, class, box, soft box and object, `side` pixels square.

    With `draw` the window is moved, of another size, and mirrored, as training wants it; `loose`: the most that the box
    is larger than the object, as a share of it.
    """
    margin, shift, ratio = MARGIN, (0.0, 0.0), sum(SOFT) / 2
    box = thing.box
    if draw:
        margin, ratio = draw.uniform(1.6, 2.6), draw.uniform(*SOFT)
        shift = draw.uniform(-0.5, 0.5), draw.uniform(-0.5, 0.5)
        box = grown(box, 1 + draw.uniform(0, loose), HEIGHT, WIDTH)
    around = window(box, HEIGHT, WIDTH, margin, shift)
    stored = (around.left / 2, around.top, around.right / 2, around.bottom)
    pixels = np.asarray(picture(thing.street).resize((side, side), PillowImage.Resampling.BICUBIC, stored))
    ids = np.asarray(labels(thing.street).resize((side, side), PillowImage.Resampling.NEAREST, stored))
    boxes = [box, grown(box, ratio, HEIGHT, WIDTH)]
    boxed, soft = (filled(placed(inside(one, around), around.height, around.width, side), side, side) for one in boxes)
    mask = whole(boxed & (ids == thing.label))
    way = -1 if draw and draw.random() < 0.5 else 1
    return pixels[:, ::way], ids[:, ::way], thing.label, boxed[:, ::way], soft[:, ::way], mask[:, ::way]


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
