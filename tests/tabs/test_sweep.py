"""What a process that was killed left in the cache goes after an hour, and nothing else."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from imaging import scratch
from tabs import sweep


def test_what_nobody_touched_for_an_hour_goes(tmp_path: Path) -> None:
    names = ("a/photo.png", "b/kept.png", "c/.half.png.x7f", "tmp12")
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"pixels")
    kept = {str(tmp_path / "b" / "kept.png")}
    (tmp_path / "d").mkdir()

    sweep.sweep(tmp_path, kept)
    assert all((tmp_path / name).exists() for name in names)

    sweep.sweep(tmp_path, kept, lambda: time.time() + sweep.AGE_SECONDS + 1)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [tmp_path / "b" / "kept.png"]
    assert not (tmp_path / "d").exists()


def test_a_folder_that_is_not_there_is_no_fault(tmp_path: Path) -> None:
    sweep.sweep(tmp_path / "nowhere", set())


def test_our_cache_is_our_own_unless_somebody_chose_another(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(scratch.tempfile, "gettempdir", lambda: str(tmp_path))
    monkeypatch.setenv("GRADIO_TEMP_DIR", "/somewhere")
    sweep.own_folder()
    assert sweep.os.environ["GRADIO_TEMP_DIR"] == "/somewhere"
    monkeypatch.delenv("GRADIO_TEMP_DIR")
    sweep.own_folder()
    place = Path(sweep.os.environ["GRADIO_TEMP_DIR"])
    assert place.parent == tmp_path
    assert place.stat().st_mode & 0o077 == 0


def test_a_folder_that_somebody_else_made_is_not_taken(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(scratch.tempfile, "gettempdir", lambda: str(tmp_path))
    place = scratch.scratch("cache")
    assert scratch.scratch("cache") == place
    monkeypatch.setattr(scratch, "_user", lambda: "other")
    assert scratch.scratch("cache") != place
    monkeypatch.setattr(scratch.os, "getuid", lambda: -1)
    with pytest.raises(PermissionError, match="belongs to somebody else"):
        scratch.scratch("cache")


def test_pictures_of_links_are_forgotten_without_a_visitor(monkeypatch) -> None:
    done, swept = threading.Event(), []
    monkeypatch.setattr(sweep, "sweep", lambda *given: swept.append(given))
    monkeypatch.setattr(sweep.shared, "forget", done.set)
    sweep.begin(SimpleNamespace(blocks={}))  # type: ignore[arg-type]
    assert done.wait(20)
    assert len(swept) == 1
