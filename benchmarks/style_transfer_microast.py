"""A peer: any painting in one pass by MicroAST (Wang et al. 2023), whose public weights load.

Two small encoders, and a decoder that the painting's statistics steer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch.nn.functional as F
from torch import Tensor, nn

from pipelines.style_transfer.adain import adapted, statistics


class Reflected(nn.Module):
    """A convolution whose border is reflected."""

    def __init__(self, channels: int, out: int, side: int, stride: int = 1, groups: int = 1) -> None:
        super().__init__()
        self.reflected = side // 2
        self.conv_layer = nn.Conv2d(channels, out, side, stride, groups=groups)

    def forward(self, x: Tensor) -> Tensor:
        """(N, channels, H, W) to (N, out, ceil(H / stride), ceil(W / stride))."""
        return self.conv_layer(F.pad(x, (self.reflected,) * 4, mode="reflect") if self.reflected else x)


class Block(nn.Module):
    """Two convolutions that add to what they are given; a style may scale them, and what goes past them."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = Reflected(channels, channels, 3)
        self.conv2 = Reflected(channels, channels, 3)

    def forward(self, x: Tensor, weight: Tensor | None = None, bias: Tensor | None = None) -> Tensor:
        """`weight` and `bias` (N, C, 1, 1), or neither."""
        if weight is None or bias is None:
            return x + self.conv2(F.relu(self.conv1(x)))
        y = F.relu(weight * self.conv1(x) + bias * x)
        return x + weight * self.conv2(y) + bias * y


class Encoder(nn.Module):
    """A picture at a quarter of its size, shallow and deep."""

    def __init__(self, widths: Sequence[int]) -> None:
        super().__init__()
        full, half, quarter = widths
        self.enc1 = nn.Sequential(
            Reflected(3, full, 9),
            nn.ReLU(),
            Reflected(full, half, 3, stride=2, groups=full),
            nn.ReLU(),
            Reflected(half, half, 1),
            nn.ReLU(),
            Reflected(half, quarter, 3, stride=2, groups=half),
            nn.ReLU(),
            Reflected(quarter, quarter, 1),
            nn.ReLU(),
            Block(quarter),
        )
        self.enc2 = nn.Sequential(Block(quarter))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Both (N, quarter, H / 4, W / 4)."""
        shallow = self.enc1(x)
        return shallow, self.enc2(shallow)


class Modulator(nn.Module):
    """What a painting does to the decoder's convolutions."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        for name in ("weight1", "bias1", "weight2", "bias2"):
            layer = Reflected(channels, channels, 3, groups=channels)
            self.add_module(name, nn.Sequential(layer, nn.AdaptiveAvgPool2d(1)))

    def forward(self, shallow: Tensor, deep: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Weight and bias (N, C, 1, 1) from the shallow activations, then from the deep ones."""
        weight1, bias1 = (self.get_submodule(name)(shallow) for name in ("weight1", "bias1"))
        weight2, bias2 = (self.get_submodule(name)(deep) for name in ("weight2", "bias2"))
        return weight1, bias1, weight2, bias2


class Decoder(nn.Module):
    """From the photo's deep activations to the picture."""

    def __init__(self, widths: Sequence[int]) -> None:
        super().__init__()
        full, half, quarter = widths
        self.dec1, self.dec2 = Block(quarter), Block(quarter)
        self.dec3 = nn.Sequential(
            nn.Upsample(scale_factor=2, mode="bilinear"),
            Reflected(quarter, half, 3, groups=half),
            nn.ReLU(),
            Reflected(half, half, 1),
            nn.ReLU(),
            nn.Upsample(scale_factor=2, mode="bilinear"),
            Reflected(half, full, 3, groups=full),
            nn.ReLU(),
            Reflected(full, full, 1),
            nn.ReLU(),
            Reflected(full, 3, 9),
        )


class Manner(NamedTuple):
    """All that the network keeps of a painting: small, and blended by adding. Each (N, C, 1, 1)."""

    shallow_mean: Tensor
    shallow_std: Tensor
    deep_mean: Tensor
    deep_std: Tensor
    weight1: Tensor
    bias1: Tensor
    weight2: Tensor
    bias2: Tensor


class MicroAST(nn.Module):
    """Photo and painting in, the photo as the painter's out: RGB 0..1 in and out, the result not clipped.

    `widths`: channels at full, half and quarter size; the published network has (16, 32, 64).
    """

    def __init__(self, widths: Sequence[int] = (16, 32, 64)) -> None:
        super().__init__()
        self.content_encoder = Encoder(widths)
        self.style_encoder = Encoder(widths)
        self.modulator = Modulator(widths[-1])
        self.decoder = Decoder(widths)

    def manner(self, style: Tensor) -> Manner:
        """What it keeps of a painting (N, 3, H, W), of any size."""
        shallow, deep = self.style_encoder(style)
        return Manner(*statistics(shallow), *statistics(deep), *self.modulator(shallow, deep))

    def forward(self, content: Tensor, manner: Manner) -> Tensor:
        """(N, 3, H, W) to (N, 3, 4 ceil(H / 4), 4 ceil(W / 4))."""
        return self.painted(content, manner)[-1]

    def painted(self, content: Tensor, manner: Manner) -> list[Tensor]:
        """The activations on the way, and the picture."""
        _, deep = self.content_encoder(content)
        first = adapted(deep, manner.deep_mean, manner.deep_std)
        first = self.decoder.dec1(first, manner.weight2, manner.bias2)
        second = adapted(first, manner.shallow_mean, manner.shallow_std)
        second = self.decoder.dec2(second, manner.weight1, manner.bias1)
        return [deep, first, second, self.decoder.dec3(second)]
