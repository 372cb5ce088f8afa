"""The box editor in a real browser, alone on a page: what is drawn arrives in Python, edge for edge."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import gradio as gr
import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from benchmarks.page import free_port
from tabs.components import BoxEditor, Drawn
from tabs.components.box_editor import BoxFields, EditFields
from tabs.language import I18N
from tests.tabs.conftest import PATIENCE

pytestmark = pytest.mark.browser
HEIGHT, WIDTH, HORIZON = 200, 400, 80
KINDS, COLOURS = ("car", "person"), ((0, 0, 142), (220, 20, 60))
CLOSE = 2  # pixels of the photo, from what was drawn: it is not shown at its own size


@dataclass
class Server:
    """The page's address and all that it told Python."""

    address: str = ""
    shown: int = 0
    submitted: int = 0
    told: list[Drawn] = field(default_factory=list)

    def show(self) -> tuple[np.ndarray, int, list[EditFields]]:
        self.shown += 1
        return np.full((HEIGHT, WIDTH, 3), self.shown % 256, np.uint8), HORIZON, []

    def one_more(self, drawn: Drawn) -> BoxFields:
        return drawn.with_edits([*drawn.edits, EditFields(box=[1, 2, 30, 40], label="person")], len(drawn.edits))

    def submit(self) -> None:
        self.submitted += 1

    def wait(self, is_so: Callable[[Drawn], bool]) -> Drawn:
        """Until what was told last is so."""
        end = time.monotonic() + PATIENCE / 1000
        while time.monotonic() < end:
            if self.told and is_so(self.told[-1]):
                return self.told[-1]
            time.sleep(0.05)
        raise AssertionError(f"the page last told {self.told[-1].edits if self.told else None}")

    def boxes(self, *wanted: tuple[str, tuple[float, ...]]) -> Drawn:
        """Until these, action and edges, are what was told last."""

        def so(drawn: Drawn) -> bool:
            return [edit.action for edit in drawn.edits] == [action for action, _ in wanted] and all(
                np.abs(np.subtract(edit.box, box)).max() <= CLOSE
                for edit, (_, box) in zip(drawn.edits, wanted, strict=True)
            )

        return self.wait(so)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    server = Server()
    with gr.Blocks(analytics_enabled=False) as page:
        editor = BoxEditor(KINDS, COLOURS, height=400, elem_id="editor")
        show, more = gr.Button("Show", elem_id="show"), gr.Button("More", elem_id="more")
        show.click(server.show, None, editor, queue=False)
        more.click(server.one_more, editor, editor, queue=False)
        editor.change(server.told.append, editor, None, queue=False)
        editor.submit(server.submit, None, None, queue=False)
    settings = {"quiet": True, "ssr_mode": False, "run_history": False, "i18n": I18N}
    page.launch(server_port=free_port(), prevent_thread_lock=True, **settings)  # type: ignore[arg-type]
    server.address = str(page.local_url)
    yield server
    page.close()


def opened(browser: Browser, server: Server, **settings: object) -> Page:
    page = browser.new_context(**settings).new_page()  # type: ignore[arg-type]
    page.set_default_timeout(PATIENCE)
    page.goto(server.address)
    return page


def show(page: Page, server: Server) -> None:
    server.told.clear()
    page.locator("#show").click()
    server.wait(lambda drawn: not drawn.edits)
    expect(page.locator("#editor .be")).to_have_attribute("data-state", "ready")
    expect(page.locator("#editor .be-list li")).to_have_count(0)


@pytest.fixture(scope="module")
def shared_page(browser: Browser, server: Server) -> Iterator[Page]:
    page = opened(browser, server, viewport={"width": 900, "height": 1000})
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
    box = page.locator("#editor .be-stage").bounding_box()
    assert box is not None
    return box["x"] + x * box["width"] / WIDTH, box["y"] + y * box["height"] / HEIGHT


def drag(page: Page, *points: tuple[float, float]) -> None:
    page.mouse.move(*spot(page, *points[0]))
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*spot(page, *point), steps=4)
    page.mouse.up()


def act(page: Page, action: str) -> None:
    page.locator(f"#editor [data-action={action}]").click()


CAR = (100, 110, 180, 150)


def test_a_box_is_drawn_named_moved_resized_deleted_and_all_of_it_taken_back(page: Page, server: Server) -> None:
    scale = page.locator("#editor .be-scale")
    drag(page, CAR[:2], CAR[2:])
    drawn = server.boxes(("add", CAR))
    assert (drawn.edits[0].label, drawn.chosen) == ("car", 0)
    page.locator("#editor [data-kind=person]").click()
    server.wait(lambda drawn: drawn.edits[0].label == "person")
    page.locator("#editor summary").click()
    scale.click()  # sizes do not follow distance
    drag(page, (140, 130), (240, 140))
    moved = (200, 120, 280, 160)
    server.boxes(("add", moved))
    scale.click()
    drag(page, (280, 160), (300, 190))
    server.boxes(("add", (200, 120, 300, 190)))
    page.locator("#editor .be-delete").click()
    server.wait(lambda drawn: not drawn.edits)
    undo, redo = page.locator("#editor .be-undo"), page.locator("#editor .be-redo")
    for wanted in ((200, 120, 300, 190), moved, CAR):
        undo.click()
        server.boxes(("add", wanted))
    undo.click()
    server.wait(lambda drawn: drawn.edits[0].label == "car")
    server.boxes(("add", CAR))
    undo.click()
    server.wait(lambda drawn: not drawn.edits)
    expect(undo).to_be_disabled()
    redo.click()
    server.boxes(("add", CAR))


