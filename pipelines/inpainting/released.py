"""What the code that Yang et al. released does, which is not their formula.

The whole picture is optimised. Content is relu4_2 of the coarser size's result, texture relu4_1 alone, whose patches
(every second one) come from nine copies of the picture, turned and resized; their pull is an average, not a sum
(`networks.patches.released_energy`), and is not divided by the size of the map while content's is, so that texture
counts four times as much at each finer size.

Departures: their sources are the picture with a fixed square of it painted over, ours all patches without a hole; and
matches are sought at the first step of a size only, as in their faster version.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from networks.copies import copies
from networks.descent import lbfgs
from networks.objective import MapTarget, Objective
from networks.patches import nearest_patches, swapped
from pipelines.inpainting.texture import K, Scene, forbidden

CONTENT, TEXTURE = "relu4_2", "relu4_1"
CONTENT_WEIGHT, TEXTURE_WEIGHT, TV_WEIGHT = 20.0, 1e-4, 1e-4  # theirs
STRIDE = 2  # between patches
TURNS, SIZES = 1, 1  # each way: nine copies
# Their pixels go to 256 and their encoder's activations are as much larger as its input: 256 * 0.225, torchvision's.
ACTIVATION, PIXEL = 57.6, 256.0


def objective(scene: Scene) -> Objective:
    """Content, texture and smoothness, all in units of our encoder."""
    with torch.no_grad():
        found = scene.encoder(scene.x, (TEXTURE, CONTENT))
        features, content = found[TEXTURE][0], found[CONTENT]
        sources, holes = [], []
        for copy in copies(torch.cat([scene.x, scene.unknown], 1), TURNS, SIZES):
            sources.append(scene.encoder(copy[None, :3], (TEXTURE,))[TEXTURE][0])
            holes.append(forbidden((copy[None, 3:] > 0.01).float(), TEXTURE))
        swap = swapped(nearest_patches(features, sources, K, STRIDE, source_holes=holes), sources)
    texture = MapTarget(swap.mean[None], TEXTURE_WEIGHT / 2, (swap.count > 0).float())
    # Theirs is half the sum of squares, of pixels; ours takes the factor of a mean.
    smoothness = TV_WEIGHT / 2 * (PIXEL / ACTIVATION) ** 2 * scene.x.numel()
    maps = {CONTENT: MapTarget(content, CONTENT_WEIGHT / content.numel()), TEXTURE: texture}
    return Objective(scene.encoder, maps=maps, smoothness=smoothness)


def released(scene: Scene, steps: int) -> Iterator[tuple[Tensor, float]]:
    """The best picture so far and its loss; what is outside the hole changes, too."""
    yield from lbfgs(scene.x, objective(scene).gradient, steps)
