"""What is in front of what, and how much of each pixel is painted anew."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from imaging.streets import NOTHING, OBJECTS
from imaging.types import Box, Mask, Matte

REACH = 0.08  # of the hole's longer side: how far around an object the pixels fade over to the old ones
RIM = 0.06  # of the hole's longer side: how far inside the hole they do
BEYOND = 0.04  # of the hole's longer side: how far around an object that goes all is new, lest its rim stays
SHADOW = 0.12  # of the object's or the hole's height: how far below it, for what it throws on the road
DARKEST = 0.55  # of the light that is missing where an object stands


def in_front(ids: NDArray[np.uint8], wanted: Mask, behind: int) -> Mask:
    """The pixels of those `behind` objects among `ids` (H, W) that stay in front of a new one at `wanted`.

    Of the objects that it overlaps those that stand lowest in the picture, which are the nearest.
    """
    kept = np.zeros_like(wanted)
    if behind < 1:
        return kept
    found: list[tuple[int, Mask]] = []
    for kind in OBJECTS:
        parts, count = ndimage.label(ids == kind)  # pyright: ignore[reportGeneralTypeIssues] - SciPy's stub
        for number in range(1, count + 1):
            part = parts == number
            if (part & wanted).any():
                found.append((int(np.nonzero(part.any(1))[0].max()), part))
    found.sort(key=lambda entry: -entry[0])
    for _, part in found[:behind]:
        kept |= part
    return kept


def matte(before: NDArray[np.uint8], after: NDArray[np.uint8], kind: int, hole: Box, kept: bool) -> Matte:
    """The share of new pixels, float32 (H, W), 0 outside of `hole`; label ids `before` and `after`.

    With `kept` only the object, come or gone, its neighbourhood and its shadow are new (the article's whole box
    otherwise): our network's road is less sharp than the photo's.
    """
    weight = np.zeros(before.shape, np.float32)
    here = np.s_[hole.top : hole.bottom, hole.left : hole.right]
    longer = max(hole.width, hole.height)
    fading = _rim(hole, before.shape, max(1.0, RIM * longer))
    if kept:
        gone = np.isin(before[here], OBJECTS) & (before[here] != after[here])
        changed = _with_rim_and_shadow(gone, BEYOND * longer, round(SHADOW * hole.height))
        if kind != NOTHING:
            changed |= _with_rim_and_shadow(after[here] == kind, 0, round(SHADOW * hole.height))
        if changed.any():
            distance = np.asarray(ndimage.distance_transform_edt(~changed), np.float32)
            fading = np.minimum(fading, np.clip(1 - distance / max(2.0, REACH * longer), 0, 1))
    weight[here] = fading
    return weight


def _with_rim_and_shadow(mask: Mask, rim: float, below: int) -> Mask:
    """What is at most `rim` pixels away from `mask`, or `below` pixels under it."""
    if not mask.any():
        return mask
    wide = np.asarray(ndimage.distance_transform_edt(~mask)) <= rim
    for down in range(1, below + 1):
        wide[down:] |= mask[:-down]
    return wide


def within_object(mask: Mask) -> Matte:
    """How far inside the object (H, W) a pixel is: 0 outside and at the edge, 1 from `RIM` of its longer side on."""
    if not mask.any():
        return np.zeros(mask.shape, np.float32)
    longer = 1 + max(int(np.ptp(places)) for places in np.nonzero(mask))
    depth = np.asarray(ndimage.distance_transform_edt(mask), np.float32)
    return np.clip(depth / max(2.0, RIM * longer), 0, 1)


def shadow_under(mask: Mask, ground: Mask) -> Matte:
    """How much of the light an object at `mask` (H, W) takes from the `ground` (H, W) at its foot, 0 to `DARKEST`.

    A departure: below an overcast sky this is nearly all the shadow there is; ours paints it too faintly to stand on.
    """
    shade = np.zeros(mask.shape, np.float32)
    if not mask.any():
        return shade
    rows = np.flatnonzero(mask.any(1))
    top, foot = int(rows[0]), int(rows[-1]) + 1
    low = np.flatnonzero(mask[foot - max(1, (foot - top) // 4) : foot].any(0))
    middle, half = (low[0] + low[-1] + 1) / 2, (low[-1] + 1 - low[0]) / 2
    deep = max(1.5, SHADOW / 2 * (foot - top))
    down, across = (np.arange(length, dtype=np.float32) + 0.5 for length in mask.shape)
    # Its middle is a little farther away than its edge, as the feet that are seen are the near ones.
    away = np.hypot((across[None] - middle) / (1.1 * half), (down[:, None] - foot + deep / 2) / deep)
    shade[:] = DARKEST * np.clip(1.5 - away, 0, 1)
    shade[~(mask | ground)] = 0
    return shade * (1 - within_object(mask))


def _rim(hole: Box, shape: tuple[int, ...], width: float) -> Matte:
    """1 inside, falling to 0 along those edges of the hole that are not the picture's."""
    lines = []
    for first, last, length in ((hole.top, hole.bottom, shape[0]), (hole.left, hole.right, shape[1])):
        places = np.arange(first, last, dtype=np.float32) + 0.5
        before = places - first if first > 0 else np.full_like(places, np.inf)
        after = last - places if last < length else np.full_like(places, np.inf)
        lines.append(np.clip(np.minimum(before, after) / width, 0, 1))
    return np.minimum(lines[0][:, None], lines[1])
