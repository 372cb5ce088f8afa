"""Picture files: bytes to pixels and back. Bad input stops here, with a sentence.

Reads what cameras, phones, scanners and editors write (EXIF turned, ICC profiles to sRGB, CMYK, palettes, the first
picture of an animation, 16 bit) and gives 8-bit sRGB with or without a matte. The size is read from the header before a
pixel is decoded, so a small file cannot unfold into gigabytes.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
from PIL import ExifTags, ImageCms
from PIL import Image as PillowImage
from PIL.ImageCms import createProfile  # pyright: ignore[reportUnknownVariableType] - Pillow leaves its result untyped
from PIL.ImageFile import ImageFile
from PIL.PngImagePlugin import PngInfo

from imaging.colour import composite
from imaging.types import Image, InputError, Matte

FORMATS = ("PNG", "JPEG", "WEBP", "AVIF", "GIF", "BMP", "TIFF")  # the MPO of phones and 3-D cameras opens as JPEG
LONGEST_SIDE = 16_000  # pixels
# Pillow's own guard covers whoever opens a file elsewhere in the process (Gradio does); `read` asks for less.
PillowImage.MAX_IMAGE_PIXELS = 100_000_000

_PHOTOMETRIC = 262  # TIFF tag; 0 is "white is zero"
# EXIF orientation to the turn that sets the picture upright.
_TURNS = {
    2: PillowImage.Transpose.FLIP_LEFT_RIGHT,
    3: PillowImage.Transpose.ROTATE_180,
    4: PillowImage.Transpose.FLIP_TOP_BOTTOM,
    5: PillowImage.Transpose.TRANSPOSE,
    6: PillowImage.Transpose.ROTATE_270,
    7: PillowImage.Transpose.TRANSVERSE,
    8: PillowImage.Transpose.ROTATE_90,
}


@dataclass(frozen=True, eq=False)
class Picture:
    """Pixels and, where any of them is see-through, a matte."""

    pixels: Image
    alpha: Matte | None = None

    def flattened(self) -> Image:
        """The picture on white, for methods that know no transparency."""
        return self.pixels if self.alpha is None else composite(self.pixels, self.alpha)


def read(source: Path | bytes, limit_megapixels: float) -> Picture:
    """The picture in a file; its arrays are read-only.

    Raises `InputError` for a file that is no picture, is cut off, or has more than `limit_megapixels` (100 at most).
    """
    head = b""
    # Pillow's warnings of odd metadata go to the log: `warnings.catch_warnings` would silence other threads' too.
    try:
        with io.BytesIO(source) if isinstance(source, bytes) else source.open("rb") as stream:
            head = stream.read(16)
            with PillowImage.open(stream, formats=FORMATS) as opened:
                _check_size(opened.width, opened.height, limit_megapixels)
                _mend_transparency(opened)
                opened.load()
                return _picture(_upright(opened))
    except InputError:
        raise
    except FileNotFoundError:
        raise InputError("This file is no longer there. Choose the picture again.") from None
    except (PillowImage.DecompressionBombError, PillowImage.DecompressionBombWarning):
        raise InputError(
            "This picture is far too large: the limit is {limit:g} megapixels. Make it smaller first.",
            limit=limit_megapixels,
        ) from None
    except Exception as error:  # for damaged bytes Pillow's decoders raise nearly anything, even TypeError
        if isinstance(error, PillowImage.UnidentifiedImageError) and not _promises_a_picture(head):
            raise InputError(
                "This file could not be read as a picture. Use PNG, JPEG, WebP, AVIF, GIF, BMP or TIFF."
            ) from None
        raise InputError("This picture is damaged or cut off. Save it again, or choose another file.") from error


def png(picture: Picture, notes: Mapping[str, str] | None = None) -> bytes:
    """`picture` as a PNG, lossless; with alpha where it has a matte. `notes` by keyword go into its text chunks."""
    pixels = picture.pixels
    if picture.alpha is not None:
        pixels = np.dstack([pixels, np.rint(picture.alpha * 255).astype(np.uint8)])
    buffer = io.BytesIO()
    # Level 1 takes a third of the time of level 6 for a tenth more bytes: 60 megapixels must not take half a minute.
    PillowImage.fromarray(pixels).save(buffer, "PNG", compress_level=1, pnginfo=_chunks(notes or {}))
    return buffer.getvalue()


def _chunks(notes: Mapping[str, str]) -> PngInfo:
    chunks = PngInfo()
    for keyword, text in notes.items():
        chunks.add_itxt(keyword, text)
    return chunks


def _promises_a_picture(head: bytes) -> bool:
    """Whether a file's first 16 bytes are those of a format that is read here."""
    accepts = [PillowImage.OPEN[name][1] for name in FORMATS]
    return any(accept(head) for accept in accepts if accept is not None)


