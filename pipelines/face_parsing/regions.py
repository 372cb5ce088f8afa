"""From an upright face to its labels, and from there back into the photo, at the photo's own resolution."""

from __future__ import annotations

from math import ceil

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from imaging.alignment import Frame
from imaging.faces import MIRRORED
from imaging.types import Image
from networks.tensors import to_tensor

_BAND = 500_000  # pixels of the photo that are labelled at once: bounds the memory


@torch.inference_mode()
def logits(network: nn.Module, crop: Image, device: str) -> Tensor:
    """The logits (1, labels, side, side) of an upright face; the mean with those of its mirror image."""
    x = to_tensor(crop, device)
    both = network(torch.cat([x, x.flip(3)]).contiguous(memory_format=torch.channels_last))
    return (both[:1] + both[1:, list(MIRRORED)].flip(3)) / 2


@torch.inference_mode()
def in_photo(found: Tensor, frame: Frame, height: int, width: int) -> NDArray[np.uint8]:
    """The likeliest label of every pixel of the photo, uint8 (height, width); outside of `frame` 0, background.

    Logits, not labels, are interpolated: outlines come out smooth at any size.
    """
    if frame.scale < 1:
        small = max(1, round(frame.side * frame.scale))
        found = F.interpolate(found, (small, small), mode="area")
    ids = np.zeros((height, width), np.uint8)
    box = frame.reach()
    left, top, right, bottom = max(box.left, 0), max(box.top, 0), min(box.right, width), min(box.bottom, height)
    if left >= right or top >= bottom:
        return ids
    inverse = torch.from_numpy(frame.inverse * 2 / frame.side)  # to -1..1 across the frame, less one
    step = ceil(_BAND / (right - left))
    for start in range(top, bottom, step):
        end = min(start + step, bottom)
        rows = torch.arange(start, end, dtype=torch.float64)[:, None, None] + 0.5
        columns = torch.arange(left, right, dtype=torch.float64)[:, None] + 0.5
        grid = columns * inverse[:, 0] + rows * inverse[:, 1] + inverse[:, 2] - 1
        outside = (grid.abs() > 1).any(-1).numpy()
        laid = F.grid_sample(found, grid[None].to(found), mode="bilinear", padding_mode="border", align_corners=False)
        labels = laid[0].argmax(0).to("cpu", torch.uint8).numpy()
        ids[start:end, left:right] = np.where(outside, 0, labels)
    return ids
