"""A picture with its label map over it: the visitor picks regions and repaints the map, with exact ids.

The script works on the ids themselves and sends them as a PNG shortly after a stroke ends, a pick at once. What it is
made of lies beside this file: `label_painter.html`, `.css` and `.js`, `label_map.js` and `label_png.js`.
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
from numpy.typing import NDArray
from PIL import Image as PillowImage
from pydantic import Field

from imaging.files import Picture, png, read
from imaging.types import Image, InputError, LabelMap
from tabs.cache import save_bytes_to_cache
from tabs.language import both, here, spoken

WORDS = {
    "pick": both("Pick"),
    "brush": both("Brush"),
    "fill": both("Fill"),
    "eraser": both("Eraser"),
    "undo": both("Undo"),
    "redo": both("Redo"),
    "size": both("Size"),
    "opacity": both("Opacity"),
    "show": both("Show regions"),
    "tools": both("Tools"),
    "regions": both("Regions"),
    "stage": both(
        "The picture and its regions. The arrow keys move among the regions, Ctrl+Z takes a step back, [ and ] change "
        "the size of the brush."
    ),
    "empty": both("The regions of your picture appear here."),
    "pickHint": both("Click the regions that shall change, in the picture or here:"),
    "brushHint": both("Draw in the picture; it becomes the region that is marked here:"),
    "fillHint": both("Click a spot of the picture; all that hangs together there becomes:"),
    "eraserHint": both("Draw where the regions shall be again what they were at first."),
    "picked": both("Picked: {names}"),
    "nothing": both("Nothing is picked."),
    "undone": both("One step back."),
    "redone": both("One step forth again."),
    "unsent": both("The regions could not be sent. Draw once more to try again."),
    "unloaded": both("The regions could not be loaded. Choose the picture again."),
}


class PaintedFiles(GradioModel):
    """What the browser and the API send and get; `labels` is a PNG whose grey values are the ids."""

    picture: FileData | None = None
    labels: FileData | None = None
    picked: list[int] = Field(default_factory=list)


@dataclass(frozen=True, eq=False)
class Painted:
    """What a handler gets: `labels` uint8 (H, W) of ids as they are painted now, and the ids that are picked."""

    labels: NDArray[np.uint8] | None
    picked: tuple[int, ...]


class LabelPainter(gr.HTML):
    """Shows `(picture, labels)`, uint8 (H, W, 3) and uint8 (h, w) of ids, or None; a handler gets `Painted`.

    `names` are English and in `tabs/words.py`, one per id, `colours` their sRGB in 0..255, `height` the picture's
    greatest height in CSS pixels. The sizes of the picture and of its map may differ; the map is stretched over the
    picture. Digits choose a region as its chip does; Alt and a click with the brush or the filler take the region that
    is there. `before`: the id of a button that waits until what was painted has arrived.
    """

    data_model = PaintedFiles

    def __init__(
        self,
        names: Sequence[str],
        colours: Sequence[tuple[int, int, int]],
        height: int = 560,
        limit_megapixels: float = 16,
        before: str = "",
        **settings: Any,
    ) -> None:
        if len(names) != len(colours):
            raise ValueError(f"{len(names)} names, but {len(colours)} colours")
        self.names, self.limit_megapixels = tuple(names), limit_megapixels
        super().__init__(
            html_template=_beside("label_painter.html"),
            css_template=_beside("label_painter.css"),
            js_on_load=_beside("label_png.js", "label_map.js", "label_painter.js"),
            apply_default_css=False,
            names=[both(name) for name in names],
            colours=[list(colour) for colour in colours],
            height=height,
            before=before,
            words=WORDS,
            **settings,
        )

    def preprocess(self, payload: PaintedFiles | None) -> Painted:  # pyright: ignore[reportIncompatibleMethodOverride]
        """What is painted and picked; raises `gr.Error` with a sentence for a bad file or an id without a name."""
        if payload is None:
            return Painted(None, ())
        try:
            labels = None if payload.labels is None else self._decoded(Path(payload.labels.path))
            self._check(payload.picked)
        except InputError as error:
            raise spoken(here(), error) from None
        return Painted(labels, tuple(dict.fromkeys(payload.picked)))

    def postprocess(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, value: tuple[Image, NDArray[np.uint8]] | None
    ) -> PaintedFiles | None:
        """Writes both PNGs where Gradio serves them from; the visitor's history and picks begin anew."""
        if value is None:
            return None
        picture, labels = value
        grey = io.BytesIO()
        PillowImage.fromarray(LabelMap(labels, self.names).ids).save(grey, "PNG")
        return PaintedFiles(
            picture=self._cached(png(Picture(picture)), "picture.png"),
            labels=self._cached(grey.getvalue(), "labels.png"),
        )

    def api_info(self) -> dict[str, Any]:
        """The files and ids that the API takes and gives."""
        return PaintedFiles.model_json_schema()

    def example_payload(self) -> Any:
        """For the API's page."""
        return {"picture": None, "labels": None, "picked": [1]}

    example_value = example_payload

    def _decoded(self, path: Path) -> NDArray[np.uint8]:
        labels = np.ascontiguousarray(read(path, self.limit_megapixels).pixels[..., 0])
        self._check([int(labels.max())])
        return labels

    def _check(self, labels: Sequence[int]) -> None:
        last = len(self.names) - 1
        for label in labels:
            if not 0 <= label <= last:
                raise InputError("There is no region {label}: they go from 0 to {last}.", label=label, last=last)

    def _cached(self, data: bytes, name: str) -> FileData:
        return FileData(path=save_bytes_to_cache(data, name, self.GRADIO_CACHE), mime_type="image/png")


def _beside(*names: str) -> str:
    return "\n".join((Path(__file__).parent / name).read_text(encoding="utf-8") for name in names)
