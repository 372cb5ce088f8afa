"""The 68 points of a face, read by a small network of our own from an upright crop, in two looks.

The first crop is laid by the detector's eyes and mouth, the second, closer to what the network was trained on, by the
points that the first look found. Each look is the mean of what is read in the crop and in its mirror image.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from imaging.alignment import Frame, moved
from imaging.landmarks import FRONTAL, MIRRORED
from imaging.types import Image
from networks.parser import Block, normed
from networks.tensors import to_tensor
from pipelines.face_parsing.alignment import portrait_frame
from pipelines.face_parsing.detector import Face

ROOM = 1.4  # side of a crop, in widths of the face
LOOKS = 2

# Where CelebA-HQ's square around a face has the points: the mean of our portraits, in sides of the square.
_CENTRE, _WIDTH = (0.5, 0.663), 0.555


class Landmarks(nn.Module):
    """Takes float32 (N, 3, side, side) in 0..1; gives points (N, 68, 2), x and y in -1..1 across the crop.

    `widths`: channels at a half, a quarter, ... of the crop, `blocks`: residual blocks there; `joined`: channels that
    the last layer, which sees every cell, has of each. Reading coordinates needs no heat maps of 68 channels.
    """

    def __init__(
        self,
        side: int = 96,
        widths: Sequence[int] = (16, 32, 64, 128),
        blocks: Sequence[int] = (0, 1, 2, 2),
        joined: int = 64,
    ) -> None:
        super().__init__()
        self.side = side
        stages = []
        for inputs, width, count in zip([3, *widths], widths, blocks, strict=False):
            stages.append(nn.Sequential(normed(inputs, width, 2), nn.ReLU(), *(Block(width) for _ in range(count))))
        self.stages = nn.Sequential(*stages)
        self.narrow = normed(widths[-1], joined, side=1)
        self.points = nn.Linear(joined * (side >> len(widths)) ** 2, FRONTAL.size)
        nn.init.zeros_(self.points.weight)
        with torch.no_grad():
            self.points.bias.copy_(torch.from_numpy(FRONTAL * 2 / ROOM).flatten())

    def forward(self, x: Tensor) -> Tensor:
        """The points."""
        found = F.relu(self.narrow(self.stages(x * 2 - 1)))
        return self.points(found.flatten(1)).unflatten(1, (-1, 2))


def first_frame(face: Face, side: int) -> Frame:
    """The crop that the detector's points lay: where most portraits have their 68 points."""
    square = portrait_frame(face, side)
    part = ROOM * _WIDTH
    corner = np.subtract(_CENTRE, part / 2) * side
    matrix = np.column_stack([square.matrix[:, :2] * part, moved(corner, square.matrix)])
    return Frame(matrix, side)


def point_frame(points: NDArray[np.float64], side: int) -> Frame:
    """The crop in which `points` (68, 2) of a photo lie as those of the mean face do."""
    return Frame.onto(points, (FRONTAL / ROOM + 0.5) * side, side)


def read(network: Landmarks, image: Image, frame: Frame, device: str) -> NDArray[np.float64]:
    """The 68 points, x and y in pixels of `image`, of the face that `frame` shows more or less upright."""
    points = _look(network, image, frame.at_side(network.side), device)
    for _ in range(LOOKS - 1):
        points = _look(network, image, point_frame(points, network.side), device)
    return points


@torch.inference_mode()
def _look(network: Landmarks, image: Image, frame: Frame, device: str) -> NDArray[np.float64]:
    x = to_tensor(frame.cut(image), device)
    seen, mirrored = network(torch.cat([x, x.flip(3)])).double().cpu().numpy()
    points = (seen + mirrored[list(MIRRORED)] * [-1, 1]) / 2
    return moved((points + 1) * frame.side / 2, frame.matrix)
