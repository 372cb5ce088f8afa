"""The texture network: a hole's neural patches become like the most similar ones of the rest of the picture.

Yang et al. 2017, section 3.3: content (pixels near those of the coarser size), texture (3 x 3 patches of relu3_1 and
relu4_1 near their nearest outside the hole) and smoothness, minimised by L-BFGS. Two ways: `refined`, ours, and as the
paper states it; `pipelines.inpainting.released` is what the authors' code does.

Departures: the paper's weights suit its network and its units, so here texture is relative to the patches' own squares
and content and smoothness are means over the hole; the weights were found by looking.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import torch
import torch.nn.functional as F
from torch import Tensor

from networks.backpropagation import by_hand
from networks.descent import AT_ONCE, Gradient, lbfgs
from networks.objective import Box, MapTarget, Objective, cut
from networks.patches import Matches, Swap, frozen_energy, nearest_patches, swapped, touching
from networks.perceptual import VGG, gram

TAPS = ("relu3_1", "relu4_1")
GRAMS = ("relu2_1", "relu3_1", "relu4_1")  # whose contrast is kept
SURROUNDINGS = 0.65  # of the contrast that is asked for, the share that is that of what is beside the hole
STRIDES = {"relu2_1": 2, "relu3_1": 4, "relu4_1": 8}  # pixels between two cells
REACH = {"relu3_1": 10, "relu4_1": 30}  # pixels that a cell sees beyond its own square
MARGIN = 48  # pixels around the hole within which all that its gradient depends on lies; a multiple of 8
FEW = 256  # sources; with fewer, patches whose view touches the hole are admitted, too
K = 3


@dataclass(frozen=True)
class Weights:
    """Of the terms; texture's is 1. `content`: per mean squared difference, `smoothness`: per that of neighbours.

    `contrast`, of `refined` alone: of the squared error of the hole's Gram matrices, relative to those of its
    matched patches and of the surroundings.
    """

    content: float = 40.0
    smoothness: float = 2.0
    contrast: float = 1.4


@dataclass(frozen=True, eq=False)
class Scene:
    """One size of a picture: `x` (1, 3, H, W) in 0..1, sides multiples of 8, its hole filled by the coarser size.

    `hole`, `unknown` (1, 1, H, W), 0 or 1: what is made, and where nothing is learnt.
    """

    encoder: VGG
    x: Tensor
    hole: Tensor
    unknown: Tensor
    weights: Weights


def cells(mask: Tensor, tap: str, strict: bool = False) -> Tensor:
    """bool (h, w): the cells of `tap` in whose square `mask` (1, 1, H, W) is, or, `strict`, anywhere that they see."""
    if strict:
        side, reach = 2 * REACH[tap] + 1, REACH[tap]
        mask = F.max_pool2d(F.max_pool2d(mask, (side, 1), 1, (reach, 0)), (1, side), 1, (0, reach))
    return F.max_pool2d(mask, STRIDES[tap])[0, 0] > 0


def forbidden(unknown: Tensor, tap: str) -> Tensor | None:
    """The cells that no source patch may touch: by the strict rule if that leaves enough, else by the plain one."""
    for strict, least in ((True, FEW), (False, 1)):
        blocked = cells(unknown, tap, strict)
        if min(blocked.shape) >= K and int((~touching(blocked, K)).sum()) >= least:
            return blocked
    return None


@torch.no_grad()
def seek(found: Mapping[str, Tensor], hole: Tensor, unknown: Tensor) -> dict[str, tuple[Matches, Swap]]:
    """By tap: the nearest source of every patch that touches the hole, and what they average to."""
    made = {}
    for tap, activation in found.items():
        features = activation[0].detach()
        matches = nearest_patches(
            features, [features], K, query_hole=cells(hole, tap), source_holes=[forbidden(unknown, tap)]
        )
        made[tap] = matches, swapped(matches, [features])
    return made


# Of activations by tap, the hole and where nothing is learnt, what `seek` finds.
Search: TypeAlias = Callable[[Mapping[str, Tensor], Tensor, Tensor], dict[str, tuple[Matches, Swap]]]


def scales(found: Mapping[str, Tensor], scene: Scene) -> dict[str, float]:
    """What a texture term is divided by: the patches' number times the mean square of a known patch, and the taps'."""
    made = {}
    for tap, activation in found.items():
        squares = activation[0].square().sum(0)
        known = ~cells(scene.unknown, tap)
        mean = squares[known].mean() if known.any() else squares.mean()
        count = int(touching(cells(scene.hole, tap), K).sum())
        made[tap] = max(1e-12, len(found) * count * K * K * mean.item())
    return made


@dataclass(frozen=True, eq=False)
class Pixels:
    """The terms that see pixels, in `hole` (1, 1, h, w): nearness to `reference` (1, 3, h, w), and smoothness."""

    reference: Tensor
    hole: Tensor
    weights: Weights

    def gradient(self, x: Tensor) -> tuple[float, Tensor]:
        """Loss and slope."""
        count = 3 * self.hole.sum()
        difference = (x - self.reference) * self.hole
        loss = self.weights.content * difference.square().sum() / count
        slope = 2 * self.weights.content / count * difference
        for axis in (-1, -2):
            length = x.shape[axis] - 1
            step = x.narrow(axis, 1, length) - x.narrow(axis, 0, length)
            # Pairs with a pixel in the hole.
            step = step * torch.maximum(self.hole.narrow(axis, 1, length), self.hole.narrow(axis, 0, length))
            loss = loss + self.weights.smoothness * step.square().sum() / count
            slope.narrow(axis, 1, length).add_(step, alpha=2 * self.weights.smoothness / count.item())
            slope.narrow(axis, 0, length).sub_(step, alpha=2 * self.weights.smoothness / count.item())
        return loss.item(), slope * self.hole


def energy(scene: Scene, x: Tensor, scale: Mapping[str, float], search: Search = seek) -> tuple[float, Tensor]:
    """The paper's objective at `x` and its slope in the hole: all is looked at, and all matches are sought."""
    with torch.enable_grad():
        x = x.detach().requires_grad_(True)
        found = scene.encoder(x, TAPS)
        matches = search(found, scene.hole, scene.unknown)
        texture = torch.stack([frozen_energy(found[tap][0], matches[tap][1]) / scale[tap] for tap in TAPS]).sum()
        (slope,) = torch.autograd.grad(texture, x)
    loss, pixels = Pixels(scene.x, scene.hole, scene.weights).gradient(x.detach())
    return texture.item() + loss, slope * scene.hole + pixels


