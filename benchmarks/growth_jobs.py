"""What `benchmarks.growth` runs: each method with its usual options on pictures of a given size."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import skimage.data
from PIL import Image as PillowImage

from imaging.types import Image, Mask

HOLE_PERCENT = 2.0  # of the picture, where the picture is what grows
HOLES_PERCENT = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)  # of one megapixel
# What optimises the picture takes minutes of what others take seconds for: smaller ones, too, show how it grows.
SLOW = (0.0625, 0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 12.0)


@dataclass(frozen=True)
class Job:
    """`prepare(size)` loads what is needed and gives what is timed; `sizes` where they are not megapixels."""

    prepare: Callable[[float], Callable[[], object]]
    unit: str = "MP"
    sizes: tuple[float, ...] = ()


def scenery(megapixels: float) -> Image:
    """A photo, mirrored again and again until it is that large: as much detail a pixel at every size. 4:3."""
    height, width = shape(megapixels)
    photo = skimage.data.astronaut()
    times = [(0, max(0, side - own)) for side, own in zip((height, width), photo.shape[:2], strict=True)]
    return np.ascontiguousarray(np.pad(photo, (*times, (0, 0)), mode="symmetric")[:height, :width])


def portrait(megapixels: float) -> Image:
    """A face that is as large in every photo. 4:3."""
    height, width = shape(megapixels)
    face = PillowImage.fromarray(skimage.data.astronaut()[:384])
    return np.asarray(face.resize((width, height), PillowImage.Resampling.BICUBIC))


def shape(megapixels: float) -> tuple[int, int]:
    """Height and width of 4:3."""
    height = round((megapixels * 1e6 * 3 / 4) ** 0.5)
    return height, round(height * 4 / 3)


def hole(height: int, width: int, percent: float) -> Mask:
    """A square in the middle that covers `percent` of the picture."""
    half = round((percent / 100 * height * width) ** 0.5 / 2)
    mask = np.zeros((height, width), np.bool_)
    mask[height // 2 - half : height // 2 + half, width // 2 - half : width // 2 + half] = True
    return mask


def _enlarge(variant: str, megapixels: float) -> Callable[[], object]:
    from pipelines.super_resolution import Options, SuperResolution

    return partial(SuperResolution.load(variant), scenery(megapixels), Options(scale=2))


def _paint(variant: str, megapixels: float) -> Callable[[], object]:
    from pipelines.style_transfer import StyleTransfer

    return partial(StyleTransfer.load(variant), scenery(megapixels), ["great_wave"])


def _fill(variant: str, megapixels: float) -> Callable[[], object]:
    from pipelines.inpainting import Inpainting

    height, width = shape(megapixels)
    return partial(Inpainting.load(variant), scenery(megapixels), hole(height, width, HOLE_PERCENT))


def _fill_holes(variant: str, percent: float) -> Callable[[], object]:
    from pipelines.inpainting import Inpainting

    height, width = shape(1.0)
    return partial(Inpainting.load(variant), scenery(1.0), hole(height, width, percent))


def _take_apart(megapixels: float) -> Callable[[], object]:
    from pipelines.soft_segmentation import SoftSegmentation

    return partial(SoftSegmentation.load(), scenery(megapixels))


def _parse(megapixels: float) -> Callable[[], object]:
    from pipelines.face_parsing import FaceParsing

    return partial(FaceParsing.load(), portrait(megapixels))


def _restyle(megapixels: float) -> Callable[[], object]:
    """From the photo to the photo, as the page does it: parse, encode, swap, carry the change back."""
    from pipelines.face_parsing import FaceParsing
    from pipelines.region_style import RegionStyle, Swap

    parse, restyle = FaceParsing.load(), RegionStyle.load()
    other = parse(portrait(0.25)[:, ::-1].copy())
    codes, photo = restyle.encode(other.crop, other.crop_labels), portrait(megapixels)

    def run() -> object:
        face = parse(photo)
        made = restyle(face.crop, face.crop_labels, [Swap(("hair",), codes)])
        return face.frame.with_change(photo, face.crop, made.image)

    return run


def _swap(variant: str, megapixels: float) -> Callable[[], object]:
    """From the photo to the photo, as the page does it: find the face, its points and regions, swap, paste."""
    from pipelines.face_parsing import FaceParsing
    from pipelines.face_parsing.landmarks import FaceLandmarks
    from pipelines.face_swap import FaceSwap
    from pipelines.face_swap.portrait import Portrait

    parse, read, swap = FaceParsing.load(), FaceLandmarks.load(), FaceSwap.load(variant)

    def look(photo: Image) -> Portrait:
        return Portrait(photo, read(photo).points, parse(photo).labels)

    target, photo = look(portrait(0.25)[:, ::-1].copy()), portrait(megapixels)
    return lambda: swap(look(photo), [target])


def _insert(megapixels: float) -> Callable[[], object]:
    """From the photo to the photo: read the street, put a car on it."""
    from imaging.types import Box
    from pipelines.object_insertion import ObjectInsertion
    from pipelines.object_insertion.edits import Edit
    from pipelines.scene_parsing import SceneParsing

    parse, insert, photo = SceneParsing.load(), ObjectInsertion.load(), scenery(megapixels)
    height, width = photo.shape[:2]
    box = Box(width // 2, height // 2, width // 2 + width // 6, height // 2 + height // 7, "car")
    return lambda: insert(photo, parse(photo).labels, [Edit(box)])


JOBS: Mapping[str, Job] = {
    "bicubic": Job(partial(_enlarge, "bicubic")),
    "residual": Job(partial(_enlarge, "residual")),
    "johnson": Job(partial(_paint, "johnson")),
    "gatys": Job(partial(_paint, "gatys"), sizes=SLOW),
    "cnnmrf": Job(partial(_paint, "cnnmrf"), sizes=SLOW),
    "content": Job(partial(_fill, "content")),
    "patchmatch": Job(partial(_fill, "patchmatch")),
    "neural": Job(partial(_fill, "neural")),
    "patchmatch-holes": Job(partial(_fill_holes, "patchmatch"), "% hole", HOLES_PERCENT),
    "neural-holes": Job(partial(_fill_holes, "neural"), "% hole", HOLES_PERCENT),
    "object_insertion": Job(_insert),
    "soft_segmentation": Job(_take_apart),
    "face_parsing": Job(_parse),
    "region_style": Job(_restyle),
    "warp": Job(partial(_swap, "warp")),
    "optimisation": Job(partial(_swap, "optimisation")),
}
