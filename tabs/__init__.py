"""The page's table of contents: one module a tab, in the order in which they are shown."""

from tabs import inpainting, region_style, soft_segmentation, style_transfer, super_resolution

TABS = (style_transfer, region_style, inpainting, soft_segmentation, super_resolution)
