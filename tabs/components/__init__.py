"""Our own Gradio components."""

from tabs.components.layer_mixer import Layer, LayerMixer
from tabs.components.picture_input import PictureInput

__all__ = ["Layer", "LayerMixer", "PictureInput"]
