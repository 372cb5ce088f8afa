"""The 68 points are read where the crop lies, the same way in the mirror, and again in a second look."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from imaging.alignment import Frame, moved
from imaging.landmarks import FRONTAL, LEFT_EYE, MIRRORED, MOUTH, RIGHT_EYE
from imaging.types import Image, InputError
from pipelines.face_parsing import Detector
from pipelines.face_parsing.landmark_network import ROOM, Landmarks, first_frame, point_frame, read
from pipelines.face_parsing.landmarks import FaceLandmarks, Options


def untrained() -> Landmarks:
    """Says the mean face, whatever it sees."""
    return Landmarks(32, (4,) * 4, (0, 1, 1, 1), 4).eval()


def test_an_untrained_network_says_the_mean_face_in_the_crop() -> None:
    network = untrained()
    torch.testing.assert_close(network(torch.rand(2, 3, 32, 32))[1].double(), torch.from_numpy(FRONTAL * 2 / ROOM))
    frame = Frame.around((70, 50), (20, 8), 32)
    points = read(network, np.zeros((100, 140, 3), np.uint8), frame, "cpu")
    np.testing.assert_allclose(points, moved((FRONTAL / ROOM + 0.5) * 32, frame.matrix), atol=1e-4)
    np.testing.assert_allclose(point_frame(points, 32).matrix, frame.matrix, atol=1e-4)


def test_a_mirror_image_has_the_mirrored_points() -> None:
    torch.manual_seed(0)
    network = untrained()
    torch.nn.init.normal_(network.points.weight, std=1.0)
    picture = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    frame = Frame.around((32, 32), (32, 0), 32)
    points, other = (read(network, image, frame, "cpu") for image in (picture, picture[:, ::-1]))
    assert np.abs(points - moved((FRONTAL / ROOM + 0.5) * 32, frame.matrix)).max() > 0.1
    np.testing.assert_allclose(other[list(MIRRORED)] * [-1, 1] + [64, 0], points, atol=0.1)


def test_the_first_crop_has_the_eyes_and_mouth_about_where_the_mean_face_has_them(
    detector: Detector, astronaut: Image
) -> None:
    frame = first_frame(detector(astronaut)[0], 96)
    points = moved((FRONTAL / ROOM + 0.5) * 96, frame.matrix)
    assert points[list(LEFT_EYE)].mean(0) == pytest.approx((204, 101), abs=7)
    assert points[list(RIGHT_EYE)].mean(0) == pytest.approx((247, 103), abs=7)
    assert points[list(MOUTH)].mean(0) == pytest.approx((223, 140), abs=13)


def test_the_astronauts_points_are_on_her_face(astronaut: Image) -> None:
    pipeline = FaceLandmarks.load()
    result = pipeline(astronaut)
    assert result.points[list(LEFT_EYE)].mean(0) == pytest.approx((204, 101), abs=4)
    assert result.points[list(RIGHT_EYE)].mean(0) == pytest.approx((247, 103), abs=4)
    assert result.points[list(MOUTH)].mean(0) == pytest.approx((223, 146), abs=4)  # she smiles
    assert result.faces[0] is result.face
    with pytest.raises(InputError, match="no face 2"):
        pipeline(astronaut, Options(face=2))


def test_an_unknown_variant_is_a_sentence() -> None:
    with pytest.raises(InputError, match="no-such-variant"):
        FaceLandmarks.load("no-such-variant")
