"""Trains the one-pass network of a dozen paintings: python -m training.style_transfer

Johnson's recipe with conditional instance normalisation: Gram matrices of the painting, activations of the photo, total
variation, all measured by a small VGG19. For the three paintings that others trained a network for, their picture is a
target too, at first (without their rims): it shows bold strokes sooner than the losses find them.
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
from PIL import Image as PillowImage
from PIL import ImageOps
from torch import Tensor, nn

from imaging.types import Image
from networks.files import load_network
from networks.perceptual import gram, relative_error
from networks.tensors import to_image, to_tensor
from pipelines.style_transfer.network import TransformerNet
from pipelines.style_transfer.styles import PAINTINGS
from training.command import asked, device, parser
from training.muon import muon_and_adam
from training.pictures import DATA, decode
from training.precision import autocast
from training.run import Recipe, run
from training.teachers import JohnsonTeacher, SmallVGG19

TAPS = ("relu1_1", "relu2_1", "relu3_1", "relu4_1")
CONTENT = "relu4_1"
TAUGHT = {"scream": "scream", "great_wave": "wave", "udnie": "udnie"}  # painting: file of the teacher
STYLE_SIDE = 384  # pixels of a painting's longer side: strokes are as large as in it
VALIDATION = ("tubingen", "golden_gate")


@dataclass(frozen=True)
class StyleRecipe(Recipe):
    """`crop`: side of the photos in pixels, cut from photos of `sides` on the shorter side."""

    steps: int = 2000
    batch: int = 4
    learning_rate: float = 4e-3
    average: float = 0.995
    look_every: int = 200
    crop: int = 192
    sides: tuple[int, int] = (224, 448)
    widths: tuple[int, ...] = (16, 32, 80)
    blocks: int = 5
    style_weight: float = 12.0
    smoothness: float = 4.0
    taught_weight: float = 4.0
    taught_until: float = 0.6  # of the training; fades
    blended: float = 0.15  # share of pictures between two paintings


class Paintings:
    """A `training.run.Task`: the network, the teacher that measures, photos and the paintings' Gram matrices."""

    name = "gallery"

    def __init__(self, recipe: StyleRecipe, device: torch.device, start: Path | None = None) -> None:
        self.recipe, self.device, self.start = recipe, device, start
        self.data = (
            "photos (research use only) and public-domain paintings; features of a small VGG19 "
            "(Collaborative Distillation, MIT) and pictures of three public style networks (MIT) as teachers"
        )
        self.names = tuple(PAINTINGS)
        self.arguments: Mapping[str, object] = {
            "widths": list(recipe.widths),
            "blocks": recipe.blocks,
            "styles": len(self.names),
        }
        torch.manual_seed(recipe.seed)
        self.draw = random.Random(recipe.seed)
        self.network = TransformerNet(**self.arguments).to(device)  # pyright: ignore[reportArgumentType]
        if start:
            self.network.load_state_dict(load_network(TransformerNet, start).state_dict())
        self.teacher = SmallVGG19().eval().to(device)
        self.johnson = {name: JohnsonTeacher(file).eval().to(device) for name, file in TAUGHT.items()}
        self.optimizers = muon_and_adam(self.network, recipe.learning_rate, 2.0)
        self.kept: Mapping[str, Any] = {
            "network": self.network,
            "muon": self.optimizers[0],
            "adam": self.optimizers[1],
        }
        self.photos = decode(DATA / "photos", recipe.crop)
        with torch.no_grad():
            self.grams = [
                {tap: gram(found) for tap, found in self.seen(self.painting(name)).items()} for name in self.names
            ]

    def painting(self, name: str) -> Tensor:
        """The painting, float32 (1, 3, H, W) in 0..1."""
        picture = PillowImage.open(DATA / "styles" / PAINTINGS[name].file).convert("RGB")
        picture.thumbnail((STYLE_SIDE, STYLE_SIDE))
        return to_tensor(np.asarray(picture), self.device)

    def seen(self, x: Tensor) -> dict[str, Tensor]:
        """The teacher's wide activations."""
        return self.teacher.wide(self.teacher(x, TAPS))

    def losses(self, step: int, done: float) -> dict[str, float]:
        """One step; every picture of the batch in a painting of its own."""
        recipe = self.recipe
        x = torch.stack([photo(self.photos, recipe.crop, recipe.sides, self.draw) for _ in range(recipe.batch)]).to(
            self.device
        )
        picked = [(step * recipe.batch + place) % len(self.names) for place in range(recipe.batch)]
        mix = F.one_hot(torch.tensor(picked), len(self.names)).float().to(self.device)
        for row in range(recipe.batch):
            if self.draw.random() < recipe.blended:
                share, other = self.draw.uniform(0.3, 0.7), self.draw.randrange(len(self.names))
                mix[row] *= share
                mix[row, other] += 1 - share
        with torch.no_grad():
            content = self.seen(x)[CONTENT]
        with autocast(self.device):
            made = self.network(x * 255, mix).float() / 255
        found = self.seen(made)
        style_error = torch.stack([self.style_error(found, mix, tap) for tap in TAPS]).mean()
        content_error = relative_error(found[CONTENT], content)
        smooth = (made[..., 1:] - made[..., :-1]).square().mean() + (
            made[..., 1:, :] - made[..., :-1, :]
        ).square().mean()
        outside = (made - made.clamp(0, 1)).square().mean()
        loss = recipe.style_weight * style_error + content_error + recipe.smoothness * smooth + 10 * outside
        if done < recipe.taught_until:
            loss = loss + recipe.taught_weight * (1 - done / recipe.taught_until) * self.taught_error(x, made, mix)
        for optimizer in self.optimizers:
            optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), recipe.clip)
        for optimizer in self.optimizers:
            optimizer.step()
        return {"style": style_error.item(), "content": content_error.item(), "smooth": smooth.item()}

    def style_error(self, found: Mapping[str, Tensor], mix: Tensor, tap: str) -> Tensor:
        """Relative error of the Gram matrices, each picture against its mix of paintings."""
        target = sum(mix[:, k, None, None] * grams[tap] for k, grams in enumerate(self.grams))
        assert isinstance(target, Tensor)
        errors = (gram(found[tap]) - target).square().sum((1, 2)) / target.square().sum((1, 2))
        return errors.mean()

    def taught_error(self, x: Tensor, made: Tensor, mix: Tensor) -> Tensor:
        """Distance of activations to the pictures of the teachers, where there is one for a whole picture."""
        errors = [made.sum() * 0]
        for row, shares in enumerate(mix.tolist()):
            name = self.names[int(np.argmax(shares))]
            if max(shares) == 1 and name in self.johnson:
                rim = JohnsonTeacher.RIM
                with torch.no_grad():
                    target = self.johnson[name](x[row : row + 1])[..., rim:-rim, rim:-rim]
                    wanted = self.teacher(target, ("relu2_1", "relu3_1"))
                found = self.teacher(made[row : row + 1, :, rim:-rim, rim:-rim], ("relu2_1", "relu3_1"))
                errors += [relative_error(found[tap], wanted[tap]) for tap in wanted]
        return torch.stack(errors).sum() / len(mix)

    def score(self, network: nn.Module) -> dict[str, float]:
        """Mean style and content error over every painting and the photos of the validation."""
        self.results = []
        styles, contents = [], []
        for k in range(len(self.names)):
            mix = F.one_hot(torch.tensor([k]), len(self.names)).float().to(self.device)
            for name in VALIDATION:
                x = to_tensor(fitted(DATA / "contents" / f"{name}.jpg"), self.device)
                with torch.no_grad():
                    made = (network(x * 255, mix) / 255).clamp(0, 1)
                    found, content = self.seen(made), self.seen(x)[CONTENT]
                    styles.append(np.mean([self.style_error(found, mix, tap).item() for tap in TAPS]))
                    contents.append(relative_error(found[CONTENT], content).item())
                self.results.append(to_image(made))
        return {"mean style": float(np.mean(styles)), "mean content": float(np.mean(contents))}

    def sheet(self, network: nn.Module) -> Image:
        """Every painting, the photos of the validation under each other, four a row."""
        pairs = [np.vstack(self.results[k : k + 2]) for k in range(0, len(self.results), 2)]
        pairs += [np.full_like(pairs[0], 255)] * (-len(pairs) % 4)
        return np.vstack([np.hstack(pairs[k : k + 4]) for k in range(0, len(pairs), 4)])


