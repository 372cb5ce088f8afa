"""What a tab hands another, without a browser: sizes, holes, and that nothing else can be read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from gradio.utils import get_upload_folder
from PIL import Image as PillowImage

from imaging.files import Picture, png, read
from imaging.types import InputError
from tabs import gives_takes, object_insertion
from tabs.doors import Door
from tabs.gifts import Gift, hole_of_layer, hole_of_regions, layer_alone
from tabs.handlers import hand_out


def layer(matte: np.ndarray, colour: int = 200) -> np.ndarray:
    """As the mixer is sent it: colours above, matte below."""
    grey = np.rint(matte * 255).astype(np.uint8)
    return np.repeat(np.vstack([np.full_like(grey, colour), grey])[..., None], 3, 2)


def photo(height: int = 40, width: int = 60) -> Picture:
    return Picture(np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8))


def test_a_layer_s_hole_has_its_soft_edge_and_no_speckles() -> None:
    matte = np.zeros((20, 30))
    matte[5:15, 5:15] = 1
    matte[5:15, 15:17] = 0.3  # its edge
    matte[2, 25] = 0.3  # a speckle that touches nothing certain
    gift = hole_of_layer(photo(20, 30), layer(matte))
    wanted = np.zeros((20, 30), bool)
    wanted[5:15, 5:17] = True
    assert gift.hole is not None
    assert np.array_equal(gift.hole, wanted)


def test_a_layer_of_fewer_pixels_is_stretched_over_the_photo() -> None:
    matte = np.zeros((20, 30))
    matte[:, 15:] = 1
    gift = hole_of_layer(photo(), layer(matte))
    assert gift.hole is not None
    assert gift.hole.shape == (40, 60)
    assert abs(gift.hole.mean() - 0.5) < 0.05
    cut = layer_alone(photo(), layer(matte)).picture
    assert cut.alpha is not None
    assert (cut.alpha[:, :25].max(), cut.alpha[:, 35:].min()) == (0, 1)
    assert set(cut.pixels.ravel()) == {200}


def test_picked_labels_become_a_hole() -> None:
    ids = np.repeat(np.array([[1, 1, 7, 13, 7, 1]], np.uint8), 4, 0)
    gift = hole_of_regions(photo(), ids, [7, 13])
    assert gift.hole is not None
    assert np.array_equal(gift.hole[0], np.repeat([0, 0, 1, 1, 1, 0], 10).astype(bool))
    with pytest.raises(InputError, match="nothing of it"):
        hole_of_regions(photo(), ids, [2])


def test_what_is_too_large_is_shrunk_with_its_hole() -> None:
    hole = np.zeros((40, 60), bool)
    hole[10, 20] = True
    gift = Gift(photo(), hole)
    assert gift.at_most(2400) is gift
    small = gift.at_most(600)
    assert small.picture.pixels.shape == (20, 30, 3)
    assert small.hole is not None
    assert small.hole[5, 10]
    assert small.hole.sum() < 10


def test_each_tab_takes_what_it_says(open_doors: dict[str, Door]) -> None:
    hole = np.zeros((40, 60), bool)
    hole[5:9] = True
    for door in open_doors.values():
        for take in gives_takes.takes(door):
            changes = gives_takes.filled(door, take, Gift(photo(), hole))
            assert set(changes) <= set(door.inputs.values())
            value = changes[door.inputs[take.into]]
            assert np.array_equal(read(Path(_first_path(value)), 1).pixels, photo().pixels)
            if take.mask:
                mask = read(Path(_first_path(changes[door.inputs[take.mask]])), 1).pixels
                assert np.array_equal(mask[..., 0] == 255, hole)
    assert {take.mask for door in open_doors.values() for take in gives_takes.takes(door)} == {"", "mask"}


def _first_path(value: object) -> str:
    if isinstance(value, list):
        return _first_path(value[0])
    assert isinstance(value, dict)
    return value["path"] if "path" in value else _first_path(value.get("background") or value.get("image"))


def test_what_a_tab_gives_can_be_had_from_its_parts(open_doors: dict[str, Door]) -> None:
    for door in open_doors.values():
        for give in gives_takes.gives(door):
            parts = give.parts(door)
            with pytest.raises(InputError, match=r"nothing to send yet|first"):
                give.make(*([None] * len(parts)), {})


def test_a_parsed_object_has_the_same_door() -> None:
    file = hand_out(png(photo()), "street.png")
    labels = hand_out(png(Picture(np.repeat(np.array([[[1], [14]]], np.uint8), 3, 2))), "labels.png")
    give = gives_takes.GIVES[object_insertion.NAME][1]
    assert give.hole
    gift = give.make({"path": file}, {"labels": {"path": labels}, "picked": [14]}, {})
    assert gift.hole is not None
    assert np.array_equal(gift.hole[0], np.repeat([False, True], 30))


@pytest.mark.parametrize("name", ["/etc/hostname", "../../app.py", "hole"])
def test_no_file_of_elsewhere_is_sent(name: str, tmp_path: Path) -> None:
    PillowImage.new("RGB", (4, 4)).save(tmp_path / "hole.png")
    path = str(tmp_path / "hole.png") if name == "hole" else name
    for asked in (path, f"{get_upload_folder()}/{name}"):
        with pytest.raises(InputError, match="no longer there"):
            gives_takes.opened({"path": asked})
