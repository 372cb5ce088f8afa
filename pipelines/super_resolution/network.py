"""The networks that enlarge: ours, and public ones under their authors' names so that their weights load strictly.

They take float32 (N, 3, H, W) in 0..1 and give (N, 3, scale H, scale W), which may leave 0..1 a little: clip it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def _conv(inputs: int, outputs: int, side: int = 3, bias: bool = True) -> nn.Conv2d:
    return nn.Conv2d(inputs, outputs, side, padding=side // 2, bias=bias)


class GatedBlock(nn.Module):
    """Three convolutions, a skip, a gate without parameters: (x + y) sigmoid(y / 8). After SPAN (Wan et al. 2024)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv1, self.conv2, self.conv3 = (_conv(width, width) for _ in range(3))

    def forward(self, x: Tensor) -> Tensor:
        y = self.conv3(F.silu(self.conv2(F.silu(self.conv1(x)))))
        return (x + y) * torch.sigmoid(y / 8)


class ResidualNetwork(nn.Module):
    """Ours: what it adds to the enlarged pixels, from RLFN's layout (Kong et al. 2022) without its pooled attention.

    RLFN pools over the whole picture, so its tiles differ from its whole. Here every output pixel depends on
    `receptive_field` pixels around it and no further: tiles that overlap by that much give exactly the whole.
    """

    def __init__(self, scale: int, width: int = 48, blocks: int = 6) -> None:
        super().__init__()
        self.scale = scale
        self.head = _conv(3, width)
        self.blocks = nn.ModuleList(GatedBlock(width) for _ in range(blocks))
        self.tail = _conv(width, width)
        self.upsampler = _conv(width, 3 * scale**2)

    @property
    def receptive_field(self) -> int:
        """Pixels of the input, to each side, that an output pixel depends on."""
        return 3 * len(self.blocks) + 3

    def features(self, x: Tensor) -> tuple[Tensor, list[Tensor]]:
        """The enlarged picture, and what the head, every block and the tail hand on (for training)."""
        # The body works in 0..255: so do the networks that it learns from.
        handed_on = [self.head(x * 255)]
        for block in self.blocks:
            handed_on.append(block(handed_on[-1]))
        handed_on.append(self.tail(handed_on[-1]) + handed_on[0])
        residual = F.pixel_shuffle(self.upsampler(handed_on[-1]), self.scale) / 255
        return residual + F.interpolate(x, scale_factor=self.scale, mode="nearest"), handed_on

    def forward(self, x: Tensor) -> Tensor:
        return self.features(x)[0]


class _PooledAttention(nn.Module):
    """RLFN's enhanced spatial attention: a gate from a heavily pooled copy."""

    def __init__(self, width: int, narrow: int) -> None:
        super().__init__()
        self.conv1, self.conv_f = _conv(width, narrow, 1), _conv(narrow, narrow, 1)
        self.conv2, self.conv3 = nn.Conv2d(narrow, narrow, 3, stride=2), _conv(narrow, narrow)
        self.conv4 = _conv(narrow, width, 1)

    def forward(self, x: Tensor) -> Tensor:
        narrow = self.conv1(x)
        pooled = self.conv3(F.max_pool2d(self.conv2(narrow), 7, 3))
        pooled = F.interpolate(pooled, x.shape[-2:], mode="bilinear", align_corners=False)
        return x * torch.sigmoid(self.conv4(pooled + self.conv_f(narrow)))


class _RLFB(nn.Module):
    def __init__(self, width: int, narrow: int) -> None:
        super().__init__()
        self.c1_r, self.c2_r, self.c3_r = (_conv(width, width) for _ in range(3))
        self.c5, self.esa = _conv(width, width, 1), _PooledAttention(width, narrow)

    def forward(self, x: Tensor) -> Tensor:
        y = x
        for conv in (self.c1_r, self.c2_r, self.c3_r):
            y = F.leaky_relu(conv(y), 0.05)
        return self.esa(self.c5(x + y))


