"""The object-insertion tab: boxes on a street say what comes, goes, moves or changes its colour."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import gradio as gr
import numpy as np

import hosting
from examples import STREET_PHOTOS
from examples import photo as example
from imaging.files import Picture, png
from imaging.streets import COLOURS, NAMES, NOTHING
from imaging.types import Image, InputError
from pipelines.contract import last
from pipelines.object_insertion.edits import colour_of
from pipelines.object_insertion.habits import horizon
from pipelines.object_insertion.pipeline import ObjectInsertion, Options, Step
from pipelines.scene_parsing.pipeline import SceneParsing
from tabs.components import BoxEditor, Drawn, LabelPainter, Painted, PictureInput
from tabs.components.box_editor import BoxFields, EditFields
from tabs.doors import open_side_door
from tabs.handlers import EMPTIED, QUEUED, QUIET, hand_out
from tabs.language import label, of, say
from tabs.layout import GPU_QUEUE, run_and_stop, tab_frame
from tabs.street_edits import SHOWN, Scene, parsed_over, shrunk, step_picture
from tabs.street_work import KINDS, Made, insert, likely, remembered, scene_of

NAME = "object_insertion"
TITLE = "Object insertion"
PIPELINES = (ObjectInsertion, SceneParsing)

LIMIT_MEGAPIXELS = 12.0
SUGGESTED = 3  # boxes at a time
VARIANTS = 6
SECONDS_KEPT = 1800  # that a session without a run keeps what was done
NETWORKS = {
    "Ours: small": "embedded",
    "SegFormer B0 (Hub)": "segformer_b0",
    "SegFormer B5 (Hub): large": "segformer_b5",
}
OUTLINES = {
    "A typical one that fits the box, learnt or drawn": "typical",
    "The one that a network expects in the box": "expected",
    "The structure generator's, as in the article": "network",
}
SURROUNDINGS = {"Keep what is around the object": "kept", "Paint the whole box, as in the article": "painted"}
SEAMS = {"Colours meet": "blended", "Feathered only": "feathered"}
TINTS = {
    "As asked for, and people dressed": "matched",
    "What the network makes of it, as in the article": "network",
}
PIXELS = {
    "Painted; what moves stays itself": "moved",
    "All painted, as in the article": "painted",
    "This photo's own where it has such an object, painted otherwise": "photo",
}
ORIGINS = {
    "figure": "drawn by our own code, in the network's light: {objects}",
    "photo": "this photo's own pixels: {objects}",
}
"""What is said of objects that are not the network's alone."""

# What is done to each of the example streets, in their pixels.
EXAMPLES: Mapping[str, Sequence[EditFields]] = {
    "avenue": (EditFields(action="recolour", box=[812, 202, 948, 320], colour="#a82424"),),
    "bus stop": (
        EditFields(label="car", box=[480, 250, 640, 380], colour="#2b4fa8"),
        EditFields(label="person", box=[690, 260, 740, 390]),
    ),
    "crossing": (EditFields(action="remove", box=[400, 200, 495, 282]),),
    "narrow": (
        EditFields(label="car", box=[560, 206, 690, 312]),
        EditFields(label="bicycle", box=[420, 250, 540, 330]),
    ),
}

NOTES = (
    "Layout first, then pixels (Hong et al. 2018): one network draws the outline of the object into the map of what is "
    "where, of which the most similar typical one is taken; another paints the window around it. All pixels outside of "
    "the widened box stay exactly as they are.",
    "Beyond the article: people, two-wheelers, buses, trucks and cars from the side or a corner get figures that our "
    "own code draws, with windows, wheels and clothes in usual colours, and of the network its light and shade. The "
    "line below the picture says which they were; with the network's own outline all is the network's.",
    "It learnt from 4,300 objects in streets of German cities, seen from a car, and from streets that our own code "
    "drew, at 128 pixels a window: of what it paints alone cars from behind come out best. Of a person the colour is "
    "that of the jacket. Other scenes make no sense.",
    "Where an object goes, pieces of your photo fill the gap, road with road and wall with wall, as the new map says "
    "(PatchMatch, guided by labels); with the whole box painted the generator does, as in the article.",
    "Run does the whole list again from your photo, so every edit can still be moved, changed or deleted. Where the "
    "map of the street is wrong, paint it right first: an object that it does not show cannot be removed.",
)


