"""The real page, served once for all tests of a run: `app.py` as a process of its own, without a way to the Hub."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import gradio as gr
import pytest
from gradio_client import Client
from playwright.sync_api import Browser, Page, expect, sync_playwright

from benchmarks.page import answers, free_port
from tabs import TABS
from tabs.doors import Door, doors
from tests.browser import FLAGS, chromium

ROOT = Path(__file__).parents[2]
ARTEFACTS = ROOT / "tests" / "artefacts"
PATIENCE = 90_000  # milliseconds: CI's two cores are busy
START_SECONDS = 240


@pytest.fixture(scope="session")
def open_doors() -> dict[str, Door]:
    """The doors of all tabs, of a page that is not served."""
    loops: list[asyncio.AbstractEventLoop] = []  # Gradio makes several, which nobody closes

    def new_loop() -> asyncio.AbstractEventLoop:
        loops.append(asyncio.DefaultEventLoopPolicy().new_event_loop())
        return loops[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asyncio, "new_event_loop", new_loop)
        with gr.Blocks():
            for tab in TABS:
                tab.build()
    asyncio.set_event_loop(None)
    for loop in loops:
        loop.close()
    return doors()


@dataclass
class Served:
    """A page in a process of its own; `said`: its log, line by line; `cache`: the folder of what it hands out."""

    address: str
    cache: Path
    process: subprocess.Popen[str]
    said: list[str]

    @property
    def log(self) -> str:
        return "".join(self.said)


def _listen(stream: IO[str], lines: list[str]) -> None:
    for line in stream:
        lines.append(line)


@contextmanager
def served(folder: Path, port: int | None = None, **more: str) -> Iterator[Served]:
    """`app.py`, answering; its cache, Hub and shared pictures lie in `folder`; its Hub is a closed port."""
    port = port or free_port()
    (folder / "tmp").mkdir(exist_ok=True)
    environment = os.environ | {
        "GRADIO_SERVER_PORT": str(port),
        "GRADIO_TEMP_DIR": str(folder / "gradio"),
        "GRADIO_ANALYTICS_ENABLED": "False",
        "HF_HOME": str(folder / "hub"),
        "HF_ENDPOINT": f"http://127.0.0.1:{free_port()}",
        "TMPDIR": str(folder / "tmp"),
        **more,
    }
    environment.pop("HF_HUB_OFFLINE", None)
    # Its log comes through a pipe: a test that fills its disk must not silence it.
    process = subprocess.Popen(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    page = Served(f"http://127.0.0.1:{port}", folder / "gradio", process, [])
    assert process.stdout
    reader = threading.Thread(target=_listen, args=(process.stdout, page.said), daemon=True)
    reader.start()
    try:
        end = time.monotonic() + START_SECONDS
        while not answers(page.address):
            assert process.poll() is None, page.log
            assert time.monotonic() < end, "the page did not start"
            time.sleep(0.3)
        yield page
    finally:
        process.terminate()
        process.wait(60)
        reader.join(20)
        process.stdout.close()
    # A traceback in the log is a bug that a visitor saw as a toast at best.
    assert "Traceback" not in page.log, page.log


@pytest.fixture(scope="session")
def running_page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A running page whose Hub is a closed port."""
    with served(tmp_path_factory.mktemp("page")) as page:
        yield page


@pytest.fixture(scope="session")
def page_address(running_page: Served) -> str:
    """Its http://127.0.0.1:PORT."""
    return running_page.address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield browser
        browser.close()


def choose(page: Page, place: int) -> None:
    """Clicks a tab; on a phone those that find no room are in a menu."""
    tabs = page.get_by_role("tab")
    tabs.first.wait_for()
    shown = tabs.count()
    if place < shown:
        tabs.nth(place).click()
        return
    page.locator(".overflow-menu > button").click()
    page.locator(".overflow-dropdown button").nth(place - shown).click()


def download(page: Page, button: str, path: Path) -> Path:
    """Clicks the download button of that id once it can be clicked; what came is in `path`."""
    place = page.locator(f"#{button}")
    # After a run it is offered a moment later than the picture.
    expect(place).to_be_enabled(timeout=PATIENCE)
    with page.expect_download() as came:
        place.click()
    came.value.save_as(path)
    return path


@pytest.fixture
def open_page(browser: Browser, page_address: str, request: pytest.FixtureRequest) -> Iterator[object]:
    """Opens the page in a context of its own; fails on script errors and on anything asked from elsewhere."""
    pages: list[Page] = []
    complaints: list[str] = []

    def look(url: str) -> None:
        if not url.startswith((page_address, "data:", "blob:")):
            complaints.append(f"asked {url}")

    def opened(query: str = "", tab: str | None = "super_resolution", wait_for: str = "", **settings: object) -> Page:
        page = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **settings}).new_page()  # type: ignore[arg-type]
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda asked: look(asked.url))
        page.goto(f"{page_address}/{query}")
        if tab:
            choose(page, [one.NAME for one in TABS].index(tab))
        page.locator(f"#{wait_for or f'{tab}-run'}").wait_for()
        pages.append(page)
        return page

    yield opened
    ARTEFACTS.mkdir(exist_ok=True)
    for number, page in enumerate(pages):
        page.screenshot(path=ARTEFACTS / f"{request.node.name}-{number}.png", full_page=True)
        page.context.close()
    assert complaints == []


@pytest.fixture(scope="module")
def client(page_address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    client = Client(page_address, verbose=False, download_files=str(tmp_path_factory.mktemp("downloads")))
    yield client
    client.close()
