"""AdaIN: a painting's channel statistics put into a photo's activations, and a decoder that makes a picture of them.

Huang and Belongie 2017, in the form of naoto0804/pytorch-AdaIN, whose public weights load.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

POOL = "pool"
ENCODER = (64, 64, POOL, 128, 128, POOL, 256, 256, 256, 256, POOL, 512)  # output channels, to relu4_1
DECODER = (256, POOL, 256, 256, 256, 128, POOL, 128, 64, POOL, 64, 3)


class AdaIN(nn.Module):
    """Photo and painting in, the photo as the painter's out: RGB 0..1 in and out, the result not clipped.

    The layers of `vgg` and `decoder` are numbered as in the public files `vgg_normalised.pth` and `decoder.pth`.
    """

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = [nn.Conv2d(3, 3, 1)]
        channels = 3
        for item in ENCODER:
            if isinstance(item, str):
                layers.append(nn.MaxPool2d(2, ceil_mode=True))
            else:
                layers += [nn.ReflectionPad2d(1), nn.Conv2d(channels, item, 3), nn.ReLU()]
                channels = item
        self.vgg = nn.Sequential(*layers)
        layers = []
        for item in DECODER:
            if isinstance(item, str):
                layers.append(nn.Upsample(scale_factor=2, mode="nearest"))
            else:
                layers += [nn.ReflectionPad2d(1), nn.Conv2d(channels, item, 3), nn.ReLU()]
                channels = item
        self.decoder = nn.Sequential(*layers[:-1])

    def forward(self, content: Tensor, styles: Sequence[Tensor], weights: Sequence[float], strength: float) -> Tensor:
        """`content` (1, 3, H, W), `styles` of any sizes with `weights` that sum to one; `strength` 1 is all style."""
        activation = self.vgg(content)
        painted = torch.zeros_like(activation)
        for style, weight in zip(styles, weights, strict=True):
            painted = painted + weight * adapted(activation, *statistics(self.vgg(style)))
        return self.decoder(torch.lerp(activation, painted, strength))


def public_state(vgg: dict[str, Tensor], decoder: dict[str, Tensor]) -> dict[str, Tensor]:
    """The weights of the two public files; the first goes on to layers that nobody uses."""
    wanted = set(AdaIN().vgg.state_dict())
    return {f"vgg.{name}": tensor for name, tensor in vgg.items() if name in wanted} | {
        f"decoder.{name}": tensor for name, tensor in decoder.items()
    }


def statistics(activation: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation of every channel, (N, C, 1, 1) (Huang and Belongie 2017, section 5)."""
    variance, mean = torch.var_mean(activation, (2, 3), keepdim=True)
    return mean, (variance + 1e-5).sqrt()


def adapted(activation: Tensor, mean: Tensor, std: Tensor) -> Tensor:
    """Adaptive instance normalisation: `activation` with another mean and standard deviation."""
    own_mean, own_std = statistics(activation)
    return (activation - own_mean) * (std / own_std) + mean
