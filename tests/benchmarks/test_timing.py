"""Jobs against each other, and memory of a job alone."""

from __future__ import annotations

from functools import partial
from time import sleep

import pytest

from benchmarks.timing import interleaved, spent_alone, times_faster

MIB = 2**20


def test_jobs_take_turns_and_the_first_round_does_not_count() -> None:
    calls: list[str] = []
    seconds = interleaved({"a": partial(calls.append, "a"), "b": partial(calls.append, "b")}, rounds=2)
    assert calls == ["a", "b"] * 3
    assert {name: len(found) for name, found in seconds.items()} == {"a": 2, "b": 2}


def test_seconds_are_those_of_the_job_itself() -> None:
    seconds = interleaved({"long": partial(sleep, 0.1), "short": partial(sleep, 0.001)}, rounds=1)
    assert 0.1 <= seconds["long"][0] < 1
    assert 0.001 <= seconds["short"][0] < seconds["long"][0]


def test_the_ratio_is_taken_round_by_round() -> None:
    # The machine was ten times slower in the second round: the medians of each alone would give 2.5 times.
    assert times_faster(ours=[1.0, 10.0, 4.0], theirs=[2.0, 20.0, 10.0]) == 2.0


def test_peak_memory_is_that_of_the_job_alone() -> None:
    ballast = bytearray(700 * MIB)  # ours, of which the job must inherit nothing
    peak_mib = spent_alone(bytearray, 200 * MIB).peak_gib * 1024
    assert 200 < peak_mib < 600
    assert len(ballast) == 700 * MIB


def test_what_a_job_raises_comes_back() -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        spent_alone(int, "no number")
