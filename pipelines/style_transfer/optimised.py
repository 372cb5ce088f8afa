"""The two methods that optimise the picture itself, coarse to fine: most of the way is walked where steps are cheap."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, log2
from typing import TypeAlias

import torch
import torch.nn.functional as F
from torch import Tensor

from networks.backpropagation import by_hand
from networks.descent import AT_ONCE, Gradient, Spectral, adam, lbfgs
from networks.objective import Objective
from networks.perceptual import VGG
from pipelines.style_transfer import cnnmrf, gatys

COARSEST = 96  # pixels of the longer side, about: below, an encoder's deep taps have too few places
# V1 from a photo: coarser stages lose the photo's details for good, and end higher than no stage at all.
COARSEST_OF_PHOTO = 384
SHORTEST = 32  # pixels of any side: relu5_1 must have two places, as its border is reflected
# V3's pictures are walked with so many pixels around them, mirrored, which are cut off again: at the border an encoder
# sees least, and fewest patches speak, so that dots and dashes grow there.
MARGIN = 16
LATTICE = 8  # pixels between two places of the deepest map that V3 looks at
SHIFTED = 2  # looks of V3's working size, after which its cells stay where they are: it converges sooner


@dataclass(frozen=True)
class Stage:
    """One size: `side` pixels on the longer side, at which so many `steps` are walked.

    `working`: no larger than the working size: L-BFGS; else Adam, for its memory. `settles`: the working size itself.
    """

    side: int
    steps: int
    working: bool
    settles: bool = False

    @property
    def cost(self) -> float:
        """In proportion to its time."""
        return self.steps * self.side**2


@dataclass(frozen=True, eq=False)
class Scene:
    """What an optimisation is told, as tensors (1, 3, H, W) in 0..1, each at its largest; `weights` sum to one.

    `regions`: of the content and of every style, (1, R, H, W), for patches; None where any may come from anywhere.
    `paper`: losses as the paper states them, of which `style_weight` and `smoothness` are no part.
    `known`: of every style, Gram matrices by the longer side at which they hold, or None; better than its picture's.
    """

    content: Tensor
    styles: Sequence[Tensor]
    weights: Sequence[float]
    style_weight: float
    smoothness: float
    style_scale: float
    regions: tuple[Tensor, Sequence[Tensor]] | None = None
    paper: bool = False
    known: Sequence[Mapping[int, gatys.Grams] | None] = (None,)

    def styles_at(self, side: int) -> list[Tensor]:
        """The styles for a content of `side` pixels."""
        return [resized(style, round(side * self.style_scale)) for style in self.styles]


# For a side in pixels: the objective for a content of that size, from a picture on.
Method: TypeAlias = Callable[[int], Callable[[Tensor, Tensor], Objective]]


def by_grams(encoder: VGG, scene: Scene) -> Method:
    """V1, Gatys."""

    def at(side: int) -> Callable[[Tensor, Tensor], Objective]:
        pictures = scene.styles_at(side)
        known = [nearest(sizes, side * scene.style_scale) if sizes else None for sizes in scene.known]
        styles = [grams or gatys.grams(encoder, p) for grams, p in zip(known, pictures, strict=True)]
        targets = gatys.blended(styles, scene.weights)
        if scene.paper:
            return lambda content, x: gatys.paper_objective(encoder, content, targets)
        return lambda content, x: gatys.objective(encoder, content, targets, scene.style_weight, scene.smoothness)

    return at


def by_patches(encoder: VGG, scene: Scene, turns: int, sizes: int) -> Method:
    """V3, CNNMRF. Of several styles all patches are offered alike, whatever their weights."""

    def at(side: int) -> Callable[[Tensor, Tensor], Objective]:
        styles = scene.styles_at(side)
        content_regions, style_regions = scene.regions or (None, None)
        if style_regions is not None:
            pairs = zip(style_regions, styles, strict=True)
            style_regions = [F.interpolate(region, style.shape[-2:]) for region, style in pairs]
        found = cnnmrf.sources(encoder, styles, turns, sizes, style_regions)
        regions = None if content_regions is None else bordered(resized(content_regions, side), MARGIN)[0]
        grams = [gatys.grams(encoder, style, (cnnmrf.GRAIN,)) for style in styles]
        grain = gatys.blended(grams, scene.weights)[cnnmrf.GRAIN]
        search = cnnmrf.NearSearch(changing=regions is not None)
        return lambda content, x: cnnmrf.objective(
            encoder, content, x, found, scene.style_weight, scene.smoothness, regions, grain, search
        )

    return at


def nearest(at_sizes: Mapping[int, gatys.Grams], side: float) -> gatys.Grams:
    """The Gram matrices of the size that is nearest to `side`."""
    return at_sizes[min(at_sizes, key=lambda known: abs(log2(known / side)))]


def in_colours_of(content: Tensor, styles: Sequence[Tensor], weights: Sequence[float]) -> Tensor:
    """The photo with the mean and the spread of every colour channel of the styles: where V1 and V3 begin.

    A departure that pays: from here L-BFGS needs 40 steps for what takes it 150 from the photo itself, and ends lower.
    Patches of deep layers (V3) do not know colours well; they stay as they begin.
    """
    means, spreads = zip(*(_mean_and_spread(style) for style in styles), strict=True)
    mean = sum(weight * one for weight, one in zip(weights, means, strict=True))
    spread = sum(weight * one for weight, one in zip(weights, spreads, strict=True))
    own_mean, own_spread = _mean_and_spread(content)
    return ((content - own_mean) / own_spread * spread + mean).clamp(0, 1)


def _mean_and_spread(picture: Tensor) -> tuple[Tensor, Tensor]:
    variance, mean = torch.var_mean(picture, (2, 3), keepdim=True)
    return mean, (variance + 1e-4).sqrt()


def stages(side: int, largest: int, steps: int, coarsest: int = COARSEST) -> list[Stage]:
    """From a coarse size, each twice the last, to the working size `side`; then on to the `largest`.

    `steps`: at the working size; four times smaller pictures get half as many again.
    """
    sides = [side]
    while sides[0] // 2 >= coarsest:
        sides.insert(0, sides[0] // 2)
    finest = len(sides) - 1
    planned = [
        Stage(one, round(steps * (1 + 0.5 * (finest - number))), True, number == finest)
        for number, one in enumerate(sides)
    ]
    while planned[-1].side < largest:
        planned.append(Stage(min(2 * planned[-1].side, largest), max(4, steps // 4), False))
    return planned


def bordered(picture: Tensor, margin: int) -> Tensor:
    """`picture` (1, C, H, W) with `margin` pixels around it, mirrored."""
    return F.pad(picture, [margin] * 4, mode="reflect") if margin else picture


def walk(
    method: Method, content: Tensor, start: Tensor, plan: Sequence[Stage], margin: int = 0, anew: bool = False
) -> Iterator[tuple[Tensor, float, float]]:
    """The picture as it forms, (1, 3, H, W) in 0..1, how much of the work is done, 0..1, and its loss.

    `start`: the picture that the coarsest stage begins with; `margin`: pixels around it that are walked, not shown;
    `anew`: whether the objective follows the picture, as V3's patches do.
    """
    x, spent, whole = start, 0.0, sum(stage.cost for stage in plan)
    for stage in plan:
        small = resized(content, stage.side)
        x = F.interpolate(x, small.shape[-2:], mode="bicubic", antialias=True).clamp(0, 1)
        height, width = small.shape[-2:]
        small, x = bordered(small, margin), bordered(x, margin)
        objective = method(stage.side)
        for reached, loss in descent(stage, objective, small, x, anew):
            spent, x = spent + stage.cost / looks(stage) / whole, reached.clamp(0, 1)
            done = spent if spent < 1 - 1e-9 else 1.0  # a sum of shares ends beside one
            yield x[..., margin : margin + height, margin : margin + width], done, loss
        x = x[..., margin : margin + height, margin : margin + width]


def looks(stage: Stage) -> int:
    """How often the picture is shown."""
    return ceil(stage.steps / AT_ONCE) if stage.working else stage.steps


def descent(
    stage: Stage, objective: Callable[[Tensor, Tensor], Objective], content: Tensor, x: Tensor, anew: bool
) -> Iterator[tuple[Tensor, float]]:
    """The picture after every look, and its loss; `anew`: whether the objective is made anew at every look.

    L-BFGS goes on meanwhile: it takes fewer steps than where each search begins it anew.
    """
    draw, seen = random.Random(0), 0

    def gradient(x: Tensor) -> Gradient:
        nonlocal seen
        seen += 1
        if anew and min(x.shape[-2:]) > SHORTEST + 2 * LATTICE:
            stays = stage.settles and seen > SHIFTED
            down, right = (0 if stays else draw.randrange(LATTICE) for _ in range(2))
            return _shifted(objective, content, x, down, right)
        return by_hand(objective(content, x), x.device)

    if stage.working:
        if anew:  # patches, of which pixels are no worse a metric
            return lbfgs(x, gradient(x), stage.steps, gradient)
        return lbfgs(x, gradient(x), stage.steps, metric=Spectral(x.shape, x.device))
    return adam(x, gradient(x), stage.steps)


def _shifted(
    objective: Callable[[Tensor, Tensor], Objective], content: Tensor, x: Tensor, down: int, right: int
) -> Gradient:
    """The objective of all but a few pixels of the border, so that the encoder's cells lie elsewhere.

    A departure: cells that lie on one lattice from first to last leave it in the picture. (At the end they may.)
    """
    rows, columns = (
        slice(first, side - LATTICE + first) for first, side in zip((down, right), x.shape[-2:], strict=True)
    )
    target = by_hand(objective(content[..., rows, columns], x[..., rows, columns]), x.device)
    around = (right, LATTICE - right, down, LATTICE - down)

    def gradient(x: Tensor) -> tuple[float, Tensor]:
        loss, slope = target(x[..., rows, columns])
        return loss, F.pad(slope, around)

    return gradient


def resized(picture: Tensor, side: int) -> Tensor:
    """`picture` with `side` pixels on its longer side, and never fewer than the encoder needs on the shorter one."""
    longest, shortest = max(picture.shape[-2:]), min(picture.shape[-2:])
    factor = max(side / longest, SHORTEST / shortest)
    shape = [max(SHORTEST, round(length * factor)) for length in picture.shape[-2:]]
    if tuple(shape) == tuple(picture.shape[-2:]):
        return picture
    return F.interpolate(picture, shape, mode="bicubic", antialias=True).clamp(0, 1)
