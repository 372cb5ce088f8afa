"""The page's table of contents: one module a tab, in the order in which they are shown."""

from tabs import cache, inpainting, region_style, soft_segmentation, style_transfer, super_resolution

assert cache  # imported for what it mends in Gradio

TABS = (style_transfer, region_style, inpainting, soft_segmentation, super_resolution)
