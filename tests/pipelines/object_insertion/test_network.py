"""The generators compute what their authors' code does, from weights under the same names."""

from __future__ import annotations

import json
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from networks.files import ready
from pipelines.object_insertion.compact import CompactGenerator, places
from pipelines.object_insertion.network import ImageGenerator, StructureGenerator
from pipelines.object_insertion.stages import Painter

GAN = Path(__file__).parents[4] / "shared" / "parity" / "gan"
needs_parity = pytest.mark.skipif(not GAN.is_dir(), reason="../shared/parity is not beside this checkout")


def arrays(case: str, name: str = "io") -> dict[str, Tensor]:
    with np.load(GAN / case / f"{name}.npz") as file:
        return {key: torch.from_numpy(file[key]) for key in file.files}


def onehot(label: Tensor, labels: int) -> Tensor:
    return F.one_hot(label[:, 0].long(), labels).permute(0, 3, 1, 2).float()


def full_state(case: str) -> dict[str, Tensor]:
    meta: dict[str, Any] = json.loads((GAN / case / "meta.json").read_text())
    drawn = runpy.run_path(str(GAN / "recipe.py"))["big"]
    made = {key: torch.from_numpy(drawn(key, meta["keys"][key], meta["seed"])) for key in meta["recipe_keys"]}
    return arrays(case, "state_small") | made


def boxed(case: dict[str, Tensor], labels: int) -> Tensor:
    box = torch.zeros(len(case["cls"]), labels, *case["mask_in"].shape[2:])
    for number, name in enumerate(case["cls"]):
        box[number, name] = case["mask_in"][number, 0]
    return torch.cat([box, onehot(case["context_label"], labels)], 1)


@needs_parity
@pytest.mark.parametrize(
    ("name", "built"),
    [
        ("hier_structure_tiny", {}),
        ("hier_structure_tiny_ade", {"norm": "instance", "dilations": (2, 4)}),
    ],
)
def test_the_structure_generator_is_the_references(name: str, built: dict[str, Any]) -> None:
    case = arrays(name)
    network = ready(StructureGenerator(9, (8, 12, 16, 32), **built), arrays(name, "state_dict"), name)
    entering = boxed(case, 9)
    assert torch.equal(entering, case["cond"].float())
    layout, mask = network(entering)
    torch.testing.assert_close(layout, case["ctx_logit"], atol=2e-4, rtol=1e-4)
    torch.testing.assert_close(mask, case["obj_logit"], atol=2e-4, rtol=1e-4)


@needs_parity
def test_the_structure_generator_of_cityscapes_is_the_references() -> None:
    case = arrays("hier_structure_full")
    network = ready(StructureGenerator(), full_state("hier_structure_full"), "full")
    assert sum(p.numel() for p in network.parameters()) == 13_896_484
    layout, mask = network(boxed(case, 35))
    torch.testing.assert_close(layout[..., ::4, ::4], case["ctx_logit_f32_stride4"], atol=5e-4, rtol=1e-3)
    torch.testing.assert_close(mask, case["obj_logit"], atol=5e-4, rtol=1e-3)


def test_the_structure_generator_of_ade20k_has_the_references_size() -> None:
    with torch.device("meta"):
        network = StructureGenerator(labels=49, norm="instance", dilations=(2, 4))
    assert sum(p.numel() for p in network.parameters()) == 16_333_810


@needs_parity
@pytest.mark.parametrize("name", ["hier_image_tiny", "hier_image_tiny_color"])
def test_the_image_generator_is_the_references(name: str) -> None:
    case, colour = arrays(name), name.endswith("color")
    network = ready(ImageGenerator(9, 8, colour=colour), arrays(name, "state_dict"), name)
    picture, layout, hole = (case["image"] + 1) / 2, onehot(case["label"], 9), case["mask_in"].float()
    tint = (case["color"] + 1) / 2 if colour else None
    raw = network.painted(picture, layout, hole, tint) * 2 - 1
    torch.testing.assert_close(raw, case["raw_output_before_gate"], atol=2e-4, rtol=1e-3)
    torch.testing.assert_close(network(picture, layout, hole, tint) * 2 - 1, case["output"], atol=2e-4, rtol=1e-3)


