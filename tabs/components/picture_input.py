"""A picture upload that decodes with `imaging.files`: the right pixels for every format, and sentences for bad files.

Gradio's own `gr.Image` gives wrong pixels for GIF, 16 bit and transparency, and shows server paths where a file is bad.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr
from gradio.data_classes import ImageData

from imaging.files import Picture, read
from imaging.types import InputError
from tabs.language import here, spoken


class PictureInput(gr.Image):
    """`gr.Image` whose handlers get an `imaging.files.Picture`; `limit_megapixels` is checked before decoding."""

    is_template = True  # the browser shows it as a gr.Image

    def __init__(self, limit_megapixels: float, **settings: Any) -> None:
        # No webcam, which Gradio offers by itself: these are methods for photos, and a camera asks for a permission.
        super().__init__(type="filepath", format="png", image_mode=None, sources=["upload", "clipboard"], **settings)
        self.limit_megapixels = limit_megapixels

    def preprocess(self, payload: ImageData | None) -> Picture | None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The upload as a `Picture`, None where there is none; raises `gr.Error` with a sentence for a bad file."""
        if payload is None or not payload.path:
            return None
        try:
            return read(Path(payload.path), self.limit_megapixels)
        except InputError as error:
            raise spoken(here(), error) from None

    def get_config(self, cls: type | None = None) -> dict[str, Any]:
        """What the browser is told: a `gr.Image`."""
        return super().get_config(gr.Image)
