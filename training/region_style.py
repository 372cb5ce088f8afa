"""Trains the light SEAN on portraits, on streets, or on facades.

    python -m training.region_style
    python -m training.region_style --domain facades --data FOLDER_OF_CMP_FACADES
    python -m training.region_style --finish STATE/region_style/light.safetensors MADE.safetensors

Loss: L1 weighted by region, L1 of three levels of a Laplacian pyramid, and the error of a small VGG19's activations.
It begins at half the size. No adversary: in the minutes that a CPU has, one only adds hatching.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from imaging.types import Image
from networks.files import load_network, read_card, save_network
from networks.tensors import to_image
from pipelines.region_style.light import LightSEAN
from training.command import asked, device, parser
from training.labelled import DOMAINS, Domain, Labelled
from training.muon import muon_and_adam
from training.run import Recipe, run
from training.teachers import SmallVGG19, perceptual_error

TAPS = ("relu1_1", "relu2_1", "relu3_1", "relu4_1")
SHOWN = 6  # portraits on the sheet


@dataclass(frozen=True)
class RegionStyleRecipe(Recipe):
    """`half_until` of the training it makes pictures of half the size; `nearest` share of the portrait that is seen."""

    steps: int = 5000
    batch: int = 8
    learning_rate: float = 2e-3
    average: float = 0.998
    look_every: int = 400
    half_until: float = 0.3
    nearest: float = 0.85
    gain: float = 0.1  # of each colour channel, at random
    seen_weight: float = 0.25  # of the small VGG19's error
    adam_share: float = 0.75  # of the learning rate
    length: int = 96
    widths: tuple[int, ...] = (128, 128, 96, 48, 24)
    hidden: tuple[int, ...] = (32, 32, 32, 32, 16)
    degrees: tuple[int, ...] = (2, 2, 1, 1, 0)
    most: int | None = None  # portraits


class Repainting:
    """A `training.run.Task`: the network, the pictures with their regions, the small VGG19 that measures."""

    name = "light"

    def __init__(
        self,
        recipe: RegionStyleRecipe,
        device: torch.device,
        start: Path | None = None,
        domain: Domain = DOMAINS["faces"],
    ) -> None:
        self.recipe, self.device, self.start = recipe, device, start
        self.data = (
            f"{domain.folder.name} of the data folder (faces: CelebAMask-HQ, non-commercial research, no "
            "redistribution); features of a small VGG19 as loss (Collaborative Distillation, MIT)"
        )
        self.arguments: Mapping[str, object] = {
            "labels": domain.labels,
            "length": recipe.length,
            "widths": list(recipe.widths),
            "hidden": list(recipe.hidden),
            "degrees": list(recipe.degrees),
        }
        torch.manual_seed(recipe.seed)
        self.draw = random.Random(recipe.seed)
        self.network = LightSEAN(**self.arguments).to(device)  # pyright: ignore[reportArgumentType]
        if start:
            self.network.load_state_dict(load_network(LightSEAN, start).state_dict())
        self.eyes = SmallVGG19().eval().to(device)
        self.optimizers = muon_and_adam(self.network, recipe.learning_rate, recipe.adam_share)
        self.kept: Mapping[str, Any] = {
            "network": self.network,
            "muon": self.optimizers[0],
            "adam": self.optimizers[1],
        }
        side = self.network.side
        self.pictures = Labelled(domain, "train", side * 5 // 4, recipe.most)
        self.unseen = Labelled(domain, "val", side, recipe.most or 100)
        self.weights = torch.tensor([domain.weights.get(label, 1.0) for label in range(domain.labels)], device=device)

    def batch(self, count: int, nearest: float) -> tuple[Tensor, Tensor]:
        """Pictures (count, 3, S, S) in 0..1 and regions (count, labels, S, S)."""
        places = (self.draw.randrange(len(self.pictures.images)) for _ in range(count))
        cuts = [self.pictures.cut(place, self.network.side, nearest, self.draw) for place in places]
        pictures, labels = (torch.stack(part) for part in zip(*cuts, strict=True))
        return pictures.to(self.device), self.pictures.onehot(labels).to(self.device)

    def losses(self, step: int, done: float) -> dict[str, float]:
        """One step: portraits made again from their own codes."""
        recipe = self.recipe
        real, regions = self.batch(recipe.batch, recipe.nearest)
        gains = 1 + recipe.gain * (2 * torch.rand(len(real), 3, 1, 1) - 1)
        real = (real * gains.to(self.device)).clamp(0, 1)
        half = done < recipe.half_until
        made = self.network(real, regions, half)
        weight = torch.einsum("nlhw,l->nhw", regions, self.weights)[:, None]
        if half:
            real, weight = F.avg_pool2d(real, 2), F.avg_pool2d(weight, 2)
        pixels = pyramid_error(made, real, weight)
        seen = perceptual_error(self.eyes, made, real, TAPS)
        loss = 2 * pixels + recipe.seen_weight * seen
        for optimizer in self.optimizers:
            optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), recipe.clip)
        for optimizer in self.optimizers:
            optimizer.step()
        return {"pixels": pixels.item(), "seen": seen.item()}

    def score(self, network: nn.Module) -> dict[str, float]:
        """PSNR and RMSE (0..1) of portraits that it did not learn from, made again at full size."""
        assert isinstance(network, LightSEAN)
        self.count_anew(network)
        errors = []
        with torch.no_grad():
            for first in range(0, len(self.unseen.images), 10):
                real, regions = self.unseen.whole(range(first, min(first + 10, len(self.unseen.images))))
                made = network(real.to(self.device), regions.to(self.device))
                errors.append((made.cpu() - real).square().mean((1, 2, 3)))
        error = torch.cat(errors)
        return {"psnr": float(-10 * error.log10().mean()), "rmse": float(error.sqrt().mean())}

    def count_anew(self, network: LightSEAN) -> None:
        """Batch norms count the activations of the averaged weights: those of the trained ones are others."""
        norms = [module for module in network.modules() if isinstance(module, nn.BatchNorm2d)]
        for norm in norms:
            norm.reset_running_stats()
            norm.momentum = None  # a plain mean
            norm.train()
        with torch.no_grad():
            for _ in range(30):
                network(*self.batch(self.recipe.batch, 1.0))
        network.eval()

    def sheet(self, network: nn.Module) -> Image:
        """A row a picture: itself, made again, then with some regions in the next one's style."""
        assert isinstance(network, LightSEAN)
        real, onehots = (part.to(self.device) for part in self.unseen.whole(range(min(SHOWN, len(self.unseen.images)))))
        columns = [real]
        with torch.no_grad():
            codes = network.encode(real, onehots)
            columns.append(network.generate(onehots, codes))
            for labels in self.unseen.domain.swapped:
                mixed = codes.clone()
                for label in labels:
                    theirs = codes[:, label].roll(-1, 0)
                    there = theirs.abs().sum(1, keepdim=True) > 0
                    mixed[:, label] = torch.where(there, theirs, codes[:, label])
                columns.append(network.generate(onehots, mixed))
        return np.vstack([np.hstack([to_image(part[None]) for part in row]) for row in zip(*columns, strict=True)])


