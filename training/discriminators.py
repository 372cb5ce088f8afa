"""Critics for adversarial training: they never ship."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn
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
