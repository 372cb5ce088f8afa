"""The weights of each variant: where they are, and the network that each file holds."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from checkpoints import Checkpoint, Embedded, OnHub
from networks.files import load_network, read_state_dict, ready
from pipelines.super_resolution.network import EDSR, ResidualNetwork, RRDBNet

SCALES = (2, 3, 4)

FILES: Mapping[str, Mapping[int, Checkpoint]] = {
    # Scales without a file of their own come from the next larger one, shrunk with antialiasing.
    "residual": {4: Embedded("super_resolution/residual_x4.safetensors")},
    "adversarial": {4: Embedded("super_resolution/adversarial_x4.safetensors")},
    "bicubic": {},
    "real-esrgan": {
        2: OnHub(
            "ai-forever/Real-ESRGAN",
            "RealESRGAN_x2.pth",
            "8110204ebf8d25c031b66c26c2d1098aa831157e",
            "c830d067d54fc767b9543a8432f36d91bc2de313584e8bbfe4ac26a47339e899",
        ),
        4: OnHub(
            "ai-forever/Real-ESRGAN",
            "RealESRGAN_x4.pth",
            "8110204ebf8d25c031b66c26c2d1098aa831157e",
            "aa00f09ad753d88576b21ed977e97d634976377031b178acc3b5b238df463400",
        ),
    },
    # Neither a commit nor a checksum of these could be learnt where this was written: the branch is all there is.
    "edsr": {scale: OnHub("eugenesiow/edsr-base", f"pytorch_model_{scale}x.pt", "main") for scale in SCALES},
}


def network(variant: str, scale: int, device: str) -> nn.Module:
    """The network of `variant` that was made for `scale`, ready to run."""
    file = FILES[variant][scale]
    path = file.path()
    if variant == "real-esrgan":
        return ready(RRDBNet(scale=scale), read_state_dict(path), file.name, device)
    if variant == "edsr":
        edsr = EDSR(upscale=scale, img_range=1.0, rgb_mean=(0.0, 0.0, 0.0))
        return ready(edsr, edsr_state_from_super_image(read_state_dict(path)), file.name, device)
    # Channels last in memory: a CPU then convolves without moving pixels about, 1.4 times as fast.
    residual = load_network(ResidualNetwork, path, device)
    return residual.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue] - torch's stub lacks it


def edsr_state_from_super_image(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The weights of `eugenesiow/edsr-base` under BasicSR's names.

    Its forward pass skips the mean shift that its files still carry, and works on 0..1: load the result into
    `EDSR(img_range=1.0, rgb_mean=(0, 0, 0))`.
    """
    blocks = max(int(name.split(".")[1]) for name in state if name.startswith("body."))
    renamed = {}
    for name, tensor in state.items():
        part, *rest = name.split(".")
        if part == "head":
            renamed[f"conv_first.{rest[-1]}"] = tensor
        elif part == "body" and int(rest[0]) == blocks:
            renamed[f"conv_after_body.{rest[-1]}"] = tensor
        elif part == "body":
            renamed[f"body.{rest[0]}.conv{int(rest[2]) // 2 + 1}.{rest[-1]}"] = tensor
        elif part == "tail":
            renamed[f"upsample.{rest[1]}.{rest[-1]}" if rest[0] == "0" else f"conv_last.{rest[-1]}"] = tensor
    return renamed
