"""What the server refuses before any handler runs is said in a sentence, too: a full queue, an upload on a full disk.

Gradio's page shows its own English words for status 503, whatever stands in the answer, and what stands in the answer
for other statuses: so the page's own requests get 429. Programs get 503, as Gradio's clients expect, with the sentence.
"""

from __future__ import annotations

import json
from typing import Any

import gradio as gr
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tabs.cache import FULL, NO_ROOM
from tabs.language import of, say

JOIN = ("/queue/join", "/call/")
UPLOAD = ("/upload", "/upload/")
FROM_PAGE = (b"x-gradio-user", b"app")


class Refusals:
    """ASGI middleware: rewrites refusals, passes all else on as it is."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Only what is posted can be refused."""
        if scope["type"] != "http" or scope["method"] != "POST":
            await self.app(scope, receive, send)
        elif scope["path"].endswith(UPLOAD):
            await self._upload(scope, receive, send)
        elif any(path in scope["path"] for path in JOIN):
            await self._join(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _upload(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self.app(scope, receive, send)
        except ClientDisconnect:
            return  # nobody is there to be told, and nothing is wrong: the visitor has left the page
        except OSError as error:
            if error.errno not in FULL:
                raise
            await _answer(send, 507, say(_language(scope), NO_ROOM), b"text/plain; charset=utf-8")

    async def _join(self, scope: Scope, receive: Receive, send: Send) -> None:
        full = False

        async def say_so(message: Message) -> None:
            nonlocal full
            if message["type"] == "http.response.start":
                full = message["status"] == 503
                if full:
                    words = say(_language(scope), "Too many are waiting here just now. Try again in a minute.")
                    status = 429 if FROM_PAGE in scope["headers"] else 503
                    await _answer(send, status, json.dumps({"detail": words}), b"application/json")
            if not full:
                await send(message)

        await self.app(scope, receive, say_so)


def _language(scope: Scope) -> str:
    return of(gr.Request(request=Request(scope)))  # pyright: ignore[reportArgumentType] - FastAPI's is this one


async def _answer(send: Send, status: int, text: str, kind: bytes) -> None:
    body = text.encode()
    headers: list[Any] = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
