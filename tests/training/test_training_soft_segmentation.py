"""The training of the embedding runs, goes on from an encoder, and knows near from far."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image as PillowImage
from torch import nn

from networks.files import load_network, read_card, save_network
from networks.perceptual import VGG
from pipelines.soft_segmentation.network import Embedder
from training import soft_segmentation
from training.pictures import DATA
from training.soft_segmentation import (
    IGNORED,
    MIXED,
    SHEET,
    Embedding,
    Labelled,
    SoftSegmentationRecipe,
    distances_between,
    nearer,
    points,
    principal,
)

needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not beside this checkout")
WIDTHS = (4, 4, 8, 8, 8)


def scene(name: str) -> Labelled:
    labels = np.repeat(np.array([1, 2], np.uint8), 64)[None].repeat(96, 0)
    image = np.random.default_rng(len(name)).integers(0, 256, (96, 128, 3), np.uint8)
    return Labelled(name, image, labels)


@pytest.fixture
def few_scenes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        soft_segmentation, "segments", lambda split, most=None: {"all": [scene(name) for name in SHEET]}
    )
    monkeypatch.setattr(soft_segmentation, "faces", lambda split: [scene("face")])
    monkeypatch.setattr(soft_segmentation, "streets", lambda split: [scene("street")])


@pytest.mark.usefixtures("few_scenes")
def test_it_begins_as_an_encoder_and_leaves_a_file_that_loads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = VGG(widths=WIDTHS, pooling="average", padding="reflect")
    arguments = {"widths": list(WIDTHS), "pooling": "average", "padding": "reflect"}
    save_network(encoder, tmp_path / "encoder.safetensors", arguments, {"stages": []})
    state = ["--dry-run", "--state", str(tmp_path), "--start", str(tmp_path / "encoder.safetensors")]
    monkeypatch.setattr("sys.argv", ["x", *state])
    soft_segmentation.main()
    made = tmp_path / "soft_segmentation" / "embedded.safetensors"
    network = load_network(Embedder, made)
    encoder.requires_grad_(False)
    convolutions = [index for index, layer in enumerate(encoder.features) if isinstance(layer, nn.Conv2d)]
    moved = [
        float((network.trunk.features[index].weight - encoder.features[index].weight).abs().max())  # pyright: ignore
        for index in convolutions
    ]
    assert moved[:8] == [0.0] * 8  # the first three stages stay as they are
    assert all(0 < distance < 0.1 for distance in moved[8:])
    assert set(read_card(made)[1]["scores"]) == {"nearer", "nearer in three"}
    assert np.asarray(PillowImage.open(made.with_name("sheet.png"))).shape == (3 * 224, len(SHEET) * 224, 3)
    monkeypatch.setattr("sys.argv", ["x", "--finish", str(made), str(tmp_path / "made.safetensors")])
    soft_segmentation.main()
    x = torch.rand(1, 3, 32, 32)
    assert torch.allclose(load_network(Embedder, tmp_path / "made.safetensors")(x), network(x), atol=1e-2)
    assert (tmp_path / "made.safetensors").stat().st_size < 0.7 * made.stat().st_size


@pytest.mark.usefixtures("few_scenes")
def test_the_error_is_small_where_segments_are_apart_and_unknown_pairs_do_not_count() -> None:
    recipe = SoftSegmentationRecipe(widths=WIDTHS, width=8)
    task = Embedding(recipe, torch.device("cpu"))
    labels = torch.tensor([1] * 20 + [2] * 20)
    places = torch.arange(40)
    sample = torch.zeros(40, dtype=torch.int64), places, labels
    apart = torch.zeros(4, 1, 40)
    apart[0, 0, 20:] = 8
    mixed = torch.zeros(4, 1, 40)
    mixed[0, 0, ::2] = 8
    assert sum(task.pair_errors(apart, sample)) < 0.1 < sum(task.pair_errors(mixed, sample))
    unknown = torch.where(labels == 2, MIXED, labels)
    spread = apart.clone()
    spread[1, 0, 20:] = torch.linspace(-4, 4, 20)
    hardest, _ = task.pair_errors(spread, (*sample[:2], unknown))
    assert hardest < 0.1  # what is not labelled may differ from itself
    assert nearer(apart, sample) == 1
    assert nearer(mixed, sample) < 0.75


def test_points_are_of_every_large_segment_and_principal_components_fill_the_range() -> None:
    rows, columns, labels = points(scene("x").labels, SoftSegmentationRecipe(), random.Random(0))
    assert set(labels.tolist()) == {1, 2}
    assert ((columns < 16) == (labels == 1)).all()
    assert rows.max() < 24
    found = principal(torch.randn(7, 10, 12, generator=torch.Generator().manual_seed(0)))
    assert found.shape == (3, 10, 12)
    assert found.min() == 0
    assert found.max() == 1


@needs_data
def test_labels_know_what_is_mixed_and_what_is_ignored() -> None:
    found = soft_segmentation.segments("train", most=1)
    assert len(found) == 9
    assert all(
        case.image.shape[:2] == case.labels.shape and min(case.labels.shape) == 224
        for cases in found.values()
        for case in cases
    )
    assert MIXED in found["WeizmannHorses"][0].labels
    assert MIXED not in found["BSDS500"][0].labels
    assert IGNORED in found["COCO-Stuff(SPADE sample)"][0].labels


def test_distances_by_products_are_those_of_differences() -> None:
    found = torch.rand(20, 5) + 3
    exact = (found[:, None] - found[None]).square().sum(2).sqrt()
    assert torch.allclose(distances_between(found), exact, atol=2e-3)
