"""Outlines that objects of a class are wont to have: means of alike ones, or figures, in place of a mean of all.

A departure from Hong et al. (2018): a network that is given a box and a class alone draws all outlines that fit at
once, and the threshold makes a rounded box of them; people lose their legs. Ours says where the object is; a frequent
outline like its own is then put there, or, for variants, another that fits the box.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage

from imaging.streets import NAMES
from imaging.types import Box, Matte
from pipelines.object_insertion.figures import FIGURES
from pipelines.object_insertion.figures.drawing import Parts, drawn, mirrored, together
from pipelines.object_insertion.statistics import Statistics
from pipelines.object_insertion.windows import put, standing

SIDE = 32  # pixels to which an outline's box is brought
ALIKE = 0.35  # difference of log width over height between a box and an outline that fits it
STRICT = 4  # power of an outline's overlap with the network's, beside how frequent it is
FEWEST = 3  # outlines to choose from, however unlike the box
STRETCH = 1.25  # of a figure's width or height, at most: in a box of another shape it stands and leaves room


@dataclass(frozen=True, eq=False)
class Outlines(Statistics):
    """By class, rows as in `imaging.streets.NAMES`, K of them, the most frequent first.

    `shapes` uint8 (classes, K, SIDE, SIDE): 255 where all of the kind were, 0 everywhere for none; `aspects` float32
    (classes, K): log width over height of their boxes; `counts` int64 (classes, K): how many there were; `figures`
    int64 (classes, K): the place in `FIGURES` of those that our own code draws, -1 for means.
    """

    shapes: NDArray[np.uint8]
    aspects: NDArray[np.float32]
    counts: NDArray[np.int64]
    figures: NDArray[np.int64]

    def like(self, mask: Matte, box: Box, kind: int, draw: Random | None) -> tuple[Matte, Parts]:
        """An outline in `box`, float32 in 0..1 of the size of `mask` (H, W), the network's probabilities, and of a
        figure its parts.

        A frequent one that is like `mask`, with `draw` a random one; `mask` itself where none of the class is known.
        """
        (known,) = self.counts[kind].nonzero()
        if not len(known):
            return mask, {}
        unlike = np.abs(self.aspects[kind, known] - np.log(box.width / box.height))
        fitting = known[unlike <= max(ALIKE, np.sort(unlike)[: min(FEWEST, len(known))].max())]
        shapes = self.shapes[kind, fitting].astype(np.float32) / 255
        if draw:
            (chosen,) = draw.choices(range(len(fitting)), self.counts[kind, fitting].tolist())
            turned = draw.random() < 0.5
        else:
            own = _resized(mask[box.top : box.bottom, box.left : box.right], SIDE, SIDE)
            both = np.concatenate([shapes, shapes[..., ::-1]])
            overlap = np.minimum(both, own).sum((1, 2)) / np.maximum(both, own).sum((1, 2))
            likely = overlap**STRICT * np.tile(self.counts[kind, fitting], 2)
            turned, chosen = divmod(int(likely.argmax()), len(fitting))
        figure = int(self.figures[kind, fitting[chosen]])
        if figure < 0:
            shape = shapes[chosen][:, :: -1 if turned else 1]
            return put(_resized(shape, box.height, box.width), box, mask.shape), {}
        pieces = FIGURES[NAMES[kind]][figure]
        room = standing(box, float(self.aspects[kind, fitting[chosen]]), STRETCH)
        parts = drawn(mirrored(pieces) if turned else pieces, room.height, room.width)
        parts = {part: put(share, room, mask.shape) for part, share in parts.items()}
        return together(parts.values()), parts


def _resized(plane: Matte, height: int, width: int) -> Matte:
    image = PillowImage.fromarray(np.ascontiguousarray(plane, np.float32))
    return np.asarray(image.resize((width, height), PillowImage.Resampling.BICUBIC)).clip(0, 1)