class RLFN(nn.Module):
    """RLFN (Kong et al. 2022) under ByteDance's names: the peer that ours is measured against and learns from.

    No tile of it equals its whole: its attention pools with a stride, so it has no `receptive_field`.
    """

    def __init__(self, feature_channels: int = 52, upscale: int = 4) -> None:
        super().__init__()
        self.upscale = upscale
        self.conv_1, self.conv_2 = _conv(3, feature_channels), _conv(feature_channels, feature_channels)
        for i in range(1, 7):
            setattr(self, f"block_{i}", _RLFB(feature_channels, 16))
        self.upsampler = nn.Sequential(_conv(feature_channels, 3 * upscale**2), nn.PixelShuffle(upscale))

    def features(self, x: Tensor) -> tuple[Tensor, list[Tensor]]:
        """The enlarged picture, and what the head, every block and the tail hand on, as `ResidualNetwork.features`."""
        handed_on = [self.conv_1(x * 255)]
        for i in range(1, 7):
            handed_on.append(self.get_submodule(f"block_{i}")(handed_on[-1]))
        handed_on.append(self.conv_2(handed_on[-1]) + handed_on[0])
        return self.upsampler(handed_on[-1]) / 255, handed_on

    def forward(self, x: Tensor) -> Tensor:
        return self.features(x)[0]


class SRVGGNetCompact(nn.Module):
    """Real-ESRGAN's small network (xinntao/Real-ESRGAN): a plain chain of convolutions on a nearest-neighbour skip."""

    def __init__(
        self,
        num_in_ch: int = 3,
        num_out_ch: int = 3,
        num_feat: int = 64,
        num_conv: int = 16,
        upscale: int = 4,
        act_type: str = "prelu",
    ) -> None:
        super().__init__()
        self.upscale = upscale
        self.receptive_field = num_conv + 2
        layers: list[nn.Module] = []
        for inputs in [num_in_ch] + [num_feat] * num_conv:
            layers += [_conv(inputs, num_feat), _activation(act_type, num_feat)]
        self.body = nn.ModuleList([*layers, _conv(num_feat, num_out_ch * upscale**2)])

    def forward(self, x: Tensor) -> Tensor:
        y = x
        for layer in self.body:
            y = layer(y)
        return F.pixel_shuffle(y, self.upscale) + F.interpolate(x, scale_factor=self.upscale, mode="nearest")


def _activation(name: str, width: int) -> nn.Module:
    if name == "prelu":
        return nn.PReLU(num_parameters=width)
    return {"relu": nn.ReLU(), "leakyrelu": nn.LeakyReLU(0.1)}[name]


class _DenseBlock(nn.Module):
    def __init__(self, width: int, growth: int) -> None:
        super().__init__()
        self.conv1, self.conv2, self.conv3, self.conv4 = (_conv(width + i * growth, growth) for i in range(4))
        self.conv5 = _conv(width + 4 * growth, width)

    def forward(self, x: Tensor) -> Tensor:
        seen = [x]
        for conv in (self.conv1, self.conv2, self.conv3, self.conv4):
            seen.append(F.leaky_relu(conv(torch.cat(seen, 1)), 0.2))
        return x + 0.2 * self.conv5(torch.cat(seen, 1))


class _RRDB(nn.Module):
    def __init__(self, width: int, growth: int) -> None:
        super().__init__()
        self.rdb1, self.rdb2, self.rdb3 = (_DenseBlock(width, growth) for _ in range(3))

    def forward(self, x: Tensor) -> Tensor:
        return x + 0.2 * self.rdb3(self.rdb2(self.rdb1(x)))


class RRDBNet(nn.Module):
    """ESRGAN's network (Wang et al. 2018) as Real-ESRGAN ships it; scales 2 and 1 fold pixels, then enlarge by 4."""

    def __init__(
        self,
        num_in_ch: int = 3,
        num_out_ch: int = 3,
        scale: int = 4,
        num_feat: int = 64,
        num_block: int = 23,
        num_grow_ch: int = 32,
    ) -> None:
        super().__init__()
        self.scale, self.fold = scale, {4: 1, 2: 2, 1: 4}[scale]
        # Exactly: 5 convolutions in each dense block, 3 of those in each RRDB, 1 at either end, 4 after enlarging.
        self.receptive_field = self.fold * (15 * num_block + 4)
        self.conv_first = _conv(num_in_ch * self.fold**2, num_feat)
        self.body = nn.Sequential(*(_RRDB(num_feat, num_grow_ch) for _ in range(num_block)))
        self.conv_body, self.conv_up1, self.conv_up2 = (_conv(num_feat, num_feat) for _ in range(3))
        self.conv_hr, self.conv_last = _conv(num_feat, num_feat), _conv(num_feat, num_out_ch)

    def forward(self, x: Tensor) -> Tensor:
        height, width = x.shape[2] * self.scale, x.shape[3] * self.scale
        # The authors' code refuses sizes that do not fold; here the last row and column stand in for what is missing.
        x = F.pad(x, (0, -x.shape[3] % self.fold, 0, -x.shape[2] % self.fold), mode="replicate")
        first = self.conv_first(F.pixel_unshuffle(x, self.fold))
        y = first + self.conv_body(self.body(first))
        for conv in (self.conv_up1, self.conv_up2):
            y = F.leaky_relu(conv(F.interpolate(y, scale_factor=2, mode="nearest")), 0.2)
        return self.conv_last(F.leaky_relu(self.conv_hr(y), 0.2))[..., :height, :width]


