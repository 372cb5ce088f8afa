"""Copy link, the dialog, a frame in a page of another origin: as a visitor and a blogger use them."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image as PillowImage
from playwright.sync_api import Browser, Page, expect

from tests.tabs.conftest import PATIENCE

pytestmark = pytest.mark.browser
OPENED = "?tab=super_resolution&example=cat&lang=en"


def opened(open_page, **settings: object) -> Page:
    page = open_page(OPENED, tab=None, wait_for="super_resolution-run", **settings)
    page.locator("#super_resolution-image img").wait_for()
    return page


def test_copy_link_copies_what_is_in_view(open_page, page_address: str) -> None:
    page = opened(open_page, permissions=["clipboard-read", "clipboard-write"])
    page.get_by_label("2", exact=True).check()
    page.wait_for_timeout(1000)
    page.locator("#super_resolution-copy-link").click()
    expect(page.locator("#super_resolution-copy-link")).to_have_text("Copied")
    wanted = f"{page_address}/?tab=super_resolution&example=cat&scale=2&lang=en"
    assert page.evaluate("navigator.clipboard.readText()") == wanted
    expect(page.locator("#super_resolution-copy-link")).to_have_text("Copy link")


def test_the_dialog_takes_and_gives_back_the_keyboard(open_page) -> None:
    page = opened(open_page)
    page.locator("#super_resolution-use-elsewhere").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Use this elsewhere: Super-resolution")
    dialog.wait_for()
    for name in (
        "Link to this tab with its settings",
        "For a page of your own",
        "Badge for a README",
        "From a program",
    ):
        expect(dialog.get_by_label(name, exact=True).first).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    assert page.evaluate("document.activeElement.id") == "super_resolution-use-elsewhere"


def test_a_picture_is_in_a_link_only_when_its_owner_agrees(open_page, tmp_path: Path) -> None:
    PillowImage.new("RGB", (40, 30), "red").save(tmp_path / "own.png")
    page = open_page()
    page.locator("#super_resolution-image input[type=file]").set_input_files(tmp_path / "own.png")
    page.locator("#super_resolution-image img").wait_for()
    page.locator("#super_resolution-use-elsewhere").click()
    link, keep = page.locator("#share-link"), page.locator("#share-keep")
    assert "shared" not in link.input_value()
    expect(keep).to_be_disabled()
    page.locator("#share-agree").check()
    keep.click()
    expect(page.locator("#share-note")).to_contain_text("It ends in 24 hours", timeout=PATIENCE)
    assert "&shared=" in link.input_value()
    other = open_page("?" + link.input_value().partition("?")[2], tab=None, wait_for="super_resolution-run")
    shown = other.locator("#super_resolution-image img")
    shown.wait_for()
    expect(shown).to_have_js_property("naturalWidth", 40)
    late = open_page("?tab=super_resolution&shared=" + "x" * 22, tab=None, wait_for="super_resolution-run")
    expect(late.locator("[class*=toast-body]").first).to_contain_text("kept no more")


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A web server of another origin, and the folder that it serves."""
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(tmp_path))
    handler.func.log_message = lambda *_: None
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}", tmp_path
    server.shutdown()
    server.server_close()


def test_the_snippet_works_in_a_page_of_another_origin(
    open_page, browser: Browser, elsewhere: tuple[str, Path]
) -> None:
    address, folder = elsewhere
    page = opened(open_page)
    page.locator("#super_resolution-use-elsewhere").click()
    snippet = page.locator("#share-embed").input_value()
    (folder / "blog.html").write_text(f"<!doctype html><title>A blog</title><h1>A post</h1>{snippet}")
    blog = browser.new_page(viewport={"width": 760, "height": 1000})
    blog.goto(f"{address}/blog.html")
    frame = blog.frame_locator("iframe")
    expect(frame.locator("#super_resolution-comparison img")).to_have_count(2, timeout=PATIENCE)
    for hidden in ("#title", "#tagline", "footer", "#super_resolution-send"):
        expect(frame.locator(hidden).first).to_be_hidden()
    assert frame.get_by_role("tab").locator("visible=true").count() == 0
    box = blog.locator("iframe").bounding_box()
    assert box is not None
    assert box["height"] == 860
    # The result is in view without scrolling.
    result = frame.locator("#super_resolution-comparison").bounding_box()
    assert result is not None
    assert box["y"] <= result["y"] < box["y"] + 300
    whole = page.locator("#share-link").input_value()
    expect(frame.locator("#open-whole")).to_have_attribute("href", whole, timeout=PATIENCE)
    # It computes there, too.
    frame.get_by_label("Bicubic: interpolates only").check()
    frame.locator("#super_resolution-run").click()
    expect(frame.locator("#super_resolution-status")).to_contain_text("bicubic", timeout=PATIENCE)
    assert blog.evaluate("document.documentElement.scrollWidth") <= 760
    blog.close()


def test_the_dialog_fits_a_phone(open_page) -> None:
    page = opened(open_page, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page.locator("#super_resolution-use-elsewhere").click()
    box = page.locator("#share-dialog").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
