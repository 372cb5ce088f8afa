"""A learnt outline is put where the network's is, as large as the box."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np

from imaging.streets import NAMES
from imaging.types import Box
from networks.files import save_state
from pipelines.object_insertion.figures.drawing import Part, together
from pipelines.object_insertion.outlines import Outlines
from training.object_outlines import with_figures

CAR, PERSON = NAMES.index("car"), NAMES.index("person")
SQUARE = Box(10, 20, 50, 60)


def test_an_outline_like_the_networks_is_taken(outlines: Outlines) -> None:
    mask = np.zeros((80, 100), np.float32)
    for box, rows in ((SQUARE, slice(20, 40)), (SQUARE, slice(40, 60))):
        mask[:] = 0
        mask[rows, 10:50] = 0.7
        made, parts = outlines.like(mask, box, CAR, None)
        assert not parts
        assert np.array_equal(made > 0.5, mask > 0.5)


def test_with_a_seed_it_is_a_frequent_one_that_fits_the_box(outlines: Outlines) -> None:
    mask = np.zeros((80, 100), np.float32)
    drawn = [outlines.like(mask, SQUARE, CAR, Random(seed))[0] > 0.5 for seed in range(30)]
    upper = sum(bool(made[25, 30]) for made in drawn)
    assert 15 < upper < 30
    assert all(made[20:60, 10:50].sum() == made.sum() > 0 for made in drawn)


def test_of_a_class_without_outlines_the_networks_stays(outlines: Outlines) -> None:
    mask = np.random.default_rng(0).random((80, 100), np.float32)
    assert outlines.like(mask, SQUARE, PERSON, None)[0] is mask


def test_a_figure_is_drawn_as_large_as_the_box_and_never_stretched_too_far(outlines: Outlines) -> None:
    drawn = with_figures(replace(outlines, counts=np.zeros_like(outlines.counts)))
    mask = np.zeros((80, 100), np.float32)
    mask[20:60, 10:50] = 1
    made, parts = drawn.like(mask, SQUARE, PERSON, None)
    assert np.allclose(made, together(parts.values()))
    assert {Part.HAIR, Part.BODY, Part.SHOES} <= set(parts)
    rows, columns = (np.flatnonzero((made > 0.3).any(axis)) for axis in (1, 0))
    assert (rows[0], rows[-1]) == (20, 59)
    assert len(columns) < 0.7 * SQUARE.width
    assert abs(columns.mean() - 29.5) < 1
    low = drawn.like(mask, Box(0, 50, 100, 60), PERSON, None)[0]
    assert low[50:60].sum() == low.sum() > 0
    assert np.flatnonzero((low > 0.3).any(1))[-1] == 59


def test_outlines_come_back_from_their_file(outlines: Outlines, tmp_path: Path) -> None:
    save_state(outlines.state(), tmp_path / "outlines.safetensors", {}, {})
    back = Outlines.read(tmp_path / "outlines.safetensors")
    assert np.array_equal(back.shapes, outlines.shapes)
    assert np.array_equal(back.counts, outlines.counts)
