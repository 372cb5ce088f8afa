"""The encoder computes what torchvision's VGG does, no further than asked; Gram matrices and errors are as defined."""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torchvision.models import vgg19

from imaging.types import InputError
from networks import perceptual
from networks.files import ready
from networks.perceptual import VGG, convolutions, gram, relative_error

VISION = Path(__file__).parents[3] / "shared" / "parity" / "vision"
needs_parity = pytest.mark.skipif(not VISION.is_dir(), reason="../shared/parity is not beside this checkout")


def reference(case: str) -> tuple[dict[str, Tensor], Tensor, dict[str, Tensor]]:
    folder = VISION / case
    meta: dict[str, Any] = json.loads((folder / "meta.json").read_text())
    recipe = runpy.run_path(str(VISION / "recipe.py"))
    state = {name: torch.as_tensor(array) for name, array in recipe["state_dict"](meta).items()}
    return state, load_file(folder / "inputs.safetensors")["x"], load_file(folder / "outputs.safetensors")


@needs_parity
@pytest.mark.parametrize("prefix", ["", "features."], ids=["bare keys", "torchvision's and timm's keys"])
@pytest.mark.parametrize(("case", "depth", "deepest"), [("vgg16_taps", 16, "relu4_3"), ("vgg19_taps", 19, "relu5_1")])
def test_taps_and_gram_matrices_are_the_references(case: str, depth: int, deepest: str, prefix: str) -> None:
    state, x, expected = reference(case)
    public = {f"{prefix}{name}": tensor for name, tensor in state.items()}
    public |= {"pre_logits.fc1.weight": torch.zeros(1), "classifier.0.bias": torch.zeros(1)}
    network = VGG(depth, deepest=deepest, mean=(0, 0, 0), std=(1, 1, 1))  # the fixture's input is normalised already
    network = ready(network, convolutions(public, network), case)
    taps = [name for name in expected if name.startswith("relu")]
    found = network(x, taps)
    assert set(found) == set(taps)
    for name in taps:
        ours, theirs = found[name][:, : expected[name].shape[1]], expected[name]
        assert float((ours - theirs).abs().max() / theirs.std()) <= 1e-3
        matrix = gram(found[name])[0] / found[name].shape[1]  # theirs is divided by the channels, too
        theirs = expected[f"gram_{name}"].squeeze()
        assert float((matrix[: len(theirs), : len(theirs)] - theirs).abs().max() / theirs.std()) <= 1e-3


def test_it_has_torchvisions_names_and_only_the_layers_that_are_needed() -> None:
    whole = vgg19(weights=None).state_dict()
    network = VGG(19, deepest="relu3_1")
    ours = network.state_dict()
    assert {name: tensor.shape for name, tensor in ours.items()} == {
        name: tensor.shape for name, tensor in whole.items() if name in ours
    }
    assert max(int(name.split(".")[1]) for name in ours) == 10
    with pytest.raises(KeyError):
        network(torch.zeros(1, 3, 32, 32), ["relu4_1"])
    with pytest.raises(ValueError, match="relu9_9"):
        VGG(deepest="relu9_9")


def test_it_computes_no_further_than_the_deepest_tap() -> None:
    network = tiny()
    last = network.features[network.taps["relu2_1"] + 1]
    last.register_forward_hook(lambda *_: pytest.fail("a layer behind the tap was computed"))
    assert set(network(torch.rand(1, 3, 32, 32), ["relu2_1", "relu1_1"])) == {"relu1_1", "relu2_1"}


def test_heads_widen_their_tap_only() -> None:
    torch.manual_seed(0)
    plain, headed = tiny(), tiny(heads={"relu1_1": 7})
    headed.features.load_state_dict(plain.features.state_dict())
    x = torch.rand(1, 3, 32, 32)
    before, after = plain(x, ["relu1_1", "relu2_1"]), headed(x, ["relu1_1", "relu2_1"])
    assert after["relu1_1"].shape[1] == 7
    assert torch.equal(before["relu2_1"], after["relu2_1"])
    expected = torch.relu(nn.functional.conv2d(before["relu1_1"], *headed.heads["relu1_1"].parameters()))
    assert torch.equal(after["relu1_1"], expected)


def test_a_flat_picture_has_flat_activations_where_borders_are_reflected() -> None:
    network = tiny(padding="reflect", pooling="average")
    for activation in network(torch.full((1, 3, 64, 48), 0.3), ["relu1_1", "relu5_1"]).values():
        assert torch.allclose(activation, activation[..., :1, :1].expand_as(activation), atol=1e-6)


def test_a_gram_matrix_does_not_see_places() -> None:
    activation = torch.rand(2, 5, 6, 4)
    shuffled = activation.flatten(2)[..., torch.randperm(24)].view_as(activation)
    assert torch.allclose(gram(activation), gram(shuffled), atol=1e-6)
    expected = np.einsum("nchw,ndhw->ncd", activation.numpy(), activation.numpy()) / 24
    assert np.allclose(gram(activation).numpy(), expected, atol=1e-6)


def test_relative_errors_do_not_depend_on_the_scale() -> None:
    found, target = torch.rand(2, 3, 4, 4), torch.rand(2, 3, 4, 4)
    assert float(relative_error(target, target)) == 0
    assert float(relative_error(torch.zeros_like(target), target)) == pytest.approx(1)
    assert float(relative_error(7 * found, 7 * target)) == pytest.approx(float(relative_error(found, target)), rel=1e-5)


def test_an_unknown_encoder_is_a_sentence() -> None:
    with pytest.raises(InputError, match="vgg7"):
        perceptual.encoder("vgg7")


def tiny(**settings: Any) -> VGG:
    torch.manual_seed(1)
    return VGG(widths=(2, 3, 4, 4, 4), **settings).eval().requires_grad_(False)
