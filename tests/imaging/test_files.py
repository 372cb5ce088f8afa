"""Every kind of picture file becomes 8-bit sRGB as its author saw it. `test_files_refused.py` has the others."""

from __future__ import annotations

import io
import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image as PillowImage

from imaging.files import Picture, png, read
from tests.imaging.picture_files import (
    AVIF,
    LIMIT,
    LOSSLESS,
    NEARLY_LOSSLESS,
    SRGB,
    SWAPPED,
    chunk,
    grey_profile,
    png_file,
    rgb_png,
    saved,
    tiff_file,
    with_exif_orientation,
)

RNG = np.random.default_rng(5)
PIXELS = RNG.integers(0, 256, (6, 9, 3), dtype=np.uint8)
ALPHA = np.arange(54, dtype=np.uint8).reshape(6, 9) * 4
PATCHES = RNG.integers(0, 256, (2, 3, 3), dtype=np.uint8).repeat(16, 0).repeat(16, 1)  # survives lossy files

# --- exact pixels, whatever the file ---

EXACT = {
    "png": saved(PIXELS, "PNG"),
    "bmp": saved(PIXELS, "BMP"),
    "tiff": saved(PIXELS, "TIFF"),
    "tiff lzw": saved(PIXELS, "TIFF", compression="tiff_lzw"),
    "webp": saved(PIXELS, "WEBP", lossless=True),
    "png of 16 bits": rgb_png(PIXELS * np.uint16(257)),
    "tiff of 16 bits": tiff_file(PIXELS * np.uint16(257), photometric="rgb"),
    "all opaque": saved(np.dstack([PIXELS, np.full((6, 9), 255, np.uint8)]), "PNG"),
    "sRGB profile": saved(PIXELS, "PNG", icc_profile=SRGB),
    "broken profile": saved(PIXELS, "PNG", icc_profile=b"no profile at all" * 20),
    "profile cut off": saved(PIXELS, "PNG", icc_profile=SWAPPED[:200]),
    "profile for grey": saved(PIXELS, "PNG", icc_profile=grey_profile(1.8)),
    "profile not even packed": rgb_png(PIXELS, chunk(b"iCCP", b"x\0\0rubbish")),
    "profile as a text": rgb_png(PIXELS, chunk(b"tEXt", b"icc_profile\0rubbish")),
    "exif that is no TIFF": rgb_png(PIXELS, chunk(b"eXIf", b"rubbish, rubbish")),
    "exif cut off": rgb_png(PIXELS, chunk(b"eXIf", b"II*\0\x08\0\0\0\xff\xff\x12\x01")),
    "exif as a text": rgb_png(PIXELS, chunk(b"tEXt", b"exif\0rubbish")),
    "exif as rubbish in hexadecimal": rgb_png(PIXELS, chunk(b"tEXt", b"Raw profile type exif\0a\nb\nc\nxyz")),
    "webp with exif that is no TIFF": saved(PIXELS, "WEBP", lossless=True, exif=b"Exif\0\0rubbish, rubbish"),
}


@pytest.mark.parametrize("name", EXACT)
@pytest.mark.parametrize("as_path", [False, True], ids=["bytes", "path"])
def test_lossless_files_give_exact_pixels(name, as_path, tmp_path):
    (tmp_path / "picture").write_bytes(EXACT[name])
    picture = read(tmp_path / "picture" if as_path else EXACT[name], LIMIT)
    assert picture.pixels.dtype == np.uint8
    np.testing.assert_array_equal(picture.pixels, PIXELS)
    assert picture.alpha is None


@pytest.mark.parametrize("kind", ["JPEG", "MPO", "WEBP", AVIF])
def test_lossy_files_give_nearly_the_same_pixels(kind):
    smooth = np.indices((32, 48, 3))[:2].sum(0).astype(np.uint8) * 3
    assert np.abs(read(saved(smooth, kind, quality=95), LIMIT).pixels.astype(int) - smooth).max() < 12


def test_rubbish_in_a_jpegs_exif_does_not_stop_it():
    data = saved(PATCHES, "JPEG", exif=b"Exif\0\0rubbish, rubbish")
    np.testing.assert_array_equal(read(data, LIMIT).pixels, read(saved(PATCHES, "JPEG"), LIMIT).pixels)


