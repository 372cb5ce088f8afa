"""Checkpoints against a Hub on this machine, with the real client: downloads, the cache, and every way to fail."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import huggingface_hub
import pytest
from huggingface_hub import constants

import checkpoints
from checkpoints import Embedded, OnHub, UnusableFile
from tests.checkpoints.hub_server import HubServer, Repo

COMMIT = "0123456789abcdef0123456789abcdef01234567"
NAME = "encoder/weights.safetensors"
GOOD = bytes(range(250)) * 40  # 10 000 bytes
SHA256 = hashlib.sha256(GOOD).hexdigest()

FILE = OnHub("atelier/weights", NAME, COMMIT)
PINNED = OnHub("atelier/weights", NAME, COMMIT, SHA256)
PINNED_BRANCH = OnHub("atelier/weights", NAME, "main", SHA256)

UNREACHABLE = "the Hub cannot be reached from here"
BROKEN = "the Hub answers, but the download does not get through"
BUSY = "the Hub is out of order or too busy just now"


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    """A Hub with one good repository and two closed ones, and a client that knows no other Hub, cache or token."""
    with HubServer() as server:
        server.repos["atelier/weights"] = Repo(COMMIT, {NAME: GOOD, "config.json": b"{}"})
        server.repos["atelier/private"] = Repo(COMMIT, {NAME: GOOD}, token="hf_right")
        server.repos["atelier/gated"] = Repo(COMMIT, {NAME: GOOD}, gated=True)
        # The client reads its environment once, at import: these are where it keeps what it read.
        monkeypatch.setattr(constants, "ENDPOINT", server.endpoint)
        monkeypatch.setattr(
            constants, "HUGGINGFACE_CO_URL_TEMPLATE", server.endpoint + "/{repo_id}/resolve/{revision}/{filename}"
        )
        monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
        monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "token"))
        monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
        monkeypatch.setattr(constants, "HF_HUB_ETAG_TIMEOUT", constants.DEFAULT_ETAG_TIMEOUT)
        # It would ask, once a process, for a list of coding agents to name in its User-Agent.
        monkeypatch.setattr(constants, "HF_HUB_DISABLE_TELEMETRY", True)
        for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_OIDC_RESOURCE"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        huggingface_hub.close_session()  # its connections belong to the last test's server
        yield server
        huggingface_hub.close_session()


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """The client tries again at once: it sleeps a second before each of five more tries."""
    monkeypatch.setattr(time, "sleep", lambda seconds: None)


def refusal(checkpoint: OnHub) -> UnusableFile:
    """The error of `checkpoint.path()`."""
    with pytest.raises(UnusableFile) as caught:
        checkpoint.path()
    return caught.value


def assert_not_fetched(error: UnusableFile, checkpoint: OnHub, reason: str) -> None:
    """The sentence, and the parts from which a page makes it in another language."""
    assert str(error) == f"{checkpoint.full_name} could not be fetched: {reason}."
    assert error.template == "{file} could not be fetched: {reason}."
    assert error.values == {"file": checkpoint.full_name, "reason": reason}


def files_in(folder: str) -> list[str]:
    """Names of all files and links in the cache that hold content, or point to it."""
    places = {"blobs", "snapshots"}
    return [path.name for path in Path(folder).rglob("*") if not path.is_dir() and places & set(path.parts)]


def seconds_of(call: Callable[[], object]) -> float:
    """How long it takes."""
    start = time.monotonic()
    call()
    return time.monotonic() - start


# Downloads and the cache


@pytest.mark.parametrize(
    "checkpoint", [FILE, PINNED, PINNED_BRANCH], ids=["commit", "commit, sha256", "branch, sha256"]
)
def test_a_file_is_downloaded_once(hub: HubServer, checkpoint: OnHub) -> None:
    assert not checkpoint.is_local
    path = checkpoint.path()
    assert path.read_bytes() == GOOD
    assert path.is_relative_to(constants.HF_HUB_CACHE)
    assert checkpoint.is_local
    assert len(hub.asked("cdn", "GET")) == 1

    before = len(hub.requests)
    assert checkpoint.path() == path
    assert len(hub.requests) == before, "a file in the cache needs no question to the Hub"


def test_a_small_file_comes_from_the_hub_itself(hub: HubServer) -> None:
    assert OnHub("atelier/weights", "config.json", COMMIT).path().read_bytes() == b"{}"
    assert len(hub.asked("hub", "GET")) == 1
    assert not hub.asked("cdn", "GET")


def test_the_commit_is_what_is_asked_for(hub: HubServer) -> None:
    FILE.path()
    assert {request.path for request in hub.asked("hub", "HEAD")} == {f"/atelier/weights/resolve/{COMMIT}/{NAME}"}


def test_a_token_opens_a_private_repository_and_stays_at_the_hub(
    hub: HubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_right")
    private = OnHub("atelier/private", NAME, COMMIT)
    assert private.problem() is None
    assert private.path().read_bytes() == GOOD
    assert {request.token for request in hub.requests if request.host == "hub"} == {"hf_right"}
    assert [request.token for request in hub.asked("cdn", "GET")] == [None]


def test_two_visitors_at_once_share_one_download(hub: HubServer) -> None:
    with ThreadPoolExecutor(2) as visitors:
        paths = list(visitors.map(lambda _: PINNED.path(), range(2)))
    assert paths[0] == paths[1]
    assert len(hub.asked("cdn", "GET")) == 1


def test_a_download_that_breaks_off_goes_on_where_it_was(hub: HubServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "DOWNLOAD_CHUNK_SIZE", 1000)  # the client counts whole chunks, of 10 MB
    hub.faults.cut_bodies = 1
    assert FILE.path().read_bytes() == GOOD
    assert [request.range for request in hub.asked("cdn", "GET")] == [None, "bytes=5000-"]


def test_damage_in_the_cache_is_mended(hub: HubServer) -> None:
    PINNED.path().resolve().write_bytes(b"half a fi")
    assert PINNED.path().read_bytes() == GOOD
    assert len(hub.asked("cdn", "GET")) == 2


def test_a_branch_that_has_moved_on_is_fetched_again_when_the_program_has_too(hub: HubServer) -> None:
    old = PINNED_BRANCH.path()
    hub.repos["atelier/weights"] = Repo("f" * 40, {NAME: b"new"})
    assert PINNED_BRANCH.path() == old, "for the program that wants the old file nothing has changed"
    new = OnHub("atelier/weights", NAME, "main", hashlib.sha256(b"new").hexdigest()).path()
    assert new.read_bytes() == b"new"


# Without a network


def test_offline_without_the_file(hub: HubServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert_not_fetched(refusal(FILE), FILE, "HF_HUB_OFFLINE is set")
    assert FILE.problem() == "HF_HUB_OFFLINE is set"
    assert not hub.requests


@pytest.mark.parametrize("checkpoint", [FILE, PINNED_BRANCH], ids=["commit", "branch"])
def test_offline_with_the_file(hub: HubServer, monkeypatch: pytest.MonkeyPatch, checkpoint: OnHub) -> None:
    path = checkpoint.path()
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert checkpoint.is_local
    assert checkpoint.problem() is None
    assert checkpoint.path() == path


@pytest.mark.parametrize("checkpoint", [FILE, PINNED_BRANCH], ids=["commit", "branch"])
def test_a_hub_that_is_down_refuses_at_once(hub: HubServer, checkpoint: OnHub) -> None:
    hub.stop("hub")
    assert seconds_of(lambda: assert_not_fetched(refusal(checkpoint), checkpoint, UNREACHABLE)) < 3
    assert checkpoint.problem() == UNREACHABLE


def test_a_hub_that_is_down_does_not_matter_for_a_file_in_the_cache(hub: HubServer) -> None:
    path = PINNED_BRANCH.path()
    hub.stop("hub")
    assert PINNED_BRANCH.path() == path


def test_a_silent_hub_is_waited_for_3_seconds(hub: HubServer) -> None:
    hub.faults.silent_hub = True
    assert 2 < seconds_of(lambda: assert_not_fetched(refusal(FILE), FILE, UNREACHABLE)) < 3


def test_a_hub_that_never_ends_its_answer_is_waited_for_3_seconds(hub: HubServer) -> None:
    hub.faults.dripping_hub = True  # each byte resets the client's own timeout
    reasons: list[str | None] = []
    assert seconds_of(lambda: reasons.append(FILE.problem())) < 3
    assert reasons == [UNREACHABLE]


def test_the_wait_can_be_set(hub: HubServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "HF_HUB_ETAG_TIMEOUT", 0.3)
    hub.faults.silent_hub = True
    assert 0.25 < seconds_of(FILE.problem) < 1.5


# What the Hub says


@pytest.mark.parametrize(
    ("checkpoint", "token", "reason"),
    [
        (OnHub("atelier/weights", "other.safetensors", COMMIT), None, "it is no longer there"),
        (OnHub("atelier/weights", NAME, "e" * 40), None, "it is no longer there"),
        (OnHub("nobody/nothing", NAME, COMMIT), None, "the repository is gone, or private and without a token"),
        (OnHub("atelier/private", NAME, COMMIT), None, "the repository is gone, or private and without a token"),
        (OnHub("atelier/private", NAME, COMMIT), "hf_wrong", "the Hub does not accept the token"),
        (OnHub("atelier/gated", NAME, COMMIT), None, "its owner asks for an agreement and a token first"),
        (OnHub("atelier/gated", NAME, COMMIT), "hf_right", "its owner asks for an agreement and a token first"),
    ],
    ids=["file", "revision", "repository", "private", "wrong token", "gated, no token", "gated, no agreement"],
)
def test_what_the_hub_says_is_the_reason(
    hub: HubServer, monkeypatch: pytest.MonkeyPatch, checkpoint: OnHub, token: str | None, reason: str
) -> None:
    if token:
        monkeypatch.setenv("HF_TOKEN", token)
    assert_not_fetched(refusal(checkpoint), checkpoint, reason)
    assert checkpoint.problem() == reason
    assert len(hub.requests) == 2, "one question each, no second try"
    assert not checkpoint.is_local


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (401, "the Hub does not accept the token"),
        (403, "the Hub refuses to give it"),
        (404, "it is no longer there"),
        (429, BUSY),
        (500, BUSY),
        (503, BUSY),
        (520, BUSY),
    ],
)
def test_an_answer_without_an_explanation(hub: HubServer, status: int, reason: str) -> None:
    hub.faults.status = status
    assert_not_fetched(refusal(FILE), FILE, reason)
    assert len(hub.requests) == 1


def test_a_page_in_the_hubs_place_is_told_from_a_hub(hub: HubServer) -> None:
    hub.faults.no_hub = True
    assert_not_fetched(refusal(FILE), FILE, "what answers in its place is not a Hub")


def test_no_problem_where_the_hub_would_give_the_file(hub: HubServer) -> None:
    assert FILE.problem() is None
    assert [request.method for request in hub.requests] == ["HEAD"], "asked, not fetched"
    assert not FILE.is_local


def test_a_file_that_the_hub_once_did_not_have_is_not_local(hub: HubServer) -> None:
    missing = OnHub("atelier/weights", "other.safetensors", COMMIT)
    with pytest.raises(huggingface_hub.errors.RemoteEntryNotFoundError):
        huggingface_hub.hf_hub_download(missing.repo_id, missing.name, revision=COMMIT)  # notes that in the cache
    assert huggingface_hub.try_to_load_from_cache(missing.repo_id, missing.name, revision=COMMIT) is not None
    assert not missing.is_local


def test_a_bug_stays_a_bug(hub: HubServer, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(huggingface_hub, "hf_hub_download", broken)
    with pytest.raises(ZeroDivisionError):
        FILE.path()
    monkeypatch.setattr(huggingface_hub, "get_hf_file_metadata", broken)
    with pytest.raises(ZeroDivisionError):
        FILE.problem()


# Downloads that fail


def assert_mended(hub: HubServer) -> None:
    """Nothing of the failure is left in the cache, and the next call works."""
    assert files_in(constants.HF_HUB_CACHE) == []
    assert not PINNED.is_local
    hub.faults = type(hub.faults)()
    assert PINNED.path().read_bytes() == GOOD


def test_bodies_that_always_break_off(hub: HubServer, no_pauses: None) -> None:
    hub.faults.empty_bodies = 99
    assert_not_fetched(refusal(PINNED), PINNED, BROKEN)
    assert len(hub.asked("cdn", "GET")) == 6
    assert_mended(hub)


def test_a_cdn_that_stalls(hub: HubServer, no_pauses: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "HF_HUB_DOWNLOAD_TIMEOUT", 0.2)
    hub.faults.silent_cdn = True
    assert_not_fetched(refusal(PINNED), PINNED, BROKEN)
    assert_mended(hub)


def test_a_file_that_is_shorter_than_the_hub_says(hub: HubServer) -> None:
    hub.faults.short_file = True
    assert_not_fetched(refusal(PINNED), PINNED, BROKEN)
    assert_mended(hub)


def test_a_cdn_that_is_down(hub: HubServer, no_pauses: None) -> None:
    hub.stop("cdn")
    assert_not_fetched(refusal(PINNED), PINNED, BROKEN)
    assert files_in(constants.HF_HUB_CACHE) == []


def test_a_hub_that_dies_between_two_files_is_asked_for_the_second_alone_when_it_is_back(hub: HubServer) -> None:
    second = OnHub("atelier/weights", "second.safetensors", COMMIT, hashlib.sha256(GOOD[::-1]).hexdigest())
    hub.repos["atelier/weights"].files[second.name] = GOOD[::-1]

    def load() -> list[bytes]:
        return [file.path().read_bytes() for file in (PINNED, second)]

    PINNED.path()
    hub.stop("hub")
    huggingface_hub.close_session()  # an old connection would still be answered
    with pytest.raises(UnusableFile) as caught:
        load()
    assert_not_fetched(caught.value, second, UNREACHABLE)
    hub.start_again("hub")
    assert load() == [GOOD, GOOD[::-1]]
    assert len(hub.asked("cdn", "GET")) == 2


@pytest.mark.parametrize("checkpoint", [PINNED, PINNED_BRANCH], ids=["commit", "branch"])
def test_wrong_bytes_are_refused_and_thrown_away(hub: HubServer, checkpoint: OnHub) -> None:
    hub.faults.wrong_bytes = True
    error = refusal(checkpoint)
    assert str(error) == (
        f"{checkpoint.full_name} is not the file that this program was written for (its sha256 differs),"
        " so it was thrown away."
    )
    assert error.values == {"file": checkpoint.full_name}
    assert len(hub.asked("cdn", "GET")) == 1
    assert_mended(hub)


def test_a_cache_that_cannot_be_written(hub: HubServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "file" / "cache"))
    assert_not_fetched(refusal(FILE), FILE, "the cache folder cannot be written, or its disk is full")


# The environment, for real


def program(hub: HubServer, home: Path) -> subprocess.Popen[str]:
    """Another process that fetches the file of the private repository and prints its path."""
    code = f"from checkpoints import OnHub; print(OnHub('atelier/private', {NAME!r}, {COMMIT!r}).path())"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
    environment |= {"HF_ENDPOINT": hub.endpoint, "HF_HOME": str(home), "HF_TOKEN": "hf_right"}
    environment |= {"HF_HUB_DISABLE_TELEMETRY": "1"}
    root, pipe = Path(checkpoints.__file__).parents[1], subprocess.PIPE
    return subprocess.Popen(
        [sys.executable, "-c", code], cwd=root, env=environment, stdout=pipe, stderr=pipe, text=True
    )


def assert_fetches(hub: HubServer, home: Path) -> None:
    with program(hub, home) as process:
        said, complaints = process.communicate(timeout=120)
    assert process.returncode == 0, complaints
    path = Path(said.strip())
    assert path.is_relative_to(home)
    assert path.read_bytes() == GOOD


def test_the_environment_variables_work(hub: HubServer, tmp_path: Path) -> None:
    assert_fetches(hub, tmp_path / "home")
    assert {request.path for request in hub.requests} == {f"/atelier/private/resolve/{COMMIT}/{NAME}"}


def test_a_process_killed_in_mid_file_leaves_nothing_that_the_next_one_takes_for_the_file(
    hub: HubServer, tmp_path: Path
) -> None:
    hub.faults.stalled_bodies = True
    with program(hub, tmp_path / "home") as process:
        end = time.monotonic() + 120
        while not hub.asked("cdn", "GET"):
            assert process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.05)
        process.kill()
        process.communicate()
    hub.faults.stalled_bodies = False
    assert_fetches(hub, tmp_path / "home")


# In this repository


def test_an_embedded_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "_FOLDER", tmp_path)
    file = tmp_path / "super_resolution" / "small.safetensors"
    embedded = Embedded("super_resolution/small.safetensors")
    assert embedded.is_local
    with pytest.raises(UnusableFile, match=r"^super_resolution/small\.safetensors is missing from checkpoints/"):
        embedded.path()
    file.parent.mkdir()
    file.touch()
    assert embedded.path() == file


def test_embedded_files_lie_beside_the_module() -> None:
    assert Embedded("__init__.py").path() == Path(checkpoints.__file__)


def test_the_source_is_in_words() -> None:
    assert Embedded("a.safetensors").source == "embedded"
    assert FILE.source == "Hub: atelier/weights"
