"""Pictures with a label map, as batches: portraits, streets, facades."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image as PillowImage
from torch import Tensor

from imaging.faces import MIRRORED, NAMES
from training.pictures import DATA

IGNORED = 255  # the id of pixels that no loss and no score counts

Pairs = Callable[[Path, str], list[tuple[Path, Path]]]


def listed(folder: Path, split: str) -> list[tuple[Path, Path]]:
    """Pictures and label maps of a folder of ours: `index.csv` names them and their split, train or val."""
    with (folder / "index.csv").open() as file:
        rows = list(csv.DictReader(file))
    names = [next(iter(row.values())) for row in rows if row["split"] == split]
    return [(folder / "images" / f"{name}.jpg", folder / "labels" / f"{name}.png") for name in names]


def cmp_facades(folder: Path, split: str) -> list[tuple[Path, Path]]:
    """The CMP facade database (Tyleček and Šára 2013): every tenth picture is for validation."""
    pictures = sorted(folder.glob("*.jpg"))
    chosen = [picture for place, picture in enumerate(pictures) if (place % 10 == 0) == (split == "val")]
    return [(picture, picture.with_suffix(".png")) for picture in chosen]


@dataclass(frozen=True)
class Domain:
    """What is in the pictures: `labels` many ids, `mirrored` what a flip makes of each, `weights` of their errors.

    `swapped`: the groups of labels whose styles a contact sheet exchanges, one by one.
    """

    folder: Path
    labels: int
    swapped: Sequence[Sequence[int]]
    pairs: Pairs = listed
    mirrored: Sequence[int] | None = None
    weights: Mapping[int, float] = field(default_factory=dict)


DOMAINS = {
    "faces": Domain(
        DATA / "faces",
        len(NAMES),
        [[13], [1, 2, 8, 9, 17], [11, 12]],  # hair, skin, lips
        mirrored=MIRRORED,
        weights={0: 0.5, 2: 1.8, 3: 1.5, 4: 3, 5: 3, 6: 3, 7: 3, 10: 1.8, 11: 3, 12: 3, 13: 0.9, 18: 0.5},
    ),
    # Roads, buildings, sky.
    "streets": Domain(DATA / "streets", 35, [[7], [11], [23]]),
    # Not in the data here: name its folder. Walls, windows, doors.
    "facades": Domain(DATA / "facades", 13, [[2], [3], [4]], cmp_facades),
}


class Labelled:
    """All of a split, in memory: `images` (N, side, side, 3) and `labels` (N, side, side), both uint8."""

    def __init__(self, domain: Domain, split: str, side: int, most: int | None = None) -> None:
        """`split`: train or val. Pictures that are not square are squeezed."""
        pictures, labels = [], []
        for image_file, label_file in domain.pairs(domain.folder, split)[:most]:
            picture = PillowImage.open(image_file).convert("RGB")
            pictures.append(np.asarray(picture.resize((side, side), PillowImage.Resampling.LANCZOS)))
            label = PillowImage.open(label_file)
            labels.append(np.asarray(label.resize((side, side), PillowImage.Resampling.NEAREST)))
        if not pictures:
            raise FileNotFoundError(f"no pictures for {split} in {domain.folder}")
        self.domain = domain
        self.images, self.labels = np.stack(pictures), np.stack(labels).astype(np.uint8)

    def whole(self, places: Sequence[int]) -> tuple[Tensor, Tensor]:
        """Some as they are: pictures (N, 3, S, S) in 0..1 and one-hot regions (N, labels, S, S)."""
        pictures = torch.from_numpy(self.images[list(places)]).permute(0, 3, 1, 2).float() / 255
        return pictures, self.onehot(torch.from_numpy(self.labels[list(places)]))

    def cut(self, place: int, side: int, nearest: float, draw: random.Random) -> tuple[Tensor, Tensor]:
        """A square of at least `nearest` of the picture at `side` pixels, mirrored at random: (3, S, S), (S, S)."""
        full = self.images.shape[1]
        size = full * draw.uniform(nearest, 1)
        left, top = draw.uniform(0, full - size), draw.uniform(0, full - size)
        box = (left, top, left + size, top + size)
        picture = PillowImage.fromarray(self.images[place]).resize((side, side), PillowImage.Resampling.BICUBIC, box)
        label = PillowImage.fromarray(self.labels[place]).resize((side, side), PillowImage.Resampling.NEAREST, box)
        pixels, ids = np.asarray(picture), np.asarray(label)
        if draw.random() < 0.5:
            pixels, ids = pixels[:, ::-1], ids[:, ::-1]
            if self.domain.mirrored:
                ids = np.array(self.domain.mirrored, np.uint8)[ids]
        return torch.from_numpy(pixels.copy()).permute(2, 0, 1).float() / 255, torch.from_numpy(ids.copy())

    def onehot(self, labels: Tensor) -> Tensor:
        """Ids (N, H, W) to float32 (N, labels, H, W)."""
        return F.one_hot(labels.long(), self.domain.labels).permute(0, 3, 1, 2).float()


def dice_error(found: Tensor, labels: Tensor) -> Tensor:
    """One minus the Dice coefficient, the mean over the labels that the batch shows; `IGNORED` pixels do not count.

    `found` (N, labels, H, W): probabilities; `labels` (N, H, W).
    """
    known = labels != IGNORED
    truth = F.one_hot(labels.where(known, 0), found.shape[1]).movedim(-1, 1) * known[:, None]
    found = found * known[:, None]
    shown = truth.sum((0, 2, 3)).float()
    both = (found * truth).sum((0, 2, 3))
    error = 1 - 2 * both / (found.sum((0, 2, 3)) + shown).clamp_min(1)
    return error[shown > 0].mean()
