"""Inpainting: what was in a hole, by what is around it (Yang et al. 2017, and what it is compared with)."""

from pipelines.inpainting.holes import feathered, grown

__all__ = ["feathered", "grown"]
