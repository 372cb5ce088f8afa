"""Where a weights file is: in this folder, or on the Hugging Face Hub, pinned and checked."""

from __future__ import annotations

import hashlib
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import TypeAlias

import huggingface_hub as hub
from huggingface_hub import constants, errors

from imaging.types import InputError

_FOLDER = Path(__file__).parent
_PATIENCE = 2.5  # seconds for the Hub's first answer, so that a visitor is told within 3
_BUSY = "the Hub is out of order or too busy just now"
_ANSWERS = {401: "the Hub does not accept the token", 404: "it is no longer there", 408: _BUSY, 429: _BUSY, 500: _BUSY}


class UnusableFile(InputError):
    """Weights that cannot be had or used, in one sentence for the visitor: other weights serve on."""


@dataclass(frozen=True)
class Embedded:
    """A file of this repository: `name` is its path under `checkpoints/`."""

    name: str

    @property
    def source(self) -> str:
        """Where it comes from, in two words for the page."""
        return "embedded"

    @property
    def is_local(self) -> bool:
        """Whether `path` answers without a network."""
        return True

    def path(self) -> Path:
        """The file."""
        path = _FOLDER / self.name
        if not path.is_file():
            raise UnusableFile("{file} is missing from checkpoints/; get the whole repository again.", file=self.name)
        return path


@dataclass(frozen=True)
class OnHub:
    """A file on the Hugging Face Hub.

    `revision` is a full commit. Where none could be learnt it is a branch, and then `sha256` pins the content.
    HF_ENDPOINT, HF_HOME, HF_HUB_OFFLINE and HF_TOKEN work as in every program that uses `huggingface_hub`;
    HF_HUB_ETAG_TIMEOUT, in seconds, is for those whose Hub needs longer than 3 for its first answer.
    """

    repo_id: str
    name: str
    revision: str
    sha256: str | None = None

    @property
    def source(self) -> str:
        """Where it comes from, for the page."""
        return f"Hub: {self.repo_id}"

    @property
    def full_name(self) -> str:
        """Repository and file."""
        return f"{self.repo_id}/{self.name}"

    @property
    def is_local(self) -> bool:
        """Whether an earlier download lies in the cache."""
        return self._cached() is not None

    def path(self) -> Path:
        """The file, downloaded on first use; raises `UnusableFile` with the reason."""
        for find in (self._cached, self._fetched):
            path = find()
            if path is not None:
                if self.sha256 is None or _sha256(path) == self.sha256:
                    return path
                path.resolve().unlink(missing_ok=True)  # the blob: it would be taken for the file again
                path.unlink(missing_ok=True)
        raise UnusableFile(
            "{file} is not the file that this program was written for (its sha256 differs), so it was thrown away.",
            file=self.full_name,
        )

    def problem(self) -> str | None:
        """Why the Hub would not give the file, asked within 3 seconds; None where it would, or need not."""
        if self.is_local:
            return None
        given = constants.HF_HUB_ETAG_TIMEOUT
        seconds = _PATIENCE if given == constants.DEFAULT_ETAG_TIMEOUT else given
        url = hub.hf_hub_url(self.repo_id, self.name, revision=self.revision)
        try:
            answer = _asked(url, seconds)
        except Exception as error:
            return _reason(error, silence="the Hub cannot be reached from here")
        # The login page of a hotel's network names no commit.
        return None if answer.commit_hash else "what answers in its place is not a Hub"

    def _cached(self) -> Path | None:
        path = hub.try_to_load_from_cache(self.repo_id, self.name, revision=self.revision)
        return Path(path) if isinstance(path, str) else None

    def _fetched(self) -> Path:
        # Asked first: `hf_hub_download` itself tries an unreachable Hub again and again, for minutes.
        if reason := self.problem():
            raise self._not_fetched(reason)
        try:
            return Path(hub.hf_hub_download(self.repo_id, self.name, revision=self.revision))
        except Exception as error:
            silence = "the Hub answers, but the download does not get through"
            if isinstance(error, OSError) and error.errno:  # from this machine's disk: the network's have no number
                silence = "the cache folder cannot be written, or its disk is full"
            raise self._not_fetched(_reason(error, silence)) from error

    def _not_fetched(self, reason: str) -> UnusableFile:
        return UnusableFile("{file} could not be fetched: {reason}.", file=self.full_name, reason=reason)


Checkpoint: TypeAlias = Embedded | OnHub


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _asked(url: str, seconds: float) -> hub.HfFileMetadata:
    """What the Hub says of a file; TimeoutError once `seconds` are over.

    The client's own timeout bounds each of its waits, not their sum, and no name look-up; hence a thread, left behind.
    """
    answer: Future[hub.HfFileMetadata] = Future()

    def ask() -> None:
        try:
            answer.set_result(hub.get_hf_file_metadata(url, timeout=seconds))
        except Exception as error:
            answer.set_exception(error)

    Thread(target=ask, daemon=True).start()
    return answer.result(timeout=seconds)


def _reason(error: Exception, silence: str) -> str:
    """Why the Hub gave nothing, in fixed words for a look-up; `silence` where it did not say. A bug is raised again."""
    if isinstance(error, errors.OfflineModeIsEnabled):
        return "HF_HUB_OFFLINE is set"
    if isinstance(error, errors.GatedRepoError):
        return "its owner asks for an agreement and a token first"
    if isinstance(error, errors.RepositoryNotFoundError):
        return "the repository is gone, or private and without a token"
    if isinstance(error, errors.HfHubHTTPError):
        return _ANSWERS.get(min(error.response.status_code, 500), "the Hub refuses to give it")
    # The client's HTTP library is named by its own module only: it has changed from one release to the next.
    if isinstance(error, errors.HTTPError | OSError):  # pyright: ignore[reportPrivateImportUsage]
        return silence
    raise error
