"""The faces and points of a photo in a real browser, alone on a page: what is dragged arrives in Python."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import gradio as gr
import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from benchmarks.page import free_port
from imaging.landmarks import FRONTAL
from tabs.components import FacePoints, PointedFace
from tabs.language import I18N
from tests.tabs.conftest import PATIENCE

pytestmark = pytest.mark.browser
HEIGHT, WIDTH = 300, 500  # of the photo
BOXES = [(60.0, 60.0, 200.0, 220.0), (300.0, 80.0, 420.0, 210.0)]
POINTS = FRONTAL * 120 + (130, 140)
TIP = 30  # of the nose
SLACK = 2.0  # pixels of the photo


@dataclass
class Server:
    """The page's address, what it told Python, and which faces it asked for."""

    address: str = ""
    told: list[PointedFace | None] = field(default_factory=list)
    asked: list[PointedFace] = field(default_factory=list)

    def show(self) -> Any:
        photo = np.full((HEIGHT, WIDTH, 3), len(self.told) % 200, np.uint8)
        return photo, BOXES, 1, POINTS

    def read(self, face: PointedFace) -> Any:
        self.asked.append(face)
        boxes = [face.box if number == face.face else box for number, box in enumerate(BOXES, start=1)]
        middle = np.add(face.box[:2], face.box[2:]) / 2
        return np.zeros((HEIGHT, WIDTH, 3), np.uint8), boxes, face.face, FRONTAL * 100 + middle

    def wait_for(self, right: Callable[[PointedFace], bool]) -> PointedFace:
        """The last that was told, once it is right."""
        end = time.monotonic() + PATIENCE / 1000
        while time.monotonic() < end:
            last = self.told[-1] if self.told else None
            if last is not None and right(last):
                return last
            time.sleep(0.05)
        raise AssertionError(f"the page last told {self.told[-1] if self.told else None}")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    server = Server()
    with gr.Blocks(analytics_enabled=False) as page:
        editor = FacePoints(height=300, elem_id="points")
        button = gr.Button("Show", elem_id="show")
    with page:
        button.click(server.show, None, editor, queue=False)
        editor.change(server.told.append, editor, None, queue=False)
        editor.submit(server.read, editor, editor, queue=False)
    settings = {"quiet": True, "ssr_mode": False, "run_history": False, "i18n": I18N}
    page.launch(server_port=free_port(), prevent_thread_lock=True, **settings)  # type: ignore[arg-type]
    server.address = page.local_url
    yield server
    page.close()


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    page = browser.new_context(viewport={"width": 800, "height": 800}).new_page()
    page.set_default_timeout(PATIENCE)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(server.address)
    page.locator("#show").click()
    expect(page.locator("#points [data-point]")).to_have_count(68, timeout=PATIENCE)
    yield page
    page.context.close()
    assert complaints == []


def drag(page: Page, what: str, across: float, down: float) -> None:
    """By so many pixels of the photo."""
    box = page.locator(f"#points [{what}]").bounding_box()
    nose, corner = (page.locator(f"#points [data-point='{point}']").bounding_box() for point in (0, 16))
    assert box
    assert nose
    assert corner
    scale = (corner["x"] - nose["x"]) / float(POINTS[16, 0] - POINTS[0, 0])
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    if what.startswith("data-box"):
        x, y = box["x"] + 5, box["y"] + 5  # where no point is
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + across * scale, y + down * scale, steps=5)
    page.mouse.up()


def test_a_point_is_dragged_taken_back_and_found_again(page: Page, server: Server) -> None:
    drag(page, f"data-point='{TIP}'", 12, -8)
    face = server.wait_for(lambda face: face.points is not None and abs(face.points[TIP] - POINTS[TIP]).max() > 4)
    assert face.points is not None
    assert np.abs(face.points[TIP] - POINTS[TIP] - (12, -8)).max() < SLACK
    assert np.abs(np.delete(face.points - POINTS, TIP, 0)).max() < 0.1
    page.locator("#points .fp-undo").click()
    server.wait_for(lambda face: face.points is not None and abs(face.points - POINTS).max() < 0.1)
    drag(page, f"data-point='{TIP}'", -10, 0)
    page.locator("#points .fp-again").click()
    server.wait_for(lambda face: face.points is not None and abs(face.points - POINTS).max() < 0.1)
    assert server.asked == []


def test_the_keyboard_moves_a_point(page: Page, server: Server) -> None:
    page.locator("#points .fp-stage").focus()
    page.keyboard.press("n")
    page.keyboard.press("ArrowRight")
    face = server.wait_for(lambda face: face.points is not None and face.points[1, 0] > POINTS[1, 0] + 0.3)
    page.keyboard.press("Control+z")
    server.wait_for(lambda face: face.points is not None and abs(face.points - POINTS).max() < 0.1)
    assert face.face == 1


def test_another_face_and_a_moved_box_are_read_anew(page: Page, server: Server) -> None:
    page.locator("#points .fp-zoom").click()
    page.locator("#points [data-box='1']").click(position={"x": 5, "y": 5})
    server.wait_for(lambda face: face.face == 2 and face.points is not None)
    assert server.asked[-1].face == 2
    assert server.asked[-1].points is None
    before = len(server.asked)
    drag(page, "data-box='1'", 20, 10)
    server.wait_for(lambda face: face.points is not None and abs(face.box[0] - 300) > 5)
    assert len(server.asked) == before + 1


def test_a_phone_in_chinese_needs_no_sideways_scrolling(browser: Browser, server: Server) -> None:
    phone = {"viewport": {"width": 390, "height": 700}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
    page = browser.new_context(locale="zh-CN", **phone).new_page()  # type: ignore[arg-type]
    page.set_default_timeout(PATIENCE)
    page.goto(server.address)
    page.locator("#show").click()
    expect(page.locator("#points [data-point]")).to_have_count(68, timeout=PATIENCE)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    expect(page.locator("#points .fp-zoom")).to_have_text("放大人脸")
    page.context.close()
