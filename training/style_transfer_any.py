"""Trains the one-pass network for any painting: python -m training.style_transfer_any

It goes on from the gallery's network. Gram matrices of the painting, activations of the photo and total variation, in
the eyes of a small VGG19. Few paintings may be learnt from, so each is seen in many sizes, parts and colours; others,
which no loss ever saw, show how it does on paintings that it does not know.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from PIL import Image as PillowImage
from torch import Tensor, nn

from imaging.types import Image
from networks.files import load_network
from networks.perceptual import encoder, gram, relative_error
from networks.tensors import to_image, to_tensor
from pipelines.style_transfer.any_painting import AnyPainting, statistics
from pipelines.style_transfer.network import StyleNorm, TransformerNet
from pipelines.style_transfer.weights import GALLERY
from training.command import asked, device, parser
from training.muon import Muon
from training.pictures import DATA, decode
from training.run import Recipe, run
from training.style_transfer import CONTENT, TAPS, fitted, photo
from training.teachers import SmallVGG19

STYLES = DATA / "styles"
KEPT_OUT = 4  # every so manyth picture of `styles/more` is never learnt from
SHOWN = 6  # of those
PLAIN = 0.08  # a part with less contrast is a bare wall or paper, not a manner
PHOTO = "tubingen"


class Seen(NamedTuple):
    """A painting in numbers: what the network is told, and what it should reach."""

    statistics: Tensor
    grams: dict[str, Tensor]


@dataclass(frozen=True)
class AnyPaintingRecipe(Recipe):
    """`crop`: side of photos in pixels, `style_crop` of paintings; cut from pictures of `sides` on the shorter side.

    `pool` paintings are known at a time, some of which are exchanged at every step.
    """

    steps: int = 2000
    batch: int = 4
    learning_rate: float = 5e-4
    average: float = 0.995
    look_every: int = 200
    crop: int = 144
    sides: tuple[int, int] = (176, 384)
    style_crop: int = 224
    style_sides: tuple[int, int] = (224, 400)
    pool: int = 240
    convolution_share: float = 0.5  # of the learning rate: they know how to paint already
    style_weight: float = 12.0
    smoothness: float = 4.0
    hidden: int = 128
    basis: int = 64


class AnyPaintings:
    """A `training.run.Task`: the network, our encoder, the small VGG19 that measures, photos and paintings."""

    name = "any_painting"

    def __init__(self, recipe: AnyPaintingRecipe, device: torch.device, start: Path | None = None) -> None:
        self.recipe, self.device = recipe, device
        self.start: Path | None = start or GALLERY.path()
        self.data = (
            "photos and paintings (research use only); features of a small VGG19 (Collaborative Distillation, MIT)"
        )
        torch.manual_seed(recipe.seed)
        self.draw = random.Random(recipe.seed)
        self.eyes = SmallVGG19().eval().to(device)
        self.encoder = encoder("embedded", str(device))
        self.photos = decode(DATA / "photos", recipe.crop)
        self.paintings, self.unknown = paintings(recipe.style_crop)
        self.pool = [self.look(self.painting()) for _ in range(recipe.pool)]
        told = torch.cat([seen.statistics for seen in self.pool])
        gallery = load_network(TransformerNet, GALLERY.path())
        convolutions = gallery.conv1, gallery.conv2, gallery.conv3
        self.arguments: Mapping[str, object] = {
            "seen": told.shape[1],
            "hidden": recipe.hidden,
            "basis": recipe.basis,
            "widths": [layer.conv2d.out_channels for layer in convolutions],
            "blocks": len(gallery.blocks),
        }
        self.network = AnyPainting(**self.arguments).to(device)  # pyright: ignore[reportArgumentType]
        if start:
            self.network.load_state_dict(load_network(AnyPainting, start).state_dict())
        else:
            self.network.get_buffer("mean").copy_(told.mean(0))
            self.network.get_buffer("deviation").copy_(told.std(0).clamp_min(0.1))
            begin_as(self.network, gallery)
        parameters = list(self.network.parameters())
        matrices = [p for p in parameters if p.ndim == 4]
        rest = [p for p in parameters if p.ndim != 4]
        self.optimizers: list[torch.optim.Optimizer] = [
            Muon(matrices, recipe.learning_rate),
            torch.optim.Adam(rest, betas=(0.9, 0.99)),
        ]
        self.optimizers[0].param_groups[0]["share"] = recipe.convolution_share
        self.kept: Mapping[str, Any] = {"network": self.network, "muon": self.optimizers[0], "adam": self.optimizers[1]}

    def seen(self, x: Tensor) -> dict[str, Tensor]:
        """The small VGG19's wide activations."""
        return self.eyes.wide(self.eyes(x, TAPS))

    def look(self, picture: Tensor) -> Seen:
        """A painting (3, H, W) in numbers."""
        x = picture[None].to(self.device)
        with torch.no_grad():
            return Seen(statistics(self.encoder, x), {tap: gram(found) for tap, found in self.seen(x).items()})

    def painting(self) -> Tensor:
        """A part of a painting, or now and then of a photo; its colours may be exchanged, and faded."""
        recipe = self.recipe
        pictures = self.paintings if self.draw.random() < 0.9 else self.photos
        picture = torch.zeros(3, 2, 2)
        while picture.std((1, 2)).mean() < PLAIN:
            picture = photo(pictures, recipe.style_crop, recipe.style_sides, self.draw)
        if self.draw.random() < 0.4:
            picture = picture[torch.tensor(self.draw.sample(range(3), 3))]
        if self.draw.random() < 0.2:
            picture = torch.lerp(picture.mean(0, keepdim=True).expand(3, -1, -1), picture, self.draw.random())
        return picture

    def losses(self, step: int, done: float) -> dict[str, float]:
        """One step; every picture of the batch has a painting of its own."""
        recipe = self.recipe
        self.pool[self.draw.randrange(len(self.pool))] = self.look(self.painting())
        styles = self.draw.sample(self.pool, recipe.batch)
        x = torch.stack([photo(self.photos, recipe.crop, recipe.sides, self.draw) for _ in styles]).to(self.device)
        made = self.network(x * 255, self.network.manner(torch.cat([style.statistics for style in styles]))) / 255
        with torch.no_grad():
            content = self.seen(x)[CONTENT]
        found = self.seen(made)
        style_error = torch.stack(
            [style_distance(found[tap], torch.cat([style.grams[tap] for style in styles])) for tap in TAPS]
        ).mean()
        content_error = relative_error(found[CONTENT], content)
        across, down = made[..., 1:] - made[..., :-1], made[..., 1:, :] - made[..., :-1, :]
        smooth = across.square().mean() + down.square().mean()
        outside = (made - made.clamp(0, 1)).square().mean()
        loss = recipe.style_weight * style_error + content_error + recipe.smoothness * smooth + 10 * outside
        for optimizer in self.optimizers:
            optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), recipe.clip)
        for optimizer in self.optimizers:
            optimizer.step()
        return {"style": style_error.item(), "content": content_error.item(), "smooth": smooth.item()}

    def score(self, network: nn.Module) -> dict[str, float]:
        """Style and content error with paintings that it did not learn from."""
        assert isinstance(network, AnyPainting)
        x = to_tensor(fitted(DATA / "contents" / f"{PHOTO}.jpg"), self.device)
        self.results: list[tuple[Tensor, Tensor]] = []
        errors = []
        with torch.no_grad():
            content = self.seen(x)[CONTENT]
            for painting in self.unknown:
                style = to_tensor(painting, self.device)
                told, wanted = self.look(style[0])
                made = (network(x * 255, network.manner(told)) / 255).clamp(0, 1)
                found = self.seen(made)
                styles = [style_distance(found[tap], wanted[tap]).item() for tap in TAPS]
                errors.append((np.mean(styles), relative_error(found[CONTENT], content).item()))
                self.results.append((style, made))
        style_error, content_error = np.mean(errors, 0)
        return {"unknown style": float(style_error), "unknown content": float(content_error)}

    def sheet(self, network: nn.Module) -> Image:
        """A row a painting that it did not learn from: the painting, the photo in its manner."""
        return np.vstack([np.hstack([to_image(part) for part in row]) for row in self.results])


