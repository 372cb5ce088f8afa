"""Strands for hair that was painted: where a region grew, the generator's soft pixels get the detail of the rest.

Not of the paper. The detail is copied in pieces as large as they come, each from one place of the region (as in
shift-map editing, Pritch et al. 2009), so that strands stay strands; what is light and what is dark is the generator's.
Optimised neural patches of the same region were tried: they comb hair crosswise, and take forty times as long.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_erosion, gaussian_filter  # pyright: ignore[reportMissingTypeStubs]

from imaging.faces import NAMES
from imaging.types import Image

TEXTURED = [NAMES.index(name) for name in ("background", "hair", "hat", "cloth")]
LOW = 4 / 256  # standard deviation of the low frequencies, which are not copied, in sides of the picture
RIM = 2 / 256  # of the region, that is no source: its detail is half its neighbour's
NEARER = 2.0  # how much more a piece from the same place would count than one from a whole side away
LEAST = 0.02  # of what grew; smaller pieces are not worth their seams

Region = NDArray[np.bool_]


def textured(image: Image, labels: NDArray[np.uint8], old_labels: NDArray[np.uint8]) -> Image:
    """`image` uint8 (S, S, 3) with detail where `labels` (S, S) has more of a region than `old_labels` had."""
    total = image.astype(np.float32)
    moved = labels != old_labels
    for label in TEXTURED:
        here = labels == label
        if (here & moved).any():
            total += _detail(image, here & moved, here & ~moved)
    return np.rint(total.clip(0, 255)).astype(np.uint8)


def _detail(image: Image, grown: Region, stayed: Region) -> NDArray[np.float32]:
    """(S, S, 3) what is added in `grown`: pieces of the detail of `stayed`."""
    side = len(image)
    weight = gaussian_filter(stayed.astype(np.float32), LOW * side)[..., None] + 1e-3
    low = gaussian_filter(image * stayed[..., None].astype(np.float32), (LOW * side, LOW * side, 0)) / weight
    source: Region = np.asarray(binary_erosion(stayed, iterations=max(1, round(RIM * side))), bool)
    added, todo, enough = np.zeros(image.shape, np.float32), grown.copy(), LEAST * grown.sum()
    while todo.sum() > enough:
        rows, columns = _shift(todo, source)
        to, there = _overlap(rows, side), _overlap(-rows, side)
        across, from_across = _overlap(columns, side), _overlap(-columns, side)
        piece = todo[to, across] & source[there, from_across]
        if piece.sum() <= enough:
            break
        added[to, across][piece] = (image[there, from_across] - low[there, from_across])[piece]
        todo[to, across] &= ~piece
    return added


def _shift(todo: Region, source: Region) -> tuple[int, int]:
    """How many rows and columns further on most of `todo` finds `source`, nearer ones first."""
    from scipy.signal import correlate  # pyright: ignore[reportMissingTypeStubs] - here: a second of the page's start

    # Entry (i, j) counts the pixels of `todo` whose place i - (S - 1) rows and j - (S - 1) columns on is in `source`.
    counts = correlate(source.astype(np.float32), todo.astype(np.float32), method="fft")
    away = np.arange(counts.shape[0]) - (len(todo) - 1)
    distance = np.hypot(away[:, None], away) / len(todo)
    best = int((counts / (1 + NEARER * distance)).argmax())
    return int(away[best // counts.shape[1]]), int(away[best % counts.shape[1]])


def _overlap(shift: int, side: int) -> slice:
    """The places of a line that are still on it `shift` places on."""
    return slice(max(0, -shift), min(side, side - shift))
