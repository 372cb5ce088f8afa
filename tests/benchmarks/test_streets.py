"""The benchmarks of streets have their rows; what they measure with is what it is said to be."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from benchmarks import object_insertion, scene_parsing
from benchmarks.command import DATA
from benchmarks.object_insertion import Thing, at_least, imagined, mean_shapes, overlap, removed, resized, seen_as
from benchmarks.rows import Note, Row
from benchmarks.streets import Street, streets
from checkpoints import UnusableFile
from imaging.streets import CAMVID, EVALUATED, NAMES
from imaging.types import Box, LabelMap
from networks.parser import Parser
from pipelines.object_insertion.habits import DEPTHS, Habits
from pipelines.object_insertion.network import ImageGenerator, StructureGenerator
from pipelines.object_insertion.outlines import SIDE, Outlines
from pipelines.object_insertion.pipeline import ObjectInsertion
from pipelines.scene_parsing.pipeline import SceneParsing

needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not beside this checkout")


def tiny_parser(variant: str = "embedded", device: str = "cpu") -> SceneParsing:
    torch.manual_seed(0)
    return SceneParsing(Parser(labels=19, widths=(4,) * 5, side=64).eval().requires_grad_(False), 2, device)


def painter(variant: str = "embedded", device: str = "cpu") -> ImageGenerator:
    if variant == "pix2pixhd":
        raise UnusableFile("{file} is missing from checkpoints/; get the whole repository again.", file=variant)
    return ImageGenerator(width=4, downs=2, blocks=1, kernel=3).eval().requires_grad_(False)


def tiny_insertion(variant: str = "embedded", device: str = "cpu") -> ObjectInsertion:
    torch.manual_seed(0)
    structure = StructureGenerator(widths=(4, 4, 4, 8), kernel=3).eval().requires_grad_(False)
    count = len(NAMES)
    unknown = Habits(
        np.zeros((count, count, DEPTHS), np.int64),
        np.zeros((count, 3), np.float32),
        np.zeros((count, 2), np.float32),
        np.zeros((count, 1, 3), np.uint8),
    )
    shapes, counts = np.zeros((count, 1, SIDE, SIDE), np.uint8), np.zeros((count, 1), np.int64)
    nothing = Outlines(shapes, np.zeros((count, 1), np.float32), counts, counts - 1)
    return ObjectInsertion(structure, painter(), unknown, nothing, device, side=64)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Untrained networks, few streets."""
    monkeypatch.setattr(SceneParsing, "load", tiny_parser)
    monkeypatch.setattr(ObjectInsertion, "load", tiny_insertion)
    monkeypatch.setattr(object_insertion, "image", painter)
    for name, value in (("MOST", 2), ("SCORED", 1), ("LEARNT_FROM", 4), ("ROUNDS", 1)):
        monkeypatch.setattr(object_insertion, name, value)
    monkeypatch.setattr(scene_parsing, "MOST", 2)
    monkeypatch.setattr(scene_parsing, "ROUNDS", 1)


@needs_data
def test_object_insertion_has_its_rows() -> None:
    found = list(object_insertion.quality(DATA))
    rows = {(r.variant, r.case, r.metric): r.value for r in found if isinstance(r, Row)}
    for name in ("structure", "box", "mean_shape"):
        assert 0 <= rows[name, "val", "iou"] <= 1
    assert rows["mean_shape", "val", "iou"] > 0.3
    for name in ("embedded", "two_streams", "image_stream", "layout_stream", "concatenated", "context_encoder"):
        assert 0 < rows[name, "val", "psnr"] < 40
        assert rows[name, "val", "ssim"] < 1
        assert 0 <= rows[name, "val", "segmentation_score"] <= 1
    for name in ("guided", "patchmatch", "neural", "painted"):
        assert rows[f"removed_{name}", "val", "psnr"] > 5
        assert -1 <= rows[f"removed_{name}", "val", "ssim"] <= 1
        assert 0 <= rows[f"removed_{name}", "val", "labels"] <= 1
    assert any("pix2pixhd is not measured" in note.text for note in found if isinstance(note, Note))
    (row,) = (item for item in object_insertion.speed(DATA) if isinstance(item, Row))
    assert (row.variant, row.case, row.metric) == ("embedded", "1024x512", "seconds")


