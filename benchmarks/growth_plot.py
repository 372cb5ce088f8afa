"""The figures of `benchmarks.growth` as a plot on logarithmic axes and as a table in the README."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

BEGIN, END = "<!-- growth: python -m benchmarks.growth --write -->", "<!-- growth ends -->"
FEWEST = 3  # sizes that an exponent can be fitted to
LEAST = 0.01  # GiB: less than that says more of the allocator than of the method

Fitted = Callable[[Sequence[Any], str, int], Mapping[str, float | None]]


def exponent(sizes: NDArray[np.float64], values: NDArray[np.float64]) -> float | None:
    """`a` of the least squares line log(value) = a log(size) + b; None where there is too little to fit."""
    kept = values > 0
    if kept.sum() < FEWEST:
        return None
    return float(np.polyfit(np.log(sizes[kept]), np.log(values[kept]), 1)[0])


def table(points: Sequence[Any], fitted: Fitted, cap: float) -> str:
    """A line a part: exponents with one thread and two, the largest size and what it took, and what was too long."""
    lines = [
        "| method | time, 1 thread | time, 2 threads | memory | largest | seconds | GiB | too long |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for part in dict.fromkeys(point.part for point in points):
        mine = [point for point in points if point.part == part and point.seconds is not None]
        late = [point.size for point in points if point.part == part and point.seconds is None]
        one, two = (fitted(points, part, threads) for threads in (1, 2))
        largest = max(mine, key=lambda point: (point.size, point.threads), default=None)
        unit = "% hole" if part.endswith("-holes") else "MP"
        cells = [part, *(_power(value) for value in (one["time"], two["time"], one["memory"]))]
        if largest is None:
            cells += ["", "", ""]
        else:
            cells += [f"{largest.size:g} {unit}", f"{largest.seconds:.3g}", f"{largest.grown_gib:.2f}"]
        cells.append(f"{min(late):g} {unit}" if late else "")
        lines.append(f"| {' | '.join(cells)} |")
    lines += ["", f"Time and memory as powers of the size; a run was ended after {cap:g} seconds."]
    return "\n".join(lines)


def _power(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def draw(points: Sequence[Any], fitted: Fitted, file: Path) -> None:
    """Time above and memory below, over megapixels left and over the hole right; the exponent beside each name."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(13, 10), layout="constrained")
    axes = figure.subplots(2, 2, width_ratios=(3, 2))
    for column, holes in enumerate((False, True)):
        parts = [part for part in dict.fromkeys(point.part for point in points) if part.endswith("-holes") == holes]
        for row, (name, field) in enumerate((("time", "seconds"), ("memory", "grown_gib"))):
            axis = axes[row][column]
            for number, part in enumerate(parts):
                for threads, style in ((1, "o-"), (2, "s--")):
                    _line(
                        axis,
                        [one for one in points if (one.part, one.threads) == (part, threads)],
                        field,
                        style,
                        f"C{number % 10}",
                        _name(part, threads, fitted(points, part, threads)[name]),
                    )
            axis.set(
                xscale="log",
                yscale="log",
                ylabel=("seconds", "GiB beyond the loaded network")[row],
                xlabel="percent of a megapixel that is filled" if holes else "megapixels",
            )
            axis.grid(which="both", alpha=0.25)
            if parts:
                axis.legend(fontsize=7)
    figure.savefig(file, dpi=80)


def _name(part: str, threads: int, power: float | None) -> str | None:
    """For the legend: one thread alone, or its line is there twice."""
    return f"{part}: {_power(power)}" if threads == 1 else None


def _line(axis: Any, points: Sequence[Any], field: str, style: str, colour: str, name: str | None) -> None:
    shown = [(point.size, getattr(point, field)) for point in points if point.seconds is not None]
    shown = [(size, value) for size, value in shown if field == "seconds" or value >= LEAST]
    if shown:
        axis.plot(*zip(*shown, strict=True), style, color=colour, label=name, markersize=4)


def into_readme(found: str, file: Path) -> None:
    """Puts the table between its marks."""
    text = file.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    plot = "![Time and memory over the size of the picture, on logarithmic axes](docs/growth.png)"
    file.write_text(f"{before}{BEGIN}\n\n{plot}\n\n{found}\n\n{END}{after}", encoding="utf-8")
