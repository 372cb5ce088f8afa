"""A photo on which a brush marks what should go; gives the photo and the mask, whatever the canvas made of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr
import numpy as np
from gradio.components.image_editor import EditorData
from PIL import Image as PillowImage

from imaging.files import Picture
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
        try:
            try:
                value = super().preprocess(payload)
            except (OSError, ValueError, SyntaxError, PillowImage.DecompressionBombError) as error:
                raise InputError(
                    "This file could not be read as a picture. Use PNG, JPEG, WebP, AVIF, GIF, BMP or TIFF."
                ) from error
            return None if value is None else self._painted(value)
        except InputError as error:
            raise spoken(here(), error) from None

    def _painted(self, value: Any) -> PaintedMask | None:
        background = value["background"]
        if not isinstance(background, PillowImage.Image):
            return None
        if background.width * background.height > self.limit_megapixels * 1e6:
            raise InputError(
                "This picture is far too large: the limit is {limit:g} megapixels. Make it smaller first.",
                limit=self.limit_megapixels,
            )
        pixels = np.asarray(background.convert("RGBA"))
        matte = pixels[..., 3].astype(np.float32) / np.float32(255)
        picture = Picture(pixels[..., :3].copy(), None if matte.min() == 1 else matte)
        mask = np.zeros(matte.shape, np.bool_)
        for layer in value["layers"]:
            alpha = layer.convert("RGBA").getchannel("A").resize(background.size, PillowImage.Resampling.NEAREST)
            mask |= np.asarray(alpha) > 0
        return PaintedMask(picture, mask)

    def get_config(self, cls: type | None = None) -> dict[str, Any]:
        """What the browser is told: a `gr.ImageEditor`."""
        return super().get_config(gr.ImageEditor)
