"""What ships of each painting is found by its name, and Gram matrices survive being packed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image as PillowImage

from checkpoints import Embedded
from imaging.types import Image, InputError
from networks.files import read_card, save_state
from networks.perceptual import ENCODERS
from pipelines.style_transfer import gallery
from pipelines.style_transfer.styles import PAINTINGS


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Stands for `checkpoints/`; nothing is remembered from it or before it."""
    (tmp_path / "style_transfer" / "textures").mkdir(parents=True)
    monkeypatch.setattr(Embedded, "path", lambda self: tmp_path / self.name)
    for remembered in (gallery.texture, gallery.grams):
        remembered.cache_clear()
    yield tmp_path
    for remembered in (gallery.texture, gallery.grams):
        remembered.cache_clear()


@pytest.mark.parametrize("channels", [1, 5, gallery.RANK])
def test_packed_matrices_come_back_in_half_precision(channels: int) -> None:
    activation = torch.rand(1, channels, 50, generator=torch.Generator().manual_seed(0))
    matrix = activation @ activation.transpose(1, 2)
    factor = gallery.packed(matrix)
    assert factor.shape == (channels, channels)
    assert factor.dtype == torch.float16
    assert torch.allclose(factor.float() @ factor.float().T, matrix[0], rtol=3e-3)


def test_of_a_large_matrix_the_nearest_of_that_rank_is_kept() -> None:
    draw = torch.Generator().manual_seed(0)
    large = torch.randn(1, 200, gallery.RANK, generator=draw)
    little = 0.01 * torch.randn(1, 200, 200, generator=draw)
    matrix = large @ large.transpose(1, 2) + little @ little.transpose(1, 2)
    factor = gallery.packed(matrix).float()
    assert factor.shape == (200, gallery.RANK)
    assert float((factor @ factor.T - matrix[0]).norm() / matrix.norm()) < 0.003


def test_grams_of_a_painting_are_read_by_its_name_and_size(folder: Path) -> None:
    draw = torch.Generator().manual_seed(0)
    matrices = {}
    for name in ("scream", "starry_night"):
        for side in gallery.GRAM_SIDES:
            activation = torch.rand(1, 4, 9, generator=draw)
            matrices[name, side] = activation @ activation.transpose(1, 2)
    state = {f"{name}.{side}.relu1_1": gallery.packed(matrix) for (name, side), matrix in matrices.items()}
    save_state(state, folder / gallery.GRAMS.name, {"encoder": "none"})
    for (name, side), matrix in matrices.items():
        found = gallery.grams(name)
        assert set(found) == set(gallery.GRAM_SIDES)
        assert set(found[side]) == {"relu1_1"}
        assert found[side]["relu1_1"].dtype == torch.float32
        assert torch.allclose(found[side]["relu1_1"], matrix, rtol=3e-3)


def test_a_texture_is_a_picture_that_nobody_can_change(folder: Path, draw: Callable[..., Image]) -> None:
    PillowImage.fromarray(draw(64, 64)).save(folder / "style_transfer" / "textures" / "udnie.webp", lossless=True)
    found = gallery.texture("udnie")
    assert np.array_equal(found, draw(64, 64))
    with pytest.raises(ValueError, match="read-only"):
        found[0, 0] = 0


def test_the_matrices_that_ship_are_those_of_the_encoder_that_ships() -> None:
    arguments, _ = read_card(gallery.GRAMS.path())
    assert arguments["encoder"] == hashlib.sha256(ENCODERS["embedded"].path().read_bytes()).hexdigest()


@pytest.mark.parametrize("look_up", [gallery.texture_file, gallery.texture])
def test_an_unknown_painting_is_a_sentence_with_the_names(look_up: Callable[[str], object]) -> None:
    with pytest.raises(InputError, match=r"no painting called mona_lisa.*great_wave.*contrast_of_forms"):
        look_up("mona_lisa")


def test_the_gallery_holds_a_dozen_paintings_each_its_own_file() -> None:
    assert len(PAINTINGS) == len({painting.file for painting in PAINTINGS.values()}) == 12
    paintings = Path(__file__).parents[4] / "shared" / "data" / "styles"
    if not paintings.is_dir():
        pytest.skip("../shared/data is not beside this checkout")
    assert all((paintings / painting.file).is_file() for painting in PAINTINGS.values())
