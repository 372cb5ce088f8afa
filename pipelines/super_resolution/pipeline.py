"""A small photo made larger, three ways: interpolated, restored, or dreamt.

bicubic interpolates (Keys 1981); residual adds what a network trained on the error expects (after Kim et al. 2016, Kong
et al. 2022); adversarial is the same network taught by a critic to look like a photo (Ledig et al. 2017). The Hub's
variants are the public networks of others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal, Self

import numpy as np
import torch
from torch import nn

from imaging.geometry import resize, resize_matte
from imaging.types import Image, InputError, Matte
from pipelines.contract import Checkpoints, Progress, silent
from pipelines.super_resolution.tiles import enlarge
from pipelines.super_resolution.weights import FILES, SCALES, network


@dataclass(frozen=True)
class Options:
    """`scale`: 2, 3 or 4. `tile`: side of the pieces in pixels of the input; memory grows with its square."""

    scale: Literal[2, 3, 4] = 4
    tile: int = 384


@dataclass(frozen=True, eq=False)
class Result:
    """The picture at `scale` times its size, its matte if it had one, and how much of it is made, 0..1."""

    image: Image
    alpha: Matte | None
    done: float


@dataclass(frozen=True, eq=False)
class SuperResolution:
    """A variant's networks by the scale that each was made for, and the device they are on."""

    CHECKPOINTS: ClassVar[Checkpoints] = {name: tuple(files.values()) for name, files in FILES.items()}

    networks: Mapping[int, nn.Module]
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
        return cls({scale: network(variant, scale, device) for scale in FILES[variant]}, device)

    def __call__(
        self, image: Image, alpha: Matte | None = None, options: Options = Options(), progress: Progress = silent
    ) -> Result:
        """`image` uint8 (H, W, 3) and `alpha` float32 (H, W), enlarged."""
        *_, last = self.steps(image, alpha, options, progress)
        return last

    def steps(
        self, image: Image, alpha: Matte | None = None, options: Options = Options(), progress: Progress = silent
    ) -> Iterator[Result]:
        """The result after each tile. The array is the same each time: it starts as repeated pixels and fills up."""
        if options.scale not in SCALES:
            raise InputError("The scale must be 2, 3 or 4, not {scale}.", scale=options.scale)
        scale = options.scale
        matte = None if alpha is None else resize_matte(alpha, scale)
        if not self.networks:
            yield Result(resize(image, scale), matte, 1.0)
            return
        made_for = min(native for native in self.networks if native >= scale)
        device = torch.device(self.device)
        for picture, done in enlarge(self.networks[made_for], image, made_for, options.tile, device):
            progress(done, "Enlarging")
            if made_for == scale:
                yield Result(picture, matte, done)
        if made_for != scale:
            # Exactly `scale` times the input whatever the size: resizing rounds up.
            height, width = image.shape[0] * scale, image.shape[1] * scale
            yield Result(np.ascontiguousarray(resize(picture, scale / made_for)[:height, :width]), matte, 1.0)
