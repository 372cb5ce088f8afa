"""SEAN as its authors built it (Zhu et al., CVPR 2020, sections 3.1 to 3.3), under the names of their checkpoints.

One departure, exact: the style map of equation 2 is constant within a region, so its convolutions (512 channels in) are
computed as convolutions of the label map with one filter per region, whatever the picture's size.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils import spectral_norm

SLOPE = 0.2  # of every leaky ReLU


class StyleEncoder(nn.Module):
    """Per-region style codes (section 3.3)."""

    def __init__(self, style: int = 512, width: int = 32) -> None:
        super().__init__()
        self.model = nn.Sequential(
            nn.ReflectionPad2d(1),
            nn.Conv2d(3, width, 3),
            *_normed(width),
            nn.Conv2d(width, 2 * width, 3, stride=2, padding=1),
            *_normed(2 * width),
            nn.Conv2d(2 * width, 4 * width, 3, stride=2, padding=1),
            *_normed(4 * width),
            nn.ConvTranspose2d(4 * width, 8 * width, 3, stride=2, padding=1, output_padding=1),
            *_normed(8 * width),
            nn.ReflectionPad2d(1),
            nn.Conv2d(8 * width, style, 3),
            nn.Tanh(),
        )

    def forward(self, picture: Tensor, onehot: Tensor) -> Tensor:
        """(N, 3, H, W) in 0..1 and its regions (N, labels, H, W) to codes (N, labels, style) in -1..1.

        The code of a region without a pixel, at half the size, is zero.
        """
        features = self.model(picture * 2 - 1)
        small = at(onehot, features.shape[-2:]).flatten(2)
        area = small.sum(2)[..., None]
        return small @ features.flatten(2).transpose(1, 2) / area.clamp_min(1)


class ACE(nn.Module):
    """The SEAN normalisation (section 3.1, figure 3): batch norm, scaled and shifted by style and by mask."""

    def __init__(self, channels: int, labels: int, style: int, hidden: int, styled: bool) -> None:
        super().__init__()
        self.styled = styled
        self.blending_gamma = nn.Parameter(torch.zeros(1))
        self.blending_beta = nn.Parameter(torch.zeros(1))
        self.noise_var = nn.Parameter(torch.zeros(channels))
        self.Spade = SPADE(channels, labels, hidden)
        self.param_free_norm = BatchNorm(channels)
        if styled:
            # The authors always have 19, so that their code only works for faces.
            for label in range(labels):
                self.add_module(f"fc_mu{label}", nn.Linear(style, style))
            self.conv_gamma = nn.Conv2d(style, channels, 3, padding=1)
            self.conv_beta = nn.Conv2d(style, channels, 3, padding=1)

    def forward(self, x: Tensor, onehot: Tensor, codes: Tensor, noise: Tensor | None) -> Tensor:
        """`codes` (N, labels, style); `noise` (N, 1, H, W) is normal, None for none (an ablation of table 3)."""
        if noise is not None:
            x = x + noise * self.noise_var[:, None, None]
        onehot = at(onehot, x.shape[-2:])
        gamma, beta = self.Spade(onehot)
        if self.styled:
            styled_gamma, styled_beta = self.by_style(onehot, codes)
            gamma = torch.lerp(gamma, styled_gamma, self.blending_gamma.sigmoid())
            beta = torch.lerp(beta, styled_beta, self.blending_beta.sigmoid())
        # "1 +" is in the authors' code, not in equation 1.
        return self.param_free_norm(x) * (1 + gamma) + beta

    def by_style(self, onehot: Tensor, codes: Tensor) -> tuple[Tensor, Tensor]:
        """Both convolutions of the style map, as convolutions of the label map: one filter per picture and region."""
        present = [label for label in range(onehot.shape[1]) if bool(onehot[:, label].any())]
        layers = [self.get_submodule(f"fc_mu{label}") for label in present]
        mu = torch.stack([layer(codes[:, label]) for label, layer in zip(present, layers, strict=True)], 1).relu()
        count, _, height, width = onehot.shape
        weight = torch.cat([self.conv_gamma.weight, self.conv_beta.weight])  # (2 channels, style, 3, 3)
        filters = (mu @ weight.permute(1, 0, 2, 3).flatten(1)).view(count, len(present), *weight[:, 0].shape)
        filters = filters.transpose(1, 2).flatten(0, 1)
        made = F.conv2d(onehot[:, present].reshape(1, -1, height, width), filters, padding=1, groups=count)
        gamma, beta = made.view(count, -1, height, width).chunk(2, 1)
        assert self.conv_gamma.bias is not None
        assert self.conv_beta.bias is not None
        return gamma + self.conv_gamma.bias[:, None, None], beta + self.conv_beta.bias[:, None, None]


class SPADE(nn.Module):
    """Scale and shift by the label map alone (Park et al. 2019)."""

    def __init__(self, channels: int, labels: int, hidden: int) -> None:
        super().__init__()
        self.param_free_norm = BatchNorm(channels)  # never used; the checkpoints hold its statistics
        self.mlp_shared = nn.Sequential(nn.Conv2d(labels, hidden, 3, padding=1), nn.ReLU())
        self.mlp_gamma = nn.Conv2d(hidden, channels, 3, padding=1)
        self.mlp_beta = nn.Conv2d(hidden, channels, 3, padding=1)

    def forward(self, onehot: Tensor) -> tuple[Tensor, Tensor]:
        """Both (N, channels, H, W)."""
        shared = self.mlp_shared(onehot)
        return self.mlp_gamma(shared), self.mlp_beta(shared)


class BatchNorm(nn.BatchNorm2d):
    """Batch normalisation without weights, that does not count its batches: as the authors' synchronised one."""

    def __init__(self, channels: int) -> None:
        super().__init__(channels, affine=False)

    def forward(self, input: Tensor) -> Tensor:
        """(N, C, H, W) to the same."""
        return F.batch_norm(input, self.running_mean, self.running_var, training=self.training, eps=self.eps)


