"""Under each result: copy the link, and a dialog with all ways to use the tab elsewhere (`share.js`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from imaging.types import InputError
from tabs import shared
from tabs.doors import Door
from tabs.handlers import QUEUED, QUIET
from tabs.language import both, here, label, spoken

HEIGHT = 860  # CSS pixels of an embedded tab: its inputs, Run and result without scrolling
WORDS = {
    "title": both("Use this elsewhere"),
    "close": both("Close"),
    "copy": both("Copy"),
    "copied": both("Copied"),
    "link": both("Link to this tab with its settings"),
    "without": both("Pictures of your own are not in it."),
    "agree": both("My picture may be kept here for 24 hours, for everybody who has the link."),
    "keep": both("Make a link with my picture"),
    "kept": both("This link holds your picture. It ends in 24 hours, or earlier if this page restarts."),
    "embed": both("For a page of your own"),
    "badge": both("Badge for a README"),
    "code": both("From a program"),
    "example": both("Example {number}"),
    "picture": both("Picture"),
    "open": both("Open in Semantic Darkroom"),
}


def row(door: Door) -> None:
    """The buttons, and what the dialog needs on our side to keep a visitor's picture."""
    name = door.name
    copy = gr.Button(label("Copy link"), size="sm", min_width=110, elem_id=f"{name}-copy-link")
    more = gr.Button(label("Embed, share, code"), size="sm", min_width=110, elem_id=f"{name}-use-elsewhere")
    keep = gr.Button(visible="hidden", elem_id=f"{name}-keep")
    token = gr.Textbox(visible="hidden", elem_id=f"{name}-token")
    copy.click(None, None, None, js=f"() => darkroom.copyLink({name!r})", **QUIET)
    more.click(None, None, None, js=f"() => darkroom.dialog({name!r})", **QUIET)
    kept = keep.click(_keep(door), list(door.pictures.values()), token, preprocess=False, **QUEUED)
    kept.success(None, token, None, js=f"(token) => darkroom.kept({name!r}, token)", **QUIET)


def _keep(door: Door) -> Callable[..., str]:
    def keep(*payloads: Any) -> str:
        try:
            return shared.keep(door, list(payloads))
        except InputError as error:
            raise spoken(here(), error) from None

    return keep
