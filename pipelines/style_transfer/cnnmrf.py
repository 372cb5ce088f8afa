"""V3, Li and Wand 2016 (CNNMRF): every small patch of the photo's activations becomes one of the painting's.

Gram matrices forget where things are; patches keep what is next to what, so eyes stay eyes and windows windows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import torch
import torch.nn.functional as F
from torch import Tensor

from networks.copies import copies
from networks.objective import MapTarget, Objective
from networks.patches import Matches, nearest_patches, swapped
from networks.perceptual import VGG
from networks.projection import Projected
from networks.propagation import propagated

PATCHES = ("relu3_1", "relu4_1")
CONTENT = "relu4_2"
GRAIN, GRAIN_WEIGHT = "relu1_1", 2.0

# Cells of all sources together up to which a search among all of them takes no longer than any other.
FEW = 12_000

GUIDANCE = 3.0  # how much a wrong region costs, in mean norms of activations


# The nearest patches of a map at a tap, (C, h, w), among those of the sources.
Search: TypeAlias = Callable[[str, Tensor, Sequence[Tensor]], Matches]


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
    search: Search = lambda _, query, patches: nearest_patches(query, patches),
) -> Objective:
    """The energy with the patches that are nearest now, frozen: equal to the paper's until `x` has moved far.

    Departure: the paper seeks anew at every step; with patches kept, their term is a distance to their overlap average
    (`networks.patches`), which costs nothing beside the encoder. Terms are relative to their targets.
    `regions` (R, H, W) of `x`: patches come from the same region of the style (Champandard 2016).
    `grain`: the style's Gram matrix at relu1_1. Another departure: deep patches leave colours and the finest grain
    open, and an optimiser fills them with rainbow noise.
    `search`: exact, as the paper's, unless another is given.
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
        swap = swapped(search(tap, query, searched), patches)
        maps[tap] = MapTarget.relative(swap.mean[None], style_weight / len(PATCHES), swap.count)
    if content is not None:
        maps[CONTENT] = MapTarget.relative(encoder(content, (CONTENT,))[CONTENT], 1.0)
    grams = {} if grain is None else {GRAIN: (grain, GRAIN_WEIGHT * style_weight / grain.square().sum().item())}
    return Objective(encoder, grams, maps, smoothness)


@dataclass(eq=False)
class NearSearch:
    """Patches that are nearly the nearest, for a picture of one size whose patches are sought again and again.

    A third departure: among many patches they are sought in their principal components (`networks.projection`), and
    every other time only what the neighbours had found before is tried. `changing`: whether sources differ each time.
    """

    changing: bool = False
    projected: dict[str, Projected] = field(default_factory=dict)
    known: dict[str, Matches] = field(default_factory=dict)
    anew: dict[str, bool] = field(default_factory=dict)

    def __call__(self, tap: str, query: Tensor, patches: Sequence[Tensor]) -> Matches:
        """A `Search`."""
        if sum(source[0].numel() for source in patches) <= FEW:
            return nearest_patches(query, patches)
        if self.changing or tap not in self.projected:
            self.projected[tap] = Projected(patches)
        projected = self.projected[tap]
        if self.anew.get(tap, True):
            self.known[tap] = projected.nearest(query, self.known.get(tap))
        else:
            self.known[tap] = propagated(query, projected.sources, self.known[tap])
        self.anew[tap] = not self.anew.get(tap, True)
        return self.known[tap]
