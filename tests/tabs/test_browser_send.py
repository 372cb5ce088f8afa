"""A result goes from tab to tab in a real browser, and runs there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image as PillowImage
from playwright.sync_api import expect

from tests.tabs.conftest import PATIENCE, download

pytestmark = pytest.mark.browser


def test_a_layer_becomes_the_hole_and_what_fills_it_is_enlarged(open_page, tmp_path: Path) -> None:
    page = open_page("?lang=en", tab="soft_segmentation")
    page.locator("#soft_segmentation-examples img").nth(1).click()
    page.locator(".lm-card").first.wait_for()
    page.wait_for_timeout(1000)

    menu, send = page.locator("#send-menu"), page.locator("#soft_segmentation-send")
    send.focus()
    page.keyboard.press("Enter")
    menu.locator("[data-to=inpainting-1]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[class*=toast-body]").first).to_contain_text("Choose a layer first")
    expect(page.locator("#soft_segmentation-run")).to_be_visible()

    page.locator(".lm-card").nth(1).click()
    send.click()
    menu.locator("[data-to=inpainting-1]").click()
    page.locator("#inpainting-photo canvas").first.wait_for()
    expect(page.locator("#inpainting-photo").get_by_text("Upload an image")).to_have_count(0, timeout=PATIENCE)
    expect(page.locator("#inpainting-marked img")).to_be_visible(timeout=PATIENCE)  # in an accordion that was closed
    expect(page.locator("#inpainting-run")).to_be_focused()
    assert "tab=inpainting" in page.url
    page.get_by_label("Content network alone: at once, soft").check()
    page.locator("#inpainting-run").click()
    expect(page.locator("#inpainting-status")).to_contain_text("content: ", timeout=PATIENCE)
    filled = download(page, "inpainting-download", tmp_path / "filled.png")

    page.locator("#inpainting-send").click()
    menu.locator("[data-to=super_resolution-0]").click()
    expect(page.locator("#super_resolution-image img")).to_be_visible(timeout=PATIENCE)
    page.get_by_label("Bicubic: interpolates only").check()
    page.get_by_label("2", exact=True).check()
    page.locator("#super_resolution-run").click()
    expect(page.locator("#super_resolution-status")).to_contain_text("1200 x 800 pixels", timeout=PATIENCE)
    large = download(page, "super_resolution-download", tmp_path / "large.png")
    small = np.asarray(PillowImage.open(filled).convert("RGB")).astype(int)
    again = np.asarray(PillowImage.open(large).convert("RGB").resize((600, 400), PillowImage.Resampling.BOX))
    assert np.abs(again - small).mean() < 3


def test_a_result_is_sent_on_a_phone_in_chinese(open_page) -> None:
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    page = open_page("?tab=super_resolution&example=cat&lang=zh", tab=None, wait_for="super_resolution-run", **phone)
    page.locator("#super_resolution-comparison img").last.wait_for()
    page.locator("#super_resolution-send").click()
    menu = page.get_by_role("dialog", name="发送到其他标签页")
    box = menu.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    menu.get_by_role("button", name="风格迁移，作为风格").click()
    shown = page.locator("#style_transfer-own img")
    expect(shown).to_be_visible(timeout=PATIENCE)
    expect(shown).to_have_js_property("naturalWidth", 1200)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert "example" not in page.url
