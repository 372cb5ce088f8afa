"""Region style as a program uses it: parse, swap, repaint; what cannot be done is a sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import skimage.data
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image as PillowImage

from examples import photo as example
from imaging.faces import NAMES
from pipelines.region_style import Codes

HAIR = NAMES.index("hair")


@pytest.fixture
def portrait(tmp_path: Path) -> str:
    path = tmp_path / "astronaut.png"
    PillowImage.fromarray(skimage.data.astronaut()[:256, 96:352]).save(path)
    return str(path)


def pixels(path: str) -> np.ndarray:
    return np.asarray(PillowImage.open(path).convert("RGB"))


def swapped(client: Client, portrait: str, **given: Any) -> tuple[Any, ...]:
    nothing = dict.fromkeys(("reference_2", "reference_3", "reference_4", "mask", "saved"))
    settings = {"face": 1, "reference_1": handle_file(example("admiral")), "regions": ["Lips"], **nothing, **given}
    return client.predict(portrait=handle_file(portrait), api_name="/swap_region_style", **settings)


def test_a_face_has_its_regions(client: Client, portrait: str) -> None:
    mask, words = client.predict(handle_file(portrait), 1, api_name="/parse_face")
    labels = np.asarray(PillowImage.open(mask["labels"]))
    assert labels.shape == pixels(mask["picture"]).shape[:2]
    shown = {NAMES[label] for label in np.unique(labels)}
    assert {"skin", "nose", "left eye", "right eye", "upper lip", "lower lip", "hair", "background"} <= shown
    assert words == "One face found."


def test_other_lips_change_the_lips_alone_and_their_codes_come_with_them(client: Client, portrait: str) -> None:
    file, (before, after), status, looks, codes = swapped(client, portrait)
    made, original = pixels(file), pixels(portrait)
    rows, columns = np.nonzero((made != original).any(2))
    assert rows.size > 100
    # Her mouth is there, and nothing else.
    assert 130 < rows.min() <= rows.max() < 180
    assert 85 < columns.min() <= columns.max() < 165
    assert pixels(before).shape == pixels(after).shape
    assert "Look 1 of 1" in status
    assert len(looks) == 2
    assert Codes.opened(Path(codes).read_bytes()).values.shape[1] == len(NAMES)


def test_saved_codes_give_the_same_picture_again(client: Client, portrait: str) -> None:
    first = swapped(client, portrait, regions=["Lips"])
    again = swapped(client, portrait, regions=["Lips"], reference_1=None, style="saved", saved=handle_file(first[4]))
    difference = np.abs(pixels(first[0]).astype(int) - pixels(again[0]))
    assert difference.max() <= 2


def test_a_repainted_mask_gives_more_hair(client: Client, portrait: str, tmp_path: Path) -> None:
    mask, _ = client.predict(handle_file(portrait), 1, api_name="/parse_face")
    labels = np.asarray(PillowImage.open(mask["labels"])).copy()
    side = len(labels)
    beside = np.zeros_like(labels, bool)
    beside[side // 2 : side * 3 // 4, side // 10 : side // 4] = True
    labels[beside & (labels == 0)] = HAIR
    PillowImage.fromarray(labels).save(tmp_path / "longer.png")
    longer = {"picture": None, "labels": handle_file(tmp_path / "longer.png"), "picked": []}
    made = pixels(swapped(client, portrait, regions=[], mask=longer)[0]).astype(int)
    difference = np.abs(made - pixels(portrait)).sum(2)
    assert (difference > 60).sum() > 300


def test_how_far_is_in_between(client: Client, portrait: str) -> None:
    start, half, end = (
        pixels(swapped(client, portrait, regions=["Hair"], amount=amount)[0]).astype(float) for amount in (0, 0.5, 1)
    )
    assert np.array_equal(start, pixels(portrait))
    assert 0.2 < np.abs(half - start).mean() / np.abs(end - start).mean() < 0.8


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"reference_1": None}, "Add a portrait as reference 1"),
        ({"style": "saved"}, "Choose a file of style codes"),
        ({"regions": []}, "Choose a region"),
        ({"face": 3}, "There is no face 3"),
    ],
)
def test_what_is_missing_is_said(client: Client, portrait: str, given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(AppError, match=sentence):
        swapped(client, portrait, **given)


def test_a_picture_without_a_face_and_a_mask_of_other_ids_are_sentences(
    client: Client, portrait: str, tmp_path: Path
) -> None:
    PillowImage.fromarray(skimage.data.coffee()[:200, :200]).save(tmp_path / "cup.png")
    with pytest.raises(AppError, match="No face was found"):
        swapped(client, str(tmp_path / "cup.png"))
    PillowImage.fromarray(np.full((64, 64), 77, np.uint8)).save(tmp_path / "odd.png")
    odd = {"picture": None, "labels": handle_file(tmp_path / "odd.png"), "picked": []}
    with pytest.raises(AppError, match=r"(?i)mask|label|region"):
        swapped(client, portrait, mask=odd)
