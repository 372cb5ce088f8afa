"""Makes the results of the examples that the page shows without computing: `python -m tabs.precompute [tab ...]`.

Runs every example of the tabs with our own embedded weights, once a language, and keeps what the outputs show under
`examples/results`. Pictures become WebP, whose folders and JSON are all that is written.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.components import Component
from PIL import Image as PillowImage
from PIL import ImageOps
from starlette.requests import Request

import hosting
from tabs import TABS
from tabs.doors import Door, Example, doors, raw
from tabs.language import LANGUAGES
from tabs.results import kinds, place, with_files

QUALITY = 86  # of WebP
THUMBNAIL = 192  # pixels
LARGEST = 1200  # pixels of the longer side


class Replayed:
    """A pipeline that computes in the first language and says the same again in the others."""

    def __init__(self, pipeline: Any) -> None:
        self.pipeline, self.heard, self.at = pipeline, [], 0

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """As the pipeline's own."""
        return self._same(lambda: self.pipeline(*arguments, **named))

    def steps(self, *arguments: Any, **named: Any) -> Any:
        """As the pipeline's own."""
        return self._same(lambda: list(self.pipeline.steps(*arguments, **named)))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.pipeline, name)

    def _same(self, compute: Callable[[], Any]) -> Any:
        if self.at == len(self.heard):
            self.heard.append(compute())
        self.at += 1
        return self.heard[self.at - 1]


@contextmanager
def replaying() -> Iterator[Callable[[], None]]:
    """While open, all pipelines are `Replayed`; what it gives winds them back."""
    made: dict[tuple[type, str], Replayed] = {}
    usual = hosting.pipeline

    def pipeline(kind: Any, variant: str) -> Any:
        return made.setdefault((kind, variant), Replayed(usual(kind, variant)))

    def wind_back() -> None:
        for one in made.values():
            one.at = 0

    hosting.pipeline = pipeline  # pyright: ignore[reportAttributeAccessIssue]
    try:
        yield wind_back
    finally:
        hosting.pipeline = usual


def outputs(door: Door, example: Example, language: str) -> list[Any]:
    """What each of the door's shown outputs has at the end of a run, as the browser gets it."""
    scope = {"type": "http", "query_string": f"lang={language}".encode(), "headers": []}
    request = gr.Request(request=Request(scope))
    values = door.values(example)
    arguments = {}
    for name, component in door.inputs.items():
        value = values.get(component)
        model = getattr(component, "data_model", None)
        value = model.model_validate(value) if model and value is not None else value
        arguments[name] = component.preprocess(value)
    last: list[Any] = [None] * len(door.outputs)
    for made in door.run(**arguments, request=request):
        last = [old if _is_skip(new) else new for old, new in zip(last, made, strict=True)]
    return [_shown(component, last[door.outputs.index(component)]) for component in door.shown]


def _shown(component: Component, value: Any) -> Any:
    """As the browser gets it; of a component that stands for an update, what it shows."""
    return value.value if isinstance(value, Component) else raw(component, value)


def _is_skip(value: Any) -> bool:
    return isinstance(value, dict) and value == gr.skip()


def keep(door: Door, name: str) -> int:
    """Writes the results of one example; returns the bytes of all its files."""
    folder = place(door.name, name)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    made = {}
    with replaying() as wind_back:
        for language in LANGUAGES:
            wind_back()
            made[language] = outputs(door, door.examples[name], language)
    for language, given in made.items():
        values = with_files(given, lambda entry: _kept(folder, entry))
        kept = {"outputs": kinds(door), "values": values}
        if language == LANGUAGES[0]:
            thumbnail(folder, values[door.shown.index(door.frame.comparison)])
        (folder / f"{language}.json").write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return sum(file.stat().st_size for file in folder.iterdir())


def thumbnail(folder: Path, pair: Sequence[dict[str, Any]]) -> None:
    """The middle of the result, small and square, for the strip of examples."""
    picture = ImageOps.fit(PillowImage.open(folder / pair[-1]["path"]).convert("RGB"), (THUMBNAIL, THUMBNAIL))
    picture.save(folder / "thumbnail.webp", "WEBP", quality=QUALITY)


def _kept(folder: Path, entry: dict[str, Any]) -> dict[str, Any]:
    """A picture's file, written into `folder` under its own hash."""
    picture = PillowImage.open(entry["path"])
    picture.thumbnail((LARGEST, LARGEST), PillowImage.Resampling.LANCZOS)
    buffer = io.BytesIO()
    picture.save(buffer, "WEBP", quality=QUALITY, method=6)
    name = hashlib.sha256(buffer.getvalue()).hexdigest()[:12] + ".webp"
    (folder / name).write_bytes(buffer.getvalue())
    return {"path": name, "orig_name": name, "mime_type": "image/webp", "meta": {"_type": "gradio.FileData"}}


def main() -> None:
    """Makes them for all tabs, or for those named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tabs", nargs="*", help="tab, or tab/example")
    asked = parser.parse_args().tabs
    with tempfile.TemporaryDirectory() as cache, gr.Blocks():
        os.environ["GRADIO_TEMP_DIR"] = cache
        for tab in TABS:
            tab.build()
        for door in doors().values():
            for name in door.examples:
                if not asked or {door.name, f"{door.name}/{name}"} & set(asked):
                    print(f"{door.name}/{name}: {keep(door, name) / 1000:.0f} kB", flush=True)


if __name__ == "__main__":
    main()
