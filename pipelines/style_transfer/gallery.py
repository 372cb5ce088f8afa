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

SIDE = 512  # pixels of the texture
GRAM_SIDES = (128, 256, 384, 512)  # pixels of the painting's longer side where its Gram matrices were measured
RANK = 64  # of the factors that the matrices are stored as
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
def grams(name: str, device: str = "cpu") -> dict[int, dict[str, Tensor]]:
    """The painting's own Gram matrices (1, C, C) by its size and tap, in the embedded encoder's eyes."""
    prefix = f"{name}."
    found: dict[int, dict[str, Tensor]] = {side: {} for side in GRAM_SIDES}
    for key, factor in read_state_dict(GRAMS.path(), prefix).items():
        side, tap = key.removeprefix(prefix).split(".")
        factor = factor.to(device).float()
        found[int(side)][tap] = (factor @ factor.T)[None]
    return found


def packed(gram: Tensor) -> Tensor:
    """A factor (C, rank) in half precision, whose square is the nearest to a Gram matrix (1, C, C) of that rank."""
    values, vectors = torch.linalg.eigh(gram[0].double())
    return (vectors[:, -RANK:] * values[-RANK:].clamp_min(0).sqrt()).half()
