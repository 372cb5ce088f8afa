"""The page's table of contents: one module a tab, in the order in which they are shown."""

from tabs import (
    cache,
    calls,
    face_swap,
    inpainting,
    object_insertion,
    region_style,
    soft_segmentation,
    style_transfer,
    super_resolution,
    uploads,
)

assert cache
assert calls
assert uploads  # imported for what they mend in Gradio

TABS = (style_transfer, region_style, face_swap, inpainting, object_insertion, soft_segmentation, super_resolution)