def in_view(language: str, scene: Scene, entries: Sequence[EditFields]) -> tuple[Any, ...]:
    """Editor, painter, line below and state of a scene."""
    try:
        row: int | None = horizon(scene.labels.ids)
        words = say(language, "The street was read. Draw a box on it.")
    except InputError:
        row, words = None, say(language, "No road was found in this picture: paint some into the map below.")
    painted = scene.painted().ids
    return (scene.photo, row, entries), (shrunk(scene.photo, 1600), painted), words, scene


def open_photo(photo: Picture | None, network: str, request: gr.Request) -> Iterator[tuple[Any, ...]]:
    """Another photo: the editor and the map begin anew, without a map of the visitor's own."""
    if photo is None:
        yield None, None, "", None, None
        return
    language = of(request)
    scene = scene_of(language, photo, network, None, None)
    yield *in_view(language, scene, example_edits(scene.photo)), None


def example_edits(photo: Image) -> Sequence[EditFields]:
    """What is done to this photo if it is one of the example streets, else nothing."""
    streets = (name for name, street in STREET_PHOTOS.items() if np.array_equal(street(), photo))
    return next((EXAMPLES[name] for name in streets), ())


def parse_scene(
    street: Picture | None, label_map: Picture | None, network: str, boxes: Drawn, request: gr.Request
) -> Iterator[tuple[Any, ...]]:
    """Finds what every pixel of a street shows: Cityscapes' labels.

    `label_map`: the visitor's own map instead, of the photo's size, ids in grey or Cityscapes' colours. `network`:
    embedded, segformer_b0 or segformer_b5. Gives the photo for drawing boxes with its `horizon`, the map as a PNG whose
    grey values are 0 for what has no name and 1 to 19 for Cityscapes' train ids plus one, and a line on what was found.
    """
    language = of(request)
    scene = scene_of(language, street, network, label_map, None)
    yield in_view(language, scene, boxes.edits)


def insert_objects(
    street: Picture | None,
    boxes: Drawn,
    label_map: Picture | None,
    painted: Painted,
    reference: Picture | None,
    network: str,
    outline: str,
    surroundings: str,
    seam: str,
    tint: str,
    pixels: str,
    scene: Scene | None,
    known: Sequence[Made] | None,
    request: gr.Request,
) -> Iterator[tuple[Any, ...]]:
    """Does the list of edits, the last one in front.

    `boxes`: {"edits": [...]}, each with `action` (add, remove, replace, move, recolour), `box` (left, top, right,
    bottom in pixels), for move `to`, `label` (car, person, bicycle, ...), `colour` ("", "#rrggbb" or "picture", that of
    `reference`), `behind` (how many objects stay in front), `seed` (variant), `outline` (points in shares of the box).
    `label_map`, `network`: as for `/parse_scene`; `painted`: its map, repainted, or nothing. `outline`: typical,
    expected or network; `surroundings`: kept or painted; `seam`: blended or feathered; `tint`: matched or network;
    `pixels`: moved, painted or photo. Gives the PNG, the pair for comparison, a line, and pictures of each step.
    """
    language, start = of(request), time.monotonic()
    scene = scene_of(language, street, network, label_map, scene)
    labels = scene.corrected(painted.labels)
    colour = colour_of(reference.flattened()) if reference else None
    options = Options(outline, surroundings, seam, tint, pixels)  # pyright: ignore[reportArgumentType] - the radios offer no others
    before = hand_out(png(Picture(shrunk(scene.photo, 2048))), "before.png")
    pictures: list[tuple[Image, str]] = [(parsed_over(scene.photo, labels), say(language, "What was found"))]
    empty: list[str] = []
    so_far: list[Made] = []
    for made in insert(language, scene.photo, labels, boxes.edits, colour, options, known):
        if made.steps:
            so_far.append(made)
            if made.is_empty:
                empty.append(str(made.done))
        for step in made.steps:
            caption = say(language, "Edit {number}: before, mask, labels, new pixels", number=made.done)
            pictures.append((step_picture(made.before, step), caption))
        done, count = made.done, len(boxes.edits)
        parts = [say(language, "{done} of {count} edits", done=done, count=count)]
        parts.append(say(language, "{seconds:.1f} s", seconds=time.monotonic() - start))
        parts.append(hosting.device_name())
        if empty:
            hint = "nothing came into box {numbers}: move it, make it larger, or ask for another variant"
            parts.append(say(language, hint, numbers=", ".join(empty)))
        parts += origins(language, [step for one in so_far for step in one.steps])
        if done < count:
            yield gr.skip(), (before, shrunk(made.image, 2048)), " · ".join(parts), gr.skip(), scene, remembered(so_far)
            continue
        pictures.append((parsed_over(made.image, made.labels), say(language, "New labels")))
        file = hand_out(png(Picture(made.image)), "street.png")
        shown = file if max(made.image.shape) <= 2048 else hand_out(png(Picture(shrunk(made.image, 2048))), "after.png")
        yield file, (before, shown), " · ".join(parts), pictures, scene, remembered(so_far)


