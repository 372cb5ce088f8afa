"""SEAN's discriminator and losses are the reference's; its training recipes run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from networks.files import ready
from training.discriminators import (
    MultiscaleDiscriminator,
    feature_matching,
    hinge_for_discriminator,
    hinge_for_generator,
    judged,
)

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
