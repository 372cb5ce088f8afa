"""The 68 points of a face in the order of iBUG 300-W (Sagonas et al. 2013), and their mean.

Left is left in the photo. All arrays of points are float64 (68, 2), x and y.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

JAW, BROWS, NOSE, EYES, MOUTH = range(17), range(17, 27), range(27, 36), range(36, 48), range(48, 68)
LEFT_EYE, RIGHT_EYE = range(36, 42), range(42, 48)
OUTER_CORNERS = (36, 45)  # of the eyes: their distance is the unit that errors are measured in
INNER_MOUTH = range(60, 68)

LINES = (
    *(tuple(JAW), tuple(range(17, 22)), tuple(range(22, 27)), tuple(range(27, 31)), tuple(range(31, 36))),
    *((*LEFT_EYE, 36), (*RIGHT_EYE, 42), (*range(48, 60), 48), (*INNER_MOUTH, 60)),
)
"""Points that are joined where a face is drawn: jaw, brows, nose, eyes, lips."""

# What a flip makes of each point.
MIRRORED = (
    *range(16, -1, -1),
    *range(26, 16, -1),
    *(27, 28, 29, 30, 35, 34, 33, 32, 31),
    *(45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40),
    *(54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55),
    *(64, 63, 62, 61, 60, 67, 66, 65),
)

FRONTAL: NDArray[np.float64] = np.array(
    [
        # jaw
        *(
            (-0.500, -0.335),
            (-0.496, -0.202),
            (-0.480, -0.068),
            (-0.454, 0.065),
            (-0.407, 0.190),
            (-0.331, 0.298),
            (-0.235, 0.390),
            (-0.126, 0.463),
            (0.000, 0.487),
            (0.126, 0.463),
            (0.235, 0.390),
            (0.331, 0.298),
            (0.407, 0.190),
            (0.454, 0.065),
            (0.480, -0.068),
            (0.496, -0.202),
            (0.500, -0.335),
        ),
        # brows
        *(
            (-0.418, -0.429),
            (-0.352, -0.476),
            (-0.266, -0.487),
            (-0.178, -0.471),
            (-0.096, -0.437),
            (0.096, -0.437),
            (0.178, -0.471),
            (0.266, -0.487),
            (0.352, -0.476),
            (0.418, -0.429),
        ),
        # nose
        *(
            (0.000, -0.336),
            (0.000, -0.246),
            (0.000, -0.159),
            (0.000, -0.071),
            (-0.109, -0.013),
            (-0.057, 0.007),
            (0.000, 0.022),
            (0.057, 0.007),
            (0.109, -0.013),
        ),
        # eyes
        *(
            (-0.320, -0.330),
            (-0.261, -0.363),
            (-0.193, -0.360),
            (-0.133, -0.314),
            (-0.198, -0.302),
            (-0.265, -0.304),
            (0.133, -0.314),
            (0.193, -0.360),
            (0.261, -0.363),
            (0.320, -0.330),
            (0.265, -0.304),
            (0.198, -0.302),
        ),
        # mouth
        *(
            (-0.208, 0.128),
            (-0.132, 0.107),
            (-0.053, 0.095),
            (0.000, 0.109),
            (0.053, 0.095),
            (0.132, 0.107),
            (0.208, 0.128),
            (0.139, 0.204),
            (0.062, 0.246),
            (0.000, 0.254),
            (-0.062, 0.246),
            (-0.139, 0.204),
            (-0.183, 0.133),
            (-0.055, 0.138),
            (0.000, 0.145),
            (0.055, 0.138),
            (0.183, 0.133),
            (0.057, 0.178),
            (0.000, 0.186),
            (-0.057, 0.178),
        ),
    ]
)
"""The Procrustes mean of 2,600 faces that look into the camera, made symmetric: in widths of the jaw, around 0."""


def eye_distance(points: NDArray[np.float64]) -> float:
    """From one outer corner of the eyes to the other, in the unit of `points`."""
    left, right = points[list(OUTER_CORNERS)]
    return float(np.hypot(*(right - left)))


def mean_error(found: NDArray[np.float64], truth: NDArray[np.float64]) -> float:
    """The mean distance of points, over that of the outer corners of the true eyes (300-W's measure)."""
    return float(np.linalg.norm(found - truth, axis=-1).mean()) / eye_distance(truth)
