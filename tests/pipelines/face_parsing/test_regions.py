"""Labels lie in the photo where they lie in the crop, smooth at any size."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from imaging.alignment import Frame
from imaging.faces import MIRRORED, NAMES
from imaging.types import Image
from pipelines.face_parsing import regions as module
from pipelines.face_parsing.regions import in_photo, logits

SIDE = 32


def halves() -> Tensor:
    """Logits: hair on the left, skin on the right."""
    found = torch.zeros(1, len(NAMES), SIDE, SIDE)
    found[:, NAMES.index("hair"), :, : SIDE // 2] = 5
    found[:, NAMES.index("skin"), :, SIDE // 2 :] = 5
    return found


@pytest.mark.parametrize("scale", [0.5, 1, 4])
def test_an_upright_frame_is_a_slice_of_the_photo(scale: float) -> None:
    half = SIDE / 2 * scale
    ids = in_photo(halves(), Frame.around((100, 80), (half, 0), SIDE), 160, 200)
    expected = np.zeros((160, 200), np.uint8)
    top, bottom, left, right = int(80 - half), int(80 + half), int(100 - half), int(100 + half)
    expected[top:bottom, left:100] = NAMES.index("hair")
    expected[top:bottom, 100:right] = NAMES.index("skin")
    np.testing.assert_array_equal(ids, expected)


def test_a_tilted_outline_is_straight_at_the_photos_resolution() -> None:
    angle = np.deg2rad(20)
    right = (120 * np.cos(angle), 120 * np.sin(angle))
    ids = in_photo(halves(), Frame.around((200, 200), right, SIDE), 400, 400)
    rows, columns = np.indices(ids.shape) + 0.5
    along = (columns - 200) * np.cos(angle) + (rows - 200) * np.sin(angle)
    seen = ids > 0
    skin = ids == NAMES.index("skin")
    assert not (seen & (np.abs(along) > 0.6) & (skin != (along > 0))).any()  # no steps of 7.5 pixels
    assert seen.sum() == pytest.approx(240**2, rel=0.01)


def test_bands_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    found = torch.randn(1, len(NAMES), SIDE, SIDE, generator=torch.Generator().manual_seed(0))
    frame = Frame.around((70, 50), (40, 13), SIDE)
    whole = in_photo(found, frame, 110, 130)
    monkeypatch.setattr(module, "_BAND", 300)
    np.testing.assert_array_equal(in_photo(found, frame, 110, 130), whole)


def test_a_frame_beyond_the_rim_is_cut_off() -> None:
    ids = in_photo(halves(), Frame.around((0, 0), (16, 0), SIDE), 40, 40)
    assert (ids[:16, :16] == NAMES.index("skin")).all()
    assert not ids[16:].any()
    assert not in_photo(halves(), Frame.around((-99, -99), (16, 0), SIDE), 40, 40).any()


class Side(nn.Module):
    """Sees the left eye where the picture is bright."""

    def forward(self, x: Tensor) -> Tensor:
        found = torch.zeros(len(x), len(NAMES), *x.shape[2:])
        found[:, NAMES.index("left eye")] = x.mean(1)
        return found


def test_the_mirror_image_says_the_same_with_left_and_right_exchanged() -> None:
    crop: Image = np.zeros((SIDE, SIDE, 3), np.uint8)
    crop[:, :10] = 255
    found = logits(Side(), crop, "cpu")[0]
    left, right = found[NAMES.index("left eye")], found[NAMES.index("right eye")]
    assert left[:, :10].eq(0.5).all()
    assert right[:, :10].eq(0.5).all()  # the mirror image's left eye
    assert not left[:, 10:].any()
    assert not right[:, 10:].any()


def test_mirrored_labels_exchange_the_sides_only() -> None:
    moved = {NAMES[label]: NAMES[other] for label, other in enumerate(MIRRORED) if label != other}
    assert moved == {
        f"{one} {part}": f"{other} {part}"
        for part in ("eye", "brow", "ear")
        for one, other in (("left", "right"), ("right", "left"))
    }
