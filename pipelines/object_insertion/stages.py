"""The two generators on one window of a photo: outline and layout, then pixels."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from PIL import Image as PillowImage
from torch import Tensor

from imaging.types import Box, Image, Matte
from networks.tensors import to_image, to_tensor
from pipelines.object_insertion.compact import CompactGenerator
from pipelines.object_insertion.network import ImageGenerator, StructureGenerator
from pipelines.object_insertion.windows import filled, placed

Painter: TypeAlias = ImageGenerator | CompactGenerator

FINEST = 512
"""Pixels, the side up to which outlines are interpolated: a larger window takes its nearest. Bounds the memory."""


def onehot(ids: NDArray[np.uint8], labels: int, device: str) -> Tensor:
    """Label ids (H, W) as float32 (1, labels, H, W)."""
    return F.one_hot(torch.from_numpy(ids.astype(np.int64)).to(device), labels).movedim(-1, 0)[None].float()


def shrunk(ids: NDArray[np.uint8], height: int, width: int) -> NDArray[np.uint8]:
    """Label ids at another size, nearest neighbour."""
    return np.asarray(PillowImage.fromarray(ids).resize((width, height), PillowImage.Resampling.NEAREST))


@torch.inference_mode()
def outlined(
    network: StructureGenerator, ids: NDArray[np.uint8], box: Box, soft: Box, kind: int, side: int, device: str
) -> tuple[Matte, NDArray[np.uint8]]:
    """Where in a window the object is, probabilities (H, W), and what is around it, label ids (H, W).

    `ids` (H, W) of the window, `box` and `soft` in its pixels, `kind` the id of what is wanted in the box. The
    probability is 0 outside of the soft box.
    """
    height, width = ids.shape
    hard, room = (
        torch.from_numpy(filled(placed(one, height, width, side), side, side)).to(device) for one in (box, soft)
    )
    boxed = hard * onehot(np.full((side, side), kind, np.uint8), network.labels, device)
    layout = onehot(shrunk(ids, side, side), network.labels, device) * ~hard + boxed
    around, mask = network(torch.cat([boxed, layout], 1))
    size = (min(height, FINEST), min(width, FINEST))
    # Corners aligned, and log-probabilities rather than labels interpolated: as the reference does both.
    mask, around = (
        F.interpolate(x, size, mode="bilinear", align_corners=True)
        for x in (mask.sigmoid() * room, around.log_softmax(1))
    )
    found = around[0].argmax(0).to("cpu", torch.uint8).numpy()
    matte = F.interpolate(mask, (height, width), mode="nearest")[0, 0].cpu().numpy()
    return matte, shrunk(found, height, width)


@torch.inference_mode()
def painted(
    network: Painter,
    image: Image,
    ids: NDArray[np.uint8],
    hole: Box,
    tint: tuple[int, int, int] | None,
    side: int,
    device: str,
) -> Image:
    """A window `image` (H, W, 3) with its `hole` painted to show `ids` (H, W); outside of it a softer copy."""
    height, width = ids.shape
    small = np.asarray(PillowImage.fromarray(image).resize((side, side), PillowImage.Resampling.BICUBIC))
    gone = torch.from_numpy(filled(placed(hole, height, width, side), side, side)).to(device)[None, None].float()
    colour = None
    if tint is not None and network.colour:
        colour = torch.tensor([tint], dtype=torch.float32, device=device) / 255
    made = network(to_tensor(small, device), onehot(shrunk(ids, side, side), network.labels, device), gone, colour)
    full = PillowImage.fromarray(to_image(made)).resize((width, height), PillowImage.Resampling.BICUBIC)
    return np.asarray(full)
