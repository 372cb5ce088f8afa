"""Region style of faces: SEAN (Zhu et al., CVPR 2020)."""

from pipelines.region_style.codes import Codes
from pipelines.region_style.pipeline import Options, RegionStyle, Result, Swap

__all__ = ["Codes", "Options", "RegionStyle", "Result", "Swap"]
