"""The portraits of the data folder with their regions, as batches."""

from __future__ import annotations

import csv
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image as PillowImage
from torch import Tensor

from imaging.faces import MIRRORED, NAMES
from training.pictures import DATA

FACES = DATA / "faces"


class Portraits:
    """Every portrait of a split, in memory: `images` (N, side, side, 3) and `labels` (N, side, side), both uint8."""

    def __init__(self, split: str, side: int, most: int | None = None, folder: Path = FACES) -> None:
        """`split`: train or val."""
        with (folder / "index.csv").open() as file:
            names = [row["id"] for row in csv.DictReader(file) if row["split"] == split][:most]
        pictures, labels = [], []
        for name in names:
            picture = PillowImage.open(folder / "images" / f"{name}.jpg").convert("RGB")
            pictures.append(np.asarray(picture.resize((side, side), PillowImage.Resampling.LANCZOS)))
            label = PillowImage.open(folder / "labels" / f"{name}.png")
            labels.append(np.asarray(label.resize((side, side), PillowImage.Resampling.NEAREST)))
        self.images, self.labels = np.stack(pictures), np.stack(labels).astype(np.uint8)

    def whole(self, places: Sequence[int]) -> tuple[Tensor, Tensor]:
        """Some portraits as they are: pictures (N, 3, S, S) in 0..1 and one-hot regions (N, 19, S, S)."""
        pictures = torch.from_numpy(self.images[list(places)]).permute(0, 3, 1, 2).float() / 255
        return pictures, onehot(torch.from_numpy(self.labels[list(places)]))

    def cut(self, place: int, side: int, nearest: float, draw: random.Random) -> tuple[Tensor, Tensor]:
        """A square of at least `nearest` of the portrait at `side` pixels, mirrored at random: (3, S, S), (S, S)."""
        full = self.images.shape[1]
        size = full * draw.uniform(nearest, 1)
        left, top = draw.uniform(0, full - size), draw.uniform(0, full - size)
        box = (left, top, left + size, top + size)
        picture = PillowImage.fromarray(self.images[place]).resize((side, side), PillowImage.Resampling.BICUBIC, box)
        label = PillowImage.fromarray(self.labels[place]).resize((side, side), PillowImage.Resampling.NEAREST, box)
        pixels, ids = np.asarray(picture), np.asarray(label)
        if draw.random() < 0.5:
            pixels, ids = pixels[:, ::-1], np.array(MIRRORED, np.uint8)[ids[:, ::-1]]
        return torch.from_numpy(pixels.copy()).permute(2, 0, 1).float() / 255, torch.from_numpy(ids.copy())


def onehot(labels: Tensor) -> Tensor:
    """Ids (N, H, W) to float32 (N, 19, H, W)."""
    return F.one_hot(labels.long(), len(NAMES)).permute(0, 3, 1, 2).float()
