"""FAN from the Hub: fetched from a Hub on this machine, run by ONNX Runtime, its points carried back to the photo."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from checkpoints import UnusableFile
from imaging.alignment import moved
from imaging.types import Box, Image
from pipelines.face_parsing.detector import Face
from pipelines.face_parsing.fan import FILE, Fan, wider
from pipelines.face_parsing.landmark_network import first_frame
from pipelines.face_parsing.landmarks import FaceLandmarks
from tests.checkpoints import test_checkpoints
from tests.checkpoints.hub_server import HubServer, Repo

CELLS = np.stack([np.linspace(8, 56, 68), np.linspace(56, 8, 68), np.ones(68)], -1).astype(np.float32)[None]


def field(number: int, value: int | bytes | str) -> bytes:
    """One field of a protocol buffer."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    data = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(data)) + data


def varint(value: int) -> bytes:
    low, rest = value & 127, value >> 7
    return bytes([low | 128]) + varint(rest) if rest else bytes([low])


def array(name: str, shape: tuple[int, ...]) -> bytes:
    """What an input or output is: float32 of `shape`."""
    sides = b"".join(field(1, field(1, side)) for side in shape)
    return field(1, name) + field(2, field(1, field(1, 1) + field(2, sides)))


def onnx_file(side: int = 256) -> bytes:
    """A network with FAN's input and points: those of `CELLS`, times the brightest value of the picture."""
    brightest = field(1, "input") + field(2, "peak") + field(4, "ReduceMax")
    brightest += field(5, field(1, "keepdims") + field(3, 0) + field(20, 2))
    product = field(1, "cells") + field(1, "peak") + field(2, "landmarks") + field(4, "Mul")
    cells = b"".join(field(1, length) for length in CELLS.shape) + field(2, 1) + field(8, "cells")
    cells += field(9, CELLS.tobytes())
    graph = field(1, brightest) + field(1, product) + field(2, "fan") + field(5, cells)
    graph += field(11, array("input", (1, 3, side, side))) + field(12, array("landmarks", CELLS.shape))
    return field(1, 8) + field(7, graph) + field(8, field(1, "") + field(2, 13))


hub = test_checkpoints.hub

UPRIGHT = Face(
    Box(100, 130, 300, 380), 1.0, np.array([[150, 200], [250, 200], [200, 260], [160, 310], [240, 310]], np.float64)
)
WHITE = np.full((500, 400, 3), 255, np.uint8)


def test_its_points_lie_where_the_square_lies(tmp_path: Path) -> None:
    file = tmp_path / "fan.onnx"
    file.write_bytes(onnx_file())
    points = Fan.load(file).points(WHITE, UPRIGHT)
    wanted = moved(CELLS[0, :, :2].astype(np.float64) * 4, wider(first_frame(UPRIGHT, 256)).matrix)
    np.testing.assert_allclose(points, wanted, atol=1e-3)
    # What comes in is 0..1: half as bright, half the points.
    dim = Fan.load(file).points(WHITE // 2, UPRIGHT)
    half = CELLS[0, :, :2].astype(np.float64) * 4 * (127 / 255)
    np.testing.assert_allclose(dim, moved(half, wider(first_frame(UPRIGHT, 256)).matrix), atol=1e-3)


def test_the_square_is_wider_about_the_same_middle() -> None:
    frame = first_frame(UPRIGHT, 256)
    looser = wider(frame)
    middle = np.array([[128, 128]], np.float64)
    np.testing.assert_allclose(moved(middle, looser.matrix), moved(middle, frame.matrix))
    # facefusion's square around this box has a side of 250 * 256 / 195.
    assert looser.scale * 256 == pytest.approx(250 * 256 / 195, rel=0.15)


def test_it_comes_from_the_hub_and_reads_in_our_networks_place(hub: HubServer, astronaut: Image) -> None:
    hub.repos[FILE.repo_id] = Repo("a" * 40, {FILE.name: onnx_file()})
    pipeline = FaceLandmarks.load("fan")
    result = pipeline(astronaut)
    assert pipeline.fan is not None
    np.testing.assert_array_equal(result.points, pipeline.fan.points(astronaut, result.face))
    assert [request.path for request in hub.requests if FILE.name in request.path]


@pytest.mark.parametrize("content", [b"no network", onnx_file(side=128)])
def test_another_file_is_refused_in_a_sentence(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "fan.onnx"
    file.write_bytes(content)
    with pytest.raises(UnusableFile, match="damaged"):
        Fan.load(file)
