"""The reference's weights give the reference's pictures; ours takes any size and keeps what is known."""

from __future__ import annotations

import json
import runpy
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from networks.fill import smooth_fill
from pipelines.inpainting.context_encoder import ContextEncoder, Discriminator
from pipelines.inpainting.lama import LaMa
from pipelines.inpainting.network import ContentNetwork, filled

VISION = Path(__file__).parents[4] / "shared" / "parity" / "vision"
needs_parity = pytest.mark.skipif(not VISION.is_dir(), reason="../shared/parity is not beside this checkout")


def loaded(network: nn.Module, case: str) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """Inputs and outputs of a case, whose weights are then in `network`, key for key."""
    meta = json.loads((VISION / case / "meta.json").read_text())
    state = runpy.run_path(str(VISION / "recipe.py"))["state_dict"](meta)
    network.load_state_dict({name: torch.as_tensor(array) for name, array in state.items()}, strict=True)
    network.eval()
    inputs, outputs = (load_file(VISION / case / f"{part}.safetensors") for part in ("inputs", "outputs"))
    return inputs, outputs


@needs_parity
@torch.no_grad()
def test_the_context_encoder_predicts_what_the_reference_predicts() -> None:
    network = ContextEncoder(nef=16, ngf=16, bottleneck=200)
    inputs, outputs = loaded(network, "context_encoder_narrow")
    assert torch.allclose(network(inputs["x"]), outputs["y"], atol=1e-5)


@needs_parity
@torch.no_grad()
def test_the_discriminator_thinks_what_the_reference_thinks() -> None:
    network = Discriminator(ndf=16)
    inputs, outputs = loaded(network, "context_encoder_disc_narrow")
    assert torch.allclose(network(inputs["x"]), outputs["y"], atol=1e-5)


@needs_parity
@torch.no_grad()
def test_lama_fills_as_the_reference_fills() -> None:
    network = LaMa(ngf=8, blocks=2)
    inputs, outputs = loaded(network, "lama_ffc_small")
    image, mask = inputs["image"], inputs["mask"]
    predicted = network.predicted(torch.cat([image * (1 - mask), mask], 1))
    assert torch.allclose(predicted, outputs["predicted"], atol=1e-5)
    assert torch.allclose(network(image, mask), outputs["inpainted"], atol=1e-5)


@pytest.mark.parametrize("kind", ["ours", "lama"])
@pytest.mark.parametrize("size", [(40, 56), (33, 71)])
@torch.no_grad()
def test_networks_take_any_size_and_change_nothing_outside_the_hole(kind: str, size: tuple[int, int]) -> None:
    torch.manual_seed(0)
    network = (ContentNetwork(widths=(8, 8, 8)) if kind == "ours" else LaMa(ngf=4, blocks=1)).eval()
    if isinstance(network, ContentNetwork):
        nn.init.normal_(network.leave.weight)
    x, hole = torch.rand(2, 3, *size), torch.zeros(2, 1, *size)
    hole[..., 10:25, 8:30] = 1
    made = network(x, hole)
    inside = hole.bool().expand_as(x)
    assert made.shape == x.shape
    assert torch.equal(made[~inside], x[~inside])
    other = torch.where(inside, torch.rand_like(x), x)
    assert torch.allclose(network(other, hole), made, atol=1e-6)  # what was in the hole does not matter
    assert (made - x)[inside].abs().mean() > 0.01


def test_an_untrained_content_network_is_the_smooth_fill() -> None:
    x, hole = torch.rand(1, 3, 32, 40), torch.zeros(1, 1, 32, 40)
    hole[..., 5:20, 10:33] = 1
    assert torch.allclose(ContentNetwork(widths=(8, 8, 8))(x, hole), smooth_fill(x, hole), atol=1e-6)


@pytest.mark.parametrize("size", [(17, 30), (64, 64), (1, 9)])
def test_a_smooth_fill_keeps_constants_and_what_is_known(size: tuple[int, int]) -> None:
    hole = (torch.rand(1, 1, *size, generator=torch.Generator().manual_seed(1)) < 0.7).float()
    hole[..., 0, 0] = 0
    noise = torch.rand(1, 3, *size)
    filled = smooth_fill(noise, hole)
    known = (hole == 0).expand_as(noise)
    assert torch.equal(filled[known], noise[known])
    assert filled.min() >= noise[known].min() - 1e-5
    assert filled.max() <= noise[known].max() + 1e-5
    assert torch.allclose(smooth_fill(torch.full((1, 3, *size), 0.3) * (1 - hole), hole), torch.tensor(0.3), atol=1e-5)


def test_a_smooth_fill_of_a_ramp_is_nearly_the_ramp() -> None:
    ramp = torch.linspace(0, 1, 64).expand(1, 1, 64, 64)
    hole = torch.zeros(1, 1, 64, 64)
    hole[..., 24:40, 24:40] = 1
    assert (smooth_fill(ramp, hole) - ramp).abs().max() < 0.15


def test_a_hole_that_a_content_network_knows_is_filled_by_it_alone(tensor: Callable[..., Tensor]) -> None:
    network = ContentNetwork(widths=(8, 8, 8)).eval().requires_grad_(False)
    nn.init.normal_(network.leave.weight, std=0.5)
    x, hole = tensor(64, 64), torch.zeros(1, 1, 64, 64)
    hole[..., 20:40, 20:40] = 1
    assert torch.equal(filled(network, x, hole), network(x, hole))


def test_a_deeper_hole_is_filled_at_a_size_that_the_network_knows(tensor: Callable[..., Tensor]) -> None:
    network = ContentNetwork(widths=(8, 8, 8)).eval().requires_grad_(False)
    x, hole = tensor(400, 400), torch.zeros(1, 1, 400, 400)
    hole[..., 40:360, 40:360] = 1
    seen: list[tuple[int, ...]] = []
    hook = network.register_forward_hook(lambda _module, given, _made: seen.append(tuple(given[0].shape[-2:])))
    made = filled(network, x, hole)
    hook.remove()
    assert len(seen) == 1
    assert max(seen[0]) <= 200
    assert torch.equal(made * (1 - hole), x * (1 - hole))
    # It adds nothing yet: what is left is the smooth fill of this size.
    assert torch.allclose(made, torch.lerp(x, smooth_fill(x, hole), hole), atol=1e-5)
