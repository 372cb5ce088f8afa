"""Files in the cache that Gradio no longer knows of are deleted as well, when they are an hour old.

So are pictures that were put into a link, after their day.

Gradio 6.31 deletes what its own process wrote or took in. Left behind are the pictures of a process that was killed,
and the beginnings of uploads and results that broke off.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable, Collection
from pathlib import Path

import gradio as gr
from gradio.utils import get_upload_folder

from imaging.scratch import scratch
from tabs import shared

EVERY_SECONDS, AGE_SECONDS = 900, 3600


def own_folder() -> None:
    """Keeps our cache apart from those of other Gradio programs, unless GRADIO_TEMP_DIR says where it shall be."""
    if not os.environ.get("GRADIO_TEMP_DIR"):
        os.environ["GRADIO_TEMP_DIR"] = str(scratch("cache"))


def begin(page: gr.Blocks) -> None:
    """Sweeps now and every quarter of an hour, as long as the process lives."""

    def sweep_on() -> None:
        while True:
            kept = {file for block in page.blocks.values() for file in getattr(block, "keep_in_cache", ())}
            sweep(Path(get_upload_folder()), kept)
            with contextlib.suppress(OSError):  # the cache is swept whatever becomes of that folder
                shared.forget()
            time.sleep(EVERY_SECONDS)

    threading.Thread(target=sweep_on, name="sweep", daemon=True).start()


def sweep(folder: Path, kept: Collection[str], now: Callable[[], float] = time.time) -> None:
    """Deletes what in `folder` nobody wrote or touched for an hour, but not the `kept` paths; and empty folders."""
    for path in [*folder.glob("*/*"), *folder.glob("*")]:
        # Others may be at it at the same time: a file is gone, a folder is not empty any more.
        with contextlib.suppress(OSError):
            if now() - path.stat().st_ctime <= AGE_SECONDS:
                continue
            if path.is_dir():
                path.rmdir()
            elif str(path) not in kept:
                path.unlink()
