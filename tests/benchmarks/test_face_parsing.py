"""The benchmark's scenes are what their labels say, and its rows are there."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from benchmarks import face_parsing as benchmark
from benchmarks import face_parsing_landmarks
from benchmarks.command import DATA
from benchmarks.face_parsing import Portrait, overlap, pasted
from benchmarks.rows import Note, Row
from imaging.types import Box

needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not beside this checkout")


def test_overlap_is_of_both() -> None:
    assert overlap(Box(0, 0, 10, 10), Box(0, 0, 10, 10)) == 1
    assert overlap(Box(0, 0, 10, 10), Box(5, 0, 15, 10)) == pytest.approx(1 / 3)
    assert overlap(Box(0, 0, 10, 10), Box(20, 20, 30, 30)) == 0


def test_a_pasted_portrait_is_where_its_labels_are() -> None:
    image, ids = np.zeros((256, 256, 3), np.uint8), np.zeros((256, 256), np.uint8)
    image[100:180, 90:170], ids[100:180, 90:170] = (255, 0, 255), 1
    draw = random.Random(2)
    for _ in range(4):
        scene = pasted(Portrait(image, ids), draw, (100, 300))
        face = scene.ids == 1
        assert (scene.image[face] == (255, 0, 255)).all(1).mean() > 0.8
        assert not scene.image[scene.inside & ~face].mean() > 30
        box = scene.face
        assert face[box.top : box.bottom, box.left : box.right].sum() == face.sum()


@needs_data
def test_quality_has_its_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(benchmark, "PORTRAITS", 2)
    monkeypatch.setattr(face_parsing_landmarks, "MOST", 2)
    rows = {(r.variant, r.case, r.metric): r.value for r in benchmark.quality(DATA) if isinstance(r, Row)}
    for case in ("val", "unaligned"):
        for metric in ("miou_19", "miou_11", "accuracy"):
            assert 0 < rows["embedded", case, metric] <= 1
    assert rows["detection", "pasted", "recall"] == 1
    assert rows["detection", "pasted", "false_alarms"] == 0
    assert 0 <= rows["scikit-image", "pasted", "recall"] <= 1
    for case in ("portraits", "landmarks"):
        assert 0 < rows["landmarks", case, "nme"] < rows["mean face", case, "nme"]


def test_without_data_it_says_so(tmp_path: Path) -> None:
    (note,) = benchmark.quality(tmp_path)
    assert isinstance(note, Note)


@needs_data
def test_speed_has_its_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(benchmark, "ROUNDS", 1)
    rows = {row.case: row.value for row in benchmark.speed(DATA) if isinstance(row, Row)}
    assert rows["portrait_512"] > rows["detection_512"] > 0
