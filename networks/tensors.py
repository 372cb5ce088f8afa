"""The two conversions between pictures and tensors."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from imaging.types import Image


def to_tensor(image: Image, device: torch.device | str = "cpu") -> Tensor:
    """`image` as float32 (1, 3, H, W) in 0..1."""
    # The copy makes the memory writable and contiguous: slices and pictures from files are neither.
    return torch.from_numpy(image.copy()).to(device).permute(2, 0, 1)[None].float() / 255


def to_image(tensor: Tensor) -> Image:
    """A (1, 3, H, W) tensor in 0..1 as an 8-bit picture, clipped and rounded."""
    pixels = tensor.detach()[0].permute(1, 2, 0).float().mul(255).round().clamp(0, 255)
    return pixels.to("cpu", torch.uint8).numpy().astype(np.uint8, copy=False)
