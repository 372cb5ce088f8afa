"""Pictures come as uploads only: importing this module makes Gradio refuse to fetch addresses that a caller names.

Gradio 6.31 fetches `{"path": "https://..."}` from public hosts for whoever asks. Nobody needs that here, and a page
that fetches for others can be made to knock at doors: all such functions of `gradio.processing_utils` refuse.
"""

from __future__ import annotations

from typing import NoReturn

from gradio import processing_utils

from imaging.types import InputError
from tabs.language import here, spoken


async def _refuse_in_time(url: str, cache_dir: str) -> NoReturn:
    _refuse(url, cache_dir)


def _refuse(url: str, cache_dir: str) -> NoReturn:
    raise spoken(here(), InputError("Pictures are not fetched from addresses: upload the file."))


processing_utils.async_ssrf_protected_download = _refuse_in_time
processing_utils.save_url_to_cache = _refuse
processing_utils.unsafe_download = _refuse
