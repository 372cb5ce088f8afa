"""The loop that every training shares: schedule, average, resume, progress, contact sheet, loss plot, model card.

A script describes a `Task`; `run` takes it from its last state to its last step.
"""

from __future__ import annotations

import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

import matplotlib
import numpy as np
import torch
from PIL import Image as PillowImage
from torch import Tensor, nn
from torch.optim.swa_utils import PARAM_LIST, AveragedModel
from tqdm import tqdm

from imaging.types import Image
from networks.files import read_card, save_network

matplotlib.use("Agg")
import matplotlib.pyplot as plt


@dataclass(frozen=True)
class Recipe:
    """The numbers that every training has. A script adds its own."""

    steps: int
    batch: int
    learning_rate: float
    warm_up: int = 50  # steps
    last_rate: float = 0.01  # of the learning rate, at the end of the cosine
    average: float = 0.998  # decay of the running mean of the weights, per step
    clip: float = 2.0  # norm of the gradient
    look_every: int = 300  # steps between states, scores and contact sheets
    seed: int = 0


class Task(Protocol):
    """What a training script must tell: `kept` maps names to what a state holds, `data` is for the model card."""

    name: str
    data: str
    start: Path | None  # the file that training goes on from
    arguments: Mapping[str, object]
    kept: Mapping[str, Any]
    optimizers: list[torch.optim.Optimizer]

    @property
    def network(self) -> nn.Module:
        """What is trained, averaged and shipped."""
        ...

    def losses(self, step: int, done: float) -> dict[str, float]:
        """One step of every optimizer; `done` runs from 0 to 1. Returns the losses by name."""
        ...

    def score(self, network: nn.Module) -> dict[str, float]:
        """Figures of the averaged network on fixed cases."""
        ...

    def sheet(self, network: nn.Module) -> Image:
        """A contact sheet of fixed cases."""
        ...


def rate(recipe: Recipe, step: int) -> float:
    """The learning rate of a step: linear warm-up, then half a cosine."""
    cosine = 0.5 * (1 + np.cos(np.pi * min(1, step / recipe.steps)))
    return float(recipe.learning_rate * min(1, (step + 1) / recipe.warm_up) * max(cosine, recipe.last_rate))


def running_mean(decay: float) -> Callable[[PARAM_LIST, PARAM_LIST, Tensor | int], None]:
    """An exponential mean that forgets its beginning sooner: the first weights know nothing."""

    @torch.no_grad()
    def average(means: PARAM_LIST, current: PARAM_LIST, seen: Tensor | int) -> None:
        share = 1 - min(decay, (1 + float(seen)) / (10 + float(seen)))
        torch._foreach_lerp_(means, current, share)

    return average


def run(task: Task, recipe: Recipe, folder: Path) -> AveragedModel:
    """Trains `task` in `folder`, from the state that lies there if there is one; returns the averaged network."""
    folder.mkdir(parents=True, exist_ok=True)
    state_file = folder / "state.pt"
    average = AveragedModel(task.network, multi_avg_fn=running_mean(recipe.average))
    history: list[dict[str, float]] = []
    first, minutes = 0, 0.0
    if state_file.exists():
        state = torch.load(state_file, map_location="cpu", weights_only=True)
        for name, part in task.kept.items():
            part.load_state_dict(state[name])
        average.load_state_dict(state["average"])
        history, first, minutes = state["history"], state["step"], state["minutes"]
    start = time.monotonic() - minutes * 60
    bar = tqdm(range(first, recipe.steps), initial=first, total=recipe.steps, desc=task.name, mininterval=5)
    for step in bar:
        for optimizer in task.optimizers:
            for group in optimizer.param_groups:
                group["lr"] = rate(recipe, step) * group.get("share", 1.0)
        losses = task.losses(step, step / recipe.steps)
        average.update_parameters(task.network)
        bar.set_postfix({name: f"{value:.4g}" for name, value in losses.items()}, refresh=False)
        if (step + 1) % recipe.look_every == 0 or step + 1 == recipe.steps:
            minutes = (time.monotonic() - start) / 60
            scores = task.score(average.module.eval())
            history.append({"step": step + 1, **losses, **scores})
            state = {name: part.state_dict() for name, part in task.kept.items()}
            state |= {"average": average.state_dict(), "history": history, "step": step + 1, "minutes": minutes}
            torch.save(state, folder / "state.tmp")
            (folder / "state.tmp").replace(state_file)
            card = describe(task, recipe, step + 1, minutes, scores)
            save_network(average.module, folder / f"{task.name}.safetensors", task.arguments, card)
            PillowImage.fromarray(task.sheet(average.module)).save(folder / "sheet.png")
            plot(history, folder / "losses.png")
            tqdm.write(f"{task.name} {step + 1} {minutes:.1f} min {scores}")
    return average


def placed(word: str) -> str:
    """A word of the command line as a card shows it: where this machine keeps its states is nobody's business."""
    path = Path(word)
    if not path.is_absolute():
        return word
    return f"STATE/{path.parent.name}/{path.name}" if path.suffix else "STATE"


def describe(task: Task, recipe: Recipe, done: int, minutes: float, scores: Mapping[str, float]) -> dict[str, object]:
    """The model card in the file's header; `training.cards` makes `checkpoints/README.md` of all of them."""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    stage = {
        "command": shlex.join(["python", *map(placed, sys.orig_argv[1:])]),
        "recipe": asdict(recipe),
        "done": done,
        "commit": commit.stdout.strip(),
        "minutes": round(minutes),
    }
    earlier = read_card(task.start)[1]["stages"] if task.start else []
    return {
        "data": task.data,
        "stages": [*earlier, stage],
        "scores": {name: round(value, 4) for name, value in scores.items()},
    }


def plot(history: list[dict[str, float]], path: Path) -> None:
    """Every figure of the history over the steps, a panel each."""
    names = [name for name in history[-1] if name != "step"]
    figure, panels = plt.subplots(1, len(names), figsize=(4 * len(names), 3), squeeze=False)
    for panel, name in zip(panels[0], names, strict=True):
        panel.plot([row["step"] for row in history], [row.get(name, np.nan) for row in history])
        panel.set(title=name, xlabel="step")
    figure.tight_layout()
    figure.savefig(path)
    plt.close(figure)
