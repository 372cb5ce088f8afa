"""What each layer keeps: pictures that have a photo's activations, or a painting's Gram matrices, and nothing else.

Gatys et al. 2016, figure 1. Content of shallow layers is the photo, of deep ones only its objects; style of shallow
layers is its colours and grain, of deep ones its strokes and shapes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from imaging.types import Image
from networks.backpropagation import by_hand
from networks.descent import lbfgs
from networks.objective import MapTarget, Objective
from networks.perceptual import encoder
from networks.tensors import to_image, to_tensor
from pipelines.contract import last
from pipelines.style_transfer import gatys
from pipelines.style_transfer.optimised import resized

SMOOTHNESS = 2.0


@dataclass(frozen=True, eq=False)
class Layer:
    """One picture: of the photo's "content" at a tap, or of the painting's "style" at it and all above."""

    kind: str
    tap: str
    image: Image


def reconstructions(
    content: Image, style: Image, side: int = 192, steps: int = 60, seed: int = 0, device: str = "cpu"
) -> Iterator[Layer]:
    """Ten pictures of `side` pixels, each from the same noise: content then style, from shallow to deep."""
    eyes = encoder("embedded", device)
    photo, painting = (resized(to_tensor(picture, device), side) for picture in (content, style))
    for tap in gatys.STYLE:
        target = MapTarget.relative(eyes(photo, (tap,))[tap], 1.0)
        yield Layer("content", tap, _made(Objective(eyes, maps={tap: target}, smoothness=0.01), photo, steps, seed))
    grams = gatys.grams(eyes, painting)
    for count in range(1, len(gatys.STYLE) + 1):
        taps = gatys.STYLE[:count]
        objective = gatys.objective(eyes, None, {tap: grams[tap] for tap in taps}, 50.0, SMOOTHNESS)
        yield Layer("style", taps[-1], _made(objective, painting, steps, seed))


def _made(objective: Objective, like: Tensor, steps: int, seed: int) -> Image:
    draw = torch.Generator().manual_seed(seed)
    noise = 0.5 + 0.1 * torch.randn(like.shape, generator=draw)
    x, _ = last(lbfgs(noise.to(like.device), by_hand(objective, like.device), steps))
    return to_image(x.clamp(0, 1))
