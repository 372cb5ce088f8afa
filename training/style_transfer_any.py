"""Trains the one-pass network for any painting: python -m training.style_transfer_any

First it learns MicroAST's activations and pictures (relative errors, through 1x1 adapters), then, more and more, to
have the painting's Gram matrices and the photo's activations in the eyes of a small VGG19: that removes the teacher's
grid in flat skies and makes bolder strokes.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from imaging.types import Image
from networks.files import load_network, read_state_dict, ready
from networks.perceptual import gram, relative_error
from networks.tensors import to_image, to_tensor
from pipelines.style_transfer.any_painting import AnyPainting, Manner
from training.command import asked, device, parser
from training.muon import Muon
from training.pictures import DATA, decode
from training.run import Recipe, run
from training.style_transfer import CONTENT, TAPS, fitted, photo
from training.teachers import SmallVGG19

TEACHER_WIDTH = 64
STEMS = ("vangogh_starry_night", "hokusai_wave", "munch_scream", "kandinsky_composition_vii")  # of the validation
PHOTO = "tubingen"


@dataclass(frozen=True)
class AnyPaintingRecipe(Recipe):
    """`crop` and `style_crop`: sides in pixels, cut from pictures of `sides` and `style_sides` on the shorter side."""

    steps: int = 4000
    batch: int = 4
    learning_rate: float = 4e-3
    average: float = 0.995
    look_every: int = 200
    crop: int = 128
    sides: tuple[int, int] = (160, 400)
    style_crop: int = 128
    style_sides: tuple[int, int] = (144, 352)
    widths: tuple[int, ...] = (16, 32, 64)
    taught: tuple[float, float] = (0.4, 0.65)  # of the training: all it does until then; over
    style_weight: float = 10.0
    smoothness: float = 4.0


class AnyPaintings:
    """A `training.run.Task`: the network, its adapters, MicroAST, the teacher that measures, photos and paintings."""

    name = "any_painting"

    def __init__(self, recipe: AnyPaintingRecipe, device: torch.device, start: Path | None = None) -> None:
        self.recipe, self.device, self.start = recipe, device, start
        self.data = (
            "photos and paintings (research use only); pictures and activations of MicroAST (MIT) and features of a "
            "small VGG19 (Collaborative Distillation, MIT) as teachers"
        )
        self.arguments: Mapping[str, object] = {"widths": list(recipe.widths)}
        torch.manual_seed(recipe.seed)
        self.draw = random.Random(recipe.seed)
        self.network = AnyPainting(**self.arguments).to(device)  # pyright: ignore[reportArgumentType]
        if start:
            self.network.load_state_dict(load_network(AnyPainting, start).state_dict())
        file = DATA / "teachers" / "microast.safetensors"
        self.taught_by = ready(AnyPainting(), read_state_dict(file), file.name, device)
        self.eyes = SmallVGG19().eval().to(device)
        wide = recipe.widths[-1]
        self.adapters = nn.ModuleList(nn.Conv2d(wide, TEACHER_WIDTH, 1) for _ in range(5)).to(device)
        parameters = list(self.network.parameters())
        self.optimizers: list[torch.optim.Optimizer] = [
            Muon([p for p in parameters if p.ndim == 4 and p.shape[1] > 4], recipe.learning_rate),
            torch.optim.Adam(
                [*(p for p in parameters if p.ndim != 4 or p.shape[1] <= 4), *self.adapters.parameters()],
                betas=(0.9, 0.99),
            ),
        ]
        self.kept: Mapping[str, Any] = {
            "network": self.network,
            "adapters": self.adapters,
            "muon": self.optimizers[0],
            "adam": self.optimizers[1],
        }
        self.photos = decode(DATA / "photos", recipe.crop)
        self.paintings = decode(DATA / "styles", recipe.crop)

    def seen(self, x: Tensor) -> dict[str, Tensor]:
        """The small VGG19's wide activations."""
        return self.eyes.wide(self.eyes(x, TAPS))

    def style(self) -> Tensor:
        """A painting, or now and then a photo, at a random size; its colours may be exchanged."""
        pictures = self.paintings if self.draw.random() < 0.85 else self.photos
        picture = photo(pictures, self.recipe.style_crop, self.recipe.style_sides, self.draw)
        if self.draw.random() < 0.3:
            picture = picture[torch.tensor(self.draw.sample(range(3), 3))]
        return picture

    def losses(self, step: int, done: float) -> dict[str, float]:
        """One step; every picture of the batch has a painting of its own."""
        recipe = self.recipe
        count = range(recipe.batch)
        x = torch.stack([photo(self.photos, recipe.crop, recipe.sides, self.draw) for _ in count]).to(self.device)
        style = torch.stack([self.style() for _ in count]).to(self.device)
        alone, over = recipe.taught
        taught = min(1.0, max(0.0, (over - done) / (over - alone)))
        *inner, made = self.network.painted(x, self.network.manner(style))
        errors: dict[str, Tensor] = {}
        loss = 10 * (made - made.clamp(0, 1)).square().mean()
        if taught > 0:
            errors["taught"] = self.taught_error(x, style, inner, made)
            loss = loss + taught * errors["taught"]
        if taught < 1:
            errors |= self.own_errors(x, style, made)
            own = recipe.style_weight * errors["style"] + errors["content"]
            loss = loss + (1 - taught) * (own + recipe.smoothness * errors["smooth"])
        for optimizer in self.optimizers:
            optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_([*self.network.parameters(), *self.adapters.parameters()], recipe.clip)
        for optimizer in self.optimizers:
            optimizer.step()
        nothing = {"taught": np.nan, "style": np.nan, "content": np.nan, "smooth": np.nan}
        return nothing | {name: error.item() for name, error in errors.items()}

    def taught_error(self, x: Tensor, style: Tensor, inner: list[Tensor], made: Tensor) -> Tensor:
        """How far MicroAST's activations and picture are."""
        with torch.no_grad():
            *targets, picture = self.taught_by.painted(x, self.taught_by.manner(style))
            targets += self.taught_by.style_encoder(style)
        pairs = zip(self.adapters, [*inner, *self.network.style_encoder(style)], targets, strict=True)
        errors = torch.stack([relative_error(adapter(mine), theirs) for adapter, mine, theirs in pairs])
        return errors.sum() + 20 * relative_error(made, picture)

    def own_errors(self, x: Tensor, style: Tensor, made: Tensor) -> dict[str, Tensor]:
        """How far the painting's Gram matrices and the photo's activations are, and how rough it is."""
        with torch.no_grad():
            content, wanted = self.seen(x)[CONTENT], {tap: gram(found) for tap, found in self.seen(style).items()}
        found = self.seen(made)
        across, down = made[..., 1:] - made[..., :-1], made[..., 1:, :] - made[..., :-1, :]
        return {
            "style": torch.stack([self.style_error(found[tap], wanted[tap]) for tap in TAPS]).mean(),
            "content": relative_error(found[CONTENT], content),
            "smooth": across.square().mean() + down.square().mean(),
        }

    def style_error(self, found: Tensor, wanted: Tensor) -> Tensor:
        """Relative error of Gram matrices, picture by picture, so that none outweighs the others."""
        return ((gram(found) - wanted).square().sum((1, 2)) / wanted.square().sum((1, 2))).mean()

    def score(self, network: nn.Module) -> dict[str, float]:
        """Style and content error on the validation; MicroAST's style error beside it."""
        assert isinstance(network, AnyPainting)
        x = to_tensor(fitted(DATA / "contents" / f"{PHOTO}.jpg"), self.device)
        self.results: list[tuple[Tensor, Tensor]] = []
        errors: list[tuple[float, float, float]] = []
        with torch.no_grad():
            for stem in STEMS:
                style = to_tensor(fitted(DATA / "styles" / f"{stem}.jpg"), self.device)
                wanted, content = {tap: gram(found) for tap, found in self.seen(style).items()}, self.seen(x)[CONTENT]
                made = [n(x, self.manner(n, style)).clamp(0, 1) for n in (self.taught_by, network)]
                self.results.append((made[0], made[1]))
                seen = [self.seen(picture) for picture in made]
                styles = [float(np.mean([self.style_error(s[t], wanted[t]).item() for t in TAPS])) for s in seen]
                errors.append((styles[1], styles[0], relative_error(seen[1][CONTENT], content).item()))
        means = np.mean(errors, 0)
        return {"mean style": float(means[0]), "MicroAST style": float(means[1]), "mean content": float(means[2])}

    def manner(self, network: AnyPainting, style: Tensor) -> Manner:
        """What `network` keeps of a painting."""
        return network.manner(style)

    def sheet(self, network: nn.Module) -> Image:
        """A row a painting: MicroAST's, ours."""
        return np.vstack([np.hstack([to_image(part) for part in row]) for row in self.results])


def main() -> None:
    """The command line."""
    options = parser(__doc__, "a network for any painting to begin as").parse_args()
    dry = {"steps": 2, "batch": 2, "crop": 64, "style_crop": 64, "widths": (4, 8, 16), "look_every": 2}
    recipe = asked(AnyPaintingRecipe(), options, **dry)
    run(AnyPaintings(recipe, device(), options.start), recipe, options.state / "style_transfer_any")


if __name__ == "__main__":
    main()
