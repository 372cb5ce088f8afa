"""Draws the portraits of nobody that the page offers: python -m training.region_style_portraits

The shapes are drawn by our own code, the styles by chance from how the codes of portraits vary; the picture is the
embedded light SEAN's, enlarged by the embedded super-resolution.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from PIL import Image as PillowImage
from torch import Tensor

from imaging.faces import NAMES
from imaging.types import LabelMap
from networks.tensors import to_image
from pipelines.region_style import RegionStyle
from pipelines.region_style.light import LightSEAN
from pipelines.super_resolution import Options, SuperResolution
from training.drawn_faces import SIDE, face
from training.labelled import DOMAINS, Labelled

MADE = Path(__file__).parents[1] / "examples" / "portraits"
PORTRAITS = 1200  # whose codes are looked at
DIRECTIONS = 20  # of their greatest variance


@torch.no_grad()
def variation(network: LightSEAN, pictures: Labelled) -> tuple[Tensor, Tensor]:
    """The mean code (labels, length) and its main directions (`DIRECTIONS`, labels, length), a deviation long."""
    codes = torch.cat(
        [
            network.encode(*pictures.whole(range(first, min(first + 20, len(pictures.images)))))
            for first in range(0, len(pictures.images), 20)
        ]
    )
    present = codes.abs().sum(2, keepdim=True) > 0
    mean = codes.sum(0) / present.sum(0).clamp_min(1)
    differences = torch.where(present, codes - mean, 0).flatten(1)
    _, sizes, directions = torch.linalg.svd(differences, full_matrices=False)
    main = directions[:DIRECTIONS] * (sizes[:DIRECTIONS, None] / len(codes) ** 0.5)
    return mean, main.unflatten(1, mean.shape)


def main() -> None:
    """The command line."""
    line = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    line.add_argument("--seeds", type=int, nargs="+", default=[1, 6, 7, 14], help="a portrait each; odd: short hair")
    line.add_argument("--folder", type=Path, default=MADE)
    options = line.parse_args()
    pipeline, enlarge = RegionStyle.load(), SuperResolution.load("residual")
    network = pipeline.network
    assert isinstance(network, LightSEAN)
    mean, directions = variation(network, Labelled(DOMAINS["faces"], "train", network.side, PORTRAITS))
    options.folder.mkdir(exist_ok=True)
    for seed in options.seeds:
        chance = torch.randn(DIRECTIONS, generator=torch.Generator().manual_seed(seed))
        codes = mean + torch.einsum("d,dlc->lc", chance, directions)
        labels = LabelMap(face(seed, long_hair=seed % 2 == 0), NAMES).resized(network.side, network.side)
        onehot = torch.nn.functional.one_hot(torch.from_numpy(labels.ids.copy()).long(), len(NAMES))
        with torch.no_grad():
            made = to_image(network.generate(onehot.permute(2, 0, 1)[None].float(), codes[None]))
        large = enlarge(made, Options(scale=SIDE // network.side)).image
        PillowImage.fromarray(np.asarray(large)).save(options.folder / f"nobody_{seed}.webp", quality=90)


if __name__ == "__main__":
    main()
