"""Face parsing: where the faces of a photo are, and what every pixel of one shows."""

from pipelines.face_parsing.detector import Detector, Face

__all__ = ["Detector", "Face"]
