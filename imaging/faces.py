"""What a pixel of a face can show: CelebAMask-HQ's nineteen labels, in SEAN's order (Zhu et al. 2020).

Left and right are the person's own.
"""

from __future__ import annotations

NAMES = (
    "background",
    "skin",
    "nose",
    "glasses",
    "left eye",
    "right eye",
    "left brow",
    "right brow",
    "left ear",
    "right ear",
    "mouth",
    "upper lip",
    "lower lip",
    "hair",
    "hat",
    "earring",
    "necklace",
    "neck",
    "cloth",
)

# Those that nearly every portrait has.
COMMON = tuple(
    NAMES.index(name)
    for name in NAMES
    if name in ("skin", "nose", "mouth", "upper lip", "lower lip", "hair", "neck") or name.endswith(("eye", "brow"))
)

# What a flip makes of each label: left and right change places.
MIRRORED = tuple(
    NAMES.index(name.replace("left", "right") if "left" in name else name.replace("right", "left")) for name in NAMES
)

COLOURS = tuple(
    (code >> 16, code >> 8 & 255, code & 255)
    for code in (
        *(0x000000, 0xCC0000, 0x4C9900, 0xCCCC00, 0x3333FF, 0xCC00CC, 0x00FFFF, 0x33FFFF, 0x663300, 0xFF0000),
        *(0x66CC00, 0xFFFF00, 0x000099, 0x0000CC, 0xFF3399, 0x00CCCC, 0x003300, 0xFF9933, 0x00CC00),
    )
)
"""sRGB 0..255, those of the public demonstrations."""
