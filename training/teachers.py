"""Trained networks of others that ours learn from: the loss is measured with them, they are never shipped."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import torch
import torch.nn.functional as F
import torchvision
from torch import Tensor, nn

from networks.files import read_state_dict, ready
from training.pictures import DATA

TEACHERS = DATA / "teachers"
VGG19_16X = TEACHERS / "vgg19_16x.safetensors"
SQUEEZENET = TEACHERS / "squeezenet1_0.safetensors"
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

    def wide(self, taps: dict[str, Tensor]) -> dict[str, Tensor]:
        """The first tap of each stage in the full VGG19's own number of channels, 64 to 512, of mean about one."""
        ends = {tap: f"conv{tap[4]}1_aux" for tap in taps if tap.endswith("_1")}
        return {tap: F.relu(self._conv(taps[tap], name, pad=False)) for tap, name in ends.items()}

    def _conv(self, x: Tensor, name: str, pad: bool = True) -> Tensor:
        x = F.pad(x, (1, 1, 1, 1), mode="reflect") if pad else x
        return F.conv2d(x, self.get_buffer(f"{name}_weight"), self.get_buffer(f"{name}_bias"))


class WideVGG19(SmallVGG19):
    """The same with an embedded encoder's taps: wide ones at the first of each stage, the narrow ones in between."""

    def forward(self, x: Tensor, wanted: tuple[str, ...]) -> dict[str, Tensor]:
        """The activations named in `wanted`."""
        narrow = super().forward(x, wanted)
        return {**narrow, **self.wide(narrow)}


class Judge(nn.Module):
    """SqueezeNet 1.0 (Iandola et al. 2016), trained on ImageNet: eyes that no network of ours was trained against."""

    TAPS: ClassVar[Mapping[str, int]] = {"conv1": 1, "fire3": 4, "fire5": 7, "fire8": 10}  # strides 2, 4, 8 and 8

    def __init__(self, file: Path = SQUEEZENET) -> None:
        super().__init__()
        network = ready(torchvision.models.squeezenet1_0(), read_state_dict(file), file.name)
        self.features = nn.ModuleList(list(network.features.children())[: max(self.TAPS.values()) + 1])
        self.register_buffer("mean", torch.tensor([104.0, 117.0, 123.0]).view(1, 3, 1, 1))  # BGR in 0..255

    def forward(self, x: Tensor, wanted: tuple[str, ...]) -> dict[str, Tensor]:
        """The activations named in `wanted`, keys of `TAPS`, of RGB (N, 3, H, W) in 0..1."""
        x = x.flip(1) * 255 - self.get_buffer("mean")
        found: dict[int, Tensor] = {}
        for index, layer in enumerate(self.features):
            x = found[index] = layer(x)
        return {tap: found[self.TAPS[tap]] for tap in wanted}


def perceptual_error(network: SmallVGG19, made: Tensor, real: Tensor, taps: tuple[str, ...]) -> Tensor:
    """L1 between activations, each divided by the real one's mean, averaged over `taps`: 0 for equal pictures."""
    with torch.no_grad():
        wanted = network(real, taps)
    found = network(made, taps)
    return torch.stack([(found[tap] - wanted[tap]).abs().mean() / wanted[tap].abs().mean() for tap in taps]).mean()


class JohnsonTeacher(nn.Module):
    """One of the public one-pass style networks of `data/teachers`: RGB 0..1 in and out; its rim is not to be learnt.

    TensorFlow's layers: "same" padding is uneven where the stride is 2, and a transposed convolution is cropped by it.
    """

    RIM = 24  # pixels that the zero padding spoils

    def __init__(self, name: str, folder: Path = TEACHERS) -> None:
        super().__init__()
        for key, tensor in read_state_dict(folder / f"johnson_{name}.safetensors").items():
            self.register_buffer(key.replace(".", "_"), tensor.float())

    def forward(self, x: Tensor) -> Tensor:
        """(N, 3, H, W), sides multiples of 4, to the same shape."""
        y = F.relu(self._layer(x * 255, "conv1"))
        y = F.relu(self._layer(y, "conv2", stride=2))
        y = F.relu(self._layer(y, "conv3", stride=2))
        for number in range(1, 6):
            y = y + self._layer(F.relu(self._layer(y, f"res{number}_conv1")), f"res{number}_conv2")
        for name in ("up1", "up2"):
            grown = F.conv_transpose2d(y, self.get_buffer(f"{name}_weight"), stride=2)
            y = F.relu(self._norm(grown[..., : 2 * y.shape[-2], : 2 * y.shape[-1]], name))
        return (torch.tanh(self._layer(y, "out")) * 150 + 127.5).div(255).clamp(0, 1)

    def _layer(self, x: Tensor, name: str, stride: int = 1) -> Tensor:
        weight = self.get_buffer(f"{name}_weight")
        all_round = weight.shape[-1] - stride
        before, after = all_round // 2, all_round - all_round // 2
        return self._norm(F.conv2d(F.pad(x, (before, after, before, after)), weight, stride=stride), name)

    def _norm(self, x: Tensor, name: str) -> Tensor:
        return F.instance_norm(
            x, weight=self.get_buffer(f"{name}_scale"), bias=self.get_buffer(f"{name}_shift"), eps=1e-3
        )
