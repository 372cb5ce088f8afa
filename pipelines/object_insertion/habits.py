"""Where in a street objects are, how large and in which colours: learnt from the data, to suggest boxes.

Hong et al. (2018) draw boxes "in a data-driven way": their script takes a random one of the same picture's annotation.
Ours come from statistics of the training streets, so that they fit a street that has no annotation. Everything is
measured from the horizon, taken to be where the ground begins: how far below it an object's foot is says how far away
it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import numpy as np
from numpy.typing import NDArray

from imaging.streets import NAMES, OBJECTS
from imaging.types import Box, InputError, LabelMap
from pipelines.object_insertion.statistics import Statistics

GROUND = (6, 7, 8, 9, 10, 22)  # ids of what objects stand on
DEPTHS = 10  # classes of distance below the horizon
FEWEST = 25  # objects of a class that are enough to know its habits
CROWDED = 0.3  # of a box, the most that may hide what is there
TRIES = 60


@dataclass(frozen=True, eq=False)
class Habits(Statistics):
    """By class, rows as in `imaging.streets.NAMES`.

    `feet` int64 (classes, labels, DEPTHS): how many stood on each ground, how far below the horizon; `sizes` float32
    (classes, 3): log height in shares of the picture's is the first, plus the second times log depth, plus noise of the
    third; `shapes` float32 (classes, 2): log width over height, mean and deviation; `colours` uint8 (classes, K, 3):
    mean sRGB of some of them.
    """

    feet: NDArray[np.int64]
    sizes: NDArray[np.float32]
    shapes: NDArray[np.float32]
    colours: NDArray[np.uint8]

    def known(self) -> tuple[int, ...]:
        """Classes of which there were enough."""
        return tuple(label for label in OBJECTS if self.feet[label].sum() >= FEWEST)

    def suggested(self, labels: LabelMap, count: int, seed: int, kinds: tuple[int, ...] = ()) -> list[Box]:
        """`count` likely boxes, fewer where the street has no room; the nearest last, in front of the others.

        `kinds`: ids to choose from, all that are known if empty.
        """
        draw, ids = Random(seed), labels.ids
        start = horizon(ids)
        depths = depth_classes(ids.shape[0], start)
        choice = [kind for kind in kinds or self.known() if kind in self.known()]
        if not choice:
            raise InputError("There are no boxes to suggest for this: choose another object.")
        shown = np.zeros((len(NAMES), DEPTHS), np.int64)
        np.add.at(shown, (ids[start:], np.broadcast_to(depths[:, None], ids[start:].shape)), 1)
        taken = np.isin(ids, OBJECTS)
        boxes: list[Box] = []
        for _ in range(TRIES * count):
            if len(boxes) == count:
                break
            # Rare classes more often than they are: a visitor wants more than cars.
            kind = draw.choices(choice, [float(self.feet[label].sum()) ** 0.5 for label in choice])[0]
            weights = np.where(shown > 0, self.feet[kind], 0).ravel()
            if not weights.any():
                continue
            label, depth = divmod(draw.choices(range(weights.size), weights.tolist())[0], DEPTHS)
            rows, columns = np.nonzero((ids[start:] == label) & (depths == depth)[:, None])
            place = draw.randrange(len(rows))
            box = self._box(kind, int(columns[place]), start + int(rows[place]) + 1, ids.shape, start, draw)
            if box is None or taken[box.top : box.bottom, box.left : box.right].mean() > CROWDED:
                continue
            taken[box.top : box.bottom, box.left : box.right] = True
            boxes.append(box)
        return sorted(boxes, key=lambda box: box.bottom)

    def _box(self, kind: int, middle: int, bottom: int, shape: tuple[int, ...], start: int, draw: Random) -> Box | None:
        """A box of that class that stands there; None where it would leave the picture."""
        mean, slope, noise = self.sizes[kind]
        depth = (bottom - start) / (shape[0] - start)
        tall = shape[0] * np.exp(mean + slope * np.log(depth) + noise * np.clip(draw.gauss(0, 1), -1.5, 1.5))
        shape_mean, shape_noise = self.shapes[kind]
        wide = tall * np.exp(shape_mean + shape_noise * np.clip(draw.gauss(0, 1), -1.5, 1.5))
        left, top = round(middle - wide / 2), round(bottom - tall)
        right = left + round(wide)
        if left < 0 or top < 0 or right > shape[1] or min(right - left, bottom - top) < 8:
            return None
        return Box(left, top, right, bottom, NAMES[kind])

    def colour(self, kind: int, draw: Random | None) -> tuple[int, int, int]:
        """One of the class's colours, sRGB 0..255; without `draw` the greyest of the lighter half.

        In a dark one windows and lamps are not to be told from what is around them.
        """
        ordered = sorted(self.colours[kind].tolist(), key=sum)
        greyest = min(ordered[len(ordered) // 2 :], key=lambda colour: max(colour) - min(colour))
        red, green, blue = draw.choice(ordered) if draw else greyest
        return red, green, blue


def horizon(ids: NDArray[np.uint8]) -> int:
    """The first row in which a twentieth of the pixels is ground."""
    share = np.isin(ids, GROUND).mean(1)
    if not (share > 0.05).any():
        raise InputError("No road or pavement was found to stand on: paint some into the label map, or draw a box.")
    return int(np.argmax(share > 0.05))


def depth_classes(height: int, start: int) -> NDArray[np.int64]:
    """The class of distance of every row below the horizon `start`."""
    below = (np.arange(start, height) + 0.5 - start) / (height - start)
    return (below * DEPTHS).astype(np.int64)
