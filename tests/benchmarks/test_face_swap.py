"""The benchmark's rows are there, and mean what they say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks import face_parsing_landmarks
from benchmarks import face_swap as benchmark
from benchmarks.command import DATA
from benchmarks.face_swap import seam, validation
from benchmarks.rows import Note, Row
from pipelines.face_parsing.detector import Detector
from pipelines.face_parsing.landmark_network import Landmarks
from pipelines.face_parsing.landmarks import FaceLandmarks

needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not beside this checkout")


@pytest.fixture
def untrained(monkeypatch: pytest.MonkeyPatch) -> None:
    """A network that says the mean face stands in for the trained one."""
    network = Landmarks(32, (4,) * 4, (0, 1, 1, 1), 4).eval()
    monkeypatch.setattr(FaceLandmarks, "load", lambda: FaceLandmarks(Detector.load(), network, "cpu"))


def test_a_seam_is_steep() -> None:
    face = np.zeros((64, 64), bool)
    face[16:48, 16:48] = True
    flat = np.full((64, 64, 3), 90, np.uint8)
    stepped = np.where(face[..., None], 140, flat).astype(np.uint8)
    inner = flat.copy()
    inner[28:36, 28:36] = 200
    assert seam(flat, face) == seam(inner, face) == 0
    assert seam(stepped, face) > 5


@needs_data
@pytest.mark.usefixtures("untrained")
def test_quality_has_its_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"VARIANTS": ("warp",), "PAIRS": 1, "TARGETS": 2, "LIKE": 0.0}.items():
        monkeypatch.setattr(benchmark, name, value)
    rows = {(r.variant, r.case, r.metric): r.value for r in benchmark.quality(DATA) if isinstance(r, Row)}
    assert set(rows) == {("warp", "val", f"{name}_ratio") for name in ("landmark", "skin", "seam")}
    assert rows["warp", "val", "landmark_ratio"] == pytest.approx(0, abs=1e-3)  # the mean face, twice
    assert 0 < rows["warp", "val", "skin_ratio"] < 1
    assert 0 < rows["warp", "val", "seam_ratio"] < 5


@needs_data
@pytest.mark.usefixtures("untrained")
def test_points_are_measured_beside_the_mean_face(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(face_parsing_landmarks, "MOST", 3)
    rows = {(r.variant, r.case): r.value for r in face_parsing_landmarks.landmarks(DATA) if isinstance(r, Row)}
    for case in ("portraits", "landmarks"):
        assert 0.02 < rows["mean face", case] < 0.6
        assert rows["landmarks", case] == pytest.approx(rows["mean face", case])


def test_without_data_it_says_so(tmp_path: Path) -> None:
    for measure in (benchmark.quality, benchmark.speed):
        (note,) = measure(tmp_path)
        assert isinstance(note, Note)
    assert validation(tmp_path, 3) == []


@needs_data
def test_speed_has_its_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(benchmark, "VARIANTS", ("warp",))
    monkeypatch.setattr(benchmark, "ROUNDS", 1)
    rows = {(r.variant, r.case): r.value for r in benchmark.speed(DATA) if isinstance(r, Row)}
    assert rows["warp", "256"] > 0
