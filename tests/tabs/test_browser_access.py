"""Every tab as people with a screen reader or a keyboard meet it: axe-core finds nothing serious, in light and dark."""

from __future__ import annotations

import time

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tabs import TABS
from tests.tabs.conftest import PATIENCE, choose

pytestmark = pytest.mark.browser

# Gradio's own: its gallery's button for another upload has the file's input inside.
GRADIOS = {"nested-interactive": 'aria-label="Click to Upload"'}


def faults(page: Page) -> list[str]:
    """What axe-core calls serious or critical: the rule and the place."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:200]}"
        for rule in found
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
        if GRADIOS.get(rule["id"], "?") not in node["html"]
    ]


def test_axe_sees_faults(open_page) -> None:
    page = open_page("?lang=en")
    page.locator("#super_resolution-examples img").first.wait_for()
    # Names come a moment after what they name.
    end = time.monotonic() + PATIENCE / 1000
    while faults(page) and time.monotonic() < end:
        page.wait_for_timeout(300)
    page.evaluate("document.querySelector('#title').append(document.createElement('button'))")
    assert [fault.partition(":")[0] for fault in faults(page)] == ["button-name"]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_tab_has_a_serious_fault(open_page, theme: str) -> None:
    page = open_page(f"?lang=en&__theme={theme}")
    found = {}
    for place, tab in enumerate(TABS):
        choose(page, place)
        page.locator(f"#{tab.NAME}-run").wait_for()
        examples = page.locator(f"#{tab.NAME}-examples img")
        if examples.count():
            examples.first.click()
            page.wait_for_timeout(1000)
        # What is still at work is pale for a moment, and pushes what is below it from under the mouse.
        expect(page.locator("[data-testid=status-tracker]:not(.hide):visible")).to_have_count(0, timeout=PATIENCE)
        page.locator(f"#{tab.NAME}-how-it-works > button").click()
        expect(page.locator(f"#{tab.NAME}-figure img")).to_be_visible(timeout=PATIENCE)
        page.wait_for_timeout(1000)
        found[tab.NAME] = faults(page)
        for opener, dialog in (("use-elsewhere", "share-dialog"), ("send", "send-menu")):
            page.locator(f"#{tab.NAME}-{opener}").click()
            page.locator(f"#{dialog}").wait_for()
            found[f"{tab.NAME} {dialog}"] = faults(page)
            page.keyboard.press("Escape")
    assert {place: list_ for place, list_ in found.items() if list_} == {}
