"""What the generator changed, carried onto the photo: its own pixels and detail stay, at its own resolution.

Where a region keeps its place, a small change of the low frequencies is added to the photo; a large one replaces them,
under the photo's detail, whose contrast follows the brightness. Where the mask changed, the generator's pixels come in;
`pipelines.region_style.texture` gives them detail.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter  # pyright: ignore[reportMissingTypeStubs]

from imaging.types import Image, Matte

Picture = NDArray[np.float32]  # (H, W, 3) in 0..1

LOW = 6 / 256  # standard deviation of the low frequencies, in sides of the picture
FEATHER = 2.5 / 256
NARROW = 1.5 / 256  # the feather of lips and eyes
NARROW_GAIN = 1.6
NARROW_LABELS = (4, 5, 6, 7, 10, 11, 12)
LARGE = 0.12  # a change of luma that replaces rather than shifts
LUMA = np.array([0.299, 0.587, 0.114], np.float32)


def carried(
    photo: Image,
    was: Picture,
    becomes: Picture,
    labels: NDArray[np.uint8],
    old_labels: NDArray[np.uint8],
    edited: Sequence[int],
) -> tuple[Image, Matte]:
    """The photo with the change from `was` to `becomes`, and where it may differ from the photo.

    `photo` uint8 (S, S, 3); `was` and `becomes` are the generator's pictures before and after, `labels` and
    `old_labels` the regions now and before, all of the photo's size; `edited`: labels whose code changed.
    """
    side = photo.shape[0]
    result = (photo / 255).astype(np.float32)
    matte = np.zeros(photo.shape[:2], np.float32)
    moved = labels != old_labels
    for label in np.unique(labels):
        here = labels == label
        if label not in edited and not (here & moved).any():
            continue
        change = here if label in edited else here & moved
        window = _window(change, round(4 * LOW * side))
        feather = (NARROW if label in NARROW_LABELS else FEATHER) * side
        part = gaussian_filter(change[window].astype(np.float32), feather, truncate=2)
        if label in NARROW_LABELS:  # or the feather would leave half of a lip as it was
            part = np.minimum(1, NARROW_GAIN * part)
        made = _restyled(photo[window], was[window], becomes[window], here[window], moved[window], side)
        result[window] += part[..., None] * (made - result[window])
        matte[window] = np.maximum(matte[window], part)
    pixels = np.where(matte[..., None] > 0, np.rint(result.clip(0, 1) * 255), photo)
    return pixels.astype(np.uint8), matte


def _window(change: NDArray[np.bool_], margin: int) -> tuple[slice, slice]:
    """The box of the pixels that change, with a margin."""
    rows, columns = (np.flatnonzero(change.any(axis)) for axis in (1, 0))
    return (
        slice(max(0, int(rows[0]) - margin), int(rows[-1]) + margin + 1),
        slice(max(0, int(columns[0]) - margin), int(columns[-1]) + margin + 1),
    )


def _restyled(
    photo: Image, was: Picture, becomes: Picture, here: NDArray[np.bool_], moved: NDArray[np.bool_], side: int
) -> Picture:
    """One region, over its whole window."""
    own: Picture = (photo / 255).astype(np.float32)
    stayed = here & ~moved
    if not stayed.any():
        return becomes
    low_before, low_after, low_own = (
        _low(x, part, LOW * side) for x, part in ((was, stayed), (becomes, here), (own, stayed))
    )
    difference = low_after - low_before
    size = (np.abs(difference) @ LUMA / LARGE).clip(0, 1)
    large = (size * size * (3 - 2 * size))[..., None]  # smoothstep
    low = ((1 - large) * (low_own + difference) + large * low_after).clip(0.01, 1)
    contrast = ((low @ LUMA + 0.05) / (low_own @ LUMA + 0.05)).clip(0.25, 3)[..., None] ** 0.6
    detail = own - low_own
    grey = (detail @ LUMA)[..., None]
    kept = low + contrast * (grey + (1 - 0.4 * large) * (detail - grey))
    trust, doubt = (gaussian_filter(part.astype(np.float32), FEATHER * side) for part in (stayed, here & moved))
    trust = (trust / (trust + doubt + 1e-6))[..., None]
    return np.array(trust * kept + (1 - trust) * becomes, dtype=np.float32)


def _low(x: Picture, region: NDArray[np.bool_], sigma: float) -> Picture:
    """Low frequencies of a region alone: nothing bleeds over its rim."""
    weight = region.astype(np.float32)
    total = gaussian_filter(weight, sigma)[..., None] + 1e-3
    return (gaussian_filter(x * weight[..., None], (sigma, sigma, 0)) / total).astype(np.float32)
