"""Errors become sentences, bugs are hidden but logged, and missing weights are stood in for."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Self

import gradio as gr
import pytest

import hosting
from checkpoints import Embedded, OnHub, UnusableFile
from imaging.types import InputError
from pipelines.contract import Checkpoints
from tabs import TABS, handlers, weights


@dataclass(frozen=True)
class Pipe:
    CHECKPOINTS: ClassVar[Checkpoints] = {
        "ours": (Embedded("a"),),
        "theirs": (OnHub("some/one", "b", "main"),),
        "none": (),
    }
    variant: str

    @classmethod
    def load(cls, variant: str, device: str) -> Self:
        if variant == "theirs":
            raise UnusableFile("{file} holds the weights of another network.", file="<b>")
        return cls(variant)


@handlers.computes(seconds=1)
def work(language: str, what: str) -> Iterator[str]:
    yield "begun"
    if what == "bad input":
        raise InputError("The scale must be 2, 3 or 4, not {scale}.", scale=7)
    if what == "bug":
        raise ZeroDivisionError("secret path /etc/passwd")
    if what == "spoken":
        raise gr.Error("already said")
    yield "done"


def test_results_pass() -> None:
    assert list(work("en", "fine")) == ["begun", "done"]


@pytest.mark.parametrize(("language", "words"), [("en", "The scale must be"), ("zh", "倍数必须是")])
def test_bad_input_is_said_in_the_language_of_the_visitor(language: str, words: str) -> None:
    steps = work(language, "bad input")
    assert next(steps) == "begun"
    with pytest.raises(gr.Error, match=words):
        next(steps)


def test_a_bug_is_logged_and_not_shown(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR), pytest.raises(gr.Error) as raised:
        list(work("en", "bug"))
    assert "secret" not in raised.value.message
    assert "ZeroDivisionError" in caplog.text


def test_an_error_that_is_already_spoken_passes() -> None:
    with pytest.raises(gr.Error, match="already said"):
        list(work("en", "spoken"))


def test_missing_weights_are_stood_in_for_with_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(gr, "Warning", said.append)
    pipeline, variant = handlers.pipeline_or_default("en", Pipe, "theirs")
    assert (pipeline.variant, variant) == ("ours", "ours")
    assert said == ["&lt;b&gt; holds the weights of another network. ours works instead."]


def test_a_pipeline_is_loaded_once() -> None:
    assert hosting.pipeline(Pipe, "none") is hosting.pipeline(Pipe, "none")
    assert hosting.pipeline(Pipe, "none") is not hosting.pipeline(Pipe, "ours")


def test_pipelines_that_share_a_tab_have_a_title_over_their_weights() -> None:
    shared = [kind for tab in TABS if len(tab.PIPELINES) > 1 for kind in tab.PIPELINES]
    assert {kind.__name__ for kind in shared} == set(weights.TITLES)


def test_the_report_says_of_every_variant_where_its_weights_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "_answers", {})
    monkeypatch.setattr(OnHub, "problem", lambda self: "the Hub cannot be reached from here")
    assert weights.report("en", Pipe).splitlines() == [
        "- **ours**: embedded, here",
        "- **theirs**: Hub: some/one, missing: the Hub cannot be reached from here",
        "- **none**: needs no weights",
    ]
    assert "不可用：此处无法连接 Hub" in weights.report("zh", Pipe)


def test_a_missing_file_is_asked_for_again_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "_answers", {})
    asked: list[str] = []
    monkeypatch.setattr(OnHub, "problem", lambda self: asked.append(self.name) or "it is no longer there")
    for _ in range(2):
        assert "missing" in weights.report("en", Pipe)
    assert asked == ["b"]
    monkeypatch.setattr(weights, "STALE_SECONDS", 0.0)
    monkeypatch.setattr(OnHub, "problem", lambda self: asked.append(self.name))
    assert "fetched on first use" in weights.report("en", Pipe)
    weights.report("en", Pipe)
    assert asked == ["b", "b"]


def test_files_are_handed_out_from_where_gradio_serves(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    path = Path(handlers.hand_out(b"bytes", "a.png"))
    assert path.is_relative_to(tmp_path)
    assert path.read_bytes() == b"bytes"