@pytest.mark.filterwarnings("ignore:Invalid APNG")  # such a line in the log is all that comes of it
def test_an_animation_that_is_declared_wrongly_is_read_as_a_picture():
    np.testing.assert_array_equal(read(rgb_png(PIXELS, chunk(b"acTL", bytes(8))), LIMIT).pixels, PIXELS)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF", "MPO", AVIF])
def test_of_several_pictures_the_first_is_read(kind):
    frames = [PillowImage.new("RGB", (16, 16), (level, level, level)) for level in (40, 140, 240)]
    pixels = read(saved(frames[0], kind, save_all=True, append_images=frames[1:]), LIMIT).pixels
    assert np.abs(pixels.astype(int) - 40).max() <= 3


@pytest.mark.parametrize("kind", ["PNG", "GIF", "TIFF", "BMP"])
@pytest.mark.parametrize("mode", ["L", "1", "P"])
def test_grey_black_and_white_and_palettes_become_rgb(kind, mode):
    bars = np.repeat(np.array([[0, 255, 255, 0, 255]], np.uint8), 3, axis=0)
    picture = read(saved(bars, kind, mode), LIMIT)
    np.testing.assert_array_equal(picture.pixels, bars[..., None].repeat(3, axis=2))
    assert picture.alpha is None


def test_a_palette_gives_its_colours():
    palette = chunk(b"PLTE", bytes(range(12)))
    picture = read(png_file(4, 1, 2, 3, b"\0\x1b", palette), LIMIT)
    np.testing.assert_array_equal(picture.pixels, np.arange(12).reshape(1, 4, 3))


def test_a_picture_of_one_pixel_is_read():
    assert read(png_file(1, 1, 8, 2, bytes([0, 1, 2, 3])), LIMIT).pixels.tolist() == [[[1, 2, 3]]]


def test_reading_in_many_threads_leaves_pythons_warnings_alone(monkeypatch):
    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("catch_warnings changes what every thread hears")

    monkeypatch.setattr(warnings, "catch_warnings", forbidden)
    with ThreadPoolExecutor(8) as threads:
        pictures = list(threads.map(lambda data: read(data, LIMIT), [*EXACT.values()] * 4))
    assert all(np.array_equal(picture.pixels, PIXELS) for picture in pictures)


# --- orientation ---

UPRIGHT = {
    1: lambda stored: stored,
    2: lambda stored: stored[:, ::-1],
    3: lambda stored: stored[::-1, ::-1],
    4: lambda stored: stored[::-1],
    5: lambda stored: stored.swapaxes(0, 1),
    6: lambda stored: np.rot90(stored, -1),
    7: lambda stored: np.rot90(stored, 2).swapaxes(0, 1),
    8: lambda stored: np.rot90(stored, 1),
}


@pytest.mark.parametrize("orientation", UPRIGHT)
@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF", "JPEG", AVIF])
def test_the_picture_is_turned_as_its_exif_says(kind, orientation):
    data = saved(PATCHES, kind, exif=with_exif_orientation(orientation), **NEARLY_LOSSLESS.get(kind, {}))
    expected = UPRIGHT[orientation](PATCHES)
    result = read(data, LIMIT).pixels
    assert result.shape == expected.shape
    assert np.abs(result.astype(int) - expected).max() <= 4


def test_an_orientation_that_does_not_exist_is_ignored():
    np.testing.assert_array_equal(read(saved(PIXELS, "PNG", exif=with_exif_orientation(9)), LIMIT).pixels, PIXELS)


def test_the_matte_is_turned_with_the_picture():
    alpha = read(saved(np.dstack([PIXELS, ALPHA]), "PNG", exif=with_exif_orientation(6)), LIMIT).alpha
    np.testing.assert_allclose(alpha, np.rot90(ALPHA, -1) / 255, atol=1e-6)


# --- colour ---


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF", "JPEG", AVIF])
def test_a_profile_changes_the_numbers_to_srgb(kind):
    data = saved(PATCHES, kind, icc_profile=SWAPPED, **NEARLY_LOSSLESS.get(kind, {}))
    assert np.abs(read(data, LIMIT).pixels.astype(int) - PATCHES[..., [1, 0, 2]]).max() <= 4


