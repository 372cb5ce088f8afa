"""The trainings of object insertion run and are finished; windows and losses are what they are said to be."""

from __future__ import annotations

import json
import random
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from imaging.streets import NAMES, NOTHING, OBJECTS
from networks.files import load_network, read_card, ready
from networks.parser import Parser
from pipelines.object_insertion.compact import CompactGenerator
from pipelines.object_insertion.habits import Habits
from pipelines.object_insertion.network import ImageGenerator, StructureGenerator
from pipelines.object_insertion.outlines import Outlines
from pipelines.object_insertion.silhouette import Silhouette
from training import (
    drawn_streets,
    object_compact,
    object_habits,
    object_image,
    object_outlines,
    object_silhouette,
    object_structure,
    scene_parsing,
    streets,
)
from training.discriminators import BoxDiscriminator, least_squares
from training.pictures import DATA

CASE = DATA.parent / "parity" / "gan" / "hier_discriminator"
needs_parity = pytest.mark.skipif(not CASE.is_dir(), reason="../shared/parity is not beside this checkout")
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not beside this checkout")


def ran(monkeypatch: pytest.MonkeyPatch, script: ModuleType, *arguments: str) -> None:
    monkeypatch.setattr("sys.argv", [script.__name__, *arguments])
    script.main()


@needs_data
@pytest.mark.parametrize(
    ("script", "kind", "file", "options", "figures"),
    [
        (scene_parsing, Parser, "scene_parsing/parser", (), {"cityscapes mIoU", "camvid accuracy"}),
        (object_silhouette, Silhouette, "object_silhouette/silhouette", (), {"iou"}),
        (object_structure, StructureGenerator, "object_structure/structure", (), {"iou"}),
        (object_compact, CompactGenerator, "object_compact/image", (), {"psnr", "seen"}),
        (object_image, ImageGenerator, "object_image/image", (), {"psnr", "seen"}),
        *(
            (object_image, ImageGenerator, f"object_{name}/{name}", ("--ablation", name), {"psnr", "seen"})
            for name in object_image.ABLATIONS
        ),
    ],
)
def test_the_trainings_run_and_are_finished(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    script: ModuleType,
    kind: type[nn.Module],
    file: str,
    options: tuple[str, ...],
    figures: set[str],
) -> None:
    ran(monkeypatch, script, "--dry-run", "--state", str(tmp_path), *options)
    trained, made = tmp_path / f"{file}.safetensors", tmp_path / "made.safetensors"
    arguments, card = read_card(trained)
    assert figures <= set(card["scores"])
    assert (trained.parent / "sheet.png").exists()
    ran(monkeypatch, script, "--finish", str(trained), str(made))
    assert read_card(made) == (arguments, card)
    shipped = dict(load_network(kind, made).named_parameters())
    for name, other in load_network(kind, trained).named_parameters():
        if (kind, name) != (Parser, "head.bias"):  # which is corrected, as the test of face parsing's training sees
            torch.testing.assert_close(shipped[name], other, atol=1e-3, rtol=1e-3)


@needs_data
def test_habits_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = tmp_path / "habits.safetensors"
    ran(monkeypatch, object_habits, str(made), "--most", "150")
    habits, car = Habits.read(made), NAMES.index("car")
    assert car in habits.known()
    assert 40 < habits.feet.sum() < 150
    # Most stand on the road; what is twice as far below the horizon is about twice as high.
    assert habits.feet[car, NAMES.index("road")].sum() > 0.5 * habits.feet[car].sum()
    assert 0.5 < habits.sizes[car, 1] < 1.5
    assert 0.8 < np.exp(habits.shapes[car, 0]) < 2.5
    assert read_card(made)[1]["scores"]["objects"] == habits.feet.sum()


@needs_data
def test_outlines_are_means_of_alike_ones_or_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = tmp_path / "outlines.safetensors"
    ran(monkeypatch, object_outlines, str(made), "--most", "400")
    outlines = Outlines.read(made)
    for name in ("car", "person"):
        label = NAMES.index(name)
        known = outlines.counts[label] > 0
        assert known.sum() > 1
        shapes = outlines.shapes[label, known] > 127
        assert 0.3 < shapes.mean() < 0.95
        # Whatever is there is in the middle rather than in the corners.
        assert shapes[:, 12:20, 12:20].mean() > 0.8 > shapes[:, :3, :3].mean()
    assert np.exp(outlines.aspects[NAMES.index("person"), 0]) < 0.6 < np.exp(outlines.aspects[NAMES.index("car"), 0])
    assert read_card(made)[1]["scores"]["outlines"] == (outlines.counts > 0).sum()
    learnt = object_outlines.grouped(streets.things("train")[:400]).counts
    assert learnt[learnt > 0].min() >= object_outlines.FEWEST
    assert read_card(made)[1]["scores"]["objects"] == learnt.sum()


