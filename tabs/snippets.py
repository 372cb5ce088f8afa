"""How a program calls a tab: Python, JavaScript and curl, made from the tab's own parameters; tests run them."""

from __future__ import annotations

import json
from typing import Any

import gradio as gr
from gradio.data_classes import GradioModel

from tabs.doors import Door, SideDoor, side_doors

ORIGIN = "https://ORIGIN"


class File(str):
    """Stands for a picture of the caller's own, of that name: `photo.jpg`."""

    def __repr__(self) -> str:
        return f"handle_file({str(self)!r})"

    @property
    def variable(self) -> str:
        """What holds it in the other languages."""
        return self.partition(".")[0]


def snippets(door: Door) -> dict[str, str]:
    """The code in each language, of the tab's endpoint and, with their names, of those beside it.

    `ORIGIN` is for the browser to fill in, the files are the caller's own.
    """
    found = _in_all_languages(door)
    for side in side_doors(door.name):
        found |= {f"{language} /{side.endpoint}": code for language, code in _in_all_languages(side).items()}
    return found


def _in_all_languages(door: Door | SideDoor) -> dict[str, str]:
    given = _arguments(door)
    return {"Python": _python(door, given), "JavaScript": _javascript(door, given), "curl": _curl(door, given)}


def _arguments(door: Door | SideDoor) -> dict[str, Any]:
    """Pictures where the first example has some, its settings, defaults for the rest."""
    example: dict[str, Any] = dict(next(iter(door.examples.values()), {})) if isinstance(door, Door) else {}
    found = {}
    for name, component in door.inputs.items():
        if name in door.settings:
            found[name] = example.get(name, door.settings[name].default)
        elif isinstance(given := example.get(name), GradioModel):
            found[name] = given.model_dump(exclude_defaults=True)
        elif not isinstance(component, gr.State):
            needed = name in example or component is door.entrance
            found[name] = _picture(name, component) if needed else None
    return found


def _picture(name: str, component: Any) -> Any:
    file = File(f"{name}.jpg")
    if isinstance(component, gr.File) and component.file_count == "multiple":
        return [File(f"{name}_{number}.jpg") for number in (1, 2)]
    if isinstance(component, gr.ImageEditor):
        return {"background": file, "layers": [], "composite": None}
    return [{"image": file, "caption": None}] if isinstance(component, gr.Gallery) else file


def _files(value: Any) -> list[File]:
    """All that are in it."""
    if isinstance(value, File):
        return [value]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [file for part in parts for file in _files(part)]


def _json(value: Any, form: str) -> str:
    """`value` as JSON, but for its files, which are written as `form` says."""
    text = json.dumps(value, ensure_ascii=False)
    for file in _files(value):
        text = text.replace(json.dumps(file), form.format(file.variable), 1)
    return text


def _python(door: Door | SideDoor, given: dict[str, Any]) -> str:
    lines = [f"    {name}={value!r}," for name, value in given.items()]
    return "\n".join(
        [
            "from gradio_client import Client, handle_file",
            "",
            f'client = Client("{ORIGIN}")',
            "result = client.predict(",
            *lines,
            f'    api_name="/{door.endpoint}",',
            ")",
            # Of one value the client makes no tuple.
            f"print({'result[0]' if sum(not isinstance(one, gr.State) for one in door.outputs) > 1 else 'result'})",
        ]
    )


def _javascript(door: Door | SideDoor, given: dict[str, Any]) -> str:
    files = [f'const {file.variable} = new File([await readFile("{file}")], "{file}");' for file in _files(given)]
    return "\n".join(
        [
            'import { Client } from "@gradio/client";',
            'import { readFile } from "node:fs/promises";',
            "",
            *files,
            f'const client = await Client.connect("{ORIGIN}");',
            f'const result = await client.predict("/{door.endpoint}", {{',
            *(f"  {name}: {_json(value, '{}')}," for name, value in given.items()),
            "});",
            f"console.log(result.data[0]{'.url' if isinstance(door, Door) else ''});",
            "process.exit();  // the client's connection stays open",
        ]
    )


def _curl(door: Door | SideDoor, given: dict[str, Any]) -> str:
    form = """{{"path": "'${}'", "meta": {{"_type": "gradio.FileData"}}}}"""
    files = [
        f"{file.variable}=$(curl -s -F files=@{file} {ORIGIN}/gradio_api/upload | tr -d '[]\"')"
        for file in _files(given)
    ]
    return "\n".join(
        [
            *files,
            f"event=$(curl -s {ORIGIN}/gradio_api/call/{door.endpoint} -H 'Content-Type: application/json' \\",
            f"  -d '{_json({'data': list(given.values())}, form)}' | sed 's/.*: *\"//; s/\".*//')",
            f"curl -sN {ORIGIN}/gradio_api/call/{door.endpoint}/$event",
        ]
    )