def test_a_profile_applies_to_palettes_too():
    palette = PillowImage.fromarray(PATCHES).quantize(6)
    result = read(saved(palette, "PNG", icc_profile=SWAPPED), LIMIT).pixels
    assert np.abs(result.astype(int) - np.asarray(palette.convert("RGB"))[..., [1, 0, 2]]).max() <= 1


def test_a_profile_leaves_the_matte_alone():
    picture = read(saved(np.dstack([PIXELS, ALPHA]), "PNG", icc_profile=SWAPPED), LIMIT)
    np.testing.assert_allclose(picture.alpha, ALPHA / 255, atol=1e-6)
    assert np.abs(picture.pixels.astype(int) - PIXELS[..., [1, 0, 2]]).max() <= 1


GREY = np.arange(256, dtype=np.uint8).reshape(16, 16)


@pytest.mark.parametrize(
    "values",
    [GREY, np.dstack([GREY, np.full_like(GREY, 9)]), GREY * np.uint16(257)],
    ids=["8 bits", "with alpha", "16 bits"],
)
def test_a_grey_profile_is_applied(values):
    light = (GREY / 255) ** 1.8
    expected = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055) * 255
    result = read(saved(values, "PNG", icc_profile=grey_profile(1.8)), LIMIT).pixels
    assert np.abs(result - expected[..., None]).max() < 1.6  # where dark, littleCMS interpolates


@pytest.mark.parametrize("kind", ["TIFF", "JPEG"])
@pytest.mark.parametrize("settings", [{}, {"icc_profile": SWAPPED}], ids=["no profile", "a profile for RGB"])
@pytest.mark.parametrize(
    ("ink", "seen"),
    [((255, 0, 0, 0), (0, 255, 255)), ((0, 0, 0, 100), (155, 155, 155)), ((0, 0, 255, 255), (0, 0, 0))],
    ids=["cyan", "grey", "black"],
)
def test_inks_become_colours(kind, settings, ink, seen):
    result = read(saved(PillowImage.new("CMYK", (16, 16), ink), kind, **settings), LIMIT).pixels
    assert np.abs(result.astype(int) - seen).max() <= 3


