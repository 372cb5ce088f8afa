"""Cells of a hole are the reference's; a crop has the gradient of the whole; what is minimised falls."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import Tensor

from networks.objective import cut
from networks.perceptual import VGG, gram
from pipelines.inpainting import texture
from pipelines.inpainting.released import objective as released_objective
from pipelines.inpainting.texture import GRAMS, TAPS, Pixels, Scene, Weights, around, cells, energy, refined, seek

GEOMETRY = Path(__file__).parents[4] / "shared" / "parity" / "vision" / "geometry"
needs_parity = pytest.mark.skipif(not GEOMETRY.is_dir(), reason="../shared/parity is not beside this checkout")


@needs_parity
@pytest.mark.parametrize(("strict", "rule"), [(True, "receptive"), (False, "maxpool")])
@pytest.mark.parametrize("tap", TAPS)
def test_cells_of_a_hole_are_the_references(tap: str, strict: bool, rule: str) -> None:
    inputs, outputs = (load_file(GEOMETRY / f"{part}.safetensors") for part in ("inputs", "outputs"))
    hole = inputs["pixel_hole"][None, None].float()
    assert torch.equal(cells(hole, tap, strict), outputs[f"hole_{tap}_{rule}"])


@pytest.fixture
def scene(eyes: VGG, tensor: Callable[..., Tensor]) -> Scene:
    x, hole = tensor(192, 224), torch.zeros(1, 1, 192, 224)
    hole[..., 70:110, 80:130] = 1
    return Scene(eyes, torch.lerp(x, tensor(192, 224, 3), hole), hole, hole, Weights())


def test_patches_never_come_from_the_hole(scene: Scene) -> None:
    found = scene.encoder(scene.x, TAPS)
    for tap, (matches, swap) in seek(found, scene.hole, scene.unknown).items():
        blocked = cells(scene.unknown, tap)
        y, x = matches.y[matches.found], matches.x[matches.found]
        assert len(y)
        assert not any(blocked[y + dy, x + dx].any() for dy in range(3) for dx in range(3))
        assert bool((swap.count[cells(scene.hole, tap)] > 0).all())


def test_a_crop_has_the_gradient_of_the_whole(scene: Scene) -> None:
    found = scene.encoder(scene.x, TAPS)
    matches, scale = seek(found, scene.hole, scene.unknown), texture.scales(found, scene)
    other = scene.x + 0.1 * scene.hole * torch.randn(scene.x.shape, generator=torch.Generator().manual_seed(0))
    whole = texture._frozen(scene, matches, scale, (0, 0, 192, 224), {}).gradient(other)
    box = around(scene.hole)
    assert (box[2] - box[0]) * (box[3] - box[1]) < 192 * 224
    part = texture._frozen(scene, matches, scale, box, {}).gradient(cut(other, box))
    inside = cut(scene.hole, box)
    assert part[0] == pytest.approx(whole[0], rel=1e-4)
    assert torch.allclose(part[1] * inside, cut(whole[1], box) * inside, atol=1e-6 * float(whole[1].abs().max()) + 1e-9)


def test_the_pixels_terms_are_their_derivatives(tensor: Callable[..., Tensor]) -> None:
    hole = torch.zeros(1, 1, 24, 24)
    hole[..., 6:15, 8:20] = 1
    terms = Pixels(tensor(24, 24).double(), hole.double(), Weights(2.0, 3.0))
    x, step = tensor(24, 24, 1).double(), 1e-5 * torch.randn(1, 3, 24, 24, dtype=torch.float64) * hole
    _, slope = terms.gradient(x)
    central = (terms.gradient(x + step)[0] - terms.gradient(x - step)[0]) / 2
    assert central == pytest.approx((slope * step).sum().item(), rel=1e-6)
    assert not slope[(hole == 0).expand_as(slope)].any()


def test_refining_lowers_the_papers_objective_and_touches_only_the_hole(scene: Scene) -> None:
    scale = texture.scales(scene.encoder(scene.x, TAPS), scene)
    *_, (reached, _) = refined(scene, 20)
    assert energy(scene, reached, scale)[0] < 0.9 * energy(scene, scene.x, scale)[0]
    known = (scene.hole == 0).expand_as(reached)
    assert torch.equal(reached[known], scene.x[known])


def test_a_hole_of_copies_has_the_contrast_that_is_wanted(eyes: VGG, tensor: Callable[..., Tensor]) -> None:
    x, hole = tensor(16, 16).repeat(1, 1, 12, 12), torch.zeros(1, 1, 192, 192)
    hole[..., 64:128, 64:128] = 1
    scene = Scene(eyes, x, hole, hole, Weights(contrast=1.0))
    box = around(hole)

    def errors(x: Tensor) -> list[float]:
        found = eyes(x, (*GRAMS, *TAPS))
        matches = seek({tap: found[tap] for tap in TAPS}, hole, hole)
        wanted = texture._contrasts(scene, found, matches, cut(x, box), cut(hole, box), cut(hole, box))
        seen = eyes(cut(x, box), GRAMS)
        return [factor * (gram(seen[tap]) - aim).square().sum().item() for tap, (aim, factor) in wanted.items()]

    soft = torch.lerp(x, F.avg_pool2d(F.pad(x, [8] * 4, mode="reflect"), 17, 1), hole)
    print(errors(x), errors(soft))
    assert all(copied < 0.02 * faded for copied, faded in zip(errors(x), errors(soft), strict=True))


def test_wanted_contrast_makes_a_soft_hole_rougher(eyes: VGG, tensor: Callable[..., Tensor]) -> None:
    x, hole = tensor(16, 16).repeat(1, 1, 12, 12), torch.zeros(1, 1, 192, 192)
    hole[..., 64:128, 64:128] = 1
    soft = torch.lerp(x, x.mean((2, 3), keepdim=True) + 0.2 * (x - x.mean()), hole)
    spreads = {}
    for contrast in (0.0, 2.0):
        scene = Scene(eyes, soft, hole, hole, Weights(contrast=contrast))
        *_, (made, _) = refined(scene, 10, woven=True)
        spreads[contrast] = cut(made, (64, 64, 128, 128)).std().item()
    assert spreads[2.0] > 1.1 * spreads[0.0]


def test_the_papers_gradient_is_that_of_its_energy(scene: Scene) -> None:
    scale = texture.scales(scene.encoder(scene.x, TAPS), scene)
    x = scene.x + 0.05 * scene.hole
    loss, slope = energy(scene, x, scale)
    step = -1e-3 * slope / slope.norm()
    assert energy(scene, x + step, scale)[0] - loss == pytest.approx((slope * step).sum().item(), rel=0.1)


def test_the_released_objective_weighs_texture_more_at_finer_sizes(eyes: VGG, tensor: Callable[..., Tensor]) -> None:
    ratios = []
    for side in (64, 128):
        hole = torch.zeros(1, 1, side, side)
        hole[..., side // 4 : side // 2, side // 4 : side // 2] = 1
        maps = released_objective(Scene(eyes, tensor(side, side), hole, hole, Weights())).maps
        ratios.append(maps["relu4_1"].factor / maps["relu4_2"].factor)
    assert ratios[1] == pytest.approx(4 * ratios[0])
