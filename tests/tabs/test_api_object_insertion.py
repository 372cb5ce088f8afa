"""Object insertion as a program uses it: read the street, put objects in; what cannot be done is a sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image as PillowImage

from imaging.streets import COLOURS, NAMES
from imaging.types import Box
from pipelines.object_insertion.edits import MOST
from pipelines.object_insertion.windows import SOFT, grown
from tabs.street_edits import SHOWN

HEIGHT, WIDTH = 256, 512
BOX = [200, 130, 290, 190]


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A plain street with a red car, its label map in colours, and a map of another size."""
    folder = tmp_path_factory.mktemp("street")
    names = np.full((HEIGHT, WIDTH), NAMES.index("sky"), np.uint8)
    names[60:110] = NAMES.index("building")
    names[110:] = NAMES.index("road")
    names[140:180, 340:420] = NAMES.index("car")
    tones = {"sky": (190, 210, 230), "building": (120, 110, 100), "road": (95, 95, 98), "car": (190, 30, 30)}
    palette = np.zeros((len(NAMES), 3), np.uint8)
    for name, tone in tones.items():
        palette[NAMES.index(name)] = tone
    noise = np.random.default_rng(0).integers(-6, 7, (HEIGHT, WIDTH, 1))
    photo = np.clip(palette[names] + noise, 0, 255).astype(np.uint8)
    coloured = np.array(COLOURS, np.uint8)[names]
    pictures = {"photo": photo, "map": coloured, "small map": coloured[::2, ::2]}
    for name, picture in pictures.items():
        PillowImage.fromarray(picture).save(folder / f"{name}.png")
    return {name: str(folder / f"{name}.png") for name in pictures}


def pixels(path: str) -> np.ndarray:
    return np.asarray(PillowImage.open(path).convert("RGB")).astype(int)


def inserted(client: Client, street: dict[str, str], *edits: dict[str, Any], **given: Any) -> tuple[Any, ...]:
    settings = {"label_map": handle_file(street["map"]), "painted": None, "reference": None, **given}
    boxes = {"edits": list(edits)}
    return client.predict(street=handle_file(street["photo"]), boxes=boxes, api_name="/insert_objects", **settings)


def changed(street: dict[str, str], made: tuple[Any, ...]) -> np.ndarray:
    return (pixels(made[0]) != pixels(street["photo"])).any(2)


def around(*boxes: list[int]) -> np.ndarray:
    """The pixels of these boxes, as wide as they can be made."""
    mask = np.zeros((HEIGHT, WIDTH), bool)
    for box in boxes:
        left, top, right, bottom = box
        soft = grown(Box(left, top, right, bottom), SOFT[1], HEIGHT, WIDTH)
        mask[soft.top : soft.bottom, soft.left : soft.right] = True
    return mask


def test_a_street_is_read(client: Client, street: dict[str, str]) -> None:
    boxes, found, words = client.predict(handle_file(street["photo"]), None, api_name="/parse_scene")
    assert (boxes["width"], boxes["height"]) == (WIDTH, HEIGHT)
    assert pixels(boxes["picture"]).shape == (HEIGHT, WIDTH, 3)
    labels = np.asarray(PillowImage.open(found["labels"]))
    assert labels.shape == (HEIGHT, WIDTH)
    assert labels.max() < len(SHOWN)
    assert words


def test_the_visitors_own_map_is_taken_as_it_is(client: Client, street: dict[str, str]) -> None:
    boxes, found, _ = client.predict(handle_file(street["photo"]), handle_file(street["map"]), api_name="/parse_scene")
    labels = np.asarray(PillowImage.open(found["labels"]))
    assert (labels[140:180, 340:420] == SHOWN.index(NAMES.index("car"))).all()
    assert boxes["horizon"] == 110


def test_a_car_comes_into_its_box_and_nothing_else_changes(client: Client, street: dict[str, str]) -> None:
    made = inserted(client, street, {"box": BOX, "label": "car"})
    different = changed(street, made)
    assert different[130:190, 200:290].mean() > 0.2
    assert not (different & ~around(BOX)).any()
    assert "1 of 1 edits" in made[2]
    assert len(made[3]) == 3  # what was found, the step, the new labels


def test_several_edits_are_done_in_their_order(client: Client, street: dict[str, str]) -> None:
    person = [100, 120, 130, 190]
    made = inserted(
        client,
        street,
        {"action": "remove", "box": [330, 130, 430, 190]},
        {"action": "add", "box": person, "label": "person", "seed": 2},
        {"action": "replace", "box": BOX, "label": "bus"},
    )
    assert "3 of 3 edits" in made[2]
    different = changed(street, made)
    assert not (different & ~around([330, 130, 430, 190], person, BOX)).any()
    there = pixels(made[0])[145:175, 350:410]
    assert np.abs(there.mean((0, 1)) - (190, 30, 30)).max() > 40  # the red car is gone


