"""The label painter in a real browser, alone on a page: what is drawn arrives in Python, id for id."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import gradio as gr
import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from benchmarks.page import free_port
from imaging.geometry import resize
from tabs.components import LabelPainter, Painted
from tabs.language import I18N
from tests.tabs.conftest import PATIENCE

pytestmark = pytest.mark.browser
HEIGHT, WIDTH = 40, 60
NAMES, COLOURS = ("background", "skin", "hair", "nose"), ((0, 0, 0), (204, 0, 0), (0, 0, 204), (76, 153, 0))
HAIR, NOSE = NAMES.index("hair"), NAMES.index("nose")


def regions() -> np.ndarray:
    """Skin left, background right with two separate patches of hair, and noise below."""
    labels = np.zeros((HEIGHT, WIDTH), np.uint8)
    labels[:, :30] = 1
    labels[4:12, 34:44] = labels[4:12, 48:58] = HAIR
    # Noise and a ramp make the PNG's encoder use more of its filters.
    labels[30:] = np.random.default_rng(0).integers(0, 4, (10, WIDTH))
    labels[26:30] = np.arange(WIDTH) // 3 % 4
    return labels


@dataclass
class Server:
    """The page's address, what it was told to show, and all that it told Python since."""

    address: str = ""
    given: np.ndarray = field(default_factory=regions)
    told: list[Painted] = field(default_factory=list)

    def show(self) -> tuple[np.ndarray, np.ndarray]:
        # A new corner every time: Gradio does not pass a value on that has not changed.
        self.given = regions()
        self.given[0, 0] = len(self.told) % 4
        self.given[0, 1] = len(self.told) // 4 % 4
        return resize(np.dstack([self.given * 60] * 3), 2), self.given

    def wait_for(self, labels: np.ndarray, picked: tuple[int, ...] = ()) -> None:
        """Until the last that was told is this."""
        end = time.monotonic() + PATIENCE / 1000
        while time.monotonic() < end:
            last = self.told[-1] if self.told else None
            if last and last.labels is not None and last.picked == picked and np.array_equal(last.labels, labels):
                return
            time.sleep(0.05)
        raise AssertionError(f"the page last told {last}")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    server = Server()
    with gr.Blocks(analytics_enabled=False) as page:
        painter = LabelPainter(NAMES, COLOURS, height=400, elem_id="painter")
        button = gr.Button("Show", elem_id="show")
    with page:
        button.click(server.show, None, painter, queue=False)
        painter.change(server.told.append, painter, None, queue=False)
    settings = {"quiet": True, "ssr_mode": False, "run_history": False, "i18n": I18N}
    page.launch(server_port=free_port(), prevent_thread_lock=True, **settings)  # type: ignore[arg-type]
    server.address = page.local_url
    yield server
    page.close()


def opened(browser: Browser, server: Server, **settings: object) -> Page:
    page = browser.new_context(**settings).new_page()  # type: ignore[arg-type]
    page.set_default_timeout(PATIENCE)
    page.goto(server.address)
    return page


def show(page: Page, server: Server) -> None:
    before = len(server.told)
    page.locator("#show").click()
    end = time.monotonic() + PATIENCE / 1000
    while len(server.told) == before and time.monotonic() < end:
        time.sleep(0.05)
    expect(page.locator("#painter .lp")).to_have_attribute("data-state", "ready")


@pytest.fixture(scope="module")
def shared_page(browser: Browser, server: Server) -> Iterator[Page]:
    page = opened(browser, server, viewport={"width": 900, "height": 900})
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    page.context.close()
    assert complaints == []


@pytest.fixture
def page(shared_page: Page, server: Server) -> Page:
    show(shared_page, server)
    return shared_page


def spot(page: Page, x: float, y: float) -> tuple[float, float]:
    """Where the middle of a pixel of the map is on the page."""
    box = page.locator("#painter .lp-stage").bounding_box()
    assert box is not None
    return box["x"] + (x + 0.5) * box["width"] / WIDTH, box["y"] + (y + 0.5) * box["height"] / HEIGHT


def tool(page: Page, name: str) -> None:
    page.locator(f"#painter .lp-tools [data-tool={name}]").click()


def chip(page: Page, label: int) -> Locator:
    return page.locator(f"#painter .lp-chips [data-label='{label}']")


def draw(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*spot(page, *start))
    page.mouse.down()
    page.mouse.move(*spot(page, *end), steps=4)
    page.mouse.up()


def five_wide(page: Page) -> None:
    size = page.locator("#painter .lp-size input")
    size.fill("54")
    expect(size).to_have_attribute("aria-valuetext", "5 px")


def drawn(labels: np.ndarray, start: tuple[int, int], end: tuple[int, int], label: int | np.ndarray) -> np.ndarray:
    """`labels` with all pixels of `label` that are no further than 2.5 from a level line between two pixels."""
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    near = np.hypot(x - np.clip(x, start[0], end[0]), y - start[1]) <= 2.5
    return np.where(near, label, labels)


