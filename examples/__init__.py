"""The pictures that the page offers to try: they come from installed packages, or our own code makes them."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache, partial
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import skimage.data
from PIL import Image as PillowImage
from PIL import ImageDraw

from examples.paintings import PAINTINGS
from imaging.geometry import resize
from imaging.scratch import scratch
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


def _rocket() -> Image:
    return resize(skimage.data.rocket()[:400, 120:600], 1 / 2)


SMALL_PHOTOS: dict[str, Callable[[], Image]] = {
    "cat": _chelsea,
    "astronaut": _astronaut,
    "coffee": _coffee,
    "rocket": _rocket,
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
    "start": lambda: skimage.data.rocket(),
}


def _of_matplotlib(name: str) -> Image:
    """A sample of matplotlib's, found without importing it."""
    package = find_spec("matplotlib")
    assert package is not None
    assert package.origin is not None
    return np.asarray(PillowImage.open(Path(package.origin).parent / "mpl-data" / "sample_data" / name).convert("RGB"))


def _file(path: Path) -> Image:
    return np.asarray(PillowImage.open(path).convert("RGB"))


PORTRAITS: dict[str, Callable[[], Image]] = {
    "portrait": PHOTOS["portrait"],
    "admiral": partial(_of_matplotlib, "grace_hopper.jpg"),
    # Of nobody: `training.region_style_portraits` made them.
    **{file.stem: partial(_file, file) for file in sorted((Path(__file__).parent / "portraits").glob("*.webp"))},
}


# Of nowhere: `examples.street_drawing` made them, after the scenes of `examples.streets`.
STREET_PHOTOS: dict[str, Callable[[], Image]] = {
    file.stem: partial(_file, file) for file in sorted((Path(__file__).parent / "street_pictures").glob("*.webp"))
}


def _ellipses(size: tuple[int, int], *boxes: tuple[int, int, int, int]) -> Image:
    """White ellipses in boxes of left, top, right, bottom; `size` is height, width."""
    canvas = PillowImage.new("L", (size[1], size[0]))
    for box in boxes:
        ImageDraw.Draw(canvas).ellipse(box, fill=255)
    return np.asarray(canvas.convert("RGB"))


def _coins() -> Image:
    return np.repeat(skimage.data.coins()[..., None], 3, 2)


# What could go from a picture, and the mask that marks it, white.
OBJECTS: dict[str, tuple[Callable[[], Image], Callable[[], Image]]] = {
    "rocket": (
        lambda: skimage.data.rocket(),
        lambda: _ellipses((427, 640), (292, 105, 352, 330), (300, 200, 346, 420)),
    ),
    "cheetah": (
        PHOTOS["cheetah"],
        lambda: _ellipses((343, 502), (72, 122, 225, 190), (185, 108, 340, 245), (300, 104, 392, 172)),
    ),
    "coin": (_coins, lambda: _ellipses((303, 384), (183, 164, 242, 223))),
    "badge": (lambda: skimage.data.astronaut(), lambda: _ellipses((512, 512), (126, 340, 216, 430))),
}


_PARTS = {f"{name}_photo": picture for name, (picture, _) in OBJECTS.items()}
_PARTS |= {f"{name}_mask": mask for name, (_, mask) in OBJECTS.items()}


@cache
def photo(name: str) -> str:
    """The path of an example's file, made on first use: a photo, or a painting of `examples.paintings`."""
    folder = scratch("examples")
    path = folder / f"{name}.png"
    # Put there at once: another process may be serving the same file just now.
    half = folder / f"{name}-{os.getpid()}.png"
    PillowImage.fromarray((SMALL_PHOTOS | PHOTOS | PORTRAITS | STREET_PHOTOS | PAINTINGS | _PARTS)[name]()).save(half)
    half.replace(path)
    return str(path)
