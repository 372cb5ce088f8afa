"""A face bent to another's points, triangle by triangle: the baseline, and where the optimisation begins."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import LinearNDInterpolator  # pyright: ignore[reportMissingTypeStubs] - SciPy has no types
from scipy.ndimage import map_coordinates  # pyright: ignore[reportMissingTypeStubs]

from imaging.alignment import inverted, moved
from imaging.types import Image, Mask
from pipelines.face_swap.portrait import Portrait, with_forehead


def bent(target: Portrait, points: NDArray[np.float64], side: int) -> tuple[Image, Mask]:
    """`target`'s upright square with its points moved to `points` (68, 2), and where its face is seen in it.

    Piecewise affine over Delaunay's triangles of the points, the forehead and eight places along the rim.
    """
    frame = target.frame(side)
    own = moved(target.points, inverted(frame.matrix))
    rim = np.array([(x, y) for x in (0, 0.5, 1) for y in (0, 0.5, 1) if (x, y) != (0.5, 0.5)]) * side
    there, here = (np.vstack([with_forehead(part), rim]) for part in (points, own))
    rows, columns = np.indices((side, side)) + 0.5
    places: Any = LinearNDInterpolator(there, here)(columns, rows)
    # What lies beyond the rim, where a head leans out of its square, stays where it is.
    places = np.where(np.isnan(places), np.stack([columns, rows], -1), places)
    at = [places[..., 1] - 0.5, places[..., 0] - 0.5]
    crop, seen = frame.cut(target.image), target.face(frame).astype(np.float32)
    planes = [
        map_coordinates(plane.astype(np.float32), at, order=1, mode="nearest") for plane in np.moveaxis(crop, 2, 0)
    ]
    mask = map_coordinates(seen, at, order=1, mode="nearest") > 0.5
    return np.rint(np.stack(planes, -1)).clip(0, 255).astype(np.uint8), mask
