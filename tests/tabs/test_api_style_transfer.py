"""The style-transfer endpoint as a program uses it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import skimage.data
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image as PillowImage


@pytest.fixture
def small(tmp_path: Path) -> str:
    path = tmp_path / "cat.png"
    PillowImage.fromarray(skimage.data.chelsea()[40:167, 100:251]).save(path)
    return str(path)


def stylized(client: Client, photo: str | Path, **given: Any) -> tuple[Any, ...]:
    settings = {"paintings": ["great_wave"], "own": None, "method": "johnson", **given}
    return client.predict(photo=handle_file(photo), api_name="/stylize", **settings)


def pixels(path: str) -> np.ndarray:
    return np.asarray(PillowImage.open(path))


def test_one_pass_gives_a_picture_of_the_same_size(client: Client, small: str) -> None:
    file, (before, after), status, v2, v1, v3, _ = stylized(client, small)
    assert pixels(file).shape == (127, 151, 3)
    assert np.array_equal(pixels(before), pixels(small))
    assert np.array_equal(pixels(after), pixels(file))
    assert not np.array_equal(pixels(file), pixels(small))
    assert "151 x 127 pixels" in status
    assert "johnson" in status
    assert v2
    assert v1 is None
    assert v3 is None


def test_all_three_come_side_by_side_with_their_losses(client: Client, small: str) -> None:
    *_, v2, v1, v3, losses = stylized(client, small, method="all", size=128)
    pictures = [pixels(v2), pixels(v1), pixels(v3)]
    assert {picture.shape for picture in pictures} == {(127, 151, 3)}
    assert not np.array_equal(pictures[0], pictures[1])
    assert not np.array_equal(pictures[1], pictures[2])
    assert losses


def test_two_paintings_blend_by_their_shares(client: Client, small: str) -> None:
    both = {"paintings": ["great_wave", "scream"]}
    first, second, mixed = (
        pixels(stylized(client, small, **both, share_1=one, share_2=two)[0]).astype(float)
        for one, two in ((1, 0), (0, 1), (1, 1))
    )
    assert np.array_equal(first, pixels(stylized(client, small)[0]))
    assert np.abs(mixed - first).mean() > 2
    assert np.abs(mixed - second).mean() > 2


def test_a_picture_of_ones_own_is_a_style(client: Client, small: str, tmp_path: Path) -> None:
    path = tmp_path / "coffee.png"
    PillowImage.fromarray(skimage.data.coffee()).save(path)
    own = pixels(stylized(client, small, paintings=[], own=handle_file(path))[0])
    assert own.shape == (127, 151, 3)
    assert not np.array_equal(own, pixels(stylized(client, small)[0]))


def test_the_photos_colours_can_be_kept(client: Client, small: str) -> None:
    photo = pixels(small).astype(float)
    kept, plain = (pixels(stylized(client, small, keep_colours=kept)[0]).astype(float) for kept in (True, False))

    def redness(picture: np.ndarray) -> np.ndarray:
        return picture[..., 0] - picture[..., 2]

    assert np.abs(redness(kept) - redness(photo)).mean() < np.abs(redness(plain) - redness(photo)).mean() / 2


def test_missing_weights_are_stood_in_for(client: Client, small: str) -> None:
    status = stylized(client, small, method="adain")[2]
    assert "johnson" in status


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"paintings": []}, "Choose a painting"),
        ({"share_1": 0}, "weight of 0 or more"),
        ({"paintings": ["great_wave", "scream", "udnie", "edtaonisl"], "own": "own"}, "one to 4 styles"),
    ],
)
def test_what_cannot_be_done_is_answered_with_a_sentence(
    client: Client, small: str, given: dict[str, Any], words: str
) -> None:
    if "own" in given:
        given = {**given, "own": handle_file(small)}
    with pytest.raises(AppError, match=words):
        stylized(client, small, **given)


@pytest.mark.parametrize(("size", "words"), [((9, 9), "too small"), ((20, 900), "too narrow")])
def test_a_photo_of_an_impossible_shape_is_answered_with_a_sentence(
    client: Client, tmp_path: Path, size: tuple[int, int], words: str
) -> None:
    path = tmp_path / "odd.png"
    PillowImage.new("RGB", size, "red").save(path)
    with pytest.raises(AppError, match=words):
        stylized(client, path)


def test_no_photo_is_answered_with_a_sentence(client: Client) -> None:
    with pytest.raises(AppError, match="Add a photo first"):
        client.predict(photo=None, paintings=["scream"], own=None, method="johnson", api_name="/stylize")