def origins(language: str, steps: Sequence[Step]) -> list[str]:
    """What of the objects that came is not the network's alone."""
    said: list[str] = []
    for origin, sentence in ORIGINS.items():
        came = [step for step in steps if step.origin == origin and step.edit.box.label != NAMES[NOTHING]]
        names = dict.fromkeys(say(language, step.edit.box.label) for step in came if step.mask.any())
        if names:
            said.append(say(language, sentence, objects=", ".join(names)))
    return said


def suggest_boxes(
    street: Picture | None,
    boxes: Drawn,
    label_map: Picture | None,
    painted: Painted,
    network: str,
    scene: Scene | None,
    request: gr.Request,
) -> Iterator[tuple[Any, ...]]:
    """Adds three boxes where such objects are wont to be in streets; parameters as for `/insert_objects`."""
    language = of(request)
    scene = scene_of(language, street, network, label_map, scene)
    edits = list(boxes.edits)
    (more,) = likely(language, scene.corrected(painted.labels), SUGGESTED, 1 + len(edits), edits)
    if not more:
        hint = say(language, "No free place was found for another object.")
        raise gr.Error(hint, print_exception=False)
    yield boxes.with_edits([*edits, *more], len(edits)), scene


def variants(
    street: Picture | None,
    boxes: Drawn,
    label_map: Picture | None,
    painted: Painted,
    reference: Picture | None,
    network: str,
    outline: str,
    surroundings: str,
    seam: str,
    tint: str,
    pixels: str,
    scene: Scene | None,
    known: Sequence[Made] | None,
    request: gr.Request,
) -> Iterator[tuple[list[tuple[Image, str]], EditFields]]:
    """Six variants of the box that is chosen, of the last one if none is; parameters as for `/insert_objects`.

    Gives the pictures, and whose they are.
    """
    language = of(request)
    scene = scene_of(language, street, network, label_map, scene)
    if not boxes.edits:
        raise gr.Error(say(language, "Draw a box first."), print_exception=False)
    at = boxes.chosen if boxes.chosen >= 0 else len(boxes.edits) - 1
    colour = colour_of(reference.flattened()) if reference else None
    options = Options(outline, surroundings, seam, tint, pixels)  # pyright: ignore[reportArgumentType] - the radios offer no others
    image, labels = scene.photo, scene.corrected(painted.labels)
    if at:
        made = last(insert(language, image, labels, boxes.edits[:at], colour, options, known))
        image, labels = made.image, made.labels
    shown: list[tuple[Image, str]] = []
    for seed in range(VARIANTS):
        entry = boxes.edits[at].model_copy(update={"seed": seed})
        made = last(insert(language, image, labels, [entry], colour, options))
        window = made.steps[-1].window
        crop = made.image[window.top : window.bottom, window.left : window.right]
        shown.append((shrunk(crop, 384), say(language, "Variant {number}", number=seed)))
        yield shown, boxes.edits[at]


def take_variant(boxes: Drawn, whose: EditFields, request: gr.Request, event: gr.SelectData) -> BoxFields:
    """The variant that was clicked becomes that of the box of `whose` variants they are."""
    edits = list(boxes.edits)
    alike = [at for at, edit in enumerate(edits) if edit.model_copy(update={"seed": whose.seed}) == whose]
    if not alike:
        raise gr.Error(say(of(request), "This box is gone. Show its variants anew."), print_exception=False)
    edits[alike[0]] = edits[alike[0]].model_copy(update={"seed": int(event.index)})
    return boxes.with_edits(edits, alike[0])


