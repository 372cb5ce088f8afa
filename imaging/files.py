"""Picture files: bytes to pixels and back. Bad input stops here, with a sentence.

Reads what cameras, phones, scanners and editors write (EXIF turned, ICC profiles to sRGB, CMYK, palettes, the first
picture of an animation, 16 bit) and gives 8-bit sRGB with or without a matte. The size is read from the header before a
pixel is decoded, so a small file cannot unfold into gigabytes.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image as PillowImage
from PIL import ImageCms, ImageOps

from imaging.colour import composite
from imaging.types import Image, InputError, Matte

FORMATS = ("PNG", "JPEG", "MPO", "WEBP", "AVIF", "GIF", "BMP", "TIFF")
LONGEST_SIDE = 16_000  # pixels
# Pillow's own guard covers whoever opens a file elsewhere in the process (Gradio does); `read` asks for less.
PillowImage.MAX_IMAGE_PIXELS = 100_000_000


@dataclass(frozen=True, eq=False)
class Picture:
    """Pixels and, where any of them is see-through, a matte."""

    pixels: Image
    alpha: Matte | None = None

    def flattened(self) -> Image:
        """The picture on white, for methods that know no transparency."""
        return self.pixels if self.alpha is None else composite(self.pixels, self.alpha)


def read(source: Path | bytes, limit_megapixels: float) -> Picture:
    """The picture in a file.

    Raises `InputError` for a file that is no picture, is cut off, or has more than `limit_megapixels`.
    """
    try:
        with warnings.catch_warnings(), PillowImage.open(_stream(source), formats=FORMATS) as opened:
            # Pillow warns of odd but readable metadata; the visitor can do nothing about it.
            warnings.simplefilter("ignore")
            _check_size(opened.width, opened.height, limit_megapixels)
            opened.seek(0)
            opened.load()
            return _picture(ImageOps.exif_transpose(opened))
    except (PillowImage.DecompressionBombError, PillowImage.DecompressionBombWarning):
        raise InputError(
            "This picture is far too large: the limit is {limit:g} megapixels. Make it smaller first.",
            limit=limit_megapixels,
        ) from None
    except PillowImage.UnidentifiedImageError:
        raise InputError(
            "This file could not be read as a picture. Use PNG, JPEG, WebP, AVIF, GIF, BMP or TIFF."
        ) from None
    except (OSError, SyntaxError, ValueError, EOFError):
        raise InputError("This picture is damaged or cut off. Save it again, or choose another file.") from None


def png(picture: Picture) -> bytes:
    """`picture` as a PNG, lossless; with alpha where it has a matte."""
    pixels = picture.pixels
    if picture.alpha is not None:
        pixels = np.dstack([pixels, np.rint(picture.alpha * 255).astype(np.uint8)])
    buffer = io.BytesIO()
    # Level 1 takes a third of the time of level 6 for a tenth more bytes, and 60 megapixels must not take half a minute.
    PillowImage.fromarray(pixels).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def _stream(source: Path | bytes) -> Path | io.BytesIO:
    return io.BytesIO(source) if isinstance(source, bytes) else source


def _check_size(width: int, height: int, limit_megapixels: float) -> None:
    if width * height > limit_megapixels * 1e6 or max(width, height) > LONGEST_SIDE:
        raise InputError(
            "This picture has {width} x {height} pixels. The limit here is {limit:g} megapixels and {side} pixels a side: "
            "make it smaller, or cut a part out.",
            width=width,
            height=height,
            limit=limit_megapixels,
            side=LONGEST_SIDE,
        )


def _picture(opened: PillowImage.Image) -> Picture:
    profile = opened.info.get("icc_profile")
    if opened.mode in ("I", "F") or opened.mode.startswith("I;16"):
        return Picture(np.repeat(_eight_bits(opened)[..., None], 3, axis=2))
    alpha = None
    if opened.has_transparency_data:
        opened = opened.convert("LA" if opened.mode in ("1", "L", "LA") else "RGBA")
        alpha = np.asarray(opened.getchannel("A"), np.float32) / 255
        opened = opened.convert("L" if opened.mode == "LA" else "RGB")
    return Picture(np.asarray(_srgb(opened, profile)), None if alpha is None or alpha.min() == 1 else alpha)


def _eight_bits(opened: PillowImage.Image) -> Image:
    """Grey values of 16 or 32 bits or floating point, as 8 bits; floating point is taken as 0..1."""
    values = np.asarray(opened).astype(np.float64)
    white = 1.0 if opened.mode == "F" else 65535.0
    return np.rint(np.clip(np.nan_to_num(values) / white, 0, 1) * 255).astype(np.uint8)


def _srgb(opened: PillowImage.Image, profile: bytes | None) -> PillowImage.Image:
    if opened.mode == "P":
        opened = opened.convert("RGB")
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            target = ImageCms.createProfile("sRGB")
            converted = ImageCms.profileToProfile(opened, source, target, outputMode="RGB")
            if converted is not None:
                return converted
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a broken profile, or one for other channels: the numbers are then taken as sRGB, as browsers do
    return opened.convert("RGB")
