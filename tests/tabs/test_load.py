"""Thirty visitors at once, bad calls among theirs, some who leave: everybody gets an answer, and it is their own."""

from __future__ import annotations

import asyncio
import io
import re
import time
import zipfile
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import skimage.data
from PIL import Image as PillowImage

from imaging.geometry import resize
from imaging.streets import COLOURS, NAMES
from imaging.types import Image
from tests.tabs.conftest import Served
from tests.tabs.visitor import Said, TurnedAway, Visitor, file, png, sent, web

MOST_WAITING = 20  # of app.py's queue
MEMORY_SLACK = 600e6  # bytes, of several gigabytes that thirty answers would hold: allocators keep some
CAT, FACE = skimage.data.chelsea(), skimage.data.astronaut()[:256, 96:352]

Call = tuple[str, list[Any]]
Check = Callable[[list[Any]], Awaitable[None]]


def cut(number: int, height: int, width: int) -> Image:
    """A part of the cat that no other visitor has, in size and in place."""
    return CAT[40 + number : 40 + number + height, 100 + number : 100 + number + width + number]


async def one(visitor: Visitor, number: int) -> tuple[Call, Check]:
    """What a visitor asks for, by its number, and how to see that the answer is to this question."""
    kinds = (larger, restyled, filled, painted, clipped, parsed, inserted, swapped, apart, larger)
    return await kinds[number % len(kinds)](visitor, number)


async def larger(visitor: Visitor, number: int) -> tuple[Call, Check]:
    photo = cut(number, 24, 32)

    async def check(said: list[Any]) -> None:
        assert np.array_equal(await visitor.picture(said[0]), resize(photo, 2))

    return ("super_resolution", [await visitor.upload(png(photo)), "bicubic", 2, 0]), check


async def filled(visitor: Visitor, number: int) -> tuple[Call, Check]:
    photo, hole = cut(number, 40, 40), np.zeros((40, 40 + number, 3), np.uint8)
    hole[14:22, 14:22] = 255
    painter = {"background": await visitor.upload(png(photo)), "layers": [], "composite": None}
    mask = await visitor.upload(png(hole))

    async def check(said: list[Any]) -> None:
        made = await visitor.picture(said[0])
        assert np.array_equal(made[hole[..., 0] == 0], photo[hole[..., 0] == 0])
        assert not np.array_equal(made, photo)

    return ("inpaint", [painter, mask, "patchmatch", 0, 0, "fast", 0]), check


async def painted(visitor: Visitor, number: int) -> tuple[Call, Check]:
    photo = cut(number, 64, 64)
    settings = [0.5, False, 128, False, 1, 12, 0, False, 0, False, 1, 1, 1, 1]

    async def check(said: list[Any]) -> None:
        assert np.array_equal(await visitor.picture(said[1][0]), photo)
        made = await visitor.picture(said[0])
        assert made.shape == photo.shape
        # Painted over, it is still that part of the cat.
        assert np.corrcoef(made.mean(2).ravel(), photo.mean(2).ravel())[0, 1] > 0.5

    return ("stylize", [await visitor.upload(png(photo)), ["great_wave"], None, "johnson", *settings]), check


def beside(number: int) -> Image:
    """A face, further to the right for each visitor."""
    return np.pad(FACE, ((0, 0), (4 * number, 0), (0, 0)), mode="edge")


async def parsed(visitor: Visitor, number: int) -> tuple[Call, Check]:
    photo = beside(number)

    async def check(said: list[Any]) -> None:
        found = said[0]
        assert (found["width"], found["height"]) == photo.shape[1::-1]
        middle = np.mean([point[0] for point in found["points"]])
        assert abs(middle - 4 * number - 124) < 30, (middle, number)

    return ("find_faces", [await visitor.upload(png(photo)), 1, "embedded"]), check


async def swapped(visitor: Visitor, number: int) -> tuple[Call, Check]:
    photo = beside(number)
    target = {"image": await visitor.upload(png(np.ascontiguousarray(FACE[:, ::-1])), "target.png"), "caption": None}
    uploaded = await visitor.upload(png(photo))

    async def check(said: list[Any]) -> None:
        made = await visitor.picture(said[0])
        assert np.array_equal(made[:20], photo[:20])
        changed = np.nonzero((made != photo).any(2))[1].mean()
        assert abs(changed - 4 * number - 124) < 40, (changed, number)

    return ("swap_face", [uploaded, [target], "warp", 1, True, 1, 1, 40, 2, False, "embedded", None]), check


