"""Draws the figures of "How it works" anew from our own intermediate results: `python -m tabs.figures [tab ...]`.

Six squares, numbered as in the words below them (`how_it_works.py`), of our example pictures and embedded weights; they
are kept as `examples/figures/<tab>.webp`.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image as PillowImage
from PIL import ImageDraw, ImageFont, ImageOps

from examples import OBJECTS, PHOTOS, PORTRAITS, SMALL_PHOTOS, STREET_PHOTOS
from imaging.alignment import inverted, moved
from imaging.faces import COLOURS
from imaging.geometry import resize
from imaging.labels import overlay
from imaging.streets import COLOURS as STREET_COLOURS
from imaging.types import Box, Image
from pipelines.face_parsing import FaceLandmarks, FaceParsing
from pipelines.face_parsing.alignment import portrait_frame
from pipelines.face_swap import Portrait
from pipelines.face_swap.pipeline import FaceSwap
from pipelines.inpainting import Inpainting
from pipelines.object_insertion import ObjectInsertion
from pipelines.object_insertion.edits import Edit
from pipelines.object_insertion.windows import inside
from pipelines.region_style import RegionStyle, Swap
from pipelines.scene_parsing import SceneParsing
from pipelines.soft_segmentation import Options as Layers
from pipelines.soft_segmentation import SoftSegmentation
from pipelines.style_transfer import Options as Style
from pipelines.style_transfer import StyleTransfer, reconstructions, texture
from pipelines.super_resolution import Options as Scale
from pipelines.super_resolution import SuperResolution

FOLDER = Path(__file__).parents[1] / "examples" / "figures"
SIDE, GAP, COLUMNS = 240, 8, 3  # pixels of a square and between two
QUALITY = 84  # of WebP
Edges = tuple[int, int, int, int]


def style_transfer() -> Iterator[Image]:
    """Photo, painting, content of a deep layer, style of a shallow and of all layers, both."""
    photo, painting = PHOTOS["cat"]()[:, 76:376], texture("great_wave")
    yield from (photo, painting)
    made = list(reconstructions(photo, painting, side=SIDE))
    content, style = ([layer.image for layer in made if layer.kind == kind] for kind in ("content", "style"))
    yield from (content[3], style[0], style[-1])
    yield StyleTransfer.load("gatys")(photo, ["great_wave"], Style(size=256)).image


def region_style() -> Iterator[Image]:
    """Portrait and regions, reference and regions, what the network paints, what the photo becomes."""
    parse, restyle = FaceParsing.load(), RegionStyle.load()
    mine, other = parse(PORTRAITS["portrait"]()), parse(PORTRAITS["nobody_7"]())
    codes = restyle.encode(other.crop, other.crop_labels)
    made = restyle(mine.crop, mine.crop_labels, [Swap(("hair",), codes)])
    for one in (mine, other):
        yield one.crop
        yield overlay(one.crop, one.crop_labels, COLOURS, 0.75)
    yield from (made.generated, made.image)


def face_swap() -> Iterator[Image]:
    """Face, target, points, the bent target, the optimiser at half of its way, the end."""
    parse, read = FaceParsing.load(), FaceLandmarks.load()

    def portrait(photo: Image) -> Portrait:
        found = read(photo)
        labels = parse.in_frame(photo, portrait_frame(found.face, 256)).labels
        return Portrait(photo, found.points, labels)

    mine, other = portrait(PORTRAITS["portrait"]()), portrait(PORTRAITS["admiral"]())
    bent = FaceSwap.load("warp")(mine, [other])
    steps = list(FaceSwap.load("optimisation").steps(mine, [other]))
    assert bent.nearest is not None
    yield from (bent.before, bent.nearest, _pointed(mine), bent.after)
    yield from (min(steps, key=lambda step: abs(step.done - 0.3)).after, steps[-1].after)


def _pointed(portrait: Portrait) -> Image:
    """The face and its points, upright."""
    frame = portrait.frame(SIDE)
    canvas = PillowImage.fromarray(frame.cut(portrait.image))
    draw = ImageDraw.Draw(canvas)
    for x, y in moved(portrait.points, inverted(frame.matrix)):
        draw.ellipse((x - 2, y - 2, x + 2, y + 2), fill=(255, 45, 45))
    return np.asarray(canvas)


def inpainting() -> Iterator[Image]:
    """The hole, the network's guess, neural patches at three sizes, PatchMatch alone."""
    photo, mask = (part() for part in OBJECTS["badge"])
    hole = mask[..., 0] > 127
    around = (71, 285, 271, 485)
    yield _cut(np.where(hole[..., None], np.array([255, 45, 45], np.uint8), photo), around)
    yield _cut(Inpainting.load("content")(photo, hole).image, around)
    steps = list(Inpainting.load("neural").steps(photo, hole))
    for share in (0.3, 0.6, 1):
        yield _cut(min(steps, key=lambda step: abs(step.done - share)).image, around)
    yield _cut(Inpainting.load("patchmatch")(photo, hole).image, around)


