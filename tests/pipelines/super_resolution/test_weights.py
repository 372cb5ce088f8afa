"""Public files find their way into the networks, whatever their authors called the parts."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from checkpoints import Embedded, OnHub, UnusableFile
from imaging.types import Image
from pipelines.super_resolution import Options, SuperResolution, weights
from pipelines.super_resolution.network import EDSR, RRDBNet
from pipelines.super_resolution.weights import FILES, edsr_state_from_super_image


def super_image_names(network: EDSR, blocks: int) -> dict[str, torch.Tensor]:
    """The weights of `network` as `eugenesiow/edsr-base` names them."""
    theirs = {"sub_mean.weight": torch.zeros(3, 3, 1, 1), "add_mean.bias": torch.zeros(3)}
    for name, tensor in network.state_dict().items():
        parts = name.split(".")
        if parts[0] == "conv_first":
            theirs[f"head.0.{parts[1]}"] = tensor
        elif parts[0] == "conv_after_body":
            theirs[f"body.{blocks}.{parts[1]}"] = tensor
        elif parts[0] == "body":
            theirs[f"body.{parts[1]}.body.{2 * (int(parts[2][-1]) - 1)}.{parts[3]}"] = tensor
        elif parts[0] == "upsample":
            theirs[f"tail.0.{parts[1]}.{parts[2]}"] = tensor
        else:
            theirs[f"tail.1.{parts[1]}"] = tensor
    return theirs


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_super_image_weights_of_edsr_get_basicsr_names(scale: int) -> None:
    network = EDSR(num_feat=4, num_block=12, upscale=scale, img_range=1.0, rgb_mean=(0, 0, 0))
    state = network.state_dict()
    renamed = edsr_state_from_super_image(super_image_names(network, 12))
    assert set(renamed) == set(state)
    assert all(torch.equal(renamed[name], state[name]) for name in state)


@pytest.mark.parametrize("container", ["bare", "params_ema"])
def test_a_public_file_on_the_hub_becomes_a_pipeline(
    container: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch.manual_seed(0)
    small = {"num_feat": 4, "num_grow_ch": 2, "num_block": 1}
    monkeypatch.setattr(weights, "RRDBNet", lambda scale: RRDBNet(scale=scale, **small))
    files = {}
    for file in FILES["real-esrgan"].values():
        state = RRDBNet(scale=2 if "x2" in file.name else 4, **small).state_dict()
        torch.save(state if container == "bare" else {container: state, "params": {}}, tmp_path / file.name)
        files[file.name] = tmp_path / file.name
    monkeypatch.setattr(OnHub, "path", lambda self: files[self.name])
    pipeline = SuperResolution.load("real-esrgan")
    picture: Image = torch.arange(300, dtype=torch.uint8).reshape(10, 10, 3).numpy()
    for scale in (2, 3, 4):
        assert pipeline(picture, options=Options(scale=scale)).image.shape == (10 * scale, 10 * scale, 3)  # type: ignore[arg-type]


def test_another_network_in_the_place_of_ours_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "other.safetensors"
    from networks.files import save_network

    save_network(EDSR(num_feat=4, num_block=1), path, {"scale": 4})
    monkeypatch.setattr(Embedded, "path", lambda self: path)
    with pytest.raises(UnusableFile, match="another network"):
        SuperResolution.load("residual")