class ResBlk(nn.Module):
    """A SEAN ResBlk (section 3.2); its shortcut is learned where the number of channels changes."""

    def __init__(self, channels: tuple[int, int], labels: int, style: int, hidden: int, styled: bool = True) -> None:
        super().__init__()
        entering, leaving = channels
        between = min(channels)
        self.conv_0 = spectral_norm(nn.Conv2d(entering, between, 3, padding=1))
        self.conv_1 = spectral_norm(nn.Conv2d(between, leaving, 3, padding=1))
        self.ace_0 = ACE(entering, labels, style, hidden, styled)
        self.ace_1 = ACE(between, labels, style, hidden, styled)
        self.learned = entering != leaving
        if self.learned:
            self.conv_s = spectral_norm(nn.Conv2d(entering, leaving, 1, bias=False))
            self.ace_s = ACE(entering, labels, style, hidden, styled)

    def forward(self, x: Tensor, onehot: Tensor, codes: Tensor, noise: list[Tensor] | None) -> Tensor:
        """`noise`: one for each of its normalisations, the shortcut's first: the order in which the authors draw it."""
        drawn = iter(noise or [])
        # No activation on the shortcut, leaky ones on the way: figure 4 of the paper draws other ones.
        past = self.conv_s(self.ace_s(x, onehot, codes, next(drawn, None))) if self.learned else x
        x = self.conv_0(F.leaky_relu(self.ace_0(x, onehot, codes, next(drawn, None)), SLOPE))
        x = self.conv_1(F.leaky_relu(self.ace_1(x, onehot, codes, next(drawn, None)), SLOPE))
        return past + x


