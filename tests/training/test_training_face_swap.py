"""The feed-forward network's training runs and is finished."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from networks.files import load_network, read_card
from pipelines.face_swap.network import SwapNetwork
from training import face_swap
from training.pictures import DATA

needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not beside this checkout")


@needs_data
def test_the_training_runs_and_is_finished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # In her place, whom only trained networks find, another portrait.
    monkeypatch.setattr(face_swap, "admiral", lambda: next(face_swap.portraits("val", 1)))
    monkeypatch.setattr(face_swap, "SHOWN", 2)
    monkeypatch.setattr("sys.argv", ["face_swap", "--dry-run", "--state", str(tmp_path)])
    face_swap.main()
    trained, made = tmp_path / "face_swap_64" / "grace_hopper.safetensors", tmp_path / "made.safetensors"
    _, card = read_card(trained)
    assert set(card["scores"]) == {"content", "style", "light", "smoothness", "pixels"}
    assert card["scores"]["style"] > card["scores"]["light"]  # it gives nearly what it gets
    monkeypatch.setattr("sys.argv", ["face_swap", "--finish", str(trained), str(made)])
    face_swap.main()
    assert read_card(made)[1] == card
    x = torch.rand(1, 3, 32, 32)
    torch.testing.assert_close(
        load_network(SwapNetwork, made)(x), load_network(SwapNetwork, trained)(x), atol=0.01, rtol=0
    )
