"""A Hugging Face Hub on this machine: fake repositories over real HTTP, with faults that a test switches on.

It says what `huggingface_hub` listens to, and nothing of xet, so files come as plain HTTP: the Hub answers
`/{repo_id}/resolve/{revision}/{file}` with `X-Repo-Commit`, `X-Linked-ETag` (the content's sha256), `X-Linked-Size` and
a redirect to the CDN. That is a second server, as on the real Hub: to the client another port is another host, where
it sends no token and which it asks again, with a range, when a body breaks off.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from urllib.parse import unquote


@dataclass
class Repo:
    """A repository of one commit, which is also its branch `main`."""

    commit: str
    files: dict[str, bytes]
    token: str | None = None  # that a reader must send
    gated: bool = False  # with a token, and an agreement that nobody here has signed


@dataclass(frozen=True)
class Request:
    """One request as it came in; `host` is "hub" or "cdn"."""

    host: str
    method: str
    path: str
    range: str | None
    token: str | None


@dataclass
class Faults:
    """What goes wrong, from now on unless it says how often."""

    status: int | None = None  # the Hub answers every request with this and no explanation
    no_hub: bool = False  # a page in HTML answers in the Hub's place
    silent_hub: bool = False  # no answer until the test ends
    dripping_hub: bool = False  # an answer that never ends, its headers byte by byte
    silent_cdn: bool = False  # headers, then no body until the test ends
    cut_bodies: int = 0  # so many bodies break off in the middle
    stalled_bodies: bool = False  # half of a body, then nothing more until the test ends
    empty_bodies: int = 0  # so many bodies break off before the first byte
    short_file: bool = False  # the CDN holds only half of the file and believes that it is all
    wrong_bytes: bool = False  # the CDN's file has the right length and other content


@dataclass
class HubServer:
    """The two servers; use as a context manager. `endpoint` is what HF_ENDPOINT would be."""

    repos: dict[str, Repo] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)
    requests: list[Request] = field(default_factory=list)
    over: Event = field(default_factory=Event)  # the test: whoever was left waiting may go

    def __enter__(self) -> HubServer:
        """Starts both on free ports."""
        self._servers = {host: _Server(self, host) for host in ("hub", "cdn")}
        return self

    def __exit__(self, *_: object) -> None:
        """Stops both; a second time does nothing."""
        self.over.set()
        for host in self._servers:
            self.stop(host)

    @property
    def endpoint(self) -> str:
        """The Hub's address."""
        return self._servers["hub"].address

    @property
    def cdn(self) -> str:
        """The address of the server that holds the bytes."""
        return self._servers["cdn"].address

    def stop(self, host: str) -> None:
        """From now on connections to `host` are refused."""
        server = self._servers[host]
        server.shutdown()
        server.server_close()

    def start_again(self, host: str) -> None:
        """It is there again, at the address that it had."""
        self._servers[host] = _Server(self, host, self._servers[host].server_port)

    def asked(self, host: str, method: str) -> list[Request]:
        """The requests of one kind so far."""
        return [request for request in self.requests if (request.host, request.method) == (host, method)]


