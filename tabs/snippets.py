"""How a program calls a tab: Python, JavaScript and curl, made from the tab's own parameters; tests run them."""

from __future__ import annotations

import json
import pprint
from typing import Any

import gradio as gr

from tabs.doors import Door

ORIGIN, PHOTO, FILE = "https://ORIGIN", "photo.jpg", "FILE"


def snippets(door: Door) -> dict[str, str]:
    """The code in each language; `ORIGIN` is for the browser to fill in, photo.jpg is the caller's own."""
    given = _arguments(door)
    return {"Python": _python(door, given), "JavaScript": _javascript(door, given), "curl": _curl(door, given)}


def _arguments(door: Door) -> dict[str, Any]:
    """A photo where one is needed, defaults for the rest; `FILE` stands for the photo's file."""
    example: dict[str, Any] = dict(next(iter(door.examples.values()), {}))
    found = {}
    for name, component in door.inputs.items():
        if name in door.settings:
            found[name] = example.get(name, door.settings[name].default)
        elif not isinstance(component, gr.State):
            needed = name in example or component is door.entrance
            found[name] = _picture(component) if needed else None
    return found


def _picture(component: Any) -> Any:
    if isinstance(component, gr.ImageEditor):
        return {"background": FILE, "layers": [], "composite": None}
    return [{"image": FILE, "caption": None}] if isinstance(component, gr.Gallery) else FILE


def _python(door: Door, given: dict[str, Any]) -> str:
    lines = [
        f"    {name}={pprint.pformat(value).replace(repr(FILE), f'handle_file({PHOTO!r})')},"
        for name, value in given.items()
    ]
    return "\n".join(
        [
            "from gradio_client import Client, handle_file",
            "",
            f'client = Client("{ORIGIN}")',
            "result = client.predict(",
            *lines,
            f'    api_name="/{door.endpoint}",',
            ")",
            "print(result[0])",
        ]
    )


def _javascript(door: Door, given: dict[str, Any]) -> str:
    lines = [
        f"  {name}: {json.dumps(value, ensure_ascii=False).replace(json.dumps(FILE), 'photo')},"
        for name, value in given.items()
    ]
    return "\n".join(
        [
            'import { Client } from "@gradio/client";',
            'import { readFile } from "node:fs/promises";',
            "",
            f'const photo = new Blob([await readFile("{PHOTO}")]);',
            f'const client = await Client.connect("{ORIGIN}");',
            f'const result = await client.predict("/{door.endpoint}", {{',
            *lines,
            "});",
            "console.log(result.data[0].url);",
        ]
    )


def _curl(door: Door, given: dict[str, Any]) -> str:
    file = '{"path": "\'$photo\'", "meta": {"_type": "gradio.FileData"}}'
    data = json.dumps({"data": list(given.values())}, ensure_ascii=False).replace(json.dumps(FILE), file)
    return "\n".join(
        [
            f"photo=$(curl -s -F files=@{PHOTO} {ORIGIN}/gradio_api/upload | tr -d '[]\"')",
            f"event=$(curl -s {ORIGIN}/gradio_api/call/{door.endpoint} -H 'Content-Type: application/json' \\",
            f"  -d '{data}' | sed 's/.*: *\"//; s/\".*//')",
            f"curl -sN {ORIGIN}/gradio_api/call/{door.endpoint}/$event",
        ]
    )
