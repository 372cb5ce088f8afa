"""What was found in one picture is gone with it, at once: Run may be pressed before the next one was looked at."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from examples import photo as example
from tests.tabs.conftest import PATIENCE

pytestmark = pytest.mark.browser
PARTS = {
    ("region_style", "portrait"): [("mask", ".lp")],
    ("face_swap", "photo"): [("points", ".fp")],
    ("object_insertion", "photo"): [("boxes", ".be"), ("map", ".lp")],
}


def found(page: Page, tab: str, picture: str) -> None:
    """The tab's picture is there and was looked at; from then on the page's server hears nothing any more."""
    file = Path(example("avenue" if tab == "object_insertion" else "portrait"))
    page.locator(f"#{tab}-{picture} input[type=file]").first.set_input_files(file)
    if tab == "object_insertion":
        page.locator(f"#{tab}-scene > button").first.click()
    for part, root in PARTS[tab, picture]:
        expect(page.locator(f"#{tab}-{part} {root}")).to_have_attribute("data-state", "ready", timeout=PATIENCE)
    page.wait_for_timeout(500)
    page.route("**/gradio_api/queue/**", lambda route: None)


@pytest.mark.parametrize(("tab", "picture"), list(PARTS))
def test_without_its_picture_nothing_of_it_is_left(open_page, tab: str, picture: str) -> None:
    page = open_page(tab=tab)
    found(page, tab, picture)
    page.locator(f"#{tab}-{picture} [aria-label='Remove Image']").click()
    for part, root in PARTS[tab, picture]:
        expect(page.locator(f"#{tab}-{part} {root}")).to_have_attribute("data-state", "empty")


@pytest.mark.parametrize(("tab", "picture"), [one for one in PARTS if one[0] != "object_insertion"])
def test_another_face_has_none_of_the_first_ones(open_page, tab: str, picture: str) -> None:
    page = open_page(tab=tab)
    found(page, tab, picture)
    page.locator(f"#{tab}-settings > button").first.click()
    page.locator(f"#{tab}-face input").fill("2")
    ((part, root),) = PARTS[tab, picture]
    expect(page.locator(f"#{tab}-{part} {root}")).to_have_attribute("data-state", "empty")