def test_a_click_picks_a_region_and_another_lets_it_go(page: Page, server: Server) -> None:
    page.mouse.click(*spot(page, 40, 8))
    server.wait_for(server.given, (HAIR,))
    expect(chip(page, HAIR)).to_have_attribute("aria-pressed", "true")
    chip(page, 1).click()
    server.wait_for(server.given, (HAIR, 1))
    expect(page.locator("#painter .lp-status")).to_have_text("Picked: hair, skin")
    page.mouse.click(*spot(page, 52, 8))  # the other patch is the same region
    server.wait_for(server.given, (1,))


def test_brush_eraser_undo_and_redo_are_exact(page: Page, server: Server) -> None:
    tool(page, "brush")
    five_wide(page)
    chip(page, NOSE).click()
    draw(page, (10, 28), (40, 28))
    brushed = drawn(server.given, (10, 28), (40, 28), NOSE)
    server.wait_for(brushed)
    tool(page, "eraser")
    draw(page, (20, 28), (30, 28))
    erased = drawn(brushed, (20, 28), (30, 28), server.given)
    server.wait_for(erased)
    undo, redo = page.locator("#painter .lp-undo"), page.locator("#painter .lp-redo")
    undo.click()
    server.wait_for(brushed)
    undo.click()
    server.wait_for(server.given)
    expect(undo).to_be_disabled()
    redo.click()
    redo.click()
    server.wait_for(erased)
    expect(redo).to_be_disabled()


def test_fill_takes_what_is_connected(page: Page, server: Server) -> None:
    tool(page, "fill")
    chip(page, NOSE).click()
    page.mouse.click(*spot(page, 40, 8))
    filled = server.given.copy()
    filled[4:12, 34:44] = NOSE
    server.wait_for(filled)


def test_the_keyboard_picks_paints_and_takes_back(page: Page, server: Server) -> None:
    chip(page, 1).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    server.wait_for(server.given, (HAIR,))
    page.keyboard.press("3")
    server.wait_for(server.given, (HAIR, NOSE))
    tool(page, "brush")
    five_wide(page)
    page.locator("#painter .lp-stage").focus()
    page.keyboard.press("]")
    expect(page.locator("#painter .lp-size input")).to_have_attribute("aria-valuetext", "6 px")
    page.keyboard.press("[")
    page.keyboard.press("3")
    expect(chip(page, NOSE)).to_have_attribute("aria-pressed", "true")
    draw(page, (10, 8), (14, 8))
    brushed = drawn(server.given, (10, 8), (14, 8), NOSE)
    server.wait_for(brushed, (HAIR, NOSE))
    page.keyboard.press("Control+z")
    server.wait_for(server.given, (HAIR, NOSE))
    page.keyboard.press("Control+Shift+Z")
    server.wait_for(brushed, (HAIR, NOSE))


def test_a_new_picture_from_python_begins_anew_and_is_told_once(page: Page, server: Server) -> None:
    tool(page, "brush")
    draw(page, (10, 8), (14, 8))
    expect(page.locator("#painter .lp-undo")).to_be_enabled()
    expect(page.locator("#painter .lp")).to_have_attribute("data-state", "ready")
    page.wait_for_timeout(500)
    before = len(server.told)
    show(page, server)
    page.wait_for_timeout(1000)
    assert len(server.told) == before + 1
    server.wait_for(server.given)
    expect(page.locator("#painter .lp-undo")).to_be_disabled()
    expect(page.locator("#painter [aria-pressed=true][data-tool]")).to_have_attribute("data-tool", "pick")


def test_a_finger_picks_and_paints_on_a_phone_in_chinese(browser: Browser, server: Server) -> None:
    phone = {"viewport": {"width": 390, "height": 600}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
    page = opened(browser, server, locale="zh-CN", **phone)
    show(page, server)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.touchscreen.tap(*spot(page, 40, 8))
    server.wait_for(server.given, (HAIR,))
    expect(page.locator("#painter .lp-status")).to_have_text("已选取：头发")
    expect(page.locator("#painter .lp-tools button")).to_have_text(["选取", "画笔", "填充", "还原笔"])
    tool(page, "brush")
    five_wide(page)
    chip(page, NOSE).click()
    page.locator("#painter .lp-stage").scroll_into_view_if_needed()
    down = page.evaluate("scrollY")
    touch = page.context.new_cdp_session(page)
    for kind, x in [("touchStart", 10), ("touchMove", 18), ("touchMove", 25), ("touchEnd", None)]:
        points = [] if x is None else [dict(zip("xy", spot(page, x, 8), strict=True))]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    server.wait_for(drawn(server.given, (10, 8), (25, 8), NOSE), (HAIR,))
    assert page.evaluate("scrollY") == down
    page.context.close()
