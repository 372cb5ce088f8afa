"""Trains the residual super-resolution networks from photos and from the inner features of RLFN.

    python -m training.super_resolution --scale 4
    python -m training.super_resolution --scale 4 --finish --start STATE/super_resolution_x4/residual_x4.safetensors

First loss: relative squared error of eight inner features through 1x1 adapters (fading), L1 to the teacher's picture,
and a little L1 to the photo. To finish, the squared error of the picture alone, of its luma above all, which is what
PSNR counts and what the eye sees; `--blocks` may add blocks that change nothing at first. There is an
RLFN for x4 and x2; x3 learns from the x4 teacher's picture, shrunk: small pictures made by 1/3 and by 1/4 look alike to
a network, and RLFN x4 shrunk to x3 measures 34.46 dB on Set5, as good as networks made for x3.
"""

from __future__ import annotations

import argparse
import random
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from imaging.geometry import resize
from imaging.metrics import psnr
from imaging.types import Image
from networks.files import load_network, read_state_dict
from networks.tensors import to_image, to_tensor
from pipelines.super_resolution.network import RLFN, ResidualNetwork
from training.muon import Muon
from training.pictures import DATA, crops, decode
from training.precision import autocast
from training.run import Recipe, run

TEACHERS = {
    2: (DATA / "teachers" / "rlfn_x2.safetensors", 2),
    3: (DATA.parent / "parity" / "vision" / "rlfn_x4_REALWEIGHTS" / "state_dict.safetensors", 4),
    4: (DATA.parent / "parity" / "vision" / "rlfn_x4_REALWEIGHTS" / "state_dict.safetensors", 4),
}
PHOTOS = "photos of BSDS500 (train, test), ImageNet and landscapes, T91: research use only"
LUMA = torch.tensor([0.299, 0.587, 0.114])
REMEMBERED = 100  # batches whose teacher features are kept
REPEATS = 4  # times that a batch is used, on average: the teacher costs a quarter of a step


@dataclass(frozen=True)
class SuperResolutionRecipe(Recipe):
    """`crop` is the side of the small picture in pixels; `power` of the pictures' errors: 1 is L1, 2 squared."""

    steps: int = 8000
    batch: int = 8
    learning_rate: float = 3e-3
    crop: int = 40
    width: int = 48
    blocks: int = 6
    power: int = 1
    luma_weight: float = 0.0  # of the error in luma, beside 1 for that in RGB
    photo_weight: float = 0.03 * 255
    teacher_weight: float = 255 / 3
    feature_weight: float = 1.0
    feature_fade: float = 0.7


FINISH = SuperResolutionRecipe(
    steps=1700,
    learning_rate=2e-3,
    power=2,
    luma_weight=3.0,
    photo_weight=0.1 * 255**2,
    teacher_weight=255**2,
    feature_weight=0.0,
    look_every=200,
)


def small(large: Tensor, scale: int) -> Tensor:
    """The input that belongs to `large`: shrunk with antialiasing and rounded to 8 bits."""
    return (
        F.interpolate(large, scale_factor=1 / scale, mode="bicubic", antialias=True)
        .mul(255)
        .round()
        .div(255)
        .clamp(0, 1)
    )


