"""Links: `/?tab=super_resolution&example=cat&scale=3` opens that tab with that example, its settings and its result.

What is asked is checked against the components themselves (`settings.py`); what cannot be is said, and the usual value
serves. The browser's part, `links.js`, keeps the address in step with the page. Nothing in a link is ever fetched.
"""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import gradio as gr
from gradio.components import Component

from tabs import how_it_works, results, send, share, shared, snippets
from tabs.doors import Door, doors
from tabs.handlers import QUEUED, QUIET
from tabs.language import both, label, of, say

WAIT = "async () => { await darkroom.shown(); return []; }"  # until the tab's editor is there, if it has one
OWN = ("upload", "clear")  # events after which a picture is the visitor's own


def opened(door: Door, example: str, query: Mapping[str, str], language: str) -> tuple[dict[Component, Any], list[str]]:
    """What inputs and outputs become, as the browser takes it; and the settings that were asked for in vain."""
    values, refused = {}, []
    for name, text in query.items():
        try:
            if name in door.settings:
                values[name] = door.settings[name].read(text)
        except ValueError:
            refused.append(name)
    own = door.examples.get(example, {})
    changes = door.values(own, **values)
    if example in door.examples and all(own.get(name, door.settings[name].default) == values[name] for name in values):
        changes |= example_result(door, example, language)
    return changes, refused


def example_result(door: Door, example: str, language: str) -> dict[Component, Any]:
    """The result that was made beforehand, in the outputs."""
    found = results.result(door, example, language)
    if found:
        # Not the line of that run: how long another machine took says nothing here.
        found[door.frame.status] = say(language, "Made beforehand, with these settings. Run makes it anew.")
        found |= door.nothing_to_hand_out()
    return found


def arrive(open_doors: Mapping[str, Door], tabs: gr.Tabs) -> Callable[[gr.Request], dict[Any, Any]]:
    """The handler of a page load that a link asked for."""

    def load(request: gr.Request) -> dict[Any, Any]:
        query, language = dict(request.query_params), of(request)
        door = open_doors.get(query.get("tab", ""))
        if door is None:
            if query.get("tab"):
                _tell(language, "The link names a tab that is not here: {name}.", name=query["tab"])
            return gr.skip()
        example = query.get("example", "")
        if example and example not in door.examples:
            _tell(language, "The link names an example that is not here: {name}.", name=example)
        changes, refused = opened(door, example, query, language)
        if query.get("shared"):
            pictures = shared.opened(door, query["shared"])
            if pictures is None:
                _tell(language, "The picture of this link is kept no more: it was for a day.")
            changes |= (pictures or {}) | door.consent_withdrawn()
        if refused:
            names = ", ".join(refused)
            _tell(
                language, "The link asks for what cannot be set here, so the usual value serves: {names}.", names=names
            )
        changes = {part: value for part, value in changes.items() if not isinstance(part, gr.HTML)}
        return {tabs: {"__type__": "update", "selected": door.name}, **changes}

    return load


def _once_more(load: Callable[[gr.Request], dict[Any, Any]], editors: list[Component]) -> Callable[[gr.Request], Any]:
    """The same handler, for the editors alone."""

    def editors_only(request: gr.Request) -> Any:
        return _alone(
            {one: value for one, value in load(request).items() if one in editors and value is not None}, editors
        )

    return editors_only


def _fill(door: Door, own: Sequence[Component]) -> Callable[[str, gr.Request], Any]:
    """The handler that a link's page calls once the tab's own components are there: what the link makes of them."""

    def fill(asked: str, request: gr.Request) -> Any:
        query, language = dict(parse_qsl(asked)), of(request)
        changes, _ = opened(door, query.get("example", ""), query, language)
        if query.get("shared"):
            changes |= shared.opened(door, query["shared"]) or {}
        return _alone({one: changes[one] for one in own if changes.get(one) is not None}, own)

    return fill


def _alone(changes: dict[Component, Any], outputs: Sequence[Component]) -> Any:
    """Of one output Gradio takes the value itself, not a dict."""
    return changes.get(outputs[0], gr.skip()) if len(outputs) == 1 else changes or gr.skip()


def _tell(language: str, english: str, **values: str) -> None:
    gr.Info(html.escape(say(language, english, **{name: text[:80] for name, text in values.items()})))


