"""Groups the outlines of streets' objects by likeness: python -m training.object_outlines MADE.safetensors

What `pipelines.object_insertion.outlines` chooses from: k-means of their masks and of their boxes' shape; and, where a
mean is no outline (people, what has two wheels, cars from the side), outlines that our own code draws.
"""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage
from sklearn.cluster import KMeans  # pyright: ignore[reportMissingTypeStubs] - scikit-learn comes without types

from imaging.streets import NAMES
from networks.files import save_state
from pipelines.object_insertion.outlines import ALIKE, SIDE, Outlines
from training.drawn_outlines import figures
from training.run import placed
from training.streets import Thing, labels, stored, things, whole

MOST, OF = 16, 12  # outlines of a class, at most; one for every so many objects
FEWEST = 8  # objects that make a mean, of which none is to be seen
LEAST = 40  # pixels of an object's longer side: smaller ones are blots
SHOWN = 0.2  # of the box, what is less is hidden by something
PARTLY_DRAWN = ("car",)  # only where boxes are of such a shape; of other classes with drawn outlines all are
OF_SHAPE = 6.0  # weight of log width over height, beside SIDE * SIDE pixels


def grouped(found: Sequence[Thing], most: int = MOST) -> Outlines:
    """The outlines of `found`."""
    shapes = np.zeros((len(NAMES), most, SIDE, SIDE), np.uint8)
    aspects, counts = np.zeros((len(NAMES), most), np.float32), np.zeros((len(NAMES), most), np.int64)
    for label in {thing.label for thing in found}:
        seen = [entry for thing in found if thing.label == label for entry in _outline(thing)]
        groups = min(most, len(seen) // OF)
        if not groups:
            continue
        masks, ratios = np.stack([mask for mask, _ in seen]), np.array([ratio for _, ratio in seen])
        both = np.concatenate([masks.reshape(len(masks), -1), OF_SHAPE * ratios[:, None]], 1)
        grouping = KMeans(groups, n_init=4, random_state=0)  # pyright: ignore[reportArgumentType] - untyped default
        of = grouping.fit_predict(both)
        sizes = np.bincount(of)
        kept = [group for group in np.argsort(-sizes) if sizes[group] >= FEWEST]
        for place, group in enumerate(kept):
            shapes[label, place] = np.rint(255 * masks[of == group].mean(0))
            aspects[label, place], counts[label, place] = ratios[of == group].mean(), sizes[group]
    return Outlines(shapes, aspects, counts)


def with_figures(learnt: Outlines) -> Outlines:
    """`learnt`, with drawn outlines in place of those that are no outlines; together as frequent as they were."""
    shapes, aspects, counts = learnt.shapes.copy(), learnt.aspects.copy(), learnt.counts.copy()
    for name, made in figures().items():
        label = NAMES.index(name)
        (known,) = learnt.counts[label].nonzero()
        unlike = np.abs(learnt.aspects[label, known, None] - [aspect for _, aspect in made]).min(1)
        unlike = (unlike > ALIKE) & (name in PARTLY_DRAWN)
        kept, gone = known[unlike], known[~unlike]
        each = max(1, round(learnt.counts[label, gone].sum() / len(made)))
        rows = [(learnt.counts[label, row], learnt.aspects[label, row], learnt.shapes[label, row]) for row in kept]
        rows += [(each, aspect, np.rint(255 * mask)) for mask, aspect in made]
        for part in (shapes, aspects, counts):
            part[label] = 0
        most_frequent = sorted(rows, key=lambda row: -row[0])[: counts.shape[1]]
        for place, (count, aspect, shape) in enumerate(most_frequent):
            counts[label, place], aspects[label, place], shapes[label, place] = count, aspect, shape
    return Outlines(shapes, aspects, counts)


def _outline(thing: Thing) -> list[tuple[NDArray[np.float32], float]]:
    """Its mask, SIDE pixels square, and log width over height; nothing where it is too small or hidden."""
    if max(thing.box.width, thing.box.height) < LEAST:
        return []
    shown = labels(thing.street)
    mask = whole(np.asarray(shown.crop(stored(thing.box, shown.size))) == thing.label)
    if mask.mean() < SHOWN:
        return []
    small = PillowImage.fromarray(mask.astype(np.float32)).resize((SIDE, SIDE), PillowImage.Resampling.BILINEAR)
    return [(np.asarray(small), float(np.log(thing.box.width / thing.box.height)))]


def main() -> None:
    """The command line."""
    line = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    line.add_argument("made", type=Path)
    line.add_argument("--most", type=int, help="objects that are looked at")
    options = line.parse_args()
    learnt = grouped(things("train")[: options.most])
    made = with_figures(learnt)
    command = shlex.join(["python", "-m", "training.object_outlines", *map(placed, sys.argv[1:])])
    card = {
        "data": (
            "outlines of Cityscapes' objects at 512x256 (research use only), each a mean of eight or more; outlines "
            "drawn by our own code"
        ),
        "stages": [{"command": command, "recipe": {}}],
        "scores": {"objects": int(learnt.counts.sum()), "outlines": int((made.counts > 0).sum())},
    }
    save_state(made.state(), options.made, {}, card)


if __name__ == "__main__":
    main()