class _Server(ThreadingHTTPServer):
    """One of the two, in its own thread."""

    daemon_threads = True
    block_on_close = False  # an answer that never ends must not keep the test

    def __init__(self, owner: HubServer, host: str, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.owner, self.host = owner, host
        self.address = f"http://127.0.0.1:{self.server_port}"
        # Looks for the end 50 times a second: `stop` waits for that.
        Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hung up is no error here; what the client got is what the test looks at."""


class _Handler(BaseHTTPRequestHandler):
    """Answers for both servers."""

    server: _Server
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        """Headers without a body."""
        self._answer()

    def do_GET(self) -> None:
        """Headers and a body."""
        self._answer()

    def log_message(self, *_: object) -> None:
        """Nothing on standard error."""

    def _answer(self) -> None:
        hub = self.server.owner
        path = unquote(self.path)
        token = (self.headers["Authorization"] or "").removeprefix("Bearer ") or None
        hub.requests.append(Request(self.server.host, self.command, path, self.headers["Range"], token))
        if self.server.host == "cdn":
            self._give_bytes(*path[1:].split("/resolve/"))
        elif hub.faults.silent_hub:
            self._wait()
        elif hub.faults.dripping_hub:
            self._drip()
        elif hub.faults.status:
            self._say(hub.faults.status)
        elif hub.faults.no_hub:
            self._say(200, {"Content-Type": "text/html"}, b"<h1>Welcome to our hotel</h1>")
        elif "/resolve/" in path:
            self._resolve(*path[1:].split("/resolve/"), token)
        else:
            self._say(404)

    def _resolve(self, repo_id: str, file: str, token: str | None) -> None:
        """What the Hub says of a file: an error, or where it is."""
        repo = self.server.owner.repos.get(repo_id)
        revision, _, name = file.partition("/")
        if repo is None:
            # To a stranger the Hub does not tell a missing repository from a private one.
            self._refuse(404 if token else 401, "RepoNotFound", "Repository not found")
        elif repo.gated:
            self._refuse(403 if token else 401, "GatedRepo", "Access to this model is restricted")
        elif token is not None and token != repo.token:
            self._refuse(401, None, "Invalid credentials in Authorization header")
        elif repo.token and token is None:
            self._refuse(401, "RepoNotFound", "Repository not found")
        elif revision not in (repo.commit, "main"):
            self._refuse(404, "RevisionNotFound", f"Invalid rev id: {revision}")
        elif name not in repo.files:
            self._refuse(404, "EntryNotFound", "Entry not found", {"X-Repo-Commit": repo.commit})
        elif name.endswith(".json"):  # small text lies in git itself, and the Hub gives it
            content = repo.files[name]
            etag = f'"{hashlib.sha1(content).hexdigest()}"'
            self._say(200, {"X-Repo-Commit": repo.commit, "Accept-Ranges": "bytes", "ETag": etag}, content)
        else:
            content = repo.files[name]
            headers = {
                "X-Repo-Commit": repo.commit,
                "X-Linked-Size": str(len(content)),
                "X-Linked-ETag": f'"{hashlib.sha256(content).hexdigest()}"',
                "Accept-Ranges": "bytes",
                "Location": f"{self.server.owner.cdn}/{repo_id}/resolve/{repo.commit}/{name}",
            }
            self._say(302, headers)

    def _give_bytes(self, repo_id: str, file: str) -> None:
        """The CDN's answer: the file or the range that is asked for, or as much of it as the faults let through."""
        hub = self.server.owner
        content = hub.repos[repo_id].files[file.partition("/")[2]]
        if hub.faults.wrong_bytes:
            content = bytes(255 - byte for byte in content)
        if hub.faults.short_file:
            content = content[: len(content) // 2]
        headers = {"Accept-Ranges": "bytes", "ETag": f'"{hashlib.md5(content).hexdigest()}"'}
        status, start = 200, 0
        if asked := self.headers["Range"]:
            status, start = 206, int(asked.removeprefix("bytes=").removesuffix("-"))
            headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        body = content[start:]
        headers["Content-Length"] = str(len(body))
        if hub.faults.silent_cdn:
            self._say(status, headers)
            self._wait()
        elif hub.faults.stalled_bodies:
            self._say(status, headers, body[: len(body) // 2])
            self._wait()
        elif hub.faults.empty_bodies > 0:
            hub.faults.empty_bodies -= 1
            self._say(status, headers)
            self.close_connection = True
        elif hub.faults.cut_bodies > 0:
            hub.faults.cut_bodies -= 1
            self._say(status, headers, body[: len(body) // 2])
            self.close_connection = True
        else:
            self._say(status, headers, body)

    def _refuse(self, status: int, code: str | None, message: str, more: dict[str, str] | None = None) -> None:
        """An error as the Hub explains it."""
        headers = {"X-Error-Message": message, "Content-Type": "application/json"} | (more or {})
        if code:
            headers["X-Error-Code"] = code
        self._say(status, headers, json.dumps({"error": message}).encode())

    def _say(self, status: int, headers: dict[str, str] | None = None, body: bytes = b"") -> None:
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | (headers or {})).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def _wait(self) -> None:
        self.wfile.flush()
        self.server.owner.over.wait()
        self.close_connection = True

    def _drip(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Drip: ")
        while not self.server.owner.over.wait(0.1):
            self.wfile.write(b".")
        self.close_connection = True