@pytest.mark.parametrize("wrap", [lambda values: saved(values, "PNG"), lambda values: tiff_file(values, byteorder=">")])
def test_grey_of_16_bits_is_rounded_to_8(wrap):
    values = np.arange(65536, dtype=np.uint16).reshape(256, 256)
    expected = ((values.astype(int) + 128) // 257)[..., None].repeat(3, axis=2)
    np.testing.assert_array_equal(read(wrap(values), LIMIT).pixels, expected)


def test_floating_point_is_taken_as_zero_to_one():
    values = np.array([[0, 0.2, 1, 2, -1, np.nan, np.inf, -np.inf]], np.float32)
    assert read(tiff_file(values), LIMIT).pixels[0, :, 0].tolist() == [0, 51, 255, 255, 0, 0, 255, 0]


@pytest.mark.parametrize(
    "values", [np.uint8([[0, 1, 255]]), np.uint16([[0, 257, 65535]]), np.float32([[0, 1 / 255, 1]])]
)
def test_a_scan_whose_zero_is_white_is_no_negative(values):
    assert read(tiff_file(values, photometric="miniswhite"), LIMIT).pixels[0, :, 0].tolist() == [255, 254, 0]


# --- transparency ---


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF"])
def test_alpha_is_kept_apart_from_the_colours(kind):
    see_through = np.maximum(ALPHA, 1)  # WebP forgets the colour of what cannot be seen
    picture = read(saved(np.dstack([PIXELS, see_through]), kind, **LOSSLESS.get(kind, {})), LIMIT)
    np.testing.assert_array_equal(picture.pixels, PIXELS)
    assert picture.alpha is not None
    assert picture.alpha.dtype == np.float32
    np.testing.assert_allclose(picture.alpha, see_through / 255, atol=1e-6)


def test_grey_with_alpha_is_kept_apart_too():
    picture = read(saved(np.dstack([PIXELS[..., 0], ALPHA]), "PNG"), LIMIT)
    np.testing.assert_array_equal(picture.pixels, PIXELS[..., :1].repeat(3, axis=2))
    np.testing.assert_allclose(picture.alpha, ALPHA / 255, atol=1e-6)


def tagged(width: int, depth: int, colour: int, row: bytes, transparent: bytes) -> bytes:
    """A PNG of one row, in which one colour, or some entries of its palette, are transparent."""
    palette = [chunk(b"PLTE", bytes(range(12)))] if colour == 3 else []
    return png_file(width, 1, depth, colour, b"\0" + row, *palette, chunk(b"tRNS", transparent))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(tagged(4, 1, 0, b"\x50", b"\0\1"), [1, 0, 1, 0], id="black and white"),
        pytest.param(tagged(4, 2, 0, b"\x1b", b"\0\1"), [1, 0, 1, 1], id="grey of 2 bits"),
        pytest.param(tagged(2, 4, 0, b"\x1c", b"\0\x0c"), [1, 0], id="grey of 4 bits"),
        pytest.param(tagged(3, 8, 0, b"\1\2\3", b"\0\2"), [1, 0, 1], id="grey of 8 bits"),
        pytest.param(tagged(3, 16, 0, b"\1\2\1\3\2\2", b"\1\3"), [1, 0, 1], id="grey of 16 bits"),
        pytest.param(tagged(2, 16, 4, b"\1\1\0\0\1\1\x33\x33", b""), [0, 0.2], id="grey of 16 bits with alpha"),
        pytest.param(tagged(2, 8, 2, b"\1\2\3\1\2\4", b"\0\1\0\2\0\3"), [0, 1], id="colour"),
        pytest.param(tagged(2, 16, 2, bytes(range(12)), bytes(range(6))), [0, 1], id="colour of 16 bits"),
        pytest.param(tagged(4, 2, 3, b"\x1b", b"\xff\0\xff"), [1, 0, 1, 1], id="one entry of a palette"),
        pytest.param(tagged(4, 2, 3, b"\x1b", b"\x33\x66"), [0.2, 0.4, 1, 1], id="entries of a palette in part"),
    ],
)
def test_a_transparent_colour_becomes_a_matte(data, expected):
    np.testing.assert_allclose(read(data, LIMIT).alpha, [expected], atol=1e-6)


def test_a_gif_keeps_its_transparent_colour():
    image = PillowImage.fromarray(np.array([[0, 1, 2, 1]], np.uint8), "P")
    image.putpalette(bytes(range(9)))
    picture = read(saved(image, "GIF", transparency=1), LIMIT)
    assert picture.alpha.tolist() == [[1, 0, 1, 0]]
    assert picture.pixels[0, [0, 2]].tolist() == [[0, 1, 2], [6, 7, 8]]


def test_a_flattened_picture_lies_on_white():
    alpha = np.array([[0, 1, 0.5]], np.float32)
    assert Picture(np.full((1, 3, 3), 55, np.uint8), alpha).flattened()[0, :, 0].tolist() == [255, 55, 155]
    assert Picture(PIXELS).flattened() is PIXELS


# --- writing ---


@pytest.mark.parametrize("alpha", [None, np.arange(256, dtype=np.float32).reshape(16, 16) / 255])
def test_writing_a_png_and_reading_it_changes_nothing(alpha):
    pixels = RNG.integers(0, 256, (16, 16, 3), dtype=np.uint8)
    data = png(Picture(pixels, alpha))
    picture = read(data, LIMIT)
    assert data.startswith(b"\x89PNG")
    np.testing.assert_array_equal(picture.pixels, pixels)
    np.testing.assert_array_equal(picture.alpha, alpha)


def test_alpha_is_rounded_to_the_nearest_level():
    picture = read(png(Picture(np.zeros((1, 2, 3), np.uint8), np.array([[99.4, 99.6]], np.float32) / 255)), LIMIT)
    np.testing.assert_allclose(picture.alpha, np.array([[99, 100]]) / 255, atol=1e-6)


def test_a_note_stands_in_the_file_in_any_script():
    data = png(Picture(PIXELS), {"Title": "A face was replaced", "Software": "换脸"})
    opened = PillowImage.open(io.BytesIO(data))
    assert opened.text == {"Title": "A face was replaced", "Software": "换脸"}
    np.testing.assert_array_equal(read(data, LIMIT).pixels, PIXELS)
