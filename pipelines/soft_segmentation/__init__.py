"""Soft segmentation: a photo as a few layers that mean something."""

from pipelines.soft_segmentation.clip import MOST_FRAMES, segmented
from pipelines.soft_segmentation.files import as_psd, as_zip
from pipelines.soft_segmentation.options import FEWEST, MOST, Memory, Options
from pipelines.soft_segmentation.pipeline import STAGES, Result, SoftSegmentation
from pipelines.soft_segmentation.views import PALETTE

__all__ = [
    "FEWEST",
    "MOST",
    "MOST_FRAMES",
    "PALETTE",
    "STAGES",
    "Memory",
    "Options",
    "Result",
    "SoftSegmentation",
    "as_psd",
    "as_zip",
    "segmented",
]
