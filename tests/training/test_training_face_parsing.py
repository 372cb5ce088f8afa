"""The parser's training runs and is finished; portraits are moved with their labels."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
import torch

from imaging.faces import NAMES
from imaging.types import Image
from networks.files import load_network, read_card
from networks.parser import Parser
from training import face_parsing
from training.face_parsing_portraits import Portraits, looked_at, occluded, places, spoilt
from training.labelled import IGNORED, dice_error
from training.parsers import TAKEN_BACK, weights_of
from training.pictures import DATA, decode

needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not beside this checkout")


class FewPortraits(Portraits):
    def __init__(self, split: str) -> None:
        super().__init__(split, 4)


def few_pictures(folder: Path, smallest: int, most: int | None = None) -> list[Image]:
    return decode(folder, smallest, 2)


@needs_data
def test_the_training_runs_and_is_finished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(face_parsing, "Portraits", FewPortraits)
    monkeypatch.setattr(face_parsing, "decode", few_pictures)
    monkeypatch.setattr("sys.argv", ["face_parsing", "--dry-run", "--state", str(tmp_path)])
    face_parsing.main()
    trained, made = tmp_path / "face_parsing" / "parser.safetensors", tmp_path / "made.safetensors"
    _, card = read_card(trained)
    assert {"mIoU-19", "mIoU-11", "accuracy", "moved mIoU-19"} <= set(card["scores"])
    monkeypatch.setattr("sys.argv", ["face_parsing", "--finish", str(trained), str(made)])
    face_parsing.main()
    assert read_card(made)[1] == card
    assert made.stat().st_size < trained.stat().st_size
    x = torch.rand(1, 3, 64, 64)
    # Half precision, and rare labels less likely by the same everywhere.
    weights = weights_of(FewPortraits("train").shares(), face_parsing.FaceParsingRecipe().balance)
    less = (TAKEN_BACK * weights.log()).view(1, -1, 1, 1)
    torch.testing.assert_close(
        load_network(Parser, made)(x), load_network(Parser, trained)(x) - less, atol=0.02, rtol=0.02
    )
    assert less.std() > 0.1


@needs_data
def test_portraits_that_show_something_rare_are_known() -> None:
    portraits = Portraits("val", 60)
    assert 5 < len(portraits.rare) < 45
    shares = portraits.shares()
    assert float(shares.sum()) == pytest.approx(1)
    assert shares[NAMES.index("hair")] > 0.2 > 0.001 > shares[NAMES.index("necklace")]


def test_labels_move_with_the_picture() -> None:
    draw = random.Random(0)
    ids = torch.zeros(3, 64, 64, dtype=torch.long)
    ids[:, 20:44, 24:50] = 1
    images = ids[:, None].float().expand(-1, 3, -1, -1)
    seen, moved = looked_at(images, ids, places(3, draw, turn=15, zoom=1.3, shift=0.1), 48)
    assert seen.shape == (3, 3, 48, 48)
    assert ((seen[:, 0] > 0.5) == (moved == 1)).float().mean() > 0.97
    assert not torch.equal(moved[0], moved[1])


def test_what_stands_before_a_face_is_background() -> None:
    other = [np.full((64, 64, 3), 255, np.uint8)]
    images, ids = torch.zeros(40, 3, 64, 64), torch.ones(40, 64, 64, dtype=torch.long)
    occluded(images, ids, other, random.Random(1))
    hidden = images[:, 0] == 1
    assert hidden.any()
    assert not hidden.flatten(1).any(1).all()  # some of them only
    assert torch.equal(hidden, ids == 0)


def test_spoilt_pictures_stay_pictures() -> None:
    torch.manual_seed(0)
    images = torch.rand(24, 3, 48, 48)
    made = spoilt(images, random.Random(0))
    assert made.shape == images.shape
    assert 0 <= float(made.min()) <= float(made.max()) <= 1
    changed = (made - images).abs().mean((1, 2, 3)) > 0.01
    assert changed.float().mean() > 0.5


def test_dice_is_none_where_all_is_right_and_one_where_nothing_is() -> None:
    ids = torch.tensor([[[0, 1], [1, 1]]])
    right = torch.nn.functional.one_hot(ids, 3).movedim(-1, 1).float()
    assert float(dice_error(right, ids)) == 0
    assert float(dice_error(right[:, [1, 0, 2]], ids)) == 1
    assert float(dice_error(torch.full((1, 3, 2, 2), 0.5), ids)) == pytest.approx(1 - (1 / 3 + 3 / 5) / 2)


def test_dice_does_not_see_what_is_ignored() -> None:
    ids = torch.tensor([[[0, 1], [IGNORED, 1]]])
    right = torch.nn.functional.one_hot(torch.tensor([[[0, 1], [2, 1]]]), 3).movedim(-1, 1).float()
    assert float(dice_error(right, ids)) == 0
