"""Streets of any shape are parsed at the network's scale; label maps of visitors are read, or refused in a sentence."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from checkpoints import Embedded, OnHub
from imaging.streets import CAMVID, COLOURS, EVALUATED, IN_CAMVID, NAMES, NOTHING, OBJECTS
from imaging.types import InputError
from networks.parser import Parser
from networks.segformer import SegFormer
from pipelines.scene_parsing.given import given
from pipelines.scene_parsing.pipeline import Options, SceneParsing, likeliest, logits, looked_at
from pipelines.scene_parsing.weights import FILES, SQUEEZE


class Threshold(nn.Module):
    """Dark is a road, bright is sky: a network whose answers are known."""

    side = 64
    seen: tuple[int, ...] = ()

    def forward(self, x: Tensor) -> Tensor:
        self.seen = tuple(x.shape)
        found = torch.full((len(x), len(EVALUATED), *x.shape[2:]), -9.0)
        grey = x.mean(1)
        found[:, EVALUATED.index(7)], found[:, EVALUATED.index(23)] = 0.5 - grey, grey - 0.5
        return found


def test_ids_and_their_names() -> None:
    assert len(NAMES) == len(COLOURS) == NOTHING + 1 == 35
    assert [NAMES[label] for label in (OBJECTS[0], OBJECTS[-1])] == ["person", "bicycle"]
    assert [NAMES[label] for label in (EVALUATED[0], EVALUATED[13], EVALUATED[18])] == ["road", "car", "bicycle"]
    assert set(CAMVID) | set(IN_CAMVID) | {31} >= set(EVALUATED) - {13, 17, 20, 21, 23, 24, 25, 26}
    assert set(IN_CAMVID.values()) <= set(CAMVID)
    assert not set(IN_CAMVID) & set(CAMVID)


def test_what_is_dark_and_what_is_bright_is_found_where_it_is() -> None:
    photo = np.zeros((301, 517, 3), np.uint8)
    photo[:150] = 255
    parser = Threshold()
    parse = SceneParsing(parser, 2, "cpu")  # pyright: ignore[reportArgumentType]
    ids = parse(photo).labels.ids
    assert ids.shape == (301, 517)
    assert (ids[:147] == 23).all()
    assert (ids[153:] == 7).all()
    assert parser.seen == (2, 3, 64, 64)
    parse(photo, Options(side=128))
    assert parser.seen == (2, 3, 128, 96)


@pytest.mark.parametrize(
    ("size", "squeeze", "expected"),
    [
        ((512, 1024), 2, (256, 256)),
        ((1080, 1920), 2, (256, 224)),
        ((1600, 1200), 2, (352, 128)),
        ((512, 1024), 1, (256, 512)),
        ((100, 9000), 1, (256, 1536)),
    ],
)
def test_a_street_is_looked_at_as_the_training_was(
    size: tuple[int, int], squeeze: int, expected: tuple[int, int]
) -> None:
    assert looked_at(*size, 256, squeeze) == expected


def test_a_photo_and_its_mirror_image_have_the_same_labels() -> None:
    torch.manual_seed(0)
    parser = Parser(labels=19, widths=(4,) * 5).eval()
    picture = np.random.default_rng(0).integers(0, 256, (64, 96, 3), np.uint8)
    found, other = logits(parser, picture, "cpu"), logits(parser, picture[:, ::-1].copy(), "cpu")
    torch.testing.assert_close(found, other.flip(3), atol=1e-4, rtol=1e-4)


def test_a_band_at_a_time_is_the_whole_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    found = torch.randn(1, 19, 12, 10, generator=torch.Generator().manual_seed(0))
    whole = F.interpolate(found, (75, 61), mode="bilinear", align_corners=False)[0].argmax(0).numpy()
    monkeypatch.setattr("pipelines.scene_parsing.pipeline._BAND", 500)
    assert (likeliest(found, 75, 61) != whole).mean() < 0.002  # ties


def test_a_tiny_photo_gets_a_sentence() -> None:
    with pytest.raises(InputError, match="16 or more"):
        SceneParsing(Parser(labels=19, widths=(4,) * 5), 2, "cpu")(np.zeros((15, 400, 3), np.uint8))


def test_a_method_that_there_is_not() -> None:
    with pytest.raises(InputError, match="no method called x"):
        SceneParsing.load("x")


def test_the_default_is_embedded_and_the_others_are_of_the_hub() -> None:
    assert isinstance(FILES["embedded"], Embedded)
    assert all(isinstance(file, OnHub) for name, file in FILES.items() if name != "embedded")
    assert set(SQUEEZE) <= set(FILES)


def test_the_small_segformer_has_its_published_size() -> None:
    with torch.device("meta"):
        small = SegFormer(19, widths=(32, 64, 160, 256), depths=(2, 2, 2, 2), joined=256)
    assert sum(p.numel() for p in small.parameters()) == pytest.approx(3.7e6, rel=0.03)


def test_ids_in_grey_and_colours_are_the_same_label_map() -> None:
    ids = np.random.default_rng(0).integers(5, 34, (20, 30)).astype(np.uint8)
    ids[ids == 18] = 17  # of the same colour
    grey = given(ids[..., None].repeat(3, 2), 20, 30)
    assert np.array_equal(grey.ids, ids)
    colours = np.asarray(COLOURS, np.uint8)[ids]
    assert np.array_equal(given(colours, 20, 30).ids, ids)
    softened = np.clip(colours.astype(int) + np.random.default_rng(1).integers(-2, 3, colours.shape), 0, 255)
    assert np.array_equal(given(softened.astype(np.uint8), 20, 30).ids, ids)


def test_train_ids_are_known_by_what_has_none() -> None:
    trained = np.zeros((6, 8, 3), np.uint8)
    trained[2:4], trained[4:] = 13, 255
    ids = given(trained, 6, 8).ids
    assert [NAMES[label] for label in (ids[0, 0], ids[2, 0], ids[5, 0])] == ["road", "car", "unlabeled"]


def test_other_pictures_are_no_label_maps() -> None:
    photo = np.random.default_rng(0).integers(0, 256, (20, 30, 3), np.uint8)
    with pytest.raises(InputError, match="no colour of Cityscapes"):
        given(photo, 20, 30)
    with pytest.raises(InputError, match="30 x 20 pixels and the photo 60 x 40"):
        given(photo, 40, 60)
