"""What grew gets the detail of what was there, in whole pieces; everything else stays as it is."""

from __future__ import annotations

import numpy as np
import pytest

from imaging.faces import NAMES
from pipelines.region_style.texture import textured

HAIR, SKIN = NAMES.index("hair"), NAMES.index("skin")


@pytest.fixture
def strands() -> np.ndarray:
    """Vertical strands of two brightnesses over the left half, flat grey over the right."""
    image = np.full((96, 96, 3), 120, np.uint8)
    image[:, :48] += (40 * (np.arange(48) % 6 < 3))[None, :, None].astype(np.uint8)
    return image


def test_strands_go_on_as_strands(strands: np.ndarray) -> None:
    before = np.full((96, 96), SKIN, np.uint8)
    before[:60, :48] = HAIR
    labels = before.copy()
    labels[60:90, :48] = HAIR
    flat = strands.copy()
    flat[60:90, :48] = 140
    made = textured(flat, labels, before)
    grown = (labels == HAIR) & (before != HAIR)
    assert np.array_equal(made[~grown], flat[~grown])
    inner = made[62:88, 8:40].astype(float)
    assert inner.std(0).mean() < 4  # along a strand
    assert inner.std(1).mean() > 12  # across strands
    assert abs(inner.mean() - 140) < 4


def test_nothing_grows_from_nothing(strands: np.ndarray) -> None:
    bald = np.full((96, 96), SKIN, np.uint8)
    hair = bald.copy()
    hair[:40] = HAIR
    assert np.array_equal(textured(strands, hair, bald), strands)
    assert np.array_equal(textured(strands, bald, bald), strands)
