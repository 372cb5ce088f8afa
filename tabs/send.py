"""Send to: what one tab made becomes the input of another, which opens with it, ready to run.

What goes where is in `gives_takes.py`; the menu is the browser's part, `send.js`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import gradio as gr
from gradio.components import Component

from imaging.types import InputError
from tabs.doors import Door
from tabs.gives_takes import filled, gives, takes
from tabs.handlers import QUEUED, QUIET
from tabs.language import both, here, label, spoken

WORDS = {
    "send": both("Send to another tab"),
    "again": both("once more"),
    "role": both("{tab}, {role}"),
    "arrived": both("It is in: press Run."),
}


def button(door: Door, open_doors: Mapping[str, Door], tabs: gr.Tabs) -> None:
    """The button below a result, and what it sets going: pack, turn to the tab, unpack there.

    In two steps, because an ImageEditor forgets what it is given before its tab was ever shown.
    """
    name = door.name
    menu = gr.Button(label("Send to ..."), size="sm", min_width=110, elem_id=f"{name}-send", elem_classes="send")
    go = gr.Button(visible="hidden", elem_id=f"{name}-send-go")
    order = gr.Textbox(visible="hidden", elem_id=f"{name}-send-order")
    packed = gr.State()
    menu.click(None, None, None, js=f"() => darkroom.sendMenu({name!r})", **QUIET)
    parts = list(dict.fromkeys(part for give in gives(door) for part in give.parts(door)))
    js = "async (...values) => [await darkroom.order(), ...values.slice(1)]"
    sent = go.click(_pack(door, open_doors, parts), [order, *parts], [packed, tabs], js=js, preprocess=False, **QUEUED)
    entrances = {door.inputs[parameter]: None for door in open_doors.values() for parameter in _parameters(door)}
    js = "async () => { await darkroom.there(); return [null]; }"
    there = sent.success(_unpack, packed, list(entrances), js=js, postprocess=False, **QUIET)
    there.then(None, None, None, js="() => darkroom.arrived()", **QUIET)


def registry(open_doors: Mapping[str, Door]) -> dict[str, Any]:
    """What the menu has to offer, for the page's head."""
    return {
        "gives": {
            name: [{"words": give.words, "hole": give.hole, "asks": give.asks} for give in gives(door)]
            for name, door in open_doors.items()
        },
        "takes": {
            name: [{"words": take.words, "hole": bool(take.mask), "opens": take.opens} for take in takes(door)]
            for name, door in open_doors.items()
        },
        "sendWords": WORDS,
    }


def _parameters(door: Door) -> list[str]:
    return [name for take in takes(door) for name in (take.into, *take.also, *([take.mask] if take.mask else []))]


def _pack(door: Door, open_doors: Mapping[str, Door], parts: list[Component]) -> Callable[..., Any]:
    def pack(order: str, *payloads: Any) -> tuple[dict[Component, Any], gr.Tabs]:
        asked = json.loads(order)
        to, values = open_doors[asked["to"]], dict(zip(parts, payloads, strict=True))
        give, take = gives(door)[asked["give"]], takes(to)[asked["take"]]
        try:
            gift = give.make(*(values[part] for part in give.parts(door)), asked)
            return filled(to, take, gift), gr.Tabs(selected=to.name)
        except InputError as error:
            raise spoken(here(), error) from None

    return pack


def _unpack(packed: dict[Component, Any]) -> dict[Component, Any]:
    return packed
