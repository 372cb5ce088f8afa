"""Our own Gradio components."""

from tabs.components.box_editor import BoxEditor, Drawn
from tabs.components.face_points import FacePoints, PointedFace
from tabs.components.label_painter import LabelPainter, Painted
from tabs.components.layer_mixer import Layer, LayerMixer
from tabs.components.mask_painter import MaskPainter, PaintedMask
from tabs.components.picture_input import PictureInput

__all__ = [
    "BoxEditor",
    "Drawn",
    "FacePoints",
    "LabelPainter",
    "Layer",
    "LayerMixer",
    "MaskPainter",
    "Painted",
    "PaintedMask",
    "PictureInput",
    "PointedFace",
]
