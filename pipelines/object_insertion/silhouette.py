"""An object's outline in its box, from what is around the box, stretched to a square.

A departure: the structure generator of Hong et al. (2018) sees boxes of all shapes and sizes in one window and learns
outlines from few. Stretched, all boxes are one, their shape, size and place are told as numbers, and the objects are
many enough: the overlap with true outlines is more than two points better.
"""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from PIL import Image as PillowImage
from torch import Tensor, nn

from imaging.streets import NAMES, NOTHING
from imaging.types import Box, Image, Matte

SIDE, INNER = 48, 30  # pixels of what is seen and, in its middle, of the box
SEEN = 256  # pixels of a picture's height: a larger one is shrunk
USUAL = 60  # of these, a box's longer side
PLACE = 5  # numbers

Surroundings = tuple[NDArray[np.uint8], Image, NDArray[np.float32]]


class Silhouette(nn.Module):
    """A U-Net of three sizes. `labels` that it knows, `widths` of its sizes; `dropout` of the coarsest's channels."""

    def __init__(self, labels: int = len(NAMES), widths: tuple[int, ...] = (32, 64, 96), dropout: float = 0.1) -> None:
        super().__init__()
        fine, middle, coarse = widths
        self.label, self.kind = nn.Embedding(labels, 8), nn.Embedding(labels, 16)
        self.place = nn.Sequential(nn.Linear(PLACE + 16, 64), nn.ReLU(), nn.Linear(64, fine))
        self.deep_place = nn.Sequential(nn.Linear(PLACE + 16, 64), nn.ReLU(), nn.Linear(64, coarse))
        self.stem = nn.Conv2d(8 + 2 + 3, fine, 3, padding=1)
        self.down = nn.ModuleList([_block(fine, fine), _block(fine, middle), _block(middle, coarse)])
        self.deepest, self.drop = _block(coarse, coarse), nn.Dropout2d(dropout)
        self.up = nn.ModuleList([_block(coarse + middle, middle), _block(middle + fine, fine)])
        self.head = nn.Conv2d(fine, 1, 1)
        line = torch.linspace(-1, 1, SIDE)
        self.register_buffer("grid", torch.stack(torch.meshgrid(line, line, indexing="ij"))[None], persistent=False)

    def forward(self, ids: Tensor, pictures: Tensor, places: Tensor, kinds: Tensor) -> Tensor:
        """Logits (N, INNER, INNER) of the box.

        `ids` int64 (N, SIDE, SIDE), `pictures` float32 (N, 3, SIDE, SIDE) in -1..1, `places` float32 (N, PLACE),
        `kinds` int64 (N,): label ids.
        """
        told = torch.cat([places, self.kind(kinds)], 1)
        grid = self.get_buffer("grid").expand(len(ids), -1, -1, -1)
        x = self.stem(torch.cat([self.label(ids).movedim(-1, 1), grid, pictures], 1))
        fine = self.down[0](F.relu(x + self.place(told)[:, :, None, None]))
        middle = self.down[1](F.max_pool2d(fine, 2))
        x = self.drop(self.down[2](F.max_pool2d(middle, 2)) + self.deep_place(told)[:, :, None, None])
        x = x + self.deepest(x)
        x = self.up[0](torch.cat([F.interpolate(x, scale_factor=2.0), middle], 1))
        x = self.up[1](torch.cat([F.interpolate(x, scale_factor=2.0), fine], 1))
        rim = (SIDE - INNER) // 2
        return self.head(x)[:, 0, rim : rim + INNER, rim : rim + INNER]


def _block(entering: int, leaving: int) -> nn.Sequential:
    first, second = (nn.Conv2d(width, leaving, 3, padding=1) for width in (entering, leaving))
    return nn.Sequential(first, nn.BatchNorm2d(leaving), nn.ReLU(), second, nn.BatchNorm2d(leaving), nn.ReLU())


def surroundings(image: Image, ids: NDArray[np.uint8], box: Box) -> Surroundings:
    """What is around a box, the box itself emptied: ids (SIDE, SIDE), pixels (SIDE, SIDE, 3), numbers (PLACE,).

    `image` (H, W, 3), `ids` (H, W). The numbers: log width over height, log size, foot, place across, and its distance
    from the middle. Outside of the picture all is 0.
    """
    height, width = ids.shape
    across, down = SIDE / INNER * box.width / 2, SIDE / INNER * box.height / 2
    x, y = (box.left + box.right) / 2, (box.top + box.bottom) / 2
    scale = min(1.0, SEEN / height)
    part = [scale * edge for edge in (x - across, y - down, x + across, y + down)]
    planes = []
    for plane, resampling in ((ids, PillowImage.Resampling.NEAREST), (image, PillowImage.Resampling.BILINEAR)):
        whole = PillowImage.fromarray(plane)
        if scale < 1:
            whole = whole.resize((max(1, round(scale * width)), SEEN), resampling)
        planes.append(np.array(whole.transform((SIDE, SIDE), PillowImage.Transform.EXTENT, part, resampling)))
    rim = (SIDE - INNER) // 2
    planes[0][rim : rim + INNER, rim : rim + INNER] = NOTHING
    planes[1][rim : rim + INNER, rim : rim + INNER] = 0
    off = x / width - 0.5
    size = max(box.width, box.height) * SEEN / height / USUAL
    numbers = [np.log(box.width / box.height), np.log(size), box.bottom / height - 0.6, off, abs(off)]
    return planes[0], planes[1], np.array(numbers, np.float32)


def batched(found: list[Surroundings], kinds: list[int]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """What the network reads."""
    ids, pixels, places = (torch.from_numpy(np.stack(part)) for part in zip(*found, strict=True))
    return ids.long(), pixels.movedim(-1, 1).float() / 128 - 1, places, torch.tensor(kinds)


def mirrored(ids: Tensor, pictures: Tensor, places: Tensor, kinds: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """The same, seen in a mirror."""
    return ids.flip(-1), pictures.flip(-1), places * places.new_tensor([1, 1, 1, -1, 1]), kinds


@torch.inference_mode()
def expected(network: Silhouette, image: Image, ids: NDArray[np.uint8], box: Box, kind: int, device: str) -> Matte:
    """The probability of an object of `kind` at each pixel of `box`, (its height, its width)."""
    seen = tuple(part.to(device) for part in batched([surroundings(image, ids, box)], [kind]))
    made = (network(*seen).sigmoid() + network(*mirrored(*seen)).sigmoid().flip(-1)) / 2
    small = PillowImage.fromarray(made[0].cpu().numpy())
    return np.asarray(small.resize((box.width, box.height), PillowImage.Resampling.BILINEAR))
