"""Pictures of the streets that our own code draws, by the light SEAN trained on streets.

    python -m training.street_pictures STATE/region_style_streets/light.safetensors examples/pictures

Each street has the mean style of a few streets drawn by its seed, so that it is nobody's photo; then it is doubled by
the super-resolution.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path

import numpy as np
import torch
from PIL import Image as PillowImage
from torch import Tensor

from examples.streets import HEIGHT, STREETS, WIDTH, street
from imaging.types import Image, LabelMap
from networks.files import load_network
from networks.tensors import to_image
from pipelines.region_style.light import LightSEAN
from pipelines.super_resolution import Options, SuperResolution
from training.labelled import DOMAINS, Labelled

MIXED = 4  # streets whose style is averaged
SEEN = 200  # streets to choose them from


@torch.inference_mode()
def codes(network: LightSEAN, pictures: Labelled, seed: int) -> Tensor:
    """The mean codes (1, labels, length) of some streets, each over those that show the label."""
    real, regions = pictures.whole(random.Random(seed).sample(range(len(pictures.images)), MIXED))
    found = network.encode(real, regions)
    shown = regions.flatten(2).any(2)[..., None]
    mixed = (found * shown).sum(0) / shown.sum(0).clamp_min(1)
    return torch.where(shown.any(0), mixed, network.mean_codes)[None]


@torch.inference_mode()
def painted(network: LightSEAN, labels: LabelMap, style: Tensor, pictures: Labelled) -> Image:
    """The street at half of its size: the network's own height, twice as wide."""
    side = network.side
    ids = labels.resized(side, side).ids
    onehot = pictures.onehot(torch.from_numpy(ids.astype(np.int64))[None])
    made = PillowImage.fromarray(to_image(network.generate(onehot, style)))
    return np.asarray(made.resize((WIDTH // 2, HEIGHT // 2), PillowImage.Resampling.BICUBIC))


def main() -> None:
    """The command line."""
    line = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    line.add_argument("network", type=Path)
    line.add_argument("folder", type=Path)
    line.add_argument("--seed", type=int, default=0, help="other styles")
    options = line.parse_args()
    network = load_network(LightSEAN, options.network)
    pictures = Labelled(DOMAINS["streets"], "train", network.side, SEEN)
    doubled = SuperResolution.load()
    options.folder.mkdir(parents=True, exist_ok=True)
    for number, name in enumerate(STREETS):
        style = codes(network, pictures, options.seed + number)
        made = doubled(painted(network, street(name), style, pictures), Options(scale=2)).image
        PillowImage.fromarray(made).save(options.folder / f"{name}.webp", quality=90)


if __name__ == "__main__":
    main()
