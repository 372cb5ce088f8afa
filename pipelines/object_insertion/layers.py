"""What is in front of what, and how much of each pixel is painted anew."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from imaging.streets import OBJECTS
from imaging.types import Box, Image, Mask, Matte
from pipelines.object_insertion.habits import GROUND
from pipelines.object_insertion.tint import LUMA

REACH = 0.08  # of the box's longer side: how far around what is new the pixels fade over to the old ones
RIM = 0.06  # of an object's longer side: how far inside it its own colours begin
BEYOND = 0.04  # of the box's longer side: how far around an object that goes all is new, lest its rim stays
SHADOW = 0.12  # of the object's or the box's height: how far below it, for what it throws on the road
LOW = 0.35  # of an object's height: above that it throws no shadow on the ground that is seen beside it
DARK = 0.8  # of the light that is usual there: what is darker, beside an object that goes, is its shadow
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


def renewed(gone: Mask, box: Box) -> Mask:
    """What is new beyond doubt where something of about a `box` is `gone` (H, W): that, its rim, its shadow below."""
    return _with_rim_and_shadow(gone, BEYOND * max(box.width, box.height), round(SHADOW * box.height))


def matte(shape: tuple[int, ...], hole: Box, core: Box, new: Mask | None = None) -> Matte:
    """The share of new pixels, float32 (H, W): 0 outside of `hole`, from its edge on rising to 1 in the `core`.

    With `new` (H, W) only that and its neighbourhood (the article's whole box otherwise): our network's road is less
    sharp than the photo's.
    """
    weight = np.zeros(shape, np.float32)
    here = np.s_[hole.top : hole.bottom, hole.left : hole.right]
    weight[here] = _rim(hole, core)
    if new is None:
        return weight
    if not new.any():
        return np.zeros_like(weight)
    distance = np.asarray(ndimage.distance_transform_edt(~new), np.float32)
    return np.minimum(weight, np.clip(1 - distance / max(2.0, REACH * max(core.width, core.height)), 0, 1))


def _with_rim_and_shadow(mask: Mask, rim: float, below: int) -> Mask:
    """What is at most `rim` pixels away from `mask`, or `below` pixels under it."""
    if not mask.any():
        return mask
    wide = np.asarray(ndimage.distance_transform_edt(~mask)) <= rim
    for down in range(1, below + 1):
        wide[down:] |= mask[:-down]
    return wide


def shadow_beside(photo: Image, ids: NDArray[np.uint8], gone: Mask, room: Mask) -> Mask:
    """The shadow that what is `gone` (H, W) threw: the dark ground at its foot, in `room`, that hangs together with it.

    `ids` (H, W): what is there without it. A departure: the article's generator is to know where shadows were.
    """
    light, dark, rows = photo @ LUMA, np.zeros_like(gone), np.flatnonzero(gone.any(1))
    if not len(rows):
        return dark
    room = room & (np.arange(len(gone))[:, None] > rows[-1] - LOW * (rows[-1] - rows[0]))
    for kind in GROUND:
        own = (ids == kind) & ~gone
        if own.any():
            dark |= own & room & (light < DARK * np.median(light[own]))
    parts, _ = ndimage.label(dark | gone)  # pyright: ignore[reportGeneralTypeIssues] - SciPy's stub
    return dark & np.isin(parts, np.unique(parts[gone]))


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


def _rim(hole: Box, core: Box) -> Matte:
    """Over the hole: 1 in the `core`, falling to 0 along those edges at which the hole is larger."""
    lines = []
    for first, last, start, end in (
        (hole.top, hole.bottom, core.top, core.bottom),
        (hole.left, hole.right, core.left, core.right),
    ):
        places = np.arange(first, last, dtype=np.float32) + 0.5
        before = (places - first) / (start - first) if start > first else np.ones_like(places)
        after = (last - places) / (last - end) if last > end else np.ones_like(places)
        lines.append(np.clip(np.minimum(before, after), 0, 1))
    return np.minimum(lines[0][:, None], lines[1])
