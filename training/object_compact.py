"""Trains the small image generator of object insertion that ships.

    python -m training.object_compact
    python -m training.object_compact --finish STATE/object_compact/image.safetensors MADE.safetensors

Loss: the picture in the box, a small VGG19's activations, which weigh most, a critic that reads the layout and judges
the box alone (hinge), and its activations.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from networks.files import load_network, read_card, save_network
from pipelines.object_insertion.compact import CompactGenerator
from training.command import asked, device, parser
from training.discriminators import LayoutCritic
from training.object_image import TAPS, ImageRecipe, ImageTask
from training.precision import autocast
from training.run import run
from training.streets import LABELS, Windows
from training.teachers import perceptual_error

PATCH = 8  # pixels of the critic's patches


@dataclass(frozen=True)
class CompactRecipe(ImageRecipe):
    """`blurred`: share of objects whose outline is filled up as the structure generator leaves it."""

    steps: int = 4000
    batch: int = 6
    learning_rate: float = 4e-4
    average: float = 0.995
    sides: tuple[int, ...] = (128,)
    turns: tuple[float, ...] = ()
    pixels: float = 2.0
    seen: float = 16.0
    adversary: float = 0.2
    features: float = 1.0
    adversary_from: float = 0.1
    adversary_rate: float = 1.0
    widths: tuple[int, ...] = (24, 48, 96, 192)
    critic_width: int = 32
    blurred: float = 0.25
    drawings: float = 0.3
    below: float = 0.25


class CompactTask(ImageTask):
    """A `training.run.Task`: the generator, its critic, objects of streets, the small VGG19 that measures."""

    def __init__(self, recipe: CompactRecipe, device: torch.device, start: Path | None = None) -> None:
        self.recipe, self.device, self.start, self.name = recipe, device, start, "image"
        self.arguments: Mapping[str, object] = {
            "labels": LABELS,
            "widths": list(recipe.widths),
            "blocks": recipe.blocks,
        }
        torch.manual_seed(recipe.seed)
        self.network = CompactGenerator(LABELS, recipe.widths, recipe.blocks).to(device)
        if start:
            self.network.load_state_dict(load_network(CompactGenerator, start).state_dict())
        self.critic = LayoutCritic(LABELS + 4, recipe.critic_width).to(device)
        self.optimizers: list[torch.optim.Optimizer] = [
            torch.optim.Adam(self.network.parameters(), betas=(0.5, 0.99)),
            torch.optim.Adam(
                [{"params": list(self.critic.parameters()), "share": recipe.adversary_rate}], betas=(0.5, 0.99)
            ),
        ]
        self.kept: Mapping[str, Any] = {
            "network": self.network,
            "critic": self.critic,
            "adam": self.optimizers[0],
            "critic_adam": self.optimizers[1],
        }
        self.sees(recipe)

    def losses(self, step: int, done: float) -> dict[str, float]:
        """One step."""
        recipe: Any = self.recipe
        seen = self.filled_up(self.batch(done))
        onehot, box = seen.onehot(), seen.boxes
        with autocast(self.device):
            painted = self.network.painted(seen.pictures, onehot, box, self.tints(seen)).float()
            made = seen.pictures.lerp(painted, box)
            # What measures shrinks pictures as the generator does: on one lattice they would leave its grid.
            down, right = (self.draw.randrange(PATCH) for _ in range(2))
            made, true, onehot, box = (
                x[..., down : x.shape[-2] - PATCH + down, right : x.shape[-1] - PATCH + right]
                for x in (made, seen.pictures, onehot, box)
            )
            of_seen = perceptual_error(self.eyes, made, true, TAPS)
        pixels = ((made - true).abs() * box).sum() / box.sum() / 3
        loss = recipe.pixels * pixels + recipe.seen * of_seen
        found = {"pixels": pixels.item(), "seen": of_seen.item()}
        real, fake = (torch.cat([x * 2 - 1, onehot, box], 1) for x in (true, made))
        where = F.max_pool2d(box, PATCH)
        # Patches on the rim of the box are judged, too: there what is made meets what was.
        where = F.max_pool2d(where, 3, 1, 1)
        judged = done >= recipe.adversary_from
        if judged:
            self.critic.requires_grad_(False)
            with autocast(self.device):
                opinions = self.critic(fake)
                with torch.no_grad():
                    of_real = self.critic(real)
            of_critic = -within(opinions[-1], where)
            features = torch.stack([relative(f, r) for f, r in zip(opinions[:-1], of_real[:-1], strict=True)]).sum()
            self.critic.requires_grad_(True)
            loss = loss + recipe.adversary * of_critic + recipe.features * features
            found |= {"critic": of_critic.item(), "features": features.item()}
        for optimizer in self.optimizers:
            optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), 10 * recipe.clip)
        self.optimizers[0].step()
        # The critic looks on a while before it is listened to.
        if done >= recipe.adversary_from / 2:
            with autocast(self.device):
                theirs, ours = self.critic(torch.cat([real, fake.detach()]))[-1].chunk(2)
            told = within(F.relu(1 - theirs), where) + within(F.relu(1 + ours), where)
            told.backward()
            self.optimizers[1].step()
            found["told"] = told.item()
        return found

    def filled_up(self, seen: Windows) -> Windows:
        """Some objects without the gaps in their outlines, as the structure generator draws them."""
        recipe: Any = self.recipe
        labels = seen.labels.clone()
        for number, kind in enumerate(seen.classes.tolist()):
            if self.draw.random() >= recipe.blurred or not seen.masks[number].any():
                continue
            side = 2 * self.draw.randint(2, 8) + 1
            grown = F.max_pool2d(seen.masks[number], side, 1, side // 2)
            closed = -F.max_pool2d(-grown, side, 1, side // 2) > 0
            labels[number][(closed & (seen.boxes[number] > 0))[0]] = kind
        return replace(seen, labels=labels)


def within(x: Tensor, where: Tensor) -> Tensor:
    """The mean of (N, 1, h, w) where `where` is 1."""
    return (x.float() * where).sum() / where.sum()


def relative(made: Tensor, real: Tensor) -> Tensor:
    """L1, divided by the real one's mean."""
    return (made - real).abs().mean() / real.abs().mean()


def main() -> None:
    """The command line."""
    line = parser(__doc__, "a generator to begin as")
    line.add_argument("--finish", type=Path, nargs=2, metavar=("TRAINED", "MADE"), help="write the file that ships")
    options = line.parse_args()
    dry = {"steps": 2, "look_every": 2, "batch": 4, "sides": (32,), "widths": (4, 4, 4, 8), "blocks": 1, "cases": 3}
    recipe = asked(CompactRecipe(), options, **dry, critic_width=4)
    if options.finish:
        arguments, card = read_card(options.finish[0])
        save_network(load_network(CompactGenerator, options.finish[0]).half(), options.finish[1], arguments, card)
        return
    run(CompactTask(recipe, device(), options.start), recipe, options.state / "object_compact")


if __name__ == "__main__":
    main()
