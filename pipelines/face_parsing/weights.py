"""The weights of each variant: where they are, and the network that each file holds."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import nn

from checkpoints import Checkpoint, Embedded
from networks.files import load_network
from pipelines.face_parsing.network import Parser

FILES: Mapping[str, Checkpoint] = {"embedded": Embedded("face_parsing/embedded.safetensors")}


def network(variant: str, device: str) -> nn.Module:
    """The parser of `variant`, ready to run."""
    parser = load_network(Parser, FILES[variant].path(), device)
    # Channels last in memory: a CPU then convolves without moving pixels about.
    return parser.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue] - torch's stub lacks it
