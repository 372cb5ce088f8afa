"""Our own Gradio components."""

from tabs.components.picture_input import PictureInput

__all__ = ["PictureInput"]
