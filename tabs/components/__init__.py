"""Our own Gradio components."""

from tabs.components.label_painter import LabelPainter, Painted
from tabs.components.layer_mixer import Layer, LayerMixer
from tabs.components.picture_input import PictureInput

__all__ = ["LabelPainter", "Layer", "LayerMixer", "Painted", "PictureInput"]