def test_a_car_is_moved_and_recoloured(client: Client, street: dict[str, str]) -> None:
    car = [335, 135, 425, 185]
    made = inserted(client, street, {"action": "move", "box": car, "to": [60, 150, 150, 200]})
    different = changed(street, made)
    assert different[145:175, 350:410].mean() > 0.5
    assert different[160:190, 80:130].mean() > 0.2
    assert "this photo's own pixels: car" in made[2]
    assert np.abs(pixels(made[0])[165:185, 80:130].mean((0, 1)) - (190, 30, 30)).max() < 30
    painted = inserted(client, street, {"action": "move", "box": car, "to": [60, 150, 150, 200]}, pixels="painted")
    assert "own pixels" not in painted[2]
    blue = inserted(client, street, {"action": "recolour", "box": car, "colour": "#2040e0"})
    assert "this photo's own pixels: car" in blue[2]
    own = (slice(142, 178), slice(342, 418))
    before, after = (pixels(path)[own].mean((0, 1)) for path in (street["photo"], blue[0]))
    assert (after - before)[2] > (after - before)[0]
    assert not (changed(street, blue) & ~around(car)).any()


def test_it_says_what_our_own_code_drew_and_what_the_photo_lent(client: Client, street: dict[str, str]) -> None:
    bus, car = {"box": [60, 120, 140, 180], "label": "bus"}, {"box": [200, 135, 290, 180], "label": "car"}
    made = inserted(client, street, bus, car, pixels="photo")
    assert "drawn by our own code, in the network's light: bus" in made[2]
    assert "this photo's own pixels: car" in made[2]
    assert np.abs(pixels(made[0])[150:170, 220:270].mean((0, 1)) - (190, 30, 30)).max() < 30
    theirs = inserted(client, street, bus, outline="network", tint="network")
    assert "drawn" not in theirs[2]


def test_the_same_seed_is_the_same_picture_and_an_outline_the_mask(client: Client, street: dict[str, str]) -> None:
    outline = [[0.2, 0.4], [0.8, 0.4], [0.8, 1], [0.2, 1]]
    first, again, other, drawn = (
        pixels(inserted(client, street, {"box": BOX, "label": "car", **more})[0])
        for more in ({"seed": 1}, {"seed": 1}, {"seed": 4}, {"outline": outline})
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    different = (drawn != pixels(street["photo"])).any(2)
    assert different[160:188, 222:268].mean() > 0.8


def test_boxes_are_suggested_on_the_ground(client: Client, street: dict[str, str]) -> None:
    boxes = client.predict(
        handle_file(street["photo"]),
        {"edits": [{"box": BOX}]},
        handle_file(street["map"]),
        None,
        api_name="/suggest_boxes",
    )
    assert len(boxes["edits"]) > 1
    for edit in boxes["edits"][1:]:
        left, top, right, bottom = edit["box"]
        assert 0 <= left < right <= WIDTH
        assert 0 <= top < bottom <= HEIGHT
        assert bottom > 110


@pytest.mark.parametrize(
    ("edits", "given", "sentence"),
    [
        ([], {}, "Draw a box first"),
        ([{"box": [400, 100, 700, 200]}], {}, "reaches out of the photo"),
        ([{"box": [-1, -1, 5000, 5000]}], {}, "reaches out of the photo"),
        ([{"box": [50, 50, 50, 50]}], {}, "8 pixels"),
        ([{"box": BOX}] * 50, {}, f"50 boxes; do {MOST}"),
        ([{"box": BOX, "label": "dragon"}], {}, "no dragon"),
        ([{"box": BOX, "action": "explode"}], {}, "no edit called explode"),
        ([{"box": BOX[:3]}], {}, "damaged"),
        ([{"box": BOX, "colour": "picture"}], {}, "picture to take the colour"),
        ([{"box": BOX}], {"label_map": "small map"}, "The label map has 256 x 128 pixels and the photo 512 x 256"),
        ([{"box": BOX}], {"label_map": "photo"}, "no colour of Cityscapes"),
        ([{"box": [10, 120, 60, 180], "action": "move", "to": [80, 120, 130, 180]}], {}, "no object in this box"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(
    client: Client, street: dict[str, str], edits: list[dict[str, Any]], given: dict[str, str], sentence: str
) -> None:
    files = {name: handle_file(street[value]) for name, value in given.items()}
    with pytest.raises(AppError, match=sentence):
        inserted(client, street, *edits, **files)


def test_without_a_photo_or_with_no_picture_it_is_a_sentence(client: Client, tmp_path: Path) -> None:
    with pytest.raises(AppError, match="Add a photo of a street"):
        client.predict(None, None, api_name="/parse_scene")
    (tmp_path / "no.png").write_text("no picture")
    with pytest.raises(AppError, match="could not be read"):
        client.predict(handle_file(tmp_path / "no.png"), None, api_name="/parse_scene")
