"""Face swap: whether pose and expression stay, the skin becomes the target's, and no seam is seen; seconds a swap.

Portraits of the validation whose 68 points are known, each given the face of another one. Points of results are read by
our own network, which is measured by `benchmarks.face_parsing`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import mean, median

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image as PillowImage
from scipy.ndimage import binary_dilation, binary_erosion  # pyright: ignore[reportMissingTypeStubs]

from benchmarks.rows import Measured, Note, Row
from benchmarks.timing import interleaved
from checkpoints import UnusableFile
from imaging.faces import NAMES
from imaging.types import Image, InputError, LabelMap, Mask
from pipelines.face_parsing.landmark_network import point_frame, read
from pipelines.face_parsing.landmarks import FaceLandmarks
from pipelines.face_swap.colours import tone
from pipelines.face_swap.expression import pose
from pipelines.face_swap.pipeline import SIDE, FaceSwap
from pipelines.face_swap.portrait import Portrait, checked

VARIANTS = ("warp", "optimisation")
AT_ONCE = "network"  # of one face, which is the target then
PAIRS, TARGETS = 12, 3  # swaps, and photos of the target in each: nobody is shown twice, so they are neighbours
ROUNDS = 3
THREADS = 2
RIM = 2  # pixels either side of the outline within which a seam shows
LIKE = 8.0  # units of Lab: pairs whose skin is alike say nothing of its colour


def quality(data: Path) -> Iterator[Measured]:
    """Ratios by variant: landmark, skin, seam."""
    portraits = validation(data / "faces", PAIRS + TARGETS)
    if not portraits:
        yield Note(f"Nothing is measured: there are no portraits with points in {data / 'faces'}.")
        return
    try:
        reader = FaceLandmarks.load()
    except UnusableFile as error:
        yield Note(f"Nothing is measured: {error}")
        return
    for variant in VARIANTS:
        yield from _ratios(variant, FaceSwap.load(variant), reader, portraits)
    yield Note(
        f"{len(portraits) - TARGETS} portraits of the validation, each with the face of the one of its {TARGETS} "
        "followers whose expression is nearest. landmark_ratio: distance of the result's points to the input's, over "
        "that between input and target, without the jaw, upright. skin_ratio: distance in Lab of mean and deviation of "
        f"the skin to the target's, over the input's; pairs at least {LIKE:g} apart. seam_ratio: mean gradient along "
        "the mask's outline over the input's own there."
    )


def _ratios(
    variant: str, pipeline: FaceSwap, reader: FaceLandmarks, portraits: Sequence[Portrait]
) -> Iterator[Measured]:
    points, skins, seams = [], [], []
    for number in range(len(portraits) - TARGETS):
        portrait, targets = portraits[number], portraits[number + 1 : number + 1 + TARGETS]
        result = pipeline(portrait, targets)
        target = targets[result.chosen]
        before, after = (_read(reader, image, portrait) for image in (portrait.image, result.image))
        points.append(_apart(after, before) / max(_apart(before, target.points), 1e-6))
        wanted, own = tone(target, SIDE), tone(portrait, SIDE)
        if own.distance(wanted) > LIKE:
            made = tone(Portrait(result.image, portrait.points, portrait.labels), SIDE)
            skins.append(made.distance(wanted) / own.distance(wanted))
        face = portrait.face(portrait.frame(SIDE))
        seams.append(seam(result.after, face) / max(seam(result.before, face), 1e-6))
    yield Row(variant, "val", "landmark_ratio", mean(points))
    yield Row(variant, "val", "skin_ratio", mean(skins) if skins else float("nan"))
    yield Row(variant, "val", "seam_ratio", median(seams))


def speed(data: Path) -> Iterator[Measured]:
    """Seconds of a swap from points and regions to the photo."""
    torch.set_num_threads(THREADS)
    portraits = validation(data / "faces", 1 + TARGETS)
    if not portraits:
        yield Note(f"Nothing is measured: there are no portraits with points in {data / 'faces'}.")
        return
    jobs = {}
    for variant in VARIANTS:
        pipeline = FaceSwap.load(variant)
        jobs[variant] = lambda pipeline=pipeline: pipeline(portraits[0], portraits[1:])
    jobs[AT_ONCE] = lambda pipeline=FaceSwap.load(AT_ONCE): pipeline(portraits[0], [])
    for variant, seconds in interleaved(jobs, ROUNDS).items():
        yield Row(variant, str(SIDE), "seconds", median(seconds))


def validation(folder: Path, count: int) -> list[Portrait]:
    """The first `count` portraits of the validation that can be swapped, with their true points and regions."""
    if not (folder / "landmarks.npz").is_file():
        return []
    with (folder / "index.csv").open() as file:
        wanted = [row["id"] for row in csv.DictReader(file) if row["split"] == "val"]
    labelled = np.load(folder / "landmarks.npz")
    points = dict(zip(labelled["names"], labelled["points"].astype(np.float64), strict=True))
    found = []
    for name in wanted:
        if name not in points or len(found) == count:
            continue
        image = np.asarray(PillowImage.open(folder / "images" / f"{name}.jpg").convert("RGB"))
        ids = np.asarray(PillowImage.open(folder / "labels" / f"{name}.png")).astype(np.uint8)
        portrait = Portrait(image, points[name], LabelMap(ids, NAMES))
        try:
            checked(portrait)
        except InputError:
            continue
        found.append(portrait)
    return found


def seam(image: Image, face: Mask) -> float:
    """Mean length of the gradient of `image` (S, S, 3) within `RIM` pixels of the outline of `face`."""
    grown, shrunk = (np.asarray(change(face, iterations=RIM), bool) for change in (binary_dilation, binary_erosion))
    ring = grown & ~shrunk
    down, across = np.gradient(image.astype(np.float64).mean(2))
    return float(np.hypot(down, across)[ring].mean())


def _read(reader: FaceLandmarks, image: Image, portrait: Portrait) -> NDArray[np.float64]:
    return read(reader.network, image, point_frame(portrait.points, reader.network.side), reader.device)


def _apart(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Mean distance of brows, nose, eyes and mouth after the best similarity: in widths of the face."""
    return float(np.linalg.norm(pose(one) - pose(other), axis=1).mean())
