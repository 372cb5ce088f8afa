"""Trains the embedded perceptual encoder: it learns every activation of a VGG19 in a sixteenth of the filters.

    python -m training.perceptual
    python -m training.perceptual --finish STATE/perceptual/encoder.safetensors MADE.safetensors

The student has VGG19's shape in wider stages, so it can say all that the teacher says. Loss: relative squared error of
the thirteen narrow activations (through 1x1 adapters that are thrown away), of the five wide ones (through heads that
are kept) and of their Gram matrices; the teacher pools by average, as it is used. Half of the pictures are noisy, or
are what an optimiser makes of a picture with the student itself: there its errors would be exploited.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image as PillowImage
from PIL import ImageOps
from torch import Tensor, nn

from imaging.types import Image
from networks.files import load_network, read_card, save_network
from networks.perceptual import VGG, gram, relative_error
from networks.tensors import to_image, to_tensor
from training.command import asked, device, parser
from training.muon import Muon
from training.pictures import DATA, decode
from training.run import Recipe, run
from training.teachers import SmallVGG19

WIDE = {"relu1_1": 64, "relu2_1": 128, "relu3_1": 256, "relu4_1": 512, "relu5_1": 512}
NARROW = {1: 16, 2: 32, 3: 64, 4: 128, 5: 128}  # the teacher's channels, by stage
VALIDATION = ("tubingen", "golden_gate"), ("vangogh_starry_night", "hokusai_wave")  # in turn, for the sheet
LARGEST = 448  # pixels; the longer side of a training picture
REMEMBERED = 160  # pictures that the optimiser visited


@dataclass(frozen=True)
class PerceptualRecipe(Recipe):
    """`crop` in pixels; a burst is `burst_steps` steps of an optimiser with the student, every `burst_every` steps."""

    steps: int = 3300
    batch: int = 8
    learning_rate: float = 4e-3
    average: float = 0.995
    look_every: int = 400
    crop: int = 96
    widths: tuple[int, ...] = (24, 48, 96, 192, 192)
    gram_weight: float = 0.5
    narrow_fade: float = 0.8
    burst_from: float = 0.15  # of the training
    burst_every: int = 40
    burst_steps: int = 20


class Distillation:
    """A `training.run.Task`: the student, its adapters, the teacher, the pictures and those that were visited."""

    name = "encoder"

    def __init__(self, recipe: PerceptualRecipe, device: torch.device, start: Path | None = None) -> None:
        self.recipe, self.device, self.start = recipe, device, start
        self.data = (
            "photos, streets, faces, segments and paintings of the data folder, research use only; "
            "features of a small VGG19 as teacher (Collaborative Distillation, MIT)"
        )
        self.arguments: Mapping[str, object] = {
            "widths": list(recipe.widths),
            "pooling": "average",
            "padding": "reflect",
            "heads": WIDE,
        }
        torch.manual_seed(recipe.seed)
        self.draw = random.Random(recipe.seed)
        self.network = VGG(**self.arguments).to(device)  # pyright: ignore[reportArgumentType]
        for layer in [*self.network.features, *self.network.heads.values()]:
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
        if start:
            self.network.load_state_dict(load_network(VGG, start).state_dict())
        self.teacher = SmallVGG19().eval().to(device)
        taps = {name: int(name[4]) for name in self.network.taps}
        self.adapters = nn.ModuleDict(
            {name: nn.Conv2d(recipe.widths[stage - 1], NARROW[stage], 1) for name, stage in taps.items()}
        ).to(device)
        matrices = [p for p in self.network.parameters() if p.ndim == 4]
        rest = [p for p in self.network.parameters() if p.ndim != 4]
        self.optimizers: list[torch.optim.Optimizer] = [
            Muon(matrices, recipe.learning_rate),
            torch.optim.Adam([*rest, *self.adapters.parameters()], betas=(0.9, 0.99)),
        ]
        self.kept: Mapping[str, Any] = {
            "network": self.network,
            "adapters": self.adapters,
            "muon": self.optimizers[0],
            "adam": self.optimizers[1],
        }
        self.paintings = shrunk([DATA / "styles"])
        self.pictures = shrunk([DATA / part for part in ("photos", "segments/images", "contents")])
        self.pictures += shrunk([DATA / "faces/images", DATA / "streets/images"], most=500) + self.paintings * 3
        self.visited: deque[Tensor] = deque(maxlen=REMEMBERED)

    def batch(self, pictures: list[Image], count: int) -> Tensor:
        """Squares of any scale."""
        return torch.stack([square(self.draw.choice(pictures), self.recipe.crop, self.draw) for _ in range(count)])

    def losses(self, step: int, done: float) -> dict[str, float]:
        """One step; the second half of the batch is what an optimiser meets."""
        recipe = self.recipe
        if done > recipe.burst_from and step % recipe.burst_every == 0:
            self.burst()
        x = self.batch(self.pictures, recipe.batch)
        half = recipe.batch // 2
        noise = 0.3 * torch.rand(half, 1, 1, 1) ** 2 * torch.randn(half, *x.shape[1:])
        x[:half] = (x[:half] + noise).clamp(-0.1, 1.1)
        for place in range(min(len(self.visited), half // 2 + half % 2)):
            x[place] = self.draw.choice(self.visited)
        x = x.to(self.device)
        with torch.no_grad():
            narrow = self.teacher(x, tuple(self.network.taps))
            wide = self.teacher.wide(narrow)
        raw, headed = activations(self.network, x)
        narrow_error = torch.stack([relative_error(self.adapters[t](raw[t]), narrow[t]) for t in narrow]).sum()
        wide_errors = {t: relative_error(headed[t], wide[t]) for t in wide}
        gram_error = torch.stack([relative_error(gram(headed[t]), gram(wide[t])) for t in wide]).sum()
        loss = (1 - recipe.narrow_fade * done) * narrow_error + torch.stack(list(wide_errors.values())).sum()
        loss = loss + recipe.gram_weight * min(1, 5 * done) * gram_error
        for optimizer in self.optimizers:
            optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_([*self.network.parameters(), *self.adapters.parameters()], recipe.clip)
        for optimizer in self.optimizers:
            optimizer.step()
        deepest = wide_errors["relu5_1"].item()
        return {"narrow": narrow_error.item(), "relu5_1": deepest, "gram": gram_error.item()}

    def burst(self) -> None:
        """Adds a batch of pictures on an optimiser's way to a painting's style, as the student sees it."""
        count = self.recipe.batch
        start = self.batch(self.pictures, count)
        for place in range(count):
            chance = self.draw.random()
            if chance < 0.5 and self.visited:
                start[place] = self.draw.choice(self.visited)
            elif chance < 0.7:
                start[place] = 0.5 + 0.3 * torch.randn(start.shape[1:])
        style = self.batch(self.paintings, count)
        steps = self.recipe.burst_steps
        with frozen(self.network):
            made = optimised(self.network, start.to(self.device), style.to(self.device), steps, content_weight=0.02)
        self.visited.extend(made.cpu())

    def score(self, network: nn.Module) -> dict[str, float]:
        """Relative error of the wide taps on pictures of the validation, and the ratio of style distances."""
        self.results = self.compared(network)
        contents = torch.cat([content for content, *_ in self.results])
        with torch.no_grad():
            wide = self.teacher.wide(self.teacher(contents, tuple(WIDE)))
            found = network(contents, tuple(WIDE))
        errors = {tap: relative_error(found[tap], wide[tap]).item() for tap in WIDE}
        distances = [[style_distance(self.teacher, made, style) for made in pair] for _, style, *pair in self.results]
        return {**errors, "ratio": float(np.mean([ours / theirs for theirs, ours in distances]))}

    def sheet(self, network: nn.Module) -> Image:
        """A row a case: content, painting, optimised with the teacher, with the student."""
        return np.vstack([np.hstack([to_image(part) for part in row]) for row in self.results])

    def compared(self, network: nn.Module) -> list[tuple[Tensor, Tensor, Tensor, Tensor]]:
        """Content, painting, the teacher's result, the student's."""
        rows = []
        for content_name, style_name in zip(*VALIDATION, strict=True):
            content, style = (
                to_tensor(middle(DATA / folder / f"{name}.jpg"), self.device)
                for folder, name in (("contents", content_name), ("styles", style_name))
            )
            made = [optimised(eyes, content, style, 50) for eyes in (Wide(self.teacher), network)]
            rows.append((content, style, *made))
        return rows


class Wide(nn.Module):
    """The teacher with the student's interface."""

    def __init__(self, teacher: SmallVGG19) -> None:
        super().__init__()
        self.teacher = teacher

    def forward(self, x: Tensor, wanted: tuple[str, ...]) -> dict[str, Tensor]:
        """Wide activations."""
        return self.teacher.wide(self.teacher(x, wanted))