def paintings(shortest: int) -> tuple[list[Image], list[Image]]:
    """Pictures to learn from, and some, 384 x 256 pixels of each, that are kept out."""
    more = sorted((STYLES / "more").glob("*.jpg"))
    unknown = more[::KEPT_OUT]
    known = [np.asarray(PillowImage.open(f).convert("RGB")) for f in sorted({*STYLES.rglob("*.jpg")} - {*unknown})]
    return [p for p in known if min(p.shape[:2]) >= shortest], [fitted(file) for file in unknown[:SHOWN]]


def style_distance(found: Tensor, wanted: Tensor) -> Tensor:
    """Relative error of Gram matrices, picture by picture, so that none outweighs the others; no more than one each.

    Without that bound a pale drawing would: its matrix is next to nothing.
    """
    errors = (gram(found) - wanted).square().sum((1, 2)) / wanted.square().sum((1, 2))
    return (errors / (1 + errors)).mean()


@torch.no_grad()
def begin_as(network: AnyPainting, gallery: TransformerNet) -> None:
    """The gallery's convolutions; its styles are the first of the basis, and the mix begins as their mean."""
    for mine, theirs in zip(network.painter.modules(), gallery.modules(), strict=True):
        if isinstance(mine, nn.Conv2d) and isinstance(theirs, nn.Conv2d):
            mine.load_state_dict(theirs.state_dict())
        if isinstance(mine, StyleNorm) and isinstance(theirs, StyleNorm):
            for name in ("weight", "bias"):
                ours, known = mine.get_parameter(name), theirs.get_parameter(name)
                spread = known.std(0, keepdim=True)
                ours.copy_(spread * torch.randn_like(ours))
                ours[: gallery.styles] = known
    last = network.reader[-1]
    assert isinstance(last, nn.Linear)
    last.weight.mul_(0.05)
    last.bias.zero_()
    last.bias[: gallery.styles] = 1 / gallery.styles


def main() -> None:
    """The command line."""
    options = parser(__doc__, "a network for any painting to begin as").parse_args()
    dry = {"steps": 2, "batch": 2, "crop": 64, "style_crop": 64, "pool": 4, "hidden": 8, "basis": 16, "look_every": 2}
    recipe = asked(AnyPaintingRecipe(), options, **dry)
    run(AnyPaintings(recipe, device(), options.start), recipe, options.state / "style_transfer_any")


if __name__ == "__main__":
    main()
