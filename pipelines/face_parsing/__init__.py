"""Face parsing: where the faces of a photo are, its 68 points, and what every pixel of one shows."""

from pipelines.face_parsing.detector import Detector, Face
from pipelines.face_parsing.landmarks import FaceLandmarks
from pipelines.face_parsing.pipeline import FaceParsing, Options, Parsed, Result

__all__ = ["Detector", "Face", "FaceLandmarks", "FaceParsing", "Options", "Parsed", "Result"]
