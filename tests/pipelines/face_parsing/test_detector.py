"""Faces are found at any size and tilt, and nowhere else."""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
import pytest
import skimage.data
import torch
from PIL import Image as PillowImage

from benchmarks.command import DATA
from benchmarks.face_parsing import FOUND, PASTED_SIDES, overlap, pasted, validation
from imaging.types import Box, Image
from pipelines.face_parsing import Detector, Face
from pipelines.face_parsing import detector as module
from pipelines.face_parsing.detector import outermost, squares

EYES = np.array([[204, 101], [247, 103]])


def test_the_astronauts_face_is_found_with_its_points(detector: Detector, astronaut: Image) -> None:
    (face,) = detector(astronaut)
    assert overlap(face.box, Box(180, 60, 270, 175)) > 0.8
    np.testing.assert_allclose(face.points[:2], EYES, atol=4)
    left_eye, right_eye, nose, left_corner, right_corner = face.points
    assert left_eye[0] < nose[0] < right_eye[0]
    assert left_corner[0] < right_corner[0]
    assert nose[1] < left_corner[1]
    assert face.score > 0.95
    assert not face.in_profile


@pytest.mark.parametrize("angle", [-30, -15, 15, 30])
def test_a_tilted_face_is_found_and_its_points_tilt_with_it(detector: Detector, astronaut: Image, angle: float) -> None:
    turned = np.asarray(PillowImage.fromarray(astronaut).rotate(angle, PillowImage.Resampling.BICUBIC))
    face = detector(turned)[0]
    left, right = face.points[:2]
    tilt = np.rad2deg(np.arctan2(left[1] - right[1], right[0] - left[0]))
    assert tilt == pytest.approx(angle, abs=6)


@pytest.mark.parametrize("photo", [skimage.data.coffee, skimage.data.rocket, skimage.data.chelsea])
def test_no_face_is_seen_where_there_is_none(detector: Detector, photo: Callable[[], Image]) -> None:
    assert detector(photo()) == []


def test_no_face_is_seen_in_a_busy_photo(detector: Detector, motorcycle: Image) -> None:
    assert detector(motorcycle) == []


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 300, 3), (11, 11, 3), (23, 40, 3), (30, 2000, 3)])
def test_tiny_and_narrow_pictures_have_no_face(detector: Detector, shape: tuple[int, int, int]) -> None:
    assert detector(np.full(shape, 90, np.uint8)) == []


def test_a_face_that_fills_the_photo_is_found(detector: Detector, astronaut: Image) -> None:
    close = astronaut[72:168, 182:266]
    (face,) = detector(close)
    np.testing.assert_allclose(face.points[:2], EYES - [182, 72], atol=4)


def test_a_large_photo_takes_no_more_work_than_its_searched_part(
    detector: Detector, astronaut: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    proposal = detector.proposal.forward

    def watched(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        seen.append(x.shape[-2] * x.shape[-1])
        return proposal(x)

    monkeypatch.setattr(detector.proposal, "forward", watched)
    large = np.asarray(PillowImage.fromarray(astronaut).resize((2900, 2900)))  # 8.4 megapixels
    (face,) = detector(large)
    np.testing.assert_allclose(face.points[:2] * 512 / 2900, EYES, atol=4)
    assert max(seen) <= module.SEARCHED * 1.01


def test_the_largest_face_comes_first(detector: Detector, astronaut: Image) -> None:
    head = astronaut[40:200, 150:300]
    two = np.full((300, 460, 3), 120, np.uint8)
    two[20:100, 10:85] = np.asarray(PillowImage.fromarray(head).resize((75, 80)))
    two[70:230, 250:400] = head
    first, second = detector(two)
    assert first.size > 1.5 * second.size
    assert first.box.left > 200 > second.box.left


def test_a_head_turned_aside_is_in_profile() -> None:
    box = Box(0, 0, 100, 100)
    ahead = np.array([[30, 40], [70, 40], [52, 60], [35, 80], [65, 80]], float)
    aside = np.array([[30, 40], [60, 40], [62, 60], [35, 80], [55, 80]], float)
    assert not Face(box, 1.0, ahead).in_profile
    assert Face(box, 1.0, aside).in_profile


def test_one_of_two_nested_boxes_is_kept() -> None:
    boxes = torch.tensor([[0, 0, 100, 100], [30, 30, 60, 60], [200, 0, 260, 60.0]])
    assert outermost(boxes, torch.tensor([0.9, 0.95, 0.8])) == [1, 2]
    assert outermost(boxes, torch.tensor([0.9, 0.8, 0.95])) == [2, 0]


def test_boxes_become_squares_around_their_middles() -> None:
    assert squares(torch.tensor([[0.0, 10, 20, 20]])).tolist() == [[0, 5, 20, 25]]


@pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not beside this checkout")
def test_pasted_faces_are_found_and_nothing_else(detector: Detector) -> None:
    draw = random.Random(3)
    for portrait in validation(DATA / "faces", 8):
        scene = pasted(portrait, draw, PASTED_SIDES)
        overlaps = [overlap(face.box, scene.face) for face in detector(scene.image)]
        assert len(overlaps) == 1
        assert overlaps[0] > FOUND
