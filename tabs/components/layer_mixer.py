"""The layers of a photo, mixed again in the visitor's browser: solo, colour, blur, another picture, another background.

What it is made of lies beside this file: `layer_mixer.html`, `.css` and `.js`.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
from gradio.data_classes import FileData, GradioModel
from PIL import Image as PillowImage
from pydantic import Field

from imaging.types import Image, Matte
from tabs.cache import save_bytes_to_cache
from tabs.language import both

MOST_PIXELS = 2_000_000  # of a layer that is sent: a phone holds ten of those
WORDS = {
    "overview": both("Overview"),
    "reset": both("As it was"),
    "background": both("Background"),
    "picture": both("Picture"),
    "none": both("None"),
    "save": both("Save this picture"),
    "solo": both("Only this layer"),
    "front": both("To the front"),
    "back": both("To the back"),
    "replace": both("Fill with"),
    "own": both("Its own colours"),
    "opacity": both("Opacity"),
    "hue": both("Hue"),
    "saturation": both("Saturation"),
    "brightness": both("Brightness"),
    "blur": both("Blur"),
    "layers": both("Layers, the front first"),
    "canvas": both("The layers laid over each other. Click a thing to choose its layer."),
}


class LayerFile(GradioModel):
    """A layer as the browser gets it: a JPEG with its colours above and its alpha, grey, below."""

    file: FileData
    name: str
    tint: list[int]


class LayerFiles(GradioModel):
    """The layers, the rearmost first."""

    layers: list[LayerFile] = Field(default_factory=list)


@dataclass(frozen=True, eq=False)
class Layer:
    """`colours` uint8 (H, W, 3) and `matte` (H, W); its name, and the colour that stands for it."""

    colours: Image
    matte: Matte
    name: str
    tint: tuple[int, int, int]


class LayerMixer(gr.HTML):
    """Shows a sequence of `Layer`, or None. What the visitor changes stays in the browser."""

    data_model = LayerFiles

    def __init__(self, **settings: Any) -> None:
        super().__init__(
            html_template=_beside("layer_mixer.html"),
            css_template=_beside("layer_mixer.css"),
            js_on_load=_beside("layer_mixer.js"),
            apply_default_css=False,
            words=WORDS,
            **settings,
        )

    def preprocess(self, payload: LayerFiles | None) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Nothing: it is for output only."""
        return

    def postprocess(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, value: Sequence[Layer] | None
    ) -> LayerFiles | None:
        """Writes the layers where Gradio serves them from."""
        if value is None:
            return None
        return LayerFiles(layers=[self._file(layer) for layer in value])

    def api_info(self) -> dict[str, Any]:
        """The files that the API gives."""
        return LayerFiles.model_json_schema()

    def example_payload(self) -> Any:
        """For the API's page."""
        return {"layers": []}

    example_value = example_payload

    def _file(self, layer: Layer) -> LayerFile:
        height, width = layer.matte.shape
        scale = min(1.0, (MOST_PIXELS / (height * width)) ** 0.5)
        size = max(1, round(width * scale)), max(1, round(height * scale))
        grey = np.repeat(np.rint(layer.matte * 255).astype(np.uint8)[..., None], 3, 2)
        parts = [np.asarray(PillowImage.fromarray(part).resize(size)) for part in (layer.colours, grey)]
        buffer = io.BytesIO()
        PillowImage.fromarray(np.vstack(parts)).save(buffer, "JPEG", quality=95, subsampling=0)
        path = save_bytes_to_cache(buffer.getvalue(), "layer.jpg", self.GRADIO_CACHE)
        return LayerFile(file=FileData(path=path, mime_type="image/jpeg"), name=layer.name, tint=list(layer.tint))


def _beside(name: str) -> str:
    return (Path(__file__).parent / name).read_text(encoding="utf-8")
