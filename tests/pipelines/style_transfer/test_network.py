"""The one-pass network computes what the public code computes, and several paintings are several networks in one."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import Tensor, nn

from pipelines.style_transfer.network import StyleNorm, TransformerNet, doubled, without_running_statistics

VISION = Path(__file__).parents[4] / "shared" / "parity" / "vision"
needs_parity = pytest.mark.skipif(not VISION.is_dir(), reason="../shared/parity is not beside this checkout")


@pytest.fixture(scope="module")
def reference() -> dict[str, Tensor]:
    """The public names, with the seeded weights of the fixture."""
    meta = json.loads((VISION / "transformer_net" / "meta.json").read_text())
    state = runpy.run_path(str(VISION / "recipe.py"))["state_dict"](meta)
    return {name: torch.as_tensor(array) for name, array in state.items()}


@needs_parity
@pytest.mark.parametrize("age", ["new file", "file with running statistics"])
def test_public_weights_load_strictly_and_give_the_reference_output(age: str, reference: dict[str, Tensor]) -> None:
    network, state = TransformerNet().eval(), dict(reference)
    if age != "new file":
        for name in [name for name in reference if ".in" in f".{name}" and name.endswith("bias")]:
            state[name.replace("bias", "running_mean")] = torch.full_like(reference[name], 7.0)
            state[name.replace("bias", "running_var")] = torch.full_like(reference[name], 7.0)
        with pytest.raises(RuntimeError, match="running_mean"):
            network.load_state_dict(state, strict=True)
    network.load_state_dict(without_running_statistics(state), strict=True)
    assert sum(parameter.numel() for parameter in network.parameters()) == 1_679_235
    inputs, outputs = (load_file(VISION / "transformer_net" / f"{part}.safetensors") for part in ("inputs", "outputs"))
    for x, y in (("x", "y"), ("x_odd", "y_odd")):
        with torch.no_grad():
            made = network(inputs[x])
        assert made.shape == outputs[y].shape
        assert float((made - outputs[y]).abs().max() / outputs[y].std()) <= 1e-3


@pytest.mark.parametrize(("height", "width"), [(2, 2), (5, 8), (7, 3)])
def test_doubled_is_repeated_pixels_reflected_and_convolved(height: int, width: int) -> None:
    torch.manual_seed(0)
    layer, x = nn.Conv2d(4, 6, 3), torch.randn(2, 4, height, width)
    repeated = F.interpolate(x, scale_factor=2, mode="nearest")
    expected = layer(F.pad(repeated, (1, 1, 1, 1), mode="reflect"))
    assert torch.allclose(doubled(layer, x), expected, atol=1e-5)


def different(norm: StyleNorm) -> StyleNorm:
    torch.manual_seed(3)
    nn.init.normal_(norm.weight)
    nn.init.normal_(norm.bias)
    return norm


@pytest.mark.parametrize("count", [1, 2], ids=["one picture", "a batch"])
def test_all_of_one_style_is_that_style(count: int) -> None:
    several, x = different(StyleNorm(5, styles=3)), torch.randn(count, 5, 6, 7)
    for style in range(3):
        one = StyleNorm(5)
        one.load_state_dict({"weight": several.weight[style], "bias": several.bias[style]})
        mix = F.one_hot(torch.tensor([style] * count), 3).float()
        assert torch.allclose(several(x, mix), one(x, None), atol=1e-5)
        flat = nn.InstanceNorm2d(5)(x)
        assert torch.allclose(one(x, None), flat * one.weight[:, None, None] + one.bias[:, None, None], atol=1e-5)


def test_a_style_between_two_is_their_mean_and_every_picture_of_a_batch_has_its_own() -> None:
    norm, x = different(StyleNorm(5, styles=3)), torch.randn(2, 5, 6, 7)
    mix = torch.tensor([[0.25, 0.75, 0.0], [0.0, 0.0, 1.0]])
    ends = [norm(x[:1], F.one_hot(torch.tensor([style]), 3).float()) for style in range(2)]
    made = norm(x, mix)
    assert torch.allclose(made[:1], 0.25 * ends[0] + 0.75 * ends[1], atol=1e-5)
    assert torch.allclose(made[1:], norm(x[1:], mix[1:]), atol=1e-5)


def test_sizes_are_rounded_up_to_fours_and_the_mix_reaches_every_layer() -> None:
    torch.manual_seed(0)
    network = TransformerNet(widths=(4, 4, 8), blocks=1, styles=2).eval()
    x, mix = torch.rand(1, 3, 37, 51), torch.tensor([[1.0, 0.0]])
    with torch.no_grad():
        before = network(x, mix)
        assert before.shape == (1, 3, 40, 52)
        for norm in [layer for layer in network.modules() if isinstance(layer, StyleNorm)]:
            norm.weight[1] += 1.0  # of the other style: nothing is to be seen of it
            norm.bias[1] += 1.0
            assert torch.equal(network(x, mix), before)
            kept = norm.bias[0].clone()
            norm.bias[0] += torch.rand(len(kept))
            assert not torch.equal(network(x, mix), before)
            norm.bias[0] = kept
