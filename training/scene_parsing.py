"""Trains the embedded parser of streets on Cityscapes and CamVid: python -m training.scene_parsing

    python -m training.scene_parsing --finish STATE/scene_parsing/parser.safetensors MADE.safetensors

The network sees streets squeezed to half their width, as the data is stored: half the work, nothing lost. Small cuts
first, where a step sees more streets, then larger ones, then whole pictures. Loss: cross entropy with rare labels
weighted up, and soft Dice of the labels in the batch.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from PIL import Image as PillowImage
from torch import Tensor, nn

from imaging.labels import confusion, intersection_over_union, overlay
from imaging.streets import COLOURS, EVALUATED, NAMES
from imaging.types import Image, LabelMap
from networks.files import load_network
from networks.parser import Parser
from training import drawn_streets
from training.command import asked, device, parser
from training.labelled import IGNORED, dice_error
from training.muon import muon_and_adam
from training.parsers import finish, weights_of
from training.precision import autocast
from training.run import Recipe, run
from training.streets import labels, names, picture, relit

SIDE = 256  # pixels, height of the pictures
RARE = (12, 13, 19, 25, 27, 28, 31, 32)  # ids that few streets show: wall, fence, traffic light, rider, truck, ...
SHOWN = 6  # streets on the sheet
TRAINED = np.full(256, IGNORED, np.uint8)  # from Cityscapes' ids to the nineteen that are learnt
TRAINED[list(EVALUATED)] = range(len(EVALUATED))


@dataclass(frozen=True)
class SceneParsingRecipe(Recipe):
    """`sides` in pixels, of which `batch` is for the first: larger ones come fewer at a time, as many pixels.

    `turns`: shares of the training after which the next side is due. `zoom`: pixels of the picture, 256 high, a pixel
    of the cut, the least and the most. `camvid`, `drawings`: shares of pictures from there and of drawn streets.
    `rare`: share drawn among those that show a rare label; a label's weight is its share of the pixels to the power
    `-balance`.
    """

    steps: int = 1800
    batch: int = 12
    learning_rate: float = 1e-2
    average: float = 0.995
    look_every: int = 200
    sides: tuple[int, ...] = (128, 192, 256)
    turns: tuple[float, ...] = (0.5, 0.8)
    zoom: tuple[float, float] = (0.55, 1.6)
    camvid: float = 0.15
    drawings: float = 0.15
    rare: float = 0.35
    balance: float = 0.3
    dice: float = 1.0
    widths: tuple[int, ...] = (24, 48, 96, 144, 192)
    most: int | None = None  # pictures of each source


class SceneParsingTask:
    """A `training.run.Task`: the network and the streets."""

    name = "parser"

    def __init__(self, recipe: SceneParsingRecipe, device: torch.device, start: Path | None = None) -> None:
        self.recipe, self.device, self.start = recipe, device, start
        self.data = (
            "2,975 streets of Cityscapes at 512x256 (research use only), CamVid's (research) at 341x256, and streets "
            "drawn by our own code"
        )
        self.arguments: Mapping[str, object] = {
            "labels": len(EVALUATED),
            "widths": list(recipe.widths),
            "side": SIDE,
        }
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
        self.cityscapes, self.camvid = (names("train", source)[: recipe.most] for source in ("cityscapes", "camvid"))
        counts = counted(self.cityscapes)
        rare = counts[:, TRAINED[list(RARE)]].max(1) > 100  # pixels
        self.rare = [name for name, shown in zip(self.cityscapes, rare, strict=True) if shown] or self.cityscapes
        self.weights = weights_of(shares_of(counts), recipe.balance).to(device)
        self.unseen = {
            source: names("val", source)[:: 10 if source == "cityscapes" else 3][: recipe.most]
            for source in ("cityscapes", "camvid")
        }

    def drawn(self, count: int, side: int) -> tuple[Tensor, Tensor]:
        """Cuts (count, 3, side, side) in 0..1, in other light, and their train ids (count, side, side)."""
        images, ids = [], []
        for _ in range(count):
            share = self.draw.random()
            if share < self.recipe.camvid:
                name = self.draw.choice(self.camvid)
            elif share > 1 - self.recipe.drawings:
                name = str(self.draw.randrange(drawn_streets.COUNT))
            else:
                name = self.draw.choice(self.rare if self.draw.random() < self.recipe.rare else self.cityscapes)
            pixels, shown = seen(name, side, self.draw.uniform(*self.recipe.zoom), self.draw)
            images.append(pixels)
            ids.append(shown)
        pictures = torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2).float() / 255
        return relit(pictures, self.draw), torch.from_numpy(np.stack(ids)).long()

    def losses(self, step: int, done: float) -> dict[str, float]:
        """One step."""
        recipe = self.recipe
        side = recipe.sides[sum(done >= turn for turn in recipe.turns)]
        images, ids = self.drawn(round(recipe.batch * (recipe.sides[0] / side) ** 2), side)
        images, ids = images.to(self.device), ids.to(self.device)
        with autocast(self.device):
            logits = self.network(images.contiguous(memory_format=torch.channels_last)).float()
        entropy = F.cross_entropy(logits, ids, self.weights, ignore_index=IGNORED)
        dice = dice_error(logits.softmax(1), ids)
        for optimizer in self.optimizers:
            optimizer.zero_grad()
        (entropy + recipe.dice * dice).backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), recipe.clip)
        for optimizer in self.optimizers:
            optimizer.step()
        return {"entropy": entropy.item(), "dice": dice.item()}

    def score(self, network: nn.Module) -> dict[str, float]:
        """Mean intersection over union of the nineteen, and accuracy, on streets that it did not learn from."""
        scores = {}
        for source, streets in self.unseen.items():
            counts = np.zeros((len(NAMES), len(NAMES)), np.int64)
            for name in streets:
                counts += confusion(self.parsed(network, name), LabelMap(np.asarray(labels(name)), NAMES))
            counts = counts[np.ix_(EVALUATED, EVALUATED)]
            scores[f"{source} mIoU"] = float(np.nanmean(intersection_over_union(counts)))
            scores[f"{source} accuracy"] = float(np.trace(counts) / counts.sum())
        return scores

    def parsed(self, network: nn.Module, name: str) -> LabelMap:
        """What the network finds in a street, as large as its labels are stored."""
        stored = picture(name)
        pixels = np.asarray(stored.resize((squeezed(stored), SIDE), PillowImage.Resampling.BICUBIC))
        x = torch.from_numpy(pixels.copy()).permute(2, 0, 1)[None].float().to(self.device) / 255
        with torch.no_grad():
            logits = F.interpolate(network(x), stored.size[::-1], mode="bilinear", align_corners=False)
        return LabelMap(np.asarray(EVALUATED, np.uint8)[logits[0].argmax(0).cpu().numpy()], NAMES)

    def sheet(self, network: nn.Module) -> Image:
        """A column a street: the picture, its labels, those found."""
        columns = []
        for name in self.unseen["cityscapes"][:: max(1, len(self.unseen["cityscapes"]) // SHOWN)][:SHOWN]:
            street = np.asarray(picture(name))
            true = LabelMap(np.asarray(labels(name)), NAMES)
            found = self.parsed(network, name)
            columns.append(np.vstack([street, *(overlay(street, ids, COLOURS, 0.8) for ids in (true, found))]))
        sheet = PillowImage.fromarray(np.hstack(columns))
        return np.asarray(sheet.resize((sheet.width, sheet.height // 2)))


def trained(name: str) -> NDArray[np.uint8]:
    """A street's train ids as they are stored, `IGNORED` where the benchmark counts none."""
    return TRAINED[np.asarray(labels(name))]


