"""What ships of each painting of the gallery: a texture in its style, and its Gram matrices in our encoder's eyes."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import torch
from torch import Tensor

from checkpoints import Embedded
from imaging.files import read
from imaging.types import Image, InputError
from networks.files import read_state_dict
from pipelines.style_transfer.styles import PAINTINGS

SIDE = 512  # pixels of the texture, and of the painting's longer side where its Gram matrices were measured
GRAMS = Embedded("style_transfer/grams.safetensors")


def texture_file(name: str) -> Path:
    """The picture of a painting's style; raises `InputError` for a name that is not in the gallery."""
    if name not in PAINTINGS:
        names = ", ".join(PAINTINGS)
        raise InputError("There is no painting called {name}. Choose one of: {names}.", name=name, names=names)
    return Embedded(f"style_transfer/textures/{name}.webp").path()


@cache
def texture(name: str) -> Image:
    """The style without the painting, uint8 (512, 512, 3): made by V1 from noise. Read-only."""
    return read(texture_file(name), limit_megapixels=1).pixels


@cache
def grams(name: str) -> dict[str, Tensor]:
    """The painting's own Gram matrices (1, C, C) by tap, in the embedded encoder's eyes."""
    prefix = f"{name}."
    packed = read_state_dict(GRAMS.path(), prefix)
    return {key.removeprefix(prefix): unpacked(tensor.float()) for key, tensor in packed.items()}


def packed(gram: Tensor) -> Tensor:
    """The upper triangle of a symmetric (1, C, C), in half precision."""
    rows, columns = torch.triu_indices(gram.shape[-1], gram.shape[-1])
    return gram[0, rows, columns].half()


def unpacked(triangle: Tensor) -> Tensor:
    """The symmetric matrix (1, C, C) of an upper triangle."""
    side = round((2 * len(triangle) + 0.25) ** 0.5 - 0.5)
    matrix = triangle.new_zeros(1, side, side)
    rows, columns = torch.triu_indices(side, side)
    matrix[0, rows, columns] = triangle
    matrix[0, columns, rows] = triangle
    return matrix
