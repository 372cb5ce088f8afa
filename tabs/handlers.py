"""What every tab's handlers need: errors that become sentences, stand-ins for missing weights, files to hand out."""

from __future__ import annotations

import functools
import html
import logging
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import gradio as gr
from gradio.utils import get_upload_folder

import hosting
from checkpoints import UnusableFile
from imaging.types import InputError
from pipelines.contract import Pipeline
from tabs.cache import save_bytes_to_cache
from tabs.language import say, spoken

Kind = TypeVar("Kind", bound=Pipeline)
Items = Callable[..., Iterator[Any]]

# Of an event that only moves things about; and of one that may have to say something, as only queued events can.
QUIET: dict[str, Any] = {"queue": False, "api_visibility": "private", "show_progress": "hidden"}
EMPTIED = "() => [null]"  # the browser's part of an event that empties a part at once
QUEUED = QUIET | {"queue": True, "concurrency_limit": None}

log = logging.getLogger(__name__)


def computes(seconds: int) -> Callable[[Items], Items]:
    """Decorates the generator that computes, for up to `seconds`; its first argument is the visitor's language.

    It runs on a Space's GPU where there is one, so it takes and gives plain values, and its errors turn into `gr.Error`
    inside: those are all that crosses the process border there.
    """

    def decorate(function: Items) -> Items:
        @functools.wraps(function)
        def speaking(language: str, *arguments: object) -> Iterator[Any]:
            try:
                yield from function(language, *arguments)
            except InputError as error:
                raise spoken(language, error) from None
            except gr.Error:
                raise
            except Exception:
                log.exception("a bug in %s", function.__name__)
                apology = say(language, "Something broke on our side, and it is written in the log. Try again.")
                raise gr.Error(apology, print_exception=False) from None
            finally:
                hosting.give_back_memory()

        return hosting.on_gpu(seconds)(speaking)

    return decorate


def pipeline_or_default(language: str, kind: type[Kind], variant: str) -> tuple[Kind, str]:
    """The pipeline with `variant`'s weights, or with the default's and a warning; and the variant that it became."""
    default = next(iter(kind.CHECKPOINTS))
    try:
        return hosting.pipeline(kind, variant), variant
    except UnusableFile as error:
        if variant == default:
            raise
        reason = say(language, error.template, **error.values)
        instead = say(language, "{reason} {variant} works instead.", reason=reason, variant=default)
        gr.Warning(html.escape(instead))
        return hosting.pipeline(kind, default), default


def hand_out(data: bytes, name: str) -> str:
    """Puts a file where Gradio serves it from, and deletes it after a while; returns its path."""
    return save_bytes_to_cache(data, name, get_upload_folder())
