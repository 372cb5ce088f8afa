"""Results of the examples, made beforehand, so that a click or a link shows them without computing.

`examples/results/<tab>/<example>/en.json` and `zh.json` hold what each output shows, as the browser gets it, by its
place among the tab's outputs; the pictures lie beside them as WebP. `python -m tabs.precompute` makes them.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gradio.components import Component

from tabs.doors import Door

FOLDER = Path(__file__).parents[1] / "examples" / "results"


def place(tab: str, example: str) -> Path:
    """The folder of a result."""
    return FOLDER / tab / example


def result(door: Door, example: str, language: str) -> dict[Component, Any]:
    """What the tab's outputs show for the example; empty where it was not made, or for other outputs than today's."""
    file = place(door.name, example) / f"{language}.json"
    if not file.exists():
        return {}
    kept = json.loads(file.read_text(encoding="utf-8"))
    if kept["outputs"] != kinds(door):
        return {}
    values = with_files(kept["values"], lambda entry: _beside(file.parent, entry))
    return dict(zip(door.shown, values, strict=True))


def kinds(door: Door) -> list[str]:
    """What the outputs are, to see whether a result still fits."""
    return [type(component).__name__ for component in door.shown]


def with_files(value: Any, change: Callable[[dict[str, Any]], Any]) -> Any:
    """`value` (JSON) with every entry that stands for a file replaced by what `change` makes of it."""
    if isinstance(value, dict):
        if (value.get("meta") or {}).get("_type") == "gradio.FileData":
            return change(value)
        return {key: with_files(one, change) for key, one in value.items()}
    return [with_files(one, change) for one in value] if isinstance(value, list | tuple) else value


def _beside(folder: Path, entry: dict[str, Any]) -> dict[str, Any]:
    return {**entry, "path": str(folder / Path(entry["path"]).name)}
