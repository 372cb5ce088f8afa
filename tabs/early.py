"""`?lang=zh` in a link: the page is in that language, whatever the browser's own is.

Gradio chooses the language of fixed texts when it starts, from `navigator.language`, and puts `head=` in place later.
So the script that speaks for the link stands in the HTML itself, before Gradio's.
"""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SCRIPT = b"""<script>(() => {
const language = new URLSearchParams(location.search).get('lang');
if (!language) return;
const full = language.toLowerCase().startsWith('zh') ? 'zh-CN' : language;
Object.defineProperty(navigator, 'language', {get: () => full, configurable: true});
Object.defineProperty(navigator, 'languages', {get: () => [full], configurable: true});
})();</script>"""


class LanguageOfLink:
    """ASGI middleware: puts the script behind the `<head>` of the page that is asked for with `lang=`."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes all else on as it is."""
        if scope["type"] != "http" or scope["path"] != "/" or b"lang=" not in scope["query_string"]:
            await self.app(scope, receive, send)
            return
        start: list[Message] = []
        parts: list[bytes] = []

        async def collect(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.append(message)
                return
            parts.append(message.get("body", b""))
            if not message.get("more_body"):
                body = b"".join(parts).replace(b"<head>", b"<head>" + SCRIPT, 1)
                MutableHeaders(raw=start[0]["headers"])["content-length"] = str(len(body))
                await send(start[0])
                await send({"type": "http.response.body", "body": body})

        await self.app(scope, receive, collect)
