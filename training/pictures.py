"""Training pictures: decoded once to uint8, then random crops, mirrored and turned, in NumPy."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image as PillowImage
from torch import Tensor

from imaging.types import Image

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
ENDINGS = {".jpg", ".jpeg", ".png", ".webp"}


def decode(folder: Path, smallest: int, most: int | None = None) -> list[Image]:
    """Every picture below `folder` with no side under `smallest` pixels, in the order of their names."""
    found = []
    for path in sorted(path for path in folder.rglob("*") if path.suffix.lower() in ENDINGS):
        picture = np.asarray(PillowImage.open(path).convert("RGB"))
        if min(picture.shape[:2]) >= smallest:
            found.append(picture)
        if len(found) == most:
            break
    if not found:
        raise FileNotFoundError(f"no pictures of at least {smallest} pixels below {folder}")
    return found


def crops(pictures: Sequence[Image], count: int, side: int, draw: random.Random) -> Tensor:
    """`count` random squares, mirrored and turned at random: float32 (count, 3, side, side) in 0..1."""
    batch = []
    for _ in range(count):
        picture = draw.choice(pictures)
        top, left = draw.randint(0, picture.shape[0] - side), draw.randint(0, picture.shape[1] - side)
        square = np.rot90(picture[top : top + side, left : left + side], draw.randrange(4))
        batch.append(square[:, ::-1] if draw.random() < 0.5 else square)
    return torch.from_numpy(np.stack(batch)).permute(0, 3, 1, 2).float() / 255
