"""Both command lines: which methods to measure, where the test data is, and where the figures go."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Literal

from benchmarks import METHODS
from benchmarks.rows import Measured, Note, Row, as_json, markdown

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
_BUSY = 0.5  # load, in processes that compute: above it, time per job says more about the others than about us


def run(kind: Literal["quality", "speed"], about: str | None, arguments: Sequence[str] | None = None) -> None:
    """Measures and prints; ends with a sentence where the arguments are wrong."""
    options = _parse(kind, about, arguments)
    from benchmarks import results  # it needs torch, and a wrong argument should not wait for that

    measured: dict[str, list[Measured]] = {}
    for method in [options.method] if options.method else METHODS:
        where = results.circumstances()
        found = measured[method] = _busy() if kind == "speed" else []
        module = import_module(f"benchmarks.{method}")
        measure = module.PARTS[options.part] if options.part else getattr(module, kind)
        for item in measure(options.data):
            if isinstance(item, Row):
                print(f"{method} {item.variant}, {item.case}: {item.metric} {item.value:.4g}", file=sys.stderr)
            found.append(item)
        text = results.section(kind, method, where, markdown(found), options.part)
        print(text)
        if options.write:
            results.write(kind, method, text, results.FILE, options.part)
    if options.json:
        options.json.write_text(as_json(measured))


def _busy() -> list[Measured]:
    load = os.getloadavg()[0]
    if load < _BUSY:
        return []
    # Ratios shift a little, too: a network of many small steps waits more often for a thread that was put off.
    return [Note(f"The machine had other work (load {load:.1f}): its speeds are too low; ratios say more.")]


def _parse(kind: str, about: str | None, arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("method", nargs="?", help=f"one of {', '.join(METHODS)}; all without it")
    parser.add_argument("--part", help="of a speed benchmark that takes long, one part alone: its table is its own")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    parser.add_argument("--data", type=Path, metavar="DIR", default=DATA, help="the test data (%(default)s)")
    parser.add_argument("--write", action="store_true", help="put the table into benchmarks/results.md")
    options = parser.parse_args(arguments)
    if options.method not in (None, *METHODS):
        raise SystemExit(f"There is no method {options.method!r}; the methods are: {', '.join(METHODS)}.")
    parts = getattr(import_module(f"benchmarks.{options.method}"), "PARTS", {}) if options.method else {}
    if options.part and (kind != "speed" or options.part not in parts):
        raise SystemExit(f"There is no part {options.part!r}; the parts are: {', '.join(parts) or 'none'}.")
    # Without test data next to the checkout there is still something to measure; a folder that was named must exist.
    if options.data != DATA and not options.data.is_dir():
        raise SystemExit(f"There is no folder {options.data} to take test data from.")
    if options.json and not options.json.absolute().parent.is_dir():
        raise SystemExit(f"There is no folder {options.json.absolute().parent} to write the figures to.")
    return options
