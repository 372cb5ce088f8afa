"""A photo on which a visitor draws boxes and says what shall become of each: add, remove, replace, move, recolour.

The script lies beside this file: `box_editor.html` and `.css`, `box_edits.js` (the list and its history) and
`box_editor.js`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
from gradio.data_classes import FileData, GradioModel
from PIL import Image as PillowImage
from pydantic import Field

from imaging.files import Picture, png
from imaging.types import Image, InputError
from tabs.cache import save_bytes_to_cache
from tabs.language import both, here, spoken

ACTIONS = ("add", "remove", "replace", "move", "recolour")
MOST_POINTS = 400  # of an outline
SHOWN = 1600  # pixels, the longer side of what the browser is sent

WORDS = {
    "actions": both("What to do"),
    "add": both("Add"),
    "remove": both("Remove"),
    "replace": both("Replace"),
    "move": both("Move"),
    "recolour": both("Recolour"),
    "undo": both("Undo"),
    "redo": both("Redo"),
    "kinds": both("Objects"),
    "list": both("Edits"),
    "new": both("New box"),
    "delete": both("Delete"),
    "back": both("Further back"),
    "front": both("Further in front"),
    "colour": both("Colour"),
    "anyColour": both("any"),
    "ownColour": both("this one"),
    "pictureColour": both("of the picture in Settings"),
    "variant": both("Another variant"),
    "variantOf": both("variant"),
    "more": both("More"),
    "outline": both("Draw its outline"),
    "behind": both("Objects that stay in front"),
    "scale": both("Smaller when farther away"),
    "empty": both("Your street appears here."),
    "stage": both(
        "The street and its boxes. N makes a box, digits choose one, the arrow keys move it, with Shift they resize "
        "it, Delete deletes it, Ctrl+Z takes a step back."
    ),
    "addHint": both("Choose an object, then drag a box where it shall stand."),
    "removeHint": both("Drag a box around what shall go."),
    "replaceHint": both("Choose an object, then drag a box around what it shall replace."),
    "moveHint": both("Drag a box around an object; then drag the second box to where it shall go."),
    "recolourHint": both("Drag a box around an object, then choose its colour."),
    "addChosen": both(
        "Drag the box to move it, its corners to resize it; Run puts it in. For one more, click beside it first."
    ),
    "removeChosen": both("Run takes away the objects in this box."),
    "replaceChosen": both("Run takes away the objects in this box and puts the new one in."),
    "moveChosen": both("Drag the second box to where the object shall go."),
    "recolourChosen": both("Run paints the object in this box in its new colour."),
    "sketchHint": both("Draw the outline of the object inside its box, in one stroke."),
}


class EditFields(GradioModel):
    """One box as the browser and the API write it.

    `box` and `to`: left, top, right, bottom in pixels of the photo; `to` is where `move` goes. `colour`: "" for any,
    "#rrggbb", or "picture". `outline`: points in shares of the box, 0..1.
    """

    action: str = "add"
    box: list[float]
    to: list[float] = Field(default_factory=list)
    label: str = "car"
    colour: str = ""
    behind: int = 0
    seed: int = 0
    outline: list[list[float]] = Field(default_factory=list)


class BoxFields(GradioModel):
    """What the browser and the API send and get; `horizon` is a row of the photo, `chosen` an index into `edits`."""

    picture: FileData | None = None
    width: int = 0
    height: int = 0
    horizon: int | None = None
    edits: list[EditFields] = Field(default_factory=list)
    chosen: int = -1


@dataclass(frozen=True, eq=False)
class Drawn:
    """What a handler gets: the edits in their order, the last one in front, and which is chosen; -1: none.

    `fields` is as the browser sent it: given back with other edits, it shows them.
    """

    edits: tuple[EditFields, ...]
    chosen: int
    fields: BoxFields

    def with_edits(self, edits: Sequence[EditFields], chosen: int) -> BoxFields:
        """What to show instead."""
        return self.fields.model_copy(update={"edits": list(edits), "chosen": chosen})


class BoxEditor(gr.HTML):
    """Shows `(photo, horizon, edits)`: uint8 (H, W, 3), a row or None, `EditFields`; or `BoxFields`; or None.

    A handler gets `Drawn`. `labels` are what can be put into a box, English and in `tabs/words.py`, `colours` their
    sRGB in 0..255. Its event `submit` asks for another variant of the box that is chosen.
    """

    data_model = BoxFields

    def __init__(
        self,
        labels: Sequence[str],
        colours: Sequence[tuple[int, int, int]],
        height: int = 460,
        **settings: Any,
    ) -> None:
        super().__init__(
            value=BoxFields(),  # so that a program may leave it out
            html_template=_beside("box_editor.html"),
            css_template=_beside("box_editor.css"),
            js_on_load=_beside("box_edits.js", "box_editor.js"),
            apply_default_css=False,
            labels=list(labels),
            colours=["#{:02x}{:02x}{:02x}".format(*colour) for colour in colours],
            height=height,
            words=WORDS | {f"kind {name}": both(name) for name in labels},
            **settings,
        )

    def preprocess(self, payload: BoxFields | None) -> Drawn:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The edits; raises `gr.Error` with a sentence for what no browser of ours sends."""
        payload = payload or BoxFields()
        try:
            for edit in payload.edits:
                _check(edit)
        except InputError as error:
            raise spoken(here(), error) from None
        chosen = payload.chosen if 0 <= payload.chosen < len(payload.edits) else -1
        return Drawn(tuple(payload.edits), chosen, payload)

    def postprocess(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, value: tuple[Image, int | None, Sequence[EditFields]] | BoxFields | None
    ) -> BoxFields | None:
        """Writes the photo, no larger than a screen, where Gradio serves it from."""
        if value is None or isinstance(value, BoxFields):
            return value
        photo, horizon, edits = value
        height, width = photo.shape[:2]
        small = PillowImage.fromarray(photo)
        small.thumbnail((SHOWN, SHOWN), PillowImage.Resampling.LANCZOS)
        path = save_bytes_to_cache(png(Picture(np.asarray(small))), "photo.png", self.GRADIO_CACHE)
        picture = FileData(path=path, mime_type="image/png")
        return BoxFields(picture=picture, width=width, height=height, horizon=horizon, edits=list(edits))

    def api_info(self) -> dict[str, Any]:
        """The fields that the API takes and gives."""
        return BoxFields.model_json_schema()

    def example_payload(self) -> Any:
        """For the API's page."""
        return {"edits": [{"action": "add", "box": [100, 200, 260, 300], "label": "car"}]}

    example_value = example_payload


def _check(edit: EditFields) -> None:
    numbers = [*edit.box, *edit.to, *(number for point in edit.outline for number in point)]
    if not all(map(math.isfinite, numbers)):
        raise InputError("This box has an edge that is no number: draw it again.")
    if (
        len(edit.box) != 4
        or len(edit.to) not in (0, 4)
        or len(edit.outline) > MOST_POINTS
        or any(len(point) != 2 for point in edit.outline)
    ):
        raise InputError("A box is damaged: it has four edges, and points of its outline have two numbers.")
    if edit.action not in ACTIONS:
        sentence = "There is no edit called {action}. Choose one of: {actions}."
        raise InputError(sentence, action=edit.action, actions=", ".join(ACTIONS))


def _beside(*names: str) -> str:
    return "\n".join((Path(__file__).parent / name).read_text(encoding="utf-8") for name in names)
