"""Nothing is fetched or read for a caller who names an address or a path: the real page, asked as a program asks."""

from __future__ import annotations

import http.server
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest


@pytest.fixture
def lure() -> Iterator[tuple[str, list[str]]]:
    """A web server that has a picture, and the paths that it was asked for."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}", asked
    server.shutdown()
    server.server_close()


def call(page_address: str, path: str) -> str:
    """What /super_resolution answers to a file of that path."""
    file = {"path": path, "meta": {"_type": "gradio.FileData"}}
    data = json.dumps({"data": [file, "bicubic", 2, 0]}).encode()
    headers = {"Content-Type": "application/json", "Accept-Language": "en"}
    address = f"{page_address}/gradio_api/call/super_resolution"
    with urllib.request.urlopen(urllib.request.Request(address, data, headers)) as answer:
        event = json.load(answer)["event_id"]
    with urllib.request.urlopen(f"{address}/{event}", timeout=100) as answer:
        return answer.read().decode()


@pytest.mark.parametrize("path", ["/etc/passwd", "/etc/hostname", "../app.py", "app.py", "README.md"])
def test_no_path_outside_the_uploads_is_read(page_address: str, path: str) -> None:
    said = call(page_address, path)
    assert "event: error" in said
    assert "This file was never uploaded here" in said
    assert "root:" not in said
    with pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(f"{page_address}/gradio_api/file={path}")
    assert error.value.code in (403, 404)
    error.value.close()


def test_addresses_are_not_fetched(page_address: str, lure: tuple[str, list[str]]) -> None:
    address, asked = lure
    said = call(page_address, f"{address}/picture.png")
    assert "Pictures are not fetched from addresses" in said
    said = call(page_address, "https://example.com/picture.png")
    assert "Pictures are not fetched from addresses" in said
    assert asked == []
