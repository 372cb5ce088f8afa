"""What passes between Python and the label painter: exact ids one way and back, and sentences for what is refused."""

from __future__ import annotations

import io
from pathlib import Path

import gradio as gr
import numpy as np
import pytest
from gradio.data_classes import FileData
from PIL import Image as PillowImage

from imaging.faces import COLOURS, NAMES
from tabs.components import LabelPainter
from tabs.components.label_painter import PaintedFiles


@pytest.fixture
def painter() -> LabelPainter:
    return LabelPainter(NAMES, COLOURS, limit_megapixels=0.01)


def sent(tmp_path: Path, data: bytes, picked: tuple[int, ...] = ()) -> PaintedFiles:
    path = tmp_path / "labels.png"
    path.write_bytes(data)
    return PaintedFiles(labels=FileData(path=str(path)), picked=list(picked))


def as_png(pixels: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    PillowImage.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def test_labels_and_picture_pass_exactly(painter: LabelPainter) -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, len(NAMES), (31, 47), np.uint8)
    picture = rng.integers(0, 256, (62, 94, 3), np.uint8)
    files = painter.postprocess((picture, labels))
    assert files is not None
    assert files.picture is not None
    np.testing.assert_array_equal(np.asarray(PillowImage.open(files.picture.path)), picture)
    painted = painter.preprocess(files)
    assert painted.labels is not None
    assert painted.labels.dtype == np.uint8
    np.testing.assert_array_equal(painted.labels, labels)
    assert painted.picked == ()


def test_nothing_passes_as_nothing(painter: LabelPainter) -> None:
    assert painter.postprocess(None) is None
    for payload in (None, PaintedFiles()):
        painted = painter.preprocess(payload)
        assert painted.labels is None
        assert painted.picked == ()


def test_of_a_coloured_file_the_red_is_read(painter: LabelPainter, tmp_path: Path) -> None:
    pixels = np.full((2, 3, 3), 255, np.uint8)
    pixels[..., 0] = [[0, 1, 2], [3, 4, 18]]
    labels = painter.preprocess(sent(tmp_path, as_png(pixels))).labels
    np.testing.assert_array_equal(labels, pixels[..., 0])


def test_a_region_that_is_picked_twice_is_picked_once(painter: LabelPainter) -> None:
    assert painter.preprocess(PaintedFiles(picked=[13, 2, 13])).picked == (13, 2)


@pytest.mark.parametrize(
    ("data", "picked", "sentence"),
    [
        (b"no picture", (), "could not be read as a picture"),
        (as_png(np.zeros((4, 4), np.uint8))[:-30], (), "damaged or cut off"),
        (as_png(np.zeros((200, 200), np.uint8)), (), "The limit here is 0.01 megapixels"),
        (as_png(np.full((4, 4), 19, np.uint8)), (), "There is no region 19: they go from 0 to 18"),
        (as_png(np.zeros((4, 4), np.uint8)), (0, 19), "There is no region 19"),
        (as_png(np.zeros((4, 4), np.uint8)), (-1,), "There is no region -1"),
    ],
    ids=["text", "cut off", "too large", "unknown label", "unknown pick", "negative pick"],
)
def test_what_is_refused(
    painter: LabelPainter, tmp_path: Path, data: bytes, picked: tuple[int, ...], sentence: str
) -> None:
    with pytest.raises(gr.Error, match=sentence):
        painter.preprocess(sent(tmp_path, data, picked))


def test_our_own_mistakes_are_no_sentences(painter: LabelPainter) -> None:
    with pytest.raises(ValueError, match="no name"):
        painter.postprocess((np.zeros((4, 4, 3), np.uint8), np.full((4, 4), 19, np.uint8)))
    with pytest.raises(ValueError, match="19 names, but 2 colours"):
        LabelPainter(NAMES, COLOURS[:2])
    with pytest.raises(KeyError, match="no Chinese"):
        LabelPainter(["a region of no language"], COLOURS[:1])


def test_the_api_says_what_it_takes(painter: LabelPainter) -> None:
    assert set(painter.api_info()["properties"]) == {"picture", "labels", "picked"}