class Distillation:
    """A `training.run.Task`: the student, its adapters, the teacher and the photos."""

    def __init__(self, recipe: SuperResolutionRecipe, scale: int, device: torch.device, start: Path | None) -> None:
        self.recipe, self.scale, self.device, self.start = recipe, scale, device, start
        self.data = f"{PHOTOS}; features and pictures of RLFN x{TEACHERS[scale][1]} (Apache-2.0) as teacher"
        self.name = f"residual_x{scale}"
        self.arguments: Mapping[str, object] = {"scale": scale, "width": recipe.width, "blocks": recipe.blocks}
        torch.manual_seed(recipe.seed)
        self.draw = random.Random(recipe.seed)
        network = ResidualNetwork(scale, recipe.width, recipe.blocks)
        if start:
            first = load_network(ResidualNetwork, start)
            state = grown(first, recipe.blocks)
            if first.scale != scale:  # the body of another scale: it looks at small pictures of the same kind
                state |= {name: tensor for name, tensor in network.state_dict().items() if "upsampler" in name}
            network.load_state_dict(state)
        self.network = network.to(device)
        file, self.teacher_scale = TEACHERS[scale]
        self.teacher = RLFN(upscale=self.teacher_scale)
        self.teacher.load_state_dict(read_state_dict(file))
        self.teacher = self.teacher.float().eval().requires_grad_(False).to(device)
        self.adapters = nn.ModuleList(nn.Conv2d(recipe.width, 52, 1) for _ in range(8)).to(device)
        inner = [p for p in [*network.blocks.parameters(), network.tail.weight] if p.ndim == 4]
        known = {id(parameter) for parameter in inner}
        rest = [p for p in [*network.parameters(), *self.adapters.parameters()] if id(p) not in known]
        self.optimizers: list[torch.optim.Optimizer] = [
            Muon(inner, recipe.learning_rate),
            torch.optim.Adam(rest, betas=(0.9, 0.99)),
        ]
        self.kept: Mapping[str, Any] = {
            "network": network,
            "adapters": self.adapters,
            "muon": self.optimizers[0],
            "adam": self.optimizers[1],
        }
        self.pictures = decode(DATA / "photos", recipe.crop * scale)
        self.remembered: deque[tuple[Tensor, Tensor, Tensor, list[Tensor]]] = deque(maxlen=REMEMBERED)
        self.cases = Cases(scale, device)

    def batch(self, step: int) -> tuple[Tensor, Tensor, Tensor, list[Tensor]]:
        """Small pictures, photos, the teacher's pictures and its features."""
        if self.remembered and step % REPEATS:
            return self.draw.choice(self.remembered)
        large = crops(self.pictures, self.recipe.batch, self.recipe.crop * self.scale, self.draw).to(self.device)
        with torch.no_grad():
            picture, features = self.teacher.features(small(large, self.scale))
        if self.teacher_scale != self.scale:
            picture = F.interpolate(
                picture, scale_factor=self.scale / self.teacher_scale, mode="bicubic", antialias=True
            )
        self.remembered.append((small(large, self.scale), large, picture, features))
        return self.remembered[-1]

    def losses(self, step: int, done: float) -> dict[str, float]:
        """One step on one batch."""
        low, large, teacher_picture, teacher_features = self.batch(step)
        with autocast(self.device):
            picture, features = self.network.features(low)
            # RLFN has six blocks: blocks that were added later have no counterpart.
            counterparts = [*features[:7], features[-1]]
            adapted = [adapter(feature) for adapter, feature in zip(self.adapters, counterparts, strict=True)]
        relative = [(a - t).square().mean() / t.square().mean() for a, t in zip(adapted, teacher_features, strict=True)]
        feature_error = torch.stack(relative).sum()
        recipe = self.recipe
        photo_error, teacher_error = self.error(picture - large), self.error(picture - teacher_picture)
        loss = recipe.photo_weight * photo_error + recipe.teacher_weight * teacher_error
        loss = loss + recipe.feature_weight * (1 - recipe.feature_fade * done) * feature_error
        for optimizer in self.optimizers:
            optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_([*self.network.parameters(), *self.adapters.parameters()], self.recipe.clip)
        for optimizer in self.optimizers:
            optimizer.step()
        errors = {"photo": photo_error, "teacher": teacher_error}  # in grey levels
        levels = {name: error.item() ** (1 / recipe.power) * 255 for name, error in errors.items()}
        return {**levels, "features": feature_error.item()}

    def error(self, difference: Tensor) -> Tensor:
        """The mean error of a picture, in RGB and in luma."""
        luma = (difference * LUMA.to(difference).view(1, 3, 1, 1)).sum(1)
        power = self.recipe.power
        return difference.abs().pow(power).mean() + self.recipe.luma_weight * luma.abs().pow(power).mean()

    def score(self, network: nn.Module) -> dict[str, float]:
        """PSNR on Set5, which is never trained on."""
        return self.cases.score(network)

    def sheet(self, network: nn.Module) -> Image:
        """Set5, beside bicubic and the photo."""
        return self.cases.sheet(network)


