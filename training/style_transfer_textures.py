"""Makes what ships of the gallery's paintings: python -m training.style_transfer_textures

Of each a texture in its style, by V1 from noise with the embedded encoder, and its Gram matrices. The paintings lie in
the training data; nothing of them but these statistics goes into the files. To be run again when the encoder changes.
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from PIL import Image as PillowImage
from torch import Tensor

from networks.descent import lbfgs
from networks.files import save_state
from networks.perceptual import ENCODERS, VGG, encoder
from networks.tensors import to_image, to_tensor
from pipelines.style_transfer import gatys
from pipelines.style_transfer.gallery import GRAM_SIDES, GRAMS, SIDE, packed
from pipelines.style_transfer.optimised import resized
from pipelines.style_transfer.styles import PAINTINGS
from training.cards import FOLDER
from training.pictures import DATA

STAGES = {128: 80, 256: 50, SIDE: 16}  # steps at each size in pixels
STYLE_WEIGHT, SMOOTHNESS = 50.0, 1.0


def painting(name: str) -> Tensor:
    """The painting, float32 (1, 3, H, W) in 0..1."""
    return to_tensor(np.asarray(PillowImage.open(DATA / "styles" / PAINTINGS[name].file).convert("RGB")))


def texture(eyes: VGG, style: Tensor, stages: Mapping[int, int], seed: int) -> Tensor:
    """A square with the Gram matrices of `style` at every size, from noise in its colours."""
    draw = torch.Generator().manual_seed(seed)
    pixels = style[0].flatten(1)
    coarsest = min(stages)
    noise = torch.randn(3, coarsest**2, generator=draw)
    x = (torch.linalg.cholesky(torch.cov(pixels)) @ noise + pixels.mean(1, keepdim=True)).view(1, 3, coarsest, coarsest)
    for side, steps in stages.items():
        x = torch.nn.functional.interpolate(x, (side, side), mode="bicubic").clamp(0, 1)
        targets = gatys.grams(eyes, resized(style, side))
        objective = gatys.objective(eyes, None, targets, STYLE_WEIGHT, SMOOTHNESS)
        *_, (x, _) = lbfgs(x, objective.gradient, steps)
    return x.clamp(0, 1)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--folder", type=Path, default=FOLDER, help="the folder of weights to write into")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    eyes = encoder("embedded")
    grams: dict[str, Tensor] = {}
    (options.folder / "style_transfer" / "textures").mkdir(parents=True, exist_ok=True)
    for name in PAINTINGS:
        style = painting(name)
        made = texture(eyes, style, STAGES, options.seed)
        file = options.folder / "style_transfer" / "textures" / f"{name}.webp"
        PillowImage.fromarray(to_image(made)).save(file, quality=85, method=6)
        for side in GRAM_SIDES:
            found = gatys.grams(eyes, resized(style, side))
            grams |= {f"{name}.{side}.{tap}": packed(matrix) for tap, matrix in found.items()}
        print(name, flush=True)
    sha256 = hashlib.sha256(ENCODERS["embedded"].path().read_bytes()).hexdigest()
    card = {
        "data": "the public-domain paintings that pipelines/style_transfer/styles.py lists",
        "stages": [{"command": "python -m training.style_transfer_textures", "recipe": {}}],
        "scores": {},
    }
    save_state(grams, options.folder / GRAMS.name, {"encoder": sha256}, card)


if __name__ == "__main__":
    main()
