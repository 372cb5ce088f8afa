"""A drawn face has what a face has, where portraits have it."""

from __future__ import annotations

import numpy as np
import pytest

from imaging.faces import NAMES
from training.drawn_faces import SIDE, face


@pytest.mark.parametrize("seed", range(6))
def test_all_parts_are_there_left_is_right_and_hair_can_be_long(seed: int) -> None:
    long, short = face(seed, long_hair=True), face(seed, long_hair=False)
    assert short.shape == (SIDE, SIDE)
    shown = {NAMES[label] for label in np.unique(short)}
    assert {"background", "skin", "nose", "left eye", "right brow", "left ear", "upper lip", "hair", "cloth"} <= shown
    where = {name: np.argwhere(short == NAMES.index(name)).mean(0) for name in ("left eye", "right eye", "nose")}
    assert where["right eye"][1] < where["nose"][1] < where["left eye"][1]
    assert where["left eye"][0] < where["nose"][0]
    hair = NAMES.index("hair")
    assert (long == hair).sum() > 1.1 * (short == hair).sum()
