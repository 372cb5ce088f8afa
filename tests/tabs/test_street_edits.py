"""From what is drawn to the pipeline's edits; a map that is repainted changes only where it was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import Any

import gradio as gr
import numpy as np
import pytest

from imaging.streets import NAMES
from imaging.types import Box, Image, InputError, LabelMap
from pipelines.object_insertion.pipeline import Result
from tabs import object_insertion, street_work
from tabs.components.box_editor import BoxFields, Drawn, EditFields
from tabs.street_edits import SHOWN, Scene, asked, edits_of, with_boxes
from tabs.street_work import Made

HEIGHT, WIDTH = 120, 200
ROAD, CAR, STATIC = NAMES.index("road"), NAMES.index("car"), NAMES.index("static")
RED = (200, 30, 40)


@pytest.fixture
def street() -> tuple[Image, LabelMap]:
    ids = np.full((HEIGHT, WIDTH), ROAD, np.uint8)
    ids[60:90, 60:100] = CAR
    ids[:10] = STATIC
    image = np.full((HEIGHT, WIDTH, 3), 90, np.uint8)
    image[ids == CAR] = RED
    return image, LabelMap(ids, NAMES)


def edit(**given: object) -> EditFields:
    return EditFields.model_validate({"box": [55, 55, 105, 95], **given})


def test_every_action_becomes_what_the_pipeline_does(street: tuple[Image, LabelMap]) -> None:
    def kinds(**given: object) -> list[str]:
        return [one.box.label for one in edits_of(edit(**given), *street, None)]

    assert kinds() == ["car"]
    assert kinds(action="remove") == ["nothing"]
    assert kinds(action="replace", label="bus") == ["nothing", "bus"]
    assert kinds(action="move", to=[110, 55, 160, 95]) == ["nothing", "car"]
    gone, come = edits_of(edit(action="move", to=[110, 60, 135, 80], seed=3, behind=1), *street, None)
    assert (gone.box, come.box) == (Box(55, 55, 105, 95, "nothing"), Box(110, 60, 135, 80, "car"))
    assert (come.colour, come.seed, come.behind) == (RED, 3, 1)
    (painted,) = edits_of(edit(action="recolour", colour="#0a141e"), *street, None)
    assert (painted.box.label, painted.colour, painted.over) == ("car", (10, 20, 30), RED)
    assert painted.mask is not None
    assert np.array_equal(painted.mask, street[1].where("car"))


def test_colours_come_from_a_picker_or_a_reference(street: tuple[Image, LabelMap]) -> None:
    assert edits_of(edit(colour="#ff8000"), *street, None)[0].colour == (255, 128, 0)
    assert edits_of(edit(colour="picture"), *street, (1, 2, 3))[0].colour == (1, 2, 3)
    assert edits_of(edit(), *street, (1, 2, 3))[0].colour is None


def test_a_sketch_is_a_mask_in_its_box(street: tuple[Image, LabelMap]) -> None:
    (one,) = edits_of(edit(outline=[[0.2, 0.5], [0.8, 0.5], [0.8, 1], [0.2, 1]]), *street, None)
    assert one.mask is not None
    assert one.mask.shape == (HEIGHT, WIDTH)
    rows, columns = np.nonzero(one.mask)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (75, 95, 65, 95)
    assert edits_of(edit(outline=[[0.2, 0.5], [0.8, 0.5]]), *street, None)[0].mask is None


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"box": [-5, 0, 50, 50]}, "reaches out of the photo"),
        ({"box": [0, 0, 5000, 5000]}, "reaches out of the photo"),
        ({"box": [50, 50, 50, 90]}, "8 pixels"),
        ({"label": "dragon"}, "no dragon"),
        ({"action": "move", "to": [190, 60, 230, 90]}, "reaches out"),
        ({"colour": "reddish"}, "no colour"),
        ({"colour": "#ff00"}, "no colour"),
        ({"colour": "picture"}, "picture to take the colour"),
    ],
)
def test_what_cannot_be_is_said_before_anything_is_computed(given: dict[str, object], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        asked([edit(), edit(**given)], HEIGHT, WIDTH, None)


def test_none_and_fifty_boxes_and_what_is_not_there_are_sentences(street: tuple[Image, LabelMap]) -> None:
    with pytest.raises(InputError, match="Draw a box"):
        asked([], HEIGHT, WIDTH, None)
    with pytest.raises(InputError, match="50 boxes"):
        asked([edit()] * 50, HEIGHT, WIDTH, None)
    for action in ("move", "recolour"):
        empty = edit(action=action, box=[0, 20, 40, 50], to=[0, 60, 40, 90], colour="#102030")
        with pytest.raises(InputError, match="no object in this box"):
            edits_of(empty, *street, None)
    with pytest.raises(InputError, match="Say where"):
        edits_of(edit(action="move"), *street, None)
    with pytest.raises(InputError, match="Choose the colour"):
        edits_of(edit(action="recolour"), *street, None)


def test_a_repainted_map_changes_only_where_it_was_painted(street: tuple[Image, LabelMap]) -> None:
    scene = Scene(*street, network="embedded")
    shown = scene.painted()
    assert shown.ids.shape == (HEIGHT, WIDTH)
    assert scene.corrected(shown.ids.copy()) is scene.labels
    ids = shown.ids.copy()
    ids[100:110, 20:40] = SHOWN.index(CAR)
    corrected = scene.corrected(ids).ids
    assert (corrected[100:110, 20:40] == CAR).all()
    corrected[100:110, 20:40] = ROAD
    assert np.array_equal(corrected, street[1].ids)  # what has no name on the page, too


def test_a_large_map_is_painted_on_at_a_smaller_size() -> None:
    ids = np.full((1000, 2048), ROAD, np.uint8)
    ids[1::2] = STATIC
    scene = Scene(np.zeros((1000, 2048, 3), np.uint8), LabelMap(ids, NAMES), "embedded")
    painted = scene.painted().ids.copy()
    assert painted.shape == (500, 1024)
    painted[:50, :100] = SHOWN.index(CAR)
    corrected = scene.corrected(painted).ids
    assert (corrected[:100, :200] == CAR).all()
    assert np.array_equal(corrected[100:], ids[100:])


def test_a_scene_is_that_of_its_photo_and_map(street: tuple[Image, LabelMap]) -> None:
    image, labels = street
    scene = Scene(image, labels, "embedded")
    assert scene.is_of(image.copy(), "embedded", None)
    assert not scene.is_of(image + 1, "embedded", None)
    assert not scene.is_of(image, "segformer_b0", None)
    assert not scene.is_of(image, "embedded", image)
    assert Scene(image, labels, "embedded", image).is_of(image, "segformer_b0", image.copy())


def test_what_asks_for_no_colour_needs_none(street: tuple[Image, LabelMap]) -> None:
    for action, more in (("remove", {}), ("move", {"to": [110, 55, 160, 95]})):
        entry = edit(action=action, colour="picture", **more)
        asked([entry], HEIGHT, WIDTH, None)
        assert edits_of(entry, *street, None)
    with pytest.raises(InputError, match="Add a picture"):
        asked([edit(colour="picture")], HEIGHT, WIDTH, None)


def test_boxes_that_put_something_somewhere_count_as_taken(street: tuple[Image, LabelMap]) -> None:
    entries = [
        edit(box=[110, 60, 130, 80], label="person"),
        edit(action="move", to=[150, 60, 190, 80]),
        edit(action="remove", box=[0, 100, 30, 120]),
    ]
    ids = with_boxes(street[1], entries).ids
    assert (ids[60:80, 110:130] == NAMES.index("person")).all()
    assert (ids[60:80, 150:190] == CAR).all()
    assert (ids[100:, :30] == ROAD).all()
    assert (street[1].ids[60:80, 110:130] == ROAD).all()


def test_a_list_goes_on_where_it_was_and_not_on_another_street(
    street: tuple[Image, LabelMap], monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[object] = []

    class Counting:
        def steps(self, image: Image, labels: LabelMap, edits: Any, *_: object, **__: object) -> Iterator[Result]:
            done.append(edits)
            yield Result(image + np.uint8(9), labels, ())
            yield Result(image + np.uint8(1), labels, tuple(edits))

    monkeypatch.setattr(street_work.hosting, "pipeline", lambda *_: Counting())
    first, second, other = edit(), edit(label="person"), edit(label="bus")

    def run(entries: list[EditFields], known: Sequence[Made], photo: Image = street[0], options: Any = "a") -> Any:
        done.clear()
        made = list(street_work.insert("en", photo, street[1], entries, None, options, known))
        forming = [one for one in made if not one.steps]
        assert [one.done for one in forming] == list(range(len(entries) - len(done), len(entries)))
        return [one for one in made if one.steps]

    made = run([first, second], ())
    assert (len(done), [one.done for one in made]) == (2, [1, 2])
    assert np.array_equal(run([first, second], made)[-1].image, made[-1].image)
    assert not done
    again = run([first, other], made)
    assert len(done) == 1
    assert np.array_equal(again[0].image, made[0].image)
    for changed in ({"photo": street[0] + np.uint8(5)}, {"options": "b"}):
        assert run([first, second], made, **changed)
        assert len(done) == 2
    assert run([second, first], made)
    assert len(done) == 2


def test_a_session_remembers_only_so_much(street: tuple[Image, LabelMap], monkeypatch: pytest.MonkeyPatch) -> None:
    made = [Made(street[0], street[1], number, street[0], (), "") for number in range(5)]
    monkeypatch.setattr(street_work, "MOST_BYTES", 6 * street[0].nbytes)
    assert street_work.remembered(made) == tuple(made[:3])
    assert street_work.remembered([]) == ()


def test_a_variant_is_taken_for_the_box_whose_it_is() -> None:
    entries, clicked = [edit(), edit(label="bus"), edit(label="person")], SimpleNamespace(index=4)
    drawn = Drawn(tuple(entries), 0, BoxFields(edits=entries))
    request: Any = SimpleNamespace(query_params={}, headers={})
    taken = object_insertion.take_variant(drawn, entries[1], request, clicked)  # type: ignore[arg-type]
    assert [one.seed for one in taken.edits] == [0, 4, 0]
    assert taken.chosen == 1
    with pytest.raises(gr.Error, match="gone"):
        object_insertion.take_variant(drawn, edit(label="train"), request, clicked)  # type: ignore[arg-type]
