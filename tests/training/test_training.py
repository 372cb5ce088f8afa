"""Trainings start, resume where they stopped, and leave a file that loads; optimizer and data do what they say."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image as PillowImage
from torch import nn

from imaging.types import Image
from networks.files import load_network, read_card, save_network
from pipelines.super_resolution.network import ResidualNetwork
from training import super_resolution, super_resolution_adversarial, super_resolution_mean
from training.cards import FOLDER, page
from training.muon import Muon, orthogonal
from training.pictures import DATA, crops, decode
from training.run import Recipe, rate, run

needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not beside this checkout")


@dataclass(frozen=True)
class TinyRecipe(Recipe):
    steps: int = 4
    batch: int = 1
    learning_rate: float = 0.1
    look_every: int = 2


class Doubling:
    """Learns to double a number."""

    def __init__(self) -> None:
        self.name, self.data = "doubling", "numbers"
        self.start: Path | None = None
        self.arguments = {"in_features": 1, "out_features": 1}
        torch.manual_seed(0)
        self.network = nn.Linear(1, 1)
        self.optimizers: list[torch.optim.Optimizer] = [torch.optim.Adam(self.network.parameters())]
        self.kept: dict[str, Any] = {"network": self.network, "adam": self.optimizers[0]}
        self.steps: list[int] = []

    def losses(self, step: int, done: float) -> dict[str, float]:
        self.steps.append(step)
        loss = (self.network(torch.ones(1, 1)) - 2).square().mean()
        self.optimizers[0].zero_grad()
        loss.backward()
        self.optimizers[0].step()
        return {"loss": loss.item()}

    def score(self, network: nn.Module) -> dict[str, float]:
        return {"Set5": network(torch.ones(1, 1)).item()}

    def sheet(self, network: nn.Module) -> Image:
        return np.zeros((2, 2, 3), np.uint8)


def test_a_training_resumes_exactly_where_it_stopped(tmp_path: Path) -> None:
    whole = Doubling()
    run(whole, TinyRecipe(steps=4), tmp_path / "whole")
    broken = Doubling()
    broken.losses, losses = (lambda step, done: exit_at(step, 3) or losses(step, done)), broken.losses  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        run(broken, TinyRecipe(steps=4), tmp_path / "parts")
    resumed = Doubling()
    run(resumed, TinyRecipe(steps=4), tmp_path / "parts")
    assert resumed.steps == [2, 3]
    assert torch.equal(whole.network.weight, resumed.network.weight)
    files = [load_network(nn.Linear, tmp_path / part / "doubling.safetensors") for part in ("whole", "parts")]
    assert torch.equal(files[0].weight, files[1].weight)
    assert {path.name for path in (tmp_path / "parts").iterdir()} >= {"sheet.png", "losses.png", "state.pt"}


def exit_at(step: int, last: int) -> None:
    if step == last:
        raise KeyboardInterrupt


def test_the_file_says_how_it_was_made(tmp_path: Path) -> None:
    run(Doubling(), TinyRecipe(), tmp_path)
    arguments, card = read_card(tmp_path / "doubling.safetensors")
    assert arguments == {"in_features": 1, "out_features": 1}
    assert card["data"] == "numbers"
    assert [stage["recipe"]["steps"] for stage in card["stages"]] == [4]
    again = Doubling()
    again.start = tmp_path / "doubling.safetensors"
    run(again, TinyRecipe(steps=2), tmp_path / "again")
    _, card = read_card(tmp_path / "again" / "doubling.safetensors")
    assert [stage["recipe"]["steps"] for stage in card["stages"]] == [4, 2]
    assert all(set(stage) == {"command", "recipe", "done", "commit", "minutes"} for stage in card["stages"])


def test_the_learning_rate_warms_up_and_falls() -> None:
    recipe = Recipe(steps=100, batch=1, learning_rate=1.0, warm_up=10)
    rates = [rate(recipe, step) for step in range(100)]
    assert rates[0] == pytest.approx(0.1)
    assert max(rates) == max(rates[8:12])
    assert rates[-1] == pytest.approx(0.01)
    assert all(isinstance(value, float) and type(value) is float for value in rates)


@needs_data
@pytest.mark.parametrize("scale", [2, 3, 4])
def test_the_residual_training_runs(scale: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(super_resolution, "decode", few_pictures)
    arguments = ["--dry-run", "--scale", str(scale), "--state", str(tmp_path)]
    monkeypatch.setattr("sys.argv", ["training.super_resolution", *arguments])
    super_resolution.main()
    network = load_network(ResidualNetwork, tmp_path / f"super_resolution_x{scale}" / f"residual_x{scale}.safetensors")
    assert network.scale == scale


@needs_data
def test_the_adversarial_training_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(super_resolution_adversarial, "decode", few_pictures)
    monkeypatch.setattr(super_resolution, "decode", few_pictures)
    start = FOLDER / "super_resolution" / "residual_x4.safetensors"
    monkeypatch.setattr("sys.argv", ["x", "--dry-run", "--start", str(start), "--state", str(tmp_path)])
    super_resolution_adversarial.main()
    made = tmp_path / "super_resolution_adversarial_x4" / "adversarial_x4.safetensors"
    before, after = load_network(ResidualNetwork, start), load_network(ResidualNetwork, made)
    assert not torch.equal(before.head.weight, after.head.weight)


def few_pictures(folder: Path, smallest: int, most: int | None = None) -> list[Image]:
    return decode(folder, smallest, 2)


def test_muon_makes_updates_orthogonal() -> None:
    matrix = torch.randn(8, 36, generator=torch.Generator().manual_seed(0))
    singular = torch.linalg.svdvals(orthogonal(matrix))
    assert 0.6 < float(singular.min()) <= float(singular.max()) < 1.3
    assert torch.allclose(orthogonal(matrix.T), orthogonal(matrix).T, atol=1e-5)


def test_muon_finds_the_minimum_of_a_convolution() -> None:
    torch.manual_seed(0)
    target, network = nn.Conv2d(3, 4, 3, bias=False), nn.Conv2d(3, 4, 3, bias=False)
    optimizer = Muon(network.parameters(), lr=0.02)
    x = torch.randn(8, 3, 8, 8)
    first = last = 0.0
    for step in range(90):
        loss = (network(x) - target(x)).square().mean()
        first, last = (loss.item() if step == 0 else first), loss.item()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert last < 0.05 * first


def test_crops_are_parts_of_the_pictures_turned_and_mirrored() -> None:
    picture = np.arange(8 * 9 * 3, dtype=np.uint8).reshape(8, 9, 3)
    batch = crops([picture], 40, 4, random.Random(0))
    assert batch.shape == (40, 3, 4, 4)
    squares = np.rint(batch.permute(0, 2, 3, 1).numpy() * 255).astype(np.uint8)
    places = {picture[y : y + 4, x : x + 4].tobytes() for y in range(5) for x in range(6)}
    upright = [square.tobytes() in places for square in squares]
    assert any(upright)
    assert not all(upright)
    for square in squares:
        turned = [np.rot90(part, turn).tobytes() for part in (square, square[:, ::-1]) for turn in range(4)]
        assert places & set(turned)


def test_decode_leaves_out_small_pictures_and_says_when_none_is_left(tmp_path: Path) -> None:
    for name, side in (("small.png", 8), ("large.png", 20)):
        PillowImage.new("RGB", (side, 30)).save(tmp_path / name)
    assert [picture.shape for picture in decode(tmp_path, 10)] == [(30, 20, 3)]
    with pytest.raises(FileNotFoundError, match="at least 50"):
        decode(tmp_path, 50)


def test_the_page_of_cards_is_what_the_files_say() -> None:
    assert (FOLDER / "README.md").read_text(encoding="utf-8") == page()


def test_a_grown_network_computes_what_it_did() -> None:
    torch.manual_seed(0)
    small, x = ResidualNetwork(2, width=8, blocks=2).eval(), torch.rand(1, 3, 9, 11)
    large = ResidualNetwork(2, width=8, blocks=4).eval()
    trained = ResidualNetwork(2, width=8, blocks=4)
    for state in (super_resolution.grown(small, 4), super_resolution.lifted(small, trained)):
        large.load_state_dict(state)
        assert torch.allclose(large(x), small(x), atol=1e-6)
    assert torch.equal(large.blocks[3].conv1.weight, trained.blocks[3].conv1.weight)


@needs_data
def test_the_mean_of_two_networks_lies_between_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(super_resolution, "decode", few_pictures)
    networks = [ResidualNetwork(2, width=8, blocks=2) for _ in range(2)]
    paths = [tmp_path / f"{name}.safetensors" for name in ("first", "second", "mean")]
    for network, path in zip(networks, paths[:2], strict=True):
        save_network(network, path, {"scale": 2, "width": 8, "blocks": 2}, {"data": "none", "stages": []})
    monkeypatch.setattr("sys.argv", ["x", *map(str, paths)])
    super_resolution_mean.main()
    weights = [load_network(ResidualNetwork, path).tail.weight for path in paths]
    assert torch.allclose(weights[2], (weights[0] + weights[1]) / 2)
    assert len(read_card(paths[2])[1]["stages"]) == 1
