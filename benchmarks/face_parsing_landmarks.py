"""The 68 points: normalised mean error through detector and network, beside the mean face in the detector's square."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from statistics import mean

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage

from benchmarks.rows import Measured, Note, Row
from checkpoints import UnusableFile
from imaging.alignment import Frame, moved
from imaging.landmarks import FRONTAL, mean_error
from imaging.types import Image
from pipelines.face_parsing.landmark_network import ROOM, first_frame, read
from pipelines.face_parsing.landmarks import FaceLandmarks

MOST = 300  # faces of each set
DOUBTFUL = 0.04  # distances of the eyes by which the six readings of a portrait may differ
Labelled = Iterator[tuple[Image, NDArray[np.float64]]]


def landmarks(data: Path) -> Iterator[Measured]:
    """Errors on portraits and on frames of videos, neither trained on."""
    try:
        pipeline = FaceLandmarks.load()
    except UnusableFile as error:
        yield Note(f"The 68 points are not measured: {error}")
        return
    sets = {"portraits": portraits(data / "faces"), "landmarks": video_frames(data / "landmarks")}
    for case, faces in sets.items():
        errors: dict[str, list[float]] = {"landmarks": [], "mean face": []}
        missed = 0
        for image, truth in faces:
            frame, found = _first(pipeline, image)
            missed += not found
            points = read(pipeline.network, image, frame, pipeline.device)
            errors["landmarks"].append(mean_error(points, truth))
            errors["mean face"].append(mean_error(mean_face(frame), truth))
        for variant, values in errors.items():
            yield Row(variant, case, "nme", mean(values))
        yield Note(
            f"nme on {case}: mean distance over that of the eyes' outer corners, {len(errors['landmarks'])} faces; in "
            f"{missed} of them the detector saw none, and the middle of the picture was taken for it."
        )
    yield Note("nme on landmarks: its labels are noisy; the network that labelled the portraits reads 0.060 there.")


def mean_face(frame: Frame) -> NDArray[np.float64]:
    """The mean face in a crop: what is right without looking at a pixel."""
    return moved((FRONTAL / ROOM + 0.5) * frame.side, frame.matrix)


def _first(pipeline: FaceLandmarks, image: Image) -> tuple[Frame, bool]:
    side = pipeline.network.side
    faces = pipeline.detector(image)
    if faces:
        return first_frame(faces[0], side), True
    height, width = image.shape[:2]
    return Frame.around((width / 2, 0.55 * height), (0.42 * width, 0), side), False


def portraits(folder: Path) -> Labelled:
    """Portraits of the validation whose points are certain."""
    with (folder / "index.csv").open() as file:
        wanted = {row["id"] for row in csv.DictReader(file) if row["split"] == "val"}
    labels = np.load(folder / "landmarks.npz")
    rows = zip(labels["names"], labels["points"].astype(np.float64), labels["spread"], strict=True)
    chosen = [(name, points) for name, points, spread in rows if name in wanted and spread <= DOUBTFUL]
    for name, points in chosen[:MOST]:
        yield np.asarray(PillowImage.open(folder / "images" / f"{name}.jpg").convert("RGB")), points


def video_frames(folder: Path) -> Labelled:
    """Frames of the validation's people."""
    with (folder / "landmarks.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["split"] == "val"]
    for row in rows[:MOST]:
        points = np.array([(float(row[f"x{k}"]), float(row[f"y{k}"])) for k in range(68)])
        yield np.asarray(PillowImage.open(folder / "images" / row["file"]).convert("RGB")), points
