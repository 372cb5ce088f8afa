"""The weights of each variant: where they are, and the network that each file holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import torch

from checkpoints import Checkpoint, Embedded, OnHub
from networks.files import load_network, read_state_dict, ready
from networks.parser import Parser
from networks.segformer import SegFormer

Network: TypeAlias = Parser | SegFormer

FILES: Mapping[str, Checkpoint] = {
    "embedded": Embedded("face_parsing/embedded.safetensors"),
    # Its labels stand in our order. Neither a commit nor a checksum could be learnt where this was written: the
    # branch is all there is.
    "celebamask": OnHub("jonathandinu/face-parsing", "model.safetensors", "main"),
}


def network(variant: str, device: str) -> Network:
    """The parser of `variant`, ready to run."""
    path = FILES[variant].path()
    if variant == "celebamask":
        return ready(SegFormer(), read_state_dict(path), FILES[variant].name, device)
    parser = load_network(Parser, path, device)
    # Channels last in memory: a CPU then convolves without moving pixels about.
    return parser.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue] - torch's stub lacks it
