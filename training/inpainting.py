"""Trains the embedded content network of inpainting.

    python -m training.inpainting
    python -m training.inpainting --finish STATE/inpainting/content.safetensors MADE.safetensors

It fills boxes, strokes and several holes in photos, streets and faces. The pictures are small, as the
network is for a hole's large shapes. Losses inside it: L1 at four scales, so that these come first; a little of the
relative error of a small VGG19's activations, so that lines go on.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image as PillowImage
from PIL import ImageOps
from torch import Tensor, nn

from imaging.holes import boxes, centre_hole, free_form
from imaging.types import Image, Mask
from networks.files import load_network, read_card, save_network
from networks.fill import smooth_fill
from networks.tensors import to_image, to_tensor
from pipelines.inpainting.network import ContentNetwork
from training.command import asked, device, parser
from training.muon import Muon
from training.pictures import DATA, decode
from training.precision import autocast
from training.run import Recipe, run
from training.teachers import SmallVGG19, perceptual_error

TAPS = ("relu2_2", "relu3_2", "relu4_1")
SCALES = (1, 2, 4, 8)  # how many times smaller the pictures are whose L1 is taken
SQUEEZED = 2  # Cityscapes is stored at half its width
KEPT_SIDE = 192  # pixels of the shorter side of a picture in memory


@dataclass(frozen=True)
class InpaintingRecipe(Recipe):
    """`crop`: side in pixels, cut from pictures of `sides` on the shorter side; weights of the losses."""

    steps: int = 2000
    batch: int = 32
    learning_rate: float = 3e-3
    average: float = 0.99
    look_every: int = 100
    crop: int = 64
    sides: tuple[int, int] = (64, 128)
    widths: tuple[int, ...] = (96, 160, 224)
    counts: tuple[int, ...] = (1, 1, 2)
    streets: float = 0.25  # share of the pictures
    faces: float = 0.15
    share: float = 0.1  # of the learning rate, for what Muon does not train: the last layer, biases, norms
    pixel_weight: float = 4.0
    perceptual_weight: float = 0.15


class Filling:
    """A `training.run.Task`: the network, the teacher that measures, the pictures and fixed cases."""

    name = "content"

    def __init__(self, recipe: InpaintingRecipe, device: torch.device, start: Path | None = None) -> None:
        self.recipe, self.device, self.start = recipe, device, start
        self.data = (
            "photos, streets and faces of the data folder, research use only; "
            "loss measured with a small VGG19 (Collaborative Distillation, MIT)"
        )
        self.arguments: Mapping[str, object] = {"widths": list(recipe.widths), "counts": list(recipe.counts)}
        torch.manual_seed(recipe.seed)
        self.draw = random.Random(recipe.seed)
        self.network = ContentNetwork(**self.arguments).to(device, memory_format=torch.channels_last)  # pyright: ignore[reportArgumentType, reportCallIssue]
        if start:
            self.network.load_state_dict(load_network(ContentNetwork, start).state_dict())
        self.teacher = SmallVGG19().eval().to(device)
        matrices = [p for p in self.network.parameters() if p.ndim == 4 and p.shape[0] > 16]
        known = {id(parameter) for parameter in matrices}
        rest = [p for p in self.network.parameters() if id(p) not in known]
        self.optimizers: list[torch.optim.Optimizer] = [
            Muon(matrices, recipe.learning_rate),
            torch.optim.Adam([{"params": rest, "share": recipe.share}], betas=(0.9, 0.99)),
        ]
        self.kept: Mapping[str, Any] = {
            "network": self.network,
            "muon": self.optimizers[0],
            "adam": self.optimizers[1],
        }
        self.photos = [shrunk(picture) for picture in decode(DATA / "photos", recipe.crop)]
        self.streets, self.faces = split("streets", "train"), split("faces", "train")
        self.cases = cases(recipe.crop)

    def picture(self) -> Tensor:
        """A random square, (3, crop, crop)."""
        chance, recipe = self.draw.random(), self.recipe
        if chance < recipe.streets:
            pictures = self.streets
        elif chance < recipe.streets + recipe.faces:
            pictures = self.faces
        else:
            pictures = self.photos
        square = cut(self.draw.choice(pictures), recipe.crop, recipe.sides, self.draw)
        light = self.draw.uniform(0.75, 1.35)  # streets are dark, and visitors' photos are not
        return (square * light).clamp(0, 1) if self.draw.random() < 0.5 else square

    def losses(self, step: int, done: float) -> dict[str, float]:
        """One step on one batch."""
        recipe = self.recipe
        count, side = range(recipe.batch), recipe.crop
        x = torch.stack([self.picture() for _ in count]).to(self.device)
        masks = [chance_hole(side, self.draw) for _ in count]
        hole = torch.from_numpy(np.stack(masks))[:, None].float().to(self.device)
        with autocast(self.device):
            made = self.network(x, hole)
            # Both errors are means over the whole picture, most of which is not in question.
            share = hole.mean()
            pixel = pyramid_error(made, x) / share
            perceptual = perceptual_error(self.teacher, made, x, TAPS) / share
        loss = recipe.pixel_weight * pixel + recipe.perceptual_weight * perceptual
        for optimizer in self.optimizers:
            optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), recipe.clip)
        for optimizer in self.optimizers:
            optimizer.step()
        return {"pixel": pixel.item(), "perceptual": perceptual.item()}

    @torch.no_grad()
    def score(self, network: nn.Module) -> dict[str, float]:
        """PSNR inside the hole on pictures that are not trained on, and what the smooth fill has."""
        self.results: list[tuple[Image, ...]] = []
        figures: list[tuple[float, float, float]] = []
        for picture, mask in self.cases:
            x, hole = to_tensor(picture, self.device), torch.from_numpy(mask)[None, None].float().to(self.device)
            smooth, made = smooth_fill(x, hole), network(x, hole)
            error = perceptual_error(self.teacher, made, x, TAPS) / hole.mean()
            figures.append((psnr_inside(made, x, hole), psnr_inside(smooth, x, hole), error.item()))
            self.results.append((to_image(x * (1 - hole)), to_image(smooth), to_image(made), picture))
        means = np.mean(figures, 0)
        names = "PSNR in the hole", "PSNR of a smooth fill", "perceptual error"
        return {name: float(mean) for name, mean in zip(names, means, strict=True)}

    def sheet(self, network: nn.Module) -> Image:
        """Two cases a row: hole, smooth fill, ours, the picture."""
        rows = [np.hstack(row) for row in self.results]
        return np.vstack([np.hstack(rows[place : place + 2]) for place in range(0, len(rows) - 1, 2)])


def pyramid_error(made: Tensor, real: Tensor) -> Tensor:
    """L1 at every one of `SCALES`, the mean."""
    difference = made - real
    return torch.stack([F.avg_pool2d(difference, scale).abs().mean() for scale in SCALES]).mean()


def psnr_inside(made: Tensor, real: Tensor, hole: Tensor) -> float:
    """Over RGB, in decibels."""
    error = ((made.clamp(0, 1) - real).square() * hole).sum() / (3 * hole.sum())
    return -10 * float(error.log10())


def chance_hole(side: int, draw: random.Random) -> Mask:
    """A hole of a batch: strokes, a box, the centre, several boxes, strokes over boxes."""
    chance = draw.random()
    if chance < 0.4:
        least = draw.uniform(0.08, 0.4)
        return free_form(side, side, least, least + 0.1, draw)
    if chance < 0.6:
        return boxes(side, side, 1, (0.25, 0.65), draw)
    if chance < 0.75:
        return centre_hole(side, side)
    if chance < 0.9:
        return boxes(side, side, draw.randint(2, 5), (0.1, 0.35), draw)
    return boxes(side, side, 1, (0.15, 0.45), draw) | free_form(side, side, 0.08, 0.2, draw)


def split(part: str, name: str, most: int = 2000) -> list[Image]:
    """Pictures of a `part` of the data that belong to the split `name`, evenly from all of it."""
    with (DATA / part / "index.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["split"] == name]
    row_id = next(iter(rows[0]))
    made = []
    for row in rows[:: max(1, len(rows) // most)]:
        picture = PillowImage.open(DATA / part / "images" / f"{row[row_id]}.jpg").convert("RGB")
        if row.get("source") == "cityscapes":
            picture = picture.resize((picture.width * SQUEEZED, picture.height), PillowImage.Resampling.BICUBIC)
        made.append(shrunk(np.asarray(picture)))
    return made


def shrunk(picture: Image) -> Image:
    """With a shorter side of `KEPT_SIDE` pixels at most."""
    factor = min(1.0, KEPT_SIDE / min(picture.shape[:2]))
    size = round(picture.shape[1] * factor), round(picture.shape[0] * factor)
    return np.asarray(PillowImage.fromarray(picture).resize(size, PillowImage.Resampling.LANCZOS))


def cut(picture: Image, crop: int, sides: tuple[int, int], draw: random.Random) -> Tensor:
    """A random square, mirrored at random, as if cut from a picture of `sides` on the shorter side."""
    shortest = min(picture.shape[:2])
    part = min(shortest, round(shortest * crop / draw.uniform(*sides)))
    left, top = draw.randint(0, picture.shape[1] - part), draw.randint(0, picture.shape[0] - part)
    box = (left, top, left + part, top + part)
    square = PillowImage.fromarray(picture).resize((crop, crop), PillowImage.Resampling.BICUBIC, box=box)
    return to_tensor(np.asarray(square)[:, ::-1] if draw.random() < 0.5 else np.asarray(square))[0]


def cases(side: int) -> list[tuple[Image, Mask]]:
    """Photos of BSD100, streets and faces of the validation, each with the centre or strokes missing."""
    draw = random.Random(1)
    photos: Sequence[Image] = decode(DATA / "sr_bench" / "BSD100", side, 12)
    pictures = [*photos, *split("streets", "val", 6)[:6], *split("faces", "val", 2)[:2]]
    made = []
    for number, picture in enumerate(pictures):
        fitted = np.asarray(ImageOps.fit(PillowImage.fromarray(picture), (side, side)))
        mask = free_form(side, side, 0.2, 0.3, draw) if number % 3 == 2 else centre_hole(side, side)
        made.append((fitted, mask))
    return made


def main() -> None:
    """The command line."""
    line = parser(__doc__, "a content network to begin as")
    line.add_argument("--finish", type=Path, nargs=2, metavar=("TRAINED", "MADE"), help="write the file that ships")
    options = line.parse_args()
    if options.finish:
        trained, made = options.finish
        save_network(load_network(ContentNetwork, trained).half(), made, *read_card(trained))
        return
    dry = {"steps": 2, "batch": 2, "crop": 64, "widths": (8, 8, 8), "counts": (1, 1, 1), "look_every": 2}
    recipe = asked(InpaintingRecipe(), options, **dry)
    run(Filling(recipe, device(), options.start), recipe, options.state / "inpainting")


if __name__ == "__main__":
    main()
