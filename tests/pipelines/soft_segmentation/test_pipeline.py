"""The whole: layers that sum to one, stages, odd pictures, a clip, files."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from PIL import Image as PillowImage
from psd_tools import PSDImage
from torch import Tensor

from imaging.types import Image, InputError
from pipelines.soft_segmentation import (
    STAGES,
    Options,
    Result,
    SoftSegmentation,
    as_psd,
    as_zip,
    segmented,
)
from pipelines.soft_segmentation.embeddings import TEXTURE, Activations, Joined, Keys, embedding
from pipelines.soft_segmentation.finding import shared
from pipelines.soft_segmentation.network import Embedder

timm = pytest.importorskip("timm")


def colours_alone(x: Tensor) -> Tensor:
    """An embedding without weights: smoothed colours, a cell every four pixels."""
    return F.avg_pool2d(x, 4, ceil_mode=True)


@pytest.fixture(scope="module")
def pipeline() -> SoftSegmentation:
    return SoftSegmentation("perceptual", colours_alone)


@pytest.fixture
def result(pipeline: SoftSegmentation, three_things: Image) -> Result:
    return pipeline(three_things, Options(layers=3))


def check(result: Result, image: Image) -> None:
    assert result.layers.dtype == np.float32
    assert result.layers.shape[1:] == image.shape[:2]
    assert result.layers.min() >= 0
    assert result.layers.max() <= 1 + 1e-6
    np.testing.assert_allclose(result.layers.sum(0), 1, atol=1e-3)
    composite = (result.layers[..., None] * result.colours).sum(0)
    assert np.abs(composite - image).mean() < 3


def test_three_things_are_three_layers(result: Result, three_things: Image) -> None:
    check(result, three_things)
    assert len(result.layers) == 3
    largest = result.layers.argmax(0)
    places = (32, 40), (5, 5), (5, 75)
    assert len({largest[place] for place in places}) == 3
    assert all(result.layers[:, row, column].max() > 0.9 for row, column in places)
    assert {colour for colour, _ in result.names} == {"yellow", "red", "blue"}
    # What the rim of the picture is made of lies behind the disc.
    assert largest[32, 40] == 2
    np.testing.assert_array_equal(result.matte(2), result.layers[2])


def test_stages_come_one_by_one_with_a_view_of_each(pipeline: SoftSegmentation, three_things: Image) -> None:
    told: list[float] = []
    steps = list(pipeline.steps(three_things, Options(layers=3), lambda fraction, words: told.append(fraction)))
    assert [tuple(step.views) for step in steps[:5]] == [STAGES[: count + 1] for count in range(5)]
    assert all(view.dtype == np.uint8 and view.shape[2] == 3 for view in steps[-1].views.values())
    assert told == sorted(told)
    assert told[-1] == 1
    again = pipeline(three_things, Options(layers=3))
    np.testing.assert_array_equal(again.layers, steps[-1].layers)


def test_pieces_of_one_thing_go_where_fast_mode_has_it() -> None:
    rows, columns = np.mgrid[:64, :80]
    # Left above and below, right above and below, the disc; of groups: left, right, disc, the disc a little larger.
    pieces = np.where(np.hypot(rows - 32, columns - 40) < 14, 4, (rows >= 32) + 2 * (columns >= 40))
    groups = np.where(np.hypot(rows - 32, columns - 40) < 17, 2, columns >= 40)
    member = shared(np.eye(5)[pieces.ravel()], np.eye(3)[groups.ravel()])
    np.testing.assert_array_equal(member.argmax(1), [0, 0, 1, 1, 2])
    assert (member.sum(1) == 1).all()


def test_exact_mode_says_the_same(pipeline: SoftSegmentation, three_things: Image, result: Result) -> None:
    exact = pipeline(three_things, Options(layers=3, exact=True))
    check(exact, three_things)
    assert len(exact.layers) == 3
    assert (exact.layers.argmax(0) == result.layers.argmax(0)).mean() > 0.97


def test_as_many_layers_as_there_are_things(pipeline: SoftSegmentation, three_things: Image) -> None:
    assert len(pipeline(three_things, Options(layers=None)).layers) == 3


def test_a_large_picture_is_solved_small_and_given_back_large(pipeline: SoftSegmentation, three_things: Image) -> None:
    large = np.kron(three_things, np.ones((4, 4, 1), np.uint8))
    found = pipeline(large, Options(layers=3, working_pixels=5000))
    check(found, large)
    assert found.layers[:, 128, 160].max() > 0.9


@pytest.mark.parametrize("picture", ["flat", "grey", "small"])
def test_odd_pictures_give_fewer_layers_and_no_error(
    pipeline: SoftSegmentation, three_things: Image, picture: str
) -> None:
    image = {
        "flat": np.full((40, 50, 3), 128, np.uint8),
        "grey": np.repeat(three_things[..., :1], 3, 2),
        "small": three_things[20:40, 10:30],
    }[picture]
    found = pipeline(image, Options(layers=10))
    check(found, image)
    assert 1 <= len(found.layers) <= 10
    assert picture != "flat" or len(found.layers) == 1


@pytest.mark.parametrize(
    ("shape", "options", "words"),
    [
        ((15, 40), Options(), "too small"),
        ((16, 400), Options(), "too narrow"),
        ((40, 40), Options(layers=1), "2 to 10"),
        ((40, 40), Options(layers=11), "2 to 10"),
    ],
)
def test_bad_input_is_a_sentence(
    pipeline: SoftSegmentation, shape: tuple[int, int], options: Options, words: str
) -> None:
    with pytest.raises(InputError, match=words):
        pipeline(np.zeros((*shape, 3), np.uint8), options)


def test_a_clip_keeps_its_layers(pipeline: SoftSegmentation, three_things: Image) -> None:
    frames = [np.roll(three_things, shift, 0) for shift in (0, 2, 4)]
    found = list(segmented(pipeline, frames, Options(layers=3)))
    assert [len(one.layers) for one in found] == [3, 3, 3]
    for shift, one in zip((0, 2, 4), found, strict=True):
        check(one, np.roll(three_things, shift, 0))
        moved = np.roll(found[0].layers.argmax(0), shift, 0)[8:-8]
        assert (one.layers.argmax(0)[8:-8] == moved).mean() > 0.97


def test_a_clip_of_two_sizes_or_too_many_frames_is_a_sentence(
    pipeline: SoftSegmentation, three_things: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InputError, match="same size"):
        list(segmented(pipeline, [three_things, three_things[:40]], Options(layers=3)))
    monkeypatch.setattr("pipelines.soft_segmentation.clip.MOST_FRAMES", 1)

    def frames() -> Iterator[Image]:
        yield three_things
        yield three_things

    with pytest.raises(InputError, match="1 frames at most"):
        list(segmented(pipeline, frames(), Options(layers=3)))


def test_the_zip_holds_each_layer_and_the_psd_the_photo_too(result: Result, three_things: Image) -> None:
    archive = zipfile.ZipFile(io.BytesIO(as_zip([("001/", result)])))
    assert len(archive.namelist()) == 3
    assert all(name.startswith("001/0") and name.endswith(".png") for name in archive.namelist())
    for name, matte in zip(archive.namelist(), result.layers, strict=True):
        alpha = np.asarray(PillowImage.open(io.BytesIO(archive.read(name))))[..., 3]
        assert np.abs(alpha / 255 - matte).max() < 3e-3
    document = PSDImage.open(io.BytesIO(as_psd(three_things, result, ["one", "two", "三"])))
    assert document.size == (80, 64)
    assert [layer.name for layer in document] == ["Photo", "one", "two", "三"]


def test_the_embedder_has_a_cell_for_every_four_pixels() -> None:
    torch.manual_seed(0)
    network = Embedder(widths=(4, 4, 8, 8, 8), width=8, channels=6).eval()
    x = torch.rand(1, 3, 37, 50)
    found = network(x)
    assert found.shape == (1, 6, 10, 13)
    assert torch.isfinite(found).all()


def test_things_and_textures_have_their_say_together() -> None:
    def things(x: Tensor) -> Tensor:
        return 10 * F.avg_pool2d(x, 4)

    def texture(x: Tensor) -> Tensor:
        return F.avg_pool2d(x, 8)[:, :1]

    found = Joined(things, texture)(torch.rand(1, 3, 40, 56))
    assert found.shape == (1, 4, 10, 14)
    assert found.mean((2, 3)).abs().max() < 1e-5
    length = found.square().sum((2, 3))[0] / (10 * 14)
    assert length[:3].sum().item() == pytest.approx(1, rel=1e-4)
    assert length[3].item() == pytest.approx(TEXTURE**2, rel=1e-4)


def test_activations_and_keys_are_embeddings(three_things: Image) -> None:
    from networks.perceptual import VGG

    network = VGG(widths=(4, 4, 6, 6, 6), pooling="average", padding="reflect").eval()
    found = embedding(Activations(network), "perceptual", three_things, "cpu")
    assert found.shape == (16, 20, 18)
    state = timm.create_model("vit_small_patch8_224", num_classes=0, dynamic_img_size=True).state_dict()
    keys = embedding(Keys("model.safetensors", state, "cpu"), "dino", three_things[:40, :48], "cpu")
    assert keys.shape == (5, 6, 384)
    np.testing.assert_allclose(np.linalg.norm(keys, axis=2), 1, rtol=1e-4)
