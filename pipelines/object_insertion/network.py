"""The two generators of Hong et al. (2018) under the names of their code: box to layout, layout to pixels."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal, TypeAlias

import torch
import torch.nn.functional as F
from torch import Tensor, nn

Norm: TypeAlias = Literal["batch", "instance"]
Path: TypeAlias = Literal["image", "layout"]


def _norm(kind: Norm, width: int) -> nn.Module:
    return nn.BatchNorm2d(width) if kind == "batch" else nn.InstanceNorm2d(width)


class ResnetBlock(nn.Module):
    """Two convolutions, and what came in; no activation at the end."""

    def __init__(self, width: int, norm: Norm) -> None:
        super().__init__()
        layers = []
        for _ in range(2):
            layers += [nn.ReflectionPad2d(1), nn.Conv2d(width, width, 3), _norm(norm, width), nn.ReLU()]
        self.conv_block = nn.Sequential(*layers[:-1])

    def forward(self, x: Tensor) -> Tensor:
        """(N, width, H, W) to the same."""
        return x + self.conv_block(x)


class DilatedBlock(nn.Module):
    """The same with holes, and an activation at the end."""

    def __init__(self, width: int, norm: Norm, dilation: int) -> None:
        super().__init__()
        self.conv1, self.conv2 = (
            nn.Conv2d(width, width, 3, padding=dilation, dilation=dilation, bias=False) for _ in range(2)
        )
        self.bn1, self.bn2 = _norm(norm, width), _norm(norm, width)

    def forward(self, x: Tensor) -> Tensor:
        """(N, width, H, W) to the same."""
        return F.relu(x + self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x))))))


class HalvingBlock(nn.Module):
    """Two ways down to half the size, summed (their ConvResnetBlock, without its leading ReLU: the caller applies it).

    The reference's ReLU works in place: the shortcut and the skips to the decoder see what is left after it, too.
    """

    def __init__(self, inputs: int, outputs: int, norm: Norm) -> None:
        super().__init__()
        self.shortcut = nn.Sequential(nn.Conv2d(inputs, outputs, 1, 2), _norm(norm, outputs))
        self.deep = nn.Sequential(nn.Identity(), nn.Conv2d(inputs, outputs, 4, 2, 1), _norm(norm, outputs))

    def forward(self, x: Tensor) -> Tensor:
        """(N, inputs, H, W), not negative, to (N, outputs, H / 2, W / 2)."""
        return self.shortcut(x) + self.deep(x)


class DoublingBlock(nn.Module):
    """Two ways up to double the size, summed (their DeconvResnetBlock)."""

    def __init__(self, inputs: int, outputs: int, norm: Norm) -> None:
        super().__init__()
        self.shortcut = nn.Sequential(nn.Conv2d(inputs, outputs, 1), _norm(norm, outputs))
        self.deep = nn.Sequential(nn.Identity(), nn.ConvTranspose2d(inputs, outputs, 4, 2, 1), _norm(norm, outputs))

    def forward(self, x: Tensor) -> Tensor:
        """(N, inputs, H, W) to (N, outputs, 2 H, 2 W)."""
        x = F.relu(x)
        # Corners aligned: what `Upsample` did in the version of PyTorch that the authors used.
        around = F.interpolate(self.shortcut(x), scale_factor=2, mode="bilinear", align_corners=True)
        return around + self.deep(x)


class StructureGenerator(nn.Module):
    """From a box in a label map to the object's mask and the layout around it, in two streams.

    Takes one-hot float32 (N, 2 * labels, H, W), sides multiples of 16: first the box, as a plane of ones in the channel
    of its class, then the label map with the box filled by its class. Gives logits of the layout, (N, labels, H, W),
    and of the mask, (N, 1, H, W).

    `cityscapes` of the paper are the defaults; `ade20k` is `labels=49, norm="instance", dilations=(2, 4)`.
    `kernel`: pixels, the side of the first convolution.
    """

    def __init__(
        self,
        labels: int = 35,
        widths: Sequence[int] = (64, 96, 128, 256),
        norm: Norm = "batch",
        dilations: Sequence[int] = (),
        blocks: int = 3,
        kernel: int = 7,
    ) -> None:
        super().__init__()
        self.labels = labels
        first = nn.Conv2d(2 * labels, widths[0], kernel, 2, kernel // 2)
        halving = [HalvingBlock(inputs, outputs, norm) for inputs, outputs in pairwise(widths)]
        self.conv_encoder_modules = nn.ModuleList([first, _norm(norm, widths[0]), nn.ReLU(), *halving])
        dilated = [DilatedBlock(widths[-1], norm, dilation) for dilation in dilations]
        self.latent_encoder = nn.Sequential(*dilated, *_residual(blocks, widths[-1], norm))
        self.obj_latent_decoder = nn.Sequential(*_residual(blocks, widths[-1], norm))
        self.ctx_latent_decoder = nn.Sequential(*_residual(blocks, widths[-1], norm))
        self.obj_conv_decoder_modules = _decoder(widths, 1, 1, norm)
        self.ctx_conv_decoder_modules = _decoder(widths, labels, 2, norm)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Logits of the layout and of the mask."""
        skips = []
        for layer in self.conv_encoder_modules:
            if isinstance(layer, HalvingBlock):
                x = F.relu(x)
                skips.append(x)
            x = layer(x)
        latent = self.latent_encoder(x)
        mask, layout = self.obj_latent_decoder(latent), self.ctx_latent_decoder(latent)
        for layer in self.obj_conv_decoder_modules:
            mask = layer(mask)
        for place, layer in enumerate(self.ctx_conv_decoder_modules):
            if 0 < place <= len(skips):
                layout = torch.cat([skips[-place], layout], 1)
            layout = layer(layout)
        return layout, mask


