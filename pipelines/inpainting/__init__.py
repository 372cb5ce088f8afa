"""Inpainting: what was in a hole, by what is around it (Yang et al. 2017, and what it is compared with)."""

from pipelines.inpainting.guide import Guide
from pipelines.inpainting.holes import feathered, grown
from pipelines.inpainting.pipeline import Inpainting, Options, Result

__all__ = ["Guide", "Inpainting", "Options", "Result", "feathered", "grown"]