def object_insertion() -> Iterator[Image]:
    """Street, what was found, box and outline, new labels, what the network paints, the street with it."""
    street, box = STREET_PHOTOS["narrow"](), Box(560, 206, 690, 312, "car")
    labels = SceneParsing.load()(street).labels
    made = ObjectInsertion.load()(street, labels, [Edit(box)])
    step = made.steps[-1]
    seen = (step.window.left, step.window.top, step.window.right, step.window.bottom)
    outline = np.where(step.mask[..., None], np.array([255, 45, 45], np.uint8), _cut(street, seen))
    canvas = PillowImage.fromarray(outline)
    inner = inside(box, step.window)
    ImageDraw.Draw(canvas).rectangle((inner.left, inner.top, inner.right, inner.bottom), outline="white", width=2)
    yield street
    yield overlay(street, labels, STREET_COLOURS, 0.7)
    yield np.asarray(canvas)
    yield np.asarray(STREET_COLOURS, np.uint8)[step.labels.ids]
    yield step.pixels
    yield _cut(made.image, seen)


def soft_segmentation() -> Iterator[Image]:
    """Photo and the five stages."""
    photo = PHOTOS["portrait"]()
    yield photo
    yield from SoftSegmentation.load()(photo, Layers(layers=5)).views.values()


def super_resolution() -> Iterator[Image]:
    """Pixels, bicubic, what the residual network adds, its result, what the critic adds to that, its result."""
    photo = SMALL_PHOTOS["cat"]()[120:184, 150:214]
    options = Scale(4)
    bicubic = resize(photo, 4)
    residual, adversarial = (SuperResolution.load(name)(photo, options).image for name in ("residual", "adversarial"))
    yield photo.repeat(4, 0).repeat(4, 1)
    yield bicubic
    yield _difference(residual, bicubic)
    yield residual
    yield _difference(adversarial, residual)
    yield adversarial


def _difference(one: Image, other: Image) -> Image:
    """What `one` has more, four times, on grey."""
    return np.clip(128 + 4 * (one.astype(int) - other), 0, 255).astype(np.uint8)


def _cut(image: Image, box: Edges) -> Image:
    left, top, right, bottom = box
    return image[top:bottom, left:right]


FIGURES: dict[str, Callable[[], Iterator[Image]]] = {
    drawn.__name__: drawn
    for drawn in (
        *(style_transfer, region_style, face_swap, inpainting),
        *(object_insertion, soft_segmentation, super_resolution),
    )
}


def figure(squares: Sequence[Image]) -> PillowImage.Image:
    """The squares in rows of three, numbered; see-through between them."""
    rows = -(-len(squares) // COLUMNS)
    size = COLUMNS * (SIDE + GAP) - GAP, rows * (SIDE + GAP) - GAP
    canvas = PillowImage.new("RGBA", size)
    draw, font = ImageDraw.Draw(canvas), ImageFont.load_default(20)
    for number, square in enumerate(squares):
        row, column = divmod(number, COLUMNS)
        left, top = column * (SIDE + GAP), row * (SIDE + GAP)
        fitted: Any = ImageOps.fit(PillowImage.fromarray(square), (SIDE, SIDE), PillowImage.Resampling.LANCZOS)
        canvas.paste(fitted, (left, top))
        draw.ellipse((left + 6, top + 6, left + 34, top + 34), fill=(0, 0, 0, 255))
        draw.text((left + 20, top + 20), str(number + 1), fill="white", font=font, anchor="mm")
    return canvas


def main() -> None:
    """Draws those of all tabs, or of those named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tabs", nargs="*", help=", ".join(FIGURES))
    FOLDER.mkdir(exist_ok=True)
    for name in parser.parse_args().tabs or FIGURES:
        path = FOLDER / f"{name}.webp"
        figure(list(FIGURES[name]())).save(path, "WEBP", quality=QUALITY, method=6)
        print(f"{name}: {path.stat().st_size / 1000:.0f} kB", flush=True)


if __name__ == "__main__":
    main()
