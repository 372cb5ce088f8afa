"""Counts where objects are, how large and in which colours: python -m training.object_habits MADE.safetensors

What `pipelines.object_insertion.habits` suggests boxes with. Nothing is trained; a minute on one core.
"""

from __future__ import annotations

import argparse
import shlex
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from imaging.streets import NAMES
from imaging.types import InputError
from networks.files import save_state
from pipelines.object_insertion.habits import DEPTHS, FEWEST, GROUND, Habits, depth_classes, horizon
from training.run import placed
from training.streets import HEIGHT, ROAD, Thing, labels, picture, things

COLOURS = 24  # kept of each class
BELOW = 2  # rows under a box: what it stands on


def counted(found: list[Thing]) -> Habits:
    """The habits of `found`."""
    feet = np.zeros((len(NAMES), len(NAMES), DEPTHS), np.int64)
    seen: dict[int, list[tuple[float, float, float]]] = {}
    colours: dict[int, list[NDArray[np.float64]]] = {}
    for thing in tqdm(found, mininterval=5):
        ids, box = np.asarray(labels(thing.street)), thing.box
        try:
            start = horizon(ids[:ROAD])
        except InputError:  # no ground: a street full of cars
            continue
        ground = int(ids[min(box.bottom + BELOW, HEIGHT - 1), (box.left + box.right) // 4])
        if ground not in GROUND or not start < box.bottom <= ROAD:
            continue
        depth = (box.bottom - start) / (ROAD - start)
        feet[thing.label, ground, depth_classes(ROAD, start)[box.bottom - 1 - start]] += 1
        seen.setdefault(thing.label, []).append((box.height / ROAD, box.width / box.height, depth))
        here = np.s_[box.top : box.bottom, box.left // 2 : box.right // 2]
        pixels = np.asarray(picture(thing.street))[here][ids[here] == thing.label]
        colours.setdefault(thing.label, []).append(pixels.mean(0))
    sizes, shapes = np.zeros((len(NAMES), 3), np.float32), np.zeros((len(NAMES), 2), np.float32)
    palettes = np.zeros((len(NAMES), COLOURS, 3), np.uint8)
    for label, entries in seen.items():
        if len(entries) < FEWEST:
            continue
        heights, ratios, depths = np.log(np.array(entries)).T
        slope, mean = np.polyfit(depths, heights, 1)
        sizes[label] = mean, slope, (heights - mean - slope * depths).std()
        shapes[label] = ratios.mean(), ratios.std()
        palettes[label] = np.array(colours[label])[np.linspace(0, len(entries) - 1, COLOURS).astype(int)].round()
    return Habits(feet, sizes, shapes, palettes)


def main() -> None:
    """The command line."""
    line = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    line.add_argument("made", type=Path)
    line.add_argument("--most", type=int, help="objects that are counted")
    options = line.parse_args()
    found = things("train")[: options.most]
    made = counted(found)
    command = shlex.join(["python", "-m", "training.object_habits", *map(placed, sys.argv[1:])])
    card = {
        "data": "boxes of Cityscapes' objects at 512x256 (research use only)",
        "stages": [{"command": command, "recipe": {}}],
        "scores": {"objects": int(made.feet.sum())},
    }
    save_state(made.state(), options.made, {}, card)


if __name__ == "__main__":
    main()
