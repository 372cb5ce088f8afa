"""`results.md`: a section a command and method, each replaced alone."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import torch

from benchmarks import results


def test_a_section_replaces_its_predecessor_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "METHODS", ("inpainting", "super_resolution"))
    file = tmp_path / "results.md"
    for kind, method, table in [
        ("speed", "super_resolution", "old table"),
        ("quality", "super_resolution", "second"),
        ("quality", "inpainting", "first"),
        ("speed", "super_resolution", "third"),
    ]:
        results.write(kind, method, results.section(kind, method, "Commit 123.", table), file)
    text = file.read_text()
    assert text.startswith("# Benchmarks")
    assert [line for line in text.splitlines() if line in ("first", "second", "third", "old table")] == [
        "first",
        "second",
        "third",
    ]
    assert text.count("Commit 123.") == text.count("\n## ") == 3


def test_a_part_stands_behind_the_whole_until_the_next_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "METHODS", ("inpainting", "super_resolution"))
    file = tmp_path / "results.md"

    def put(method: str, table: str, part: str | None = None) -> list[str]:
        results.write("speed", method, results.section("speed", method, "Commit 123.", table, part), file, part)
        return [line for line in file.read_text().splitlines() if line.startswith("table")]

    put("super_resolution", "table of another")
    put("inpainting", "table of one part", "one")
    put("inpainting", "table of two", "two")
    put("inpainting", "table of one", "one")
    assert put("inpainting", "table") == ["table", "table of another"]
    put("inpainting", "table of one", "one")
    assert put("super_resolution", "table again") == ["table", "table of one", "table again"]


def test_writing_the_same_again_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "results.md"
    for kind in results.KINDS:
        results.write(kind, "super_resolution", results.section(kind, "super_resolution", "Commit 123.", "table"), file)
    before = file.read_text()
    results.write(
        "quality", "super_resolution", results.section("quality", "super_resolution", "Commit 123.", "table"), file
    )
    assert file.read_text() == before


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one commit and the file of results in it."""
    monkeypatch.setattr(results, "FILE", tmp_path / "results.md")
    results.FILE.write_text("old")
    author = ["-c", "user.name=a", "-c", "user.email=a@b.c"]
    for command in (["init", "-q"], ["add", "."], [*author, "commit", "-q", "--no-verify", "-m", "first"]):
        subprocess.run(["git", "-C", tmp_path, *command], check=True)
    return tmp_path


def test_the_commit_and_the_machine_are_named(repository: Path) -> None:
    commit = subprocess.run(
        ["git", "-C", repository, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True
    ).stdout.strip()
    line = results.circumstances()
    assert line.startswith(f"Commit {commit}; ")
    assert f" {torch.get_num_threads()} threads, torch {torch.__version__}," in line


def test_uncommitted_changes_are_told_but_for_other_results(repository: Path) -> None:
    results.FILE.write_text("new")
    assert "uncommitted" not in results.circumstances()
    (repository / "network.py").write_text("changed = True")
    assert "with uncommitted changes;" in results.circumstances()


def test_without_a_repository_the_commit_is_unknown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "FILE", tmp_path / "results.md")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert results.circumstances().startswith("Commit unknown; ")
