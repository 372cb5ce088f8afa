"""The eyes of five methods: a VGG whose activations say what is in a picture, and their Gram matrices in what style.

Simonyan and Zisserman 2015. Ours is embedded: VGG19's shape in widths of our own, taught by a VGG19. The real VGG19 and
VGG16 come from the Hub where there is a network.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from checkpoints import Checkpoint, Embedded, OnHub
from imaging.types import InputError
from networks.files import load_network, read_state_dict, ready

CONVOLUTIONS = {16: (2, 2, 3, 3, 3), 19: (2, 2, 4, 4, 4)}  # in each of the five stages, by VGG's depth
WIDTHS = (64, 128, 256, 512, 512)  # channels of the stages
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # ImageNet's, RGB in 0..1

ENCODERS: Mapping[str, Checkpoint] = {
    "embedded": Embedded("perceptual/encoder.safetensors"),
    # Neither commit nor checksum of this one could be learnt where this was written: the branch is all there is.
    "vgg19": OnHub("timm/vgg19.tv_in1k", "model.safetensors", "main"),
    "vgg16": OnHub(
        "timm/vgg16.tv_in1k",
        "model.safetensors",
        "b8d8aa2dd860af9233c8c67385a8097fd6c35d3f",
        "57b026918159a6bf9faf8405c3a551903768e7138989d9c6224a14227203fad8",
    ),
}


class VGG(nn.Module):
    """VGG's convolutions down to the tap `deepest`, under torchvision's names (`features.0.weight`).

    - `widths`: channels of the five stages;
    - `pooling`: "max", or "average", by which gradients reach every pixel (Gatys et al. 2016, section 2);
    - `padding`: "zeros" as published, or "reflect", which leaves no dark rim in pictures that are optimised;
    - `heads`: taps that pass through a 1x1 convolution and ReLU first, with the channels they come out with.
    """

    def __init__(
        self,
        depth: int = 19,
        widths: Sequence[int] = WIDTHS,
        pooling: Literal["max", "average"] = "max",
        padding: Literal["zeros", "reflect"] = "zeros",
        deepest: str = "relu5_1",
        heads: Mapping[str, int] | None = None,
        mean: Sequence[float] = MEAN,
        std: Sequence[float] = STD,
    ) -> None:
        super().__init__()
        self.taps: dict[str, int] = {}  # name to the index of its ReLU in `features`
        layers: list[nn.Module] = []
        channels: dict[str, int] = {}
        before = 3
        for stage, (count, width) in enumerate(zip(CONVOLUTIONS[depth], widths, strict=True), start=1):
            for number in range(1, count + 1):
                layers += [nn.Conv2d(before, width, 3, padding=1, padding_mode=padding), nn.ReLU()]
                name, before = f"relu{stage}_{number}", width
                self.taps[name], channels[name] = len(layers) - 1, width
            layers.append(nn.MaxPool2d(2) if pooling == "max" else nn.AvgPool2d(2))
        if deepest not in self.taps:
            raise ValueError(f"VGG{depth} has no {deepest}")
        last = self.taps[deepest]
        self.taps = {name: index for name, index in self.taps.items() if index <= last}
        self.features = nn.Sequential(*layers[: last + 1])
        wide = {name: nn.Conv2d(channels[name], width, 1) for name, width in (heads or {}).items()}
        self.heads = nn.ModuleDict(wide)
        self.register_buffer("mean", torch.tensor(mean).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(std).view(1, 3, 1, 1), persistent=False)

    def forward(self, x: Tensor, wanted: Iterable[str]) -> dict[str, Tensor]:
        """The activations at the taps `wanted` of `x`, float32 (N, 3, H, W) in 0..1; each (N, C, h, w), 0 or more.

        Computes no further than the deepest of them.
        """
        names = {self.taps[name]: name for name in wanted}
        x = (x - self.get_buffer("mean")) / self.get_buffer("std")
        found: dict[str, Tensor] = {}
        for index, layer in enumerate(self.features):
            x = layer(x)
            if index in names:
                name = names[index]
                found[name] = F.relu(self.heads[name](x)) if name in self.heads else x
                if len(found) == len(names):
                    break
        return found


def gram(activation: Tensor) -> Tensor:
    """What occurs together with what, wherever: (N, C, C) of (N, C, H, W), over the number of places.

    Gatys et al. 2016, equation 3.
    """
    return _Gram.apply(activation.flatten(2))


class _Gram(torch.autograd.Function):
    """F @ F^T over the places, with the gradient in one product: autograd takes two that are equal, and adds them."""

    @staticmethod
    def forward(ctx: Any, flat: Tensor) -> Tensor:
        ctx.save_for_backward(flat)
        return flat @ flat.transpose(1, 2) / flat.shape[2]

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, slope: Tensor) -> Tensor:  # pyright: ignore[reportIncompatibleMethodOverride] - torch's stub
        (flat,) = ctx.saved_tensors
        return (slope + slope.transpose(1, 2)) @ flat / flat.shape[2]


def relative_error(found: Tensor, target: Tensor) -> Tensor:
    """Mean square of the difference over that of the target, so that a weight means the same with every encoder."""
    return (found - target).square().mean() / target.square().mean().clamp_min(1e-12)


@lru_cache(maxsize=4)
def encoder(variant: str = "embedded", device: str = "cpu") -> VGG:
    """An encoder of `ENCODERS`, frozen; raises `UnusableFile` where its weights cannot be had."""
    if variant not in ENCODERS:
        choices = ", ".join(ENCODERS)
        raise InputError("There is no encoder called {name}. Choose one of: {choices}.", name=variant, choices=choices)
    file = ENCODERS[variant]
    path = file.path()
    if variant == "embedded":
        return load_network(VGG, path, device)
    # Average pooling and reflection, as Gatys et al. advise for pictures that are made, not classified.
    network = VGG(int(variant.removeprefix("vgg")), pooling="average", padding="reflect")
    return ready(network, convolutions(read_state_dict(path, prefix="features."), network), file.name, device)


def convolutions(state: Mapping[str, Tensor], network: VGG) -> dict[str, Tensor]:
    """The part of a public file that `network` has: torchvision's and timm's keys, or those of its `features` alone."""
    bare = {name.removeprefix("features."): tensor for name, tensor in state.items()}
    wanted = (name.removeprefix("features.") for name in network.features.state_dict())
    return {f"features.{name}": bare[name] for name in wanted if name in bare}
