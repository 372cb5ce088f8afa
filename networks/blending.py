"""Back into the photo: colours that meet at the rim, and nothing changed outside."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from imaging.types import Image, Matte
from networks.fill import smooth_fill
from networks.tensors import to_image


def blended(image: Image, made: Tensor, matte: Matte) -> Image:
    """`made` (1, 3, H, W) in `image` (H, W, 3) where `matte` says; where it is 0 no pixel changes.

    In the feather both pictures are known: their difference, spread smoothly over the hole, is taken off first, so that
    colours meet at the rim.
    """
    weight = torch.from_numpy(matte)[None, None].to(made)
    native = torch.from_numpy(np.ascontiguousarray(image)).to(made.device).permute(2, 0, 1)[None].float() / 255
    ring = ((weight > 0) & (weight < 1)).float()
    if ring.any():
        made = made + smooth_fill((native - made) * ring, 1 - ring)
    result = to_image(torch.lerp(native, made, weight))
    return np.where(matte[..., None] > 0, result, image)
