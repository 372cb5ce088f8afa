"""Region style as a visitor does it: a portrait, a reference, hair, lips, undo, longer hair, a slider, the download."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import skimage.data
from PIL import Image as PillowImage
from playwright.sync_api import Page, expect

from examples import photo as example
from tests.tabs.conftest import PATIENCE, download

pytestmark = pytest.mark.browser
TAB = "region_style"


@pytest.fixture
def portrait(tmp_path: Path) -> Path:
    path = tmp_path / "astronaut.png"
    PillowImage.fromarray(skimage.data.astronaut()[:300, 70:370]).save(path)
    return path


def sat(page: Page, portrait: Path) -> None:
    """Portrait and reference are there, and the portrait's regions were found."""
    page.locator(f"#{TAB}-portrait input[type=file]").set_input_files(portrait)
    expect(page.locator(f"#{TAB}-found")).to_contain_text("One face found", timeout=PATIENCE)
    page.locator(f"#{TAB}-reference-1 input[type=file]").set_input_files(example("admiral"))
    page.locator(f"#{TAB}-reference-1 img").wait_for()


def run(page: Page, *words: str) -> None:
    page.locator(f"#{TAB}-run").click()
    for word in words:
        expect(page.locator(f"#{TAB}-status")).to_contain_text(word, timeout=PATIENCE)


def downloaded(page: Page, path: Path) -> np.ndarray:
    return np.asarray(PillowImage.open(download(page, f"{TAB}-download", path)).convert("RGB")).astype(int)


def test_hair_then_lips_then_undo_and_redo(open_page, portrait: Path, tmp_path: Path) -> None:
    page = open_page(tab=TAB)
    sat(page, portrait)
    original = np.asarray(PillowImage.open(portrait)).astype(int)
    run(page, "Look 1 of 1")  # hair, which is ticked
    hair = downloaded(page, tmp_path / "hair.png")
    assert hair.shape == original.shape
    changed = np.abs(hair - original).max(2) > 8
    assert changed[:90].mean() > 0.03
    assert not changed[250:].any()
    page.locator(f"#{TAB}-regions").get_by_label("Hair").uncheck()
    page.locator(f"#{TAB}-regions").get_by_label("Lips").check()
    run(page, "Look 2 of 2")
    both = downloaded(page, tmp_path / "both.png")
    # What the generator makes of hair depends a little on the lips, too.
    difference = np.abs(both - hair).max(2)
    assert difference[120:180].max() > 3 * max(1, np.percentile(difference[:100], 99))
    page.locator(f"#{TAB}-undo").click()
    expect(page.locator(f"#{TAB}-status")).to_contain_text("Look 1 of 2", timeout=PATIENCE)
    assert np.array_equal(downloaded(page, tmp_path / "undone.png"), hair)
    page.locator(f"#{TAB}-redo").click()
    expect(page.locator(f"#{TAB}-status")).to_contain_text("Look 2 of 2", timeout=PATIENCE)
    assert np.array_equal(downloaded(page, tmp_path / "again.png"), both)


def test_a_region_is_chosen_by_a_click_on_the_face(open_page, portrait: Path, tmp_path: Path) -> None:
    page = open_page(tab=TAB)
    sat(page, portrait)
    page.locator(f"#{TAB}-regions").get_by_label("Hair").uncheck()
    page.locator(f"#{TAB}-mask").get_by_role("button", name="Upper lip").click()
    run(page, "Look 1 of 1")
    made = downloaded(page, tmp_path / "lip.png")
    changed = (made != np.asarray(PillowImage.open(portrait))).any(2)
    assert 20 < changed.sum() < 3000


def test_painted_hair_is_there(open_page, portrait: Path, tmp_path: Path) -> None:
    page = open_page(tab=TAB)
    sat(page, portrait)
    page.locator(f"#{TAB}-regions").get_by_label("Hair").uncheck()
    mask = page.locator(f"#{TAB}-mask")
    mask.get_by_role("button", name="Brush").click()
    mask.get_by_role("button", name="Hair").click()
    canvas = mask.locator("canvas").last
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box
    page.mouse.move(box["x"] + 0.08 * box["width"], box["y"] + 0.3 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.08 * box["width"], box["y"] + 0.7 * box["height"], steps=8)
    page.mouse.up()
    page.locator(f"#{TAB}-run").click()  # at once: it waits for the stroke
    expect(page.locator(f"#{TAB}-status")).to_contain_text("Look 1 of 1", timeout=PATIENCE)
    made = downloaded(page, tmp_path / "longer.png")
    assert (np.abs(made - np.asarray(PillowImage.open(portrait)).astype(int)).max(2) > 30).sum() > 150


def test_nothing_chosen_is_a_sentence_and_a_phone_needs_no_sideways_scrolling(open_page, portrait: Path) -> None:
    page = open_page(tab=TAB, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator(f"#{TAB}-run").click()
    expect(page.locator(".toast-body")).to_contain_text("Add a portrait first", timeout=PATIENCE)
    sat(page, portrait)
    run(page, "Look 1 of 1")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
