"""A portrait on the region-style tab, and all that was done to it: every look is kept, undone and done again.

A value, never changed: handlers take one and give the next, so two visitors, or two tabs of one, cannot mix.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from PIL import Image as PillowImage

from imaging.alignment import Frame
from imaging.types import Image, LabelMap
from pipelines.region_style import Codes, Swap

MOST_LOOKS = 30
SMALL = 160  # pixels of a look's small picture


@dataclass(frozen=True, eq=False)
class Look:
    """What the portrait shall have: `swaps` one after the other, its regions as `painted`; and a small picture."""

    swaps: tuple[Swap, ...]
    painted: LabelMap
    small: Image


@dataclass(frozen=True, eq=False)
class Sitting:
    """`crop` is what `frame` shows of `photo`, `labels` its regions, `own` its codes.

    `looks[0]` is the photo as it came, `looks[shown]` what is in view; `face`: its number in the photo.
    """

    photo: Image
    frame: Frame
    crop: Image
    labels: LabelMap
    own: Codes
    looks: tuple[Look, ...]
    face: int = 1
    shown: int = 0

    @classmethod
    def begun(cls, photo: Image, frame: Frame, crop: Image, labels: LabelMap, own: Codes, face: int = 1) -> Sitting:
        """Before anything was done."""
        sitting = cls(photo, frame, crop, labels, own, (), face)
        return sitting.with_look((), labels, photo)

    @property
    def look(self) -> Look:
        """What is in view."""
        return self.looks[self.shown]

    def next_swaps(self, swap: Swap | None) -> tuple[Swap, ...]:
        """Those of the look in view and one more; the same one with another amount takes its place (a slider moves)."""
        swaps = self.look.swaps
        if swap is None:
            return swaps
        same = swaps and (swaps[-1].regions, swaps[-1].blocks) == (swap.regions, swap.blocks)
        if same and swaps[-1].codes.alike(swap.codes):
            swaps = swaps[:-1]
        return (*swaps, swap)

    def with_look(self, swaps: tuple[Swap, ...], painted: LabelMap, image: Image) -> Sitting:
        """After one more edit, which made `image`: what had been undone is gone, the oldest looks are forgotten."""
        closeup = PillowImage.fromarray(self.closeup(image))
        closeup.thumbnail((SMALL, SMALL))
        first, *rest = (*self.looks[: self.shown + 1], Look(swaps, painted, np.asarray(closeup)))
        looks = (first, *rest[-MOST_LOOKS + 1 :])
        return replace(self, looks=looks, shown=len(looks) - 1)

    def at(self, shown: int) -> Sitting:
        """Another look in view."""
        return replace(self, shown=max(0, min(shown, len(self.looks) - 1)))

    def closeup(self, image: Image) -> Image:
        """What `image`, of the photo's size, shows of the face: upright with the photo, at its own resolution."""
        box = self.frame.reach()
        return image[max(box.top, 0) : box.bottom, max(box.left, 0) : box.right]
