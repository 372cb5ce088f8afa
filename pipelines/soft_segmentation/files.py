"""Layers as files: PNGs with alpha in a ZIP, or one PSD for Photoshop, GIMP, Krita."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence

import numpy as np
from PIL import Image as PillowImage
from psd_tools import PSDImage

from imaging.files import Picture, png
from imaging.types import Image
from pipelines.soft_segmentation.pipeline import Result


def as_zip(frames: Iterable[tuple[str, Result]], names: Sequence[str] | None = None) -> bytes:
    """A ZIP of RGBA PNGs, the rearmost layer first; each frame's own prefix goes before the names of its files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for prefix, result in frames:
            for number, (matte, colours) in enumerate(zip(result.layers, result.colours, strict=True), start=1):
                words = names or [" ".join(pair) for pair in result.names]
                title = words[number - 1].replace(",", "").replace(" ", "_")
                archive.writestr(f"{prefix}{number:02d}_{title}.png", png(Picture(colours, matte)))
    return buffer.getvalue()


def as_psd(image: Image, result: Result, names: Sequence[str]) -> bytes:
    """A PSD: the photo, and each layer above it, so that any of them can be changed or taken out."""
    height, width = image.shape[:2]
    document = PSDImage.new("RGB", (width, height))
    document.create_pixel_layer(PillowImage.fromarray(image), name="Photo")
    for matte, colours, name in zip(result.layers, result.colours, names, strict=True):
        pixels = np.dstack([colours, np.rint(matte * 255).astype(np.uint8)])
        # Named afterwards: that sets the Unicode name too, where the old field has no signs for it.
        document.create_pixel_layer(PillowImage.fromarray(pixels)).name = name
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()
