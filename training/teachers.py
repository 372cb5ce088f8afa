"""Trained networks of others that ours learn from: the loss is measured with them, they are never shipped."""

from __future__ import annotations

from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from networks.files import read_state_dict
from training.pictures import DATA

VGG19_16X = DATA / "teachers" / "vgg19_16x.safetensors"
_POOL = "pool"
_LAYERS = ("11", "12", _POOL, "21", "22", _POOL, "31", "32", "33", "34", _POOL, "41", "42", "43", "44", _POOL, "51")


class SmallVGG19(nn.Module):
    """VGG19 in a sixteenth of its filters (Wang et al. 2020, Collaborative Distillation), to relu5_1.

    Takes float32 (N, 3, H, W) in 0..1. Average pooling: gradients reach every pixel.
    """

    def __init__(self, file: Path = VGG19_16X) -> None:
        super().__init__()
        for name, tensor in read_state_dict(file).items():
            self.register_buffer(name.replace(".", "_"), tensor.float())

    def forward(self, x: Tensor, wanted: tuple[str, ...]) -> dict[str, Tensor]:
        """The activations named in `wanted`, as `relu3_1`."""
        taps = {}
        x = self._conv(x, "conv0", pad=False)
        for layer in _LAYERS:
            if layer == _POOL:
                x = F.avg_pool2d(x, 2)
                continue
            x = F.relu(self._conv(x, f"conv{layer}"))
            tap = f"relu{layer[0]}_{layer[1]}"
            if tap in wanted:
                taps[tap] = x
                if len(taps) == len(wanted):
                    break
        return taps

    def _conv(self, x: Tensor, name: str, pad: bool = True) -> Tensor:
        x = F.pad(x, (1, 1, 1, 1), mode="reflect") if pad else x
        return F.conv2d(x, self.get_buffer(f"{name}_weight"), self.get_buffer(f"{name}_bias"))


def perceptual_error(network: SmallVGG19, made: Tensor, real: Tensor, taps: tuple[str, ...]) -> Tensor:
    """L1 between activations, each divided by the real one's mean, averaged over `taps`: 0 for equal pictures."""
    with torch.no_grad():
        wanted = network(real, taps)
    found = network(made, taps)
    return torch.stack([(found[tap] - wanted[tap]).abs().mean() / wanted[tap].abs().mean() for tap in taps]).mean()