def optimised(scene: Scene, steps: int, search: Search = seek) -> Iterator[tuple[Tensor, float]]:
    """As the paper states it: `energy` at every step of L-BFGS; the best picture so far and its loss."""
    with torch.no_grad():
        scale = scales(scene.encoder(scene.x, TAPS), scene)
    yield from lbfgs(scene.x, lambda x: energy(scene, x, scale, search), steps)


def refined(
    scene: Scene, steps: int, rounds: int = 1, patience: float = 0.004, woven: bool = False
) -> Iterator[tuple[Tensor, float]]:
    """The same minimum, sooner; what it gives is of `optimised`'s kind, but for the losses' matches, which are frozen.

    Matches are sought once a round, so that texture is a distance to their overlap average (`networks.patches`); only
    what the hole's gradient depends on is looked at; it begins with the pixels of the matched patches, unless the hole
    is `woven` of pixels already; it ends when a few steps lower the loss by less than the share `patience`.
    """
    x = scene.x
    box = around(scene.hole)
    with torch.no_grad():
        scale = scales(scene.encoder(x, TAPS), scene)
    for turn in range(rounds):
        with torch.no_grad():
            found = scene.encoder(x, (*GRAMS, *TAPS))
            matches = seek({tap: found[tap] for tap in TAPS}, scene.hole, scene.unknown)
            grams = _contrasts(scene, found, matches, *(cut(part, box) for part in (x, scene.hole, scene.unknown)))
        target = by_hand(_frozen(scene, matches, scale, box, grams), x.device)
        pixels = Pixels(cut(scene.x, box), cut(scene.hole, box), scene.weights)

        def gradient(part: Tensor, target: Gradient = target, pixels: Pixels = pixels) -> tuple[float, Tensor]:
            texture, slope = target(part)
            loss, pull = pixels.gradient(part)
            return texture + loss, slope * pixels.hole + pull

        start = cut(x, box)
        if turn == 0 and not woven:
            copied = torch.lerp(start, cut(transplanted(scene, matches["relu3_1"][0]), box), pixels.hole)
            start = min((start, copied), key=lambda part: gradient(part)[0])
        before = float("inf")
        for part, loss in lbfgs(start, gradient, max(AT_ONCE, steps // rounds)):
            x = x.clone()
            cut(x, box).copy_(part)
            yield x, loss
            if before - loss < patience * loss:
                break
            before = loss


def transplanted(scene: Scene, matches: Matches) -> Tensor:
    """The picture whose hole is the overlap average of the matched patches' own pixels, (1, 3, H, W)."""
    stride = STRIDES["relu3_1"]
    blocks = F.pixel_unshuffle(scene.x, stride)[0]
    swap = swapped(matches, [blocks])
    return F.pixel_shuffle(torch.where(swap.count > 0, swap.mean, blocks)[None], stride)


def around(hole: Tensor) -> Box:
    """The hole's box with `MARGIN` around it, all sides multiples of the coarsest cell."""
    box = []
    for axis, side in ((1, hole.shape[-2]), (0, hole.shape[-1])):
        places = hole[0, 0].any(axis).nonzero()[:, 0]
        box.append((max(0, int(places[0]) // 8 * 8 - MARGIN), min(side, -(-(int(places[-1]) + 1) // 8) * 8 + MARGIN)))
    return box[0][0], box[1][0], box[0][1], box[1][1]


def _contrasts(
    scene: Scene,
    found: Mapping[str, Tensor],
    matches: Mapping[str, tuple[Matches, Swap]],
    part: Tensor,
    hole: Tensor,
    unknown: Tensor,
) -> dict[str, tuple[Tensor, float]]:
    """By tap, the Gram matrix that `part` has where its `hole` has the wanted one; and its weight.

    A departure: an average of patches is soft, and a distance to it keeps it so. What the patches have in common
    beside their mean, they have in their second moments (Gatys et al. 2015); and so has what is beside the hole.
    """
    made: dict[str, tuple[Tensor, float]] = {}
    if not scene.weights.contrast:
        return made
    here = scene.encoder(part, GRAMS)
    for tap in GRAMS:
        coarser = max(tap, TAPS[0])
        sources = matches[coarser][0]
        y, x = (corner[sources.found] + K // 2 for corner in (sources.y, sources.x))
        blocks = F.pixel_unshuffle(found[tap][0][:, None], STRIDES[coarser] // STRIDES[tap])[:, :, y, x]
        wanted = gram(blocks[None].flatten(2)[..., None])  # of (1, C, cells of a block x matches, 1)
        beside = here[tap][:, :, ~cells(unknown, tap)][..., None]
        if beside.numel():
            wanted = torch.lerp(wanted, gram(beside), SURROUNDINGS)
        inside = cells(hole, tap)
        share = inside.float().mean().item()
        known = here[tap][:, :, ~inside][..., None]
        whole = share * wanted + ((1 - share) * gram(known) if known.numel() else 0)
        made[tap] = whole, scene.weights.contrast / len(GRAMS) / share**2 / max(wanted.square().sum().item(), 1e-12)
    return made


def _frozen(
    scene: Scene,
    matches: Mapping[str, tuple[Matches, Swap]],
    scale: Mapping[str, float],
    box: Box,
    grams: Mapping[str, tuple[Tensor, float]],
) -> Objective:
    """The texture term of a part of the picture, with its matches as they are."""
    maps = {}
    for tap, (_, swap) in matches.items():
        rows, columns = (slice(box[axis] // STRIDES[tap], box[axis + 2] // STRIDES[tap]) for axis in (0, 1))
        maps[tap] = MapTarget(swap.mean[None, :, rows, columns], 1 / scale[tap], swap.count[rows, columns])
    return Objective(scene.encoder, grams, maps)
