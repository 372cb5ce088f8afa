"""Where the faces of a photo are, with eyes, nose and mouth corners: MTCNN's cascade (Zhang et al. 2016).

P-Net looks at every window of a pyramid of the photo, R-Net and O-Net look closer at what it proposes. However large
the photo, the work is bounded: it is searched for large faces first, and only as far down as the largest level allows.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Self

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from PIL import Image as PillowImage
from torch import Tensor

from imaging.types import Box, Image
from pipelines.face_parsing import mtcnn

WINDOW = 12  # pixels; what P-Net looks at
STEP = 0.709  # from one level of the pyramid to the next: half the area
SEARCHED = 600_000  # pixels of the pyramid's largest level
CROWD = 16  # a face under this part of the photo's shorter side is not looked for beside larger ones
PROPOSED = 600  # boxes that R-Net looks at
THRESHOLDS = (0.6, 0.7, 0.8)  # scores that pass each network
PROFILE = 0.35  # distance of the nose from the middle of the eyes, in distances of the eyes


@dataclass(frozen=True, eq=False)
class Face:
    """A face in a photo; `score` in 0..1. The box may reach over the photo's rim.

    `points` float64 (5, 2), x and y in pixels from the photo's corner: eyes, nose, mouth corners; left in the photo
    comes first.
    """

    box: Box
    score: float
    points: NDArray[np.float64]

    @property
    def size(self) -> int:
        """Pixels of the longer side of the box."""
        return max(self.box.width, self.box.height)

    def at(self, box: Box) -> Face:
        """The same face where `box` says that it is: its points keep their places in the box."""
        size = np.array([self.box.width, self.box.height], np.float64)
        places = (self.points - (self.box.left, self.box.top)) / size
        return Face(box, self.score, places * (box.width, box.height) + (box.left, box.top))

    @property
    def in_profile(self) -> bool:
        """Whether the head is turned so far aside that one half of the face is hardly seen."""
        left, right, nose = self.points[:3]
        across = right - left
        along = float(np.dot(nose - (left + right) / 2, across)) / max(float(np.dot(across, across)), 1e-6)
        return abs(along) > PROFILE


@dataclass(frozen=True, eq=False)
class Detector:
    """The three networks and the device they are on."""

    proposal: mtcnn.ProposalNetwork
    refine: mtcnn.CropNetwork
    output: mtcnn.CropNetwork
    device: str

    @classmethod
    def load(cls, device: str = "cpu") -> Self:
        """Raises `UnusableFile` where the package with the weights is missing."""
        return cls(*mtcnn.load(device), device)

    @torch.inference_mode()
    def __call__(self, image: Image, smallest: int = 24) -> list[Face]:
        """The faces of `image` with a side of `smallest` pixels and more, the largest first."""
        small = _shrunk(image, SEARCHED * (smallest / WINDOW) ** 2)
        scale = image.shape[0] / small.shape[0]
        x = (torch.from_numpy(small).to(self.device).permute(2, 0, 1)[None].float() - 127.5) / 128
        shorter = min(small.shape[:2])
        large = max(smallest, shorter // CROWD)
        faces = self._found(x, large, scale)
        if not faces and large > smallest:
            faces = self._found(x, smallest, scale)
        if not faces:  # one that fills the photo fits no window: look again with room around it
            faces = self._found(x, large, scale, shorter // 3)
        return sorted(faces, key=lambda face: face.size, reverse=True)

    def _found(self, x: Tensor, smallest: int, scale: float, margin: int = 0) -> list[Face]:
        """The faces in `x` with `margin` pixels around it; in pixels of the photo, which is `scale` times as large."""
        x = F.pad(x, (margin,) * 4)
        boxes = squares(self._proposals(x, smallest))
        boxes, _, _ = closer(self.refine, x, boxes, 24, THRESHOLDS[1])
        boxes, _, _ = closer(self.output, x, squares(boxes), 48, THRESHOLDS[2])
        # Not in the paper: O-Net looks again at its own box, and at that in a mirror. Chance likenesses seldom please
        # it three times, and the points, which are means of two, are steadier.
        boxes, scores, points = mirrored_too(self.output, x, squares(boxes), 48, THRESHOLDS[2])
        kept = outermost(boxes, scores)
        corners = (boxes[kept].double().cpu().numpy() - margin) * scale
        fives = (points[kept].double().cpu().numpy() - margin) * scale
        return [
            Face(_box(box), score, five) for box, score, five in zip(corners, scores[kept].tolist(), fives, strict=True)
        ]

    def _proposals(self, x: Tensor, smallest: int) -> Tensor:
        """P-Net's boxes (N, 4), left, top, right, bottom in pixels of `x`."""
        height, width = x.shape[-2:]
        scale = min(WINDOW / smallest, (SEARCHED / (height * width)) ** 0.5)
        boxes, scores, levels = [x.new_zeros(0, 4)], [x.new_zeros(0)], [x.new_zeros(0, dtype=torch.long)]
        while min(height, width) * scale >= WINDOW:
            size = (round(height * scale), round(width * scale))
            x = F.interpolate(x, size, mode="area")  # of the level before: an area of areas, and much less to read
            score, shift = self.proposal(x)
            rows, columns = torch.where(score[0] > THRESHOLDS[0])
            corner = 2 * torch.stack([columns, rows], 1).repeat(1, 2)
            window = corner + WINDOW * (shift[0, :, rows, columns].T + corner.new_tensor([0, 0, 1, 1]))
            boxes.append(window * window.new_tensor([width / size[1], height / size[0]]).repeat(2))
            scores.append(score[0, rows, columns])
            levels.append(torch.full_like(rows, len(levels)))
            scale *= STEP
        found, score = torch.cat(boxes), torch.cat(scores)
        ops = _torchvision()
        kept = ops.batched_nms(found, score, torch.cat(levels), 0.5)
        return found[kept[ops.nms(found[kept], score[kept], 0.7)][:PROPOSED]]


