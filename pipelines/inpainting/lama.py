"""Today's anchor: LaMa (Suvorov et al. 2022), whose convolutions see the whole picture in its Fourier transform.

Under the reference's names, so that the public weights load strictly. RGB in 0..1.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

STRIDE = 8  # pixels; sides must be multiples of it


class FourierUnit(nn.Module):
    """A 1x1 convolution of the spectrum: every output depends on the whole map."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv_layer = nn.Conv2d(2 * width, 2 * width, 1, bias=False)
        self.bn = nn.BatchNorm2d(2 * width)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) to the same shape; real and imaginary parts alternate along the channels."""
        spectrum = torch.view_as_real(torch.fft.rfft2(x, norm="ortho")).permute(0, 1, 4, 2, 3).flatten(1, 2)
        spectrum = F.relu(self.bn(self.conv_layer(spectrum))).unflatten(1, (-1, 2)).permute(0, 1, 3, 4, 2)
        return torch.fft.irfft2(torch.view_as_complex(spectrum.contiguous()), x.shape[-2:], norm="ortho")


class SpectralTransform(nn.Module):
    """A Fourier unit at half the channels, with a way round it."""

    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        half = after // 2
        self.conv1 = nn.Sequential(nn.Conv2d(before, half, 1, bias=False), nn.BatchNorm2d(half), nn.ReLU())
        self.fu = FourierUnit(half)
        self.conv2 = nn.Conv2d(half, after, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """(N, before, H, W) to (N, after, H, W)."""
        x = self.conv1(x)
        return self.conv2(x + self.fu(x))


class FFC(nn.Module):
    """A convolution between two halves of the channels, local and global (Chi et al. 2020).

    `before`, `after`: channels, (local, global).
    """

    def __init__(
        self, before: tuple[int, int], after: tuple[int, int], kernel: int, stride: int = 1, padding: int = 0
    ) -> None:
        super().__init__()

        def conv(inputs: int, outputs: int) -> nn.Module:
            if not inputs or not outputs:
                return nn.Identity()
            return nn.Conv2d(inputs, outputs, kernel, stride, padding, bias=False, padding_mode="reflect")

        self.has_global = bool(before[1]), bool(after[1])
        self.convl2l, self.convl2g = conv(before[0], after[0]), conv(before[0], after[1])
        self.convg2l = conv(before[1], after[0])
        self.convg2g = SpectralTransform(before[1], after[1]) if all(self.has_global) else nn.Identity()

    def forward(self, local: Tensor, far: Tensor | None) -> tuple[Tensor, Tensor | None]:
        """Both parts; `far`, the global one, is None where there is none."""
        made_local, made_far = self.convl2l(local), self.convl2g(local) if self.has_global[1] else None
        if far is not None:
            made_local = made_local + self.convg2l(far)
            made_far = None if made_far is None else made_far + self.convg2g(far)
        return made_local, made_far


class FFCBnAct(nn.Module):
    """FFC, batch normalisation of each part, ReLU."""

    def __init__(
        self, before: tuple[int, int], after: tuple[int, int], kernel: int, stride: int = 1, padding: int = 0
    ) -> None:
        super().__init__()
        self.ffc = FFC(before, after, kernel, stride, padding)
        self.bn_l = nn.BatchNorm2d(after[0])
        self.bn_g = nn.BatchNorm2d(after[1]) if after[1] else nn.Identity()

    def forward(self, local: Tensor, far: Tensor | None) -> tuple[Tensor, Tensor | None]:
        """Both parts."""
        local, far = self.ffc(local, far)
        return F.relu(self.bn_l(local)), None if far is None else F.relu(self.bn_g(far))


class FFCResnetBlock(nn.Module):
    """Two FFCs and a way round them."""

    def __init__(self, widths: tuple[int, int]) -> None:
        super().__init__()
        self.conv1, self.conv2 = (FFCBnAct(widths, widths, 3, padding=1) for _ in range(2))

    def forward(self, local: Tensor, far: Tensor) -> tuple[Tensor, Tensor]:
        """Both parts."""
        made_local, made_far = self.conv2(*self.conv1(local, far))
        return local + made_local, far + made_far


class LaMa(nn.Module):
    """FFCResNetGenerator: `ngf` channels at full size, `blocks` at an eighth; published with 64 and 18."""

    DOWN = 3
    GLOBAL = 0.75  # share of the bottleneck's channels

    def __init__(self, ngf: int = 64, blocks: int = 18) -> None:
        super().__init__()
        bottleneck = ngf * 2**self.DOWN
        far = int(bottleneck * self.GLOBAL)
        widths = bottleneck - far, far
        layers: list[nn.Module] = [nn.ReflectionPad2d(3), FFCBnAct((4, 0), (ngf, 0), 7)]
        for step in range(self.DOWN):
            before, after = (ngf * 2**step, 0), (ngf * 2 ** (step + 1), 0)
            layers.append(FFCBnAct(before, widths if step == self.DOWN - 1 else after, 3, stride=2, padding=1))
        layers += [FFCResnetBlock(widths) for _ in range(blocks)]
        layers.append(nn.Identity())  # where theirs joins both parts
        for step in reversed(range(self.DOWN)):
            after_width = ngf * 2**step
            up = nn.ConvTranspose2d(2 * after_width, after_width, 3, 2, 1, output_padding=1)
            layers += [up, nn.BatchNorm2d(after_width), nn.ReLU()]
        layers += [nn.ReflectionPad2d(3), nn.Conv2d(ngf, 3, 7), nn.Sigmoid()]
        self.model = nn.Sequential(*layers)

    def forward(self, x: Tensor, hole: Tensor) -> Tensor:
        """`x` (N, 3, H, W) in 0..1 and `hole` (N, 1, H, W) of any size; the filled picture."""
        height, width = x.shape[-2:]
        given = torch.cat([x * (1 - hole), hole], 1)
        # Numpy's "symmetric" in the reference, which torch lacks; the rim is cut off again.
        given = F.pad(given, (0, -width % STRIDE, 0, -height % STRIDE), mode="replicate")
        made = self.predicted(given)[..., :height, :width]
        return torch.lerp(x, made, hole)

    def predicted(self, given: Tensor) -> Tensor:
        """The generator itself: masked RGB and hole, (N, 4, H, W), sides multiples of 8, to (N, 3, H, W) in 0..1."""
        local: Tensor = given
        far: Tensor | None = None
        for layer in self.model:
            if isinstance(layer, FFCBnAct | FFCResnetBlock):
                local, far = layer(local, far)
                continue
            if far is not None:
                local, far = torch.cat([local, far], 1), None
            local = layer(local)
        return local
