"""How time and memory grow with the picture: python -m benchmarks.growth --part residual.

Every method with its usual options, from a quarter of a megapixel to twelve, with one thread and with two, each run in
a process of its own; the patch methods of inpainting at growing holes, too. What is measured goes into
`docs/growth.json` at once, so that a run that was stopped goes on where it was; `--write` draws `docs/growth.png` of
all that is there and puts the fitted exponents into the README. A size that would take longer than `--cap` seconds is
left out with all larger ones, and the table says so.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np

from benchmarks.growth_jobs import JOBS, Job
from benchmarks.growth_plot import draw, exponent, into_readme, table
from benchmarks.timing import peak_bytes

ROOT = Path(__file__).resolve().parents[1]
FILE = ROOT / "docs" / "growth.json"
MEGAPIXELS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 12.0)
THREADS = (1, 2)
CAP_SECONDS = 240.0


@dataclass(frozen=True)
class Point:
    """One run: `size` in megapixels, or percent of the picture that is a hole; `seconds` None where it was too long.

    `grown_gib`: what the run took of memory on top of Python, torch and the loaded network.
    """

    part: str
    threads: int
    size: float
    seconds: float | None
    grown_gib: float | None


def measured(part: str, threads: int, size: float, cap: float) -> Point:
    """A run in a fresh process, ended when it takes longer than `cap` seconds."""
    context = get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(theirs, part, threads, size), daemon=True)
    process.start()
    theirs.close()
    try:
        ours.recv()  # it is loaded: the clock runs from here
        done = ours.poll(cap)
        seconds, grown = ours.recv() if done else (None, None)
    except EOFError:
        raise RuntimeError(f"{part} at {size:g} with {threads} threads broke off") from None
    finally:
        process.kill()
        process.join()
        ours.close()
    return Point(part, threads, size, seconds, grown)


def _run(pipe: Connection, part: str, threads: int, size: float) -> None:
    import torch

    torch.set_num_threads(threads)
    job = JOBS[part].prepare(size)
    before = peak_bytes()
    pipe.send("loaded")
    start = time.perf_counter()
    job()
    seconds = time.perf_counter() - start
    pipe.send((seconds, max(peak_bytes() - before, 0) / 2**30))


def measure(part: str, sizes: Sequence[float], cap: float, known: Sequence[Point]) -> list[Point]:
    """What is not `known` of a part, smallest first; nothing larger once a run was too long."""
    points = [point for point in known if point.part == part]
    for threads in THREADS:
        for size in sizes:
            mine = [point for point in points if point.threads == threads]
            if any(point.seconds is None and point.size < size for point in mine):
                break
            if any(point.size == size for point in mine):
                continue
            point = measured(part, threads, size, cap)
            words = "too long" if point.seconds is None else f"{point.seconds:.2f} s, {point.grown_gib:.2f} GiB"
            print(f"{part}, {threads} threads, {size:g} {JOBS[part].unit}: {words}", file=sys.stderr, flush=True)
            points.append(point)
            save([*[other for other in known if other.part != part], *points])
    return points


def load() -> list[Point]:
    """What was measured so far."""
    if not FILE.exists():
        return []
    return [Point(**point) for point in json.loads(FILE.read_text())["points"]]


def save(points: Sequence[Point]) -> None:
    """All that is known, in place of the file."""
    FILE.parent.mkdir(exist_ok=True)
    half = FILE.with_suffix(".half")
    ordered = sorted(points, key=lambda point: (list(JOBS).index(point.part), point.threads, point.size))
    half.write_text(json.dumps({"points": [asdict(point) for point in ordered]}, indent=1) + "\n")
    os.replace(half, FILE)


def fitted(points: Sequence[Point], part: str, threads: int) -> Mapping[str, float | None]:
    """The exponents of a part: time and memory as powers of the size; None of fewer than three sizes."""
    mine = [point for point in points if (point.part, point.threads) == (part, threads) and point.seconds is not None]
    sizes = np.array([point.size for point in mine])
    seconds = np.array([point.seconds for point in mine], float)
    grown = np.array([point.grown_gib for point in mine], float)
    return {"time": exponent(sizes, seconds), "memory": exponent(sizes, grown)}


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", action="append", help=f"one of {', '.join(JOBS)}, or several; all without it")
    parser.add_argument("--sizes", type=float, nargs="+", help="other sizes than the usual ones")
    parser.add_argument("--cap", type=float, default=CAP_SECONDS, help="seconds that one run may take (%(default)g)")
    parser.add_argument("--anew", action="store_true", help="forget what was measured of these parts")
    parser.add_argument("--write", action="store_true", help="draw docs/growth.png and fill in the README's table")
    options = parser.parse_args(arguments)
    parts = options.part or list(JOBS)
    if unknown := set(parts) - set(JOBS):
        raise SystemExit(f"There is no part {min(unknown)!r}; the parts are: {', '.join(JOBS)}.")
    for part in parts:
        known = [point for point in load() if not (options.anew and point.part == part)]
        measure(part, options.sizes or _sizes(JOBS[part]), options.cap, known)
    points = load()
    found = table(points, fitted, options.cap)
    print(found)
    if options.write:
        draw(points, fitted, ROOT / "docs" / "growth.png")
        into_readme(found, ROOT / "README.md")


def _sizes(job: Job) -> Sequence[float]:
    return job.sizes or MEGAPIXELS


if __name__ == "__main__":
    main()
