"""Folders in the system's temporary one, for this system's user alone."""

from __future__ import annotations

import getpass
import os
import tempfile
from pathlib import Path


def scratch(name: str) -> Path:
    """The folder of that name, made where it is not there yet; others may have their own on the same machine.

    Raises `PermissionError` where somebody else has made it.
    """
    place = Path(tempfile.gettempdir()).resolve() / f"semantic-darkroom-{_user()}-{name}"
    place.mkdir(mode=0o700, exist_ok=True)
    if hasattr(os, "getuid") and place.stat().st_uid != os.getuid():
        raise PermissionError(f"{place} belongs to somebody else: remove it, or set TMPDIR to another folder.")
    return place


def _user() -> str:
    """By number, where there are numbers: a container's user need not have a name."""
    return str(os.getuid()) if hasattr(os, "getuid") else getpass.getuser()
