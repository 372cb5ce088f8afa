"""Style transfer: a photo in the manner of a painting, by Gatys, by Johnson and by CNNMRF."""

from pipelines.style_transfer.gallery import texture, texture_file
from pipelines.style_transfer.pipeline import MOST_STYLES, Guidance, Options, Result, Style, StyleTransfer
from pipelines.style_transfer.reconstruction import Layer, reconstructions
from pipelines.style_transfer.styles import PAINTINGS

__all__ = [
    "MOST_STYLES",
    "PAINTINGS",
    "Guidance",
    "Layer",
    "Options",
    "Result",
    "Style",
    "StyleTransfer",
    "reconstructions",
    "texture",
    "texture_file",
]
