"""What can be asked of soft segmentation, and what the frames of a clip share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.soft_segmentation.features import Projection

FEWEST, MOST = 2, 10  # layers that can be asked for


@dataclass(frozen=True)
class Options:
    """`layers`: 2 to 10, or None, automatic; fewer come where fewer are found. `exact`: at full size, in minutes.

    - `working_pixels`: the size at which layers are made; a larger photo's are enlarged with its edges;
    - `coarse_side`: shorter side, in pixels, of the copy that fast mode finds the layers in;
    - `weighted`: layers are grouped in the coarse copy and count by area, and exact mode finishes what fast mode has
      begun; without, `exact` is the authors' way from its first step, counts all layers alike, and every run differs;
    - `seed` of clustering and sampling.
    """

    layers: int | None = 5
    exact: bool = False
    working_pixels: int = 307_200
    coarse_side: int = 128
    weighted: bool = True
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Memory:
    """What the frames of a clip share: how features are made, the groups, and where the last frame's layers were.

    `centres` (K, 3): mean features of each group; `sparse` (h, w): the last frame's layer of each coarse pixel.
    """

    projection: Projection
    centres: NDArray[np.float64]
    sparse: NDArray[np.intp]
