"""The words of the house: image, mask, matte, box, label map, and the error that is meant for a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage

Image: TypeAlias = NDArray[np.uint8]
"""uint8 (H, W, 3), sRGB."""

Mask: TypeAlias = NDArray[np.bool_]
"""bool (H, W)."""

Matte: TypeAlias = NDArray[np.float32]
"""float32 (H, W) in 0..1."""


class InputError(Exception):
    """A sentence for the person who gave the input and can mend it; anything else that is raised is a bug.

    `template` is English with `{names}` for the values, so that a page can look its translation up and fill
    the same values in.
    """

    def __init__(self, template: str, **values: object) -> None:
        super().__init__(template.format(**values))
        self.template = template
        self.values = values


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels, right and bottom exclusive, with the label of what is in it."""

    left: int
    top: int
    right: int
    bottom: int
    label: str = ""

    def __post_init__(self) -> None:
        if self.right <= self.left or self.bottom <= self.top:
            raise ValueError(f"an empty box: {self}")

    @property
    def width(self) -> int:
        """Pixels from left to right."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Pixels from top to bottom."""
        return self.bottom - self.top


@dataclass(frozen=True, eq=False)
class LabelMap:
    """What each pixel shows: `ids` uint8 (H, W), each an index into `names`."""

    ids: NDArray[np.uint8]
    names: Sequence[str]

    def __post_init__(self) -> None:
        if self.ids.dtype != np.uint8 or self.ids.ndim != 2:
            raise ValueError(f"label ids are uint8 (H, W), not {self.ids.dtype} {self.ids.shape}")
        if self.ids.size and int(self.ids.max()) >= len(self.names):
            raise ValueError(f"label id {self.ids.max()} has no name among {len(self.names)}")

    def where(self, *names: str) -> Mask:
        """The pixels that show any of `names`."""
        return np.isin(self.ids, [list(self.names).index(name) for name in names])

    def resized(self, height: int, width: int) -> LabelMap:
        """The same map at another size. Nearest neighbour always: a mean of two labels is a third label."""
        small = PillowImage.fromarray(self.ids).resize((width, height), PillowImage.Resampling.NEAREST)
        return LabelMap(np.asarray(small), self.names)
