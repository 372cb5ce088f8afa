"""Trains an image generator of the paper's topology, or one of what it is compared with, at equal budgets.

    python -m training.object_image
    python -m training.object_image --ablation layout_stream
    python -m training.object_image --finish STATE/object_image/image.safetensors MADE.safetensors

Loss, as Hong et al.'s (2018) but for the weights: the picture, a small VGG19's activations, an adversary that sees the
box alone, and its activations. It begins at half the size, without the adversary. What ships is `object_compact`'s.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from imaging.metrics import psnr
from imaging.streets import COLOURS
from imaging.types import Image
from networks.files import load_network, read_card, save_network
from networks.tensors import to_image
from pipelines.object_insertion.network import ImageGenerator
from training.command import asked, device, parser
from training.discriminators import BoxDiscriminator, feature_matching, least_squares
from training.muon import muon_and_adam
from training.object_structure import moved
from training.precision import autocast
from training.run import Recipe, run
from training.streets import LABELS, Mixed, Windows, batch, cut, drawn_things, relit, things
from training.teachers import SmallVGG19, perceptual_error

TAPS = ("relu1_1", "relu2_1", "relu3_1", "relu4_1")
SHOWN = 14  # windows on the sheet
DRAWINGS = 5  # of them, of drawn streets
UNSEEN_DRAWINGS = range(1000, 1010)
# What the adversary sees of a picture is its contrast, so many times: beside one-hot labels and the rim of the box, the
# texture of a dark street as it is (the paper's -1..1) is so little that it never told real from made.
GAIN = 8.0
UNKNOWN = 0.5  # the colour, 0..1, of an object whose colour nobody chose: what the network takes for none


@dataclass(frozen=True)
class ImageRecipe(Recipe):
    """`sides` in pixels, of which `batch` is for the first; `turns`: shares of the training after which the next is
    due.

    `nothing`: share of holes without an object. `loose`: the most that a box is larger than its object, `below`: than
    it is high, for its shadow. `told`: share of objects whose colour is told. `drawings`: share of windows of drawn
    streets. `built`: arguments of the generator beside its size. `whole`: the error of the whole window counts, not of
    the box alone.
    """

    steps: int = 1700
    batch: int = 16
    learning_rate: float = 2e-3
    average: float = 0.997
    look_every: int = 160
    sides: tuple[int, ...] = (64, 128)
    turns: tuple[float, ...] = (0.4,)
    nothing: float = 0.15
    loose: float = 0.12
    below: float = 0.0
    told: float = 0.5
    drawings: float = 0.0
    pixels: float = 1.0
    squares: float = 0.0
    seen: float = 4.0
    adversary: float = 0.1
    features: float = 0.25
    adversary_from: float = 0.4
    adversary_rate: float = 0.3  # of the learning rate
    adam_share: float = 0.5
    width: int = 24
    downs: int = 3
    blocks: int = 5
    critic_width: int = 16
    built: Mapping[str, object] = field(default_factory=lambda: {"colour": True, "skips": ("image", "layout")})
    whole: bool = False
    cases: int = 40


COMPARED = {"width": 16, "blocks": 4}
"""The size of all that are compared: small, since each has a fraction of the shipped one's time."""

# The skips of the paper's decoder come from the image path alone; ours, at half the size, needs the layout's outlines,
# too, and so does the path that reads both.
ABLATIONS: Mapping[str, Mapping[str, Any]] = {
    "two_streams": {"built": {"skips": ("image", "layout")}},
    "image_stream": {"built": {"paths": ("image",)}},
    "layout_stream": {"built": {"paths": ("layout",), "skips": ("layout",)}},
    "concatenated": {"built": {"paths": ("image",), "joined": True}},
    # After Pathak et al. (2016): the surroundings alone through a bottleneck, squared error and adversary.
    "context_encoder": {
        "built": {"paths": ("image",), "skips": ()},
        **{"pixels": 0.0, "squares": 10.0, "seen": 0.0, "features": 0.0},
    },
    # After Wang et al. (2018): the whole window from its layout, of which the box is taken.
    "pix2pixhd": {"built": {"paths": ("layout",), "skips": ()}, "whole": True},
}


