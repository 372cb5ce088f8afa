"""Our own Gradio components."""

from tabs.components.mask_painter import MaskPainter, Painted
from tabs.components.picture_input import PictureInput

__all__ = ["MaskPainter", "Painted", "PictureInput"]
