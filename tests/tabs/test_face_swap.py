"""The face-swap page and endpoint: a photo, photos of the target, consent; and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import c2pa  # pyright: ignore[reportMissingTypeStubs] - it comes without types
import numpy as np
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image as PillowImage
from playwright.sync_api import expect

from examples import PORTRAITS
from tests.tabs.conftest import PATIENCE


@pytest.fixture
def people(tmp_path: Path) -> dict[str, str]:
    """The two portraits in the public domain, and a picture without a face."""
    for name, picture in PORTRAITS.items():
        PillowImage.fromarray(picture()).save(tmp_path / f"{name}.png")
    PillowImage.new("RGB", (200, 200), (90, 120, 90)).save(tmp_path / "nobody.png")
    return {name: str(tmp_path / f"{name}.png") for name in (*PORTRAITS, "nobody")}


def swapped(client: Client, photo: str, *targets: str, agreed: bool = True, method: str = "warp", **more: Any) -> tuple:
    gallery = [{"image": handle_file(target), "caption": None} for target in targets]
    return client.predict(
        photo=handle_file(photo), targets=gallery, agreed=agreed, method=method, **more, api_name="/swap_face"
    )


def test_the_endpoint_swaps_a_face_and_says_so_in_the_file(client: Client, people: dict[str, str]) -> None:
    file, (before, after), status, nearest = swapped(client, people["portrait"], people["admiral"], mark=False)
    made, original = (np.asarray(PillowImage.open(path).convert("RGB")) for path in (file, people["portrait"]))
    assert made.shape == original.shape
    changed = (made != original).any(2)
    assert changed[85:150, 195:250].mean() > 0.8
    assert not changed[250:].any()
    assert np.array_equal(np.asarray(PillowImage.open(before).convert("RGB")), original)
    assert np.array_equal(np.asarray(PillowImage.open(after).convert("RGB")), made)
    notes = PillowImage.open(file).text  # pyright: ignore[reportAttributeAccessIssue]
    assert "replaced" in notes["Title"]
    assert "face_swap" in notes["Software"]
    assert notes["DigitalSourceType"].startswith("http://cv.iptc.org")
    with c2pa.Reader(file) as credentials:
        assert json.loads(credentials.json())["validation_state"] == "Valid"
    assert "photo 1" in status
    assert nearest


def test_the_network_of_one_face_needs_no_photos_of_it(client: Client, people: dict[str, str]) -> None:
    file, (before, _), status, nearest = swapped(client, people["portrait"], method="network", mark=False)
    made, original = (np.asarray(PillowImage.open(path).convert("RGB")) for path in (file, before))
    changed = (made != original).any(2)
    assert changed[85:150, 195:250].mean() > 0.8
    assert not changed[250:].any()
    assert "nearest" not in status
    assert nearest is None


def test_the_mark_can_be_switched_off(client: Client, people: dict[str, str]) -> None:
    with_mark, without = (
        np.asarray(
            PillowImage.open(swapped(client, people["portrait"], people["admiral"], mark=mark)[0]).convert("RGB")
        )
        for mark in (True, False)
    )
    rows, columns = np.nonzero((with_mark != without).any(2))
    assert rows.min() > 460
    assert columns.max() < 250


def test_what_is_refused_is_a_sentence(client: Client, people: dict[str, str]) -> None:
    with pytest.raises(AppError, match="Confirm first"):
        swapped(client, people["portrait"], people["admiral"], agreed=False)
    with pytest.raises(AppError, match="one or more photos"):
        swapped(client, people["portrait"])
    with pytest.raises(AppError, match="No face was found"):
        swapped(client, people["nobody"], people["admiral"])
    with pytest.raises(AppError, match="Photo 2 of the target: No face"):
        swapped(client, people["portrait"], people["admiral"], people["nobody"])
    with pytest.raises(AppError, match="no face 5"):
        swapped(client, people["portrait"], people["admiral"], face=5)


def test_faces_are_found_and_drawn(client: Client, people: dict[str, str]) -> None:
    picture, words = client.predict(photo=handle_file(people["portrait"]), face=1, api_name="/find_faces")
    assert picture
    assert words == "One face found."


@pytest.mark.browser
def test_a_photo_and_two_targets_are_swapped(open_page, people: dict[str, str]) -> None:
    page = open_page()
    page.get_by_role("tab", name="Face swap").click()
    page.locator("#face_swap-photo input[type=file]").first.set_input_files(people["portrait"])
    expect(page.locator("#face_swap-found")).to_contain_text("One face", timeout=PATIENCE)
    page.locator("#face_swap-targets input[type=file]").first.set_input_files([people["admiral"], people["portrait"]])
    page.locator("#face_swap-method").get_by_label("Bent photo").check()
    page.locator("#face_swap-agreed input").check()
    page.wait_for_timeout(1500)
    page.locator("#face_swap-run").click()
    expect(page.locator("#face_swap-status")).to_contain_text("nearest expression", timeout=PATIENCE)
    with page.expect_download() as download:
        page.locator("#face_swap-download").click()
    made = PillowImage.open(download.value.path())
    assert made.size == (512, 512)
    assert "face_swap" in made.text["Software"]  # pyright: ignore[reportAttributeAccessIssue]
