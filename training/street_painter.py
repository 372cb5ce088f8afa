"""Trains a generator of whole streets from their label maps, for the page's examples: python -m training.street_painter

The image generator with its layout path alone, on cuts of streets at their own scale: fully convolutional, it then
paints a street of any size. It does not ship; `training.street_pictures` paints the examples with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image as PillowImage
from torch import Tensor, nn

from imaging.types import Image
from networks.tensors import to_image
from pipelines.object_insertion.network import ImageGenerator
from training.command import asked, device, parser
from training.object_image import TAPS, ImageRecipe, ImageTask
from training.object_structure import moved
from training.run import run
from training.streets import HEIGHT, LABELS, ROAD, WIDTH, Windows, labels, names, picture
from training.teachers import perceptual_error

SHOWN = 6  # streets on the sheet
BRIGHTER = 0.7  # exponent: Cityscapes is dark, and the examples should not be


@dataclass(frozen=True)
class StreetRecipe(ImageRecipe):
    """`sides` are those of cuts. `zoom`: pixels of the street a pixel of the cut, the least and the most."""

    steps: int = 1500
    sides: tuple[int, ...] = (128, 192)
    turns: tuple[float, ...] = (0.7,)
    batch: int = 4
    adversary_from: float = 0.3
    built: Mapping[str, object] = field(default_factory=lambda: {"paths": ("layout",), "skips": ("layout",)})
    whole: bool = True
    zoom: tuple[float, float] = (0.8, 1.15)


class StreetTask(ImageTask):
    """A `training.run.Task`: the same, with cuts of streets all of which is painted."""

    def __init__(self, recipe: StreetRecipe, device: torch.device, start: Path | None = None) -> None:
        super().__init__(recipe, device, start, "painter")
        self.data = self.data.replace("objects of Cityscapes", "streets of Cityscapes")
        self.zoom = recipe.zoom
        self.streets = names("train", "cityscapes")
        self.shown = names("val", "cityscapes")[::80][:SHOWN]

    def batch(self, done: float) -> Windows:
        """Cuts of streets, above the camera car."""
        recipe = self.recipe
        side = recipe.sides[sum(done >= turn for turn in recipe.turns)]
        count = max(1, round(recipe.batch * (recipe.sides[0] / side) ** 2))
        pictures, ids = zip(*(self.cut(self.draw.choice(self.streets), side) for _ in range(count)), strict=True)
        ones = torch.ones(count, 1, side, side)
        kinds = torch.zeros(count, dtype=torch.long)
        return moved(Windows(torch.cat(pictures), torch.cat(ids), kinds, ones, ones, 0 * ones), self.device)

    def cut(self, name: str, side: int) -> tuple[Tensor, Tensor]:
        """A square of a street, mirrored at random: (1, 3, side, side) and its ids (1, side, side)."""
        size = min(side * self.draw.uniform(*self.zoom), ROAD)
        left, top = self.draw.uniform(0, WIDTH - size), self.draw.uniform(0, ROAD - size)
        pixels, ids = read(name, (side, side), (left, top, left + size, top + size))
        return (pixels.flip(3), ids.flip(2)) if self.draw.random() < 0.5 else (pixels, ids)

    def painted(self, network: nn.Module, name: str) -> tuple[Tensor, Tensor]:
        """A whole street as it is and from its labels, (1, 3, HEIGHT, WIDTH)."""
        real, ids = read(name, (WIDTH, HEIGHT), (0, 0, WIDTH, HEIGHT))
        return real, from_layout(network, ids[0].byte().numpy(), self.device)

    def score(self, network: nn.Module) -> dict[str, float]:
        """The small VGG19's error of whole streets that it did not learn from."""
        pairs = [self.painted(network, name) for name in self.shown]
        errors = [perceptual_error(self.eyes, made, real.to(self.device), TAPS) for real, made in pairs]
        return {"seen": float(torch.stack(errors).mean())}

    def sheet(self, network: nn.Module) -> Image:
        """A row a street: as it is, and from its labels."""
        rows = [self.painted(network, name) for name in self.shown]
        return np.vstack([np.hstack([to_image(part) for part in row]) for row in rows])


def read(name: str, size: tuple[int, int], box: tuple[float, float, float, float]) -> tuple[Tensor, Tensor]:
    """A part of a street at `size` (width, height), brighter: (1, 3, H, W) in 0..1, and ids (1, H, W)."""
    stored = (box[0] / 2, box[1], box[2] / 2, box[3])
    pixels = np.asarray(picture(name).resize(size, PillowImage.Resampling.BICUBIC, stored))
    ids = np.asarray(labels(name).resize(size, PillowImage.Resampling.NEAREST, stored))
    image = torch.from_numpy(pixels.copy()).permute(2, 0, 1)[None].float() / 255
    return image.clamp_min(1e-3) ** BRIGHTER, torch.from_numpy(ids.copy()).long()[None]


@torch.no_grad()
def from_layout(network: nn.Module, ids: NDArray[np.uint8], device: torch.device | str = "cpu") -> Tensor:
    """The picture (1, 3, H, W) in 0..1 of label ids (H, W)."""
    assert isinstance(network, ImageGenerator)
    onehot = nn.functional.one_hot(torch.from_numpy(ids.astype(np.int64)), LABELS).movedim(-1, 0)[None]
    everywhere = torch.ones(1, 1, *ids.shape, device=device)
    return network.painted(everywhere.expand(-1, 3, -1, -1), onehot.float().to(device), everywhere)


def main() -> None:
    """The command line."""
    line = parser(__doc__, "a generator to begin as")
    options = line.parse_args()
    dry = {"steps": 2, "look_every": 2, "batch": 2, "sides": (32, 64), "width": 4, "blocks": 1, "critic_width": 4}
    recipe = asked(StreetRecipe(), options, **dry)
    run(StreetTask(recipe, device(), options.start), recipe, options.state / "street_painter")


if __name__ == "__main__":
    main()
