"""V3, Li and Wand 2016 (CNNMRF): every small patch of the photo's activations becomes one of the painting's.

Gram matrices forget where things are; patches keep what is next to what, so eyes stay eyes and windows windows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import cos, pi, sin

import torch
import torch.nn.functional as F
from torch import Tensor

from networks.objective import MapTarget, Objective
from networks.patches import nearest_patches, swapped
from networks.perceptual import VGG

PATCHES = ("relu3_1", "relu4_1")
CONTENT = "relu4_2"
GRAIN, GRAIN_WEIGHT = "relu1_1", 2.0
TURN = pi / 24  # radians between two copies of the style
GROWTH = 1.05  # between two sizes of it
SMALLEST = 48  # pixels; a copy must have some patches at relu4_1

GUIDANCE = 3.0  # how much a wrong region costs, in mean norms of activations


@dataclass(frozen=True, eq=False)
class Sources:
    """The activations (C, h, w) of all copies of the styles, by tap; `guides`, of their regions, (R, h, w)."""

    patches: Mapping[str, Sequence[Tensor]]
    guides: Mapping[str, Sequence[Tensor]]


def copies(style: Tensor, turns: int, sizes: int) -> Iterator[Tensor]:
    """`style` (1, 3, H, W), and it turned up to `turns` steps either way, smaller and larger by up to `sizes` steps.

    Turned copies are cut to the largest rectangle of its shape without corners of nothing (section 4).
    """
    for size in range(-sizes, sizes + 1):
        for turn in range(-turns, turns + 1):
            copy = style if turn == size == 0 else turned(style, turn * TURN, GROWTH**size)
            if min(copy.shape[-2:]) >= SMALLEST or turn == size == 0:
                yield copy[0]


def turned(style: Tensor, angle: float, factor: float) -> Tensor:
    """`style` by `angle` radians and `factor` times its size."""
    height, width = style.shape[-2:]
    inside = inscribed(height, width, angle)
    shape = [max(1, round(side * inside * factor)) for side in (height, width)]
    y, x = (
        torch.linspace(-inside, inside, side, device=style.device) * side_of / 2
        for side, side_of in zip(shape, (height, width), strict=True)
    )
    rows, columns = torch.meshgrid(y, x, indexing="ij")
    places = torch.stack(
        [
            (columns * cos(angle) - rows * sin(angle)) / (width / 2),
            (columns * sin(angle) + rows * cos(angle)) / (height / 2),
        ],
        -1,
    )
    return F.grid_sample(style, places[None], "bilinear", "reflection", align_corners=False)


def inscribed(height: int, width: int, angle: float) -> float:
    """The largest share of the sides at which a rectangle of the same shape, turned, lies inside its original."""
    c, s = abs(cos(angle)), abs(sin(angle))
    return min(width / (width * c + height * s), height / (width * s + height * c))


@torch.no_grad()
def sources(
    encoder: VGG, styles: Sequence[Tensor], turns: int, sizes: int, regions: Sequence[Tensor] | None = None
) -> Sources:
    """Of all copies of the styles; `regions` (1, R, H, W), 0 or 1, of every style's size, are turned with them."""
    patches: dict[str, list[Tensor]] = {tap: [] for tap in PATCHES}
    guides: dict[str, list[Tensor]] = {tap: [] for tap in PATCHES}
    for number, style in enumerate(styles):
        both = style if regions is None else torch.cat([style, regions[number]], 1)
        for copy in copies(both, turns, sizes):
            for tap, found in encoder(copy[None, :3], PATCHES).items():
                patches[tap].append(found[0])
                if regions is not None:
                    guides[tap].append(at(found[0], copy[3:]))
    return Sources(patches, guides)


def at(activation: Tensor, region: Tensor) -> Tensor:
    """Regions (R, H, W) at the places of an activation (C, h, w)."""
    return F.interpolate(region[None], activation.shape[-2:], mode="area")[0]


@torch.no_grad()
def objective(
    encoder: VGG,
    content: Tensor | None,
    x: Tensor,
    styles: Sources,
    style_weight: float,
    smoothness: float,
    regions: Tensor | None = None,
    grain: Tensor | None = None,
) -> Objective:
    """The energy with the patches that are nearest now, frozen: equal to the paper's until `x` has moved far.

    Departure: the paper seeks anew at every step; with patches kept, their term is a distance to their overlap average
    (`networks.patches`), which costs nothing beside the encoder. Terms are relative to their targets.
    `regions` (R, H, W) of `x`: patches come from the same region of the style (Champandard 2016).
    `grain`: the style's Gram matrix at relu1_1. Another departure: deep patches leave colours and the finest grain
    open, and an optimiser fills them with rainbow noise.
    """
    found = encoder(x, PATCHES)
    maps = {}
    for tap in PATCHES:
        query, patches = found[tap][0], styles.patches[tap]
        searched = patches
        if regions is not None:
            weight = GUIDANCE * query.square().sum(0).mean().sqrt()
            searched = [torch.cat([p, weight * g]) for p, g in zip(patches, styles.guides[tap], strict=True)]
            query = torch.cat([query, weight * at(query, regions)])
        swap = swapped(nearest_patches(query, searched), patches)
        maps[tap] = MapTarget.relative(swap.mean[None], style_weight / len(PATCHES), swap.count)
    if content is not None:
        maps[CONTENT] = MapTarget.relative(encoder(content, (CONTENT,))[CONTENT], 1.0)
    grams = {} if grain is None else {GRAIN: (grain, GRAIN_WEIGHT * style_weight / grain.square().sum().item())}
    return Objective(encoder, grams, maps, smoothness)
