"""What an edit does to its window, before a pixel is painted; and pixels laid over others."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Self

import numpy as np
from numpy.typing import NDArray

from imaging.streets import NOTHING
from imaging.types import Box, Image, Mask, Matte
from pipelines.object_insertion.figures.drawing import Parts
from pipelines.object_insertion.tint import Colour
from pipelines.object_insertion.windows import MARGIN, SOFT

HALF = 0.5  # of the mask's probability


@dataclass(frozen=True)
class Variant:
    """What a seed draws: the window, the soft box, and how much of the mask's doubt is object; 0 draws nothing."""

    margin: float = MARGIN
    shift: tuple[float, float] = (0.0, 0.0)
    soft: float = sum(SOFT) / 2
    threshold: float = HALF

    @classmethod
    def of(cls, draw: Random | None) -> Self:
        """Drawn as the training drew them."""
        if draw is None:
            return cls()
        shift = (draw.uniform(-0.3, 0.3), draw.uniform(-0.3, 0.3))
        return cls(draw.uniform(2.0, 2.4), shift, draw.uniform(*SOFT), draw.uniform(0.35, 0.65))


@dataclass(frozen=True, eq=False)
class Plan:
    """What an edit does to its window `within` the photo: ids (h, w) `before` and `after`, and what is new.

    `usual`: a colour of its kind in this light; `object`: where the new object is, and `front`: what stands before it,
    bool; `parts`: of what it is made, where that is known; `lent`: the window's pixels where nothing is to be painted;
    `hole`: what is painted; `weight`: the share of it that is laid over.
    """

    kind: int
    draw: Random | None
    usual: Colour | None
    within: Box
    hole: Box
    before: NDArray[np.uint8]
    after: NDArray[np.uint8]
    object: Mask
    front: Mask
    parts: Parts
    lent: Image | None
    weight: Matte

    @property
    def seen(self) -> Mask:
        """Where the new object is seen."""
        return self.object & ~self.front

    @property
    def change(self) -> Mask:
        """What comes, or goes."""
        return self.before != self.after if self.kind == NOTHING else self.seen

    @property
    def here(self) -> tuple[slice, slice]:
        """The window's rows and columns in the photo."""
        return slice(self.within.top, self.within.bottom), slice(self.within.left, self.within.right)


def changed(whole: NDArray[np.uint8], part: NDArray[np.uint8], here: tuple[slice, slice]) -> NDArray[np.uint8]:
    """A copy of `whole` with `part` at `here`."""
    made = whole.copy()
    made[here] = part
    return made


def rounded(pixels: NDArray[np.floating]) -> Image:
    """Of 0..255, to the nearest."""
    return np.rint(pixels).astype(np.uint8)


def over(old: Image, new: Image, weight: Matte) -> NDArray[np.floating]:
    """`new` over `old`, both uint8 (H, W, 3), as far as `weight` (H, W) says; in 0..255, not rounded."""
    return old + weight[..., None] * (new.astype(np.float32) - old)
