"""Objects come, go and move; nothing changes outside of the soft box; bad input gets a sentence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any, TypeAlias

import numpy as np
import pytest
import torch

from imaging.streets import NAMES
from imaging.types import Box, Image, InputError, LabelMap
from networks.files import ready, save_network
from pipelines.object_insertion.edits import MOST, Edit, box_of, colour_of, moved, recoloured, replaced
from pipelines.object_insertion.layers import in_front, matte, renewed, shadow_beside, within_object
from pipelines.object_insertion.network import StructureGenerator
from pipelines.object_insertion.pipeline import ObjectInsertion, Options, Variant
from pipelines.object_insertion.stages import outlined
from pipelines.object_insertion.windows import SOFT, grown

Street: TypeAlias = tuple[Image, LabelMap]

CAR = Box(110, 70, 150, 100, "car")
CASE = Path(__file__).parents[4] / "shared" / "parity" / "gan" / "hier_structure_tiny"


@pytest.mark.skipif(not CASE.is_dir(), reason="../shared/parity is not beside this checkout")
def test_the_composed_label_map_is_the_references() -> None:
    meta: dict[str, Any] = json.loads((CASE / "meta.json").read_text())
    with np.load(CASE / "io.npz") as file, np.load(CASE / "state_dict.npz") as weights:
        case = {key: file[key] for key in file.files}
        state = {key: torch.from_numpy(weights[key]) for key in weights.files}
    network = ready(StructureGenerator(9, (8, 12, 16, 32)), state, "tiny")
    for number, kind in enumerate(meta["cls"]):
        ids, soft = case["label"][number, 0], case["mask_out"][number, 0] > 0
        rows, columns = (np.nonzero(soft.any(axis))[0] for axis in (1, 0))
        around = Box(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
        mask, layout = outlined(network, ids, Box(*meta["boxes"][number]), around, kind, 64, "cpu")
        composed = np.where(soft, layout, ids) if kind == 8 else np.where(mask > 0.5, kind, ids)
        assert (composed != case["composed_label"][number, 0]).mean() < 1e-3


@pytest.mark.parametrize("surroundings", ["kept", "painted"])
@pytest.mark.parametrize("seam", ["blended", "feathered"])
@pytest.mark.parametrize("kind", ["car", "nothing"])
def test_nothing_changes_outside_of_the_soft_box(
    insertion: ObjectInsertion, street: Street, surroundings: Any, seam: Any, kind: str
) -> None:
    box = Box(50, 55, 105, 95, kind)
    result = insertion(*street, [Edit(box)], Options(surroundings=surroundings, seam=seam))
    soft = grown(box, SOFT[1], *street[1].ids.shape)
    outside = np.ones(street[1].ids.shape, bool)
    outside[soft.top : soft.bottom, soft.left : soft.right] = False
    assert np.array_equal(result.image[outside], street[0][outside])
    assert np.array_equal(result.labels.ids[outside], street[1].ids[outside])
    assert not np.array_equal(result.image, street[0])


def test_where_an_object_went_what_is_left_is_filled_from_the_rest(insertion: ObjectInsertion, street: Street) -> None:
    box, asked = Box(50, 55, 105, 95, "nothing"), []

    def fill(picture: Image, gone: Any, labels: LabelMap) -> Iterator[Image]:
        asked.append((gone, labels))
        yield np.where(gone[..., None], np.uint8(7), picture)

    result = insertion(*street, [Edit(box)], fill=fill)
    ((gone, after),) = asked
    left = street[1].where("car") & ~result.labels.where("car")
    assert left.any()
    assert np.array_equal(after.ids, result.labels.ids)
    assert gone[left].all()
    assert (result.image[left] == 7).mean() > 0.9
    assert np.array_equal(result.image[~gone], street[0][~gone])
    insertion(*street, [Edit(box)], Options(surroundings="painted"), fill=fill)
    insertion(*street, [Edit(CAR)], fill=fill)
    assert len(asked) == 1


def test_what_is_given_is_not_written_to(insertion: ObjectInsertion, street: Street) -> None:
    image, ids = street[0].copy(), street[1].ids.copy()
    insertion(*street, [Edit(CAR), Edit(replace(CAR, label="nothing"))])
    assert np.array_equal(image, street[0])
    assert np.array_equal(ids, street[1].ids)


def test_a_sketch_is_the_mask(insertion: ObjectInsertion, street: Street) -> None:
    sketch = np.zeros(street[1].ids.shape, bool)
    sketch[80:95, 115:140] = True
    (step,) = insertion(*street, [Edit(CAR, mask=sketch)]).steps
    made = insertion(*street, [Edit(CAR, mask=sketch)]).labels.ids
    assert np.array_equal(made == NAMES.index("car"), sketch | (street[1].ids == NAMES.index("car")))
    assert step.mask.sum() == sketch.sum()
    assert step.labels.ids.shape == step.pixels.shape[:2] == (step.window.height, step.window.width)


def test_steps_show_one_edit_after_the_other_and_end_with_the_result(
    insertion: ObjectInsertion, street: Street
) -> None:
    edits = [Edit(CAR), Edit(Box(10, 60, 40, 110, "person"), seed=3)]
    results = list(insertion.steps(*street, edits))
    assert [len(result.steps) for result in results] == [1, 2]
    assert np.array_equal(results[-1].image, insertion(*street, edits).image)
    assert np.array_equal(results[0].image, insertion(*street, edits[:1]).image)


def test_what_forms_behind_an_object_is_shown_before_the_edit_is_done(
    insertion: ObjectInsertion, street: Street
) -> None:
    def fill(picture: Image, gone: Any, _: LabelMap) -> Iterator[Image]:
        for tone in (3, 5, 7):
            yield np.where(gone[..., None], np.uint8(tone), picture)

    results = list(insertion.steps(*street, [Edit(Box(50, 55, 105, 95, "nothing")), Edit(CAR)], fill=fill))
    assert [len(result.steps) for result in results] == [0, 0, 1, 2]
    left = street[1].where("car") & ~results[2].labels.where("car")
    for result, tone in zip(results, (3, 5, 7), strict=False):
        assert (result.image[left] == tone).mean() > 0.9
    assert np.array_equal(results[0].labels.ids, street[1].ids)


def test_a_seed_is_a_variant_and_the_same_seed_the_same(insertion: ObjectInsertion, street: Street) -> None:
    made = [insertion(*street, [Edit(CAR, seed=seed)]).image for seed in (0, 1, 1, 2)]
    assert np.array_equal(made[1], made[2])
    assert not np.array_equal(made[0], made[1])
    assert not np.array_equal(made[1], made[3])


def test_a_colour_changes_the_object(insertion: ObjectInsertion, street: Street) -> None:
    sketch = np.zeros(street[1].ids.shape, bool)
    sketch[75:98, 115:145] = True
    made = [insertion(*street, [Edit(CAR, colour, sketch)]).image for colour in ((220, 10, 10), (10, 10, 220))]
    assert not np.array_equal(*made)


def test_an_object_sent_back_leaves_those_in_front_as_they_are(insertion: ObjectInsertion, street: Street) -> None:
    sketch = np.zeros(street[1].ids.shape, bool)
    sketch[55:85, 80:120] = True
    box, there = Box(80, 55, 120, 85, "person"), street[1].ids == NAMES.index("car")
    front, back = (insertion(*street, [Edit(box, mask=sketch, behind=behind)]) for behind in (0, 1))
    assert (front.labels.ids[there] == NAMES.index("person")).any()
    assert (back.labels.ids[there] == NAMES.index("car")).all()
    assert np.array_equal(back.image[there], street[0][there])
    assert (back.labels.ids[sketch & ~there] == NAMES.index("person")).all()


def test_the_nearest_objects_stay_in_front() -> None:
    ids = np.full((20, 40), NAMES.index("road"), np.uint8)
    ids[2:8, 4:14] = ids[4:12, 20:30] = NAMES.index("car")
    ids[6:10, 14:18] = NAMES.index("person")
    wanted = np.zeros(ids.shape, bool)
    wanted[5:9, 10:25] = True
    assert not in_front(ids, wanted, 0).any()
    assert np.array_equal(in_front(ids, wanted, 1), (ids == NAMES.index("car")) & (np.indices(ids.shape)[1] > 18))
    assert in_front(ids, wanted, 9).sum() == np.isin(ids, [NAMES.index("car"), NAMES.index("person")]).sum()


@pytest.mark.parametrize("kind", ["add", "recolour"])
def test_a_neighbour_of_the_same_class_stays_as_it_is(insertion: ObjectInsertion, street: Street, kind: str) -> None:
    image, labels = street
    sketch = np.zeros(labels.ids.shape, bool)
    sketch[60:90, 107:145] = True
    # There is another car seven pixels away, in what is painted.
    edit = Edit(Box(107, 60, 145, 90, "car"), (20, 40, 220), sketch, over=(9, 9, 9) if kind == "recolour" else None)
    made = insertion(image, labels, [edit]).image
    assert np.array_equal(made[60:90, 60:100], image[60:90, 60:100])
    assert (made[60:90, 107:145] != image[60:90, 107:145]).any(2).mean() > 0.5


def test_what_goes_goes_to_its_rim_however_tight_its_box(insertion: ObjectInsertion, street: Street) -> None:
    image, labels = street
    around = np.where(labels.ids == NAMES.index("car"), NAMES.index("road"), labels.ids).astype(np.uint8)
    gone: list[Any] = []

    def fill(picture: Image, mask: Any, _: LabelMap) -> Iterator[Image]:
        gone.append(mask)
        yield np.full_like(picture, 7)

    result = insertion(image, labels, [Edit(Box(62, 62, 98, 88, "nothing"))], fill=fill)
    changed = result.labels.ids != labels.ids
    assert changed.any()
    assert np.array_equal(result.labels.ids[~changed], labels.ids[~changed])
    assert (result.image[changed & (around != labels.ids)] == 7).mean() > 0.8


def test_nothing_is_painted_where_nothing_comes_or_goes(insertion: ObjectInsertion, street: Street) -> None:
    nothing = np.zeros(street[1].ids.shape, bool)
    kept = insertion(*street, [Edit(CAR, mask=nothing)])
    assert np.array_equal(kept.image, street[0])
    assert not kept.steps[-1].mask.any()
    # The article's way paints the box, whatever comes.
    painted = insertion(*street, [Edit(CAR, mask=nothing)], Options(surroundings="painted"))
    assert not np.array_equal(painted.image, street[0])


def test_who_stands_behind_something_wears_shoes_behind_it(
    insertion: ObjectInsertion, street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured: list[Any] = []

    def dressed(pixels: Image, parts: Any, *_: object) -> Image:
        measured.append(sum(parts.values()))
        return pixels

    monkeypatch.setattr("pipelines.object_insertion.pipeline.dressed", dressed)
    sketch = np.zeros(street[1].ids.shape, bool)
    sketch[40:85, 75:90] = True
    (step,) = insertion(*street, [Edit(Box(70, 40, 95, 90, "person"), mask=sketch, behind=1)]).steps
    assert round(measured[0].sum()) == sketch.sum() > step.mask.sum() > 0


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("kind", ["car", "nothing"])
def test_pixels_change_in_the_soft_box_that_was_drawn(
    insertion: ObjectInsertion, street: Street, kind: str, seed: int
) -> None:
    box = Box(50, 30, 105, 80, kind)
    soft = grown(box, Variant.of(Random(seed) if seed else None).soft, *street[1].ids.shape)
    changed = (insertion(*street, [Edit(box, seed=seed)]).image != street[0]).any(2)
    changed[soft.top : soft.bottom, soft.left : soft.right] = False
    assert not changed.any()


def test_the_matte_is_whole_in_the_core_and_nothing_at_the_rim_but_for_the_pictures() -> None:
    hole, core, new = Box(20, 20, 80, 80), Box(26, 26, 74, 74), np.zeros((100, 100), bool)
    new[40:60, 40:60] = True
    weight = matte((100, 100), hole, core, new)
    assert (weight[new] == 1).all()
    assert weight[30, 50] == 0 < weight[38, 50] < 1
    whole = matte((100, 100), hole, core)
    assert (whole[26:74, 26:74] == 1).all()
    assert 0 < whole[20, 50] < 0.2
    assert whole[:20].max() == 0
    assert matte((100, 100), Box(20, 40, 80, 100), Box(26, 46, 74, 100))[99, 50] == 1
    assert not matte((100, 100), hole, core, np.zeros_like(new)).any()


def test_new_are_what_is_gone_its_rim_and_its_shadow() -> None:
    gone = np.zeros((100, 100), bool)
    gone[40:60, 40:60] = True
    new = renewed(gone, Box(20, 20, 80, 80))  # a rim of 2.4 pixels, a shadow of 7
    assert new[38:67, 40:60].all()
    assert new[40:60, 38:62].all()
    assert not new[:36].any()
    assert not new[68:].any()


def test_the_shadow_of_what_goes_is_the_dark_ground_beside_it() -> None:
    road, wall, photo = NAMES.index("road"), NAMES.index("wall"), np.full((60, 80, 3), 100, np.uint8)
    ids, gone, room = np.full((60, 80), road, np.uint8), np.zeros((60, 80), bool), np.ones((60, 80), bool)
    gone[20:30, 20:40] = True
    shade = np.zeros_like(gone)
    shade[30:34, 18:44] = True
    photo[shade] = 50
    photo[50:54, 10:20] = 50  # not beside it
    photo[15:25, 10:20] = 50  # too high up
    ids[26:29, 40:50], photo[26:29, 40:50] = wall, 50  # no ground
    assert np.array_equal(shadow_beside(photo, ids, gone, room), shade)
    assert not shadow_beside(photo, ids, gone, np.zeros_like(room)).any()
    assert not shadow_beside(photo, ids, np.zeros_like(gone), room).any()


def test_how_far_inside_an_object_a_pixel_is() -> None:
    mask = np.zeros((100, 100), bool)
    assert not within_object(mask).any()
    mask[30:80, 20:70] = True
    share = within_object(mask)
    assert share[55, 45] == 1
    assert share[29, 45] == 0 < share[30, 45] < 0.5 < share[32, 45]


def test_replacing_empties_first_and_moving_keeps_class_size_and_colour(street: Street) -> None:
    image, labels = street[0].copy(), street[1]
    image[labels.ids == NAMES.index("car")] = (200, 30, 40)
    old = Box(55, 58, 105, 92)
    gone, come = moved(image, labels, old, Box(100, 60, 125, 77))
    assert gone.box == Box(55, 58, 105, 92, "nothing")
    assert come.box == Box(100, 60, 125, 77, "car")
    # Its outline, which fills 40 x 30 pixels of a box of 50 x 34, is half as large there.
    assert come.mask is not None
    rows, columns = (np.nonzero(come.mask.any(axis))[0] for axis in (1, 0))
    assert np.allclose((rows[0], rows[-1] + 1, columns[0], columns[-1] + 1), (61, 76, 102.5, 122.5), atol=1)
    assert come.colour == (200, 30, 40)
    edit = Edit(CAR)
    assert [part.box.label for part in replaced(edit)] == ["nothing", "car"]
    with pytest.raises(InputError, match="no object"):
        moved(image, labels, Box(0, 0, 30, 30), Box(100, 60, 120, 80))


def test_recolouring_changes_the_object_alone_and_its_own_colour_nothing(
    insertion: ObjectInsertion, street: Street
) -> None:
    image, labels = street[0].copy(), street[1]
    image[labels.ids == NAMES.index("car")] = (200, 30, 40)
    box = Box(55, 58, 105, 92)
    same, blue = (
        insertion(image, labels, [recoloured(image, labels, box, colour)], Options(seam="feathered"))
        for colour in ((200, 30, 40), (20, 40, 220))
    )
    assert np.array_equal(same.image, image)
    assert not np.array_equal(blue.image, image)
    assert np.array_equal(blue.labels.ids, labels.ids)


def test_the_colour_of_a_reference_picture_is_that_of_its_middle() -> None:
    picture = np.zeros((40, 40, 3), np.uint8)
    picture[8:32, 8:32] = (10, 120, 250)
    assert colour_of(picture) == (10, 120, 250)
    assert colour_of(picture[20:21, 20:21]) == (10, 120, 250)


@pytest.mark.parametrize(
    ("edges", "label", "words"),
    [
        ((-1, 10, 30, 40), "car", "reaches out"),
        ((10, 10, 30, 121), "car", "reaches out"),
        ((-50, -50, 400, 400), "car", "reaches out"),
        ((10, 10, 10, 40), "car", "8 pixels"),
        ((30, 10, 10, 40), "car", "8 pixels"),
        ((10, 10, float("nan"), 40), "car", "no number"),
        ((10, 10, 30, 40), "horse", "no horse"),
    ],
)
def test_bad_boxes_get_a_sentence(edges: tuple[float, ...], label: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        box_of(edges, label, 120, 200)
    assert box_of((10.2, 10, 30, 40), "car", 120, 200) == Box(10, 10, 30, 40, "car")


def test_bad_requests_get_a_sentence(insertion: ObjectInsertion, street: Street) -> None:
    image, labels = street
    for edits, words in (
        ([], "Draw a box"),
        ([Edit(CAR)] * (MOST + 1), "25 boxes"),
        ([Edit(replace(CAR, right=300))], "reaches out"),
        ([Edit(replace(CAR, label="horse"))], "no horse"),
        ([Edit(CAR, mask=np.zeros((5, 5), bool))], "sketch"),
    ):
        with pytest.raises(InputError, match=words):
            insertion(image, labels, edits)
    with pytest.raises(InputError, match="label map"):
        insertion(image, labels.resized(60, 100), [Edit(CAR)])


def test_a_box_as_large_as_the_picture_works(insertion: ObjectInsertion, street: Street) -> None:
    result = insertion(*street, [Edit(Box(0, 0, 200, 120, "bus"), seed=1)])
    assert result.image.shape == street[0].shape


def test_a_variant_that_there_is_not_gets_a_sentence() -> None:
    with pytest.raises(InputError, match="no method called x"):
        ObjectInsertion.load("x")


def test_converted_networks_are_taken_at_their_own_size(
    insertion: ObjectInsertion, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.object_insertion.pipeline.habits", lambda: insertion.habits)
    files = [tmp_path / "structure.safetensors", tmp_path / "image.safetensors"]
    save_network(insertion.structure, files[0], {"widths": [4, 4, 4, 8], "kernel": 3})
    image = {"width": 4, "downs": 2, "blocks": 1, "kernel": 3, "colour": True, "skips": ["image", "layout"]}
    save_network(insertion.image, files[1], image)
    assert ObjectInsertion.from_authors(*files).side == 256
    other: dict[str, Any] = {"labels": 49, "widths": [4, 4, 4, 8]}
    save_network(StructureGenerator(**other), files[0], other)
    with pytest.raises(InputError, match="other labels"):
        ObjectInsertion.from_authors(*files)
