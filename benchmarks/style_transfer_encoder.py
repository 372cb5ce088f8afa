"""How good the perceptual encoder is: order of distortions, errors, and results against its teacher's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from statistics import mean

import numpy as np
import skimage.data
import torch
from PIL import Image as PillowImage
from PIL import ImageFilter
from scipy.stats import spearmanr
from torch import Tensor

from benchmarks.rows import Measured, Note, Row
from benchmarks.style_transfer_eyes import (
    SHALLOW,
    SIDE,
    TAPS,
    Eyes,
    our_encoder,
    perceptual_distance,
    picture_of,
    sized,
    style_distance,
)
from imaging.types import Image
from networks.perceptual import relative_error
from networks.tensors import to_tensor
from pipelines.style_transfer import StyleTransfer
from training.teachers import Judge

CASES = {  # paintings for the encoder's test, below the folder `styles`, each with a photo of `contents`
    "vangogh_starry_night.jpg": "tubingen.jpg",
    "hokusai_wave.jpg": "golden_gate.jpg",
    "munch_scream.jpg": "tubingen.jpg",
    "kandinsky_composition_vii.jpg": "golden_gate.jpg",
}
HELD_OUT = ("Set14", "BSD100")  # the encoder was trained on the folders `contents` and `styles`, never on these


def _blurred(picture: Image, sigma: float) -> Image:
    return np.asarray(PillowImage.fromarray(picture).filter(ImageFilter.GaussianBlur(sigma)))


def _noisy(picture: Image, deviation: float) -> Image:
    noise = np.random.default_rng(0).normal(0, deviation, picture.shape)
    return np.rint((picture + noise).clip(0, 255)).astype(np.uint8)


def _compressed(picture: Image, loss: float) -> Image:
    file = BytesIO()
    PillowImage.fromarray(picture).save(file, "JPEG", quality=round(100 - loss))
    return np.asarray(PillowImage.open(file))


def _shifted(picture: Image, pixels: float) -> Image:
    return np.roll(picture, round(pixels), 1)


MARGIN = 8  # pixels all round that are not compared: what is shifted in from the other side
DISTORTIONS: Mapping[str, tuple[Callable[[Image, float], Image], Sequence[float]]] = {
    "blur": (_blurred, (0.5, 1, 1.5, 2, 3, 4, 6, 8)),
    "noise": (_noisy, (2, 4, 8, 12, 16, 24, 32, 48)),
    "jpeg": (_compressed, (5, 15, 30, 45, 60, 75, 85, 95)),
    "shift": (_shifted, range(1, MARGIN + 1)),
}


def order() -> Iterator[Measured]:
    """Whether stronger distortions are farther away."""
    eyes = our_encoder()
    photos = [skimage.data.chelsea(), skimage.data.astronaut(), skimage.data.coffee()]
    for name, (distort, strengths) in DISTORTIONS.items():
        found = []
        for photo in (sized(PillowImage.fromarray(photo)) for photo in photos):
            truth = _inside(photo)
            distances = [perceptual_distance(eyes, _inside(distort(photo, s)), truth) for s in strengths]
            found.append(float(np.asarray(spearmanr(strengths, distances))[0]))
        yield Row("encoder", name, "rank_correlation", min(found))
    yield Note(
        "rank_correlation: Spearman's, of a distortion's strength and the mean relative error of activations, the "
        f"lowest of {len(photos)} photos; 1: every stronger distortion is farther away."
    )


def _inside(picture: Image) -> Tensor:
    return to_tensor(picture[MARGIN:-MARGIN, MARGIN:-MARGIN])


def errors(data: Path, teacher: Eyes) -> Iterator[Measured]:
    """Against the teacher's activations, on pictures that were not trained on."""
    files = [file for name in HELD_OUT for file in sorted((data / "sr_bench" / name).glob("*.webp"))]
    if not files:
        yield Note(f"relative_error is left out: there are no pictures in {data / 'sr_bench'}.")
        return
    ours, found_errors = our_encoder(), []
    for x in (to_tensor(picture_of(file)) for file in files):
        with torch.no_grad():
            found, wanted = ours(x, TAPS), teacher(x, TAPS)
        found_errors.append([relative_error(found[tap], wanted[tap]).item() for tap in TAPS])
    for tap, error in zip(TAPS, np.mean(found_errors, 0), strict=True):
        yield Row("encoder", tap, "relative_error", float(error))
    yield Note(f"relative_error: against the teacher's activations, {len(files)} pictures of {' and '.join(HELD_OUT)}.")


def ratios(data: Path, teacher: Eyes, judge: Judge) -> Iterator[Measured]:
    """V1 with our encoder against V1 with the teacher, in the eyes of the teacher and of a judge."""
    eyes: dict[str, tuple[Eyes, tuple[str, ...]]] = {
        "teacher": (teacher, SHALLOW),
        "judge": (judge, tuple(Judge.TAPS)),
        "teacher, with relu5_1": (teacher, TAPS),
    }
    distances: dict[tuple[str, str], list[float]] = defaultdict(list)
    pairs = [(picture_of(data / "styles" / p), picture_of(data / "contents" / c)) for p, c in CASES.items()]
    for painting, photo in pairs:
        made = {"untouched": photo}
        for variant, encoder in (("teacher", teacher), ("encoder", our_encoder())):
            # The pipeline with other eyes: its weights, sizes and steps are the visitor's.
            pipeline = StyleTransfer("gatys", encoder=encoder)  # pyright: ignore[reportArgumentType] - as good as a VGG
            made[variant] = pipeline(photo, [painting]).image
        for (name, (by, taps)), (variant, picture) in ((e, m) for e in eyes.items() for m in made.items()):
            distances[variant, name].append(style_distance(by, to_tensor(picture), to_tensor(painting), taps))
    for (variant, name), values in distances.items():
        yield Row(variant, name, "style_distance", mean(values))
    for name in eyes:
        ratio = mean(distances["encoder", name]) / mean(distances["teacher", name])
        yield Row("encoder", name, "style_distance_ratio", ratio)
    yield Note(
        f"teacher, judge: who measures. Style distance of V1's pictures at {SIDE} px, optimised with the teacher as "
        "encoder (column teacher) or with ours (encoder), the mean over taps of |G - G'|^2 / |G'|^2, G' the "
        f"painting's Gram matrices: relu1_1 to relu4_1, or {', '.join(Judge.TAPS)}; the mean of {len(CASES)} pictures. "
        "style_distance_ratio: encoder over teacher."
    )
