"""Which weights a tab can run on, which are missing and why: asked in the background, so that the page never waits."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor, wait

import gradio as gr

from checkpoints import Checkpoint, Embedded
from pipelines.contract import Pipeline
from tabs.language import of, say

PATIENCE_SECONDS = 2.5  # that a page load waits for answers still on their way

_pool = ThreadPoolExecutor(4, thread_name_prefix="weights")
_answers: dict[Checkpoint, Future[str | None]] = {}


def panel(kind: type[Pipeline]) -> gr.Markdown:
    """The list of a pipeline's weights, made anew for each visitor."""

    def load(request: gr.Request) -> str:
        return report(of(request), kind)

    shown = gr.Markdown(elem_classes="small")
    gr.on(None, load, None, shown, api_visibility="private", queue=False, show_progress="hidden")  # at every page load
    return shown


def ask(*kinds: type[Pipeline]) -> None:
    """Starts to look for every file of `kinds`; the answers are kept."""
    for kind in kinds:
        for files in kind.CHECKPOINTS.values():
            for file in files:
                if file not in _answers and not isinstance(file, Embedded):
                    _answers[file] = _pool.submit(file.problem)


def report(language: str, kind: type[Pipeline]) -> str:
    """Markdown: one line a variant, with where its weights are or why they are not to be had."""
    wait(
        [_answers[file] for files in kind.CHECKPOINTS.values() for file in files if file in _answers], PATIENCE_SECONDS
    )
    return "\n".join(f"- **{variant}**: {_state(language, files)}" for variant, files in kind.CHECKPOINTS.items())


def _state(language: str, files: tuple[Checkpoint, ...]) -> str:
    if not files:
        return say(language, "needs no weights")
    problems = []
    for file in files:
        if isinstance(file, Embedded):
            continue
        answer = _answers.get(file)
        if answer is None or not answer.done():
            return say(language, "{source}, still looking", source=file.source)
        if answer.result():
            problems.append(answer.result())
    source = files[0].source
    if problems:
        return say(language, "{source}, missing: {reason}", source=source, reason=problems[0])
    if all(file.is_local for file in files):
        return say(language, "{source}, here", source=say(language, source))
    return say(language, "{source}, fetched on first use", source=source)
