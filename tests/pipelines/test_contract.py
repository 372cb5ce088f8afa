"""Every pipeline keeps the contract that the page and the benchmarks rest on."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest

import pipelines
from checkpoints import Embedded, OnHub
from imaging.types import InputError
from pipelines.contract import Pipeline, last, silent
from pipelines.object_insertion.weights import IMAGES

CLASSES = [
    value
    for folder in pkgutil.iter_modules(pipelines.__path__)
    if folder.ispkg
    for value in vars(importlib.import_module(f"pipelines.{folder.name}")).values()
    if inspect.isclass(value) and hasattr(value, "CHECKPOINTS")
]
WEIGHTS = Path(pipelines.__file__).parents[1] / "checkpoints"


def test_there_are_pipelines() -> None:
    assert CLASSES


@pytest.mark.parametrize("kind", CLASSES)
def test_a_pipeline_is_a_frozen_dataclass(kind: type[Pipeline]) -> None:
    assert dataclasses.is_dataclass(kind)
    assert kind.__dataclass_params__.frozen  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", CLASSES)
@pytest.mark.parametrize("method", ["__call__", "steps"])
def test_it_runs_with_options_and_progress_that_have_defaults(kind: type[Pipeline], method: str) -> None:
    if not hasattr(kind, method):
        assert method == "steps", "steps is optional, __call__ is not"
        return
    parameters = inspect.signature(getattr(kind, method)).parameters
    options = parameters["options"].default
    assert dataclasses.is_dataclass(options)
    assert type(options).__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert parameters["progress"].default is silent


@pytest.mark.parametrize("kind", CLASSES)
def test_the_default_variant_is_embedded(kind: type[Pipeline]) -> None:
    assert all(isinstance(file, Embedded) for file in next(iter(kind.CHECKPOINTS.values())))


@pytest.mark.parametrize("kind", CLASSES)
def test_every_embedded_file_is_there_loads_and_is_under_ten_megabytes(kind: type[Pipeline]) -> None:
    for variant, files in kind.CHECKPOINTS.items():
        if all(isinstance(file, Embedded) for file in files):
            assert all(file.path().stat().st_size < 10e6 for file in files)
            assert isinstance(kind.load(variant, "cpu"), kind)


@pytest.mark.parametrize("kind", CLASSES)
def test_an_unknown_variant_is_a_sentence(kind: type[Pipeline]) -> None:
    with pytest.raises(InputError, match="no-such-variant"):
        kind.load("no-such-variant", "cpu")


def test_every_weights_file_is_declared_and_described() -> None:
    declared = {file.name for kind in CLASSES for files in kind.CHECKPOINTS.values() for file in files}
    declared |= {file.name for file in IMAGES.values()}  # no variants: the benchmark alone paints with them
    card = (WEIGHTS / "README.md").read_text(encoding="utf-8")
    for path in WEIGHTS.rglob("*.safetensors"):
        name = path.relative_to(WEIGHTS).as_posix()
        assert name in declared
        assert name in card


def test_files_on_the_hub_are_pinned_or_said_not_to_be() -> None:
    readme = (WEIGHTS / "README.md").read_text(encoding="utf-8")
    for file in {f for kind in CLASSES for files in kind.CHECKPOINTS.values() for f in files if isinstance(f, OnHub)}:
        is_commit = len(file.revision) == 40 and set(file.revision) <= set("0123456789abcdef")
        assert is_commit or f"{file.full_name} (not pinned)" in readme, file


def test_of_many_results_only_the_last_is_kept() -> None:
    class Large:
        pass

    alive: list[weakref.ref[Large]] = []

    def results() -> Iterator[Large]:
        for _ in range(5):
            one = Large()
            alive.append(weakref.ref(one))
            yield one
            assert sum(ref() is not None for ref in alive) <= 2  # this one, and the one before while it came

    assert last(results()) is alive[-1]()
