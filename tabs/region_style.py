"""The region-style tab: a face whose hair, skin or lips take their style from other portraits."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any

import gradio as gr
import numpy as np

import hosting
from examples import PORTRAITS
from examples import photo as example
from imaging.faces import COLOURS, NAMES
from imaging.files import Picture, png
from imaging.types import Image, InputError, LabelMap
from pipelines.face_parsing import FaceParsing
from pipelines.face_parsing import Options as Which
from pipelines.region_style import Codes, Options, RegionStyle, Swap
from tabs.components import LabelPainter, Painted, PictureInput
from tabs.doors import open_side_door
from tabs.handlers import EMPTIED, QUIET, computes, hand_out
from tabs.language import label, of, say
from tabs.layout import GPU_QUEUE, run_and_stop, tab_frame
from tabs.sitting import Sitting

NAME = "region_style"
TITLE = "Region style"
PIPELINES = (RegionStyle, FaceParsing)

LIMIT_MEGAPIXELS = 12.0
REFERENCES = ("Reference 1", "Reference 2", "Reference 3", "Reference 4")
MEAN, SAVED = "mean", "saved"
SIDES = (256, 512)  # pixels of the upright face: the larger where the photo has as many
REGIONS = {
    "Hair": ("hair",),
    "Skin": ("skin", "nose", "left ear", "right ear", "neck"),
    "Lips": ("upper lip", "lower lip"),
    "Mouth": ("mouth",),
    "Eyes": ("left eye", "right eye"),
    "Brows": ("left brow", "right brow"),
    "Glasses": ("glasses",),
    "Hat": ("hat",),
    "Jewellery": ("earring", "necklace"),
    "Clothes": ("cloth",),
    "Background": ("background",),
}
BLOCKS = ("8", "16", "32", "64", "128")  # pixels: the resolutions of the generator's blocks

EXAMPLES: dict[str, dict[str, Any]] = {
    "portrait-hair": {"portrait": "portrait", "reference_1": "nobody_14"},
    "portrait-brown": {"portrait": "portrait", "reference_1": "nobody_6"},
    "admiral-lips": {"portrait": "admiral", "reference_1": "nobody_7", "regions": ["Lips"]},
    "nobody-hair": {"portrait": "nobody_1", "reference_1": "portrait"},
}

NOTES = (
    "Every region of a face has a style of its own: a short code that an encoder reads from a portrait. A generator "
    "paints a face from a mask and one code per region, so regions can be swapped one by one (Zhu et al. 2020).",
    "Your photo keeps its own pixels: only what the network would change is carried onto it. Where you paint the mask, "
    "the network's own pixels come in, with detail from the rest of the region.",
    "It learnt from portraits of adults who look into the camera. Profiles, hands, veils and children come out worse, "
    "and very dark hair made very light looks metallic.",
    "All is computed here and nothing is kept. Only use portraits of people who agree.",
)


@computes(seconds=30)
def sit(language: str, photo: Image, face: int) -> Iterator[tuple[Sitting, int]]:
    """Finds the face of that number and its regions; gives the sitting, and how many faces there are."""
    parsed = hosting.pipeline(FaceParsing, "embedded")(photo, Which(face=face))
    side = SIDES[parsed.frame.scale * parsed.frame.side > sum(SIDES) / 2]
    frame, labels = parsed.frame.at_side(side), parsed.crop_labels.resized(side, side)
    crop = frame.cut(photo)
    own = hosting.pipeline(RegionStyle, "embedded").encode(crop, labels)
    yield Sitting.begun(photo, frame, crop, labels, own, face), len(parsed.faces)


def found(language: str, photo: Image, face: int) -> Sitting:
    """The sitting alone."""
    ((sitting, _),) = sit(language, photo, face)
    return sitting


@computes(seconds=30)
def develop(language: str, sitting: Sitting, options: Options = Options()) -> Iterator[tuple[Image, Codes]]:
    """The photo as the look in view has it, and the codes that it obeyed."""
    swaps, painted = sitting.look.swaps, sitting.look.painted
    pipeline = hosting.pipeline(RegionStyle, "embedded")
    result = pipeline(sitting.crop, sitting.labels, swaps, options, own=sitting.own, painted=painted)
    if options.show == "generated":
        yield result.image, result.codes
    else:
        yield sitting.frame.with_change(sitting.photo, sitting.crop, result.image), result.codes


@computes(seconds=30)
def read_style(language: str, source: str, references: Sequence[Image | None], saved: bytes | None) -> Iterator[Codes]:
    """The codes to take: of a reference's largest face, the mean of many portraits, or of a file."""
    pipeline = hosting.pipeline(RegionStyle, "embedded")
    if source == MEAN:
        yield pipeline.mean()
    elif source == SAVED:
        if saved is None:
            raise InputError("Choose a file of style codes first: you get one by Save the style.")
        yield Codes.opened(saved)
    else:
        number = REFERENCES.index(source)
        reference = references[number]
        if reference is None:
            raise InputError("Add a portrait as reference {number} first, or choose another style.", number=number + 1)
        yield found(language, reference, 1).own


