"""A photo on which a brush marks what should go; gives the photo and the mask, whatever the canvas made of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
from gradio.components.image_editor import EditorData
from gradio.data_classes import FileData
from PIL import Image as PillowImage

from imaging.files import Picture, read
from imaging.types import InputError, Mask
from tabs.language import here, spoken

COLOUR = "#ff2d2d"


@dataclass(frozen=True, eq=False)
class PaintedMask:
    """A photo, and bool (H, W) where the brush went over it."""

    picture: Picture
    mask: Mask


class MaskPainter(gr.ImageEditor):
    """`gr.ImageEditor` of one layer and one colour, whose handlers get a `PaintedMask`, None without a photo."""

    is_template = True  # the browser shows it as a gr.ImageEditor

    def __init__(self, limit_megapixels: float, **settings: Any) -> None:
        super().__init__(
            type="pil",
            format="png",
            image_mode="RGBA",
            sources=["upload", "clipboard"],
            transforms=(),
            brush=gr.Brush(colors=[COLOUR], default_color=COLOUR, color_mode="fixed", default_size=16),
            eraser=gr.Eraser(default_size=16),
            layers=gr.LayerOptions(allow_additional_layers=False),
            **settings,
        )
        self.limit_megapixels = limit_megapixels

    def preprocess(self, payload: EditorData | None) -> PaintedMask | None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The photo and what is marked; raises `gr.Error` with a sentence for a bad file."""
        if payload is None:
            return None
        # The browser's pictures wait as bytes under a number, those of programs lie in files. Read as everywhere else:
        # Gradio's own way knows no EXIF, no profile and no limit.
        sent = self.blob_storage.pop(payload.id, None) if payload.id else payload
        if sent is None or sent.background is None:
            return None
        try:
            picture = self._read(sent.background)
            mask = np.zeros(picture.pixels.shape[:2], np.bool_)
            for layer in filter(None, sent.layers):
                mask |= _covered(self._read(layer), mask.shape)
        except InputError as error:
            raise spoken(here(), error) from None
        return PaintedMask(picture, mask)

    def _read(self, file: FileData | bytes) -> Picture:
        return read(file if isinstance(file, bytes) else Path(file.path), self.limit_megapixels)

    def get_config(self, cls: type | None = None) -> dict[str, Any]:
        """What the browser is told: a `gr.ImageEditor`."""
        return super().get_config(gr.ImageEditor)


def _covered(layer: Picture, shape: tuple[int, ...]) -> Mask:
    """Where a layer, resized to `shape`, is not see-through."""
    if layer.alpha is None:
        return np.ones(shape, np.bool_)
    shown = PillowImage.fromarray(layer.alpha > 0)
    return np.asarray(shown.resize((shape[1], shape[0]), PillowImage.Resampling.NEAREST))
