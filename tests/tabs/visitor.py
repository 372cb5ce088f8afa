"""A visitor without a browser: uploads pictures, calls endpoints, reads what streams back, as `curl` would."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx
import numpy as np
from PIL import Image as PillowImage

from imaging.types import Image

Result = TypeVar("Result")

PATIENCE = 240  # seconds, between two bytes: the queue's heartbeats come every 15


def web(language: str = "en") -> httpx.AsyncClient:
    """A client whose connections are used once: a busy server may close an idle one just as it is used again."""
    headers = {"Accept-Language": language}
    return httpx.AsyncClient(timeout=PATIENCE, headers=headers, limits=httpx.Limits(max_keepalive_connections=0))


def png(pixels: Image) -> bytes:
    stream = io.BytesIO()
    PillowImage.fromarray(pixels).save(stream, "png")
    return stream.getvalue()


@dataclass(frozen=True)
class Said:
    """The last word of a call: `kind` is "complete" or "error"; `data` the outputs, or the error."""

    kind: str
    data: Any


class TurnedAway(Exception):
    """The queue is full; with the sentence that the page gave."""


@dataclass
class Visitor:
    """`web` is shared or the visitor's own; `address` the page's."""

    web: httpx.AsyncClient
    address: str

    async def upload(self, data: bytes, name: str = "photo.png") -> dict[str, Any]:
        """What stands for the file in a call."""
        answer = await self.web.post(f"{self.address}/gradio_api/upload", files={"files": (name, data)})
        answer.raise_for_status()
        return file(answer.json()[0])

    async def join(self, endpoint: str, data: list[Any], **more: Any) -> str:
        """The id of the event; `TurnedAway` where the queue is full."""
        answer = await self.web.post(f"{self.address}/gradio_api/call/{endpoint}", json={"data": data, **more})
        if answer.status_code == 503:
            raise TurnedAway(answer.json()["detail"])
        answer.raise_for_status()
        return answer.json()["event_id"]

    async def listen(self, endpoint: str, event: str) -> AsyncIterator[Said]:
        """All that the page says of it; leaving the loop hangs up."""
        async with self.web.stream("GET", f"{self.address}/gradio_api/call/{endpoint}/{event}") as answer:
            answer.raise_for_status()
            kind = ""
            async for line in answer.aiter_lines():
                if line.startswith("event: "):
                    kind = line.removeprefix("event: ")
                elif line.startswith("data: ") and kind != "heartbeat":
                    yield Said(kind, json.loads(line.removeprefix("data: ")))

    async def call(self, endpoint: str, data: list[Any]) -> Said:
        """The last word."""
        event, last = await self.join(endpoint, data), Said("", None)
        async for said in self.listen(endpoint, event):
            last = said
        assert last.kind in ("complete", "error"), last
        return last

    async def bytes(self, entry: dict[str, Any]) -> bytes:
        """A file that the page handed out."""
        answer = await self.web.get(entry["url"])
        answer.raise_for_status()
        return answer.content

    async def picture(self, entry: dict[str, Any]) -> Image:
        """The pixels of one."""
        return np.asarray(PillowImage.open(io.BytesIO(await self.bytes(entry))))


def file(path: str) -> dict[str, Any]:
    """What stands in a call for a file that lies on the page's side."""
    return {"path": path, "meta": {"_type": "gradio.FileData"}}


def sent(visit: Coroutine[Any, Any, Result]) -> Result:
    """What comes of a visit; in a thread of its own, since Playwright's loop goes on in the tests' own."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, visit).result()
