"""What passes between Python and the box editor, and sentences for what no browser of ours sends."""

from __future__ import annotations

from typing import Any

import gradio as gr
import numpy as np
import pytest
from PIL import Image as PillowImage

from tabs.components import BoxEditor
from tabs.components.box_editor import BoxFields, EditFields

CAR = EditFields(box=[10, 20, 60, 50])


@pytest.fixture
def editor() -> BoxEditor:
    return BoxEditor(("car", "person"), ((0, 0, 142), (220, 20, 60)))


def test_the_photo_is_shown_no_larger_than_a_screen_and_edges_are_its_own_pixels(editor: BoxEditor) -> None:
    photo = np.random.default_rng(0).integers(0, 256, (300, 3200, 3), np.uint8)
    fields = editor.postprocess((photo, 120, [CAR]))
    assert fields is not None
    assert (fields.width, fields.height, fields.horizon) == (3200, 300, 120)
    assert fields.picture is not None
    with PillowImage.open(fields.picture.path) as shown:
        assert shown.size == (1600, 150)
    drawn = editor.preprocess(fields)
    assert drawn.edits == (CAR,)
    assert drawn.chosen == -1


def test_more_edits_keep_the_picture(editor: BoxEditor) -> None:
    fields = editor.postprocess((np.zeros((40, 80, 3), np.uint8), None, [CAR]))
    more = editor.preprocess(fields).with_edits([CAR, CAR], 1)
    assert editor.postprocess(more) is more
    assert fields is not None
    assert more.picture == fields.picture
    assert (len(more.edits), more.chosen) == (2, 1)
    assert len(fields.edits) == 1


def test_nothing_passes_as_nothing(editor: BoxEditor) -> None:
    assert editor.postprocess(None) is None
    assert editor.preprocess(None).edits == ()
    assert editor.preprocess(BoxFields(edits=[CAR], chosen=7)).chosen == -1


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"box": [1, 2, 3]}, "damaged"),
        ({"box": [1, 2, 3, float("nan")]}, "no number"),
        ({"to": [1, 2]}, "damaged"),
        ({"outline": [[0.5]]}, "damaged"),
        ({"outline": [[0.5, float("inf")]]}, "no number"),
        ({"outline": [[0.5, 0.5]] * 500}, "damaged"),
        ({"action": "explode"}, "no edit called explode"),
    ],
)
def test_what_is_refused(editor: BoxEditor, given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(gr.Error, match=sentence):
        editor.preprocess(BoxFields(edits=[CAR.model_copy(update=given)]))


def test_the_api_says_what_it_takes(editor: BoxEditor) -> None:
    assert {"picture", "edits", "chosen", "horizon"} <= set(editor.api_info()["properties"])
    with pytest.raises(KeyError, match="no Chinese"):
        BoxEditor(["a thing of no language"], ((0, 0, 0),))
