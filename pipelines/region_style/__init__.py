"""Region style of faces: SEAN (Zhu et al., CVPR 2020)."""
