"""Face swap: one face becomes another's, in its own pose, expression and light."""

from pipelines.face_swap.portrait import Portrait

__all__ = ["Portrait"]
