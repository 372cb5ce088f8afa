"""Groups the outlines of streets' objects by likeness: python -m training.object_outlines MADE.safetensors

What `pipelines.object_insertion.outlines` chooses from: k-means of their masks and of their boxes' shape; and, where a
mean is no outline (people, what has two wheels, buses, cars from the side), figures that our own code draws.
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
from pipelines.object_insertion.figures import FIGURES
from pipelines.object_insertion.figures.drawing import aspect, drawn, together
from pipelines.object_insertion.outlines import SIDE, Outlines
from training.run import placed
from training.streets import Thing, labels, stored, things, whole

MOST, OF = 16, 12  # outlines of a class, at most; one for every so many objects
FEWEST = 8  # objects that make a mean, of which none is to be seen
LEAST = 40  # pixels of an object's longer side: smaller ones are blots
SHOWN = 0.2  # of the box, what is less is hidden by something
DRAWN_FROM = {"car": 1.62}  # width over height of boxes; narrower cars are means, of other classes with figures none is
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
    return Outlines(shapes, aspects, counts, np.full_like(counts, -1))


def with_figures(learnt: Outlines) -> Outlines:
    """`learnt`, with figures in place of those that are no outlines; together as frequent as they were."""
    shapes, aspects, counts, figures = (part.copy() for part in (*vars(learnt).values(),))
    for name, known_figures in FIGURES.items():
        label = NAMES.index(name)
        ratios = [aspect(figure) for figure in known_figures]
        (known,) = learnt.counts[label].nonzero()
        narrow = learnt.aspects[label, known] < np.log(DRAWN_FROM.get(name, 1e-6))
        kept, gone = known[narrow], known[~narrow]
        each = max(1, round(learnt.counts[label, gone].sum() / len(ratios)))
        rows = [(learnt.counts[label, row], learnt.aspects[label, row], learnt.shapes[label, row], -1) for row in kept]
        for place, (figure, ratio) in enumerate(zip(known_figures, ratios, strict=True)):
            mask = together(drawn(figure, SIDE, SIDE).values())
            rows.append((each, ratio, np.rint(255 * mask), place))
        for part, nothing in ((shapes, 0), (aspects, 0), (counts, 0), (figures, -1)):
            part[label] = nothing
        most_frequent = sorted(rows, key=lambda row: -row[0])[: counts.shape[1]]
        for place, (count, ratio, shape, figure) in enumerate(most_frequent):
            counts[label, place], aspects[label, place] = count, ratio
            shapes[label, place], figures[label, place] = shape, figure
    return Outlines(shapes, aspects, counts, figures)


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
            "outlines of Cityscapes' objects at 512x256 (research use only), each a mean of eight or more; figures "
            "drawn by our own code"
        ),
        "stages": [{"command": command, "recipe": {}}],
        "scores": {"objects": int(learnt.counts.sum()), "outlines": int((made.counts > 0).sum())},
    }
    save_state(made.state(), options.made, {}, card)


if __name__ == "__main__":
    main()
