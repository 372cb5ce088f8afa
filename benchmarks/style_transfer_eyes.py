"""Who measures style transfer, what they measure, and the pictures that they look at."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from statistics import mean
from typing import Protocol

import numpy as np
import torch
from PIL import Image as PillowImage
from torch import Tensor

from imaging.types import Image
from networks.perceptual import VGG, gram, relative_error
from pipelines.style_transfer import StyleTransfer

SHALLOW = ("relu1_1", "relu2_1", "relu3_1", "relu4_1")  # styles are compared by these
TAPS = (*SHALLOW, "relu5_1")  # of our encoder and of the small VGG19
CONTENT = "relu4_1"
SIDE = 256  # pixels of the longer side


class Eyes(Protocol):
    """Activations (N, C, h, w) by tap, of (N, 3, H, W) in 0..1."""

    def __call__(self, x: Tensor, wanted: tuple[str, ...], /) -> Mapping[str, Tensor]:
        """Those `wanted`."""
        ...


@torch.no_grad()
def style_distance(eyes: Eyes, made: Tensor, style: Tensor, taps: tuple[str, ...]) -> float:
    """The mean over `taps` of |G - G'|^2 / |G'|^2 of the Gram matrices of two pictures, of any sizes; 0 if equal."""
    found, wanted = eyes(made, taps), eyes(style, taps)
    return mean(relative_error(gram(found[tap]), gram(wanted[tap])).item() for tap in taps)


@torch.no_grad()
def perceptual_distance(eyes: Eyes, made: Tensor, truth: Tensor, taps: tuple[str, ...] = TAPS) -> float:
    """The mean over `taps` of |F - F'|^2 / |F'|^2 of the activations of two pictures of one size; 0 if equal."""
    found, wanted = eyes(made, taps), eyes(truth, taps)
    return mean(relative_error(found[tap], wanted[tap]).item() for tap in taps)


def our_encoder() -> VGG:
    """The one that ships."""
    encoder = StyleTransfer.load("gatys").encoder
    assert encoder is not None
    return encoder


def picture_of(file: Path) -> Image:
    """A picture of the test data at the size at which all are compared."""
    return sized(PillowImage.open(file).convert("RGB"))


def sized(picture: PillowImage.Image) -> Image:
    """`SIDE` pixels on the longer side, both cut to multiples of 16, as some networks need."""
    factor = SIDE / max(picture.size)
    width, height = (max(32, round(side * factor)) for side in picture.size)
    made = np.asarray(picture.resize((width, height), PillowImage.Resampling.BICUBIC))
    return made[: height // 16 * 16, : width // 16 * 16]
