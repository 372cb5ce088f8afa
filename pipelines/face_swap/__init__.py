"""Face swap: one face becomes another's, in its own pose, expression and light (Korshunova et al. 2017)."""

from pipelines.face_swap.pipeline import FaceSwap, Options, Result
from pipelines.face_swap.portrait import Portrait

__all__ = ["FaceSwap", "Options", "Portrait", "Result"]
