"""AdaIN computes what the public code computes from the public files."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from pipelines.style_transfer.adain import AdaIN, adapted, public_state, statistics

VISION = Path(__file__).parents[4] / "shared" / "parity" / "vision"
needs_parity = pytest.mark.skipif(not VISION.is_dir(), reason="../shared/parity is not beside this checkout")


@pytest.fixture(scope="module")
def network() -> AdaIN:
    """From two files like the public ones: bare numbers for keys, and layers after relu4_1 that nobody needs."""
    meta = json.loads((VISION / "adain_recipe" / "meta.json").read_text())
    state = runpy.run_path(str(VISION / "recipe.py"))["state_dict"](meta)
    files: dict[str, dict[str, Tensor]] = {"vgg": {}, "decoder": {}}
    for name, array in state.items():
        part, key = name.split(".", 1)
        files[part][key] = torch.as_tensor(array)
    files["vgg"] |= {"32.weight": torch.zeros(1), "51.bias": torch.zeros(1)}
    network = AdaIN()
    network.load_state_dict(public_state(files["vgg"], files["decoder"]), strict=True)
    return network.eval().requires_grad_(False)


def near(ours: Tensor, theirs: Tensor) -> bool:
    return ours.shape == theirs.shape and float((ours - theirs).abs().max() / theirs.std()) <= 1e-3


@needs_parity
def test_it_gives_the_reference_activations_statistics_and_picture(network: AdaIN) -> None:
    inputs, outputs = (load_file(VISION / "adain_recipe" / f"{part}.safetensors") for part in ("inputs", "outputs"))
    content, style = network.vgg(inputs["content"]), network.vgg(inputs["style"])
    assert near(content, outputs["content_relu4_1"])
    mean, std = statistics(style)
    assert near(mean, outputs["mean"])
    assert near(std, outputs["std"])
    assert near(adapted(content, mean, std), outputs["adain"])
    assert near(network(inputs["content"], [inputs["style"]], [1.0], 1.0), outputs["y"])


@needs_parity
def test_strength_and_weights_blend_activations(network: AdaIN) -> None:
    torch.manual_seed(0)
    content, *styles = (torch.rand(1, 3, *size) for size in ((24, 32), (24, 24), (40, 32)))
    activation = network.vgg(content)
    targets = [adapted(activation, *statistics(network.vgg(style))) for style in styles]
    mean = 0.25 * targets[0] + 0.75 * targets[1]
    assert torch.allclose(network(content, styles, [0.25, 0.75], 1.0), network.decoder(mean), atol=1e-4)
    half = network(content, styles[:1], [1.0], 0.5)
    assert torch.allclose(half, network.decoder((activation + targets[0]) / 2), atol=1e-4)
    assert torch.equal(network(content, styles, [1.0, 0.0], 0.0), network.decoder(activation))


def test_adapted_has_the_wanted_mean_and_standard_deviation() -> None:
    torch.manual_seed(3)
    x, mean, std = 3 * torch.rand(2, 5, 9, 7) + 1, torch.randn(2, 5, 1, 1), torch.rand(2, 5, 1, 1) + 0.5
    made = adapted(x, mean, std)
    assert torch.allclose(made.mean((2, 3), keepdim=True), mean, atol=1e-5)
    assert torch.allclose(made.std((2, 3), keepdim=True), std, rtol=1e-4)
    assert torch.allclose(adapted(x, *statistics(x)), x, atol=1e-5)


def test_statistics_of_a_flat_activation_are_finite() -> None:
    mean, std = statistics(torch.full((1, 2, 4, 4), 3.0))
    assert torch.equal(mean.flatten(), torch.tensor([3.0, 3.0]))
    assert torch.allclose(std, torch.full_like(std, 1e-5).sqrt())
