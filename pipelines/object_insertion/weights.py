"""The weights of each variant: where they are, and what the files hold."""

from __future__ import annotations

from collections.abc import Mapping

from checkpoints import Checkpoint, Embedded
from networks.files import load_network
from pipelines.object_insertion.compact import CompactGenerator
from pipelines.object_insertion.habits import Habits
from pipelines.object_insertion.network import ImageGenerator, StructureGenerator
from pipelines.object_insertion.outlines import Outlines
from pipelines.object_insertion.silhouette import Silhouette
from pipelines.object_insertion.stages import Painter

STRUCTURE = Embedded("object_insertion/structure.safetensors")
SILHOUETTE = Embedded("object_insertion/silhouette.safetensors")
HABITS = Embedded("object_insertion/habits.safetensors")
OUTLINES = Embedded("object_insertion/outlines.safetensors")

# Hong et al. published no weights on the Hub; `pipelines.object_insertion.convert` reads their files. After the first
# come the article's ablations of the image generator and what it compares it with, smaller and less trained, for the
# benchmark's table alone.
IMAGES: Mapping[str, Embedded] = {
    "embedded": Embedded("object_insertion/image.safetensors"),
    **{
        name: Embedded(f"object_insertion/{name}.safetensors")
        for name in ("two_streams", "image_stream", "layout_stream", "concatenated", "context_encoder", "pix2pixhd")
    },
}

FILES: Mapping[str, tuple[Checkpoint, ...]] = {
    "embedded": (STRUCTURE, SILHOUETTE, IMAGES["embedded"], HABITS, OUTLINES)
}


def structure(device: str) -> StructureGenerator:
    """Box to layout, ready to run."""
    return load_network(StructureGenerator, STRUCTURE.path(), device)


def silhouette(device: str) -> Silhouette:
    """Box to outline, ready to run."""
    return load_network(Silhouette, SILHOUETTE.path(), device)


def image(variant: str, device: str) -> Painter:
    """Layout to pixels, ready to run."""
    kind = CompactGenerator if variant == "embedded" else ImageGenerator
    return load_network(kind, IMAGES[variant].path(), device)


def habits() -> Habits:
    """Where in streets objects are, how large, in which colours."""
    return Habits.read(HABITS.path())


def outlines() -> Outlines:
    """What outlines objects in streets have."""
    return Outlines.read(OUTLINES.path())