@needs_parity
@pytest.mark.parametrize(
    ("labels", "colour", "size"), [(35, False, 190_370_179), (49, False, 190_414_083), (35, True, 190_379_587)]
)
def test_the_image_generator_at_full_size_has_the_references_weights(labels: int, colour: bool, size: int) -> None:
    with torch.device("meta"):
        network = ImageGenerator(labels, colour=colour)
    assert sum(p.numel() for p in network.parameters()) == size
    if labels == 35 and not colour:
        meta = json.loads((GAN / "hier_image_full" / "meta.json").read_text())
        assert {key: list(weight.shape) for key, weight in network.state_dict().items()} == meta["keys"]


def papers() -> ImageGenerator:
    return ImageGenerator(5, 4, downs=2, blocks=1, kernel=3, colour=True, skips=("image", "layout")).eval()


def compact() -> CompactGenerator:
    return CompactGenerator(5, (4, 4, 8), blocks=1).eval()


@pytest.mark.parametrize("built", [papers, compact])
def test_what_is_around_the_hole_comes_out_as_it_was_and_what_is_in_it_is_not_read(
    built: Callable[[], Painter],
) -> None:
    torch.manual_seed(0)
    network = built()
    picture, hole = torch.rand(1, 3, 32, 32), torch.zeros(1, 1, 32, 32)
    hole[..., 8:20, 8:24] = 1
    layout = onehot(torch.randint(0, 5, (1, 1, 32, 32)), 5)
    made = network(picture, layout, hole)
    assert torch.equal(made * (1 - hole), picture * (1 - hole))
    other = picture.where(hole == 0, torch.rand_like(picture))
    torch.testing.assert_close(network(other, layout, hole) * hole, made * hole)


@pytest.mark.parametrize(
    ("built", "reads_picture", "reads_layout"),
    [
        ({"paths": ("image",)}, True, False),
        ({"paths": ("layout",), "skips": ("layout",)}, False, True),
        ({"paths": ("image",), "joined": True}, True, True),
        ({}, True, True),
    ],
)
def test_each_ablation_reads_what_it_is_said_to(built: dict[str, Any], reads_picture: bool, reads_layout: bool) -> None:
    torch.manual_seed(0)
    network = ImageGenerator(5, 4, downs=2, blocks=1, kernel=3, **built).eval()
    pictures, hole = torch.rand(2, 3, 32, 32), torch.ones(1, 1, 32, 32)
    hole[..., :8] = 0
    layouts = onehot(torch.randint(0, 5, (2, 1, 32, 32)), 5)
    made = network.painted(pictures[:1], layouts[:1], hole)
    assert torch.equal(network.painted(pictures[1:], layouts[:1], hole), made) != reads_picture
    assert torch.equal(network.painted(pictures[:1], layouts[1:], hole), made) != reads_layout


@pytest.mark.parametrize("built", [papers, compact])
def test_a_colour_and_the_layout_change_the_picture_inside_the_hole(built: Callable[[], Painter]) -> None:
    torch.manual_seed(0)
    network = built()
    picture, hole = torch.rand(1, 3, 32, 32), torch.zeros(1, 1, 32, 32)
    hole[..., 8:20, 8:24] = 1
    layout = onehot(torch.zeros(1, 1, 32, 32), 5)
    made = [network(picture, layout, hole, torch.tensor([tint])) for tint in ([0.9, 0.1, 0.1], [0.1, 0.1, 0.9])]
    assert (made[0] - made[1]).abs().max() > 1e-3
    assert torch.equal(network(picture, layout, hole, torch.full((1, 3), 0.5)), network(picture, layout, hole))
    other = onehot(torch.full((1, 1, 32, 32), 3.0), 5)
    assert (network(picture, other, hole) - network(picture, layout, hole)).abs().max() > 1e-3


def test_every_pixel_of_a_hole_knows_its_place() -> None:
    hole = torch.zeros(1, 1, 12, 16)
    hole[..., 3:7, 4:12] = 1
    across, down = places(hole)
    assert across[0, 0, 3, 4:12].tolist() == pytest.approx([-0.75, -0.5, -0.25, 0, 0.25, 0.5, 0.75, 1])
    assert down[0, 0, 3:7, 4].tolist() == pytest.approx([-0.5, 0, 0.5, 1])
    assert (across[hole == 0] == 0).all()
    assert (down[hole == 0] == 0).all()
