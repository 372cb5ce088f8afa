"""V1, Gatys, Ecker and Bethge 2016: a picture that has a painting's Gram matrices and a photo's deep activations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from networks.objective import MapTarget, Objective
from networks.perceptual import VGG, gram

STYLE = ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1")
CONTENT = "relu4_2"

Grams = Mapping[str, Tensor]


@torch.no_grad()
def grams(encoder: VGG, style: Tensor, taps: Sequence[str] = STYLE) -> dict[str, Tensor]:
    """The Gram matrices (1, C, C) of a style picture (1, 3, H, W) in 0..1."""
    return {tap: gram(found) for tap, found in encoder(style, taps).items()}


def blended(several: Sequence[Grams], weights: Sequence[float]) -> dict[str, Tensor]:
    """Between several styles: the weighed mean of their Gram matrices; `weights` sum to one."""
    total = {tap: torch.zeros_like(matrix) for tap, matrix in several[0].items()}
    for one, weight in zip(several, weights, strict=True):
        for tap, matrix in one.items():
            total[tap] = total[tap] + weight * matrix
    return total


@torch.no_grad()
def objective(
    encoder: VGG, content: Tensor | None, targets: Grams, style_weight: float, smoothness: float
) -> Objective:
    """Content and style, each relative to its target, and smoothness; without `content`, a texture of the style alone.

    Departures from the paper: its weights suit one encoder only, so terms are divided by their targets' squares;
    squared differences of neighbouring pixels are added, as in all later implementations.
    """
    each = style_weight / len(targets)
    matrices = {tap: (matrix, each / max(matrix.square().sum().item(), 1e-12)) for tap, matrix in targets.items()}
    maps = {} if content is None else {CONTENT: MapTarget.relative(encoder(content, (CONTENT,))[CONTENT], 1.0)}
    return Objective(encoder, matrices, maps, smoothness)


@torch.no_grad()
def paper_objective(encoder: VGG, content: Tensor, targets: Grams, ratio: float = 1e3) -> Objective:
    """The paper's equations 1, 4, 5 and 7, as they stand; `ratio` is its beta / alpha, with alpha one.

    Its networks' activations have a mean of about one, as those of our encoder's heads.
    """
    # E_l sums over (G - A)^2 / (4 N^2 M^2), of sums over the M places; our Gram matrices are means.
    matrices = {tap: (matrix, ratio / len(targets) / (4 * matrix.shape[-1] ** 2)) for tap, matrix in targets.items()}
    return Objective(encoder, matrices, {CONTENT: MapTarget(encoder(content, (CONTENT,))[CONTENT], 0.5)})