def _check_size(width: int, height: int, limit_megapixels: float) -> None:
    if width * height > limit_megapixels * 1e6 or max(width, height) > LONGEST_SIDE:
        raise InputError(
            "This picture has {width} x {height} pixels. "
            "The limit here is {limit:g} megapixels and {side} pixels a side: make it smaller, or cut a part out.",
            width=width,
            height=height,
            limit=limit_megapixels,
            side=LONGEST_SIDE,
        )


def _mend_transparency(opened: ImageFile) -> None:
    """Brings the transparent colour of a PNG to 8 bits: Pillow does so with the pixels, but forgets this value."""
    value = opened.info.get("transparency")
    if value is None or not opened.tile:
        return
    rawmode = opened.tile[0].args
    if rawmode in ("L;2", "L;4"):
        opened.info["transparency"] = value * (85 if rawmode == "L;2" else 17)
    elif rawmode == "RGB;16B":
        opened.info["transparency"] = tuple(channel >> 8 for channel in value)


def _upright(opened: PillowImage.Image) -> PillowImage.Image:
    """The picture turned as its EXIF says."""
    try:
        turn = _TURNS.get(opened.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # garbage in the metadata, and Pillow raises nearly anything for it; the pixels are good
        turn = None
    return opened if turn is None else opened.transpose(turn)


def _picture(opened: PillowImage.Image) -> Picture:
    """8-bit sRGB and matte of a decoded file."""
    profile = opened.info.get("icc_profile")
    alpha = None
    if opened.mode in ("I", "F") or opened.mode.startswith("I;16"):
        opened, alpha = _eight_bits(opened)
    elif opened.has_transparency_data:
        opened = opened.convert("LA" if opened.mode in ("1", "L", "LA") else "RGBA")
        alpha = np.asarray(opened.getchannel("A"), np.float32) / np.float32(255)
        opened = opened.convert("L" if opened.mode == "LA" else "RGB")
    return Picture(np.asarray(_srgb(opened, profile)), None if alpha is None or alpha.min() == 1 else alpha)


def _eight_bits(opened: PillowImage.Image) -> tuple[PillowImage.Image, Matte | None]:
    """Grey of 16 or 32 bits, taken as 0..65535, or of floating point, taken as 0..1, as 8 bits; and its matte."""
    values = np.asarray(opened)
    transparent = opened.info.get("transparency")
    alpha = (values != transparent).astype(np.float32) if isinstance(transparent, int) else None
    white = 1 if opened.mode == "F" else 65535
    grey = np.clip(np.nan_to_num(values.astype(np.float32)) / white, 0, 1) * 255
    if getattr(opened, "tag_v2", {}).get(_PHOTOMETRIC) == 0:
        grey = 255 - grey  # a TIFF whose zero is white; Pillow turns only those of 8 bits round
    return PillowImage.fromarray(np.rint(grey).astype(np.uint8)), alpha


def _srgb(opened: PillowImage.Image, profile: object) -> PillowImage.Image:
    """The picture as RGB, its colours brought from `profile` to sRGB."""
    if opened.mode == "P":
        opened = opened.convert("RGB")
    if profile and isinstance(profile, bytes):
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            target = cast("Any", createProfile("sRGB"))
            converted = ImageCms.profileToProfile(opened, source, target, outputMode="RGB")
            if converted is not None:
                return converted
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a broken profile, or one for other channels: the numbers are then taken as sRGB, as browsers do
    return opened.convert("RGB")
