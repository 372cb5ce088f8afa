"""SEAN computes what its authors' code does: with and without noise, from given codes, in a training step."""

from __future__ import annotations

import csv
import json
import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from networks.files import ready
from pipelines.region_style.network import Generator, StyleEncoder

SHARED = Path(__file__).parents[4] / "shared"
GAN = SHARED / "parity" / "gan"
needs_parity = pytest.mark.skipif(not GAN.is_dir(), reason="../shared/parity is not beside this checkout")


def arrays(case: str, name: str = "io") -> dict[str, Tensor]:
    with np.load(GAN / case / f"{name}.npz") as file:
        return {key: torch.from_numpy(file[key]) for key in file.files}


def regions(label: Tensor, labels: int = 19) -> Tensor:
    return F.one_hot(label[:, 0].long(), labels).permute(0, 3, 1, 2).float()


def close(ours: Tensor, theirs: Tensor, most: float = 1e-4) -> None:
    """`theirs` is in -1..1, ours in 0..1."""
    assert float((ours.detach() * 2 - 1 - theirs).abs().max()) <= most


def tiny() -> Generator:
    state = {name: tensor.float() for name, tensor in arrays("sean_generator_tiny", "state_dict").items()}
    return ready(Generator(width=8, style=16), state, "tiny")


@needs_parity
def test_the_style_encoder_is_the_references_and_absent_regions_have_zeros() -> None:
    case = arrays("sean_style_encoder")
    network = ready(StyleEncoder(), arrays("sean_style_encoder", "state_dict"), "encoder")
    codes = network((case["style_image"] + 1) / 2, regions(case["label"]))
    assert float((codes - case["style_codes"]).abs().max()) <= 1e-4
    assert float(codes[0, 9].abs().max()) == 0


@needs_parity
def test_it_makes_the_references_picture_without_and_with_noise_and_from_codes() -> None:
    case, network = arrays("sean_generator_tiny"), tiny()
    onehot, picture = regions(case["label"]), (case["style_image"] + 1) / 2
    close(network(picture, onehot), case["output"])
    drawn = [noise.transpose(1, 3) for _, noise in sorted(arrays("sean_generator_tiny", "noise").items())]
    by_block = []
    for name, *_ in network.BLOCKS:
        count = 3 if network.get_submodule(name).learned else 2
        by_block.append(drawn[:count])
        drawn = drawn[count:]
    assert not drawn
    close(network(picture, onehot, by_block), case["output_with_noise"])
    close(network.generate(onehot[:1], case["ui_codes"][None]), case["output_ui"])


@needs_parity
def test_a_training_step_is_the_references() -> None:
    case, step, network = arrays("sean_generator_tiny"), arrays("sean_generator_tiny", "train_step"), tiny()
    meta: dict[str, Any] = json.loads((GAN / "sean_generator_tiny" / "meta.json").read_text())
    network.train().requires_grad_(True)
    silence = [[torch.zeros_like(noise) for noise in block] for block in network.noise(2, (64, 64), seed=0)]
    made = network((case["style_image"] + 1) / 2, regions(case["label"]), silence)
    close(made, step["output_train"], 5e-4)
    ((made * 2 - 1) * step["R"]).mean().backward()
    state, parameters = network.state_dict(), dict(network.named_parameters())
    for key, value in step.items():
        kind, _, name = key.partition("/")
        if kind == "after":
            assert float((state[name].detach() - value).abs().max()) <= 1e-4 * max(1.0, float(value.abs().max())), name
        if kind == "grad":
            gradient = parameters[name].grad
            assert gradient is not None
            assert float((gradient - value).abs().max()) <= 1e-2 * float(value.abs().max()) + 1e-8, name
    absent = {name for name, parameter in parameters.items() if parameter.grad is None}
    assert {name for name in absent if "fc_mu" in name} == {n for n in meta["params_without_grad"] if "fc_mu" in n}


@needs_parity
def test_the_full_configuration_has_the_published_names_and_shapes() -> None:
    with (SHARED / "specs" / "sean_netG_keys.tsv").open() as file:
        rows = [row for row in csv.reader(file, delimiter="\t") if row and "." in row[0]]
    with torch.device("meta"):
        state = Generator().state_dict()
    expected = {row[0]: "x".join(row[1].strip("()[]").replace(",", " ").replace("x", " ").split()) for row in rows}
    assert {name: "x".join(map(str, tensor.shape)) for name, tensor in state.items()} == expected


@needs_parity
def test_the_full_configuration_makes_the_references_picture() -> None:
    meta: dict[str, Any] = json.loads((GAN / "sean_generator_full" / "meta.json").read_text())
    big = runpy.run_path(str(GAN / "recipe.py"))["big"]
    case, state = arrays("sean_generator_full"), arrays("sean_generator_full", "state_small")
    with torch.device("meta"):
        shapes = {name: tensor.shape for name, tensor in Generator().state_dict().items()}
    state |= {key: torch.from_numpy(big(key, shapes[key], meta["seed"])) for key in meta["recipe_keys"]}
    network = ready(Generator(), state, "full")
    with torch.inference_mode():
        close(network((case["style_image"] + 1) / 2, regions(case["label"])), case["output"], 2e-3)


def test_every_block_obeys_its_own_codes_and_any_number_of_labels_and_size_fits() -> None:
    torch.manual_seed(0)
    network = Generator(labels=5, width=2, style=6, hidden=4).eval()
    for weight in (parameter for parameter in network.parameters() if parameter.ndim > 1):
        torch.nn.init.normal_(weight, std=0.3)
    onehot = regions(torch.randint(0, 5, (1, 1, 64, 96)), 5)
    codes = torch.randn(1, 5, 6)
    picture = network.generate(onehot, codes)
    assert picture.shape == (1, 3, 64, 96)
    each = codes[:, None].repeat(1, 7, 1, 1)
    assert torch.equal(network.generate(onehot, each), picture)
    each[:, 6] += 1  # the last block has no style
    assert torch.equal(network.generate(onehot, each), picture)
    each[:, 2] += 1
    assert not torch.equal(network.generate(onehot, each), picture)


def test_noise_is_the_seeds_and_has_every_normalisations_size() -> None:
    network = Generator(labels=3, width=1, style=2, hidden=2)
    drawn, again = network.noise(2, (64, 96), seed=3), network.noise(2, (64, 96), seed=3)
    assert [len(block) for block in drawn] == [2, 2, 2, 3, 3, 3, 3]
    assert [tuple(block[0].shape[2:]) for block in drawn] == [
        (2, 3),
        (4, 6),
        (4, 6),
        (8, 12),
        (16, 24),
        (32, 48),
        (64, 96),
    ]
    assert all(torch.equal(a, b) for x, y in zip(drawn, again, strict=True) for a, b in zip(x, y, strict=True))