class frozen:
    """Weights without gradients inside."""

    def __init__(self, network: nn.Module) -> None:
        self.network = network

    def __enter__(self) -> None:
        self.network.requires_grad_(False)

    def __exit__(self, *reason: object) -> None:
        self.network.requires_grad_(True)


def activations(network: VGG, x: Tensor) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """All of the student's taps as they are, and those with heads through them."""
    names = {index: name for name, index in network.taps.items()}
    x = (x - network.get_buffer("mean")) / network.get_buffer("std")
    raw = {}
    for index, layer in enumerate(network.features):
        x = layer(x)
        if index in names:
            raw[names[index]] = x
    return raw, {name: head(raw[name]).relu() for name, head in network.heads.items()}


def optimised(network: nn.Module, start: Tensor, style: Tensor, steps: int, content_weight: float = 0.05) -> Tensor:
    """`start` with the Gram matrices of `style`, picture by picture, and its own relu4_1."""
    taps = tuple(WIDE)
    with torch.no_grad():
        grams = {tap: gram(a) for tap, a in network(style, taps).items()}
        content = network(start, ("relu4_1",))["relu4_1"]
    x = start.clone().requires_grad_(True)
    optimizer = torch.optim.Adam([x], lr=0.03)
    for _ in range(steps):
        found = network(x, taps)
        errors = [(gram(found[t]) - g).square().sum((1, 2)) / g.square().sum((1, 2)) for t, g in grams.items()]
        smooth = (x[..., 1:] - x[..., :-1]).square().mean() + (x[..., 1:, :] - x[..., :-1, :]).square().mean()
        loss = torch.stack(errors).sum(0).mean() + content_weight * relative_error(found["relu4_1"], content) + smooth
        (x.grad,) = torch.autograd.grad(loss, x)
        optimizer.step()
    return x.detach().clamp(0, 1)


