"""A face whose regions take their style from other portraits, and whose mask can be painted (SEAN, Zhu et al. 2020)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal, Self

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from checkpoints import Embedded
from imaging.faces import NAMES
from imaging.types import Image, InputError, LabelMap, Matte
from networks.files import load_network, read_state_dict, ready
from networks.tensors import to_image, to_tensor
from pipelines.contract import Checkpoints, Progress, silent
from pipelines.region_style.codes import Codes
from pipelines.region_style.composite import Picture, carried
from pipelines.region_style.light import LightSEAN
from pipelines.region_style.network import Generator
from pipelines.region_style.texture import textured


@dataclass(frozen=True)
class Swap:
    """One edit: `regions` (names) take the style of `codes`, as far as `amount` (0..1).

    `blocks` of the generator that obey, none for all: the style crossover of section 4.
    """

    regions: tuple[str, ...]
    codes: Codes
    amount: float = 1.0
    blocks: tuple[int, ...] = ()


@dataclass(frozen=True)
class Options:
    """`show`: `photo` carries the change onto the photo, `generated` is the network's picture as it is.

    `seed` of the noise, which only the authors' network has.
    """

    show: Literal["photo", "generated"] = "photo"
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Result:
    """`image` (S, S, 3) of the portrait's size; `matte` (S, S), zero where it is the portrait bit for bit.

    `generated` (s, s, 3) of the network's size; `codes` that it obeyed.
    """

    image: Image
    matte: Matte
    generated: Image
    codes: Codes


@dataclass(frozen=True, eq=False)
class RegionStyle:
    """A network of either kind, and the device it is on."""

    CHECKPOINTS: ClassVar[Checkpoints] = {"embedded": (Embedded("region_style/embedded.safetensors"),)}

    network: LightSEAN | Generator
    device: str = "cpu"

    @classmethod
    def load(cls, variant: str = "embedded", device: str = "cpu") -> Self:
        """`variant` is a key of `CHECKPOINTS`."""
        if variant not in cls.CHECKPOINTS:
            raise InputError(
                "There is no method called {method}. Choose one of: {methods}.",
                method=variant,
                methods=", ".join(cls.CHECKPOINTS),
            )
        (file,) = cls.CHECKPOINTS[variant]
        return cls(load_network(LightSEAN, file.path(), device), device)

    @classmethod
    def from_authors(cls, file: Path, mean: Codes | None = None, device: str = "cpu") -> Self:
        """The authors' own generator, from their `latest_net_G.pth` or what `convert` makes of it.

        `mean`: their mean codes, for regions that a portrait does not show; zeros without it.
        """
        network = ready(Generator(), read_state_dict(file), file.name, device)
        if mean:
            network.mean_codes.copy_(torch.from_numpy(mean.values[0]))
        return cls(network, device)

    @property
    def side(self) -> int:
        """Pixels of the network's square pictures."""
        return self.network.side

    @property
    def blocks(self) -> int:
        """Blocks of the generator that obey a style."""
        return len(self.network.blocks) if isinstance(self.network, LightSEAN) else len(Generator.BLOCKS) - 1

    @torch.inference_mode()
    def encode(self, portrait: Image, labels: LabelMap) -> Codes:
        """The style of a square portrait (S, S, 3), region by region; `labels` are of its size."""
        _check(portrait, labels)
        x, onehot = self._picture(portrait), self._onehot(labels)
        values = self.network.encode(x, onehot)
        present = onehot.flatten(2).any(2)[0]
        values = torch.where(present[:, None], values, self.network.mean_codes)
        colours = torch.where(present[:, None], _means(x, onehot), torch.nan)
        return Codes(
            values.expand(len(self.network.blocks), -1, -1).cpu().numpy(), present.cpu().numpy(), colours.cpu().numpy()
        )

    def mean(self) -> Codes:
        """The mean style of every region over the portraits that it learnt from."""
        values = self.network.mean_codes.expand(len(self.network.blocks), -1, -1).cpu().numpy()
        present = np.ones(len(NAMES), bool)
        return Codes(values, present, np.full((len(NAMES), 3), np.nan, np.float32))

    @torch.inference_mode()
    def __call__(
        self,
        portrait: Image,
        labels: LabelMap,
        swaps: Sequence[Swap] = (),
        options: Options = Options(),
        progress: Progress = silent,
        *,
        own: Codes | None = None,
        painted: LabelMap | None = None,
    ) -> Result:
        """`portrait` square (S, S, 3), `labels` its regions; `painted`: the regions that it shall have.

        `own`: what `encode` gave for it, computed again where it is None. Swaps are applied in order.
        """
        painted = painted or labels
        _check(portrait, labels)
        _check(portrait, painted)
        if own is None:
            progress(0.0, "Reading the style")
            own = self.encode(portrait, labels)
        codes = own
        for swap in swaps:
            codes = codes.restyled(swap.codes, _ids(swap.regions), swap.amount, swap.blocks)
        progress(0.3, "Generating")
        before, after = self._onehot(labels), self._onehot(painted)
        made = self._generate(after, self._tensor(codes.values)[None], options.seed)
        generated = to_image(made)
        progress(0.7, "Carrying the change onto the photo")
        was = self._generate(before, self._tensor(own.values)[None], options.seed)
        side = len(portrait)
        image, matte = carried(
            portrait,
            self._enlarged(was, before, own, side),
            self._enlarged(made, after, codes, side),
            painted.ids,
            labels.ids,
            [label for label in range(len(NAMES)) if (codes.values[:, label] != own.values[:, label]).any()],
        )
        image = textured(image, painted.ids, labels.ids)
        if options.show == "generated":
            image = to_image(F.interpolate(made, (side, side), mode="bicubic", antialias=True))
            matte = np.ones_like(matte)
        return Result(image, matte, generated, codes)

    def _picture(self, portrait: Image) -> Tensor:
        x = to_tensor(portrait, torch.device(self.device))
        return F.interpolate(x, (self.side, self.side), mode="bicubic", antialias=True).clamp(0, 1)

    def _onehot(self, labels: LabelMap) -> Tensor:
        ids = self._tensor(labels.resized(self.side, self.side).ids).long()
        return F.one_hot(ids, len(NAMES)).permute(2, 0, 1)[None].float()

    def _tensor(self, array: NDArray[np.generic]) -> Tensor:
        return torch.tensor(array, device=self.device)

    def _generate(self, onehot: Tensor, codes: Tensor, seed: int) -> Tensor:
        if isinstance(self.network, LightSEAN):
            return self.network.generate(onehot, codes)
        noise = [
            [layer.to(self.device) for layer in block] for block in self.network.noise(1, (self.side, self.side), seed)
        ]
        return self.network.generate(onehot, codes, noise)

    def _enlarged(self, picture: Tensor, onehot: Tensor, codes: Codes, side: int) -> Picture:
        """At the portrait's size, every region's mean colour as it was in the picture that its style is from.

        Not of the paper: its generator, like ours, meets a reference's colours only nearly.
        """
        offsets = torch.nan_to_num(self._tensor(codes.colours) - _means(picture, onehot))
        mended = picture + torch.einsum("nlhw,lc->nchw", onehot, offsets)
        large = F.interpolate(mended.clamp(0, 1), (side, side), mode="bicubic", antialias=True)
        return large[0].permute(1, 2, 0).cpu().numpy()


