"""V2: the photo through a network once. Pictures of any size go through whole, so there are no seams."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from networks.perceptual import VGG
from pipelines.style_transfer import any_painting
from pipelines.style_transfer.adain import AdaIN
from pipelines.style_transfer.any_painting import AnyPainting
from pipelines.style_transfer.network import TransformerNet
from pipelines.style_transfer.optimised import resized

STYLE_SIDE = 512  # pixels of a painting's longer side
SHORTEST = 24  # pixels; an activation at a quarter of it can still be reflected


@torch.inference_mode()
def from_gallery(
    network: TransformerNet, content: Tensor, mix: Sequence[float], strength: float, scale: float
) -> Tensor:
    """`content` (1, 3, H, W) in 0..1 in a `mix` of the network's paintings, one share each.

    `strength` below 0.5 fades to the photo. `scale`: how many times larger strokes are.
    """
    small = at_least(_scaled(content, 1 / scale), SHORTEST)
    shares = torch.tensor([mix], dtype=content.dtype, device=content.device)
    made = _like(network(small * 255, shares) / 255, small, content)
    return torch.lerp(content, made, min(1.0, 2 * strength)).clamp(0, 1)


@torch.inference_mode()
def from_pictures(
    network: AnyPainting,
    encoder: VGG,
    content: Tensor,
    styles: Sequence[Tensor],
    weights: Sequence[float],
    strength: float,
    scale: float,
) -> Tensor:
    """`content` in a blend of any `styles`, pictures (1, 3, H, W), one weight each; they sum to one."""
    small = at_least(_scaled(content, 1 / scale), SHORTEST)
    pictures = [at_least(resized(style, any_painting.SIDE), SHORTEST) for style in styles]
    manners = [network.manner(any_painting.statistics(encoder, picture)) for picture in pictures]
    manner = torch.stack([weight * each for weight, each in zip(weights, manners, strict=True)]).sum(0)
    made = _like(network(small * 255, manner) / 255, small, content)
    return torch.lerp(content, made, min(1.0, 2 * strength)).clamp(0, 1)


@torch.inference_mode()
def by_adain(
    network: AdaIN, content: Tensor, styles: Sequence[Tensor], weights: Sequence[float], strength: float, scale: float
) -> Tensor:
    """The same by the public network."""
    small = at_least(_scaled(content, 1 / scale), SHORTEST)
    pictures = [at_least(resized(style, STYLE_SIDE), SHORTEST) for style in styles]
    return _like(network(small, pictures, weights, min(1.0, 2 * strength)), small, content).clamp(0, 1)


def at_least(picture: Tensor, shortest: int) -> Tensor:
    """`picture`, enlarged where a side is too short for a network."""
    height, width = picture.shape[-2:]
    if min(height, width) >= shortest:
        return picture
    return F.interpolate(picture, (max(shortest, height), max(shortest, width)), mode="bilinear")


def _scaled(picture: Tensor, factor: float) -> Tensor:
    if factor == 1:
        return picture
    shape = [max(1, round(side * factor)) for side in picture.shape[-2:]]
    return F.interpolate(picture, shape, mode="bicubic", antialias=True).clamp(0, 1)


def _like(made: Tensor, small: Tensor, content: Tensor) -> Tensor:
    """What the network made of `small`, without the pixels that it rounds sizes up by, at the size of `content`."""
    made = made[..., : small.shape[-2], : small.shape[-1]]
    if made.shape == content.shape:
        return made
    return F.interpolate(made, content.shape[-2:], mode="bicubic", antialias=True)
