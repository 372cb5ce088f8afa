"""Where a weights file is: in this folder, or on the Hugging Face Hub, pinned and checked."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from huggingface_hub import constants, hf_hub_download, try_to_load_from_cache
from huggingface_hub.errors import (
    EntryNotFoundError,
    GatedRepoError,
    HfHubHTTPError,
    LocalEntryNotFoundError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from imaging.types import InputError

_FOLDER = Path(__file__).parent


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
    HF_ENDPOINT, HF_HOME, HF_HUB_OFFLINE and HF_TOKEN work as in every program that uses `huggingface_hub`.
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
        return isinstance(try_to_load_from_cache(self.repo_id, self.name, revision=self.revision), str)

    def path(self) -> Path:
        """The file, downloaded on first use; resumes a broken download; raises `UnusableFile` with the reason."""
        try:
            path = Path(hf_hub_download(self.repo_id, self.name, revision=self.revision))
        except Exception as error:
            reason = _reason(error)
            if reason is None:
                raise
            raise UnusableFile("{file} could not be fetched: {reason}.", file=self.full_name, reason=reason) from error
        if self.sha256 and _sha256(path) != self.sha256:
            path.resolve().unlink(missing_ok=True)  # the blob; a new download starts clean
            path.unlink(missing_ok=True)
            raise UnusableFile(
                "{file} is not the file that this program was written for (its sha256 differs), so it was thrown away.",
                file=self.full_name,
            )
        return path


Checkpoint: TypeAlias = Embedded | OnHub


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _reason(error: Exception) -> str | None:
    """Why the Hub gave nothing, in words; None where the error is not the Hub's."""
    if isinstance(error, OfflineModeIsEnabled) or constants.HF_HUB_OFFLINE:
        return "HF_HUB_OFFLINE is set"
    if isinstance(error, GatedRepoError):
        return "its owner asks for an agreement and a token first"
    if isinstance(error, RepositoryNotFoundError):
        return "the repository is gone, or private and without a token"
    if isinstance(error, RevisionNotFoundError | EntryNotFoundError) and not isinstance(error, LocalEntryNotFoundError):
        return "it is no longer there"
    if isinstance(error, HfHubHTTPError):
        return f"the Hub answered {error.response.status_code}"
    if isinstance(error, LocalEntryNotFoundError | OSError):
        return "the Hub cannot be reached from here"
    return None