def parse_face(portrait: Picture | None, face: int, request: gr.Request) -> Iterator[tuple[Any, ...]]:
    """Finds a face and its nineteen regions; `face` is its number, the largest first.

    Gives the upright face with its label map, and a line on what was found.
    """
    language = of(request)
    if portrait is None:
        yield None, "", None
        return
    ((sitting, count),) = sit(language, portrait.flattened(), int(face or 1))
    text = "{count} faces found; this is number {number}, the largest is 1." if count > 1 else "One face found."
    yield (sitting.crop, sitting.labels.ids), say(language, text, count=count, number=int(face or 1)), sitting


def swap_region_style(
    portrait: Picture | None,
    face: int,
    reference_1: Picture | None,
    reference_2: Picture | None,
    reference_3: Picture | None,
    reference_4: Picture | None,
    mask: Painted | None,
    regions: list[str],
    style: str,
    amount: float,
    blocks: list[str],
    generated: bool,
    saved: bytes | None,
    sitting: Sitting | None,
    request: gr.Request,
) -> Iterator[tuple[Any, ...]]:
    """Gives regions of a face the style of another portrait's, and the shape that its mask was painted to.

    `mask`: as `/parse_face` gives it, with regions repainted; None for the parsed one. Gives the photo as a PNG, the
    pair for comparison, a status line, small pictures of all looks so far, and the style codes as a file.
    """
    language = of(request)
    if portrait is None:
        raise gr.Error(
            say(language, "Add a portrait first: drop one on the left, or click an example."), print_exception=False
        )
    photo, start = portrait.flattened(), time.monotonic()
    number = int(face or 1)
    if sitting is None or sitting.face != number or not np.array_equal(sitting.photo, photo):
        sitting = found(language, photo, number)
    painted = sitting.labels
    if mask is not None and mask.labels is not None and mask.labels.any():
        painted = LabelMap(mask.labels, NAMES).resized(*sitting.labels.ids.shape)
    chosen = tuple(name for region in regions for name in REGIONS[region])
    chosen += tuple(NAMES[label] for label in (mask.picked if mask else ()) if NAMES[label] not in chosen)
    if not chosen and np.array_equal(painted.ids, sitting.look.painted.ids):
        hint = say(language, "Choose a region: click it on the face or tick its name. Or repaint the mask.")
        raise gr.Error(hint, print_exception=False)
    swap = None
    if chosen:
        pictures = [picture and picture.flattened() for picture in (reference_1, reference_2, reference_3, reference_4)]
        (codes,) = read_style(language, style, pictures, saved)
        swap = Swap(chosen, codes, amount, tuple(BLOCKS.index(block) for block in blocks))
    swaps = sitting.next_swaps(swap)
    tried = sitting.with_look(swaps, painted, sitting.photo)
    ((image, codes),) = develop(language, tried, Options(show="generated" if generated else "photo"))
    made = sitting.with_look(swaps, painted, sitting.photo if generated else image)
    seconds = say(language, "{seconds:.1f} s", seconds=time.monotonic() - start)
    yield *shown(language, made, image, seconds, generated), hand_out(codes.saved(), "style.npz"), made


def shown(language: str, sitting: Sitting, image: Image, words: str, generated: bool = False) -> tuple[Any, ...]:
    """Download, comparison, status and small pictures of a sitting whose photo is now `image`.

    With `generated` it is the network's own picture, of the upright face alone.
    """
    if not generated:
        pair = tuple(hand_out(png(Picture(sitting.closeup(part))), "face.png") for part in (sitting.photo, image))
    else:
        pair = (hand_out(png(Picture(sitting.crop)), "face.png"), hand_out(png(Picture(image)), "generated.png"))
    looks = [look.small for look in sitting.looks]
    size = say(language, "Look {number} of {count}", number=sitting.shown, count=len(looks) - 1)
    status = " · ".join([size, words, hosting.device_name()])
    return hand_out(png(Picture(image)), "region_style.png"), pair, status, looks


def turned_to(sitting: Sitting | None, request: gr.Request, to: int) -> Iterator[tuple[Any, ...]]:
    """Another look in view, with its mask."""
    language = of(request)
    if sitting is None:
        hint = say(language, "Nothing was changed yet: choose a region and a style, and press Run.")
        raise gr.Error(hint, print_exception=False)
    sitting = sitting.at(to)
    start = time.monotonic()
    ((image, codes),) = develop(language, sitting)
    seconds = say(language, "{seconds:.1f} s", seconds=time.monotonic() - start)
    painted = (sitting.crop, sitting.look.painted.ids)
    yield *shown(language, sitting, image, seconds), hand_out(codes.saved(), "style.npz"), sitting, painted


def undo(sitting: Sitting | None, request: gr.Request) -> Iterator[tuple[Any, ...]]:
    """One look back."""
    yield from turned_to(sitting, request, sitting.shown - 1 if sitting else 0)


def redo(sitting: Sitting | None, request: gr.Request) -> Iterator[tuple[Any, ...]]:
    """One look on."""
    yield from turned_to(sitting, request, sitting.shown + 1 if sitting else 0)


