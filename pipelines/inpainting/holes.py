"""From a painted mask to pieces of work: what is made, how it is blended in, which part of the picture it needs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from imaging.types import Box, Image, InputError, Mask, Matte

LARGEST_SHARE = 0.95  # of the picture that may be missing
CONTEXT = (48, 128)  # pixels seen around a hole at working size, least and most; between them, the hole's longer side
KNOWN = 0.35  # share of a window that should be known; more is taken where it is not


@dataclass(frozen=True, eq=False)
class Hole:
    """One piece of work: `window` is the part of the picture that is looked at; masks and matte are of its size.

    - `inside` bool: the pixels to make;
    - `unknown` bool: those and all other holes: nothing is learnt there.
    """

    window: Box
    inside: Mask
    unknown: Mask

    @property
    def side(self) -> int:
        """The longer side of the hole's bounding box, pixels."""
        rows, columns = np.any(self.inside, 1).nonzero()[0], np.any(self.inside, 0).nonzero()[0]
        return int(max(rows[-1] - rows[0], columns[-1] - columns[0])) + 1


def grown(mask: Mask, pixels: int) -> Mask:
    """`mask` with all that is at most `pixels` away from it."""
    return _distance(mask) <= pixels if pixels and mask.any() else mask


def _distance(mask: Mask) -> NDArray[np.float64]:
    """Pixels to the nearest one in `mask`."""
    return np.asarray(ndimage.distance_transform_edt(~mask), np.float64)


def feathered(mask: Mask, width: int) -> Matte:
    """How much of the made picture is seen: 1 in `mask`, falling to 0 `width` pixels outside it, never inside."""
    ramp = np.clip(1 - _distance(mask) / (width + 1), 0, 1)
    return (ramp * ramp * (3 - 2 * ramp)).astype(np.float32)


def checked(image: Image, mask: Mask) -> None:
    """Raises `InputError` where there is nothing to do, or nothing to do it with."""
    if mask.shape != image.shape[:2]:
        height, width = image.shape[:2]
        raise InputError(
            "The mask has {mask_width} x {mask_height} pixels and the picture {width} x {height}: they must be alike.",
            mask_width=mask.shape[1],
            mask_height=mask.shape[0],
            width=width,
            height=height,
        )
    if min(mask.shape) < 8:
        raise InputError("This picture is only {side} pixels on a side: at least 8 are needed.", side=min(mask.shape))
    if not mask.any():
        raise InputError("Nothing is marked: paint over what should go.")
    if mask.mean() > LARGEST_SHARE:
        raise InputError("Nearly everything is marked: leave some of the picture to learn from.")


def holes(mask: Mask, largest: int) -> Iterator[Hole]:
    """The holes of `mask`, those near each other as one, each with its window.

    `largest`: the longer side that a hole has at working size; windows of larger ones grow with them.
    """
    for box in _boxes(mask):
        piece = np.zeros_like(mask)
        rows, columns = slice(box.top, box.bottom), slice(box.left, box.right)
        piece[rows, columns] = mask[rows, columns]
        side = max(box.height, box.width)
        factor = max(1.0, side / largest)
        reach = round(factor * min(max(side / factor, CONTEXT[0]), CONTEXT[1]))
        window = _around(box, reach, mask.shape)
        while mask[_slices(window)].mean() > 1 - KNOWN and (window.height, window.width) != mask.shape:
            window = _around(window, max(8, reach // 2), mask.shape)
        yield Hole(window, piece[_slices(window)], mask[_slices(window)])


def cut(image: Image, window: Box) -> Image:
    """The window's part of a picture, a view."""
    return image[_slices(window)]


def _slices(box: Box) -> tuple[slice, slice]:
    return slice(box.top, box.bottom), slice(box.left, box.right)


def _around(box: Box, reach: int, shape: tuple[int, ...]) -> Box:
    return Box(
        max(0, box.left - reach),
        max(0, box.top - reach),
        min(shape[1], box.right + reach),
        min(shape[0], box.bottom + reach),
    )


def _boxes(mask: Mask) -> list[Box]:
    """Bounding boxes of the parts, joined where they nearly touch: near holes are one for whoever looks at them."""
    labels, _ = ndimage.label(mask, np.ones((3, 3)))  # pyright: ignore[reportGeneralTypeIssues] - SciPy's stub
    found = [Box(c.start, r.start, c.stop, r.stop) for r, c in ndimage.find_objects(labels)]
    joined: list[Box] = []
    for box in sorted(found, key=lambda one: one.top):
        # What a join makes larger may now touch what was passed already.
        while near := [other for other in joined if _near(box, other)]:
            joined = [other for other in joined if other not in near]
            for other in near:
                corners = min(box.left, other.left), min(box.top, other.top)
                box = Box(*corners, max(box.right, other.right), max(box.bottom, other.bottom))
        joined.append(box)
    return joined


def _near(one: Box, other: Box) -> bool:
    reach = max(8, min(max(one.height, one.width), max(other.height, other.width)) // 4)
    across = one.left - reach < other.right and other.left - reach < one.right
    return across and one.top - reach < other.bottom and other.top - reach < one.bottom
