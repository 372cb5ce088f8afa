"""Trains the structure generator of object insertion: python -m training.object_structure

    python -m training.object_structure --finish STATE/object_structure/structure.safetensors MADE.safetensors

Loss, as Hong et al.'s (2018): cross entropy of the mask, cross entropy of the layout inside the soft box, and 0.1 of an
adversary's that judges masks; and, a departure, what the mask's overlap with the true one lacks: probabilities that are
each right make an outline that is too small.
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
from torch import Tensor, nn

from imaging.streets import COLOURS, NOTHING
from imaging.types import Image
from networks.files import load_network, read_card, save_network
from pipelines.object_insertion.network import StructureGenerator
from training.command import asked, device, parser
from training.discriminators import BoxDiscriminator, least_squares
from training.labelled import IGNORED
from training.muon import muon_and_adam
from training.precision import autocast
from training.run import Recipe, run
from training.streets import LABELS, Mixed, Thing, Windows, batch, cut, things

SHOWN = 14  # windows on the sheet
UNLABELLED = 5  # ids below it are void


@dataclass(frozen=True)
class StructureRecipe(Recipe):
    """`sides` in pixels, `batch` for the first, half as many for the next; `turns`: shares of the training after which
    the next side is due.

    `nothing`: share of boxes without an object, `drawings`: of windows of drawn streets; `overlap`: weight of what
    the masks' overlap lacks of 1; the adversary begins after `adversary_from` of the training.
    """

    steps: int = 800
    batch: int = 16  # of the first side
    learning_rate: float = 4e-3
    average: float = 0.995
    look_every: int = 160
    sides: tuple[int, ...] = (64, 128)
    turns: tuple[float, ...] = (0.6,)
    nothing: float = 0.2
    loose: float = 0.04
    drawings: float = 0.25
    overlap: float = 1.0
    adversary: float = 0.1
    adversary_from: float = 0.4
    adversary_rate: float = 0.05  # of the learning rate
    adam_share: float = 0.3
    widths: tuple[int, ...] = (32, 48, 64, 128)
    critic_width: int = 16
    blocks: int = 2
    cases: int = 120


class StructureTask:
    """A `training.run.Task`: the generator, its adversary, objects of streets."""

    name = "structure"

    def __init__(self, recipe: StructureRecipe, device: torch.device, start: Path | None = None) -> None:
        self.recipe, self.device, self.start = recipe, device, start
        self.data = "objects of Cityscapes at 512x256 (research use only) and of streets drawn by our own code"
        # A first convolution of 3 pixels sees at 128 what one of 7 sees at the paper's 256.
        self.arguments: Mapping[str, object] = {
            "labels": LABELS,
            "widths": list(recipe.widths),
            "blocks": recipe.blocks,
            "kernel": 3,
        }
        torch.manual_seed(recipe.seed)
        self.network = StructureGenerator(**self.arguments).to(device)  # pyright: ignore[reportArgumentType]
        if start:
            self.network.load_state_dict(load_network(StructureGenerator, start).state_dict())
        self.critic = BoxDiscriminator(1 + 2 * LABELS, recipe.critic_width, nn.BatchNorm2d).to(device)
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
        self.drawer = Mixed("train", random.Random(recipe.seed))
        unseen = things("val")
        self.unseen = unseen[:: max(1, len(unseen) // recipe.cases)][: recipe.cases]

    def losses(self, step: int, done: float) -> dict[str, float]:
        """One step."""
        recipe = self.recipe
        stage = sum(done >= turn for turn in recipe.turns)
        count, side = recipe.batch // 2**stage, recipe.sides[stage]
        drawn = self.drawer.drawn(count, side, recipe.nothing, recipe.loose, recipe.drawings)
        seen = moved(drawn, self.device)
        entering = seen.boxed()
        with autocast(self.device):
            layout, mask = (logits.float() for logits in self.network(entering))
        # Both are means inside the soft box: the reference's mean over the window makes a small box's mask count less.
        of_mask = (F.binary_cross_entropy_with_logits(mask, seen.masks, reduction="none") * seen.soft).sum()
        of_mask = of_mask / seen.soft.sum()
        known = (seen.soft[:, 0] > 0) & (seen.labels >= UNLABELLED)
        of_layout = F.cross_entropy(layout, seen.labels.where(known, IGNORED), ignore_index=IGNORED)
        loss, found = of_mask + of_layout, {"mask": of_mask.item(), "layout": of_layout.item()}
        if recipe.overlap:
            missed = lacking(mask.sigmoid() * seen.boxes, seen.masks * seen.boxes)
            loss, found["lacking"] = loss + recipe.overlap * missed, missed.item()
        judged = done >= recipe.adversary_from
        made = torch.cat([mask.sigmoid(), entering], 1) * seen.soft
        if judged:
            self.critic.requires_grad_(False)
            with autocast(self.device):
                of_critic = least_squares(self.critic(made), 1, seen.soft)
            self.critic.requires_grad_(True)
            loss, found["critic"] = loss + recipe.adversary * of_critic, of_critic.item()
        for optimizer in self.optimizers:
            optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), recipe.clip)
        for optimizer in self.optimizers[:2]:
            optimizer.step()
        if judged:
            real = torch.cat([seen.masks, entering], 1) * seen.soft
            with autocast(self.device):
                told = least_squares(self.critic(real), 1, seen.soft)
                told = told + least_squares(self.critic(made.detach()), 0, seen.soft)
            (told / 2).backward()
            self.optimizers[2].step()
            found["told"] = told.item() / 2
        return found

    def predicted(self, network: nn.Module, chosen: list[Thing]) -> tuple[Windows, Tensor, Tensor]:
        """Windows of `chosen`, the masks found, bool (N, S, S), and the layouts, int64 (N, S, S)."""
        seen = moved(batch([cut(thing, self.recipe.sides[-1]) for thing in chosen]), self.device)
        with torch.no_grad():
            layout, mask = network(seen.boxed())
        return seen, (mask[:, 0] > 0) & (seen.soft[:, 0] > 0), layout.argmax(1)

    def score(self, network: nn.Module) -> dict[str, float]:
        """Mean intersection over union of found and true masks inside the boxes of objects not trained on."""
        overlaps = []
        for first in range(0, len(self.unseen), 20):
            seen, found, _ = self.predicted(network, self.unseen[first : first + 20])
            found, true = found & (seen.boxes[:, 0] > 0), seen.masks[:, 0] > 0
            overlaps.append((found & true).sum((1, 2)) / (found | true).sum((1, 2)).clamp_min(1))
        return {"iou": float(torch.cat(overlaps).mean())}

    def sheet(self, network: nn.Module) -> Image:
        """A column a window: picture, true labels, those with the found mask, and what is left without the object."""
        chosen = self.unseen[:: max(1, len(self.unseen) // SHOWN)][:SHOWN]
        seen, found, _ = self.predicted(network, chosen)
        composed = seen.labels.where(~found, seen.classes[:, None, None])
        emptied = [Thing(thing.street, NOTHING, thing.box) for thing in chosen]
        around, _, layouts = self.predicted(network, emptied)
        without = seen.labels.where(around.soft[:, 0] == 0, layouts)
        pictures = (seen.pictures.movedim(1, -1) * 255).round().byte().cpu().numpy()
        colours = np.asarray(COLOURS, np.uint8)
        rows = [pictures, *(colours[ids.cpu().numpy()] for ids in (seen.labels, composed, without))]
        return np.vstack([np.hstack(list(row)) for row in rows])


def lacking(probabilities: Tensor, masks: Tensor) -> Tensor:
    """One less the mean soft intersection over union of (N, 1, S, S), of windows with an object."""
    there = masks.flatten(1).any(1)
    if not there.any():
        return probabilities.sum() * 0
    return 1 - soft_overlap(probabilities[there], masks[there]).mean()


def soft_overlap(one: Tensor, other: Tensor) -> Tensor:
    """Intersection over union of probabilities (N, ...), of each of N."""
    both = (one * other).flatten(1).sum(1)
    return both / (one + other - one * other).flatten(1).sum(1).clamp_min(1e-6)


def moved(windows: Windows, device: torch.device) -> Windows:
    """The batch on `device`."""
    return Windows(**{name: tensor.to(device) for name, tensor in vars(windows).items()})


def finish(trained: Path, made: Path) -> None:
    """Writes the file that ships: half precision, the same card."""
    arguments, card = read_card(trained)
    save_network(load_network(StructureGenerator, trained).half(), made, arguments, card)


def main() -> None:
    """The command line."""
    line = parser(__doc__, "a generator to begin as")
    line.add_argument("--finish", type=Path, nargs=2, metavar=("TRAINED", "MADE"), help="write the file that ships")
    options = line.parse_args()
    dry = {"steps": 2, "look_every": 2, "batch": 4, "sides": (32, 64), "widths": (4, 4, 4, 8)}
    dry |= {"turns": (0.5,), "critic_width": 4, "cases": 3}
    recipe = asked(StructureRecipe(), options, **dry)
    if options.finish:
        finish(*options.finish)
        return
    run(StructureTask(recipe, device(), options.start), recipe, options.state / "object_structure")


if __name__ == "__main__":
    main()
