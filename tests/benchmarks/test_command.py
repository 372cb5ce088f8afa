"""Both command lines, with figures that cost nothing to measure."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from benchmarks import METHODS, results, super_resolution
from benchmarks.command import run
from benchmarks.rows import Measured, Note, Row

ROOT = Path(__file__).parents[2]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Makes measuring free; the folders of test data that were asked for."""
    folders = []

    def measure(data: Path) -> Iterator[Measured]:
        folders.append(data)
        yield Row("bicubic", "Set5 x4", "PSNR", 28.43)
        yield Note("on luma")

    monkeypatch.setattr(super_resolution, "quality", measure)
    monkeypatch.setattr(super_resolution, "speed", measure)
    monkeypatch.setattr("benchmarks.command.METHODS", ("super_resolution",))
    return folders


@pytest.mark.parametrize("method", METHODS)
def test_every_method_has_both_benchmarks(method: str) -> None:
    module = import_module(f"benchmarks.{method}")
    assert callable(module.quality)
    assert callable(module.speed)


@pytest.mark.parametrize("kind", ["quality", "speed"])
def test_a_wrong_method_gives_one_sentence(kind: str) -> None:
    command = [sys.executable, "-m", f"benchmarks.{kind}", "hyper_resolution"]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert answer.returncode == 1
    assert answer.stdout == ""
    assert answer.stderr == f"There is no method 'hyper_resolution'; the methods are: {', '.join(METHODS)}.\n"


def test_one_part_of_a_speed_benchmark_is_measured_alone(
    asked: list[Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def part(data: Path) -> Iterator[Measured]:
        yield Row("bicubic", "a part", "seconds", 2.5)

    monkeypatch.setattr(super_resolution, "PARTS", {"small": part}, raising=False)
    run("speed", None, ["super_resolution", "--part", "small"])
    printed = capsys.readouterr().out
    assert "## Speed: super_resolution, small\n" in printed
    assert "| a part | seconds | 2.5" in printed
    assert not asked
    with pytest.raises(SystemExit, match="There is no part 'large'; the parts are: small"):
        run("speed", None, ["super_resolution", "--part", "large"])
    with pytest.raises(SystemExit, match="There is no part 'small'"):
        run("quality", None, ["super_resolution", "--part", "small"])


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--data", "{here}/nowhere"], "There is no folder .*nowhere to take test data from."),
        (["--json", "{here}/nowhere/figures.json"], "There is no folder .*nowhere to write the figures to."),
    ],
)
def test_a_missing_folder_is_told_before_anything_is_measured(
    arguments: list[str], sentence: str, asked: list[Path], tmp_path: Path
) -> None:
    with pytest.raises(SystemExit, match=sentence):
        run("quality", None, [argument.format(here=tmp_path) for argument in arguments])
    assert not asked


def test_table_and_json_hold_the_same_figures(
    asked: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "figures.json"
    run("quality", None, ["super_resolution", "--json", str(file), "--data", str(tmp_path)])
    printed = capsys.readouterr().out
    assert "\n## Quality: super_resolution\n" in f"\n{printed}"
    assert "| Set5 x4 | PSNR | 28.43 |" in printed
    assert "- on luma" in printed
    row = {"method": "super_resolution", "variant": "bicubic", "case": "Set5 x4", "metric": "PSNR", "value": 28.43}
    assert json.loads(file.read_text()) == [row]
    assert asked == [tmp_path]


def test_without_a_method_every_method_is_measured(asked: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.command.METHODS", ("super_resolution", "super_resolution"))
    run("quality", None, [])
    assert asked == [ROOT.parent / "shared" / "data"] * 2


@pytest.mark.parametrize(("load", "busy"), [(0.1, False), (2.0, True)])
def test_a_busy_machine_is_told_beside_speeds_only(
    load: float, busy: bool, asked: list[Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "getloadavg", lambda: (load, load, load))
    run("speed", None, [])
    assert ("other work" in capsys.readouterr().out) == busy
    run("quality", None, [])
    assert "other work" not in capsys.readouterr().out


def test_results_are_written_only_when_asked(
    asked: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "results.md"
    monkeypatch.setattr(results, "FILE", file)
    run("quality", None, [])
    assert not file.exists()
    run("speed", None, ["--write"])
    run("quality", None, ["--write"])
    headings = [line for line in file.read_text().splitlines() if line.startswith("## ")]
    assert headings == ["## Quality: super_resolution", "## Speed: super_resolution"]
