"""A face bent to another's points, triangle by triangle: the baseline, and where the optimisation begins."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates  # pyright: ignore[reportMissingTypeStubs] - SciPy comes without types
from scipy.spatial import Delaunay  # pyright: ignore[reportMissingTypeStubs]

from imaging.alignment import inverted, moved
from imaging.types import Image, Mask
from pipelines.face_swap.portrait import Portrait, with_forehead

_FLAT, _EDGE = 1e-9, 1e-6  # square pixels; shares of a triangle


def bent(target: Portrait, points: NDArray[np.float64], side: int, teeth: bool = True) -> tuple[Image, Mask]:
    """`target`'s upright square with its points moved to `points` (68, 2), and where its face may be taken from.

    Piecewise affine over Delaunay's triangles of the points, the forehead and eight places along the rim.
    """
    frame = target.frame(side)
    own = moved(target.points, inverted(frame.matrix))
    rim = np.array([(x, y) for x in (0, 0.5, 1) for y in (0, 0.5, 1) if (x, y) != (0.5, 0.5)]) * side
    there, here = (np.vstack([with_forehead(part), rim]) for part in (points, own))
    places = carried(there, here, side)
    at = [places[..., 1] - 0.5, places[..., 0] - 0.5]
    crop, seen = frame.cut(target.image), target.offered(frame, teeth).astype(np.float32)
    planes = [
        map_coordinates(plane.astype(np.float32), at, order=1, mode="nearest") for plane in np.moveaxis(crop, 2, 0)
    ]
    mask = map_coordinates(seen, at, order=1, mode="nearest") > 0.5
    return np.rint(np.stack(planes, -1)).clip(0, 255).astype(np.uint8), mask


def carried(there: NDArray[np.float64], here: NDArray[np.float64], side: int) -> NDArray[np.floating]:
    """Where each pixel of a square lies that moves with the points around it, `there` to `here` (N, 2).

    (side, side, 2), x and y; a pixel outside of all triangles stays. Each triangle looks for its pixels: SciPy's search
    for each pixel's triangle takes seconds where some are next to flat.
    """
    places = _middles((0, 0), (side, side))
    corners, wanted = (points[Delaunay(there).simplices] for points in (there, here))  # (triangles, 3, 2)
    across = corners[:, 1:] - corners[:, :1]
    thick = np.abs(np.linalg.det(across)) > _FLAT
    corners, wanted, inverse = corners[thick], wanted[thick], np.linalg.inv(across[thick])
    lows = np.clip(corners.min(1), 0, side).astype(int).tolist()
    highs = np.clip(corners.max(1) + 1, 0, side).astype(int).tolist()
    slopes = inverse @ (wanted[:, 1:] - wanted[:, :1])
    for corner, target, shares_of, slope, low, high in zip(corners, wanted, inverse, slopes, lows, highs, strict=True):
        offset = _middles(low, high) - corner[0]
        shares = offset @ shares_of
        inside = (shares.min(-1) >= -_EDGE) & (shares.sum(-1) <= 1 + _EDGE)
        places[low[1] : high[1], low[0] : high[0]][inside] = target[0] + offset[inside] @ slope
    return places


def _middles(low: Sequence[int], high: Sequence[int]) -> NDArray[np.floating]:
    """The middles of the pixels of a box, (rows, columns, 2)."""
    return np.stack(np.meshgrid(np.arange(low[0], high[0]) + 0.5, np.arange(low[1], high[1]) + 0.5), -1)
