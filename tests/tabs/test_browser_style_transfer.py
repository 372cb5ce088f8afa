"""Style transfer as a visitor does it: pick a painting, see three methods, blend, stop, download."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import skimage.data
from PIL import Image as PillowImage
from playwright.sync_api import Page, expect

from pipelines.style_transfer.styles import PAINTINGS
from tests.tabs.conftest import PATIENCE, download

pytestmark = pytest.mark.browser
TAB = "style_transfer"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "cat.png"
    PillowImage.fromarray(skimage.data.chelsea()[40:160, 100:260]).save(path)
    return path


def upload(page: Page, path: Path) -> None:
    page.locator(f"#{TAB}-photo input[type=file]").set_input_files(path)
    page.locator(f"#{TAB}-photo img").wait_for()


def run(page: Page, *words: str) -> None:
    page.locator(f"#{TAB}-run").click()
    for word in words:
        expect(page.locator(f"#{TAB}-status")).to_contain_text(word, timeout=PATIENCE)


def test_three_methods_stand_side_by_side_and_the_last_is_downloaded(open_page, small: Path, tmp_path: Path) -> None:
    page = open_page(tab=TAB)
    upload(page, small)
    run(page, "johnson", "gatys", "cnnmrf", "160 x 120 pixels")
    for name in ("johnson", "gatys", "cnnmrf"):
        shown = page.locator(f"#{TAB}-{name} img")
        expect(shown).to_have_count(1)
        expect(shown).to_have_js_property("naturalWidth", 160)
        expect(shown).to_have_js_property("naturalHeight", 120)
    expect(page.locator(f"#{TAB}-comparison img")).to_have_count(2)
    download(page, f"{TAB}-download", tmp_path / "result.png")
    assert np.asarray(PillowImage.open(tmp_path / "result.png")).shape == (120, 160, 3)


def test_a_click_in_the_gallery_adds_a_painting_and_another_takes_it_away(open_page, small: Path) -> None:
    page = open_page(tab=TAB)
    chosen, gallery = page.locator(f"#{TAB}-paintings"), page.locator(f"#{TAB}-gallery button.thumbnail-lg")
    expect(gallery).to_have_count(12)
    expect(chosen).to_contain_text("Great Wave")
    gallery.nth(2).click()
    expect(chosen).to_contain_text("The Scream")
    gallery.nth(0).click()
    expect(chosen).not_to_contain_text("Great Wave")
    upload(page, small)
    page.get_by_label("V2 Johnson: a network, at once").check()
    run(page, "johnson")


def test_stop_keeps_what_has_formed_and_offers_it(open_page, tmp_path: Path) -> None:
    path = tmp_path / "large.png"
    PillowImage.fromarray(skimage.data.astronaut()).save(path)
    page = open_page(tab=TAB)
    upload(page, path)
    page.get_by_label("V1 Gatys: optimises the whole").check()
    run(page, "% done")
    page.locator(f"#{TAB}-stop").click()
    expect(page.locator(f"#{TAB}-status")).to_contain_text("Stopped", timeout=PATIENCE)
    expect(page.locator(f"#{TAB}-gatys img")).to_have_count(1)
    expect(page.locator(f"#{TAB}-download")).to_be_enabled()


def test_run_without_a_painting_says_what_to_do(open_page, small: Path) -> None:
    page = open_page(tab=TAB)
    upload(page, small)
    page.locator(f"#{TAB}-gallery button.thumbnail-lg").nth(0).click()
    expect(page.locator(f"#{TAB}-paintings")).not_to_contain_text("Great Wave")
    page.locator(f"#{TAB}-run").click()
    expect(page.locator(".toast-body")).to_contain_text("Choose a painting", timeout=PATIENCE)


def test_a_phone_shows_every_painting_and_nothing_empty(open_page) -> None:
    page = open_page(tab=TAB, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    paintings = page.locator(f"#{TAB}-gallery .gallery-item")
    expect(paintings).to_have_count(len(PAINTINGS))
    parts = [page.locator(f"#{TAB}-{part}") for part in ("run", "stop", "photo", "gallery", "comparison", "download")]
    for part in [*paintings.all(), *parts]:
        box = part.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
    for part in ("johnson", "gatys", "cnnmrf", "losses"):
        expect(page.locator(f"#{TAB}-{part}")).to_be_hidden()
