"""The page's table of contents: one module a tab, in the order in which they are shown."""

from tabs import inpainting, style_transfer, super_resolution

TABS = (style_transfer, inpainting, super_resolution)
