"""The object-insertion page in a real browser: a box is drawn with the mouse, Run, and what came is read back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image as PillowImage
from playwright.sync_api import Page, expect

from examples import STREET_PHOTOS
from tests.tabs.conftest import PATIENCE, download

TAB = "object_insertion"
pytestmark = pytest.mark.browser


@pytest.fixture
def street(tmp_path: Path) -> str:
    """A part of an example: of the whole one the page knows edits."""
    file = tmp_path / "street.png"
    PillowImage.fromarray(STREET_PHOTOS["avenue"]()[:, 4:]).save(file)
    return str(file)


def read(page: Page, street: str) -> None:
    """The street is there and was read."""
    page.locator(f"#{TAB}-photo input[type=file]").set_input_files(street)
    expect(page.locator(f"#{TAB}-boxes .be")).to_have_attribute("data-state", "ready", timeout=PATIENCE)
    expect(page.locator(f"#{TAB}-found")).to_contain_text("The street was read", timeout=PATIENCE)
    page.wait_for_timeout(800)  # the map below comes a moment later and moves things


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """From one place of the editor to another, in shares of it."""
    stage = page.locator(f"#{TAB}-boxes .be-stage")
    stage.scroll_into_view_if_needed()
    box = stage.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + start[0] * box["width"], box["y"] + start[1] * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + end[0] * box["width"], box["y"] + end[1] * box["height"], steps=5)
    page.mouse.up()


def ran(page: Page, words: str) -> None:
    """Another picture than before is there, and the line says so."""
    shown = page.locator(f"#{TAB}-comparison img").last
    before = shown.get_attribute("src") if shown.count() else None
    page.locator(f"#{TAB}-run").click()
    expect(page.locator(f"#{TAB}-status")).to_contain_text(words, timeout=PATIENCE)
    expect(shown).not_to_have_attribute("src", before or "", timeout=PATIENCE)


def pixels(path: Path | str) -> np.ndarray:
    return np.asarray(PillowImage.open(path).convert("RGB")).astype(int)


def test_a_car_is_put_on_the_road_then_dragged_elsewhere(open_page, street: str, tmp_path: Path) -> None:
    page = open_page(tab=TAB)
    read(page, street)
    drag(page, (0.42, 0.55), (0.56, 0.72))
    ran(page, "1 of 1 edits")
    original, made = pixels(street), pixels(download(page, f"{TAB}-download", tmp_path / "car.png"))
    height, width = original.shape[:2]

    def share(picture: np.ndarray, left: float, top: float, right: float, bottom: float) -> float:
        part = np.s_[int(top * height) : int(bottom * height), int(left * width) : int(right * width)]
        return float((np.abs(picture[part] - original[part]).max(2) > 4).mean())

    assert made.shape == original.shape
    assert share(made, 0.42, 0.55, 0.56, 0.72) > 0.2
    assert share(made, 0, 0, 1, 0.4) == 0
    drag(page, (0.49, 0.64), (0.75, 0.64))
    ran(page, "1 of 1 edits")
    moved = pixels(download(page, f"{TAB}-download", tmp_path / "moved.png"))
    assert share(moved, 0.42, 0.55, 0.5, 0.72) == 0
    assert share(moved, 0.68, 0.55, 0.82, 0.72) > 0.2
    page.locator(f"#{TAB}-boxes .be-undo").click()
    ran(page, "1 of 1 edits")
    assert np.array_equal(pixels(download(page, f"{TAB}-download", tmp_path / "undone.png")), made)


def test_suggested_boxes_are_there_and_variants_are_shown(open_page, street: str) -> None:
    page = open_page(tab=TAB)
    read(page, street)
    page.locator(f"#{TAB}-suggest").click()
    expect(page.locator(f"#{TAB}-boxes .be-list li")).not_to_have_count(0, timeout=PATIENCE)
    page.locator(f"#{TAB}-choice > button").first.click()
    page.locator(f"#{TAB}-variants-run").click()
    expect(page.locator(f"#{TAB}-variants .thumbnail-item")).to_have_count(6, timeout=PATIENCE)
    page.locator(f"#{TAB}-variants .thumbnail-item").nth(3).click()
    expect(page.locator(f"#{TAB}-boxes .be-list")).to_contain_text("variant 3", timeout=PATIENCE)
    expect(page.locator(f"#{TAB}-status")).to_contain_text("edits", timeout=PATIENCE)


def test_on_a_phone_in_chinese_nothing_is_too_wide_and_errors_are_sentences(open_page, street: str) -> None:
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    page = open_page(tab=TAB, locale="zh-CN", **phone)
    page.locator(f"#{TAB}-run").click()
    expect(page.locator(".toast-body")).to_contain_text("请先添加一张街景照片", timeout=PATIENCE)
    page.locator(f"#{TAB}-photo input[type=file]").set_input_files(street)
    expect(page.locator(f"#{TAB}-found")).to_contain_text("街景已识别", timeout=PATIENCE)
    page.locator(f"#{TAB}-boxes .be-new").click()
    ran(page, "已完成 1/1 个编辑")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
