"""Every file that is no picture, is damaged or is too large is refused with a sentence, before it costs anything."""

from __future__ import annotations

import io
import resource
import struct
import time
import tracemalloc
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as PillowImage
from PIL import ImageFile

from imaging.files import read
from imaging.types import InputError
from tests.imaging.picture_files import AVIF, LIMIT, chunk, png_file, rgb_png, saved

NOISE = np.random.default_rng(7).integers(0, 256, (64, 64, 3), dtype=np.uint8)
FOREIGN, DAMAGED = "could not be read as a picture", "damaged or cut off"


def refusal(source: Path | bytes, limit_megapixels: float = LIMIT) -> str:
    """The sentence with which `source` is refused; it holds nothing but words and numbers."""
    with pytest.raises(InputError) as caught:
        read(source, limit_megapixels)
    sentence = str(caught.value)
    assert sentence == caught.value.template.format(**caught.value.values)
    assert sentence[0].isupper()
    assert sentence.endswith(".")
    assert not set("/\\<>{}_\n") & set(sentence)
    return sentence


def black(width: int, height: int) -> bytes:
    """A PNG of 1 bit a pixel: many pixels, few bytes."""
    return png_file(width, height, 1, 0, bytes((1 + (width + 7) // 8) * height))


# --- not a picture that is read here ---


def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.png", saved(NOISE, "PNG"))
    return buffer.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"only words\n" * 50, id="text"),
        pytest.param(b"", id="empty"),
        pytest.param(b"\x89PN", id="three bytes"),
        pytest.param(b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', id="SVG"),
        pytest.param(zipped(), id="ZIP"),
        pytest.param(bytes(4) + b"ftypheic" + bytes(500), id="HEIC"),
        *[pytest.param(saved(NOISE, kind), id=kind) for kind in ("EPS", "PDF", "ICO", "PPM", "TGA", "PCX")],
    ],
)
@pytest.mark.parametrize("as_path", [False, True], ids=["bytes", "path"])
def test_what_is_no_picture_is_refused_whatever_it_is_called(data, as_path, tmp_path):
    path = tmp_path / "holiday.png"
    path.write_bytes(data)
    sentence = refusal(path if as_path else data)
    assert FOREIGN in sentence
    assert "holiday" not in sentence


def test_a_file_that_is_gone_is_refused(tmp_path):
    sentence = refusal(tmp_path / "holiday.png")
    assert "no longer there" in sentence
    assert "holiday" not in sentence


# --- damaged ---


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", AVIF])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_picture_that_is_cut_off_is_refused(kind, share):
    data = saved(NOISE, kind)
    assert DAMAGED in refusal(data[: int(len(data) * share)])


WRONG_CHECKSUM = chunk(b"tEXt", b"Title\0words")[:-4] + b"oops"


@pytest.mark.parametrize(
    "data",
    [
        # Browsers overlook a wrong checksum of a chunk that they do not need; Pillow does not.
        pytest.param(rgb_png(NOISE, WRONG_CHECKSUM), id="text with a wrong checksum"),
        pytest.param(rgb_png(NOISE, chunk(b"tEXt", b"transparency\0words")), id="words for a colour"),
        pytest.param(rgb_png(NOISE, chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(20_000_000)))), id="unfolding text"),
        pytest.param(rgb_png(NOISE, chunk(b"iCCP", b"")), id="empty profile"),
        pytest.param(png_file(0, 0, 8, 2, b""), id="no pixels"),
        pytest.param(png_file(8, 8, 8, 2, b""), id="no rows"),
        pytest.param(png_file(8, 8, 7, 2, bytes(200)), id="7 bits"),
        pytest.param(b"\xff\xd8\xff" + bytes(100), id="JPEG with nothing in it"),
    ],
)
def test_a_damaged_picture_is_refused(data):
    assert DAMAGED in refusal(data)


@pytest.mark.filterwarnings("ignore::UserWarning")  # what Pillow says of odd metadata
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", AVIF])
def test_whatever_happens_to_a_file_it_gives_a_picture_or_a_sentence(kind):
    rng = np.random.default_rng(8)
    intact = np.frombuffer(saved(NOISE[:16, :16], kind), np.uint8)
    fates = {"picture": 0, "sentence": 0}
    for _ in range(200):
        data = intact.copy()
        places = rng.integers(0, rng.choice([64, len(data)]), rng.integers(1, 4))
        data[places] = rng.integers(0, 256, len(places))
        try:
            picture = read(data.tobytes(), LIMIT)
        except InputError:
            fates["sentence"] += 1
        else:
            fates["picture"] += 1
            assert picture.pixels.dtype == np.uint8
            assert picture.pixels.shape[2:] == (3,)
            assert picture.alpha is None or picture.alpha.shape == picture.pixels.shape[:2]
    assert fates["sentence"] > 0


# --- too large ---


@pytest.mark.parametrize("width_height", [(2000, 500), (500, 2000), (1000, 1000)])
def test_a_picture_exactly_at_the_limit_is_read(width_height):
    width, height = width_height
    assert read(black(width, height), 1.0).pixels.shape == (height, width, 3)


def test_a_picture_over_the_limit_is_refused_with_its_size_and_the_limit():
    sentence = refusal(black(2000, 501), 1.0)
    assert "2000 x 501 pixels" in sentence
    assert "1 megapixels" in sentence


@pytest.mark.parametrize("turned", [False, True], ids=["wide", "tall"])
def test_the_longest_side_has_a_limit_too(turned):
    fits, too_long = (16_000, 1), (16_001, 1)
    if turned:
        fits, too_long = fits[::-1], too_long[::-1]
    assert read(black(*fits), LIMIT).pixels.shape == (*fits[::-1], 3)
    sentence = refusal(black(*too_long))
    assert f"{too_long[0]} x {too_long[1]} pixels" in sentence
    assert "16000 pixels a side" in sentence


BMP, GIF = saved(NOISE, "BMP"), saved(NOISE, "GIF")


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(png_file(60_000, 60_000, 8, 2, b""), id="PNG"),
        pytest.param(BMP[:18] + struct.pack("<ii", 60_000, 60_000) + BMP[26:], id="BMP"),
        pytest.param(GIF[:6] + struct.pack("<HH", 60_000, 60_000) + GIF[10:], id="GIF"),
    ],
)
def test_a_header_that_claims_a_huge_picture_is_refused(data):
    assert "far too large" in refusal(data)


@pytest.mark.parametrize(
    "words",
    [
        # Between 100 and 200 megapixels Pillow only warns; where warnings are errors, as in these tests, it raises.
        pytest.param("12000 x 10000", marks=pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")),
        pytest.param("far too large", marks=pytest.mark.filterwarnings("error::PIL.Image.DecompressionBombWarning")),
    ],
)
def test_a_small_file_that_would_unfold_is_refused_from_its_header(words, monkeypatch):
    data = black(12_000, 10_000)
    assert len(data) < 15_000

    def forbidden(*_: object) -> None:
        raise AssertionError("pixels were decoded")

    monkeypatch.setattr(ImageFile.ImageFile, "load", forbidden)
    assert DAMAGED in refusal(saved(NOISE, "PNG"))  # the guard above does go off
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    tracemalloc.start()
    start = time.perf_counter()
    sentence = refusal(data)
    seconds = time.perf_counter() - start
    traced = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert words in sentence
    assert seconds < 0.2
    assert traced < 1_000_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak < 10_000  # kilobytes


def test_pillows_own_guard_is_up_for_the_rest_of_the_process():
    with pytest.raises(PillowImage.DecompressionBombWarning):
        PillowImage.open(io.BytesIO(black(12_000, 10_000)))
