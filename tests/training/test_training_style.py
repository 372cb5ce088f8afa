"""The trainings behind style transfer leave files that load; teachers paint."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image as PillowImage
from torch import Tensor, nn

from benchmarks.style_transfer_microast import MicroAST
from imaging.types import Image
from networks.files import load_network, read_card, read_state_dict, ready
from networks.perceptual import VGG, gram, relative_error
from networks.tensors import to_tensor
from pipelines.style_transfer import gatys
from pipelines.style_transfer.any_painting import AnyPainting
from pipelines.style_transfer.network import TransformerNet
from pipelines.style_transfer.optimised import resized
from pipelines.style_transfer.styles import PAINTINGS
from training import perceptual, style_transfer, style_transfer_any, style_transfer_textures
from training.pictures import DATA, decode
from training.teachers import JohnsonTeacher

needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not beside this checkout")


def few_pictures(folder: Path, smallest: int, most: int | None = None) -> list[Image]:
    return decode(folder, smallest, 2)


def small_picture(path: Path) -> Image:
    return np.asarray(PillowImage.open(path).convert("RGB").resize((96, 64)))


def run(script: Any, folder: Path, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
    monkeypatch.setattr("sys.argv", [script.__name__, *arguments, "--state", str(folder)])
    script.main()


@needs_data
def test_the_encoders_training_runs_and_is_finished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bursts: list[float] = []
    optimised = perceptual.optimised

    def short(network: nn.Module, start: Tensor, style: Tensor, steps: int, content_weight: float = 0.05) -> Tensor:
        bursts.append(content_weight)
        return optimised(network, start, style, 1, content_weight)

    monkeypatch.setattr(perceptual, "decode", few_pictures)
    monkeypatch.setattr(perceptual, "optimised", short)
    monkeypatch.setattr(perceptual, "middle", small_picture)
    run(perceptual, tmp_path, monkeypatch, "--dry-run")
    assert 0.02 in bursts  # the optimiser was let loose on the student
    trained, made = tmp_path / "perceptual" / "encoder.safetensors", tmp_path / "finished.safetensors"
    before = load_network(VGG, trained)
    arguments, card = read_card(trained)
    assert set(card["scores"]) == {*perceptual.WIDE, "ratio"}
    run(perceptual, tmp_path, monkeypatch, "--finish", str(trained), str(made))
    assert read_card(made) == (arguments, card)
    assert made.stat().st_size < 0.7 * trained.stat().st_size
    after, x = load_network(VGG, made), to_tensor(small_picture(DATA / "contents" / "tubingen.jpg"))
    for tap, activation in before(x, perceptual.WIDE).items():
        assert relative_error(after(x, (tap,))[tap], activation) < 1e-4  # half precision


@needs_data
def test_the_gallerys_training_runs_and_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(style_transfer, "decode", few_pictures)
    monkeypatch.setattr(style_transfer, "fitted", small_picture)
    monkeypatch.setattr(style_transfer, "STYLE_SIDE", 64)
    taught: list[int] = []
    teach = JohnsonTeacher.forward
    monkeypatch.setattr(JohnsonTeacher, "forward", lambda self, x: taught.append(len(x)) or teach(self, x))
    run(style_transfer, tmp_path, monkeypatch, "--dry-run")
    made = tmp_path / "style_transfer" / "gallery.safetensors"
    first = load_network(TransformerNet, made)
    assert first.styles == len(PAINTINGS)
    assert taught == [1, 1]  # of the first four paintings two have a teacher
    assert set(read_card(made)[1]["scores"]) == {"mean style", "mean content"}
    sheet = np.asarray(PillowImage.open(made.with_name("sheet.png")))
    assert sheet.shape == (3 * 2 * 64, 4 * 96, 3)
    run(style_transfer, tmp_path / "on", monkeypatch, "--dry-run", "--start", str(made))
    after = tmp_path / "on" / "style_transfer" / "gallery.safetensors"
    assert len(read_card(after)[1]["stages"]) == 2
    moved = (load_network(TransformerNet, after).conv1.conv2d.weight - first.conv1.conv2d.weight).abs().max()
    assert 0 < moved < 0.1


@needs_data
def test_the_training_for_any_painting_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(style_transfer_any, "decode", few_pictures)
    monkeypatch.setattr(style_transfer_any, "fitted", small_picture)
    run(style_transfer_any, tmp_path, monkeypatch, "--dry-run")
    made = tmp_path / "style_transfer_any" / "any_painting.safetensors"
    network, x = load_network(AnyPainting, made), torch.rand(1, 3, 32, 32)
    told = torch.zeros(1, read_card(made)[0]["seen"])
    assert network(x, network.manner(told)).shape == x.shape
    assert set(read_card(made)[1]["scores"]) == {"unknown style", "unknown content"}
    assert np.asarray(PillowImage.open(made.with_name("sheet.png"))).shape == (6 * 64, 2 * 96, 3)


@pytest.fixture
def eyes() -> VGG:
    torch.manual_seed(0)
    network = VGG(widths=(4, 4, 6, 6, 6), pooling="average", padding="reflect")
    for layer in network.features:
        if isinstance(layer, nn.Conv2d) and layer.bias is not None:
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            nn.init.constant_(layer.bias, 0.2)
    return network.eval().requires_grad_(False)


@needs_data
def test_textures_and_gram_matrices_of_the_gallery_are_made(
    eyes: VGG, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights = tmp_path / "encoder.safetensors"
    weights.write_bytes(b"weights")
    names = ("scream", "udnie")
    for name, value in {
        "encoder": lambda variant: eyes,
        "ENCODERS": {"embedded": SimpleNamespace(path=lambda: weights)},
        "STAGES": {32: 2, 48: 2},
        "SIDE": 48,
        "GRAM_SIDES": (32, 48),
        "PAINTINGS": {name: PAINTINGS[name] for name in names},
    }.items():
        monkeypatch.setattr(style_transfer_textures, name, value)
    monkeypatch.setattr("sys.argv", ["x", "--folder", str(tmp_path)])
    style_transfer_textures.main()
    folder = tmp_path / "style_transfer"
    arguments, card = read_card(folder / "grams.safetensors")
    assert arguments == {"encoder": hashlib.sha256(b"weights").hexdigest()}
    assert "public-domain" in card["data"]
    state = read_state_dict(folder / "grams.safetensors")
    assert {name.split(".")[0] for name in state} == set(names)
    for name in names:
        with PillowImage.open(folder / "textures" / f"{name}.webp") as texture:
            assert texture.size == (48, 48)
        for side in (32, 48):
            style = resized(style_transfer_textures.painting(name), side)
            for tap, matrix in gatys.grams(eyes, style).items():
                factor = state[f"{name}.{side}.{tap}"].float()
                assert torch.allclose((factor @ factor.T)[None], matrix, rtol=3e-3, atol=1e-4)


def test_a_texture_has_the_gram_matrices_of_the_style_and_is_the_same_for_a_seed(
    eyes: VGG,
) -> None:
    style = torch.rand(1, 3, 48, 48, generator=torch.Generator().manual_seed(1)) ** 4
    first, again, other = (style_transfer_textures.texture(eyes, style, {32: 10, 48: 10}, seed) for seed in (0, 0, 1))
    assert first.shape == (1, 3, 48, 48)
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    noise = torch.rand(1, 3, 48, 48, generator=torch.Generator().manual_seed(2))
    wanted, found, untouched = (gatys.grams(eyes, picture) for picture in (style, first, noise))
    errors = [sum(relative_error(have[tap], wanted[tap]) for tap in wanted) for have in (found, untouched)]
    assert errors[0] < 0.2 * errors[1]


@pytest.fixture(scope="module")
def photo() -> Tensor:
    picture = PillowImage.open(DATA / "contents" / "tubingen.jpg").convert("RGB").resize((160, 112))
    return to_tensor(np.asarray(picture))


def likeness(made: Tensor, photo: Tensor) -> float:
    """Correlation of lightness, a little blurred."""
    flat = [nn.functional.avg_pool2d(x.mean(1, keepdim=True), 4).flatten() for x in (made, photo)]
    return float(torch.corrcoef(torch.stack(flat))[0, 1])


@needs_data
@pytest.mark.parametrize("name", sorted(style_transfer.TAUGHT.values()))
def test_a_johnson_teacher_paints_the_photo(name: str, photo: Tensor) -> None:
    with torch.no_grad():
        made = JohnsonTeacher(name)(photo)
    assert made.shape == photo.shape
    assert 0 <= float(made.min()) < float(made.max()) <= 1
    assert likeness(made, photo) > 0.5
    assert (made - photo).abs().mean() > 0.05


@needs_data
def test_microast_paints_the_photo_in_the_colours_of_the_painting(photo: Tensor) -> None:
    file = DATA / "teachers" / "microast.safetensors"
    network = ready(MicroAST(), read_state_dict(file), file.name)
    style = to_tensor(small_picture(DATA / "styles" / "hokusai_wave.jpg"))
    with torch.no_grad():
        made, own = (network(photo, network.manner(picture)).clamp(0, 1) for picture in (style, photo))
    assert made.shape == photo.shape
    assert likeness(made, photo) > 0.5
    assert likeness(own, photo) > 0.9
    distance: Callable[[Tensor], float] = lambda x: float((x.mean((2, 3)) - style.mean((2, 3))).norm())  # noqa: E731
    assert distance(made) < 0.5 * distance(photo)
    assert relative_error(gram(made), gram(style)) < relative_error(gram(photo), gram(style))