def closer(
    network: mtcnn.CropNetwork, x: Tensor, boxes: Tensor, side: int, threshold: float
) -> tuple[Tensor, Tensor, Tensor]:
    """What `network` says of `boxes` (N, 4), from crops of `side` pixels: those above `threshold`, best first.

    Gives boxes (n, 4) that overlap little, scores (n,) and points (n, 5, 2) in pixels.
    """
    if not len(boxes):
        return boxes, boxes.new_zeros(0), boxes.new_zeros(0, 5, 2)
    return _passed(network(_crops(x, boxes, side)), boxes, threshold)


def mirrored_too(
    network: mtcnn.CropNetwork, x: Tensor, boxes: Tensor, side: int, threshold: float
) -> tuple[Tensor, Tensor, Tensor]:
    """The same, from the means of what it says of each crop and of its mirror image."""
    if not len(boxes):
        return boxes, boxes.new_zeros(0), boxes.new_zeros(0, 5, 2)
    crops = _crops(x, boxes, side)
    score, shift, points = network(crops)
    other_score, other_shift, other_points = network(crops.flip(3))
    other_shift = other_shift[:, [2, 1, 0, 3]] * other_shift.new_tensor([-1, 1, -1, 1])
    other_points = other_points[:, [1, 0, 2, 4, 3]] * other_points.new_tensor([-1, 1]) + other_points.new_tensor([1, 0])
    means = [(one + other) / 2 for one, other in ((score, other_score), (shift, other_shift), (points, other_points))]
    return _passed((means[0], means[1], means[2]), boxes, threshold)


def _crops(x: Tensor, boxes: Tensor, side: int) -> Tensor:
    # pyright takes a decorator of torchvision for what it decorates.
    return _torchvision().roi_align(x, [boxes], (side, side), aligned=True)  # pyright: ignore[reportCallIssue]


def _passed(said: tuple[Tensor, Tensor, Tensor], boxes: Tensor, threshold: float) -> tuple[Tensor, Tensor, Tensor]:
    scores, shift, points = said
    sides = (boxes[:, 2:] - boxes[:, :2])[:, None]
    points = boxes[:, None, :2] + points * sides
    boxes = boxes + (shift.unflatten(1, (2, 2)) * sides).flatten(1)
    passed = torch.where(scores > threshold)[0]
    passed = passed[_torchvision().nms(boxes[passed], scores[passed], 0.7)]
    return boxes[passed], scores[passed], points[passed]


def _torchvision() -> ModuleType:
    """Its operations, brought in with the first face: they take seconds that the page's start need not wait for."""
    from torchvision import ops

    return ops


def squares(boxes: Tensor) -> Tensor:
    """Squares around the same centres, of the longer side."""
    centre, sides = (boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]
    half = sides.amax(1, keepdim=True) / 2
    return torch.cat([centre - half, centre + half], 1)


def outermost(boxes: Tensor, scores: Tensor, overlap: float = 0.5) -> list[int]:
    """The boxes that are left where one of two is thrown away: the one with the lower score.

    Two are one face where their common part is more than `overlap` of the smaller one: a nose is found in a face.
    """
    corner, end = boxes[:, None, :2].maximum(boxes[None, :, :2]), boxes[:, None, 2:].minimum(boxes[None, :, 2:])
    common = (end - corner).clamp_min(0).prod(2)
    area = (boxes[:, 2:] - boxes[:, :2]).prod(1)
    shared = common / area[:, None].minimum(area[None]).clamp_min(1e-6) > overlap
    kept: list[int] = []
    for index in scores.argsort(descending=True).tolist():
        if not any(shared[index, other] for other in kept):
            kept.append(index)
    return kept


def _box(corners: NDArray[np.float64]) -> Box:
    left, top, right, bottom = (round(float(value)) for value in corners)
    return Box(left, top, max(right, left + 1), max(bottom, top + 1), "face")


def _shrunk(image: Image, most: float) -> Image:
    """A copy of `image` with `most` pixels, if it has more."""
    height, width = image.shape[:2]
    scale = min(1.0, (most / (height * width)) ** 0.5)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.array(PillowImage.fromarray(image).resize(size, PillowImage.Resampling.BOX))
