"""A face in any photo gets its labels, in the photo and upright; what cannot be done is said in a sentence."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch
from PIL import Image as PillowImage

from imaging.alignment import Frame
from imaging.faces import COLOURS, COMMON, NAMES
from imaging.types import Image, InputError, LabelMap
from networks.parser import Parser
from networks.segformer import SegFormer
from pipelines.face_parsing import Detector, FaceParsing, Options
from pipelines.face_parsing.pipeline import SMALLEST


@pytest.fixture(scope="module")
def parse() -> FaceParsing:
    return FaceParsing.load()


def centre(labels: LabelMap, name: str) -> tuple[float, float]:
    rows, columns = np.nonzero(labels.where(name))
    return float(columns.mean()), float(rows.mean())


def test_there_are_nineteen_labels_with_colours_and_eleven_common_ones() -> None:
    assert len(NAMES) == len(COLOURS) == len(set(COLOURS)) == 19
    assert [NAMES[label] for label in COMMON] == [
        *("skin", "nose", "left eye", "right eye", "left brow", "right brow"),
        *("mouth", "upper lip", "lower lip", "hair", "neck"),
    ]
    assert COLOURS[1] == (204, 0, 0)
    assert COLOURS[18] == (0, 204, 0)


def test_the_astronauts_face_has_its_parts_where_they_are(parse: FaceParsing, astronaut: Image) -> None:
    result = parse(astronaut)
    assert result.labels.ids.shape == astronaut.shape[:2]
    assert result.crop.shape == (256, 256, 3)
    assert result.crop_labels.ids.shape == (256, 256)
    # The photo's left is her right.
    assert centre(result.labels, "right eye") == pytest.approx((204, 101), abs=6)
    assert centre(result.labels, "left eye") == pytest.approx((247, 103), abs=6)
    assert centre(result.labels, "nose") == pytest.approx((225, 120), abs=8)
    assert result.labels.ids[40, 215] == NAMES.index("hair")
    assert result.labels.ids[115, 190] == NAMES.index("skin")
    assert not result.labels.ids[300:].any()  # out of the frame


def test_labels_of_the_crop_are_those_of_the_photo(parse: FaceParsing, astronaut: Image) -> None:
    result = parse(astronaut)
    y, x = np.indices((256, 256)) + 0.5
    places = np.stack([x, y, np.ones_like(x)], -1) @ result.frame.matrix.T
    columns, rows = places.clip(0, 511.9).astype(int).transpose(2, 0, 1)
    assert np.mean(result.labels.ids[rows, columns] == result.crop_labels.ids) > 0.96


def test_the_photos_own_resolution_is_kept(parse: FaceParsing, astronaut: Image) -> None:
    large = np.asarray(PillowImage.fromarray(astronaut).resize((2048, 2048), PillowImage.Resampling.BICUBIC))
    labels = parse(large).labels
    assert labels.ids.shape == (2048, 2048)
    small = parse(astronaut).labels
    assert np.mean(labels.ids[2::4, 2::4] == small.ids) > 0.96
    blocks = labels.ids.reshape(512, 4, 512, 4)
    assert (blocks != blocks[:, :1, :, :1]).any(axis=(1, 3)).sum() > 500  # outlines finer than the small photo's pixels


def test_a_face_is_chosen_by_its_number(parse: FaceParsing, astronaut: Image) -> None:
    head = astronaut[40:200, 150:300]
    two = np.full((200, 460, 3), 120, np.uint8)
    two[30:110, 10:85] = np.asarray(PillowImage.fromarray(head).resize((75, 80)))
    two[20:180, 250:400] = head
    first, second = parse(two), parse(two, Options(face=2))
    assert len(first.faces) == len(second.faces) == 2
    assert centre(first.labels, "nose")[0] > 250 > centre(second.labels, "nose")[0]
    with pytest.raises(InputError, match="no face 3; faces found: 2"):
        parse(two, Options(face=3))
    with pytest.raises(InputError, match="no face 0"):
        parse(two, Options(face=0))


def test_a_portrait_that_is_cut_already_needs_no_detector(parse: FaceParsing, astronaut: Image) -> None:
    crop = parse(astronaut).crop
    again = parse.in_frame(crop, Frame.around((128, 128), (128, 0), 256))
    assert np.mean(again.labels.ids == parse(astronaut).crop_labels.ids) > 0.98
    np.testing.assert_array_equal(again.labels.ids, again.crop_labels.ids)
    np.testing.assert_array_equal(again.crop, crop)


def test_without_a_face_it_is_a_sentence(parse: FaceParsing, motorcycle: Image) -> None:
    with pytest.raises(InputError, match="No face was found"):
        parse(motorcycle)


def test_a_face_that_is_too_small_is_said_to_be(parse: FaceParsing, astronaut: Image) -> None:
    small = np.full((200, 200, 3), 90, np.uint8)
    head = PillowImage.fromarray(astronaut[20:230, 120:330]).resize((52, 52), PillowImage.Resampling.LANCZOS)
    small[70:122, 70:122] = np.asarray(head)
    with pytest.raises(InputError, match=rf"only 2\d pixels high; it must be {SMALLEST} or more"):
        parse(small)


def test_progress_is_told(parse: FaceParsing, astronaut: Image) -> None:
    told: list[tuple[float, str]] = []
    parse(astronaut, progress=lambda fraction, words: told.append((fraction, words)))
    assert [words for _, words in told] == ["Looking for faces", "Naming its parts"]


def test_a_network_for_larger_portraits_serves_too(detector: Detector, astronaut: Image) -> None:
    torch.manual_seed(0)
    small = SegFormer(widths=(8, 8, 8, 8), depths=(1, 1, 1, 1), heads=(1, 1, 1, 1), joined=8).eval()
    result = FaceParsing(detector, small, "cpu")(astronaut)
    assert result.labels.ids.shape == astronaut.shape[:2]
    assert result.crop_labels.ids.shape == (256, 256)


def test_the_result_is_frozen(parse: FaceParsing, astronaut: Image) -> None:
    result = parse(astronaut)
    with pytest.raises(dataclasses.FrozenInstanceError):
        result.labels = result.crop_labels  # type: ignore[misc]


def test_networks_give_logits_at_the_pictures_size() -> None:
    for network in (
        Parser(labels=5, widths=(4, 4, 8, 8, 8), joined=8).eval(),
        SegFormer(labels=5, widths=(8, 8, 8, 8), depths=(1, 1, 1, 1), heads=(1, 2, 2, 4), joined=8).eval(),
    ):
        assert network(torch.rand(2, 3, 64, 96)).shape == (2, 5, 64, 96)


def test_segformer_b5_has_its_published_size_and_names() -> None:
    with torch.device("meta"):
        state = SegFormer().state_dict()
    counted = sum(tensor.numel() for name, tensor in state.items() if "running" not in name and "num_b" not in name)
    assert counted == pytest.approx(84.6e6, rel=1e-3)
    for name in (
        "segformer.encoder.patch_embeddings.0.proj.weight",
        "segformer.encoder.block.2.39.attention.self.sr.weight",
        "segformer.encoder.block.3.2.mlp.dwconv.dwconv.bias",
        "segformer.encoder.block.0.0.attention.output.dense.weight",
        "decode_head.linear_c.3.proj.weight",
        "decode_head.linear_fuse.weight",
    ):
        assert name in state
