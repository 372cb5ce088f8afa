"""The pictures that the page offers to try: they come from installed packages, or our own code makes them."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import cache, partial
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import skimage.data
from PIL import Image as PillowImage

from examples.paintings import PAINTINGS
from imaging.geometry import resize
from imaging.types import Image


def _chelsea() -> Image:
    return skimage.data.chelsea()


def _coffee() -> Image:
    return resize(skimage.data.coffee(), 1 / 2)


def _astronaut() -> Image:
    return resize(skimage.data.astronaut()[:400, 60:460], 1 / 2)


def _motorcycle() -> Image:
    folder = Path(skimage.data.__file__).parent
    return resize(np.asarray(PillowImage.open(folder / "motorcycle_left.png").convert("RGB")), 1 / 2)


SMALL_PHOTOS: dict[str, Callable[[], Image]] = {
    "cat": _chelsea,
    "astronaut": _astronaut,
    "coffee": _coffee,
    "motorcycle": _motorcycle,
}


def _of_gradio(name: str) -> Image:
    """A picture of the installed Gradio package, which `examples` must not import."""
    package = find_spec("gradio")
    assert package is not None
    assert package.origin is not None
    return np.asarray(PillowImage.open(Path(package.origin).parent / "media_assets" / "images" / name).convert("RGB"))


PHOTOS: dict[str, Callable[[], Image]] = {
    "tower": partial(_of_gradio, "tower.jpg"),
    "cheetah": partial(_of_gradio, "cheetah.jpg"),
    "portrait": lambda: skimage.data.astronaut(),
    "cup": lambda: skimage.data.coffee(),
    "cat": _chelsea,
}


def _of_matplotlib(name: str) -> Image:
    """A sample of matplotlib's, found without importing it."""
    package = find_spec("matplotlib")
    assert package is not None
    assert package.origin is not None
    return np.asarray(PillowImage.open(Path(package.origin).parent / "mpl-data" / "sample_data" / name).convert("RGB"))


PORTRAITS: dict[str, Callable[[], Image]] = {
    "portrait": PHOTOS["portrait"],
    "admiral": partial(_of_matplotlib, "grace_hopper.jpg"),
}


@cache
def photo(name: str) -> str:
    """The path of an example's file, made on first use: a photo, or a painting of `examples.paintings`."""
    folder = Path(tempfile.gettempdir()) / "semantic-darkroom-examples"
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.png"
    PillowImage.fromarray((SMALL_PHOTOS | PHOTOS | PORTRAITS | PAINTINGS)[name]()).save(path)
    return str(path)
