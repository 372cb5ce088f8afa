"""A file of the cache is never seen short, and is not written a second time."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

import gradio as gr
import numpy as np
import pytest
from gradio import processing_utils
from PIL import Image as PillowImage

import tabs.cache
from tabs.components import Layer, LayerMixer

RANDOM = np.random.default_rng(0)
PIXELS = RANDOM.integers(0, 256, (400, 600, 3), np.uint8)
PICTURE = PillowImage.fromarray(PIXELS)
MANY = 60


def never_short(hand_out: Callable[[], Path]) -> int:
    """Hands the same file out in a loop; another thread, as the server does, asks for its size and reads that much."""
    path = hand_out()
    whole, complaints, reads, done = path.stat().st_size, [], [0], threading.Event()

    def read() -> None:
        while not done.is_set():
            try:
                size, content = path.stat().st_size, path.read_bytes()
            except OSError as error:
                complaints.append(str(error))
                return
            reads[0] += 1
            if size != whole or len(content) != whole:
                complaints.append(f"{size} and {len(content)} of {whole} bytes")

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for _ in range(MANY):
            assert hand_out() == path
    finally:
        done.set()
        reader.join()
    assert complaints == []
    return reads[0]


def written_in_place(data: bytes, path: Path) -> Path:
    path.write_bytes(data)
    return path


def test_the_measure_sees_a_file_that_is_written_in_place(tmp_path: Path) -> None:
    data = PIXELS.tobytes() * 4
    with pytest.raises(AssertionError, match="bytes"):
        never_short(lambda: written_in_place(data, tmp_path / "a.png"))


def test_bytes_are_never_seen_short(tmp_path: Path) -> None:
    data = PIXELS.tobytes()
    assert never_short(lambda: Path(processing_utils.save_bytes_to_cache(data, "a.png", str(tmp_path)))) > 0
    assert [file.name for file in tmp_path.rglob("*") if file.is_file()] == ["a.png"]


def test_pictures_are_never_seen_short(tmp_path: Path) -> None:
    small = PICTURE.resize((90, 60))
    assert never_short(lambda: Path(processing_utils.save_pil_to_cache(small, str(tmp_path), format="png"))) > 0


@pytest.mark.parametrize(
    "postprocess",
    [
        lambda: gr.Image(format="png").postprocess(PIXELS),
        lambda: gr.Image(format="png").postprocess(PICTURE),
        lambda: gr.ImageSlider(format="png").postprocess((PIXELS, PICTURE)),
        lambda: gr.Gallery(format="png").postprocess([PIXELS]),
        lambda: gr.Gallery(format="png").postprocess([PICTURE]),
        lambda: gr.AnnotatedImage(format="png").postprocess((PIXELS, [((0, 0, 5, 5), "a")])),
        lambda: gr.ImageEditor(format="png").postprocess({"background": PIXELS, "layers": [], "composite": PIXELS}),
        lambda: LayerMixer().postprocess([Layer(PIXELS, np.ones((400, 600), np.float32), "a", (1, 2, 3))]),
    ],
    ids=["array", "picture", "slider", "gallery of arrays", "gallery", "annotated", "editor", "our mixer"],
)
def test_every_component_writes_so(
    postprocess: Callable[[], object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    postprocess()
    before = {path: path.stat().st_ino for path in tmp_path.rglob("*") if path.is_file()}
    assert before
    monkeypatch.setattr(Path, "write_bytes", lambda *_: pytest.fail("written in place"))
    postprocess()
    assert {path: path.stat().st_ino for path in tmp_path.rglob("*") if path.is_file()} == before


def test_a_file_that_is_there_is_touched_and_one_cut_short_is_mended(tmp_path: Path) -> None:
    path = Path(tabs.cache.save_bytes_to_cache(b"content", "a.txt", str(tmp_path)))
    os.utime(path, (1, 1))
    assert tabs.cache.save_bytes_to_cache(b"content", "a.txt", str(tmp_path)) == str(path)
    assert path.stat().st_mtime > 1
    path.write_bytes(b"con")
    tabs.cache.save_bytes_to_cache(b"content", "a.txt", str(tmp_path))
    assert path.read_bytes() == b"content"


def test_a_name_cannot_leave_the_cache(tmp_path: Path) -> None:
    path = Path(tabs.cache.save_bytes_to_cache(b"content", "../../a.txt", str(tmp_path / "cache")))
    assert path.is_relative_to(tmp_path / "cache")
