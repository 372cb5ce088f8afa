"""Soft segmentation: a photo as a few layers that mean something."""

from pipelines.soft_segmentation.embeddings import FILES
from pipelines.soft_segmentation.pipeline import FEWEST, MOST, STAGES, Memory, Options, Result, SoftSegmentation

__all__ = ["FEWEST", "FILES", "MOST", "STAGES", "Memory", "Options", "Result", "SoftSegmentation"]
