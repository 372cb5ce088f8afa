"""Pixels that an object lends another: itself at a new place, or the object of the photo most like what a box is for.

Beyond Hong et al. (2018), whose objects are all painted: what moves is to be the same at its new place, and new ones
are lent by others only where a visitor asks for it. The photo's own light is what no network of ours paints.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage
from scipy import ndimage

from imaging.types import Box, Image, Mask

LEAST = 24  # pixels of an object's longer side
ALIKE = 0.4  # difference of log width over height between a box and what may stand in it
ENLARGED = 3.0  # times, at most
RIM = 1.5  # pixels at an object's edge that have something of what is around it
FILLED = 0.3  # of its box, at least: what fills less is torn by what is in front of it
ASIDE = 0.1  # of the photo's width from its middle: what is on the other side is seen from the other side


@dataclass(frozen=True, eq=False)
class Lent:
    """An object in its box: `pixels` uint8 (H, W, 3) and `mask` bool (H, W) of it."""

    pixels: Image
    mask: Mask

    @property
    def aspect(self) -> float:
        """The log of its width over its height."""
        return float(np.log(self.mask.shape[1] / self.mask.shape[0]))

    def inside(self, box: Box, shape: tuple[int, ...]) -> tuple[Image, Mask]:
        """Pixels and mask of a window of `shape`, the object filling `box`; where it is not, the pixels are black."""
        pixels, mask = np.zeros((*shape[:2], 3), np.uint8), np.zeros(shape[:2], np.bool_)
        size, here = (box.width, box.height), np.s_[box.top : box.bottom, box.left : box.right]
        share = PillowImage.fromarray(self.mask.astype(np.float32)).resize(size, PillowImage.Resampling.BILINEAR)
        mask[here] = np.asarray(share) > 0.5
        pixels[here] = np.asarray(PillowImage.fromarray(self.whole()).resize(size, PillowImage.Resampling.BICUBIC))
        return pixels, mask

    def whole(self) -> Image:
        """The pixels with those around the object taken from it, so that nothing of its old place comes along."""
        depth = np.asarray(ndimage.distance_transform_edt(self.mask))
        core = depth > min(RIM, float(depth.max()) / 2)
        nearest = ndimage.distance_transform_edt(~core, return_distances=False, return_indices=True)
        return self.pixels[tuple(np.asarray(nearest))]


def lender(image: Image, ids: NDArray[np.uint8], kind: int, box: Box, seed: int = 0) -> Lent | None:
    """The object of class `kind` among the labels `ids` (H, W) that is most like what `box` is for, None if none is.

    Alike are a shape and a size that need little stretching and, since streets are seen in perspective, a place: one
    from the other side of the photo is turned round. `seed`: so many times another one, as long as there are some.
    """
    height, width = ids.shape
    parts, _ = ndimage.label(ids == kind)  # pyright: ignore[reportGeneralTypeIssues] - SciPy's stub
    fitting: list[tuple[float, Lent]] = []
    for number, place in enumerate(ndimage.find_objects(parts), start=1):
        rows, columns = place
        tall, wide = rows.stop - rows.start, columns.stop - columns.start
        cut_off = rows.start == 0 or columns.start == 0 or rows.stop == height or columns.stop == width
        mask = parts[place] == number
        unlike = abs(np.log(wide / tall) - np.log(box.width / box.height))
        enlarged = max(box.height / tall, 1.0)
        if cut_off or max(tall, wide) < LEAST or mask.mean() < FILLED or unlike > ALIKE or enlarged > ENLARGED:
            continue
        middles = ((columns.start + columns.stop) / 2, (box.left + box.right) / 2)
        here, there = (middle / width - 0.5 for middle in middles)
        turned = here * there < 0 and min(abs(here), abs(there)) > ASIDE
        cost = 2 * unlike + np.log(enlarged) + abs((-here if turned else here) - there)
        way = -1 if turned else 1
        fitting.append((float(cost), Lent(image[place][:, ::way], mask[:, ::way])))
    fitting.sort(key=lambda entry: entry[0])
    return fitting[seed % len(fitting)][1] if fitting else None