def _residual(count: int, width: int, norm: Norm) -> list[nn.Module]:
    return [ResnetBlock(width, norm) for _ in range(count)]


def _decoder(widths: Sequence[int], outputs: int, joined: int, norm: Norm) -> nn.ModuleList:
    """`joined`: 2 where features of the encoder come in at all steps but the first."""
    down = [*widths[::-1], widths[0] // 2]
    steps = [
        DoublingBlock(before * (joined if place else 1), after, norm)
        for place, (before, after) in enumerate(pairwise(down))
    ]
    return nn.ModuleList([*steps, nn.Conv2d(down[-1], outputs, 3, padding=1)])


class ImageGenerator(nn.Module):
    """Fills a hole in a picture so that it shows a layout: one path reads the picture, one the layout.

    Takes `picture` float32 (N, 3, H, W) in 0..1, `onehot` (N, labels, H, W), `hole` (N, 1, H, W), 1 where it is to
    paint, and with `colour=True` the object's `tint` (N, 3) in 0..1; sides multiples of 2^`downs`. What is in the hole
    of the picture is not read, what is around it comes out as it was.

    The defaults are the paper's, `ade20k` is `labels=49`. `paths`: those there are; a single one ignores the other's
    input, or, `joined`, reads both (the paper's ablations). `skips`: the paths whose features the decoder reads, too.
    `kernel`: pixels, the side of the first and last convolutions. `even`: a mean of 2x2 after every step up, without
    which transposed convolutions leave a grid (Odena et al. 2016); the paper's has none.
    """

    def __init__(
        self,
        labels: int = 35,
        width: int = 64,
        downs: int = 4,
        blocks: int = 9,
        colour: bool = False,
        paths: Sequence[Path] = ("image", "layout"),
        joined: bool = False,
        skips: Sequence[Path] = ("image",),
        kernel: int = 7,
        even: bool = False,
    ) -> None:
        super().__init__()
        self.labels, self.colour, self.joined, self.downs, self.even = labels, colour, joined, downs, even
        self.skips = tuple(path for path in skips if path in paths)
        widths = [width * 2**level for level in range(downs + 1)]
        if "image" in paths:
            inputs = 3 * (1 + colour) + labels * joined
            self.ctx_inputEmbedder, self.ctx_downsampler = _embedder(inputs, width, kernel), _downsampler(widths)
        if "layout" in paths:
            self.obj_inputEmbedder, self.obj_downsampler = _embedder(labels, width, kernel), _downsampler(widths)
        self.paths = tuple(paths)
        self.latent_embedder = nn.Sequential(*_residual(blocks, widths[-1], "instance"))
        layers: list[nn.Module] = []
        for level in range(downs, 0, -1):
            # The first step reads the fused features alone.
            inputs = widths[level] * (1 + len(self.skips) * (level < downs))
            up = nn.ConvTranspose2d(inputs, widths[level - 1], 3, 2, 1, 1)
            layers += [up, nn.InstanceNorm2d(widths[level - 1]), nn.ReLU()]
        self.decoder = nn.ModuleList(layers)
        pad = nn.ReflectionPad2d(kernel // 2)
        self.outputEmbedder = nn.Sequential(pad, nn.Conv2d(width, 3, kernel), nn.Tanh())

    def forward(self, picture: Tensor, onehot: Tensor, hole: Tensor, tint: Tensor | None = None) -> Tensor:
        """The picture with its hole filled, (N, 3, H, W) in 0..1. `tint` None: any colour."""
        return picture * (1 - hole) + self.painted(picture, onehot, hole, tint) * hole

    def painted(self, picture: Tensor, onehot: Tensor, hole: Tensor, tint: Tensor | None = None) -> Tensor:
        """What it makes of the whole, (N, 3, H, W) in 0..1."""
        found = {path: self.read(path, self.entering(path, picture, onehot, hole, tint)) for path in self.paths}
        lasts = {path: features[-1] for path, features in found.items()}
        if len(lasts) == 2:
            gate = F.max_pool2d(hole, 2**self.downs)
            x = (1 - gate) * lasts["image"] + gate * lasts["layout"]
        else:
            (x,) = lasts.values()
        x = self.latent_embedder(x)
        for place, layer in enumerate(self.decoder):
            level = self.downs - place // 3
            if place % 3 == 0 and level < self.downs:
                x = torch.cat([*(found[path][level] for path in self.skips), x], 1)
            x = layer(x)
            if self.even and place % 3 == 0:
                x = F.avg_pool2d(F.pad(x, (1, 0, 1, 0), mode="replicate"), 2, 1)
        return (self.outputEmbedder(x) + 1) / 2

    def entering(self, path: Path, picture: Tensor, onehot: Tensor, hole: Tensor, tint: Tensor | None) -> Tensor:
        """What a path reads: a hole is mid-grey, and so is a colour that nobody chose."""
        if path == "layout":
            return onehot
        parts = [(picture * 2 - 1) * (1 - hole)]
        if self.colour:
            chosen = picture.new_zeros(len(picture), 3) if tint is None else tint * 2 - 1
            parts.append(chosen[:, :, None, None] * hole)
        return torch.cat([*parts, onehot] if self.joined else parts, 1)

    def read(self, path: Path, x: Tensor) -> list[Tensor]:
        """A path's features at every size, the full one first."""
        stem = "ctx" if path == "image" else "obj"
        x = self.get_submodule(f"{stem}_inputEmbedder")(x)
        made = [x]
        layers = list(self.get_submodule(f"{stem}_downsampler").children())
        for first in range(0, len(layers), 3):
            for layer in layers[first : first + 3]:
                x = layer(x)
            made.append(x)
        return made


def _embedder(inputs: int, width: int, kernel: int) -> nn.Sequential:
    pad = nn.ReflectionPad2d(kernel // 2)
    return nn.Sequential(pad, nn.Conv2d(inputs, width, kernel), nn.InstanceNorm2d(width), nn.ReLU())


def _downsampler(widths: Sequence[int]) -> nn.Sequential:
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise(widths):
        layers += [nn.Conv2d(inputs, outputs, 3, 2, 1), nn.InstanceNorm2d(outputs), nn.ReLU()]
    return nn.Sequential(*layers)
