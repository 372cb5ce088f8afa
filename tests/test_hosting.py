"""Where pipelines run: as they are off a Space, and with a lent GPU on ZeroGPU."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, ClassVar, Self

import pytest

import hosting
from checkpoints import Embedded, OnHub, UnusableFile
from pipelines.contract import Checkpoints


@dataclass(frozen=True)
class Pipe:
    CHECKPOINTS: ClassVar[Checkpoints] = {
        "ours": (Embedded("a"),),
        "fetched": (OnHub("some/one", "here", "main"),),
        "elsewhere": (OnHub("some/one", "not here", "main"),),
        "broken": (Embedded("b"),),
    }
    LOADED: ClassVar[list[str]] = []
    device: str

    @classmethod
    def load(cls, variant: str, device: str) -> Self:
        cls.LOADED.append(variant)
        if variant == "broken":
            raise UnusableFile("{file} is damaged and cannot be read.", file="b")
        return cls(device)


@pytest.fixture(autouse=True)
def nothing_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hosting, "_loaded", {})
    monkeypatch.setattr(OnHub, "is_local", property(lambda self: self.name == "here"))
    Pipe.LOADED.clear()


def test_a_pipeline_is_loaded_when_first_asked_for_and_kept() -> None:
    first = hosting.pipeline(Pipe, "ours")
    assert hosting.pipeline(Pipe, "ours") is first
    assert Pipe.LOADED == ["ours"]
    assert first.device == hosting.DEVICE


def test_what_could_not_be_loaded_is_tried_again() -> None:
    for _ in range(2):
        with pytest.raises(UnusableFile):
            hosting.pipeline(Pipe, "broken")
    assert Pipe.LOADED == ["broken", "broken"]


def test_off_a_space_nothing_is_loaded_before_it_is_asked_for() -> None:
    hosting.preload([Pipe])
    assert Pipe.LOADED == []


def test_on_zero_gpu_all_that_is_here_is_loaded_first(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(hosting, "ON_ZERO_GPU", True)
    hosting.preload([Pipe])
    assert Pipe.LOADED == ["ours", "fetched", "broken"]
    assert "b is damaged" in capsys.readouterr().out


def test_on_a_space_functions_ask_for_a_gpu_for_their_time(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def gpu(duration: int) -> Any:
        asked.append(duration)
        return lambda function: lambda *arguments: ("on a GPU", function(*arguments))

    monkeypatch.setattr(hosting, "spaces", SimpleNamespace(GPU=gpu))
    assert hosting.on_gpu(30)(abs)(-2) == ("on a GPU", 2)
    assert asked == [30]


def test_without_the_spaces_package_functions_stay_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hosting, "spaces", None)
    assert hosting.on_gpu(30)(abs) is abs
