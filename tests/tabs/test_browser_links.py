"""Links in a real browser: the page follows the address, the address follows the page."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.tabs.conftest import PATIENCE

pytestmark = pytest.mark.browser


def asked(page: Page) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def wait_for_address(page: Page, wanted: dict[str, str]) -> None:
    for _ in range(100):
        if asked(page) == wanted:
            break
        page.wait_for_timeout(200)
    assert asked(page) == wanted


def linked(open_page, query: str, tab: str) -> Page:
    return open_page(query, tab=None if query else tab, wait_for=f"{tab}-run")


def test_a_link_opens_its_tab_with_example_settings_and_result(open_page) -> None:
    page = linked(open_page, "?tab=super_resolution&example=cat", "super_resolution")
    expect(page.get_by_label("3", exact=True)).to_be_checked()
    expect(page.locator("#super_resolution-status")).to_contain_text("Made beforehand, with these settings")
    expect(page.locator("#super_resolution-comparison img")).to_have_count(2)
    expect(page.locator("#super_resolution-comparison img").last).to_have_js_property("naturalWidth", 1200)
    expect(page.locator("#super_resolution-download")).to_be_disabled()
    wait_for_address(page, {"tab": "super_resolution", "example": "cat"})


def test_what_a_link_asks_in_vain_is_said_and_leaves_the_address(open_page) -> None:
    page = linked(open_page, "?tab=super_resolution&scale=9&method=bicubic&lang=en", "super_resolution")
    expect(page.locator("[class*=toast-body]").first).to_contain_text("the usual value serves: scale")
    expect(page.get_by_label("4", exact=True)).to_be_checked()
    expect(page.get_by_label("Bicubic: interpolates only")).to_be_checked()
    wait_for_address(page, {"tab": "super_resolution", "method": "bicubic", "lang": "en"})


@pytest.mark.parametrize("query", ["?tab=%3Cimg%20src%3Dx%3E", "?tab=super_resolution&example=%3Cimg%20src%3Dx%3E"])
def test_a_link_to_what_is_not_here_says_so_as_plain_text(open_page, query: str) -> None:
    page = open_page(query, tab=None, wait_for="tabs")
    toast = page.locator("[class*=toast-body]").first
    expect(toast).to_contain_text("is not here: <img src=x>", timeout=PATIENCE)
    assert toast.locator("img").count() == 0


def test_the_address_follows_and_opens_the_same_in_another_window(open_page) -> None:
    page = open_page()
    wait_for_address(page, {"tab": "super_resolution"})
    page.locator("#super_resolution-examples img").nth(1).click()
    wait_for_address(page, {"tab": "super_resolution", "example": "astronaut"})
    page.get_by_label("2", exact=True).check()
    wanted = {"tab": "super_resolution", "example": "astronaut", "scale": "2"}
    wait_for_address(page, wanted)
    other = open_page("?" + urlsplit(page.url).query, tab=None, wait_for="super_resolution-run")
    other.locator("#super_resolution-image img").wait_for()
    expect(other.get_by_label("2", exact=True)).to_be_checked()
    expect(other.get_by_label("Adversarial: sharper, invents detail")).to_be_checked()
    # Nothing was made beforehand with these settings.
    assert other.locator("#super_resolution-comparison img").count() == 0
    wait_for_address(other, wanted)


def test_a_picture_of_ones_own_is_not_in_the_link(open_page, tmp_path) -> None:
    from PIL import Image as PillowImage

    PillowImage.new("RGB", (40, 30), "red").save(tmp_path / "own.png")
    page = linked(open_page, "?tab=super_resolution&example=cat", "super_resolution")
    wait_for_address(page, {"tab": "super_resolution", "example": "cat"})
    page.locator("#super_resolution-image").get_by_label("Remove Image").click()
    page.locator("#super_resolution-image input[type=file]").set_input_files(tmp_path / "own.png")
    page.locator("#super_resolution-image img").wait_for(timeout=PATIENCE)
    wait_for_address(page, {"tab": "super_resolution", "scale": "3"})


def test_the_page_as_it_is_has_a_bare_address_until_something_moves(open_page) -> None:
    page = open_page("", tab=None, wait_for="style_transfer-run")
    page.wait_for_timeout(1500)
    assert asked(page) == {}


def test_the_language_of_a_link_is_the_page_s(open_page) -> None:
    page = linked(open_page, "?tab=super_resolution&example=coffee&lang=zh", "super_resolution")
    expect(page.locator("#super_resolution-run")).to_have_text("运行")
    expect(page.locator("#super_resolution-status")).to_contain_text("预先生成")
    wait_for_address(page, {"tab": "super_resolution", "example": "coffee", "lang": "zh"})


def test_a_link_opens_the_editor_with_its_photo(open_page) -> None:
    page = linked(open_page, "?tab=inpainting&example=coin&lang=en", "inpainting")
    hint = page.locator("#inpainting-photo").get_by_text("Upload an image")
    page.locator("#inpainting-photo canvas").first.wait_for()
    expect(hint).to_have_count(0, timeout=PATIENCE)
