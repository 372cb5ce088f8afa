"""The page as a visitor uses it: a real Chromium against the real server."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import skimage.data
from PIL import Image as PillowImage
from playwright.sync_api import Page, expect

from imaging.geometry import resize
from imaging.metrics import psnr
from tests.tabs.conftest import download

pytestmark = pytest.mark.browser
PATIENCE = 90_000  # milliseconds: CI's two cores are busy


@pytest.fixture
def turned_photo(tmp_path: Path) -> tuple[Path, np.ndarray]:
    """A photo of 600x400 as a phone stores it: lying on its side, with an EXIF note; and its upright pixels."""
    upright = resize(skimage.data.astronaut()[:400, :], 1.171875)[:400, :600]
    exif = PillowImage.Exif()
    exif[0x0112] = 6  # turn right by 90 degrees to view
    path = tmp_path / "phone.jpg"
    PillowImage.fromarray(np.rot90(upright)).save(path, exif=exif, quality=95)
    return path, upright


def upload(page: Page, path: Path) -> None:
    page.locator("#super_resolution-image input[type=file]").set_input_files(path)
    page.locator("#super_resolution-image img").wait_for()


def run(page: Page) -> None:
    page.locator("#super_resolution-run").click()


def wait_for_result(page: Page, size: str) -> None:
    expect(page.locator("#super_resolution-status")).to_contain_text(f"{size} pixels in", timeout=PATIENCE)


def toast(page: Page) -> str:
    body = page.locator("[class*=toast-body]").first
    body.wait_for()
    return body.inner_text()


def test_a_photo_from_a_phone_is_enlarged_beside_bicubic_and_downloaded(
    open_page, turned_photo, tmp_path: Path
) -> None:
    path, upright = turned_photo
    page = open_page()
    upload(page, path)
    page.get_by_label("2", exact=True).check()
    run(page)
    wait_for_result(page, "600 x 400 to 1200 x 800")
    shown = page.locator("#super_resolution-comparison img")
    expect(shown).to_have_count(2)
    for side in range(2):
        expect(shown.nth(side)).to_have_js_property("naturalWidth", 1200)
        expect(shown.nth(side)).to_have_js_property("naturalHeight", 800)
    download(page, "super_resolution-download", tmp_path / "result.png")
    result = np.asarray(PillowImage.open(tmp_path / "result.png"))
    assert result.shape == (800, 1200, 3)
    assert psnr(resize(result, 1 / 2), upright) > 30


def test_an_example_is_one_click(open_page) -> None:
    page = open_page()
    page.locator("#super_resolution-examples img").first.click()
    page.locator("#super_resolution-image img").wait_for()
    page.get_by_label("Bicubic: interpolates only").check()
    run(page)
    wait_for_result(page, "451 x 300 to 1353 x 900")


def test_stop_ends_a_long_run_and_keeps_what_is_there(open_page, tmp_path: Path) -> None:
    path = tmp_path / "large.png"
    PillowImage.fromarray(resize(skimage.data.astronaut(), 2)).save(path)
    page = open_page()
    upload(page, path)
    run(page)
    expect(page.locator("#super_resolution-status")).to_contain_text("% done", timeout=PATIENCE)
    page.locator("#super_resolution-stop").click()
    expect(page.locator("#super_resolution-status")).to_contain_text("Stopped", timeout=PATIENCE)
    expect(page.locator("#super_resolution-comparison img")).to_have_count(2)
    page.wait_for_timeout(3000)
    assert "Stopped" in page.locator("#super_resolution-status").inner_text()


def test_run_without_a_photo_says_what_to_do(open_page) -> None:
    page = open_page()
    run(page)
    assert "Add a photo first" in toast(page)


def test_a_text_file_named_png_is_refused_with_a_sentence(open_page, tmp_path: Path) -> None:
    path = tmp_path / "notes.png"
    path.write_text("This is no picture.")
    page = open_page()
    page.locator("#super_resolution-image input[type=file]").set_input_files(path)
    page.wait_for_timeout(1500)
    run(page)
    said = toast(page)
    assert "could not be read as a picture" in said
    assert "/" not in said


def test_the_weights_are_listed_with_what_is_missing_and_why(open_page) -> None:
    page = open_page()
    page.locator("#super_resolution-settings > button").click()
    listed = page.locator("#super_resolution-settings").get_by_role("list").first
    expect(listed).to_contain_text("residual: embedded, here")
    expect(listed).to_contain_text("ai-forever/Real-ESRGAN, missing: the Hub cannot be reached from here")


def test_it_speaks_chinese(open_page) -> None:
    page = open_page(locale="zh-CN")
    assert page.locator("#super_resolution-run").inner_text() == "运行"
    expect(page.locator("#title")).to_contain_text("语义暗房")
    run(page)
    assert "请先添加照片" in toast(page)
    # Nothing of ours is left in English but names.
    text = page.locator("main").first.inner_text()
    left = set(re.findall(r"[A-Za-z][A-Za-z-]{2,}", text)) - {"API", "PNG", "Real-ESRGAN", "EDSR", "Hub", "JPEG"}
    assert left == set()


def test_a_phone_needs_no_sideways_scrolling(open_page) -> None:
    page = open_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for part in ("run", "stop", "image", "comparison", "download"):
        box = page.locator(f"#super_resolution-{part}").bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_words_can_be_read_in_both_themes(open_page, theme: str) -> None:
    page = open_page(f"?__theme={theme}")
    page.wait_for_timeout(500)
    contrast = """selector => {
        const lightness = text => {
            const [r, g, b] = text.match(/[\\d.]+/g).map(Number).map(v => v / 255)
                .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const node = document.querySelector(selector);
        let behind = node;
        while (/, 0\\)|transparent/.test(getComputedStyle(behind).backgroundColor)) behind = behind.parentElement;
        const [one, two] = [getComputedStyle(node).color, getComputedStyle(behind).backgroundColor].map(lightness);
        return (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05);
    }"""
    for selector in ("#super_resolution-run", "#super_resolution-stop", "#title h1", ".small p", "button[role=tab]"):
        assert page.evaluate(contrast, selector) >= 4.5, selector
