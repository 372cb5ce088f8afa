"""Super-resolution: a photo at two, three or four times its size."""

from pipelines.super_resolution.pipeline import SCALES, Options, Result, SuperResolution

__all__ = ["SCALES", "Options", "Result", "SuperResolution"]