def test_what_is_moved_away_from_the_horizon_grows(page: Page, server: Server) -> None:
    drag(page, CAR[:2], CAR[2:])
    server.boxes(("add", CAR))
    drag(page, (140, 130), (140, 165))  # its foot from 70 to 105 below the horizon: half as large again
    server.boxes(("add", (80, 125, 200, 185)))


def test_a_click_and_a_tiny_drag_make_no_box(page: Page, server: Server) -> None:
    drag(page, CAR[:2], CAR[2:])
    server.boxes(("add", CAR))
    page.mouse.click(*spot(page, 300, 50))
    server.wait(lambda drawn: drawn.chosen == -1)
    drag(page, (300, 50), (303, 55))
    page.mouse.click(*spot(page, 140, 130))
    drawn = server.wait(lambda drawn: drawn.chosen == 0)
    assert len(drawn.edits) == 1


def test_several_boxes_have_an_order_and_each_its_colour(page: Page, server: Server) -> None:
    drag(page, CAR[:2], CAR[2:])
    page.mouse.click(*spot(page, 300, 50))
    act(page, "remove")
    drag(page, (20, 90), (60, 140))
    server.boxes(("add", CAR), ("remove", (20, 90, 60, 140)))
    page.locator("#editor .be-back").last.click()
    server.boxes(("remove", (20, 90, 60, 140)), ("add", CAR))
    page.locator("#editor .be-row").last.click()
    page.locator("#editor .be-colour select").select_option("own")
    page.locator("#editor .be-colour input").fill("#00ff7f")
    drawn = server.wait(lambda drawn: len(drawn.edits) == 2 and drawn.edits[1].colour == "#00ff7f")
    assert drawn.edits[0].colour == ""


def test_what_is_moved_has_a_second_box_and_an_outline_stays_in_its_box(page: Page, server: Server) -> None:
    act(page, "move")
    drag(page, CAR[:2], CAR[2:])
    drawn = server.wait(lambda drawn: bool(drawn.edits and drawn.edits[0].to))
    x, y = (drawn.edits[0].to[0] + drawn.edits[0].to[2]) / 2, drawn.edits[0].to[1] + 20
    drag(page, (x, y), (x + 60, y))
    moved = server.wait(lambda told: abs(told.edits[0].to[0] - drawn.edits[0].to[0] - 60) <= CLOSE)
    assert np.abs(np.subtract(moved.edits[0].box, CAR)).max() <= CLOSE
    act(page, "add")
    assert not server.wait(lambda told: told.edits[0].action == "add").edits[0].to
    page.locator("#editor .be-outline").click()
    drag(page, (120, 120), (160, 120), (160, 140), (120, 140))
    points = np.array(server.wait(lambda told: len(told.edits[0].outline) >= 4).edits[0].outline)
    np.testing.assert_allclose([points.min(0), points.max(0)], [[0.25, 0.25], [0.75, 0.75]], atol=0.03)


def test_the_keyboard_alone_makes_moves_resizes_chooses_and_deletes(page: Page, server: Server) -> None:
    page.locator("#editor .be-stage").focus()
    page.keyboard.press("n")
    first = server.wait(lambda drawn: len(drawn.edits) == 1).edits[0].box
    page.keyboard.press("ArrowRight")
    server.boxes(("add", (first[0] + 2, first[1], first[2] + 2, first[3])))
    page.keyboard.press("Shift+ArrowDown")
    taller = (first[0] + 2, first[1], first[2] + 2, first[3] + 2)
    server.boxes(("add", taller))
    page.keyboard.press("n")
    server.boxes(("add", taller), ("add", tuple(first)))
    page.keyboard.press("1")
    server.wait(lambda drawn: drawn.chosen == 0)
    page.keyboard.press("Delete")
    server.boxes(("add", tuple(first)))
    page.keyboard.press("Control+z")
    server.boxes(("add", taller), ("add", tuple(first)))
    page.keyboard.press("Control+Shift+Z")
    server.boxes(("add", tuple(first)))
    page.keyboard.press("Escape")
    server.wait(lambda drawn: drawn.chosen == -1)


def test_more_edits_from_python_can_be_taken_back_and_another_variant_is_asked_for(page: Page, server: Server) -> None:
    drag(page, CAR[:2], CAR[2:])
    server.boxes(("add", CAR))
    page.locator("#more").click()
    drawn = server.boxes(("add", CAR), ("add", (1, 2, 30, 40)))
    assert drawn.chosen == 1
    before = server.submitted
    page.locator("#editor .be-variant").click()
    server.wait(lambda drawn: len(drawn.edits) == 2 and drawn.edits[1].seed == 1)
    page.wait_for_timeout(500)
    assert server.submitted == before + 1
    page.locator("#editor .be-undo").click()
    page.locator("#editor .be-undo").click()
    server.boxes(("add", CAR))


def test_a_finger_draws_and_moves_on_a_phone_in_chinese(browser: Browser, server: Server) -> None:
    phone = {"viewport": {"width": 390, "height": 700}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
    page = opened(browser, server, locale="zh-CN", **phone)
    show(page, server)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    expect(page.locator("#editor .be-actions button")).to_have_text(["添加", "移除", "替换", "移动", "换色"])
    page.locator("#editor [data-kind=person]").click()
    down = page.evaluate("scrollY")
    touch = page.context.new_cdp_session(page)

    def finger(*places: tuple[float, float]) -> None:
        for kind, place in [("touchStart", places[0]), *(("touchMove", place) for place in places), ("touchEnd", None)]:
            points = [dict(zip("xy", spot(page, *place), strict=True))] if place else []
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    finger(CAR[:2], (140, 130), CAR[2:])
    assert server.boxes(("add", CAR)).edits[0].label == "person"
    finger((140, 130), (180, 130), (200, 130))
    server.boxes(("add", (160, 110, 240, 150)))
    assert page.evaluate("scrollY") == down
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.context.close()
