"""Painters of others, to stand beside ours: MicroAST (Wang et al. 2023) and public networks of Johnson's kind."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch

from benchmarks.style_transfer_microast import MicroAST
from imaging.types import Image
from networks.files import read_state_dict, ready
from networks.tensors import to_image, to_tensor
from training.teachers import JohnsonTeacher

Painter = Callable[[Image, str, Image], Image]  # of a photo, a name in the gallery, and the painting itself


def by_microast(network: MicroAST) -> Painter:
    """A network that sees the painting."""

    @torch.no_grad()
    def paint(photo: Image, _: str, painting: Image) -> Image:
        return to_image(network(to_tensor(photo), network.manner(to_tensor(painting))))

    return paint


@torch.no_grad()
def by_johnson_teacher(peer: JohnsonTeacher, photo: Image) -> Image:
    """A network of one painting."""
    return to_image(peer(to_tensor(photo)))


def load_microast(teachers: Path) -> MicroAST | None:
    """MicroAST, None where its file is not in the folder."""
    file = teachers / "microast.safetensors"
    return ready(MicroAST(), read_state_dict(file), file.name) if file.is_file() else None


def load_johnson_teacher(teachers: Path, name: str) -> JohnsonTeacher | None:
    """One of the public networks, None where its file is not in the folder."""
    return JohnsonTeacher(name, teachers).eval() if (teachers / f"johnson_{name}.safetensors").is_file() else None
