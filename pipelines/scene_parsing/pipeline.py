"""What every pixel of a street shows: Cityscapes' labels for a photo that comes without a label map.

`embedded` is a small network of our own; the others are SegFormers (Xie et al. 2021) of the Hub.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import ClassVar, Self

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image as PillowImage
from torch import Tensor, nn
from torch.nn.functional import grid_sample

from imaging.streets import EVALUATED, NAMES
from imaging.types import Image, InputError, LabelMap
from networks.tensors import to_tensor
from pipelines.contract import Checkpoints, Progress, silent
from pipelines.scene_parsing.weights import FILES, SQUEEZE, Network, network

STEP = 32  # pixels: what the sides of the network's pictures are multiples of
LONGEST = 6  # times the shorter side: longer pictures are squeezed
SMALLEST = 16  # pixels
_BAND = 500_000  # pixels that are labelled at once: bounds the memory


@dataclass(frozen=True)
class Options:
    """`side`: pixels, the shorter side at which the photo is looked at; 0: as the network was trained."""

    side: int = 0


@dataclass(frozen=True, eq=False)
class Result:
    """`labels` of the photo, Cityscapes' ids."""

    labels: LabelMap


@dataclass(frozen=True, eq=False)
class SceneParsing:
    """A variant's parser, how much narrower it wants its pictures, and the device it is on."""

    CHECKPOINTS: ClassVar[Checkpoints] = {name: (file,) for name, file in FILES.items()}

    parser: Network
    squeeze: int
    device: str

    @classmethod
    def load(cls, variant: str = "embedded", device: str = "cpu") -> Self:
        """`variant` is a key of `CHECKPOINTS`; raises `UnusableFile` where its weights cannot be had."""
        if variant not in FILES:
            raise InputError(
                "There is no method called {method}. Choose one of: {methods}.",
                method=variant,
                methods=", ".join(FILES),
            )
        return cls(network(variant, device), SQUEEZE.get(variant, 1), device)

    def __call__(self, image: Image, options: Options = Options(), progress: Progress = silent) -> Result:
        """The labels of `image`, uint8 (H, W, 3)."""
        height, width = image.shape[:2]
        if min(height, width) < SMALLEST:
            raise InputError(
                "This photo is only {width} x {height} pixels; both sides must be {least} or more.",
                width=width,
                height=height,
                least=SMALLEST,
            )
        progress(0.0, "Naming what is in the street")
        rows, columns = looked_at(height, width, options.side or self.parser.side, self.squeeze)
        small = PillowImage.fromarray(image).resize((columns, rows), PillowImage.Resampling.BICUBIC)
        found = logits(self.parser, np.asarray(small), self.device)
        ids = np.asarray(EVALUATED, np.uint8)[likeliest(found, height, width)]
        return Result(LabelMap(ids, NAMES))


def looked_at(height: int, width: int, side: int, squeeze: int) -> tuple[int, int]:
    """Rows and columns of the picture that a network is given of a photo."""
    scale = side / min(height, width)
    rows, columns = (min(length * scale, LONGEST * side) for length in (height, width))
    return max(STEP, round(rows / STEP) * STEP), max(STEP, round(columns / squeeze / STEP) * STEP)


@torch.inference_mode()
def logits(parser: nn.Module, picture: Image, device: str) -> Tensor:
    """The logits (1, labels, H, W) of a picture; the mean with those of its mirror image."""
    x = to_tensor(picture, device)
    both = parser(torch.cat([x, x.flip(3)]).contiguous(memory_format=torch.channels_last))
    return (both[:1] + both[1:].flip(3)) / 2


@torch.inference_mode()
def likeliest(found: Tensor, height: int, width: int) -> NDArray[np.uint8]:
    """The largest of the logits at every pixel, uint8 (height, width), a band at a time.

    Logits, not labels, are interpolated: outlines come out smooth at any size.
    """
    ids = np.empty((height, width), np.uint8)
    step = ceil(_BAND / width)
    columns = (torch.arange(width, device=found.device) + 0.5) * 2 / width - 1
    for start in range(0, height, step):
        end = min(start + step, height)
        rows = (torch.arange(start, end, device=found.device) + 0.5) * 2 / height - 1
        grid = torch.stack(torch.meshgrid(columns, rows, indexing="xy"), -1)
        laid = grid_sample(found, grid[None], mode="bilinear", padding_mode="border", align_corners=False)
        ids[start:end] = laid[0].argmax(0).to("cpu", torch.uint8).numpy()
    return ids
