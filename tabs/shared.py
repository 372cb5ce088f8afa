"""Pictures that a visitor chose to put into a link: kept for a day, or until this page restarts on another disk.

`<folder>/<token>/pictures.json` holds the tab's picture inputs as the browser had them, the files lie beside it. The
token is the only way to them: 128 bits of chance.
"""

from __future__ import annotations

import contextlib
import json
import re
import secrets
import shutil
import time
from pathlib import Path
from typing import Any

from gradio.utils import get_upload_folder, is_in_or_equal

from imaging.scratch import scratch
from imaging.types import InputError
from tabs.cache import put, room, save_bytes_to_cache
from tabs.doors import Door
from tabs.results import with_files

HOURS = 24
MOST_BYTES = 40_000_000  # of one link
MOST_LINKS = 200  # the oldest go first


def folder() -> Path:
    """Where they are kept, for this system's user alone."""
    return scratch("shared")


def keep(door: Door, payloads: list[Any]) -> str:
    """Copies the pictures (the browser's JSON, in the order of `door.pictures`); returns their token."""
    forget()
    token = secrets.token_urlsafe(16)
    with room():
        place = folder() / token
        place.mkdir(mode=0o700)
    total = 0

    def copied(entry: dict[str, Any]) -> dict[str, Any]:
        nonlocal total
        file = Path(entry["path"])
        if not is_in_or_equal(file, get_upload_folder()) or not file.is_file():
            raise InputError("This file is no longer there. Choose the picture again.")
        total += file.stat().st_size
        if total > MOST_BYTES:
            raise InputError("These pictures are too large for a link: {limit} MB at most.", limit=MOST_BYTES // 10**6)
        name = f"{len(list(place.iterdir()))}{file.suffix[:6]}"
        with room():
            shutil.copyfile(file, place / name)
        return {"path": name, "meta": {"_type": "gradio.FileData"}}

    try:
        values = dict(zip(door.pictures, with_files(payloads, copied), strict=True))
        if total == 0:
            raise InputError("There is no picture of yours here yet: add one first.")
        put(json.dumps({"tab": door.name, "values": values}).encode(), place / "pictures.json")  # last, and whole
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise
    return token


def opened(door: Door, token: str) -> dict[Any, Any] | None:
    """The tab's picture inputs, as the browser takes them; None where they are kept no more."""
    forget()
    if not re.fullmatch(r"[\w-]{20,24}", token, re.ASCII):
        return None
    place = folder() / token
    try:
        kept = json.loads((place / "pictures.json").read_text("utf-8"))
        if kept["tab"] != door.name:
            return None

        def served(entry: dict[str, Any]) -> dict[str, Any]:
            name = Path(entry["path"]).name
            path = save_bytes_to_cache((place / name).read_bytes(), name, get_upload_folder())
            return {**entry, "path": path}

        values = with_files(kept["values"], served)
    except FileNotFoundError:
        return None
    return {component: values[name] for name, component in door.pictures.items() if name in values}


def forget() -> None:
    """Deletes what is a day old, and the oldest of too many."""
    kept: list[tuple[float, Path]] = []
    for place in folder().iterdir():
        with contextlib.suppress(OSError):  # another visitor's call deletes it just now
            kept.append((place.stat().st_mtime, place))
    for number, (made, place) in enumerate(sorted(kept, reverse=True)):
        if number >= MOST_LINKS or time.time() - made > HOURS * 3600:
            shutil.rmtree(place, ignore_errors=True)
