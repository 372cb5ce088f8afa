"""Pictures of the streets that our own code draws.

    python -m training.street_pictures STATE/street_painter/painter.safetensors FOLDER

Painted from their label maps by the network of `training.street_painter`, doubled by the super-resolution.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from PIL import Image as PillowImage

from examples.streets import STREETS, street
from networks.files import load_network
from networks.tensors import to_image
from pipelines.object_insertion.network import ImageGenerator
from pipelines.super_resolution import Options, SuperResolution
from training.street_painter import from_layout
from training.streets import HEIGHT, WIDTH


def main() -> None:
    """The command line."""
    line = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    line.add_argument("network", type=Path)
    line.add_argument("folder", type=Path)
    options = line.parse_args()
    network, doubled = load_network(ImageGenerator, options.network), SuperResolution.load()
    options.folder.mkdir(parents=True, exist_ok=True)
    for name in STREETS:
        # At the scale of the training: half of what is drawn.
        made = to_image(from_layout(network, street(name).resized(HEIGHT, WIDTH).ids))
        picture = PillowImage.fromarray(doubled(made, Options(scale=2)).image)
        picture.save(options.folder / f"{name}.webp", quality=90)


if __name__ == "__main__":
    main()
