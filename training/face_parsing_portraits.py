"""Portraits with labels for `training.face_parsing`: read, moved about, and spoilt as photos of visitors are."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from PIL import Image as PillowImage
from torch import Tensor

from imaging.faces import MIRRORED, NAMES
from imaging.types import Image
from training.pictures import DATA

FACES = DATA / "faces"
RARE = tuple(NAMES.index(name) for name in ("glasses", "hat", "earring", "necklace"))


class Portraits:
    """The portraits of a split: names, and which of them show a rare label. Read from the disk each time."""

    def __init__(self, split: str, most: int | None = None, folder: Path = FACES) -> None:
        with (folder / "index.csv").open() as file:
            self.names = [row["id"] for row in csv.DictReader(file) if row["split"] == split][:most]
        self.folder = folder
        self.counts = np.array([np.bincount(self.labels(name).ravel(), minlength=len(NAMES)) for name in self.names])
        self.rare = [name for name, count in zip(self.names, self.counts, strict=True) if count[list(RARE)].any()]

    def image(self, name: str) -> Image:
        """The portrait."""
        return np.asarray(PillowImage.open(self.folder / "images" / f"{name}.jpg").convert("RGB"))

    def labels(self, name: str) -> NDArray[np.uint8]:
        """Its label ids, uint8 (H, W)."""
        return np.asarray(PillowImage.open(self.folder / "labels" / f"{name}.png"))

    def shares(self) -> Tensor:
        """Each label's share of all pixels, float32 (labels)."""
        return torch.from_numpy(self.counts.sum(0) / self.counts.sum()).float()

    def drawn(self, count: int, rare: float, draw: random.Random) -> tuple[Tensor, Tensor]:
        """Portraits (count, 3, H, W) in 0..1, half mirrored, a share of `rare` among the rare; labels (count, H, W)."""
        images, labels = [], []
        for _ in range(count):
            name = draw.choice(self.rare if self.rare and draw.random() < rare else self.names)
            image, ids = self.image(name), self.labels(name)
            if draw.random() < 0.5:
                image, ids = image[:, ::-1], np.asarray(MIRRORED, np.uint8)[ids[:, ::-1]]
            images.append(image)
            labels.append(ids)
        return tensor(np.stack(images)), torch.from_numpy(np.stack(labels)).long()


def tensor(images: NDArray[np.uint8]) -> Tensor:
    """uint8 (N, H, W, 3) as float32 (N, 3, H, W) in 0..1."""
    return torch.from_numpy(images.copy()).permute(0, 3, 1, 2).float() / 255


def places(count: int, draw: random.Random, turn: float, zoom: float, shift: float) -> Tensor:
    """Where each picture is looked at: affine matrices (count, 2, 3) for `affine_grid`.

    `turn` in degrees and `shift` in halves of a side are standard deviations; `zoom`: the most, either way.
    """
    matrices = []
    for _ in range(count):
        angle = np.deg2rad(np.clip(draw.gauss(0, turn), -3 * turn, 3 * turn))
        size = zoom ** draw.uniform(-1, 1)
        cosine, sine = np.cos(angle) / size, np.sin(angle) / size
        matrices.append([[cosine, -sine, draw.gauss(0, shift)], [sine, cosine, draw.gauss(0, shift)]])
    return torch.tensor(matrices, dtype=torch.float32)


def looked_at(images: Tensor, labels: Tensor, matrices: Tensor, side: int) -> tuple[Tensor, Tensor]:
    """Pictures and labels through affine `matrices`, squares of `side` pixels; beyond the rim, the rim goes on.

    So does the pipeline's crop where it leaves the photo.
    """
    if side < images.shape[-1]:
        images = F.interpolate(images, (side, side), mode="bilinear", antialias=True)
    grid = F.affine_grid(matrices, [len(images), 3, side, side], align_corners=False)
    seen = F.grid_sample(images, grid, padding_mode="border", align_corners=False)
    ids = F.grid_sample(labels[:, None].float(), grid, "nearest", padding_mode="border", align_corners=False)
    return seen, ids[:, 0].long()


def occluded(images: Tensor, labels: Tensor, others: Sequence[Image], draw: random.Random) -> None:
    """Puts an ellipse of another picture, which is background, before some of the faces, in place."""
    side = images.shape[-1]
    rows, columns = torch.meshgrid(torch.linspace(-1, 1, side), torch.linspace(-1, 1, side), indexing="ij")
    for image, ids in zip(images, labels, strict=True):
        if draw.random() > 0.12:
            continue
        other = PillowImage.fromarray(draw.choice(others)).resize((side, side))
        x, y = draw.uniform(-0.8, 0.8), draw.uniform(-0.8, 0.8)
        inside = ((columns - x) / draw.uniform(0.15, 0.5)) ** 2 + ((rows - y) / draw.uniform(0.15, 0.5)) ** 2 < 1
        image[:, inside] = tensor(np.asarray(other)[None])[0][:, inside]
        ids[inside] = 0


def elsewhere(images: Tensor, labels: Tensor, others: Sequence[Image], draw: random.Random) -> None:
    """Puts another picture behind some of the people, in place; a soft edge, lest the edge give the outline away."""
    side = images.shape[-1]
    for image, ids in zip(images, labels, strict=True):
        if draw.random() > 0.12:
            continue
        other = tensor(np.asarray(PillowImage.fromarray(draw.choice(others)).resize((side, side)))[None])[0]
        person = F.avg_pool2d((ids != 0).float()[None, None], 5, 1, 2, count_include_pad=False)[0]
        image.copy_(other.lerp(image, person))


def spoilt(images: Tensor, draw: random.Random) -> Tensor:
    """Other light and colours, grey, soft, small, noisy, through JPEG: each picture by its own dice."""
    return torch.stack([_spoilt(image, draw) for image in images])


def _spoilt(image: Tensor, draw: random.Random) -> Tensor:
    side = image.shape[-1]
    if draw.random() < 0.3:  # a small picture made large
        small = int(side / draw.uniform(1.2, 5))
        image = F.interpolate(image[None], (small, small), mode="bilinear", antialias=True)
        image = F.interpolate(image, (side, side), mode=draw.choice(("bilinear", "bicubic")))[0].clamp(0, 1)
    if draw.random() < 0.7:
        image = image.clamp_min(1e-3) ** (1.6 ** draw.uniform(-1, 1))
        mean = image.mean()
        image = (image - mean) * draw.uniform(0.6, 1.4) + mean * draw.uniform(0.75, 1.25)
        image = image * torch.tensor([draw.uniform(0.85, 1.15) for _ in range(3)])[:, None, None]
        grey = image.mean(0, keepdim=True)
        image = grey + (image - grey) * draw.uniform(0.3, 1.4)
    if draw.random() < 0.07:
        image = image.mean(0, keepdim=True).expand_as(image)
    if draw.random() < 0.25:
        image = image + draw.uniform(0.01, 0.08) * torch.randn_like(image)
    image = image.clamp(0, 1)
    if draw.random() < 0.2:
        file = io.BytesIO()
        pixels = image.mul(255).round().byte().permute(1, 2, 0).numpy()
        PillowImage.fromarray(pixels).save(file, "JPEG", quality=draw.randint(15, 80))
        image = tensor(np.asarray(PillowImage.open(file))[None])[0]
    return image