def look_at(sitting: Sitting | None, request: gr.Request, event: gr.SelectData) -> Iterator[tuple[Any, ...]]:
    """The look that was clicked."""
    yield from turned_to(sitting, request, int(event.index))


def build() -> None:
    """Lays the tab out and wires it."""
    sitting = gr.State()
    with tab_frame(NAME) as place:
        with place.inputs:
            portrait = PictureInput(LIMIT_MEGAPIXELS, label=label("Portrait"), elem_id=f"{NAME}-portrait", height=220)
            faces = gr.Markdown("", elem_id=f"{NAME}-found", elem_classes="status")
            mask = LabelPainter(
                NAMES,
                COLOURS,
                label=label("Regions: click to choose, or repaint"),
                elem_id=f"{NAME}-mask",
                before=f"{NAME}-run",
            )
            regions = gr.CheckboxGroup(
                [(label(name), name) for name in REGIONS],
                value=["Hair"],
                label=label("Regions by name"),
                elem_id=f"{NAME}-regions",
            )
            references = []
            for two in (REFERENCES[:2], REFERENCES[2:]):
                with gr.Row():
                    references += [
                        PictureInput(
                            LIMIT_MEGAPIXELS,
                            label=label(name),
                            height=150,
                            min_width=130,
                            elem_id=f"{NAME}-reference-{REFERENCES.index(name) + 1}",
                        )
                        for name in two
                    ]
            style = gr.Radio(
                [
                    *((label(name), name) for name in REFERENCES),
                    (label("Mean of many"), MEAN),
                    (label("From a file"), SAVED),
                ],
                value=REFERENCES[0],
                label=label("Take the style of"),
                elem_id=f"{NAME}-style",
            )
            amount = gr.Slider(0, 1, 1, step=0.05, label=label("How far"), elem_id=f"{NAME}-amount")
        settings = _settings(place.settings)
        with place.results:
            looks = gr.Gallery(
                label=label("Looks so far: click one to go back to it"),
                columns=8,
                height=130,
                object_fit="contain",
                allow_preview=False,
                interactive=False,
                elem_id=f"{NAME}-looks",
                elem_classes="eighths",
            )
            with gr.Row():
                back = gr.Button(label("Undo"), size="sm", elem_id=f"{NAME}-undo")
                on = gr.Button(label("Redo"), size="sm", elem_id=f"{NAME}-redo")
        with place.notes:
            codes = gr.DownloadButton(label("Save the style"), size="sm", elem_id=f"{NAME}-codes")
            for sentence in NOTES:
                gr.Markdown(label(sentence), elem_classes="small")
    # Of the admiral's hair a cap leaves a strip, too little to read a style from.
    gr.Examples(
        [[example(name)] for name in PORTRAITS if name != "admiral"],
        [references[0]],
        label=label("References to try"),
        elem_id=f"{NAME}-reference-1-examples",
        api_visibility="private",
    )
    face, blocks, generated, saved = settings
    compute = {"concurrency_limit": 1, "concurrency_id": GPU_QUEUE}
    open_side_door(NAME, "parse_face", parse_face, [portrait, face], [mask, faces, sitting])
    # The mask of another face is gone at once, not when this one is found: Run can be pressed before.
    gr.on([portrait.upload, portrait.clear, face.input], None, None, mask, js=EMPTIED, **QUIET)
    gr.on(
        [portrait.change, face.input],
        parse_face,
        [portrait, face],
        [mask, faces, sitting],
        api_name="parse_face",
        **compute,
    )
    outputs = [place.download, place.comparison, place.status, looks, codes, sitting]
    inputs = [portrait, face, *references, mask, regions, style, amount, blocks, generated, saved, sitting]
    examples = {
        name: {**given, "portrait": example(given["portrait"]), "reference_1": example(given["reference_1"])}
        for name, given in EXAMPLES.items()
    }
    run_and_stop(place, swap_region_style, inputs, outputs, "swap_region_style", examples, also=[amount.release])
    private = {"api_visibility": "private", "show_progress": "minimal", **compute}
    back.click(undo, sitting, [*outputs, mask], **private)
    on.click(redo, sitting, [*outputs, mask], **private)
    looks.select(look_at, sitting, [*outputs, mask], **private)


def _settings(place: gr.Accordion) -> tuple[Any, ...]:
    """Which face, which blocks, the network's own picture, a file of codes."""
    with place:
        settings = (
            gr.Number(1, precision=0, minimum=1, label=label("Which face, the largest is 1"), elem_id=f"{NAME}-face"),
            gr.CheckboxGroup(
                [(f"{size} px", size) for size in BLOCKS],
                label=label("Crossover: only these blocks take the style"),
                info=label("Coarse blocks give colours and shapes, fine ones texture. None ticked: all."),
                elem_id=f"{NAME}-blocks",
            ),
            gr.Checkbox(label=label("Show the network's own picture"), elem_id=f"{NAME}-generated"),
            gr.File(
                label=label("Style codes saved before"), type="binary", file_types=[".npz"], elem_id=f"{NAME}-saved"
            ),
        )
    return settings
