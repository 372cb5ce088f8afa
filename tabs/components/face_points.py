"""The faces of a photo and the 68 points of one, where they were found; a visitor chooses a face and drags them right.

The script lies beside this file: `face_points.html`, `.css` and `.js`.
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
from numpy.typing import NDArray
from PIL import Image as PillowImage
from pydantic import Field

from imaging.files import Picture, png
from imaging.landmarks import LINES
from imaging.types import Image, InputError
from tabs.cache import save_bytes_to_cache
from tabs.language import both, here, spoken

POINTS = 68
LEAST = 2  # pixels of a box
MOST_FACES = 100
SHOWN = 1600  # pixels, the longer side of what the browser is sent

WORDS = {
    "zoom": both("Close up"),
    "undo": both("Undo"),
    "again": both("As found"),
    "stage": both(
        "The photo, its faces and the points of one. N and P choose a point, the arrow keys move it, Ctrl+Z takes a "
        "step back."
    ),
    "empty": both("The faces of your photo appear here."),
    "hint": both("Drag a point that lies wrong; click another face; drag a box whose face was missed."),
    "reading": both("Reading the points of this face."),
}


class FaceFields(GradioModel):
    """What the browser and the API send and get; edges and points in pixels of the photo, faces counted from 1."""

    picture: FileData | None = None
    width: int = 0
    height: int = 0
    face: int = 1
    boxes: list[list[float]] = Field(default_factory=list)
    points: list[list[float]] = Field(default_factory=list)


@dataclass(frozen=True, eq=False)
class PointedFace:
    """A face: its number, from 1, the edges of its box, and its `points` (68, 2); None while they are not known."""

    face: int
    box: tuple[float, float, float, float]
    points: NDArray[np.float64] | None


class FacePoints(gr.HTML):
    """Shows `(photo, boxes, face, points)`: uint8 (H, W, 3), edges, a number from 1, float64 (68, 2); or None.

    A handler gets a `PointedFace`, or None. Its event `submit` asks for the points of a face that was chosen or whose
    box was moved.
    """

    data_model = FaceFields

    def __init__(self, height: int = 360, **settings: Any) -> None:
        super().__init__(
            html_template=_beside("face_points.html"),
            css_template=_beside("face_points.css"),
            js_on_load=_beside("face_points.js"),
            apply_default_css=False,
            height=height,
            lines=[list(line) for line in LINES],
            words=WORDS,
            **settings,
        )

    def preprocess(self, payload: FaceFields | None) -> PointedFace | None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The face; raises `gr.Error` with a sentence for what no browser of ours sends."""
        if payload is None or not payload.boxes:
            return None
        try:
            return _checked(payload)
        except InputError as error:
            raise spoken(here(), error) from None

    def postprocess(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, value: tuple[Image, Sequence[Sequence[float]], int, NDArray[np.float64]] | None
    ) -> FaceFields | None:
        """Writes the photo, no larger than a screen, where Gradio serves it from."""
        if value is None:
            return None
        photo, boxes, face, points = value
        height, width = photo.shape[:2]
        small = PillowImage.fromarray(photo)
        small.thumbnail((SHOWN, SHOWN), PillowImage.Resampling.LANCZOS)
        path = save_bytes_to_cache(png(Picture(np.asarray(small))), "photo.png", self.GRADIO_CACHE)
        return FaceFields(
            picture=FileData(path=path, mime_type="image/png"),
            width=width,
            height=height,
            face=face,
            boxes=[[float(edge) for edge in box] for box in boxes],
            points=np.round(points, 2).tolist(),
        )

    def api_info(self) -> dict[str, Any]:
        """The fields that the API takes and gives."""
        return FaceFields.model_json_schema()

    def example_payload(self) -> Any:
        """For the API's page."""
        return None

    example_value = example_payload


def _checked(value: FaceFields) -> PointedFace:
    """A face with its own box, and 68 points or none."""
    numbers = [number for row in (*value.boxes, *value.points) for number in row]
    if (
        len(value.boxes) > MOST_FACES
        or len(value.points) not in (0, POINTS)
        or any(len(box) != 4 for box in value.boxes)
        or any(len(point) != 2 for point in value.points)
        or not all(map(math.isfinite, numbers))
        or any(right - left < LEAST or bottom - top < LEAST for left, top, right, bottom in value.boxes)
    ):
        raise InputError("The points of the face are damaged: choose the photo again.")
    if not 1 <= value.face <= len(value.boxes):
        raise InputError("There is no face {number}; faces found: {count}.", number=value.face, count=len(value.boxes))
    left, top, right, bottom = value.boxes[value.face - 1]
    points = np.array(value.points, np.float64) if value.points else None
    return PointedFace(value.face, (left, top, right, bottom), points)


def _beside(name: str) -> str:
    return (Path(__file__).parent / name).read_text(encoding="utf-8")
