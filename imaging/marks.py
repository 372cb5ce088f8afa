"""What says that a picture was made: words in a corner for people, and words in the file for programs."""

from __future__ import annotations

import numpy as np
from PIL import Image as PillowImage
from PIL import ImageDraw, ImageFont

from imaging.types import Image

_SHARE = 28  # of the shorter side: the height of the letters
_SMALLEST = 11  # pixels
_SHADE = 150  # of 255: how dark the ground under the letters is


def marked(image: Image, words: str) -> Image:
    """`image` with `words` (Latin letters) on a dark ground in its lower left corner."""
    height, width = image.shape[:2]
    size = max(_SMALLEST, min(height, width) // _SHARE)
    font = ImageFont.load_default(size)
    layer = PillowImage.new("RGBA", (width, height))
    pen = ImageDraw.Draw(layer)
    margin = size // 2
    left, top, right, bottom = pen.textbbox((0, 0), words, font=font)
    across, down = right - left, bottom - top
    ground = (margin, height - 3 * margin - down, 3 * margin + across, height - margin)
    pen.rounded_rectangle(ground, margin, fill=(0, 0, 0, _SHADE))
    pen.text((2 * margin - left, height - 2 * margin - down - top), words, font=font, fill=(255, 255, 255, 255))
    under = PillowImage.fromarray(image).convert("RGBA")
    return np.asarray(PillowImage.alpha_composite(under, layer).convert("RGB"))