def squeezed(stored: PillowImage.Image) -> int:
    """Columns that the network is given of a street: half of its width, in steps of its coarsest features."""
    return SIDE if stored.width == SIDE else round(stored.width / 2 / 32) * 32


def seen(name: str, side: int, zoom: float, draw: random.Random) -> tuple[Image, NDArray[np.uint8]]:
    """A cut of a street, mirrored at random, (side, side, 3), and its train ids; `zoom` at the most where it fits."""
    image, ids = picture(name), PillowImage.fromarray(trained(name))
    across = 1 if image.width == SIDE else 2  # CamVid's and drawn ones are not squeezed
    zoom = min(zoom * image.height / SIDE, image.height / side, image.width / across / side)
    width, height = side * zoom * across, side * zoom
    left, top = draw.uniform(0, image.width - width), draw.uniform(0, image.height - height)
    box = (left, top, left + width, top + height)
    pixels = np.asarray(image.resize((side, side), PillowImage.Resampling.BICUBIC, box))
    shown = np.asarray(ids.resize((side, side), PillowImage.Resampling.NEAREST, box))
    return (pixels[:, ::-1], shown[:, ::-1]) if draw.random() < 0.5 else (pixels, shown)


def counted(streets: Sequence[str]) -> NDArray[np.int64]:
    """How many pixels of each street (rows) show each of the nineteen labels."""
    return np.array([np.bincount(trained(name).ravel(), minlength=256)[:19] for name in streets])


def shares_of(counts: NDArray[np.int64]) -> Tensor:
    """Each label's share of all pixels, float32 (labels)."""
    return torch.from_numpy(counts.sum(0) / counts.sum()).float()


def main() -> None:
    """The command line."""
    line = parser(__doc__, "a parser to begin as")
    line.add_argument("--finish", type=Path, nargs=2, metavar=("TRAINED", "MADE"), help="write the file that ships")
    line.add_argument("--earlier", type=Path, help="with --finish: what TRAINED began as; a mean of both is written")
    options = line.parse_args()
    dry = {"steps": 2, "look_every": 2, "batch": 4, "sides": (32, 64), "turns": (0.5,), "widths": (4,) * 5, "most": 4}
    recipe = asked(SceneParsingRecipe(), options, **dry)
    if options.finish:
        shares = shares_of(counted(names("train", "cityscapes")))
        finish(*options.finish, weights=weights_of(shares, recipe.balance), earlier=options.earlier)
        return
    run(SceneParsingTask(recipe, device(), options.start), recipe, options.state / "scene_parsing")


if __name__ == "__main__":
    main()
