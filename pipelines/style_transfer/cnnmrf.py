"""V3, Li and Wand 2016 (CNNMRF): every small patch of the photo's activations becomes one of the painting's.

Gram matrices forget where things are; patches keep what is next to what, so eyes stay eyes and windows windows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from networks.copies import copies
from networks.objective import MapTarget, Objective
from networks.patches import Matches, nearest_patches, swapped
from networks.perceptual import VGG
from networks.propagation import propagated

PATCHES = ("relu3_1", "relu4_1")
CONTENT = "relu4_2"
GRAIN, GRAIN_WEIGHT = "relu1_1", 2.0

# Cells of all sources together up to which a search among all of them takes no longer than propagation.
FEW = 12_000

GUIDANCE = 3.0  # how much a wrong region costs, in mean norms of activations


@dataclass(frozen=True, eq=False)
class Sources:
    """The activations (C, h, w) of all copies of the styles, by tap; `guides`, of their regions, (R, h, w)."""

    patches: Mapping[str, Sequence[Tensor]]
    guides: Mapping[str, Sequence[Tensor]]


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
    known: dict[str, Matches] | None = None,
) -> Objective:
    """The energy with the patches that are nearest now, frozen: equal to the paper's until `x` has moved far.

    Departure: the paper seeks anew at every step; with patches kept, their term is a distance to their overlap average
    (`networks.patches`), which costs nothing beside the encoder. Terms are relative to their targets.
    `regions` (R, H, W) of `x`: patches come from the same region of the style (Champandard 2016).
    `grain`: the style's Gram matrix at relu1_1. Another departure: deep patches leave colours and the finest grain
    open, and an optimiser fills them with rainbow noise.
    `known`: the matches of an earlier `x` of this size, by tap, or none yet; filled with those of this one. A third
    departure: where the sources are large, these are made better by their neighbours' instead of sought anew.
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
        matches = sought(query, searched, known.get(tap) if known else None)
        if known is not None:
            known[tap] = matches
        swap = swapped(matches, patches)
        maps[tap] = MapTarget.relative(swap.mean[None], style_weight / len(PATCHES), swap.count)
    if content is not None:
        maps[CONTENT] = MapTarget.relative(encoder(content, (CONTENT,))[CONTENT], 1.0)
    grams = {} if grain is None else {GRAIN: (grain, GRAIN_WEIGHT * style_weight / grain.square().sum().item())}
    return Objective(encoder, grams, maps, smoothness)


def sought(query: Tensor, sources: Sequence[Tensor], known: Matches | None) -> Matches:
    """The nearest patches: by search, or of many sources near those that are `known`."""
    if known is None or sum(source[0].numel() for source in sources) <= FEW:
        return nearest_patches(query, sources)
    return propagated(query, sources, known)