def build() -> None:
    """Lays the tab out and wires it."""
    scene, known, whose = gr.State(), gr.State(time_to_live=SECONDS_KEPT), gr.State()
    with tab_frame(NAME, shares=(1, 1)) as frame:
        with frame.inputs:
            photo = PictureInput(
                LIMIT_MEGAPIXELS, label=label("Photo of a street"), elem_id=f"{NAME}-photo", height=150
            )
            boxes = BoxEditor(
                KINDS,
                [COLOURS[NAMES.index(kind)] for kind in KINDS],
                label=label("Boxes: what shall be where"),
                elem_id=f"{NAME}-boxes",
            )
            found = gr.Markdown("", elem_id=f"{NAME}-found", elem_classes="status")
            suggest = gr.Button(label("Suggest three boxes"), size="sm", elem_id=f"{NAME}-suggest")
            with gr.Accordion(label("What is where in the street"), open=False, elem_id=f"{NAME}-scene"):
                painted = LabelPainter(
                    [NAMES[number] for number in SHOWN],
                    [COLOURS[number] for number in SHOWN],
                    height=360,
                    label=label("Map of the street: repaint what is wrong"),
                    elem_id=f"{NAME}-map",
                    before=f"{NAME}-run",
                )
                label_map = PictureInput(
                    LIMIT_MEGAPIXELS,
                    label=label("Or your own label map: Cityscapes' colours, or its ids in grey"),
                    elem_id=f"{NAME}-own-map",
                    height=150,
                )
        reference, network, *manners = _settings(frame.settings)
        with frame.notes:
            with gr.Accordion(label("Variants to choose from"), open=False, elem_id=f"{NAME}-choice"):
                several = gr.Button(label("Show variants of the chosen box"), size="sm", elem_id=f"{NAME}-variants-run")
                choice = gr.Gallery(
                    label=label("Variants: click one to take it"),
                    columns=3,
                    height=260,
                    object_fit="contain",
                    allow_preview=False,
                    interactive=False,
                    elem_id=f"{NAME}-variants",
                    elem_classes="thirds",
                )
            with gr.Accordion(label("How it was made"), open=False, elem_id=f"{NAME}-how"):
                steps = gr.Gallery(
                    label=label("Found labels, then each edit, then new labels"),
                    columns=1,
                    height=480,
                    object_fit="contain",
                    interactive=False,
                    elem_id=f"{NAME}-steps",
                )
            for sentence in NOTES:
                gr.Markdown(label(sentence), elem_classes="small")
    queue = {"concurrency_limit": 1, "concurrency_id": GPU_QUEUE}
    private = {"api_visibility": "private", **queue}
    # The boxes and the map of another street are gone at once, not when this one is read: Run can be pressed before.
    for one in (boxes, painted, choice):
        gr.on([photo.upload, photo.clear], None, None, one, js=EMPTIED, **QUIET)
    photo.change(open_photo, [photo, network], [boxes, painted, found, scene, label_map], **private)
    parsing, parsed = [photo, label_map, network, boxes], [boxes, painted, found, scene]
    open_side_door(NAME, "parse_scene", parse_scene, parsing, parsed)
    gr.on(
        [label_map.upload, label_map.clear, network.input],
        parse_scene,
        parsing,
        parsed,
        api_name="parse_scene",
        **queue,
    )
    inputs = [photo, boxes, label_map, painted, reference, network, *manners, scene, known]
    outputs = [frame.download, frame.comparison, frame.status, steps, scene, known]
    taken = choice.select(take_variant, [boxes, whose], boxes, **QUEUED)
    run_and_stop(
        frame,
        insert_objects,
        inputs,
        outputs,
        "insert_objects",
        {name: {"street": example(name), "boxes": BoxFields(edits=list(edits))} for name, edits in EXAMPLES.items()},
        also=[boxes.submit, taken.success],
    )
    suggesting = [photo, boxes, label_map, painted, network, scene]
    open_side_door(NAME, "suggest_boxes", suggest_boxes, suggesting, [boxes, scene])
    suggest.click(suggest_boxes, suggesting, [boxes, scene], api_name="suggest_boxes", **queue)
    several.click(variants, inputs, [choice, whose], **private)


def _settings(place: gr.Accordion) -> tuple[Any, ...]:
    """The picture of a colour, the parser, the outline, what is kept around an object, its seam, colour and pixels."""
    default = Options()
    with place:
        settings = (
            PictureInput(
                LIMIT_MEGAPIXELS,
                label=label("Picture whose middle gives the colour"),
                elem_id=f"{NAME}-reference",
                height=150,
            ),
            _choice("network", "Who reads the street", NETWORKS, "embedded"),
            _choice("outline", "Outline of objects", OUTLINES, default.outline),
            _choice("surroundings", "Surroundings", SURROUNDINGS, default.surroundings),
            _choice("seam", "Seam", SEAMS, default.seam),
            _choice("tint", "Colour of objects", TINTS, default.tint),
            _choice("pixels", "Pixels of objects", PIXELS, default.pixels),
        )
    return settings


def _choice(name: str, title: str, choices: Mapping[str, str], value: str) -> gr.Radio:
    return gr.Radio(
        [(label(text), choice) for text, choice in choices.items()],
        value=value,
        label=label(title),
        elem_id=f"{NAME}-{name}",
    )
