"""Trains the network that expects an object's outline in its box: python -m training.object_silhouette

    python -m training.object_silhouette --finish STATE/object_silhouette/silhouette.safetensors MADE.safetensors

Loss: cross entropy, and what the soft overlap with the true outline lacks of 1; small objects count less.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from PIL import Image as PillowImage
from torch import Tensor, nn

from imaging.types import Image, Mask
from networks.files import load_network, read_card, save_network
from pipelines.object_insertion.silhouette import INNER, Silhouette, Surroundings, batched, mirrored, surroundings
from training.command import asked, device, parser
from training.object_structure import soft_overlap
from training.run import Recipe, run
from training.streets import HEIGHT, LABELS, WIDTH, Thing, labels, picture, things, whole

SHOWN = 14  # objects on the sheet


@dataclass(frozen=True)
class SilhouetteRecipe(Recipe):
    """`least`: pixels of the longer side of what is learnt from, and `full` of what counts wholly; `jitter` of the
    numbers that say where a box is; `most`: objects, of all where None."""

    steps: int = 1600
    batch: int = 48
    learning_rate: float = 3e-3
    average: float = 0.995
    look_every: int = 230
    decay: float = 0.05
    least: int = 16
    full: int = 40
    jitter: float = 0.03
    widths: tuple[int, ...] = (32, 64, 96)
    most: int | None = None


@dataclass(frozen=True, eq=False)
class Objects:
    """What is around N boxes, the true outlines in them at INNER pixels, float32 (N, INNER, INNER), and label ids."""

    things: list[Thing]
    around: list[Surroundings]
    outlines: Tensor

    @classmethod
    def of(cls, found: list[Thing]) -> Objects:
        """Read from the streets."""
        around, outlines = [], []
        for thing in found:
            pixels = np.asarray(picture(thing.street).resize((WIDTH, HEIGHT), PillowImage.Resampling.BICUBIC))
            ids = np.asarray(labels(thing.street).resize((WIDTH, HEIGHT), PillowImage.Resampling.NEAREST))
            around.append(surroundings(pixels, ids, thing.box))
            own = PillowImage.fromarray(true(thing, ids).astype(np.float32))
            outlines.append(np.asarray(own.resize((INNER, INNER), PillowImage.Resampling.BOX)))
        return cls(found, around, torch.from_numpy(np.stack(outlines)))

    def seen(self, chosen: list[int]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """What the network reads of these."""
        return batched([self.around[one] for one in chosen], [self.things[one].label for one in chosen])


def true(thing: Thing, ids: NDArray[np.uint8]) -> Mask:
    """The object in its box."""
    box = thing.box
    return whole(ids[box.top : box.bottom, box.left : box.right] == thing.label)


class SilhouetteTask:
    """A `training.run.Task`: the network and the objects of the streets."""

    name = "silhouette"

    def __init__(self, recipe: SilhouetteRecipe, device: torch.device, start: Path | None = None) -> None:
        self.recipe, self.device, self.start = recipe, device, start
        self.data = "objects of Cityscapes at 512x256 (research use only)"
        self.arguments: Mapping[str, object] = {"labels": LABELS, "widths": list(recipe.widths)}
        torch.manual_seed(recipe.seed)
        self.network = Silhouette(LABELS, recipe.widths).to(device)
        if start:
            self.network.load_state_dict(load_network(Silhouette, start).state_dict())
        self.optimizers: list[torch.optim.Optimizer] = [
            torch.optim.AdamW(self.network.parameters(), weight_decay=recipe.decay)
        ]
        self.kept: Mapping[str, Any] = {"network": self.network, "adam": self.optimizers[0]}
        self.draw = random.Random(recipe.seed)
        self.known = Objects.of(things("train", recipe.least)[: recipe.most])
        self.unseen = Objects.of(things("val")[: recipe.most])

    def losses(self, step: int, done: float) -> dict[str, float]:
        """One step."""
        recipe = self.recipe
        chosen = [self.draw.randrange(len(self.known.things)) for _ in range(recipe.batch)]
        seen, masks = self.known.seen(chosen), self.known.outlines[chosen]
        if self.draw.random() < 0.5:
            seen, masks = mirrored(*seen), masks.flip(-1)
        ids, pictures, places, kinds = seen
        light = torch.rand(len(chosen), 1, 1, 1) * 0.6 + 0.7, torch.randn(len(chosen), 1, 1, 1) * 0.16
        pictures = (pictures + 1) * light[0] + light[1] - 1
        places = places + recipe.jitter * torch.randn_like(places)
        boxes = [self.known.things[one].box for one in chosen]
        sides = torch.tensor([max(box.width, box.height) for box in boxes])
        weights = (sides / recipe.full).clamp(0.4, 1).to(self.device)
        masks = masks.to(self.device)
        logits = self.network(*(part.to(self.device) for part in (ids, pictures, places, kinds)))
        overlap = soft_overlap(logits.sigmoid(), masks)
        entropy = F.binary_cross_entropy_with_logits(logits, masks, reduction="none").mean((1, 2))
        loss = ((entropy + 1 - overlap) * weights).mean()
        for optimizer in self.optimizers:
            optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), recipe.clip)
        for optimizer in self.optimizers:
            optimizer.step()
        return {"entropy": entropy.mean().item(), "overlap": overlap.mean().item()}

    def found(self, network: nn.Module) -> Tensor:
        """Probabilities in the boxes of objects not trained on, (N, INNER, INNER)."""
        made = []
        with torch.no_grad():
            for first in range(0, len(self.unseen.things), 80):
                count = min(80, len(self.unseen.things) - first)
                seen = self.unseen.seen(list(range(first, first + count)))
                made.append(network(*(part.to(self.device) for part in seen)).sigmoid().cpu())
        return torch.cat(made)

    def score(self, network: nn.Module) -> dict[str, float]:
        """Mean intersection over union of found and true outlines, at the size that the network sees."""
        one, other = self.found(network) > 0.5, self.unseen.outlines > 0.5
        overlaps = (one & other).sum((1, 2)) / (one | other).sum((1, 2)).clamp_min(1)
        return {"iou": float(overlaps.mean())}

    def sheet(self, network: nn.Module) -> Image:
        """A column an object: its surroundings, the true outline and the one that is expected."""
        step = max(1, len(self.unseen.things) // SHOWN)
        made, columns = self.found(network), []
        for place in range(0, len(self.unseen.things), step):
            around = self.unseen.around[place][1]
            outlines = (255 * torch.stack([self.unseen.outlines[place], made[place]])).byte().numpy()
            grown = [np.asarray(PillowImage.fromarray(one).resize(around.shape[:2]).convert("RGB")) for one in outlines]
            columns.append(np.vstack([around, *grown]))
        return np.hstack(columns[:SHOWN])


def finish(trained: Path, made: Path) -> None:
    """Writes the file that ships: half precision, the same card."""
    arguments, card = read_card(trained)
    save_network(load_network(Silhouette, trained).half(), made, arguments, card)


def main() -> None:
    """The command line."""
    line = parser(__doc__, "a network to begin as")
    line.add_argument("--finish", type=Path, nargs=2, metavar=("TRAINED", "MADE"), help="write the file that ships")
    options = line.parse_args()
    dry = {"steps": 2, "look_every": 2, "batch": 4, "widths": (4, 4, 8), "most": 6}
    recipe = asked(SilhouetteRecipe(), options, **dry)
    if options.finish:
        finish(*options.finish)
        return
    run(SilhouetteTask(recipe, device(), options.start), recipe, options.state / "object_silhouette")


if __name__ == "__main__":
    main()
