"""The page's table of contents: one module a tab, in the order in which they are shown."""

from tabs import super_resolution

TABS = (super_resolution,)
