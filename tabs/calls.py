"""Bad calls get a sentence in the caller's language: importing this module mends how Gradio takes inputs in.

Gradio 6.31 answers a program that sends text for a number, or too few values, with `{"error": null}` and a stack trace
in the log; and it names the request only while a handler runs, so that what is said of an upload before (a file that is
no picture) would be English for everybody. A number field that a visitor has emptied comes as None.
"""

from __future__ import annotations

import functools
import logging
import re
from pathlib import Path
from traceback import walk_tb
from typing import Any

import gradio as gr
from gradio.context import LocalContext

from imaging.types import InputError
from tabs.language import here, say, spoken

log = logging.getLogger(__name__)

_HOUSE = Path(__file__).resolve().parents[1]
_BEYOND = {
    "greater than maximum": "{value} is too much here: {limit} at most.",
    "less than minimum": "{value} is too little here: {limit} at least.",
}
_gradios_process_api = gr.Blocks.process_api
_gradios_preprocess_data = gr.Blocks.preprocess_data


@functools.wraps(_gradios_process_api)
async def process_api(self: gr.Blocks, *arguments: Any, **named: Any) -> dict[str, Any]:
    """As Gradio's, with the request known to all that it calls."""
    request = named.get("request")
    LocalContext.request.set(request[0] if isinstance(request, list) else request)
    return await _gradios_process_api(self, *arguments, **named)


@functools.wraps(_gradios_preprocess_data)
async def preprocess_data(self: gr.Blocks, block_fn: Any, *arguments: Any, **named: Any) -> list[Any]:
    """As Gradio's, whose complaints become sentences; an empty number field stands for its usual value."""
    try:
        values = await _gradios_preprocess_data(self, block_fn, *arguments, **named)
        return [
            one.value if value is None and isinstance(one, gr.Number) else value
            for one, value in zip(block_fn.inputs, values, strict=True)
        ]
    except gr.Error as error:
        if not error.print_exception:  # ours, and said already
            raise
        complaint = _complaint(error.message)
    except Exception as error:
        if _in_our_code(error):
            log.exception("a bug in taking inputs in")
            apology = say(here(), "Something broke on our side, and it is written in the log. Try again.")
            raise gr.Error(apology, print_exception=False) from None
        complaint = InputError("These values do not fit the endpoint: what it takes is listed under ?view=api.")
    raise spoken(here(), complaint) from None


def _complaint(message: str) -> InputError:
    """Gradio's own sentence for a value that a component does not take."""
    if found := re.fullmatch(r"Value (\S+) is ([a-z ]+) value (\S+)\.", message):
        value, how, limit = found.groups()
        return InputError(_BEYOND[how], value=value, limit=limit)
    return InputError("A value does not fit: {reason}", reason=message)


def _in_our_code(error: Exception) -> bool:
    """Whether it was raised in this house, not in the libraries that live in it."""
    *_, (frame, _) = walk_tb((error.__cause__ or error).__traceback__)
    file = Path(frame.f_code.co_filename).resolve()
    return file.is_relative_to(_HOUSE) and "site-packages" not in file.parts


gr.Blocks.process_api = process_api
gr.Blocks.preprocess_data = preprocess_data
