"""One figure of a benchmark, and many of them as a Markdown table or as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import isfinite
from typing import TypeAlias


@dataclass(frozen=True)
class Row:
    """One figure: `variant` is ours or a peer, `case` what it was given, `metric` what was measured, with its unit."""

    variant: str
    case: str
    metric: str
    value: float


@dataclass(frozen=True)
class Note:
    """A sentence under the table: how it was measured, or what is left out and why."""

    text: str


Measured: TypeAlias = Row | Note


def markdown(measured: Iterable[Measured]) -> str:
    """A line a case and metric, a column a variant, in the order in which they came; then the notes."""
    measured = list(measured)
    rows = [item for item in measured if isinstance(item, Row)]
    parts = [_table(rows)] if rows else []
    notes = dict.fromkeys(item.text for item in measured if isinstance(item, Note))
    if notes:
        parts.append("\n".join(f"- {text}" for text in notes))
    return "\n\n".join(parts)


def as_json(measured: Mapping[str, Sequence[Measured]]) -> str:
    """The rows by method as a list of {"method", "variant", "case", "metric", "value"}."""
    found = []
    for method, items in measured.items():
        for row in (item for item in items if isinstance(item, Row)):
            # JSON has no infinity, which is the PSNR of equal pictures.
            found.append({"method": method, **asdict(row), "value": row.value if isfinite(row.value) else None})
    return json.dumps(found, indent=1, allow_nan=False) + "\n"


def _table(rows: Sequence[Row]) -> str:
    values = {(row.case, row.metric, row.variant): row.value for row in rows}
    if len(values) < len(rows):
        raise ValueError("two rows have the same variant, case and metric")
    variants = dict.fromkeys(row.variant for row in rows)
    lines = [["case", "metric", *variants], ["---", "---", *("---:" for _ in variants)]]
    for case, metric in dict.fromkeys((row.case, row.metric) for row in rows):
        lines.append([case, metric, *(_figure(values.get((case, metric, variant))) for variant in variants)])
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _figure(value: float | None) -> str:
    """Four digits that count: 28.43, 0.8953, 1284; nothing where nothing was measured."""
    return "" if value is None else f"{value:#.4g}".rstrip(".")
