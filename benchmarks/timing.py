"""How long jobs take against each other, and how much memory one needs."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any


def interleaved(jobs: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Seconds of every job in every round, after one round to warm up that does not count.

    A round runs each job once (A B A B, not A A B B): what else the machine does then falls on all of them alike.
    """
    seconds: dict[str, list[float]] = {name: [] for name in jobs}
    for round_ in range(rounds + 1):
        for name, job in jobs.items():
            start = time.perf_counter()
            job()
            if round_:
                seconds[name].append(time.perf_counter() - start)
    return seconds


def times_faster(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """How many times faster ours is: the median of the ratios round by round. Both are of one `interleaved`."""
    return median(their / our for our, their in zip(ours, theirs, strict=True))


@dataclass(frozen=True)
class Spent:
    """What a job cost."""

    seconds: float
    peak_gib: float  # of resident memory, Python and all imports included


def spent_alone(job: Callable[..., object], *arguments: Any) -> Spent:
    """The cost of `job(*arguments)` in a fresh process; `job` is a function that can be imported by its name."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(_spent, job, *arguments).result()


def _spent(job: Callable[..., object], *arguments: Any) -> Spent:
    start = time.perf_counter()
    job(*arguments)
    return Spent(time.perf_counter() - start, peak_bytes() / 2**30)


def peak_bytes() -> int:
    """The largest resident memory that this process ever had."""
    status = Path("/proc/self/status")
    if status.exists():
        # Not getrusage: on Linux its ru_maxrss outlives exec, so a child starts with the peak of its parent.
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
