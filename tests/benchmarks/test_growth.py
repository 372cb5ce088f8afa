"""Exponents, what a run that was stopped goes on with, and the cap on a single run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks import growth, growth_plot
from benchmarks.growth import Point
from benchmarks.growth_jobs import hole, scenery, shape


def test_the_exponent_of_a_power_is_that_power() -> None:
    sizes = np.array([0.25, 1.0, 4.0, 12.0])
    assert growth_plot.exponent(sizes, 3 * sizes**1.5) == pytest.approx(1.5)
    assert growth_plot.exponent(sizes, np.array([0, 0, 1.0, 2.0])) is None


@pytest.mark.parametrize("megapixels", [0.25, 2.0])
def test_pictures_have_their_size_and_holes_their_share(megapixels: float) -> None:
    picture = scenery(megapixels)
    assert picture.shape[:2] == shape(megapixels)
    assert picture.shape[0] * picture.shape[1] == pytest.approx(megapixels * 1e6, rel=0.01)
    assert hole(*picture.shape[:2], 4.0).mean() == pytest.approx(0.04, rel=0.05)


def test_a_run_that_was_stopped_goes_on_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growth, "FILE", tmp_path / "growth.json")
    asked: list[tuple[int, float]] = []

    def measured(part: str, threads: int, size: float, cap: float) -> Point:
        asked.append((threads, size))
        return Point(part, threads, size, None if size > 2 else size, 0.5)

    monkeypatch.setattr(growth, "measured", measured)
    known = [Point("bicubic", 1, 1.0, 1.0, 0.5), Point("johnson", 1, 1.0, 9.0, 0.5)]
    growth.measure("bicubic", [1.0, 2.0, 4.0, 8.0], 60, known)
    # What was known is not run again, and nothing larger than what was too long.
    assert asked == [(1, 2.0), (1, 4.0), (2, 1.0), (2, 2.0), (2, 4.0)]
    kept = growth.load()
    assert known[1] in kept
    assert len(kept) == 7
    asked.clear()
    growth.measure("bicubic", [1.0, 2.0, 4.0, 8.0], 60, kept)
    assert asked == []
    text = growth_plot.table(kept, growth.fitted, 60)
    assert "| bicubic |  |  |  | 2 MP | 2 | 0.50 | 4 MP |" in text


@pytest.mark.timeout(600)
def test_a_run_is_measured_in_a_process_of_its_own_and_ended_when_it_is_too_long() -> None:
    point = growth.measured("bicubic", 1, 0.01, 300)
    assert point.seconds is not None
    assert point.seconds > 0
    late = growth.measured("bicubic", 1, 0.01, 0.0)
    assert late.seconds is None


def test_the_readme_has_the_tables_place(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text((growth.ROOT / "README.md").read_text(encoding="utf-8"), encoding="utf-8")
    for table in ("| one |", "| two |"):
        growth_plot.into_readme(table, readme)
    text = readme.read_text(encoding="utf-8")
    assert "| two |" in text
    assert "| one |" not in text
    assert text.count(growth_plot.END) == 1
