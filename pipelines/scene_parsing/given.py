"""A visitor's own label map: ids in grey, or Cityscapes' colours."""

from __future__ import annotations

import numpy as np
from scipy.spatial import KDTree  # pyright: ignore[reportMissingTypeStubs] - SciPy comes without types

from imaging.streets import COLOURS, EVALUATED, NAMES
from imaging.types import Image, InputError, LabelMap

NEAR = 40.0  # distance in sRGB 0..255 up to which a colour, blurred along an outline, is still a label's
VOID = 255  # of train ids: no class
FOREIGN = 0.05  # share of pixels without a label's colour that is let pass


def given(picture: Image, height: int, width: int) -> LabelMap:
    """The label map that `picture`, uint8 (H, W, 3), shows, for a photo of `height` and `width` pixels.

    Grey pictures hold Cityscapes' label ids, 0 to 34, or its train ids, 0 to 18 and 255 for what has none; others its
    colours, of which the nearest counts.
    """
    if picture.shape[:2] != (height, width):
        raise InputError(
            "The label map has {given} pixels and the photo {wanted}: give one of the photo's size.",
            given=f"{picture.shape[1]} x {picture.shape[0]}",
            wanted=f"{width} x {height}",
        )
    grey = picture[..., 0]
    if (picture == grey[..., None]).all() and int(grey.max()) < len(NAMES):
        return LabelMap(np.ascontiguousarray(grey), NAMES)
    if (picture == grey[..., None]).all() and set(np.unique(grey)) <= {*range(len(EVALUATED)), VOID}:
        ids = np.zeros(VOID + 1, np.uint8)
        ids[: len(EVALUATED)] = EVALUATED
        return LabelMap(ids[grey], NAMES)
    codes = picture.astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], np.uint32)
    unique, places, counts = np.unique(codes, return_inverse=True, return_counts=True)
    colours = np.stack([unique >> 16, unique >> 8 & 255, unique & 255], 1)
    known, first = np.unique(np.array(COLOURS), axis=0, return_index=True)  # some labels share theirs
    distances, nearest = (np.asarray(found) for found in KDTree(known).query(colours))
    foreign = counts[distances > NEAR].sum() / codes.size
    if foreign > FOREIGN:
        raise InputError(
            "{share}% of the label map's pixels have no colour of Cityscapes': give its colours, or its ids in grey.",
            share=round(100 * foreign),
        )
    return LabelMap(first[nearest].astype(np.uint8)[places].reshape(height, width), NAMES)