class _EDSRBlock(nn.Module):
    def __init__(self, width: int, scale: float) -> None:
        super().__init__()
        self.scale = scale
        self.conv1, self.conv2 = _conv(width, width), _conv(width, width)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.scale * self.conv2(F.relu(self.conv1(x)))


class EDSR(nn.Module):
    """EDSR (Lim et al. 2017) under BasicSR's names. It works on (x - rgb_mean) * img_range."""

    mean: Tensor

    def __init__(
        self,
        num_in_ch: int = 3,
        num_out_ch: int = 3,
        num_feat: int = 64,
        num_block: int = 16,
        upscale: int = 4,
        res_scale: float = 1.0,
        img_range: float = 255.0,
        rgb_mean: Sequence[float] = (0.4488, 0.4371, 0.4040),
    ) -> None:
        super().__init__()
        self.img_range = img_range
        self.receptive_field = 2 * num_block + 5
        self.register_buffer("mean", torch.tensor(rgb_mean).view(1, 3, 1, 1), persistent=False)
        self.conv_first = _conv(num_in_ch, num_feat)
        self.body = nn.Sequential(*(_EDSRBlock(num_feat, res_scale) for _ in range(num_block)))
        self.conv_after_body = _conv(num_feat, num_feat)
        steps = [3] if upscale == 3 else [2] * int(math.log2(upscale))
        self.upsample = nn.Sequential(
            *(layer for step in steps for layer in (_conv(num_feat, num_feat * step**2), nn.PixelShuffle(step)))
        )
        self.conv_last = _conv(num_feat, num_out_ch)

    def forward(self, x: Tensor) -> Tensor:
        first = self.conv_first((x - self.mean) * self.img_range)
        y = first + self.conv_after_body(self.body(first))
        return self.conv_last(self.upsample(y)) / self.img_range + self.mean


class _SRGANBlock(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv1, self.bn1, self.prelu = _conv(width, width), nn.BatchNorm2d(width), nn.PReLU()
        self.conv2, self.bn2 = _conv(width, width), nn.BatchNorm2d(width)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.bn2(self.conv2(self.prelu(self.bn1(self.conv1(x)))))


class _SRGANUpsample(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv, self.prelu = _conv(width, width * 4), nn.PReLU()

    def forward(self, x: Tensor) -> Tensor:
        return self.prelu(F.pixel_shuffle(self.conv(x), 2))


class SRGANGenerator(nn.Module):
    """SRGAN's generator (Ledig et al. 2017) under the names of leftthomas/SRGAN: 5 blocks, where the paper has 16."""

    def __init__(self, scale_factor: int = 4) -> None:
        super().__init__()
        self.block1 = nn.Sequential(_conv(3, 64, 9), nn.PReLU())
        for i in range(2, 7):
            setattr(self, f"block{i}", _SRGANBlock(64))
        self.block7 = nn.Sequential(_conv(64, 64), nn.BatchNorm2d(64))
        self.block8 = nn.Sequential(*(_SRGANUpsample(64) for _ in range(int(math.log2(scale_factor)))), _conv(64, 3, 9))
        self.receptive_field = 4 + 2 * 5 + 1 + 3 + 4

    def forward(self, x: Tensor) -> Tensor:
        first = y = self.block1(x)
        for i in range(2, 8):
            y = self.get_submodule(f"block{i}")(y)
        return (torch.tanh(self.block8(first + y)) + 1) / 2
