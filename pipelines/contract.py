"""What the page, the tests and the benchmarks may assume of every pipeline.

A pipeline is a frozen dataclass without state, in `pipelines/<method>/`, with

- `CHECKPOINTS`: the weights files of each variant, by the variant's name; the first variant is the default;
- `load(variant, device)`: the pipeline, ready to run;
- `__call__(arrays..., options=DEFAULTS, progress=silent)`: the result, a frozen dataclass of arrays;
- where there are intermediate pictures, `steps(arrays..., options=DEFAULTS, progress=silent)`: the same result as it
  forms; its last item is what `__call__` returns. Closing it stops the work.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from typing import ClassVar, Protocol, Self, TypeAlias, TypeVar

from checkpoints import Checkpoint

Checkpoints: TypeAlias = Mapping[str, tuple[Checkpoint, ...]]


class Progress(Protocol):
    """Told how far a run is, 0 to 1, and what it does, in words. `gr.Progress()` and `print` both fit."""

    def __call__(self, fraction: float, words: str, /) -> object:
        """One report."""
        ...


def silent(fraction: float, words: str, /) -> None:
    """The progress of a caller who does not ask."""


Item = TypeVar("Item")


def last(results: Iterable[Item]) -> Item:
    """The last of them. Those before are not kept meanwhile: each may hold a large picture of its own."""
    (final,) = deque(results, maxlen=1)
    return final


class Pipeline(Protocol):
    """The part of the contract that a type checker can hold; `tests/pipelines/test_contract.py` holds the rest."""

    CHECKPOINTS: ClassVar[Checkpoints]

    @classmethod
    def load(cls, variant: str, device: str) -> Self:
        """The pipeline on `device`; raises `checkpoints.UnusableFile` where the weights cannot be had."""
        ...
