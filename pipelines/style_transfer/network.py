"""Networks that restyle a photo in one pass: Johnson's, with one or with several paintings in it.

Johnson, Alahi and Fei-Fei 2016, in the form of pytorch/examples, whose public weights load; several paintings by
conditional instance normalisation (Dumoulin, Shlens and Kudlur 2017): they share the convolutions, and each has its
own scales and shifts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class StyleNorm(nn.Module):
    """Instance normalisation with a scale and a shift per channel, and per style where there are several."""

    def __init__(self, channels: int, styles: int = 1) -> None:
        super().__init__()
        shape = (channels,) if styles == 1 else (styles, channels)
        self.weight = nn.Parameter(torch.ones(shape))
        self.bias = nn.Parameter(torch.zeros(shape))

    def forward(self, x: Tensor, mix: Tensor | None) -> Tensor:
        """`mix` (N, styles): how much of each style a picture gets; None where there is one style."""
        if mix is None:
            return F.instance_norm(x, weight=self.weight, bias=self.bias)
        weight, bias = mix @ self.weight, mix @ self.bias
        if len(x) == 1:
            return F.instance_norm(x, weight=weight[0], bias=bias[0])
        return F.instance_norm(x) * weight[..., None, None] + bias[..., None, None]


class ConvLayer(nn.Module):
    """A convolution whose border is reflected, so that pictures get no frame."""

    def __init__(self, channels: int, out: int, side: int, stride: int = 1) -> None:
        super().__init__()
        self.reflected = side // 2
        self.conv2d = nn.Conv2d(channels, out, side, stride)

    def forward(self, x: Tensor) -> Tensor:
        """(N, channels, H, W) to (N, out, ceil(H / stride), ceil(W / stride))."""
        return self.conv2d(F.pad(x, (self.reflected,) * 4, mode="reflect"))


class ResidualBlock(nn.Module):
    """Two convolutions that add to what they are given."""

    def __init__(self, channels: int, styles: int) -> None:
        super().__init__()
        self.conv1 = ConvLayer(channels, channels, 3)
        self.in1 = StyleNorm(channels, styles)
        self.conv2 = ConvLayer(channels, channels, 3)
        self.in2 = StyleNorm(channels, styles)

    def forward(self, x: Tensor, mix: Tensor | None) -> Tensor:
        """The sum, without a ReLU after it."""
        return x + self.in2(self.conv2(F.relu(self.in1(self.conv1(x), mix))), mix)


class TransformerNet(nn.Module):
    """A photo in, the photo as the painter's out: RGB 0..255 in and out, the result not clipped.

    `widths`: channels at full, half and quarter size; the published network has (32, 64, 128) and five `blocks`.
    """

    def __init__(self, widths: Sequence[int] = (32, 64, 128), blocks: int = 5, styles: int = 1) -> None:
        super().__init__()
        full, half, quarter = widths
        self.styles = styles
        self.conv1, self.in1 = ConvLayer(3, full, 9), StyleNorm(full, styles)
        self.conv2, self.in2 = ConvLayer(full, half, 3, 2), StyleNorm(half, styles)
        self.conv3, self.in3 = ConvLayer(half, quarter, 3, 2), StyleNorm(quarter, styles)
        self.blocks = [f"res{number}" for number in range(1, blocks + 1)]  # the public files count them so
        for name in self.blocks:
            self.add_module(name, ResidualBlock(quarter, styles))
        self.deconv1, self.in4 = ConvLayer(quarter, half, 3), StyleNorm(half, styles)
        self.deconv2, self.in5 = ConvLayer(half, full, 3), StyleNorm(full, styles)
        self.deconv3 = ConvLayer(full, 3, 9)

    def forward(self, x: Tensor, mix: Tensor | None = None) -> Tensor:
        """(N, 3, H, W) to (N, 3, 4 ceil(H / 4), 4 ceil(W / 4)); `mix` (N, styles), needed where there are several."""
        y = F.relu(self.in1(self.conv1(x), mix))
        y = F.relu(self.in2(self.conv2(y), mix))
        y = F.relu(self.in3(self.conv3(y), mix))
        for name in self.blocks:
            y = self.get_submodule(name)(y, mix)
        y = F.relu(self.in4(doubled(self.deconv1.conv2d, y), mix))
        y = F.relu(self.in5(doubled(self.deconv2.conv2d, y), mix))
        return self.deconv3(y)


def doubled(layer: nn.Conv2d, x: Tensor) -> Tensor:
    """Pixels repeated twice each way, reflected at the border, convolved 3x3: (N, C, H, W) to (N, out, 2H, 2W).

    Of a pixel's nine neighbours several are equal, so four 2x2 convolutions of what is not repeated give the same, one
    for each corner of a pixel, with 4 / 9 of the products and a quarter of the memory. Reflected, a repeated border is
    the border again.
    """
    x = F.pad(x, (1, 1, 1, 1), mode="replicate")
    # Rows of the kernel that fall on the same row of pixels: of the upper ones 0 | 1 2, of the lower ones 0 1 | 2.
    corners = []
    for row, column in product((0, 1), (0, 1)):
        kernel = _paired(_paired(layer.weight, 2, row), 3, column)
        part = x[..., row : x.shape[-2] - 1 + row, column : x.shape[-1] - 1 + column]
        corners.append(F.conv2d(part, kernel, layer.bias))
    # (N, out, 4, H, W) to (N, 4 out, H, W), as pixel_shuffle wants it.
    return F.pixel_shuffle(torch.stack(corners, 2).flatten(1, 2), 2)


def _paired(kernel: Tensor, axis: int, later: int) -> Tensor:
    """Three weights along `axis` as two: the first alone and the sum of the others, or the other way about."""
    first, middle, last = kernel.split(1, axis)
    return torch.cat((first + middle, last) if later else (first, middle + last), axis)


def without_running_statistics(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """A public file of before PyTorch 0.4: it holds running means that instance normalisation never used."""
    return {name: tensor for name, tensor in state.items() if not name.endswith(("running_mean", "running_var"))}
