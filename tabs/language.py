"""What the page says, in English and Chinese. The English sentence is the key; `words.py` holds the Chinese one.

Fixed texts are translated in the browser (`label(...)`, by its language or Gradio's settings); texts that come from an
event are translated here (`say(...)`), in the language that the browser asks for. What our own scripts say is given
to them in `both(...)`.
"""

from __future__ import annotations

from typing import Any

import gradio as gr
from gradio.context import LocalContext

from imaging.types import InputError
from tabs.words import CHINESE

I18N = gr.I18n(en={english: english for english in CHINESE}, **{"zh-CN": CHINESE, "zh-TW": CHINESE, "zh": CHINESE})

LANGUAGES = ("en", "zh")


def label(english: str) -> Any:
    """A fixed text of the page; it must have its Chinese in `words.py`. Gradio takes it wherever it asks for a str."""
    return I18N(both(english)["en"])


def both(english: str) -> dict[str, str]:
    """A text in both languages, for a component of ours whose own script chooses; refused as by `label`."""
    if english not in CHINESE:
        raise KeyError(f"no Chinese in tabs/words.py for: {english}")
    return {"en": english, "zh": CHINESE[english]}


def of(request: gr.Request | None) -> str:
    """The language of a visitor: `?lang=` of the page's address, else the browser's first choice, else English."""
    if request is None:
        return "en"
    asked = dict(request.query_params).get("lang") or request.headers.get("accept-language", "")
    return "zh" if asked.lower().startswith("zh") else "en"


def here() -> str:
    """The language of the visitor whose event is being handled in this thread."""
    return of(LocalContext.request.get(None))


def say(language: str, english: str, **values: object) -> str:
    """A sentence in `language`, its `{names}` filled in; values that are sentences themselves are translated too."""
    template = CHINESE.get(english, english) if language == "zh" else english
    if language == "zh":
        values = {
            name: CHINESE.get(value, value) if isinstance(value, str) else value for name, value in values.items()
        }
    return template.format(**values)


def spoken(language: str, error: InputError) -> gr.Error:
    """The toast that shows `error` to the visitor."""
    return gr.Error(say(language, error.template, **error.values), print_exception=False)
