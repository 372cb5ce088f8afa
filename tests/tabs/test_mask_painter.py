"""What the mask painter makes of the files of programs: read as pictures are everywhere else on the page."""

from __future__ import annotations

from pathlib import Path

import gradio as gr
import numpy as np
import pytest
from gradio.components.image_editor import EditorData
from gradio.data_classes import FileData
from PIL import Image as PillowImage

from tabs.components import MaskPainter, PaintedMask


@pytest.fixture
def painter() -> MaskPainter:
    return MaskPainter(0.01)


def sent(background: Path | None, *layers: Path) -> EditorData:
    files = [FileData(path=str(path)) for path in layers]
    return EditorData(background=FileData(path=str(background)) if background else None, layers=files)


def given(painter: MaskPainter, payload: EditorData | None) -> PaintedMask:
    value = painter.preprocess(payload)
    assert value is not None
    return value


def test_a_phones_photo_is_turned_upright_and_its_layer_stretched_over_it(painter: MaskPainter, tmp_path: Path) -> None:
    lying = np.zeros((20, 40, 3), np.uint8)
    lying[:, :20] = 200
    exif = PillowImage.Exif()
    exif[0x0112] = 6  # to be turned clockwise
    PillowImage.fromarray(lying).save(tmp_path / "photo.png", exif=exif)
    layer = np.zeros((20, 10, 4), np.uint8)
    layer[:10, :5] = (255, 45, 45, 130)
    PillowImage.fromarray(layer).save(tmp_path / "layer.png")
    value = given(painter, sent(tmp_path / "photo.png", tmp_path / "layer.png"))
    assert value.picture.pixels.shape == (40, 20, 3)
    assert value.picture.pixels[:20].min() == 200
    assert value.mask[:20, :10].all()
    assert value.mask.sum() == 200


def test_no_photo_is_none_and_no_layer_marks_nothing(painter: MaskPainter, tmp_path: Path) -> None:
    assert painter.preprocess(None) is None
    assert painter.preprocess(sent(None)) is None
    PillowImage.new("L", (9, 7), 50).save(tmp_path / "photo.png")
    assert not given(painter, sent(tmp_path / "photo.png")).mask.any()
    assert given(painter, sent(tmp_path / "photo.png", tmp_path / "photo.png")).mask.all()


def test_what_is_no_picture_and_what_is_too_large_get_a_sentence(painter: MaskPainter, tmp_path: Path) -> None:
    (tmp_path / "text.png").write_text("no picture")
    with pytest.raises(gr.Error, match="could not be read as a picture"):
        painter.preprocess(sent(tmp_path / "text.png"))
    PillowImage.new("L", (200, 200)).save(tmp_path / "large.png")
    with pytest.raises(gr.Error, match=r"limit here is 0\.01 megapixels"):
        painter.preprocess(sent(tmp_path / "large.png"))
