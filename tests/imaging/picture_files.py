"""Makes the picture files that the tests read: with Pillow, and by hand what Pillow cannot write."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
import pytest
import tifffile
from PIL import Image as PillowImage
from PIL import ImageCms, features

LIMIT = 10.0  # megapixels
AVIF = pytest.param("AVIF", marks=pytest.mark.skipif(not features.check("avif"), reason="this Pillow has no AVIF"))
LOSSLESS: dict[str, dict[str, Any]] = {"WEBP": {"lossless": True}}
NEARLY_LOSSLESS: dict[str, dict[str, Any]] = LOSSLESS | {
    "JPEG": {"quality": 100, "subsampling": 0},
    "AVIF": {"quality": 100, "subsampling": "4:4:4"},
}

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
# A profile in which red light is called green and green light red: its effect has a closed form.
SWAPPED = SRGB.replace(b"rXYZ", b"????").replace(b"gXYZ", b"rXYZ").replace(b"????", b"gXYZ")


def saved(pixels: np.ndarray | PillowImage.Image, kind: str, mode: str | None = None, **settings: Any) -> bytes:
    """`pixels` as a file of `kind`, converted to `mode` before."""
    image = pixels if isinstance(pixels, PillowImage.Image) else PillowImage.fromarray(pixels)
    buffer = io.BytesIO()
    (image.convert(mode) if mode else image).save(buffer, kind, **settings)
    return buffer.getvalue()


def tiff_file(values: np.ndarray, **settings: Any) -> bytes:
    """A TIFF of kinds that Pillow reads but does not write."""
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, values, **settings)
    return buffer.getvalue()


def chunk(name: bytes, data: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png_file(width: int, height: int, depth: int, colour: int, rows: bytes, *chunks: bytes) -> bytes:
    """A PNG of any depth and colour type with `chunks` before the pixels; each row of `rows` begins with a zero."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    end = chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + end


def rgb_png(pixels: np.ndarray, *chunks: bytes) -> bytes:
    """`pixels`, of 8 or 16 bits, as a PNG with `chunks`."""
    rows = pixels.astype(pixels.dtype.newbyteorder(">"))
    data = b"".join(b"\0" + row.tobytes() for row in rows)
    return png_file(pixels.shape[1], pixels.shape[0], 8 * pixels.itemsize, 2, data, *chunks)


def with_exif_orientation(orientation: int) -> PillowImage.Exif:
    """EXIF that says how the camera was held."""
    exif = PillowImage.Exif()
    exif[274] = orientation
    return exif


def grey_profile(gamma: float) -> bytes:
    """The smallest ICC profile for grey values v that stand for light (v / 255) ** gamma: two tags, white and curve."""
    d50 = struct.pack(">3i", *(round(value * 65536) for value in (0.9642, 1.0, 0.8249)))
    white, curve = b"XYZ \0\0\0\0" + d50, struct.pack(">4s4xIHxx", b"curv", 1, round(gamma * 256))
    tags = struct.pack(">I4sII4sII", 2, b"wtpt", 156, len(white), b"kTRC", 176, 14)
    kind = struct.pack(">4xI4s4s4s12x4s", 0x02100000, b"mntr", b"GRAY", b"XYZ ", b"acsp")
    return struct.pack(">I", 192) + kind + bytes(28) + d50 + bytes(48) + tags + white + curve
