"""Style transfer: a photo in the manner of a painting, by Gatys, by Johnson and by CNNMRF."""

from pipelines.style_transfer.pipeline import Guidance, Options, Result, Style, StyleTransfer
from pipelines.style_transfer.styles import PAINTINGS

__all__ = ["PAINTINGS", "Guidance", "Options", "Result", "Style", "StyleTransfer"]
