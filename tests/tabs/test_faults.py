"""What befalls a page: a full disk, a kill in mid-job, calls that do not fit. Each time a sentence, then it works."""

from __future__ import annotations

import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import numpy as np
import pytest
import skimage.data
from playwright.sync_api import Browser, expect

from benchmarks.page import free_port
from imaging.geometry import resize
from tabs import shared
from tabs.doors import Door
from tests.tabs.conftest import PATIENCE, Served, served
from tests.tabs.visitor import Visitor, file, png, sent, web

NOISE = np.random.default_rng(0).integers(0, 256, (40, 50, 3), np.uint8)  # 6 kB, whatever packs it
FULL = "The disk of this page's machine is full, so nothing more can be kept there. Try again later."


@contextmanager
def full_disk(page: Served) -> Iterator[None]:
    """The page's process can make no file longer than 2000 bytes; the error has another number than a full disk's."""
    if sys.platform != "linux":
        pytest.skip("no prlimit here")
    import resource

    soft, hard = resource.prlimit(page.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(page.process.pid, resource.RLIMIT_FSIZE, (2000, hard))
    try:
        yield
    finally:
        resource.prlimit(page.process.pid, resource.RLIMIT_FSIZE, (soft, hard))


def handed_out(page: Served) -> set[Path]:
    """All files that could be served as somebody's picture."""
    return set(page.cache.glob("*/*"))


@pytest.mark.timeout(600)
def test_a_full_disk_is_a_sentence_and_leaves_no_half_of_a_file(running_page: Served) -> None:
    async def visit() -> None:
        async with web() as english, web("zh-CN") as chinese:
            visitor = Visitor(english, running_page.address)
            call: list[Any] = [await visitor.upload(png(NOISE)), "bicubic", 2, 0]
            before = handed_out(running_page)
            with full_disk(running_page):
                said = await visitor.call("super_resolution", call)
                assert (said.kind, said.data["error"]) == ("error", FULL)
                said = await Visitor(chinese, running_page.address).call("super_resolution", call)
                assert said.data["error"].startswith("本页所在机器的磁盘已满")
                # What Gradio writes by itself, in the middle of a run: the method is not the point.
                answer = await english.post(
                    f"{visitor.address}/gradio_api/upload", files={"files": ("photo.png", png(NOISE.copy()[::-1]))}
                )
                assert (answer.status_code, answer.text) == (507, FULL)
                assert handed_out(running_page) == before
            said = await visitor.call("super_resolution", call)
            assert np.array_equal(await visitor.picture(said.data[0]), resize(NOISE, 2))

    sent(visit())


def test_who_leaves_in_the_middle_of_an_upload_leaves_no_fault_in_the_log(running_page: Served) -> None:
    port = urlsplit(running_page.address).port
    assert port
    before = running_page.log.count("ClientDisconnect")
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(
            b"POST /gradio_api/upload HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100000\r\n"
            b"Content-Type: multipart/form-data; boundary=x\r\n\r\n"
            b'--x\r\nContent-Disposition: form-data; name="files"; filename="photo.png"\r\n\r\nhalf'
        )
        time.sleep(1)
    time.sleep(1)

    async def visit() -> None:
        async with web() as one:
            await Visitor(one, running_page.address).upload(png(NOISE))

    sent(visit())
    assert running_page.log.count("ClientDisconnect") == before


@pytest.mark.parametrize(
    ("language", "values", "sentence"),
    [
        ("en", [None, "bicubic", "seven", 0], "A value does not fit: "),
        ("zh", [None, "bicubic", 2, 7], "7 过大：最多为 1。"),
        ("en", [None, "bicubic", 2, -1], "-1 is too little here: 0 at least."),
        ("en", [None, "bicubic"], "These values do not fit the endpoint: "),
        ("zh", [None, "bicubic", 2, "x"], "这些数值与接口不符："),
        ("zh", [file("/etc/passwd"), "bicubic", 2, 0], "该文件未上传到这里"),
    ],
)
def test_a_call_that_does_not_fit_is_a_sentence_in_the_callers_language(
    page_address: str, language: str, values: list[Any], sentence: str
) -> None:
    async def visit() -> None:
        async with web(language) as one:
            said = await Visitor(one, page_address).call("super_resolution", values)
            assert said.kind == "error"
            assert said.data["error"].startswith(sentence), said

    sent(visit())


def test_an_empty_number_field_stands_for_its_usual_value(page_address: str) -> None:
    async def visit() -> None:
        async with web() as one:
            visitor = Visitor(one, page_address)
            photo, mask = await visitor.upload(png(NOISE)), np.zeros_like(NOISE)
            mask[10:15, 10:15] = 255
            painter = {"background": photo, "layers": [], "composite": None}
            call = [painter, await visitor.upload(png(mask)), "patchmatch", 0, 0, "fast", None]
            assert (await visitor.call("inpaint", call)).kind == "complete"

    sent(visit())


@pytest.fixture
def token(open_doors: dict[str, Door], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Of a picture kept for a link where a page of `tmp_path` keeps them."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "gradio"))
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    upload = tmp_path / "gradio" / "abc" / "own.png"
    upload.parent.mkdir(parents=True)
    upload.write_bytes(png(NOISE))
    return shared.keep(open_doors["super_resolution"], [file(str(upload))])


@pytest.mark.browser
@pytest.mark.timeout(900)
def test_a_page_killed_in_mid_job_comes_back_with_its_links_and_results(
    browser: Browser, tmp_path: Path, token: str
) -> None:
    port = free_port()

    async def before(page: Served) -> str:
        async with web() as one:
            visitor = Visitor(one, page.address)
            photo = await visitor.upload(png(NOISE))
            said = await visitor.call("super_resolution", [photo, "bicubic", 2, 0])
            large = await visitor.upload(png(resize(skimage.data.astronaut(), 2)))
            event = await visitor.join("super_resolution", [large, "residual", 4, 0])
            begun = visitor.listen("super_resolution", event)
            await anext(begun)
            page.process.kill()
            with pytest.raises(httpx.HTTPError):  # who waits is not left waiting
                async for _ in begun:
                    pass
            return said.data[0]["url"]

    async def after(page: Served, result: str) -> None:
        async with web() as one:
            visitor = Visitor(one, page.address)
            assert np.array_equal(await visitor.picture({"url": result}), resize(NOISE, 2))
            said = await visitor.call("super_resolution", [await visitor.upload(png(NOISE)), "bicubic", 3, 0])
            assert np.array_equal(await visitor.picture(said.data[0]), resize(NOISE, 3))

    with served(tmp_path, port) as page:
        result = sent(before(page))
    with served(tmp_path, port) as page:
        sent(after(page, result))
        window = browser.new_page()
        window.goto(f"{page.address}/?tab=super_resolution&shared={token}")
        picture = window.locator("#super_resolution-image img")
        expect(picture).to_have_js_property("naturalWidth", NOISE.shape[1], timeout=PATIENCE)
        window.goto(f"{page.address}/?tab=super_resolution&example=cat")
        picture = window.locator("#super_resolution-comparison img").last
        expect(picture).not_to_have_js_property("naturalWidth", 0, timeout=PATIENCE)
        window.close()
