"""Enlarging a picture of any size piece by piece: memory is bounded, and where it can be, the pieces equal the whole.

A network whose output pixels depend on r pixels around them gives, on a tile with r pixels of its neighbourhood,
exactly the pixels of the whole; in float32 another order of sums turns the rounding of a few values in a million. Where
r is too large for that (RRDBNet: 349), tiles overlap by less and fade into each other.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import nn

from imaging.types import Box, Image
from networks.tensors import to_image, to_tensor

LARGEST_OVERLAP = 48  # pixels of the input, to each side
FADE = 16  # pixels of the input over which inexact tiles fade into each other
SMALLEST_TILE = 32  # pixels of the input: a device without memory for this is beyond help


def enlarge(
    network: nn.Module, image: Image, scale: int, tile: int, device: torch.device
) -> Iterator[tuple[Image, float]]:
    """Yields the enlarged picture after each tile, and the fraction that is done.

    The same array fills up: it starts as repeated pixels. `network` takes and gives (1, 3, H, W) in 0..1.
    """
    height, width = image.shape[:2]
    result = image.repeat(scale, axis=0).repeat(scale, axis=1)
    field = int(network.receptive_field)  # pyright: ignore[reportArgumentType]
    overlap, fade = (field, 0) if field <= LARGEST_OVERLAP else (LARGEST_OVERLAP, FADE)
    boxes = [
        Box(left, top, min(left + tile, width), min(top + tile, height))
        for top in range(0, height, tile)
        for left in range(0, width, tile)
    ]
    for done, box in enumerate(boxes, start=1):
        _enlarge_box(network, image, scale, box, overlap, fade, device, result)
        yield result, done / len(boxes)


def _enlarge_box(
    network: nn.Module, image: Image, scale: int, box: Box, overlap: int, fade: int, device: torch.device, result: Image
) -> None:
    """Writes one box into `result`; where the device runs out of memory, its four quarters."""
    height, width = image.shape[:2]
    left, top = max(box.left - overlap, 0), max(box.top - overlap, 0)
    # A network that folds pixels in pairs must see the pairs of the whole: cut from an even place.
    left, top = left - left % 2, top - top % 2
    patch = image[top : min(box.bottom + overlap, height), left : min(box.right + overlap, width)]
    try:
        piece = _run(network, patch, device)
    except torch.OutOfMemoryError:
        torch.cuda.empty_cache()
        if max(box.width, box.height) <= SMALLEST_TILE:
            raise
        for quarter in _quarters(box):
            _enlarge_box(network, image, scale, quarter, overlap, fade, device, result)
        return
    # What was written to the left and above stays under a ramp of `fade` pixels.
    fade_left, fade_top = min(fade, box.left - left), min(fade, box.top - top)
    y, x = (box.top - fade_top) * scale, (box.left - fade_left) * scale
    new = piece[y - top * scale : (box.bottom - top) * scale, x - left * scale : (box.right - left) * scale]
    if fade_left or fade_top:
        weight = np.minimum(_ramp(new.shape[0], fade_top * scale)[:, None], _ramp(new.shape[1], fade_left * scale))
        old = result[y : box.bottom * scale, x : box.right * scale]
        new = np.rint(old + (new.astype(np.float32) - old) * weight[..., None]).astype(np.uint8)
    result[y : box.bottom * scale, x : box.right * scale] = new


def _ramp(length: int, fade: int) -> np.ndarray:
    """Weights 0..1 that rise over the first `fade` of `length` pixels."""
    return np.minimum((np.arange(length) + 1) / (fade + 1), 1.0) if fade else np.ones(length)


def _quarters(box: Box) -> list[Box]:
    across, down = (box.left + box.right + 1) // 2, (box.top + box.bottom + 1) // 2
    columns = [(left, right) for left, right in ((box.left, across), (across, box.right)) if right > left]
    rows = [(top, bottom) for top, bottom in ((box.top, down), (down, box.bottom)) if bottom > top]
    return [Box(left, top, right, bottom) for top, bottom in rows for left, right in columns]


@torch.inference_mode()
def _run(network: nn.Module, patch: Image, device: torch.device) -> Image:
    """`patch` enlarged: half precision on a GPU, in full again where that overflows."""
    tensor = to_tensor(patch, device)
    with torch.autocast(device.type, torch.float16, enabled=device.type == "cuda"):
        enlarged = network(tensor)
    if not torch.isfinite(enlarged).all():
        enlarged = network(tensor)
    return to_image(enlarged)