class ImageTask:
    """A `training.run.Task`: the generator, its adversary, objects of streets, the small VGG19 that measures."""

    def __init__(
        self, recipe: ImageRecipe, device: torch.device, start: Path | None = None, name: str = "image"
    ) -> None:
        self.recipe, self.device, self.start, self.name = recipe, device, start, name
        size = {"labels": LABELS, "width": recipe.width, "downs": recipe.downs, "blocks": recipe.blocks}
        # Three convolutions down, of 3 pixels, see at 128 what four of 7 see at the paper's 256.
        self.arguments: Mapping[str, object] = {**size, "kernel": 3, "even": True, **recipe.built}
        torch.manual_seed(recipe.seed)
        self.network = ImageGenerator(**self.arguments).to(device)  # pyright: ignore[reportArgumentType]
        if start:
            self.network.load_state_dict(load_network(ImageGenerator, start).state_dict())
        self.critic = BoxDiscriminator(LABELS + 3, recipe.critic_width).to(device)
        self.optimizers: list[torch.optim.Optimizer] = [
            *muon_and_adam(self.network, recipe.learning_rate, recipe.adam_share),
            torch.optim.Adam(
                [{"params": list(self.critic.parameters()), "share": recipe.adversary_rate}], betas=(0.5, 0.99)
            ),
        ]
        self.kept: Mapping[str, Any] = {
            "network": self.network,
            "critic": self.critic,
            "muon": self.optimizers[0],
            "adam": self.optimizers[1],
            "critic_adam": self.optimizers[2],
        }
        self.sees(recipe)

    def sees(self, recipe: ImageRecipe) -> None:
        """What every generator of pixels learns from and is measured with."""
        self.data = (
            "objects of Cityscapes at 512x256 (research use only) and of streets drawn by our own code; features of a "
            "small VGG19 as loss (Collaborative Distillation, MIT)"
        )
        self.eyes = SmallVGG19().eval().to(self.device)
        self.draw = random.Random(recipe.seed)
        self.drawer = Mixed("train", self.draw)
        unseen = things("val")
        self.unseen = unseen[:: max(1, len(unseen) // recipe.cases)][: recipe.cases]

    def batch(self, done: float) -> Windows:
        """Windows in other light, the larger the later."""
        recipe = self.recipe
        side = recipe.sides[sum(done >= turn for turn in recipe.turns)]
        count = max(1, round(recipe.batch * (recipe.sides[0] / side) ** 2))
        drawn = self.drawer.drawn(count, side, recipe.nothing, recipe.loose, recipe.drawings, recipe.below)
        return moved(replace(drawn, pictures=relit(drawn.pictures, self.draw)), self.device)

    def losses(self, step: int, done: float) -> dict[str, float]:
        """One step."""
        recipe = self.recipe
        seen = self.batch(done)
        onehot = seen.onehot()
        tint = self.tints(seen) if self.network.colour else None
        with autocast(self.device):
            painted = self.network.painted(seen.pictures, onehot, seen.boxes, tint).float()
        made = painted if recipe.whole else seen.pictures.lerp(painted, seen.boxes)
        difference = (made - seen.pictures) / (1 if recipe.whole else seen.boxes.mean())
        pixels = difference.abs().mean()
        loss, found = recipe.pixels * pixels, {"pixels": pixels.item()}
        if recipe.squares:
            loss = loss + recipe.squares * ((made - seen.pictures).square() * seen.boxes).sum() / seen.boxes.sum() / 3
        if recipe.seen:
            with autocast(self.device):
                of_seen = perceptual_error(self.eyes, made, seen.pictures, TAPS)
            loss, found["seen"] = loss + recipe.seen * of_seen, of_seen.item()
        judged = done >= recipe.adversary_from
        where = torch.ones_like(seen.boxes) if recipe.whole else seen.boxes
        mean = (seen.pictures * where).sum((2, 3), keepdim=True) / where.sum((2, 3), keepdim=True)
        real, fake = (torch.cat([onehot, (x - mean) * GAIN], 1) * where for x in (seen.pictures, made))
        if judged:
            self.critic.requires_grad_(False)
            with autocast(self.device):
                opinions = self.critic(fake)
                with torch.no_grad():
                    of_real = self.critic(real)
            of_critic, features = least_squares(opinions, 1, where), feature_matching(opinions, of_real)
            self.critic.requires_grad_(True)
            loss = loss + recipe.adversary * of_critic + recipe.features * features
            found |= {"critic": of_critic.item(), "features": features.item()}
        for optimizer in self.optimizers:
            optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), recipe.clip)
        for optimizer in self.optimizers[:2]:
            optimizer.step()
        if judged:
            with autocast(self.device):
                both = self.critic(torch.cat([real, fake.detach()]))
            halves = [[[layer.chunk(2)[part] for layer in scale] for scale in both] for part in range(2)]
            told = (least_squares(halves[0], 1, where) + least_squares(halves[1], 0, where)) / 2
            told.backward()
            self.optimizers[2].step()
            found["told"] = told.item()
        return found

    def tints(self, seen: Windows) -> Tensor:
        """The objects' mean colours with some noise, (N, 3) in 0..1; `UNKNOWN` where none is told."""
        count = seen.masks.sum((2, 3))
        colours = (seen.pictures * seen.masks).sum((2, 3)) / count.clamp_min(1)
        # The reference's noise is 3 % of -1..1.
        colours = ((colours * 2 - 1) * (1 + 0.03 * (2 * torch.rand_like(colours) - 1)) + 1) / 2
        told = (torch.rand_like(count) < self.recipe.told) & (count > 0)
        return colours.where(told, UNKNOWN)

    def made(self, network: nn.Module, seen: Windows) -> Tensor:
        """The pictures with their boxes filled; nobody chooses a colour."""
        with torch.no_grad():
            return network(seen.pictures, seen.onehot(), seen.boxes)

    def score(self, network: nn.Module) -> dict[str, float]:
        """Mean PSNR inside the boxes of objects not trained on, and the small VGG19's error."""
        ratios, errors = [], []
        for first in range(0, len(self.unseen), 10):
            chosen = self.unseen[first : first + 10]
            seen = moved(batch([cut(thing, self.recipe.sides[-1]) for thing in chosen]), self.device)
            made = self.made(network, seen)
            errors.append(float(perceptual_error(self.eyes, made, seen.pictures, TAPS)))
            for one, true, box in zip(made, seen.pictures, seen.boxes[:, 0] > 0, strict=True):
                # One row of pixels: a picture as good as any to this measure.
                ours, theirs = (to_image(x[:, box][None, :, None]) for x in (one, true))
                ratios.append(psnr(ours, theirs))
        return {"psnr": float(np.mean(ratios)), "seen": float(np.mean(errors))}

    def sheet(self, network: nn.Module) -> Image:
        """A column a window: with its hole, the layout, filled, as it was, and filled with what is left without it."""
        chosen = self.unseen[:: max(1, len(self.unseen) // SHOWN)][:SHOWN]
        if self.recipe.drawings:
            chosen = [*chosen[:-DRAWINGS], *drawn_things(UNSEEN_DRAWINGS)[::4][:DRAWINGS]]
        seen = moved(batch([cut(thing, self.recipe.sides[-1]) for thing in chosen]), self.device)
        # What stands left of the hole stands in it: a removal, without the structure generator.
        around = seen.labels.clone()
        for ids, box in zip(around, seen.boxes[:, 0] > 0, strict=True):
            beside = ids[:, max(0, int(box.any(0).nonzero()[0]) - 2)]
            ids[box] = beside[:, None].expand_as(ids)[box]
        rows = [
            seen.pictures * (1 - seen.boxes) + 0.5 * seen.boxes,
            torch.from_numpy(np.asarray(COLOURS, np.float32)).to(seen.labels.device)[seen.labels].movedim(-1, 1) / 255,
            self.made(network, seen),
            seen.pictures,
            self.made(network, replace(seen, labels=around)),
        ]
        return np.vstack([np.hstack([to_image(part[None]) for part in row]) for row in rows])


def whose(ablation: str | None) -> ImageRecipe:
    """The recipe of the generator with the paper's topology, or of an ablation."""
    if ablation:
        return replace(ImageRecipe(), **COMPARED, **ABLATIONS[ablation])
    return ImageRecipe()


def finish(trained: Path, made: Path) -> None:
    """Writes the file that ships: half precision, the same card."""
    arguments, card = read_card(trained)
    save_network(load_network(ImageGenerator, trained).half(), made, arguments, card)


def main() -> None:
    """The command line."""
    line = parser(__doc__, "a generator to begin as")
    line.add_argument("--finish", type=Path, nargs=2, metavar=("TRAINED", "MADE"), help="write the file that ships")
    line.add_argument("--ablation", choices=list(ABLATIONS), help="train this instead, without colours")
    options = line.parse_args()
    dry = {"steps": 2, "look_every": 2, "batch": 8, "sides": (32, 64), "width": 4, "blocks": 1, "critic_width": 4}
    recipe = asked(whose(options.ablation), options, **dry, cases=3)
    if options.finish:
        finish(*options.finish)
        return
    name = options.ablation or "image"
    run(ImageTask(recipe, device(), options.start, name), recipe, options.state / f"object_{name}")


if __name__ == "__main__":
    main()
