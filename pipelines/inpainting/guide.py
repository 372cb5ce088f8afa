"""PatchMatch that is told what shall be in the hole: road goes on as road, and a tree ends where a wall begins.

Labels are compared beside colours, an idea of Hertzmann et al. 2001 (Image Analogies: texture by numbers).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image as PillowImage
from torch import Tensor

from imaging.types import Box, Mask
from networks.fill import smooth_fill
from pipelines.inpainting.patchmatch import patchmatch

STEP = 0.1  # of the work, between pictures: to blend one in takes time, too
FEWEST = 400  # pixels that must be left to learn from


@dataclass(frozen=True, eq=False)
class Guide:
    """What is where in a picture: `labels` uint8 (H, W), in its hole as they shall be.

    `spared` bool (H, W): what stays as it is but lends nothing.
    """

    labels: NDArray[np.uint8]
    spared: Mask

    @classmethod
    def sparing(cls, labels: NDArray[np.uint8], hole: Mask, things: Collection[int]) -> Self:
        """Labels of which `things` lend nothing but where they go on in the hole."""
        others = np.setdiff1d(list(things), labels[hole])
        return cls(labels, np.isin(labels, others) & ~hole)

    def part(self, window: Box) -> Self:
        """Of a window of the picture."""
        rows, columns = slice(window.top, window.bottom), slice(window.left, window.right)
        return type(self)(self.labels[rows, columns], self.spared[rows, columns])

    def fitted(self, size: tuple[int, int], padded: tuple[int, int]) -> Self:
        """At another size (height, width), nearest neighbour, then padded at the right and at the bottom."""
        padding = [(0, whole - part) for whole, part in zip(padded, size, strict=True)]
        pictures = [PillowImage.fromarray(part) for part in (self.labels, self.spared.astype(np.uint8))]
        nearest = [picture.resize((size[1], size[0]), PillowImage.Resampling.NEAREST) for picture in pictures]
        labels, spared = (np.pad(np.asarray(part), padding) for part in nearest)
        return type(self)(labels, spared > 0)


def guided(x: Tensor, hole: Tensor, unknown: Tensor, guide: Guide, seed: int) -> Iterator[tuple[Tensor, float]]:
    """The picture (1, 3, H, W) as it forms and how far it is, 0 to 1; the rest as `patchmatch` has it."""
    labels = torch.from_numpy(guide.labels.copy()).to(x.device)[None, None]
    without = torch.maximum(unknown, torch.from_numpy(guide.spared).to(x)[None, None])
    if (without == 0).sum() >= FEWEST:
        unknown = without
    begun = _by_label(x, hole, unknown, labels)
    shown = 0.0
    for picture, _, share in patchmatch(x, hole, unknown, seed, begun, labels.to(x)):
        if share >= min(1.0, shown + STEP):
            yield picture, share
            shown = share


def _by_label(x: Tensor, hole: Tensor, unknown: Tensor, labels: Tensor) -> Tensor:
    """Each label's part of the hole smoothly filled with the colours of that label alone, where it has any."""
    made = x
    for label in labels[hole > 0].unique():
        here = (labels == label).to(x)
        known = here * (1 - unknown)
        made = torch.lerp(made, smooth_fill(x, 1 - (known if known.any() else 1 - unknown)), here * hole)
    return made
