"""Trains the embedded face parser on the data folder's portraits: python -m training.face_parsing

    python -m training.face_parsing --finish STATE/face_parsing/parser.safetensors MADE.safetensors

Small pictures first, where a step sees more people, then larger ones, then the size that the pipeline uses. Loss: cross
entropy with rare labels weighted up, and soft Dice of the labels in the batch, which counts a nose as much as a sky.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image as PillowImage
from torch import Tensor, nn

from imaging.faces import COLOURS, COMMON, NAMES
from imaging.labels import confusion, intersection_over_union, overlay
from imaging.types import Image, LabelMap
from networks.files import load_network
from networks.parser import Parser
from networks.tensors import to_image
from training.command import asked, device, parser
from training.face_parsing_portraits import Portraits, elsewhere, looked_at, occluded, places, spoilt, tensor
from training.labelled import dice_error
from training.muon import muon_and_adam
from training.parsers import finish, weights_of
from training.pictures import DATA, decode
from training.precision import autocast
from training.run import Recipe, run

SIDE = 256  # pixels of a portrait, and of what the pipeline gives the network
BACKDROPS = 150
CASES, SHOWN = 60, 8  # portraits of the validation that are scored, and on the sheet


@dataclass(frozen=True)
class FaceParsingRecipe(Recipe):
    """`sides` in pixels, of which `batch` is for the first: larger ones come fewer at a time, as many pixels.

    `turns`: shares of the training after which the next side is due.

    `rare`: share of portraits drawn among those that show a rare label; a label's weight is its share of the pixels to
    the power `-balance`. `turn` in degrees and `shift` in halves of a side: standard deviations; `zoom`: the most.
    """

    steps: int = 2000
    batch: int = 16
    learning_rate: float = 1e-2
    average: float = 0.995
    look_every: int = 150
    sides: tuple[int, ...] = (128, 192, 256)
    turns: tuple[float, ...] = (0.5, 0.75)
    rare: float = 0.25
    balance: float = 0.35
    dice: float = 1.0
    turn: float = 13.0
    zoom: float = 1.35
    shift: float = 0.09
    widths: tuple[int, ...] = (24, 48, 96, 144, 192)


class FaceParsingTask:
    """A `training.run.Task`: the network, the portraits and the pictures that are put behind and before them."""

    name = "parser"

    def __init__(self, recipe: FaceParsingRecipe, device: torch.device, start: Path | None = None) -> None:
        self.recipe, self.device, self.start = recipe, device, start
        self.data = "4,400 portraits of CelebAMask-HQ at 256 px (research use only); photos as backdrops"
        self.arguments: Mapping[str, object] = {"widths": list(recipe.widths)}
        torch.manual_seed(recipe.seed)
        self.draw = random.Random(recipe.seed)
        self.network = Parser(**self.arguments).to(device)  # pyright: ignore[reportArgumentType]
        if start:
            self.network.load_state_dict(load_network(Parser, start).state_dict())
        self.network.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue] - torch's stub lacks it
        self.optimizers = muon_and_adam(self.network, recipe.learning_rate, 0.3)
        self.kept: Mapping[str, Any] = {
            "network": self.network,
            "muon": self.optimizers[0],
            "adam": self.optimizers[1],
        }
        self.portraits = Portraits("train")
        self.others = decode(DATA / "photos", 64, BACKDROPS)
        self.weights = weights_of(self.portraits.shares(), recipe.balance).to(device)
        self.cases = Cases(Portraits("val"), CASES)

    def losses(self, step: int, done: float) -> dict[str, float]:
        """One step."""
        recipe = self.recipe
        stage = sum(done >= turn for turn in recipe.turns)
        side = recipe.sides[stage]
        count = round(recipe.batch * (recipe.sides[0] / side) ** 2)
        images, labels = self.portraits.drawn(count, recipe.rare, self.draw)
        matrices = places(count, self.draw, recipe.turn, recipe.zoom, recipe.shift)
        images, labels = looked_at(images, labels, matrices, side)
        elsewhere(images, labels, self.others, self.draw)
        occluded(images, labels, self.others, self.draw)
        images, labels = spoilt(images, self.draw).to(self.device), labels.to(self.device)
        with autocast(self.device):
            logits = self.network(images.contiguous(memory_format=torch.channels_last)).float()
        entropy = F.cross_entropy(logits, labels, self.weights)
        dice = dice_error(logits.softmax(1), labels)
        for optimizer in self.optimizers:
            optimizer.zero_grad()
        (entropy + recipe.dice * dice).backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), recipe.clip)
        for optimizer in self.optimizers:
            optimizer.step()
        return {"entropy": entropy.item(), "dice": dice.item()}

    def score(self, network: nn.Module) -> dict[str, float]:
        """Mean intersection over union and accuracy on portraits of the validation, as they are and moved."""
        return self.cases.score(network, self.device)

    def sheet(self, network: nn.Module) -> Image:
        """Portraits of the validation, moved, their labels and those found."""
        return self.cases.sheet(network, self.device)


class Cases:
    """Portraits that are not trained on: as they are, and moved and spoilt, always the same way."""

    def __init__(self, portraits: Portraits, count: int) -> None:
        names = portraits.names[:: max(1, len(portraits.names) // count)][:count]
        images = tensor(np.stack([portraits.image(name) for name in names]))
        labels = torch.from_numpy(np.stack([portraits.labels(name) for name in names])).long()
        draw = random.Random(0)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            seen, ids = looked_at(images, labels, places(len(names), draw, turn=15, zoom=1.3, shift=0.08), SIDE)
            self.groups = {"": (images, labels), "moved ": (spoilt(seen, draw), ids)}

    def score(self, network: nn.Module, device: torch.device) -> dict[str, float]:
        """Means over all labels and over the common ones, and the share of right pixels, of both groups."""
        scores = {}
        for group, (images, labels) in self.groups.items():
            pairs = zip(parsed(network, images, device), labels, strict=True)
            counts = sum(confusion(found, LabelMap(truth.numpy().astype(np.uint8), NAMES)) for found, truth in pairs)
            assert isinstance(counts, np.ndarray)
            of_each = intersection_over_union(counts)
            scores[f"{group}mIoU-19"] = float(np.nanmean(of_each))
            scores[f"{group}mIoU-11"] = float(np.nanmean(of_each[list(COMMON)]))
            scores[f"{group}accuracy"] = float(np.trace(counts) / counts.sum())
        return scores

    def sheet(self, network: nn.Module, device: torch.device) -> Image:
        """A column a moved portrait: the picture, what it shows, what was found."""
        images, labels = (part[:SHOWN] for part in self.groups["moved "])
        columns = []
        for image, truth, found in zip(images, labels, parsed(network, images, device), strict=True):
            picture = to_image(image[None])
            right = LabelMap(truth.numpy().astype(np.uint8), NAMES)
            columns.append(np.vstack([picture, *(overlay(picture, ids, COLOURS, 0.7) for ids in (right, found))]))
        sheet = PillowImage.fromarray(np.hstack(columns))
        return np.asarray(sheet.reduce(2))


@torch.inference_mode()
def parsed(network: nn.Module, images: Tensor, device: torch.device) -> list[LabelMap]:
    """What the network finds in `images` (N, 3, H, W), one at a time."""
    return [
        LabelMap(network(image[None].to(device))[0].argmax(0).cpu().numpy().astype(np.uint8), NAMES) for image in images
    ]


def main() -> None:
    """The command line."""
    line = parser(__doc__, "a parser to begin as")
    line.add_argument("--finish", type=Path, nargs=2, metavar=("TRAINED", "MADE"), help="write the file that ships")
    options = line.parse_args()
    dry = {"steps": 2, "look_every": 2, "batch": 4, "sides": (32, 64), "turns": (0.5,), "widths": (4,) * 5}
    recipe = asked(FaceParsingRecipe(), options, **dry)
    if options.finish:
        finish(*options.finish, weights=weights_of(Portraits("train").shares(), recipe.balance))
        return
    run(FaceParsingTask(recipe, device(), options.start), recipe, options.state / "face_parsing")


if __name__ == "__main__":
    main()
