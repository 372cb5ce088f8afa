"""The training of the 68 points runs and is finished; points stay on the faces that are turned."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
import torch

from imaging.alignment import moved
from imaging.landmarks import FRONTAL, MIRRORED, OUTER_CORNERS
from networks.files import load_network, read_card
from pipelines.face_parsing.landmark_network import ROOM, Landmarks
from training import face_landmarks
from training.face_landmarks import error
from training.face_landmarks_faces import Faces, around, drawn, jittered, portraits, seen, video_frames
from training.face_parsing_portraits import places
from training.pictures import DATA, decode

needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not beside this checkout")


@needs_data
def test_the_training_runs_and_is_finished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(face_landmarks, "portraits", lambda split: portraits(split, 64, 4))
    monkeypatch.setattr(face_landmarks, "video_frames", lambda split: video_frames(split, 64, 4))
    monkeypatch.setattr(face_landmarks, "decode", lambda folder, smallest, most: decode(folder, smallest, 2))
    monkeypatch.setattr("sys.argv", ["face_landmarks", "--dry-run", "--state", str(tmp_path)])
    face_landmarks.main()
    trained, made = tmp_path / "face_landmarks" / "landmarks.safetensors", tmp_path / "made.safetensors"
    _, card = read_card(trained)
    assert {"portraits", "landmarks"} == set(card["scores"])
    # Two steps leave the mean face, which is a face.
    assert all(0 < value < 0.3 for value in card["scores"].values())
    monkeypatch.setattr("sys.argv", ["face_landmarks", "--finish", str(trained), str(made)])
    face_landmarks.main()
    assert read_card(made)[1] == card
    x = torch.rand(1, 3, 32, 32)
    torch.testing.assert_close(load_network(Landmarks, made)(x), load_network(Landmarks, trained)(x), atol=5e-3, rtol=0)


def planted(count: int, side: int = 64) -> Faces:
    """Black pictures, white around the left eye's outer corner, with the mean face somewhere in them."""
    draw = random.Random(3)
    images, points = np.zeros((count, side, side, 3), np.uint8), []
    y, x = np.indices((side, side)) + 0.5
    for image in images:
        own = FRONTAL * draw.uniform(0.6, 0.9) + [draw.uniform(-0.2, 0.2), draw.uniform(-0.2, 0.2)]
        corner = (own[OUTER_CORNERS[0]] + 1) * side / 2
        image[np.hypot(x - corner[0], y - corner[1]) < 3] = 255
        points.append(own)
    return Faces(images, np.stack(points))


def centre(picture: torch.Tensor) -> torch.Tensor:
    """Of what is bright in (S, S): x and y in -1..1."""
    grid = (torch.arange(len(picture)) + 0.5) * 2 / len(picture) - 1
    return torch.stack([(picture.sum(0) * grid).sum(), (picture.sum(1) * grid).sum()]) / picture.sum()


def test_points_stay_on_the_faces_that_are_mirrored_and_turned() -> None:
    draw = random.Random(0)
    images, points = drawn([planted(3)], [8], draw)
    matrices = jittered(points, places(8, draw, 8, 1.1, 0.03).double().numpy())
    crops, there = seen(images, points, matrices, 96)
    spread = [(crop[0] > 0.5).float() for crop in crops]
    mirrored = 0
    for picture, own in zip(spread, there, strict=True):
        left, right = (float((centre(picture) - own[corner]).norm()) for corner in OUTER_CORNERS)
        assert min(left, right) < 0.03
        mirrored += right < left  # the planted corner is another point there
    assert 0 < mirrored < 8


def test_a_crop_that_is_not_off_has_the_mean_face() -> None:
    faces = planted(2)
    unmoved = np.tile(np.eye(2, 3), (2, 1, 1))
    _, there = seen(torch.zeros(2, 3, 64, 64), faces.points, jittered(faces.points, unmoved), 32)
    torch.testing.assert_close(there[0], torch.from_numpy(FRONTAL * 2 / ROOM).float(), atol=1e-5, rtol=0)
    frames = around(faces, random.Random(0), turn=0, zoom=1, shift=0)
    np.testing.assert_allclose(moved((FRONTAL * 2 / ROOM) + 1, frames[1].matrix), faces.in_pixels(1), atol=1e-4)


def test_the_error_is_that_of_the_literature_away_from_zero() -> None:
    truth = torch.from_numpy(FRONTAL).float()[None]
    unit = float((truth[0, OUTER_CORNERS[1]] - truth[0, OUTER_CORNERS[0]]).norm())
    off = truth + torch.tensor([0.3, 0.4]) * unit
    assert float(error(off, truth, near=1e-4)) == pytest.approx(0.5, abs=1e-3)
    assert float(error(truth, truth, near=0.01)) == 0


def test_a_mirror_image_mirrored_is_the_face() -> None:
    assert [MIRRORED[point] for point in MIRRORED] == list(range(68))
    np.testing.assert_allclose(FRONTAL[list(MIRRORED)] * [-1, 1], FRONTAL)
