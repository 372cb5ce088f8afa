"""Style transfer: how near to painting and photo, beside MicroAST (Wang et al. 2023), public networks of
Johnson's kind and plain implementations of V1 and V3.

Nearness is in the eyes of others: a small VGG19, from which our encoder learnt, and SqueezeNet, from which nothing did.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator, Iterator
from pathlib import Path
from statistics import mean

import numpy as np
from PIL import Image as PillowImage
from PIL import ImageOps
from torch import Tensor

from benchmarks import style_transfer_encoder as encoder
from benchmarks.rows import Measured, Note, Row
from benchmarks.style_transfer_eyes import CONTENT, SHALLOW, SIDE, Eyes, perceptual_distance, picture_of, style_distance
from benchmarks.style_transfer_peers import (
    Painter,
    by_johnson_teacher,
    by_microast,
    load_johnson_teacher,
    load_microast,
)
from networks.tensors import to_tensor
from pipelines.style_transfer import PAINTINGS, StyleTransfer
from training.teachers import Judge, WideVGG19

CONTENTS = ("tubingen.jpg", "golden_gate.jpg", "chicago.jpg", "lion.jpg", "amber.jpg")
GALLERY = ("great_wave", "starry_night", "scream", "composition_vii", "udnie")
JOHNSON_TEACHERS = {"great_wave": "wave", "scream": "scream", "udnie": "udnie"}


def quality(data: Path) -> Iterator[Measured]:
    """The encoder: order of distortions, errors, results against the teacher's. All methods: style and content."""
    yield from encoder.order()
    teachers = data / "teachers"
    files = [teachers / "vgg19_16x.safetensors", teachers / "squeezenet1_0.safetensors"]
    missing = [file for file in files if not file.is_file()]
    if missing:
        yield Note(f"Distances are left out: there is no {missing[0]}.")
        return
    teacher, judge = WideVGG19(files[0]).eval(), Judge(files[1]).eval()
    yield from encoder.errors(data, teacher)
    pictures = [data / "contents" / name for name in {*encoder.CASES.values(), *CONTENTS}]
    pictures += [data / "styles" / name for name in {*encoder.CASES, *(PAINTINGS[name].file for name in GALLERY)}]
    if not all(picture.is_file() for picture in pictures):
        yield Note(f"Pictures in a painter's manner are left out: not all of them are in {data}.")
        return
    yield from encoder.ratios(data, teacher, judge)
    yield from _gallery(data, teacher, judge)


def _gallery(data: Path, teacher: Eyes, judge: Judge) -> Iterator[Measured]:
    painters = yield from _painters(data / "teachers")
    everywhere: dict[tuple[str, str], list[float]] = defaultdict(list)
    for name in GALLERY:
        here: dict[tuple[str, str], list[float]] = defaultdict(list)
        painting = picture_of(data / "styles" / PAINTINGS[name].file)
        style = to_tensor(painting)
        for photo in (picture_of(data / "contents" / content) for content in CONTENTS):
            untouched = to_tensor(photo)
            fitted = ImageOps.fit(PillowImage.fromarray(painting), (photo.shape[1], photo.shape[0]))
            units = _distances(teacher, judge, untouched, untouched, style)
            units["content_distance"] = _content_distance(teacher, to_tensor(np.asarray(fitted)), untouched)
            for variant, paint in painters[name].items():
                made = to_tensor(paint(photo, name, painting))
                for metric, distance in _distances(teacher, judge, made, untouched, style).items():
                    here[variant, metric].append(distance / units[metric])
        for key, values in here.items():
            yield Row(key[0], name, key[1], mean(values))
            everywhere[key] += values
    for (variant, metric), values in everywhere.items():
        if len(values) == len(GALLERY) * len(CONTENTS):
            yield Row(variant, "mean", metric, mean(values))
    yield Note(
        f"Of {len(CONTENTS)} photos at {SIDE} px. style_distance: as above, by the teacher; 1: the untouched photo's. "
        f"content_distance: relative error at {CONTENT}, 1: the painting's itself. Each pair in its own unit, then "
        "the mean."
    )
    yield Note(
        "johnson, gatys, cnnmrf have the name in the gallery; nearest (V2 for a picture of one's own) and microast see "
        "the painting."
    )


def _distances(teacher: Eyes, judge: Eyes, made: Tensor, photo: Tensor, style: Tensor) -> dict[str, float]:
    return {
        "style_distance": style_distance(teacher, made, style, SHALLOW),
        "content_distance": _content_distance(teacher, made, photo),
        "style_distance_by_judge": style_distance(judge, made, style, tuple(Judge.TAPS)),
    }


def _content_distance(teacher: Eyes, made: Tensor, photo: Tensor) -> float:
    return perceptual_distance(teacher, made, photo, (CONTENT,))


def _painters(teachers: Path) -> Generator[Measured, None, dict[str, dict[str, Painter]]]:
    """By painting and variant."""
    by_name: dict[str, Painter] = {}
    for variant in ("gatys", "johnson", "cnnmrf"):
        pipeline = StyleTransfer.load(variant)
        by_name[variant] = lambda photo, name, _, p=pipeline: p(photo, [name]).image
        if pipeline.painter:
            by_name["nearest"] = lambda photo, _, painting, p=pipeline: p(photo, [painting]).image
    microast = load_microast(teachers)
    if microast:
        by_name["microast"] = by_microast(microast)
    else:
        yield Note(f"microast is left out: it is not in {teachers}.")
    painters = {name: dict(by_name) for name in GALLERY}
    for name, short in JOHNSON_TEACHERS.items():
        peer = load_johnson_teacher(teachers, short)
        if peer:
            painters[name]["johnson_teacher"] = lambda photo, _, __, p=peer: by_johnson_teacher(p, photo)
        else:
            yield Note(f"johnson_teacher of {name} is left out: it is not in {teachers}.")
    return painters