def photo(pictures: Sequence[Image], crop: int, sides: tuple[int, int], draw: random.Random) -> Tensor:
    """A random square of a random picture at a random size, float32 (3, crop, crop) in 0..1.

    The picture's shorter side would have a length between those of `sides`, in pixels.
    """
    picture = draw.choice(pictures)
    shortest = min(picture.shape[:2])
    cut = min(shortest, round(shortest * crop / draw.uniform(*sides)))
    left, top = draw.randint(0, picture.shape[1] - cut), draw.randint(0, picture.shape[0] - cut)
    box = (left, top, left + cut, top + cut)
    part = PillowImage.fromarray(picture).resize((crop, crop), PillowImage.Resampling.BICUBIC, box=box)
    return to_tensor(np.asarray(part)[:, ::-1] if draw.random() < 0.5 else np.asarray(part))[0]


def fitted(path: Path) -> Image:
    """The picture, 384 x 256 pixels of it."""
    return np.asarray(ImageOps.fit(PillowImage.open(path).convert("RGB"), (384, 256)))


def main() -> None:
    """The command line."""
    options = parser(__doc__, "a network of the same paintings to begin as").parse_args()
    dry = {"steps": 2, "batch": 2, "crop": 64, "widths": (4, 4, 8), "blocks": 1, "look_every": 2}
    recipe = asked(StyleRecipe(), options, **dry)
    run(Paintings(recipe, device(), options.start), recipe, options.state / "style_transfer")


if __name__ == "__main__":
    main()
