"""Trains the adversarial super-resolution network: the residual one, taught on by a critic.

    python -m training.super_resolution_adversarial --start STATE/super_resolution_x4/residual_x4.safetensors

Loss of the network: L1 to the photo, perceptual error in a small VGG19, the relativistic opinion of a patch critic (as
ESRGAN, Wang et al. 2018), L1 between the small picture and the result shrunk again, which keeps the colours, and an
error for dots in a grid.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from imaging.types import Image
from networks.files import load_network
from pipelines.super_resolution.network import ResidualNetwork
from training.discriminators import PatchCritic
from training.pictures import DATA, crops, decode
from training.precision import autocast
from training.run import Recipe, run
from training.super_resolution import PHOTOS, Cases, small
from training.teachers import SmallVGG19, perceptual_error

TAPS = ("relu1_2", "relu2_2", "relu3_2", "relu4_1")


@dataclass(frozen=True)
class AdversarialRecipe(Recipe):
    """`crop` is the side of the small picture in pixels; the weights are those of the network's losses."""

    steps: int = 3000
    batch: int = 6
    learning_rate: float = 2e-4
    average: float = 0.995
    look_every: int = 200
    crop: int = 32
    critic_first: int = 60  # steps in which only the critic learns
    photo_weight: float = 0.3
    perceptual_weight: float = 0.3
    critic_weight: float = 0.02
    shrunk_weight: float = 3.0
    grid_weight: float = 20.0


class Adversarial:
    """A `training.run.Task`: the network, the critic, the loss network and the photos."""

    def __init__(self, recipe: AdversarialRecipe, device: torch.device, start: Path) -> None:
        self.recipe, self.device = recipe, device
        self.start: Path | None = start
        self.data = f"{PHOTOS}; loss measured with a small VGG19 (MingSun-Tse/Collaborative-Distillation, MIT)"
        self.name = "adversarial_x4"
        torch.manual_seed(recipe.seed)
        self.draw = random.Random(recipe.seed)
        self.network = load_network(ResidualNetwork, start, device).requires_grad_(True)
        self.scale = self.network.scale
        width, blocks = self.network.head.out_channels, len(self.network.blocks)
        self.arguments: Mapping[str, object] = {"scale": self.scale, "width": width, "blocks": blocks}
        self.critic = PatchCritic().to(device)
        self.vgg = SmallVGG19().to(device)
        rate = recipe.learning_rate
        self.of_network = torch.optim.Adam(self.network.parameters(), rate, betas=(0.9, 0.99))
        self.of_critic = torch.optim.Adam(self.critic.parameters(), rate, betas=(0.5, 0.99))
        self.optimizers: list[torch.optim.Optimizer] = [self.of_network, self.of_critic]
        self.kept: Mapping[str, Any] = {
            "network": self.network,
            "critic": self.critic,
            "of_network": self.of_network,
            "of_critic": self.of_critic,
        }
        self.pictures = decode(DATA / "photos", recipe.crop * self.scale)
        self.cases = Cases(self.scale, device)

    def losses(self, step: int, done: float) -> dict[str, float]:
        """One step of the network, then one of the critic, on the same batch."""
        recipe = self.recipe
        real = crops(self.pictures, recipe.batch, recipe.crop * self.scale, self.draw).to(self.device)
        low = small(real, self.scale)
        told = {}
        with autocast(self.device):
            made = self.network(low)
        if step >= recipe.critic_first:
            told = self._teach_network(made, real, low)
        with autocast(self.device):
            opinion_real, opinion_made = self.critic(real), self.critic(made.detach().clamp(0, 1))
        critic_loss = relativistic(opinion_real, opinion_made)
        self.of_critic.zero_grad()
        critic_loss.backward()
        self.of_critic.step()
        return {"critic": critic_loss.item(), **told}

    def _teach_network(self, made: Tensor, real: Tensor, low: Tensor) -> dict[str, float]:
        recipe = self.recipe
        with autocast(self.device):
            photo = (made - real).abs().mean()
            perceptual = perceptual_error(self.vgg, made, real, TAPS)
            with torch.no_grad():
                opinion_real = self.critic(real)
            fooled = relativistic(self.critic(made), opinion_real)
            shrunk = F.interpolate(made, scale_factor=1 / self.scale, mode="bicubic", antialias=True)
            loss = recipe.photo_weight * photo + recipe.perceptual_weight * perceptual
            grid = grid_error(made, real, self.scale)
            loss = loss + recipe.critic_weight * fooled + recipe.shrunk_weight * (shrunk - low).abs().mean()
            loss = loss + recipe.grid_weight * grid
        self.of_network.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), recipe.clip)
        self.of_network.step()
        return {
            "photo": photo.item() * 255,
            "perceptual": perceptual.item(),
            "fooled": fooled.item(),
            "grid": grid.item(),
        }

    def score(self, network: nn.Module) -> dict[str, float]:
        """PSNR on Set5: it falls while the pictures get sharper, and must stay above bicubic's 28.43."""
        return self.cases.score(network)

    def sheet(self, network: nn.Module) -> Image:
        """Set5, beside bicubic and the photo."""
        return self.cases.sheet(network)


def grid_error(made: Tensor, real: Tensor, scale: int, window: int = 4) -> Tensor:
    """How much more the places within a pixel of the input differ, over windows, than in the photo.

    Every place has filters of its own, so a network that is only asked to look crisp leaves a dot in the same place of
    every pixel. Texture has no place: its mean over a window is alike in all of them.
    """

    def places(x: Tensor) -> Tensor:
        folded = F.pixel_unshuffle(x, scale).unflatten(1, (3, scale**2))
        means = F.avg_pool2d(folded.flatten(1, 2), window, window // 2).unflatten(1, (3, scale**2))
        return means - means.mean(2, keepdim=True)

    return (places(made) - places(real)).abs().mean()


def relativistic(higher: Tensor, lower: Tensor) -> Tensor:
    """The relativistic average loss (Jolicoeur-Martineau 2018): `higher` shall look more real than `lower` does."""
    up = F.softplus(-(higher - lower.mean())).mean()
    down = F.softplus(lower - higher.mean()).mean()
    return (up + down) / 2


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--start", type=Path, required=True, help="the residual network that it begins as")
    parser.add_argument("--steps", type=int, default=AdversarialRecipe.steps)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--state", type=Path, default=Path.home() / ".local/state/semantic-darkroom")
    parser.add_argument("--dry-run", action="store_true", help="two steps on tiny crops, to see that all is there")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    recipe = AdversarialRecipe(steps=options.steps)
    if options.dry_run:
        recipe = replace(recipe, steps=2, batch=1, crop=16, look_every=2, critic_first=1)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    run(Adversarial(recipe, device, options.start), recipe, options.state / "super_resolution_adversarial_x4")


if __name__ == "__main__":
    main()
