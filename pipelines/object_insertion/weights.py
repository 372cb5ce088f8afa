"""The weights of each variant: where they are, and what the files hold."""

from __future__ import annotations

from collections.abc import Mapping

from checkpoints import Checkpoint, Embedded
from networks.files import load_network
from pipelines.object_insertion.habits import Habits
from pipelines.object_insertion.network import ImageGenerator, StructureGenerator

STRUCTURE = Embedded("object_insertion/structure.safetensors")
IMAGE = Embedded("object_insertion/image.safetensors")
HABITS = Embedded("object_insertion/habits.safetensors")

# Hong et al. published no weights on the Hub; `pipelines.object_insertion.convert` reads their files.
FILES: Mapping[str, tuple[Checkpoint, ...]] = {"embedded": (STRUCTURE, IMAGE, HABITS)}


def generators(device: str) -> tuple[StructureGenerator, ImageGenerator]:
    """Box to layout and layout to pixels, ready to run."""
    structure = load_network(StructureGenerator, STRUCTURE.path(), device)
    return structure, load_network(ImageGenerator, IMAGE.path(), device)


def habits() -> Habits:
    """Where in streets objects are, how large, in which colours."""
    return Habits.read(HABITS.path())
