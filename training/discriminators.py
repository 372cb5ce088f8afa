"""Critics for adversarial training: they never ship."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils import spectral_norm as named_spectral_norm  # under the names of old checkpoints
from torch.nn.utils.parametrizations import spectral_norm


class PatchCritic(nn.Module):
    """Says of every patch how real it looks (after Isola et al. 2017), with spectral norm (Miyato et al. 2018).

    Takes (N, 3, H, W) in 0..1, gives (N, 1, H / 4, W / 4) without bounds.
    """

    def __init__(self, width: int = 20) -> None:
        super().__init__()
        shape = [(3, width, 1), (width, 2 * width, 2), (2 * width, 2 * width, 1), (2 * width, 4 * width, 2)]
        shape += [(4 * width, 4 * width, 1), (4 * width, 4 * width, 1)]
        self.body = nn.ModuleList(spectral_norm(nn.Conv2d(i, o, 3, s, 1)) for i, o, s in shape)
        self.last = spectral_norm(nn.Conv2d(4 * width, 1, 3, padding=1))

    def forward(self, x: Tensor) -> Tensor:
        """The opinions."""
        x = x * 2 - 1
        for conv in self.body:
            x = F.leaky_relu(conv(x), 0.2)
        return self.last(x)


class LayoutCritic(nn.Module):
    """Says of every patch of eight pixels whether it is a photo of its layout, with spectral norm.

    Takes `channels` planes (N, channels, H, W): a picture in -1..1, one-hot labels and what else it is to know; gives
    the activations of every layer, the last of which is the opinion.
    """

    def __init__(self, channels: int, width: int = 32) -> None:
        super().__init__()
        shape = [(channels, width, 4, 2), (width, 2 * width, 4, 2), (2 * width, 4 * width, 4, 2)]
        shape += [(4 * width, 4 * width, 3, 1), (4 * width, 1, 3, 1)]
        self.layers = nn.ModuleList(spectral_norm(nn.Conv2d(i, o, k, s, 1)) for i, o, k, s in shape)

    def forward(self, x: Tensor) -> list[Tensor]:
        """All activations."""
        made = []
        for layer in self.layers:
            x = layer(F.leaky_relu(x, 0.2) if made else x)
            made.append(x)
        return made


class PatchDiscriminator(nn.Module):
    """SEAN's patch discriminator under its authors' names (Zhu et al. 2020; pix2pixHD's, with three strided layers)."""

    def __init__(self, channels: int, width: int) -> None:
        super().__init__()
        self.model0 = nn.Sequential(nn.Conv2d(channels, width, 4, stride=2, padding=2), nn.LeakyReLU(0.2))
        self.model1 = _normed(width, 2 * width)
        self.model2 = _normed(2 * width, 4 * width)
        self.model3 = nn.Sequential(nn.Conv2d(4 * width, 1, 4, padding=2))

    def forward(self, x: Tensor) -> list[Tensor]:
        """The activations of every layer; the last is the opinion on every patch."""
        made = []
        for layer in (self.model0, self.model1, self.model2, self.model3):
            x = layer(x)
            made.append(x)
        return made


class MultiscaleDiscriminator(nn.Module):
    """Two of them: at full and at half size. `channels`: labels and picture together."""

    def __init__(self, channels: int, width: int = 64, scales: int = 2) -> None:
        super().__init__()
        self.scales = scales
        for scale in range(scales):
            self.add_module(f"discriminator_{scale}", PatchDiscriminator(channels, width))

    def forward(self, x: Tensor) -> list[list[Tensor]]:
        """By scale, the activations of one-hot labels and picture in -1..1, (N, channels, H, W)."""
        made = []
        for scale in range(self.scales):
            made.append(self.get_submodule(f"discriminator_{scale}")(x))
            x = F.avg_pool2d(x, 3, stride=2, padding=1, count_include_pad=False)
        return made


def _normed(channels: int, out: int) -> nn.Sequential:
    conv = named_spectral_norm(nn.Conv2d(channels, out, 4, stride=2, padding=2, bias=False))
    return nn.Sequential(nn.Sequential(conv, nn.InstanceNorm2d(out)), nn.LeakyReLU(0.2))


def judged(
    network: nn.Module, onehot: Tensor, fake: Tensor, real: Tensor
) -> tuple[list[list[Tensor]], list[list[Tensor]]]:
    """The activations for `fake` and `real` in -1..1, from one batch of both: as the authors do, who normalise it."""
    both = network(torch.cat([torch.cat([onehot, fake], 1), torch.cat([onehot, real], 1)]))
    halves = [[layer.chunk(2) for layer in scale] for scale in both]
    return [[layer[0] for layer in scale] for scale in halves], [[layer[1] for layer in scale] for scale in halves]


def hinge_for_generator(fake: list[list[Tensor]]) -> Tensor:
    """Minus the opinion, averaged over the scales."""
    return -torch.stack([scale[-1].mean() for scale in fake]).mean()


def hinge_for_discriminator(fake: list[list[Tensor]], real: list[list[Tensor]]) -> tuple[Tensor, Tensor]:
    """Of the fakes and of the real pictures, each averaged over the scales."""
    fakes = torch.stack([F.relu(1 + scale[-1]).mean() for scale in fake]).mean()
    return fakes, torch.stack([F.relu(1 - scale[-1]).mean() for scale in real]).mean()


def feature_matching(fake: list[list[Tensor]], real: list[list[Tensor]]) -> Tensor:
    """L1 of all activations but the opinion, summed over layers, averaged over scales (Wang et al. 2018)."""
    scales = [
        torch.stack([(f - r.detach()).abs().mean() for f, r in zip(fakes[:-1], reals[:-1], strict=True)]).sum()
        for fakes, reals in zip(fake, real, strict=True)
    ]
    return torch.stack(scales).mean()


class BoxDiscriminator(nn.Module):
    """Hong et al.'s (2018) of both stages under its names: pix2pixHD's, judging patches at full and at half size."""

    def __init__(
        self, channels: int, width: int = 64, norm: type[nn.Module] = nn.InstanceNorm2d, scales: int = 2
    ) -> None:
        super().__init__()
        self.scales = scales
        shape = [(channels, width, 2), (width, 2 * width, 2), (2 * width, 4 * width, 2), (4 * width, 8 * width, 1)]
        for scale in range(scales):
            for number, (inputs, outputs, stride) in enumerate(shape):
                layers: list[nn.Module] = [nn.Conv2d(inputs, outputs, 4, stride, 2)]
                layers += [norm(outputs)] if number else []
                self.add_module(f"scale{scale}_layer{number}", nn.Sequential(*layers, nn.LeakyReLU(0.2)))
            self.add_module(f"scale{scale}_layer{len(shape)}", nn.Sequential(nn.Conv2d(8 * width, 1, 4, 1, 2)))

    def forward(self, x: Tensor) -> list[list[Tensor]]:
        """By scale, full size first, the activations of (N, channels, H, W); the last is the opinion on every patch."""
        made = []
        for scale in reversed(range(self.scales)):  # the last one's names are the full size's
            y, found = x, []
            for number in range(5):
                y = self.get_submodule(f"scale{scale}_layer{number}")(y)
                found.append(y)
            made.append(found)
            x = F.avg_pool2d(x, 3, stride=2, padding=1, count_include_pad=False)
        return made


def least_squares(made: list[list[Tensor]], wanted: float, where: Tensor) -> Tensor:
    """Squared distance of the opinions from `wanted` (Mao et al. 2017), summed over the scales.

    Opinions count where the patch shows some of `where` (N, 1, H, W), 0 or 1; the reference counts all, and sees zeros
    in most of them.
    """
    errors = []
    for scale in made:
        near = F.adaptive_max_pool2d(where, scale[-1].shape[-2:])
        errors.append(((scale[-1] - wanted).square() * near).sum() / near.sum())
    return torch.stack(errors).sum()