async def apart(visitor: Visitor, number: int) -> tuple[Call, Check]:
    photo = cut(number, 32, 40)

    async def check(said: list[Any]) -> None:
        assert f"{photo.shape[1]} x {photo.shape[0]} pixels" in said[2]
        assert np.array_equal(await visitor.picture(said[1][0]), photo)
        assert 2 <= len(said[4]["layers"]) <= 3

    return ("soft_segment", [await visitor.upload(png(photo)), "perceptual", 3, False, False, 0]), check


async def clipped(visitor: Visitor, number: int) -> tuple[Call, Check]:
    frames = [cut(number, 32, 40), cut(number, 32, 40)[:, ::-1]]
    uploaded = [await visitor.upload(png(frame), f"{place}.png") for place, frame in enumerate(frames)]

    async def check(said: list[Any]) -> None:
        with zipfile.ZipFile(io.BytesIO(await visitor.bytes(said[0]))) as archive:
            for place, frame in enumerate(frames, 1):
                layers = [name for name in archive.namelist() if name.startswith(f"{place:03d}/")]
                assert len(layers) >= 2
                with PillowImage.open(io.BytesIO(archive.read(layers[0]))) as layer:
                    assert layer.size == frame.shape[1::-1]

    return ("soft_segment_clip", [uploaded, 3]), check


async def restyled(visitor: Visitor, number: int) -> tuple[Call, Check]:
    photo = beside(number)
    reference = await visitor.upload(png(np.ascontiguousarray(FACE[:, ::-1])), "reference.png")
    settings = [1, reference, None, None, None, None, ["Hair"], "Reference 1", 1.0, [], False, None]

    async def check(said: list[Any]) -> None:
        made = await visitor.picture(said[0])
        assert made.shape == photo.shape
        changed = np.nonzero((made != photo).any(2))[1]
        assert abs(changed.mean() - 4 * number - 124) < 50, (changed.mean(), number)

    return ("swap_region_style", [await visitor.upload(png(photo)), *settings]), check


async def inserted(visitor: Visitor, number: int) -> tuple[Call, Check]:
    photo = np.full((96, 192 + number, 3), (95, 95, 98), np.uint8)
    photo[:30] = 190, 210, 230
    ids = np.where(np.arange(96)[:, None] < 30, NAMES.index("sky"), NAMES.index("road")) + np.zeros_like(photo[..., 0])
    labels = await visitor.upload(png(np.asarray(COLOURS, np.uint8)[ids]), "labels.png")
    box = [60 + number, 40, 100 + number, 70]
    edits, manners = {"edits": [{"label": "car", "box": box}]}, ["typical", "kept", "blended", "matched", "moved"]
    settings = [edits, labels, None, None, "embedded", *manners]

    async def check(said: list[Any]) -> None:
        made = await visitor.picture(said[0])
        assert made.shape == photo.shape
        columns = np.nonzero((made != photo).any(2))[1]
        assert abs(columns.mean() - number - 80) < 12, (columns.mean(), number)

    return ("insert_objects", [await visitor.upload(png(photo)), *settings]), check


async def bad(visitor: Visitor, number: int) -> Call:
    """A call that cannot be served."""
    photo = png(cut(number, 24, 32))
    image = await visitor.upload(photo)
    settings: list[Any] = ["bicubic", 2, 0]
    calls: Sequence[Callable[[], Awaitable[Any]]] = (
        lambda: visitor.upload(b"no picture at all"),
        lambda: visitor.upload(photo[:200]),
        lambda: visitor.upload(b""),
    )
    if number % 10 < len(calls):
        return "super_resolution", [await calls[number % 10](), *settings]
    rest: Sequence[list[Any]] = (
        [None, *settings],
        [file("/etc/passwd"), *settings],
        [image, "nonsense", 2, 0],
        [image, "bicubic", "seven", 0],
        [image, "bicubic", 2, None],
        [image, "bicubic"],
        [7, *settings],
    )
    return "super_resolution", rest[number % 10 - len(calls)]


async def patiently(visitor: Visitor, call: Call) -> str:
    """Joins as soon as the queue has room."""
    while True:
        try:
            return await visitor.join(*call)
        except TurnedAway:
            await asyncio.sleep(0.3)