@needs_parity
def test_the_discriminator_is_the_references() -> None:
    meta: dict[str, Any] = json.loads((CASE / "meta.json").read_text())
    with np.load(CASE / "io.npz") as file, np.load(CASE / "state_dict.npz") as weights:
        case = {key: torch.from_numpy(file[key]) for key in file.files}
        state = {key: torch.from_numpy(weights[key]) for key in weights.files}
    network = ready(BoxDiscriminator(19, meta["config"]["ndf"]), state, "discriminator")
    made = network(case["input"])
    for scale in range(2):
        for layer in range(5):
            torch.testing.assert_close(made[scale][layer], case[f"out_{scale}_{layer}"], atol=1e-4, rtol=1e-4)


def test_the_discriminators_of_cityscapes_have_the_references_size() -> None:
    with torch.device("meta"):
        sizes = [
            sum(p.numel() for p in BoxDiscriminator(channels, norm=norm).parameters())
            for channels, norm in ((71, nn.BatchNorm2d), (38, nn.InstanceNorm2d))
        ]
    assert sizes == [5_672_322, 5_601_154]


def test_opinions_outside_of_the_box_do_not_count() -> None:
    where = torch.zeros(1, 1, 64, 64)
    where[..., :16, :16] = 1
    opinion = torch.full((1, 1, 8, 8), 7.0)
    opinion[..., :2, :2] = 0.5
    assert float(least_squares([[opinion], [opinion]], 1, where)) == pytest.approx(0.5)


@needs_data
def test_windows_show_their_objects_and_empty_ones_none() -> None:
    drawer = streets.Mixed("val", random.Random(0))
    drawn = drawer.drawn(6, 64, nothing=0, loose=0, drawings=0.5)
    for ids, label, box, soft, mask in zip(
        drawn.labels, drawn.classes, drawn.boxes[:, 0], drawn.soft[:, 0], drawn.masks[:, 0], strict=True
    ):
        assert int(label) in OBJECTS
        assert ids[mask > 0].eq(label).all()
        assert (mask * box).sum() == mask.sum() > 0.2 * box.sum()
        assert box.sum() < soft.sum()
        assert (soft * box).sum() == box.sum()
    boxed = drawn.boxed()
    assert torch.equal(boxed[:, : streets.LABELS].sum(1, keepdim=True), drawn.boxes)
    assert torch.equal(boxed[:, streets.LABELS :].sum(1), torch.ones(6, 64, 64))
    emptied = drawer.drawn(2, 64, nothing=1, loose=0, drawings=0)
    assert emptied.classes.eq(NOTHING).all()
    assert emptied.masks.sum() == 0
    assert not np.isin(emptied.labels[emptied.boxes[:, 0] > 0], OBJECTS).mean() > 0.1


@needs_data
def test_the_camvid_cut_is_squeezed_like_cityscapes() -> None:
    draw = random.Random(0)
    for source, across in (("cityscapes", 1), ("camvid", 2)):
        name = streets.names("val", source)[0]
        pixels, ids = scene_parsing.seen(name, 64, 1.0, draw)
        assert pixels.shape == (64, 64, 3)
        assert set(np.unique(ids)) <= {*range(19), 255}
        assert scene_parsing.squeezed(streets.picture(name)) == {1: 256, 2: 160}[across]


def test_other_light_is_still_a_picture_and_mostly_brighter() -> None:
    dark = torch.full((40, 3, 8, 8), 0.25) * torch.rand(40, 3, 8, 8)
    lit = streets.relit(dark, random.Random(0))
    assert 0 <= float(lit.min()) <= float(lit.max()) <= 1
    assert (lit.mean((1, 2, 3)) > dark.mean((1, 2, 3))).float().mean() > 0.6


def test_drawn_streets_show_their_objects_in_boxes_of_their_own() -> None:
    number = 5
    picture, labels = drawn_streets.drawn(number)
    assert picture.shape == (*labels.ids.shape, 3)
    found = drawn_streets.objects(number)
    assert len(found) > 2
    for label, box in found:
        within = labels.ids[box.top : box.bottom, box.left : box.right] == label
        # Nothing stands before it, and it touches all four edges, to a pixel or two.
        assert within.mean() > 0.35, (NAMES[label], box)
        rows, columns = np.nonzero(within.any(1))[0], np.nonzero(within.any(0))[0]
        assert rows[0] < 0.1 * box.height + 2
        assert rows[-1] > box.height - 4
        assert columns[0] < 0.1 * box.width + 2
        assert columns[-1] > 0.9 * box.width - 3
    assert [thing.label for thing in streets.drawn_things([number])] == [
        label for label, box in found if max(box.width, box.height) >= 2 * streets.LEAST
    ]
