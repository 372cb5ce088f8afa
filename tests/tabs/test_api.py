"""The page's API as a program uses it: a real client against the real server."""

from __future__ import annotations

import json
import struct
import urllib.error
import urllib.request
import zlib
from pathlib import Path

import numpy as np
import pytest
import skimage.data
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image as PillowImage

from imaging.geometry import resize


@pytest.fixture
def small(tmp_path: Path) -> str:
    path = tmp_path / "cat.png"
    PillowImage.fromarray(skimage.data.chelsea()[60:120, 100:180]).save(path)
    return str(path)


def test_one_named_endpoint_a_tab_and_nothing_else(page_address: str) -> None:
    with urllib.request.urlopen(f"{page_address}/gradio_api/info") as answer:
        info = json.load(answer)
    assert set(info["named_endpoints"]) == {
        "/find_faces",
        "/health",
        "/inpaint",
        "/insert_objects",
        "/parse_face",
        "/parse_scene",
        "/soft_segment",
        "/soft_segment_clip",
        "/stylize",
        "/suggest_boxes",
        "/super_resolution",
        "/swap_face",
        "/swap_region_style",
    }
    assert info["unnamed_endpoints"] == {}
    names = [parameter["parameter_name"] for parameter in info["named_endpoints"]["/super_resolution"]["parameters"]]
    assert names == ["image", "method", "scale", "invention"]


def test_internals_are_not_listed(page_address: str) -> None:
    for path in ("/openapi.json", "/monitoring"):
        with pytest.raises(urllib.error.HTTPError) as error:
            urllib.request.urlopen(page_address + path)
        assert error.value.code in (403, 404)
        error.value.close()


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_a_photo_comes_back_larger(client: Client, small: str, scale: int) -> None:
    file, (before, after), status = client.predict(handle_file(small), "residual", scale, api_name="/super_resolution")
    result = np.asarray(PillowImage.open(file))
    assert result.shape == (60 * scale, 80 * scale, 3)
    assert np.array_equal(np.asarray(PillowImage.open(after)), result)
    bicubic = resize(np.asarray(PillowImage.open(small)), scale)
    assert np.array_equal(np.asarray(PillowImage.open(before)), bicubic)
    assert not np.array_equal(result, bicubic)
    assert f"80 x 60 to {80 * scale} x {60 * scale} pixels" in status
    assert "residual (embedded), on CPU" in status


def test_transparency_comes_back(client: Client, tmp_path: Path) -> None:
    pixels = np.dstack([skimage.data.chelsea()[60:90, 100:140], np.full((30, 40), 128, np.uint8)])
    PillowImage.fromarray(pixels).save(tmp_path / "see-through.png")
    file, _, _ = client.predict(handle_file(tmp_path / "see-through.png"), "bicubic", 2, api_name="/super_resolution")
    result = np.asarray(PillowImage.open(file))
    assert result.shape == (60, 80, 4)
    assert set(result[..., 3].ravel()) == {128}


def test_weights_that_cannot_be_fetched_are_stood_in_for(client: Client, small: str) -> None:
    _, _, status = client.predict(handle_file(small), "real-esrgan", 2, api_name="/super_resolution")
    assert "residual (embedded)" in status


def giant_png(path: Path) -> None:
    """12000 x 10000 grey pixels in 14 kB."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packer = zlib.compressobj(9)
    row = bytes(1 + 12000 // 8)
    data = b"".join(packer.compress(row) for _ in range(10000)) + packer.flush()
    header = struct.pack(">IIBBBBB", 12000, 10000, 1, 0, 0, 0, 0)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b""))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("text.png", "could not be read as a picture"),
        ("giant.png", "limit"),
        ("cut.png", "damaged or cut off"),
        ("five_megapixels.png", "4 megapixels"),
    ],
)
def test_a_bad_file_is_answered_with_a_sentence(
    client: Client, tmp_path: Path, small: str, name: str, words: str
) -> None:
    path = tmp_path / name
    if name == "text.png":
        path.write_text("This is no picture.")
    elif name == "giant.png":
        giant_png(path)
        assert path.stat().st_size < 20_000
    elif name == "cut.png":
        path.write_bytes(Path(small).read_bytes()[:4000])
    else:
        PillowImage.new("RGB", (2500, 2000)).save(path)
    with pytest.raises(AppError, match=words) as error:
        client.predict(handle_file(path), "bicubic", 2, api_name="/super_resolution")
    assert str(tmp_path) not in str(error.value)


def test_no_picture_is_answered_with_a_sentence(client: Client) -> None:
    with pytest.raises(AppError, match="Add a photo first"):
        client.predict(None, "residual", 4, api_name="/super_resolution")


@pytest.mark.parametrize("mode", ["gif", "16 bit", "cmyk"])
def test_unusual_files_give_the_right_pixels(client: Client, tmp_path: Path, mode: str) -> None:
    grey = np.tile(np.linspace(0, 255, 32).astype(np.uint8), (24, 1))
    if mode == "gif":
        path = tmp_path / "two.gif"
        frames = [PillowImage.fromarray(frame) for frame in (grey, 255 - grey)]
        frames[0].save(path, save_all=True, append_images=frames[1:], duration=100)
    elif mode == "16 bit":
        path = tmp_path / "deep.png"
        PillowImage.fromarray(grey.astype(np.uint16) * 257).save(path)
    else:
        path = tmp_path / "print.tif"
        PillowImage.merge("CMYK", [PillowImage.fromarray(255 - grey)] * 3 + [PillowImage.new("L", (32, 24))]).save(path)
    file, _, _ = client.predict(handle_file(path), "bicubic", 2, api_name="/super_resolution")
    expected = resize(np.repeat(grey[..., None], 3, axis=2), 2).astype(int)
    assert np.abs(np.asarray(PillowImage.open(file)).astype(int) - expected).max() <= 1


def test_a_long_run_shows_what_it_has_and_can_be_cancelled(client: Client, tmp_path: Path) -> None:
    path = tmp_path / "large.png"
    PillowImage.fromarray(resize(skimage.data.astronaut(), 2)).save(path)
    job = client.submit(handle_file(path), "residual", 4, api_name="/super_resolution")
    first = next(iter(job))
    assert "% done" in first[2]
    job.cancel()
    # The one place in the queue is free again: a short run is served at once.
    quick = tmp_path / "quick.png"
    PillowImage.new("RGB", (8, 8), "red").save(quick)
    file, _, _ = client.predict(handle_file(quick), "bicubic", 2, api_name="/super_resolution")
    assert np.asarray(PillowImage.open(file)).shape == (16, 16, 3)
