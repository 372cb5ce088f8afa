"""Pictures in links: kept for a day, found by their token alone, and only what the visitor uploaded."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from imaging import scratch
from imaging.types import InputError
from tabs import shared
from tabs.doors import Door


@pytest.fixture
def door(open_doors: dict[str, Door], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Door:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "gradio"))
    monkeypatch.setattr(scratch.tempfile, "gettempdir", lambda: str(tmp_path))
    return open_doors["super_resolution"]


@pytest.fixture
def upload(door: Door, tmp_path: Path) -> dict[str, object]:
    path = tmp_path / "gradio" / "abc" / "own.png"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"pixels")
    return {"path": str(path), "meta": {"_type": "gradio.FileData"}}


def test_a_kept_picture_comes_back_from_the_cache(door: Door, upload: dict[str, object], tmp_path: Path) -> None:
    token = shared.keep(door, [upload])
    assert len(token) == 22
    Path(str(upload["path"])).unlink()
    changes = shared.opened(door, token)
    assert changes is not None
    (entry,) = changes.values()
    assert Path(entry["path"]).read_bytes() == b"pixels"
    assert Path(entry["path"]).is_relative_to(tmp_path / "gradio")
    assert shared.folder().parent == tmp_path
    assert shared.folder().stat().st_mode & 0o077 == 0


def test_it_is_gone_after_a_day(door: Door, upload: dict[str, object]) -> None:
    token = shared.keep(door, [upload])
    day_ago = time.time() - shared.HOURS * 3600 - 1
    os.utime(shared.folder() / token, (day_ago, day_ago))
    assert shared.opened(door, token) is None
    assert not list(shared.folder().iterdir())


def test_too_many_make_the_oldest_go(door: Door, upload: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared, "MOST_LINKS", 2)
    tokens = [shared.keep(door, [upload]) for _ in range(3)]
    for age, token in enumerate(reversed(tokens)):
        os.utime(shared.folder() / token, (time.time() - age, time.time() - age))
    shared.forget()
    assert [shared.opened(door, token) is not None for token in tokens] == [False, True, True]


@pytest.mark.parametrize("token", ["", "..", "../../etc", "a" * 22, "/etc/passwd", "é" * 22, "a" * 22 + "\n"])
def test_other_tokens_find_nothing(door: Door, token: str) -> None:
    assert shared.opened(door, token) is None


def test_only_uploads_are_kept(door: Door, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    entry = {"path": str(secret), "meta": {"_type": "gradio.FileData"}}
    for path in (str(secret), str(tmp_path / "gradio" / ".." / "secret.txt"), "http://127.0.0.1/x.png"):
        with pytest.raises(InputError, match="no longer there"):
            shared.keep(door, [{**entry, "path": path}])
    assert not list(shared.folder().iterdir())


def test_nothing_is_no_link_and_too_much_neither(
    door: Door, upload: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InputError, match="no picture of yours"):
        shared.keep(door, [None])
    monkeypatch.setattr(shared, "MOST_BYTES", 3)
    with pytest.raises(InputError, match="too large for a link"):
        shared.keep(door, [upload])
    assert not list(shared.folder().iterdir())
