"""The endpoints `/soft_segment` and `/soft_segment_clip`, called by a real client."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest
import skimage.data
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image as PillowImage


def test_a_photo_comes_back_as_layers(client: Client, tmp_path: Path) -> None:
    path = tmp_path / "photo.png"
    PillowImage.fromarray(skimage.data.chelsea()).resize((96, 64)).save(path)
    file, _, status, stages, mixer, psd = client.predict(
        handle_file(path), "perceptual", 3, False, False, 0, api_name="/soft_segment"
    )
    assert "96 x 64 pixels" in status
    assert len(stages) == 5
    with zipfile.ZipFile(file) as archive:
        names = archive.namelist()
    assert len(names) == len(mixer["layers"]) <= 3
    assert Path(psd).read_bytes()[:4] == b"8BPS"


def test_a_clip_comes_back_frame_by_frame(client: Client, tmp_path: Path) -> None:
    frames = []
    photo = np.asarray(PillowImage.fromarray(skimage.data.coffee()).resize((72, 48)))
    for number in range(2):
        frames.append(tmp_path / f"{number}.png")
        PillowImage.fromarray(np.roll(photo, number, 1)).save(frames[-1])
    file, status = client.predict([handle_file(frame) for frame in frames], 3, api_name="/soft_segment_clip")
    assert status == "2 frames"
    with zipfile.ZipFile(file) as archive:
        names = archive.namelist()
    assert {name[:4] for name in names} == {"001/", "002/"}


def test_no_photo_and_no_frames_are_sentences(client: Client) -> None:
    with pytest.raises(AppError, match="Add a photo first"):
        client.predict(None, "perceptual", 3, False, False, 0, api_name="/soft_segment")
    with pytest.raises(AppError, match="Add the frames"):
        client.predict(None, 3, api_name="/soft_segment_clip")
