"""SEAN's discriminator and losses are the reference's; its training recipes run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from PIL import Image as PillowImage

from networks.files import load_network, ready
from pipelines.region_style.light import LightSEAN
from training import region_style
from training.discriminators import (
    MultiscaleDiscriminator,
    feature_matching,
    hinge_for_discriminator,
    hinge_for_generator,
    judged,
)

DATA = Path(__file__).parents[3] / "shared" / "data"
CASE = Path(__file__).parents[3] / "shared" / "parity" / "gan" / "sean_discriminator"
needs_parity = pytest.mark.skipif(not CASE.is_dir(), reason="../shared/parity is not beside this checkout")


@needs_parity
def test_the_discriminators_layers_and_the_losses_are_the_references() -> None:
    meta: dict[str, Any] = json.loads((CASE / "meta.json").read_text())
    with np.load(CASE / "io.npz") as file, np.load(CASE / "state_dict.npz") as weights:
        case = {key: torch.from_numpy(file[key]) for key in file.files}
        state = {key: torch.from_numpy(weights[key]) for key in weights.files}
    network = ready(MultiscaleDiscriminator(22, width=8), state, "discriminator")
    onehot = F.one_hot(case["label"][:, 0].long(), 19).permute(0, 3, 1, 2).float()
    fake, real = judged(network, onehot, case["fake"], case["real"])
    for scale in range(2):
        for layer in range(4):
            theirs = case[f"out_{scale}_{layer}"]
            ours = torch.cat([fake[scale][layer], real[scale][layer]])
            assert float((ours - theirs).abs().max()) <= 1e-4
    fakes, reals = hinge_for_discriminator(fake, real)
    found = {
        "G_GAN": hinge_for_generator(fake),
        "GAN_Feat": 10 * feature_matching(fake, real),
        "D_Fake": fakes,
        "D_real": reals,
    }
    for name, loss in found.items():
        assert float(loss) == pytest.approx(meta["losses"][name], rel=1e-4), name


def trained(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
    monkeypatch.setattr("sys.argv", ["x", *arguments])
    region_style.main()


@pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not beside this checkout")
@pytest.mark.parametrize(("domain", "labels"), [("faces", 19), ("streets", 35)])
def test_the_recipes_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, domain: str, labels: int) -> None:
    trained(monkeypatch, "--dry-run", "--domain", domain, "--state", str(tmp_path))
    (file,) = tmp_path.glob("*/light.safetensors")
    network = load_network(LightSEAN, file)
    assert network.mean_codes.shape == (labels, 8)
    assert (file.parent / "sheet.png").exists()


@pytest.mark.skipif(not DATA.is_dir(), reason="the small VGG19 of ../shared/data measures")
def test_facades_as_the_cmp_database_has_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    draw = np.random.default_rng(0)
    for number in range(20):
        ids = draw.integers(1, 13, (6, 5), dtype=np.uint8).repeat(10, 0).repeat(10, 1)
        PillowImage.fromarray(ids).save(tmp_path / f"cmp_b{number:04}.png")
        PillowImage.fromarray((ids * 20)[..., None].repeat(3, 2)).save(tmp_path / f"cmp_b{number:04}.jpg")
    state = tmp_path / "state"
    trained(monkeypatch, "--dry-run", "--domain", "facades", "--data", str(tmp_path), "--state", str(state))
    assert load_network(LightSEAN, state / "region_style_facades" / "light.safetensors").mean_codes.shape == (13, 8)