def grown(network: ResidualNetwork, blocks: int) -> dict[str, Tensor]:
    """The weights of `network` with more blocks, which change nothing until they are trained."""
    width, had = network.head.out_channels, len(network.blocks)
    state = ResidualNetwork(network.scale, width, blocks).state_dict() | network.state_dict()
    for added in range(had, blocks):
        # With nothing to add, the gate of a block halves what it is given.
        state[f"blocks.{added}.conv3.weight"].zero_()
        state[f"blocks.{added}.conv3.bias"].zero_()
        state["tail.weight"] = state["tail.weight"] * 2
    return state


def lifted(network: ResidualNetwork, to: ResidualNetwork) -> dict[str, Tensor]:
    """The weights of `network` in the shape of `to`, whose added blocks were trained from nothing."""
    had, state = len(network.blocks), grown(network, len(to.blocks))
    for name, tensor in to.state_dict().items():
        block = int(name.split(".")[1]) if name.startswith("blocks.") else -1
        if block >= had and "conv3" not in name:
            state[name] = tensor
    return state


class Cases:
    """Set5 at one scale: what a training is watched on and never sees."""

    def __init__(self, scale: int, device: torch.device) -> None:
        self.scale, self.device = scale, device
        self.pairs = [(resize(large, 1 / scale), large) for large in benchmark("Set5", scale)]

    @torch.no_grad()
    def _enlarged(self, network: nn.Module) -> list[Image]:
        return [to_image(network(to_tensor(low, self.device))) for low, _ in self.pairs]

    def score(self, network: nn.Module) -> dict[str, float]:
        """Mean PSNR in decibels."""
        pairs = zip(self._enlarged(network), self.pairs, strict=True)
        return {"Set5": float(np.mean([psnr(image, large, self.scale) for image, (_, large) in pairs]))}

    def sheet(self, network: nn.Module) -> Image:
        """A row a case: bicubic, ours, the photo; the middle 192 pixels."""
        rows = []
        for image, (low, large) in zip(self._enlarged(network), self.pairs, strict=True):
            top, left = (large.shape[0] - 192) // 2, (large.shape[1] - 192) // 2
            row = (resize(low, self.scale), image, large)
            rows.append(np.hstack([part[top : top + 192, left : left + 192] for part in row]))
        return np.vstack(rows)


def benchmark(name: str, scale: int) -> list[Image]:
    """A test set of the literature, cut to a multiple of `scale`."""
    pictures = decode(DATA / "sr_bench" / name, 1)
    return [p[: p.shape[0] // scale * scale, : p.shape[1] // scale * scale] for p in pictures]


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=int, choices=(2, 3, 4), default=4)
    parser.add_argument("--start", type=Path, help="a residual network to begin as; of another scale: its body")
    parser.add_argument("--finish", action="store_true", help="the last part: squared error of the picture")
    parser.add_argument("--blocks", type=int)
    parser.add_argument("--steps", type=int)
    parser.add_argument("--learning-rate", type=float)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--state", type=Path, default=Path.home() / ".local/state/semantic-darkroom")
    parser.add_argument("--dry-run", action="store_true", help="two steps of a tiny network, to see that all is there")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    recipe = FINISH if options.finish else SuperResolutionRecipe()
    given = {"steps": options.steps, "learning_rate": options.learning_rate, "blocks": options.blocks}
    recipe = replace(recipe, **{name: value for name, value in given.items() if value is not None})
    if options.dry_run:
        recipe = replace(recipe, steps=2, batch=1, crop=16, width=8, look_every=2)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    task = Distillation(recipe, options.scale, device, options.start)
    folder = f"super_resolution_x{options.scale}" + ("_finish" if options.finish else "")
    run(task, recipe, options.state / folder)


if __name__ == "__main__":
    main()
