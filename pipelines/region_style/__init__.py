"""Region style of faces: SEAN (Zhu et al., CVPR 2020)."""

from pipelines.region_style.codes import Codes

__all__ = ["Codes"]
