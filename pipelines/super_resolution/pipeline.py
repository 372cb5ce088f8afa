"""A small photo made larger, three ways: interpolated, restored, or dreamt.

bicubic interpolates (Keys 1981); residual adds what a network trained on the error expects (after Kim et al. 2016, Kong
et al. 2022); adversarial is the same network taught by a critic to look like a photo (Ledig et al. 2017). The Hub's
variants are the public networks of others.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal, Self

import numpy as np
import torch
from torch import nn

from imaging.geometry import resize, resize_matte
from imaging.types import Image, InputError, Matte
from pipelines.contract import Checkpoints, Progress, last, silent
from pipelines.super_resolution.tiles import enlarge
from pipelines.super_resolution.weights import FILES, SCALES, network


@dataclass(frozen=True)
class Options:
    """`scale`: 2, 3 or 4. `invention`: how far to go from the residual network (0) to the adversarial one (1).

    `tile`: side of the pieces in pixels of the input; memory grows with its square.
    """

    scale: Literal[2, 3, 4] = 4
    invention: float = 0.6  # looked at: crisp, and without the dots that 1 leaves along hard edges
    tile: int = 384


@dataclass(frozen=True, eq=False)
class Result:
    """The picture at `scale` times its size, its matte if it had one, and how much of it is made, 0..1."""

    image: Image
    alpha: Matte | None
    done: float


@dataclass(frozen=True, eq=False)
class SuperResolution:
    """A variant's networks by the scale that each was made for, and the device they are on.

    `honest`: what the adversarial networks began as, by scale; empty for other variants.
    """

    CHECKPOINTS: ClassVar[Checkpoints] = {name: tuple(files.values()) for name, files in FILES.items()}

    networks: Mapping[int, nn.Module]
    honest: Mapping[int, nn.Module] = field(default_factory=dict)
    device: str = "cpu"

    @classmethod
    def load(cls, variant: str = "residual", device: str = "cpu") -> Self:
        """`variant` is a key of `CHECKPOINTS`; raises `UnusableFile` where its weights cannot be had."""
        if variant not in FILES:
            raise InputError(
                "There is no method called {method}. Choose one of: {methods}.",
                method=variant,
                methods=", ".join(FILES),
            )
        networks = {scale: network(variant, scale, device) for scale in FILES[variant]}
        began_as = FILES[variant] if variant == "adversarial" else ()
        return cls(networks, {scale: network("residual", scale, device) for scale in began_as}, device)

    def __call__(
        self, image: Image, options: Options = Options(), progress: Progress = silent, *, alpha: Matte | None = None
    ) -> Result:
        """`image` uint8 (H, W, 3) and `alpha` float32 (H, W), enlarged."""
        return last(self.steps(image, options, progress, alpha=alpha))

    def steps(
        self, image: Image, options: Options = Options(), progress: Progress = silent, *, alpha: Matte | None = None
    ) -> Iterator[Result]:
        """The result after each tile; the array starts as repeated pixels and fills up, the same one each time."""
        if options.scale not in SCALES:
            raise InputError("The scale must be 2, 3 or 4, not {scale}.", scale=options.scale)
        if not 0 <= options.invention <= 1:
            raise InputError("Invented detail goes from 0 to 1, not {invention}.", invention=options.invention)
        scale = options.scale
        matte = None if alpha is None else resize_matte(alpha, scale)
        if not self.networks:
            yield Result(resize(image, scale), matte, 1.0)
            return
        made_for = min(native for native in self.networks if native >= scale)
        network, device = self.networks[made_for], torch.device(self.device)
        if made_for in self.honest and options.invention < 1:
            network = interpolated(self.honest[made_for], network, options.invention)
        for picture, done in enlarge(network, image, made_for, options.tile, device):
            progress(done, "Enlarging")
            if made_for == scale:
                yield Result(picture, matte, done)
            elif done < 1:
                yield Result(_thinned(picture, scale, made_for), matte, done)
            else:
                yield Result(resize(picture, scale / made_for), matte, done)


def interpolated(start: nn.Module, end: nn.Module, weight: float) -> nn.Module:
    """The network whose weights lie between those of `start` (0) and `end` (1): one pass gives the picture between.

    Works because `end` was trained on from `start` (Wang et al. 2018, section 3.4: network interpolation).
    """
    between = copy.deepcopy(end)
    with torch.no_grad():
        for parameter, first in zip(between.parameters(), start.parameters(), strict=True):
            parameter.lerp_(first, 1 - weight)
    return between


def _thinned(picture: Image, scale: int, made_for: int) -> Image:
    """A quick look at an unfinished picture at another size: pixels left out."""
    rows, columns = (np.arange(side * scale // made_for) * made_for // scale for side in picture.shape[:2])
    return picture[rows][:, columns]
