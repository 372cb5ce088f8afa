"""Files that the page hands out are put into Gradio's cache whole, or not at all where they are already.

Gradio 6.31 writes a picture in place into a folder named after the picture's hash. When the same picture is handed out
a second time while the first answer is being sent, its file is empty for a moment: the server dies over that request
with "Too little data for declared Content-Length", and the visitor sees a broken picture. Importing this module
replaces the two functions of `gradio.processing_utils` that write so; all components call them by that module's
attributes. Where the disk is full, they and the one that copies say so in a sentence, and leave nothing behind.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from gradio import processing_utils
from PIL import Image as PillowImage

from imaging.types import InputError
from tabs.language import here, spoken

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS}  # a disk or a quota, a limit on a file, a disk gone bad
NO_ROOM = "The disk of this page's machine is full, so nothing more can be kept there. Try again later."

log = logging.getLogger(__name__)


@contextlib.contextmanager
def room() -> Iterator[None]:
    """For what writes files: a full disk becomes a sentence."""
    try:
        yield
    except OSError as error:
        if error.errno not in FULL:
            raise
        log.error("the disk is full: %s", error)
        raise spoken(here(), InputError(NO_ROOM)) from None


def put(data: bytes, path: Path) -> str:
    """Writes `path`, which stands for `data` and nothing else, unless it is there; returns it in full."""
    with room():
        return _put(data, path)


def _put(data: bytes, path: Path) -> str:
    path.parent.mkdir(exist_ok=True, parents=True)
    path = path.resolve()
    with contextlib.suppress(OSError):
        if path.stat().st_size == len(data):
            os.utime(path)  # used again: `delete_cache` counts a file's age from here
            return str(path)
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.replace(beside, path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
    return str(path)


def save_bytes_to_cache(data: bytes, file_name: str, cache_dir: str) -> str:
    """As Gradio's, which guesses an audio file's ending besides."""
    if not Path(file_name).suffix:
        file_name += processing_utils.detect_audio_format(data)
    return put(data, Path(cache_dir) / processing_utils.hash_bytes(data) / Path(file_name).name)


def save_pil_to_cache(img: PillowImage.Image, cache_dir: str, name: str = "image", format: str = "webp") -> str:
    """As Gradio's."""
    data = processing_utils.encode_pil_to_bytes(img, format)
    return put(data, Path(cache_dir) / processing_utils.hash_bytes(data) / f"{name}.{format}")


_gradios_copy = processing_utils.save_file_to_cache


def save_file_to_cache(file_path: str | Path, cache_dir: str) -> str:
    """As Gradio's, which writes whole files or none."""
    with room():
        return _gradios_copy(file_path, cache_dir)


processing_utils.save_file_to_cache = save_file_to_cache
processing_utils.save_bytes_to_cache = save_bytes_to_cache
processing_utils.save_pil_to_cache = save_pil_to_cache