async def last_word(visitor: Visitor, call: Call) -> Said:
    """What a call that waits its turn gets in the end."""
    event, last = await patiently(visitor, call), Said("", None)
    async for said in visitor.listen(call[0], event):
        last = said
    return last


async def stay(visitor: Visitor, number: int) -> None:
    """A bad call, perhaps one that is left alone, then a good one; and is the page well meanwhile?"""
    said = await last_word(visitor, await bad(visitor, number))
    assert said.kind == "error"
    assert re.match(r"[A-Z].{20,}", said.data["error"] or ""), said
    assert "/etc" not in said.data["error"]
    call, check = await one(visitor, number)
    if number % 3 == 0:  # hangs up at the first word, or before any
        event = await patiently(visitor, call)
        if number % 2:
            async for _ in visitor.listen(call[0], event):
                break
    said = await last_word(visitor, call)
    assert said.kind == "complete", said
    await check(said.data)
    well = await visitor.web.post(f"{visitor.address}/gradio_api/run/health", json={"data": []})  # past the queue
    assert well.json()["data"][0]["status"] == "ok"


def resident_bytes(page: Served) -> int:
    """Of the page's process; 0 where the system does not say."""
    status = Path(f"/proc/{page.process.pid}/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS:")), 0)


@pytest.mark.timeout(1500)
def test_thirty_visitors_get_their_own_answers(running_page: Served) -> None:
    async def visit() -> None:
        # The connections of a visitor are its own, and one that hangs up closes it.
        async with web() as own:
            for number in range(10):  # all networks are there
                call, check = await one(Visitor(own, running_page.address), number)
                await check((await last_word(Visitor(own, running_page.address), call)).data)
        before = resident_bytes(running_page)

        async def alone(number: int) -> None:
            async with web() as own:
                await stay(Visitor(own, running_page.address), number)

        await asyncio.gather(*(alone(number) for number in range(30)))
        end = time.monotonic() + 60
        while resident_bytes(running_page) > before + MEMORY_SLACK:
            assert time.monotonic() < end, (before, resident_bytes(running_page))
            await asyncio.sleep(1)

    sent(visit())
    assert running_page.process.poll() is None


@pytest.mark.timeout(900)
def test_a_full_queue_is_a_sentence_and_nobody_in_it_is_forgotten(running_page: Served) -> None:
    async def visit() -> None:
        async with web() as own:
            visitor = Visitor(own, running_page.address)
            config = (await own.get(f"{visitor.address}/config")).json()
            index = next(one["id"] for one in config["dependencies"] if one["api_name"] == "super_resolution")
            # Uploaded before: somebody computes for long, but not for ever.
            calls = [await larger(visitor, number) for number in range(MOST_WAITING + 5)]
            image = await visitor.upload(png(resize(skimage.data.astronaut(), 2)))
            long = await patiently(visitor, ("super_resolution", [image, "residual", 4, 0]))
            begun = visitor.listen("super_resolution", long)
            await anext(begun)
            waiting: list[tuple[str, Check]] = []
            refused: list[str] = []
            for call, check in calls:
                try:
                    waiting.append((await visitor.join(*call), check))
                except TurnedAway as error:
                    refused.append(str(error))
            assert set(refused) == {"Too many are waiting here just now. Try again in a minute."}
            assert len(refused) >= 5
            # The page's own request is answered so that Gradio shows the sentence, in the visitor's language.
            body = {"data": [None, "bicubic", 2, 0], "fn_index": index, "session_hash": "somebody"}
            headers = {"x-gradio-user": "app", "Accept-Language": "zh-CN"}
            answer = await own.post(f"{visitor.address}/gradio_api/queue/join", json=body, headers=headers)
            assert answer.status_code == 429
            assert answer.json()["detail"] == "当前等待的人太多。请稍后再试。"

            cancel = {"session_hash": long, "fn_index": index, "event_id": long}
            (await own.post(f"{visitor.address}/gradio_api/cancel", json=cancel)).raise_for_status()
            await begun.aclose()
            for event, check in waiting:
                last = Said("", None)
                async for said in visitor.listen("super_resolution", event):
                    last = said
                assert last.kind == "complete", last
                await check(last.data)

    sent(visit())
