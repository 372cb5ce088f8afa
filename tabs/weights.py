"""Which weights a tab can run on, which are missing and why: asked in the background, so that nobody waits."""

from __future__ import annotations

import time
from concurrent.futures import Future, ThreadPoolExecutor, wait

import gradio as gr

from checkpoints import Checkpoint, OnHub
from pipelines.contract import Pipeline
from tabs.handlers import QUIET
from tabs.language import of, say

PATIENCE_SECONDS = 2.5  # that a visitor waits for answers still on their way
STALE_SECONDS = 60.0  # after which a file that was missing is asked for again

TITLES = {
    "FaceLandmarks": "Face landmarks",
    "FaceParsing": "Face parsing",
    "FaceSwap": "Face swap",
    "ObjectInsertion": "Object insertion",
    "RegionStyle": "Region style",
    "SceneParsing": "Scene parsing",
}
"""Of pipelines that share a tab, by class."""

_pool = ThreadPoolExecutor(4, thread_name_prefix="weights")
_answers: dict[Checkpoint, tuple[float, Future[str | None]]] = {}


def panel(settings: gr.Accordion, *kinds: type[Pipeline]) -> None:
    """The list of the pipelines' weights, made anew whenever a visitor opens the settings that it stands in."""

    def load(request: gr.Request) -> str:
        language = of(request)
        if len(kinds) == 1:
            return report(language, kinds[0])
        titles = (say(language, TITLES[kind.__name__]) for kind in kinds)
        return "\n\n".join(f"{title}\n\n{report(language, kind)}" for title, kind in zip(titles, kinds, strict=True))

    with settings:
        shown = gr.Markdown(elem_classes="small")
    settings.expand(load, None, shown, **QUIET)


def ask(*kinds: type[Pipeline]) -> None:
    """Starts to look for every file of `kinds` that was not found yet, or not lately."""
    now = time.monotonic()
    for file in {file for kind in kinds for files in kind.CHECKPOINTS.values() for file in files}:
        asked, answer = _answers.get(file, (-STALE_SECONDS, None))
        known = answer is not None and not (answer.done() and answer.result())
        if isinstance(file, OnHub) and not known and now - asked >= STALE_SECONDS:
            _answers[file] = now, _pool.submit(file.problem)


def report(language: str, kind: type[Pipeline]) -> str:
    """Markdown: one line a variant, with where its weights are or why they are not to be had."""
    ask(kind)
    files = {file for files in kind.CHECKPOINTS.values() for file in files}
    wait([_answers[file][1] for file in files if file in _answers], PATIENCE_SECONDS)
    return "\n".join(f"- **{variant}**: {_state(language, files)}" for variant, files in kind.CHECKPOINTS.items())


def _state(language: str, files: tuple[Checkpoint, ...]) -> str:
    if not files:
        return say(language, "needs no weights")
    source = files[0].source
    answers = [_answers[file][1] for file in files if file in _answers]
    if not all(answer.done() for answer in answers):
        return say(language, "{source}, still looking", source=source)
    for problem in (answer.result() for answer in answers):
        if problem:
            return say(language, "{source}, missing: {reason}", source=source, reason=problem)
    if all(file.is_local for file in files):
        return say(language, "{source}, here", source=source)
    return say(language, "{source}, fetched on first use", source=source)
