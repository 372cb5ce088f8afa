"""Faces with 68 points for `training.face_landmarks`: decoded once, looked at turned, shifted and mirrored."""

from __future__ import annotations

import csv
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from PIL import Image as PillowImage
from torch import Tensor

from imaging.alignment import Frame, inverted, moved
from imaging.landmarks import MIRRORED
from imaging.types import Image
from pipelines.face_parsing.landmark_network import point_frame
from training.face_parsing_portraits import FACES, places
from training.pictures import DATA

LANDMARKS = DATA / "landmarks"
SIDE = 144  # pixels that the pictures are kept in
DOUBTFUL = 0.04  # of the eyes' distance: readings of a portrait that differ by more are left out


@dataclass(frozen=True, eq=False)
class Faces:
    """Square pictures of one size, uint8 (N, S, S, 3), and their points (N, 68, 2) in -1..1 across the picture."""

    images: NDArray[np.uint8]
    points: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.images)

    def first(self, count: int) -> Faces:
        """`count` of them, evenly over all."""
        chosen = np.linspace(0, len(self) - 1, min(count, len(self))).astype(int)
        return Faces(self.images[chosen], self.points[chosen])

    def in_pixels(self, index: int) -> NDArray[np.float64]:
        """The points of one, x and y in pixels."""
        return (self.points[index] + 1) * self.images.shape[1] / 2


def portraits(split: str, side: int = SIDE, most: int | None = None) -> Faces:
    """CelebAMask-HQ's portraits of `split` whose points are certain."""
    with (FACES / "index.csv").open() as file:
        split_of = {row["id"]: row["split"] for row in csv.DictReader(file)}
    labels = np.load(FACES / "landmarks.npz")
    rows = zip(labels["names"], labels["points"].astype(np.float64), labels["spread"], strict=True)
    found = [(name, points) for name, points, spread in rows if split_of[name] == split and spread <= DOUBTFUL][:most]
    images = [_image(FACES / "images" / f"{name}.jpg", side) for name, _ in found]
    return Faces(np.stack(images), np.stack([points for _, points in found]) / 128 - 1)


def video_frames(split: str, side: int = SIDE, most: int | None = None) -> Faces:
    """The other people, in frames of videos: harder, and with points set by eye."""
    with (LANDMARKS / "landmarks.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["split"] == split][:most]
    images = [_image(LANDMARKS / "images" / row["file"], side) for row in rows]
    points = [[(float(row[f"x{k}"]), float(row[f"y{k}"])) for k in range(68)] for row in rows]
    return Faces(np.stack(images), np.array(points) / 64 - 1)


def _image(path: Path, side: int) -> Image:
    return np.asarray(PillowImage.open(path).convert("RGB").resize((side, side), PillowImage.Resampling.BOX))


def drawn(sets: Sequence[Faces], counts: Sequence[int], draw: random.Random) -> tuple[Tensor, NDArray[np.float64]]:
    """`counts` faces of each of `sets`, half of them mirrored: (N, 3, S, S) in 0..1 and points in -1..1."""
    images, points = [], []
    for faces, count in zip(sets, counts, strict=True):
        for index in draw.choices(range(len(faces)), k=count):
            image, own = faces.images[index], faces.points[index]
            if draw.random() < 0.5:
                image, own = image[:, ::-1], own[list(MIRRORED)] * [-1, 1]
            images.append(image)
            points.append(own)
    return torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2).float() / 255, np.stack(points)


def jittered(points: NDArray[np.float64], jitter: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where the crops of faces with `points` (N, 68, 2) lie: (N, 2, 3) from -1..1 of the crop to that of the picture.

    `jitter` (N, 2, 3): what each is off the crop that the points themselves lay.
    """
    matrices = []
    for own, off in zip(points, jitter, strict=True):
        laid = point_frame(own, 2).matrix @ np.array([[1, 0, 1], [0, 1, 1], [0, 0, 1]])
        matrices.append(laid @ np.vstack([off, [0, 0, 1]]))
    return np.stack(matrices)


def seen(
    images: Tensor, points: NDArray[np.float64], matrices: NDArray[np.float64], side: int
) -> tuple[Tensor, Tensor]:
    """The crops (N, 3, side, side) through `matrices`, and the points in -1..1 of them. The rim goes on beyond it."""
    grid = F.affine_grid(torch.from_numpy(matrices).float(), [len(images), 3, side, side], align_corners=False)
    crops = F.grid_sample(images, grid, padding_mode="border", align_corners=False)
    there = [moved(own, inverted(matrix)) for own, matrix in zip(points, matrices, strict=True)]
    return crops, torch.from_numpy(np.stack(there)).float()


def around(faces: Faces, draw: random.Random, turn: float, zoom: float, shift: float) -> list[Frame]:
    """A frame for each face of `faces`, off by as much as a detector's: in pixels of the pictures."""
    side = faces.images.shape[1]
    frames = []
    for matrix in jittered(faces.points, places(len(faces), draw, turn, zoom, shift).double().numpy()):
        # Both from -1..1 to pixels: of the crop, which has two, and of the picture.
        turned = matrix[:, :2] * side / 2
        frames.append(Frame(np.column_stack([turned, (matrix[:, 2] + 1) * side / 2 - turned.sum(1)]), 2))
    return frames