def _means(picture: Tensor, onehot: Tensor) -> Tensor:
    """The mean colour (labels, 3) of every region of `picture` (1, 3, s, s)."""
    area = onehot.flatten(2).sum(2).clamp_min(1)[0, :, None]
    return torch.einsum("nlhw,nchw->lc", onehot, picture) / area


def _ids(regions: Sequence[str]) -> list[int]:
    unknown = [name for name in regions if name not in NAMES]
    if unknown:
        raise InputError(
            "There is no region called {region}. Choose from: {regions}.", region=unknown[0], regions=", ".join(NAMES)
        )
    return [NAMES.index(name) for name in regions]


def _check(portrait: Image, labels: LabelMap) -> None:
    height, width = portrait.shape[:2]
    if height != width:
        raise InputError(
            "A portrait must be square, not {width} x {height} pixels: align it first.", width=width, height=height
        )
    if labels.ids.shape != (height, width):
        raise InputError(
            "The mask is {mask} pixels large and the portrait {portrait}: they must be equal.",
            mask=" x ".join(map(str, labels.ids.shape[::-1])),
            portrait=f"{width} x {height}",
        )
    if tuple(labels.names) != NAMES:
        raise InputError("The mask must have the nineteen regions of a face: {regions}.", regions=", ".join(NAMES))