def wire(tabs: gr.Tabs, places: Mapping[str, gr.Tab]) -> None:
    """After all tabs are built: page load, strips of examples, and what the browser follows."""
    open_doors = doors()
    # Not our own components: what an event gives to one that was never shown, even nothing, takes its properties from
    # it, and its script fails.
    outputs = {part: None for door in open_doors.values() for part in _parts(door) if not isinstance(part, gr.HTML)}
    # Not at every page load: what a call gives to so many parts keeps the browser busy for half a second.
    arrival = gr.Button(visible="hidden", elem_id="arrival")
    gr.on(None, None, None, None, js="() => darkroom.arrive()", **QUIET)
    arrived = arrival.click(arrive(open_doors, tabs), None, [tabs, *outputs], postprocess=False, **QUEUED)
    # An ImageEditor forgets what it is given before its tab was ever shown: it gets it once more.
    editors: list[Component] = [one for one in outputs if isinstance(one, gr.ImageEditor)]
    arrived.then(_once_more(arrive(open_doors, tabs), editors), None, editors, js=WAIT, postprocess=False, **QUIET)
    arrived.then(None, None, None, js="() => darkroom.ready()", **QUIET)
    for name, door in open_doors.items():
        places[name].select(None, None, None, js=f"() => darkroom.turned({name!r})", **QUIET)
        with door.frame.examples:
            _strip(door)
        with door.frame.share:
            share.row(door)
            send.button(door, open_doors, tabs)
            if ours := [part for part in _parts(door) if isinstance(part, gr.HTML)]:
                filled = gr.Button(visible="hidden", elem_id=f"{name}-fill")
                asked = gr.Textbox(visible="hidden")
                ask = "() => [darkroom.asked()]"
                filled.click(_fill(door, ours), asked, ours, js=ask, postprocess=False, **QUIET)
        with door.frame.notes:
            how_it_works.panel(name)
        set_by = [setting.component for setting in door.settings.values()]
        changes = [component.change for component in set_by]  # pyright: ignore[reportAttributeAccessIssue]
        gr.on(changes, None, set_by, None, js=f"(...values) => darkroom.changed({name!r}, values)", **QUIET)
        own = [getattr(one, event) for one in door.pictures.values() for event in OWN if hasattr(one, event)]
        gr.on(own, None, None, None, js=f"() => darkroom.own({name!r})", **QUIET)


def _paints(door: Door) -> bool:
    return isinstance(door.entrance, gr.ImageEditor)


def _parts(door: Door) -> list[Component]:
    """All that a link or an example can change."""
    set_by = [setting.component for setting in door.settings.values()]
    return [*door.pictures.values(), *set_by, *door.shown, *door.nothing_to_hand_out()]


def _strip(door: Door) -> None:
    """Small pictures of the examples' results; a click opens one."""
    names = list(door.examples)
    if not names:
        return
    pictures = [[str(_thumbnail(door, name))] for name in names]
    strip = gr.Dataset(
        components=[gr.Image(type="filepath", render=False)],
        samples=pictures,
        type="index",
        label=label("Examples"),
        elem_id=f"{door.name}-examples",
    )

    def choose(index: int, request: gr.Request) -> dict[Component, Any]:
        return opened(door, names[index], {}, of(request))[0]

    js = f"(index) => {{ darkroom.chosen({door.name!r}, index); return [index]; }}"
    strip.click(choose, strip, _parts(door), js=js, postprocess=False, **QUIET)


def _thumbnail(door: Door, example: str) -> Path:
    made = results.place(door.name, example) / "thumbnail.webp"
    given = door.examples[example]
    return made if made.exists() else Path(next(given[name] for name in door.pictures if name in given))


def head(titles: Mapping[str, str]) -> str:
    """The browser's part, for the page's head; `titles` of the tabs by name."""
    registry: dict[str, Any] = {
        "tabs": list(doors()),
        "settings": {
            name: [{"name": one.name, "default": one.default, "linked": one.linked} for one in door.settings.values()]
            for name, door in doors().items()
        },
        "editors": {name: door.entrance.elem_id for name, door in doors().items() if _paints(door)},
        "examples": {
            name: {
                example: {key: value for key, value in given.items() if key in door.settings}
                for example, given in door.examples.items()
            }
            for name, door in doors().items()
        },
    }
    registry |= {
        "words": share.WORDS,
        "height": share.HEIGHT,
        "titles": {name: both(title) for name, title in titles.items()},
        "code": {name: snippets.snippets(door) for name, door in doors().items()},
        **send.registry(doors()),
    }
    style, *scripts = (_beside(name) for name in ("share.css", "links.js", "share.js", "send.js", "names.js"))
    # "</script>" in a value would end the script.
    data = json.dumps(registry, ensure_ascii=False).replace("<", "\\u003c")
    # Not in the page's own CSS, whose rules Gradio confines to inside of the page: these look at `<html>`, and the
    # dialog is outside.
    return f"<style>{style}</style><script>{''.join(scripts).replace('REGISTRY', data, 1)}</script>"


def _beside(name: str) -> str:
    return (Path(__file__).parent / name).read_text(encoding="utf-8")
