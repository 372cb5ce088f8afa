"""The page's table of contents: one module a tab, in the order in which they are shown."""

from tabs import soft_segmentation, style_transfer, super_resolution

TABS = (style_transfer, soft_segmentation, super_resolution)
