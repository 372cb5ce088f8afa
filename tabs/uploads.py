"""Pictures come as uploads only: importing this module makes Gradio refuse to fetch addresses that a caller names.

A path that a caller names is refused by Gradio itself, but with a stack trace in the log: here it gets a sentence.

Gradio 6.31 fetches `{"path": "https://..."}` from public hosts for whoever asks. Nobody needs that here, and a page
that fetches for others can be made to knock at doors: all such functions of `gradio.processing_utils` refuse.
"""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

from gradio import processing_utils
from gradio.exceptions import InvalidPathError

from imaging.types import InputError
from tabs.language import here, spoken


async def _refuse_in_time(url: str, cache_dir: str) -> NoReturn:
    _refuse(url, cache_dir)


def _refuse(url: str, cache_dir: str) -> NoReturn:
    raise spoken(here(), InputError("Pictures are not fetched from addresses: upload the file."))


_gradios_check = processing_utils._check_allowed


def _check_allowed(path: str | Path, check_in_upload_folder: bool) -> None:
    try:
        _gradios_check(path, check_in_upload_folder)
    except InvalidPathError:
        if not check_in_upload_folder:  # a file of ours: a bug
            raise
        raise spoken(here(), InputError("This file was never uploaded here: upload it first.")) from None


processing_utils._check_allowed = _check_allowed
processing_utils.async_ssrf_protected_download = _refuse_in_time
processing_utils.save_url_to_cache = _refuse
processing_utils.unsafe_download = _refuse