@torch.no_grad()
def style_distance(teacher: SmallVGG19, made: Tensor, style: Tensor) -> float:
    """Mean relative error of the teacher's Gram matrices."""
    wanted, found = (teacher.wide(teacher(x, tuple(WIDE))) for x in (style, made))
    return float(np.mean([relative_error(gram(found[tap]), gram(wanted[tap])).item() for tap in WIDE]))


def middle(path: Path) -> Image:
    """The middle of the picture, 160 x 112 pixels."""
    return np.asarray(ImageOps.fit(PillowImage.open(path).convert("RGB"), (160, 112)))


def shrunk(folders: list[Path], most: int | None = None) -> list[Image]:
    """The pictures of `folders`, `LARGEST` pixels at most."""
    made = []
    for picture in [picture for folder in folders for picture in decode(folder, 64, most)]:
        shape = PillowImage.fromarray(picture)
        shape.thumbnail((LARGEST, LARGEST))
        made.append(np.asarray(shape))
    return made


def square(picture: Image, side: int, draw: random.Random) -> Tensor:
    """A random part of `picture`, mirrored at random, float32 (3, side, side) in 0..1."""
    shortest = min(picture.shape[:2])
    cut = int(draw.uniform(min(shortest, 0.75 * side), shortest))
    left, top = draw.randint(0, picture.shape[1] - cut), draw.randint(0, picture.shape[0] - cut)
    box = (left, top, left + cut, top + cut)
    part = np.asarray(PillowImage.fromarray(picture).resize((side, side), PillowImage.Resampling.BICUBIC, box=box))
    part = part[:, ::-1] if draw.random() < 0.5 else part
    return torch.from_numpy(part.copy()).permute(2, 0, 1).float() / 255


def finish(trained: Path, made: Path) -> None:
    """Writes the file that ships: half precision, the same card.

    The taps with heads have a mean of about one per channel, as the teacher's have. Those between, V1's content among
    them, keep their own proportions: evened out, they held the photo back and doubled the distance to the painting.
    """
    arguments, card = read_card(trained)
    save_network(load_network(VGG, trained).half(), made, arguments, card)


def main() -> None:
    """The command line."""
    line = parser(__doc__, "an encoder to begin as")
    line.add_argument("--finish", type=Path, nargs=2, metavar=("TRAINED", "MADE"), help="write the file that ships")
    options = line.parse_args()
    dry = {"steps": 2, "batch": 2, "crop": 32, "widths": (4, 4, 8, 8, 8), "look_every": 2, "burst_every": 1}
    recipe = asked(PerceptualRecipe(), options, **dry)
    if options.finish:
        finish(*options.finish)
        return
    run(Distillation(recipe, device(), options.start), recipe, options.state / "perceptual")


if __name__ == "__main__":
    main()
