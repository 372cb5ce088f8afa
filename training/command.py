"""What the command lines of the trainings share."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import torch

from training.run import Recipe

Kind = TypeVar("Kind", bound=Recipe)


def parser(description: str | None, start: str) -> argparse.ArgumentParser:
    """The options that every training has; `start`: what it may begin as."""
    made = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--start", type=Path, help=start)
    made.add_argument("--steps", type=int)
    made.add_argument("--learning-rate", type=float)
    made.add_argument("--threads", type=int, default=1)
    made.add_argument("--state", type=Path, default=Path.home() / ".local/state/semantic-darkroom")
    made.add_argument("--dry-run", action="store_true", help="two steps of a tiny network, to see that all is there")
    return made


def asked(recipe: Kind, options: argparse.Namespace, **dry: object) -> Kind:
    """`recipe` with the numbers that were given, and those of a `dry` run where one was asked for."""
    torch.set_num_threads(options.threads)
    given = {"steps": options.steps, "learning_rate": options.learning_rate}
    recipe = replace(recipe, **{name: value for name, value in given.items() if value is not None})
    return replace(recipe, **dry) if options.dry_run else recipe  # pyright: ignore[reportArgumentType]


def device() -> torch.device:
    """Where it trains."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")