class Generator(nn.Module):
    """Style encoder and generator (figure 4), for pictures of 32 k pixels a side (the paper: 256).

    `labels` of the label map, `width` is the authors' ngf, `style` the length of a code.
    """

    # Channels in units of `width`, whether it is enlarged before, whether it is styled.
    BLOCKS = (
        ("head_0", (16, 16), False, True),
        ("G_middle_0", (16, 16), True, True),
        ("G_middle_1", (16, 16), False, True),
        ("up_0", (16, 8), True, True),
        ("up_1", (8, 4), True, True),
        ("up_2", (4, 2), True, True),
        ("up_3", (2, 1), True, False),
    )

    mean_codes: Tensor

    def __init__(self, labels: int = 19, width: int = 64, style: int = 512, hidden: int = 128) -> None:
        super().__init__()
        # For regions that a portrait does not show: the authors keep such means in files beside their weights.
        self.register_buffer("mean_codes", torch.zeros(labels, style), persistent=False)
        self.side = 256  # pixels that it was trained at
        self.Zencoder = StyleEncoder(style)
        self.fc = nn.Conv2d(labels, 16 * width, 3, padding=1)
        for name, (entering, leaving), _, styled in self.BLOCKS:
            channels = (entering * width, leaving * width)
            self.add_module(name, ResBlk(channels, labels, style, hidden, styled))
        self.conv_img = nn.Conv2d(width, 3, 3, padding=1)

    @property
    def blocks(self) -> list[nn.Module]:
        """Those of `BLOCKS`, in order."""
        return [self.get_submodule(name) for name, *_ in self.BLOCKS]

    def encode(self, picture: Tensor, onehot: Tensor) -> Tensor:
        """Codes (N, labels, style) of pictures in 0..1."""
        return self.Zencoder(picture, onehot)

    def generate(self, onehot: Tensor, codes: Tensor, noise: list[list[Tensor]] | None = None) -> Tensor:
        """The picture, (N, 3, H, W) in 0..1, of regions (N, labels, H, W), H and W multiples of 32.

        `codes` (N, labels, style), or (N, 7, labels, style) for a style crossover (figure 9): those that each block
        obeys. `noise`: from `noise`, None for none.
        """
        if codes.ndim == 3:
            codes = codes[:, None].expand(-1, len(self.BLOCKS), -1, -1)
        height, width = onehot.shape[-2:]
        x = self.fc(at(onehot, (height // 32, width // 32)))
        for place, (name, _, enlarged, _) in enumerate(self.BLOCKS):
            if enlarged:
                x = F.interpolate(x, scale_factor=2)
            x = self.get_submodule(name)(x, onehot, codes[:, place], noise and noise[place])
        return (torch.tanh(self.conv_img(F.leaky_relu(x, SLOPE))) + 1) / 2

    def noise(self, count: int, size: tuple[int, int], seed: int) -> list[list[Tensor]]:
        """What is added before every normalisation (section 3.2), drawn on the CPU: by block, (count, 1, h, w)."""
        random = torch.Generator().manual_seed(seed)
        height, width = (side // 32 for side in size)
        drawn = []
        for name, _, enlarged, _ in self.BLOCKS:
            height, width = (height * 2, width * 2) if enlarged else (height, width)
            norms = 3 if self.get_submodule(name).learned else 2
            # The authors draw width before height.
            drawn.append([torch.randn(count, width, height, 1, generator=random).transpose(1, 3) for _ in range(norms)])
        return drawn

    def forward(self, picture: Tensor, onehot: Tensor, noise: list[list[Tensor]] | None = None) -> Tensor:
        """`picture` made again from its codes."""
        return self.generate(onehot, self.encode(picture, onehot), noise)


def at(onehot: Tensor, size: tuple[int, int] | torch.Size) -> Tensor:
    """The label map at another size, by its nearest pixels."""
    return F.interpolate(onehot, size=tuple(size), mode="nearest")


def _normed(channels: int) -> tuple[nn.Module, nn.Module]:
    return nn.InstanceNorm2d(channels), nn.LeakyReLU(SLOPE)
