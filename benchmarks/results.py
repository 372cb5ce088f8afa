"""`results.md`: the last table of every command and method, with the commit and the machine it was measured on."""

from __future__ import annotations

import os
import platform
import subprocess
from pathlib import Path

import torch

from benchmarks import METHODS

FILE = Path(__file__).with_name("results.md")
KINDS = ("quality", "speed")
PAGE = ("page", "first paint")  # of no method
_TITLE = """# Benchmarks: the last results

Written by `python -m benchmarks.quality --write`, `python -m benchmarks.speed --write` and
`python -m benchmarks.page --write`; do not edit.
"""


def section(kind: str, method: str, where: str, table: str, part: str | None = None) -> str:
    """A table under its heading; `where` is `circumstances()`; `part`: of the method's benchmark, if not all."""
    return f"{_heading(kind, method, part)}\n\n{where}\n\n{table}\n"


def write(kind: str, method: str, text: str, file: Path, part: str | None = None) -> None:
    """Puts `text`, a `section`, in the place of the same kind and method's last one; the others stay as they are.

    A part stands behind the whole, which it leaves as it is; a new whole takes the place of all parts, too.
    """
    _, *old = file.read_text().split("\n## ") if file.exists() else [""]
    sections = {text.partition("\n")[0]: text for text in (f"## {part.strip()}\n" for part in old)}
    if part is None:
        sections = {other: text for other, text in sections.items() if not _is_part(other, _heading(kind, method))}
    sections[_heading(kind, method, part)] = text
    order = [*(_heading(kind, method) for kind in KINDS for method in METHODS), _heading(*PAGE)]
    kept = [
        sections[found]
        for heading in order
        for found in [heading, *(other for other in sections if _is_part(other, heading))]
        if found in sections
    ]
    file.write_text("\n".join([_TITLE, *kept]))


def circumstances() -> str:
    """The commit and the machine, in a line; to be asked before the measurement, for the load."""
    machine = f"{_processor()}, {os.cpu_count()} cores, {torch.get_num_threads()} threads"
    load = f"load {os.getloadavg()[0]:.1f} before the start"
    return f"Commit {_commit()}; {machine}, torch {torch.__version__}, Python {platform.python_version()}; {load}."


def _heading(kind: str, method: str, part: str | None = None) -> str:
    return f"## {kind.capitalize()}: {method}" + (f", {part}" if part else "")


def _is_part(heading: str, whole: str) -> bool:
    return heading.startswith(f"{whole}, ")


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    for line in info.read_text().splitlines() if info.exists() else []:
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _commit() -> str:
    """The commit, and whether files differ from it; other results in this file do not count."""
    try:
        commit = _git("rev-parse", "--short", "HEAD")
        changed = _git("status", "--porcelain", "--", ":/", f":!{FILE.name}")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return f"{commit} with uncommitted changes" if changed else commit


def _git(*arguments: str) -> str:
    command = ["git", "-C", str(FILE.parent), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