def pyramid_error(made: Tensor, real: Tensor, weight: Tensor) -> Tensor:
    """Weighted L1 of the pictures and of the levels of their Laplacian pyramids."""
    difference = made - real
    error = (difference.abs() * weight).mean()
    for _ in range(3):
        coarse = F.avg_pool2d(difference, 2)
        error = error + ((difference - F.interpolate(coarse, scale_factor=2)).abs() * weight).mean()
        difference, weight = coarse, F.avg_pool2d(weight, 2)
    return error + (difference.abs() * weight).mean()


@torch.no_grad()
def finish(trained: Path, made: Path, pictures: Labelled) -> None:
    """Writes the file that ships: half precision, with the mean code of every region, the same card."""
    arguments, card = read_card(trained)
    network = load_network(LightSEAN, trained)
    total, count = torch.zeros_like(network.mean_codes), torch.zeros(len(network.mean_codes), 1)
    for first in range(0, len(pictures.images), 20):
        real, regions = pictures.whole(range(first, min(first + 20, len(pictures.images))))
        total += network.encode(real, regions).sum(0)
        count += regions.flatten(2).any(2).sum(0)[:, None]
    network.mean_codes.copy_(total / count.clamp_min(1))
    save_network(network.half(), made, arguments, card)


def main() -> None:
    """The command line."""
    line = parser(__doc__, "a light SEAN to begin as")
    line.add_argument("--finish", type=Path, nargs=2, metavar=("TRAINED", "MADE"), help="write the file that ships")
    line.add_argument("--domain", choices=list(DOMAINS), default="faces")
    line.add_argument("--data", type=Path, help="the folder of the domain, if it lies elsewhere")
    options = line.parse_args()
    domain = DOMAINS[options.domain]
    domain = replace(domain, folder=options.data or domain.folder)
    dry = {"steps": 2, "batch": 2, "length": 8, "widths": (8, 8, 8), "hidden": (4, 4, 4), "degrees": (2, 1, 0)}
    dry |= {"look_every": 2, "most": 8}
    recipe = asked(RegionStyleRecipe(), options, **dry)
    if options.finish:
        trained, made = options.finish
        finish(trained, made, Labelled(domain, "train", LightSEAN().side))
        return
    name = "region_style" if options.domain == "faces" else f"region_style_{options.domain}"
    run(Repainting(recipe, device(), options.start, domain), recipe, options.state / name)


if __name__ == "__main__":
    main()
