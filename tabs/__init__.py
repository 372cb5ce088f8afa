"""The page's table of contents: one module a tab, in the order in which they are shown."""

from tabs import region_style, soft_segmentation, style_transfer, super_resolution

TABS = (style_transfer, region_style, soft_segmentation, super_resolution)
