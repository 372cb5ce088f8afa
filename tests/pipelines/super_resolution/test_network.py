"""The public networks compute what their authors' code computes; ours sees no further than it says."""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from pipelines.super_resolution import network as networks
from pipelines.super_resolution.network import EDSR, ResidualNetwork, RRDBNet, SRVGGNetCompact

VISION = Path(__file__).parents[4] / "shared" / "parity" / "vision"
CASES = [
    "edsr_baseline_x4",
    "leftthomas_srgan_x4",
    "rlfn_x4_REALWEIGHTS",
    "rrdb_x2_1b",
    "rrdb_x4_1b",
    "rrdb_x4_6b_recipe",
    "rrdb_x4_23b_recipe",
    "srvgg_x4_conv32",
]
needs_parity = pytest.mark.skipif(not VISION.is_dir(), reason="../shared/parity is not beside this checkout")


def build(meta: dict[str, Any]) -> nn.Module:
    config = dict(meta["config"])
    name = config.pop("cls")
    return getattr(networks, {"Generator": "SRGANGenerator"}.get(name, name))(**config).eval()


def weights(folder: Path, meta: dict[str, Any]) -> dict[str, Tensor]:
    stored = folder / "state_dict.safetensors"
    if stored.exists():
        return {name: tensor.float() for name, tensor in load_file(stored).items()}
    recipe = runpy.run_path(str(VISION / "recipe.py"))
    return {name: torch.as_tensor(array) for name, array in recipe["state_dict"](meta).items()}


@needs_parity
@pytest.mark.parametrize("case", CASES)
def test_it_loads_the_reference_weights_strictly_and_gives_the_reference_output(case: str) -> None:
    folder = VISION / case
    meta = json.loads((folder / "meta.json").read_text())
    network = build(meta)
    network.load_state_dict(weights(folder, meta), strict=True)
    x, reference = load_file(folder / "inputs.safetensors")["x"], load_file(folder / "outputs.safetensors")["y"]
    with torch.no_grad():
        # RLFN's authors feed 0..255; every network here takes and gives 0..1.
        y = network(x / 255) * 255 if case.startswith("rlfn") else network(x)
    assert y.shape == reference.shape
    assert float((y - reference).abs().max() / reference.std()) <= 1e-3


@pytest.mark.parametrize(
    ("network", "scale"),
    [
        (ResidualNetwork(4, width=4, blocks=3), 4),
        (ResidualNetwork(3, width=4, blocks=2), 3),
        (SRVGGNetCompact(num_feat=4, num_conv=3, upscale=2), 2),
        (EDSR(num_feat=4, num_block=3, upscale=4), 4),
        (RRDBNet(num_feat=4, num_grow_ch=2, num_block=1), 4),
        (RRDBNet(num_feat=4, num_grow_ch=2, num_block=1, scale=2), 2),
    ],
)
def test_an_output_pixel_depends_on_no_pixel_beyond_the_receptive_field(network: nn.Module, scale: int) -> None:
    side = 2 * (network.receptive_field + 4)
    x = torch.rand(1, 3, side, side, requires_grad=True)
    middle = side // 2
    network(x)[
        0, :, middle * scale : (middle + 1) * scale, middle * scale : (middle + 1) * scale
    ].abs().sum().backward()
    assert x.grad is not None
    touched = x.grad[0].abs().sum(0).nonzero()
    reach = max(int(middle - touched.min()), int(touched.max() - middle))
    # Reached nearly: a field declared much too large would make every tile slow.
    assert network.receptive_field - 4 * scale <= reach <= network.receptive_field


def test_an_untrained_residual_network_starts_at_repeated_pixels() -> None:
    network = ResidualNetwork(2, width=4, blocks=1)
    nn.init.zeros_(network.upsampler.weight)
    nn.init.zeros_(network.upsampler.bias)
    x = torch.rand(1, 3, 5, 7)
    assert torch.equal(network(x), x.repeat_interleave(2, 2).repeat_interleave(2, 3))
