"""What a pixel of a street can show: the ids of Cityscapes (Cordts et al. 2016), and one more that means "nothing"."""

from __future__ import annotations

NAMES = (
    *("unlabeled", "ego vehicle", "rectification border", "out of roi", "static", "dynamic", "ground", "road"),
    *("sidewalk", "parking", "rail track", "building", "wall", "fence", "guard rail", "bridge", "tunnel", "pole"),
    *("polegroup", "traffic light", "traffic sign", "vegetation", "terrain", "sky", "person", "rider", "car", "truck"),
    *("bus", "caravan", "trailer", "train", "motorcycle", "bicycle", "nothing"),
)

NOTHING = NAMES.index("nothing")
"""What a box is given that is to be emptied: the token of Hong et al. (2018)."""

OBJECTS = tuple(range(24, 34))
"""Ids that can be put into a street: person to bicycle."""

EVALUATED = (7, 8, 11, 12, 13, 17, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 31, 32, 33)
"""The nineteen ids that Cityscapes' benchmark counts, in its order: train id 0 is road, 18 bicycle."""

CAMVID = (7, 8, 11, 13, 17, 20, 21, 23, 24, 25, 26)
"""The eleven of them that CamVid (Brostow et al. 2009) labels; its bicyclists are riders."""

COLOURS = tuple(
    (code >> 16, code >> 8 & 255, code & 255)
    for code in (
        *(0x000000, 0x000000, 0x000000, 0x000000, 0x000000, 0x6F4A00, 0x510051, 0x804080, 0xF423E8, 0xFAAAA0),
        *(0xE6968C, 0x464646, 0x66669C, 0xBE9999, 0xB4A5B4, 0x966464, 0x96785A, 0x999999, 0x999999, 0xFAAA1E),
        *(0xDCDC00, 0x6B8E23, 0x98FB98, 0x4682B4, 0xDC143C, 0xFF0000, 0x00008E, 0x000046, 0x003C64, 0x00005A),
        *(0x00006E, 0x005064, 0x0000E6, 0x770B20, 0xFFFFFF),
    )
)
"""sRGB 0..255, Cityscapes' own; the last, for "nothing", is white."""

IN_CAMVID = {12: 11, 19: 20, 22: 21, 27: 26, 28: 26, 31: 26, 32: 25, 33: 25}
"""What CamVid's eleven call the others of the nineteen: walls are buildings, trucks cars, a bicycle is its rider."""
