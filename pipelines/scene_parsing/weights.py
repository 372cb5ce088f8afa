"""The weights of each variant: where they are, and the network that each file holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import torch

from checkpoints import Checkpoint, Embedded, OnHub
from imaging.streets import EVALUATED
from networks.files import load_network, read_state_dict, ready
from networks.parser import Parser
from networks.segformer import SegFormer

Network: TypeAlias = Parser | SegFormer

FILES: Mapping[str, Checkpoint] = {
    "embedded": Embedded("scene_parsing/embedded.safetensors"),
    # Neither commits nor checksums could be learnt where this was written: the branch is all there is.
    "segformer_b0": OnHub("nvidia/segformer-b0-finetuned-cityscapes-1024-1024", "pytorch_model.bin", "main"),
    "segformer_b5": OnHub("nvidia/segformer-b5-finetuned-cityscapes-1024-1024", "pytorch_model.bin", "main"),
}

SQUEEZE: Mapping[str, int] = {"embedded": 2}
"""How many times narrower than a street the pictures are that a network was trained on; 1 where not said."""


def network(variant: str, device: str) -> Network:
    """The parser of `variant`, ready to run: it gives logits of Cityscapes' nineteen labels."""
    path, labels = FILES[variant].path(), len(EVALUATED)
    if variant == "embedded":
        # Channels last in memory: a CPU then convolves without moving pixels about.
        parser = load_network(Parser, path, device)
        return parser.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue] - torch's stub lacks it
    if variant == "segformer_b0":
        built = SegFormer(labels, widths=(32, 64, 160, 256), depths=(2, 2, 2, 2), joined=256)
    else:
        built = SegFormer(labels)
    return ready(built, read_state_dict(path), FILES[variant].name, device)