@needs_data
def test_scene_parsing_has_its_rows() -> None:
    rows = {(r.variant, r.case, r.metric): r.value for r in scene_parsing.quality(DATA) if isinstance(r, Row)}
    assert {f"{case} {metric}" for _, case, metric in rows} == {
        *("cityscapes miou_19", "cityscapes pixel_accuracy", "camvid miou_11", "camvid pixel_accuracy")
    }
    assert all(0 <= value <= 1 for value in rows.values())
    assert any(isinstance(item, Row) for item in scene_parsing.speed(DATA))


@needs_data
def test_streets_have_their_own_size_and_known_labels() -> None:
    for source, shape, counted in (("cityscapes", (256, 512), EVALUATED), ("camvid", (256, 341), CAMVID)):
        street = next(streets(DATA / "streets", "val", source))
        assert street.image.shape == (*shape, 3)
        assert street.labels.ids.shape == shape
        assert np.isin(street.labels.ids, counted).mean() > 0.6


def test_without_data_they_say_so(tmp_path: Path) -> None:
    for benchmark in (object_insertion, scene_parsing):
        (note,) = benchmark.quality(tmp_path)
        assert isinstance(note, Note)


def thing(box: Box, left: int) -> Thing:
    """A car that fills its box from `left` on."""
    ids = np.full((40, 60), NAMES.index("road"), np.uint8)
    ids[box.top : box.bottom, left : box.right] = NAMES.index("car")
    labels = LabelMap(ids, NAMES)
    return Thing(Street(np.zeros((40, 60, 3), np.uint8), labels, (box,)), box, labels.where("car"))


def test_the_mean_shape_is_where_most_are() -> None:
    box = Box(10, 10, 42, 26, "car")
    found = [thing(box, left) for left in (10, 26, 26)]
    shape = mean_shapes(iter(found))[NAMES.index("car")]
    assert shape[:, :15] == pytest.approx(1 / 3)
    assert shape[:, 17:] == pytest.approx(1)
    mask = resized(shape, (16, 32))
    assert overlap(mask, found[1].inside()) == 1
    assert overlap(mask, found[0].inside()) == pytest.approx(0.5)


def test_the_score_is_the_share_that_is_seen_as_what_was_asked_for() -> None:
    photo, parse = np.random.default_rng(0).integers(0, 256, (64, 96, 3), np.uint8), tiny_parser()
    ids = parse(photo).labels.ids
    mask = np.zeros(ids.shape, bool)
    mask[20:40, 30:60] = True
    shares = [seen_as(parse, photo, mask, label) for label in EVALUATED]
    assert sum(shares) == pytest.approx(1)
    assert shares[EVALUATED.index(int(ids[25, 40]))] > 0
    assert seen_as(parse, photo, np.zeros_like(mask), 7) == 0


def test_what_is_imagined_stands_beside_as_near_as_there_is_room() -> None:
    real = thing(Box(10, 10, 30, 26, "car"), 20)
    other = imagined(real)
    assert other
    assert other.box == Box(0, 10, 20, 26, "car")  # the real one begins at 20
    assert np.array_equal(other.inside(), real.inside())
    assert imagined(thing(Box(0, 0, 60, 40, "car"), 0)) is None


def test_removals_are_judged_by_what_was_there() -> None:
    other = imagined(thing(Box(10, 10, 30, 26, "car"), 20))
    assert other
    photo = np.random.default_rng(0).integers(0, 256, (40, 60, 3), np.uint8)
    other = replace(other, street=replace(other.street, image=photo))
    insertion, parse = tiny_insertion(), tiny_parser()
    right = removed(insertion, parse, other, lambda image, gone, labels: [image])
    assert right == (float("inf"), pytest.approx(1), 1)
    wrong = removed(insertion, parse, other, lambda image, gone, labels: [np.full_like(image, 127)])
    assert all(one > two for one, two in zip(right, wrong, strict=True))


def test_a_box_is_made_long_enough_and_stays_inside() -> None:
    assert at_least(Box(10, 10, 40, 50), 16, 128) == Box(10, 10, 40, 50)
    assert at_least(Box(60, 10, 64, 50), 16, 128) == Box(54, 10, 70, 50)
    assert at_least(Box(125, 0, 128, 3), 16, 128) == Box(112, 0, 128, 16)
