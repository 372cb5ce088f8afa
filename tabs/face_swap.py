"""The face-swap tab: a face in a photo becomes that of other photos, in its own pose, expression and light."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import gradio as gr

import hosting
from examples import photo as example
from imaging.credentials import COMPOSITE, signed
from imaging.files import Picture, png, read
from imaging.marks import marked
from imaging.types import Box, Image, InputError
from pipelines.face_parsing.alignment import portrait_frame
from pipelines.face_parsing.landmarks import FaceLandmarks
from pipelines.face_parsing.landmarks import Options as Which
from pipelines.face_parsing.pipeline import FaceParsing
from pipelines.face_swap import Portrait
from pipelines.face_swap.pipeline import FaceSwap, Options
from tabs.components import FacePoints, PictureInput, PointedFace
from tabs.doors import open_side_door
from tabs.handlers import EMPTIED, QUIET, computes, hand_out, pipeline_or_default
from tabs.language import label, of, say, spoken
from tabs.layout import GPU_QUEUE, run_and_stop, tab_frame

log = logging.getLogger(__name__)

NAME = "face_swap"
TITLE = "Face swap"
PIPELINES = (FaceSwap, FaceLandmarks, FaceParsing)

LIMIT_MEGAPIXELS = 12.0
MOST_TARGETS = 16
SECONDS_BETWEEN_PREVIEWS = 1.0
PARSED = 256  # pixels of the upright face whose regions are named
MARK = "Swapped face"
AT_ONCE = "network"  # which needs no photos of the target
METHODS = {
    "Neural patches of all photos": "optimisation",
    "Bent photo, seamlessly cloned": "warp",
    "Network of one face, Grace Hopper's, at once": AT_ONCE,
    "Neural patches with the original VGG19 (Hub)": "optimisation-vgg19",
}
# A photo, and the one whose face comes in: two in the public domain, and of nobody.
EXAMPLES = {
    "portrait-admiral": ("portrait", "admiral"),
    "admiral-portrait": ("admiral", "portrait"),
    "nobody-admiral": ("nobody_7", "admiral"),
    "nobody-portrait": ("nobody_14", "portrait"),
}
READERS = {"Our network": "embedded", "FAN (Hub)": "fan"}

NOTES = (
    "The photo of the target with the most similar expression is bent to your face; then an optimiser keeps what an "
    "encoder sees in yours (pose, expression) while small patches become those of the target around the same place "
    "(after Korshunova et al. 2017). Hair, glasses and hats in front of the face stay.",
    "The shape of the head stays yours, so the likeness is of features, not of the person. Beards, strong side light "
    "and open mouths come out worse; a hand before the face may be taken for skin.",
    "All is computed here and nothing is kept. Only swap faces of people who agreed to it. The PNG says that it was "
    "made and by what, signed as Content Credentials (C2PA). The mark in the corner can go, that note cannot.",
)


@dataclass(frozen=True, eq=False)
class Located:
    """A face of a photo, and the boxes of all that were found."""

    portrait: Portrait
    boxes: tuple[Box, ...]


@dataclass(frozen=True, eq=False)
class Shown:
    """What a step of a run shows: the photo, the line below, and at the end the photo of the target that was used.

    `variant`: the weights that worked, which need not be those that were asked for.
    """

    image: Image
    variant: str
    status: str
    done: float
    nearest: Image | None
    chosen: int


def located(language: str, reader: str, photo: Image, face: int, pointed: PointedFace | None = None) -> Located:
    """The face of that number with its points and regions; where a visitor says that it is, if one does."""
    which = Which(face=face)
    if pointed is not None:
        left, top, right, bottom = (round(edge) for edge in pointed.box)
        which = Which(pointed.face, Box(left, top, right, bottom))
    landmarks, _ = pipeline_or_default(language, FaceLandmarks, reader)
    found = landmarks(photo, which)
    parsed = hosting.pipeline(FaceParsing, "embedded").in_frame(photo, portrait_frame(found.face, PARSED))
    points = found.points if pointed is None or pointed.points is None else pointed.points
    boxes = [one.box for one in found.faces]
    boxes[which.face - 1] = found.face.box
    return Located(Portrait(photo, points, parsed.labels), tuple(boxes))


@computes(seconds=30)
def look(language: str, reader: str, photo: Image, face: int, pointed: PointedFace | None) -> Iterator[Located]:
    """The face of that number, or that a visitor pointed at."""
    yield located(language, reader, photo, face, pointed)


@computes(seconds=120)
def swap(
    language: str,
    reader: str,
    photo: Image,
    face: int,
    pointed: PointedFace | None,
    targets: Sequence[Image],
    method: str,
    options: Options,
) -> Iterator[Shown]:
    """Runs the method; previews come once a second at most."""
    start = shown = time.monotonic()
    portrait = located(language, reader, photo, face, pointed).portrait
    others = [_target(language, reader, number, target) for number, target in enumerate(targets, start=1)]
    pipeline, variant = pipeline_or_default(language, FaceSwap, method)
    for result in pipeline.steps(portrait, others, options):
        seconds = time.monotonic() - start
        if result.done == 1:
            words = say(language, "{variant}: {seconds:.1f} s", variant=variant, seconds=seconds)
            yield Shown(result.image, variant, words, 1.0, result.nearest, result.chosen)
        elif time.monotonic() - shown > SECONDS_BETWEEN_PREVIEWS:
            shown = time.monotonic()
            percent = round(100 * result.done)
            words = say(language, "{variant}: {percent} % done", variant=variant, percent=percent)
            yield Shown(result.image, variant, words, result.done, result.nearest, result.chosen)


def _target(language: str, reader: str, number: int, target: Image) -> Portrait:
    """The largest face of a photo of the target; where it cannot be had, a sentence that says which photo it is."""
    try:
        return located(language, reader, target, 1).portrait
    except InputError as error:
        reason = say(language, error.template, **error.values)
        raise InputError("Photo {number} of the target: {reason}", number=number, reason=reason) from None


def opened(language: str, targets: Sequence[tuple[str, str | None]] | None) -> list[Image]:
    """The photos of a gallery upload; `gr.Error` where there is none, or one is no picture."""
    if not targets:
        hint = say(language, "Add one or more photos of the face that comes in.")
        raise gr.Error(hint, print_exception=False)
    if len(targets) > MOST_TARGETS:
        hint = say(language, "At most {count} photos of the target can be used.", count=MOST_TARGETS)
        raise gr.Error(hint, print_exception=False)
    try:
        return [read(Path(path), LIMIT_MEGAPIXELS).flattened() for path, _ in targets]
    except InputError as error:
        raise spoken(language, error) from None


def find_faces(photo: Picture | None, face: int, reader: str, request: gr.Request) -> Iterator[tuple[Any, str]]:
    """Finds the faces of a photo, numbered from the largest, and the 68 points of one."""
    yield _found(of(request), reader, photo, int(face or 1), None)


def read_points(
    photo: Picture | None, pointed: PointedFace | None, reader: str, request: gr.Request
) -> Iterator[tuple[Any, str]]:
    """The points of the face that was clicked, or whose box was moved."""
    yield _found(of(request), reader, photo, 1, pointed)


def _found(
    language: str, reader: str, photo: Picture | None, face: int, pointed: PointedFace | None
) -> tuple[Any, str]:
    if photo is None:
        return None, ""
    image, number = photo.flattened(), pointed.face if pointed else face
    (found,) = look(language, reader, image, number, pointed)
    boxes = [(box.left, box.top, box.right, box.bottom) for box in found.boxes]
    count = len(boxes)
    text = "{count} faces found; this is number {number}, the largest is 1." if count > 1 else "One face found."
    return (image, boxes, number, found.portrait.points), say(language, text, count=count, number=number)


def swap_face(
    photo: Picture | None,
    targets: list[tuple[str, str | None]] | None,
    method: str,
    strength: float,
    agreed: bool,
    face: int,
    tone: float,
    steps: int,
    radius: int,
    mark: bool,
    reader: str,
    request: gr.Request,
    points: PointedFace | None = None,
) -> Iterator[tuple[Any, ...]]:
    """Gives a face of `photo` the features of the one person in `targets`; `agreed`: both people consent.

    `face`: its number, the largest is 1; or `points`, as `/find_faces` gives them, with points or boxes moved.
    Gives the photo as a PNG that says how it was made, the pair for comparison, a line on times, and the photo of the
    target whose expression is nearest, upright.
    """
    language = of(request)
    if photo is None:
        hint = say(language, "Add a photo first: drop one on the left, or click an example.")
        raise gr.Error(hint, print_exception=False)
    if not agreed:
        hint = say(language, "Confirm first that the people in the photos agree, or that you are them.")
        raise gr.Error(hint, print_exception=False)
    others = [] if method == AT_ONCE else opened(language, targets)
    options = Options(float(strength), float(tone), int(steps), radius=int(radius))
    picture = photo.flattened()
    before: str | None = None
    for shown in swap(language, reader, picture, int(face or 1), points, others, method, options):
        status = " · ".join([shown.status, hosting.device_name()])
        if shown.done < 1:
            yield gr.skip(), (picture, shown.image), status, gr.skip()
            continue
        image = marked(shown.image, MARK) if mark else shown.image
        before = before or hand_out(png(Picture(picture)), "before.png")
        made = png(Picture(image), provenance(picture, others, shown.variant))
        file = hand_out(sealed(made, shown.variant), "swapped.png")
        if shown.nearest is not None:
            number = say(language, "nearest expression: photo {number}", number=shown.chosen + 1)
            status = f"{status} · {number}"
        yield file, (before, file), status, shown.nearest


def provenance(photo: Image, targets: Sequence[Image], method: str) -> dict[str, str]:
    """What the PNG's text chunks say: that it was made, how, when, and of which pixels (sha256)."""
    sources = ", ".join(hashlib.sha256(image.tobytes()).hexdigest() for image in (photo, *targets))
    return {
        "Title": "A photo in which a face was replaced by a program",
        "Software": f"Semantic Darkroom, face_swap, {method}",
        "Source": f"sha256 of the pixels, the photo first: {sources}",
        "Creation Time": datetime.now(UTC).isoformat(timespec="seconds"),
        "DigitalSourceType": COMPOSITE,
    }


def sealed(file: bytes, method: str) -> bytes:
    """The PNG with Content Credentials; as it was where the host's certificate cannot be used: nothing is lost."""
    try:
        return signed(file, "swapped.png", f"Semantic Darkroom, face_swap, {method}")
    except ValueError as error:
        log.warning("a swapped face goes unsigned: %s", error)
        return file


def build() -> None:
    """Lays the tab out and wires it."""
    default = Options()
    with tab_frame(NAME) as frame:
        with frame.inputs:
            photo = PictureInput(LIMIT_MEGAPIXELS, label=label("Photo"), elem_id=f"{NAME}-photo", height=240)
            found = gr.Markdown("", elem_id=f"{NAME}-found", elem_classes="status")
            points = FacePoints(label=label("Faces and points found"), elem_id=f"{NAME}-points")
            targets = gr.Gallery(
                label=label("Target: photos of one person"),
                type="filepath",
                file_types=["image"],
                columns=3,
                height=190,
                elem_classes="thirds",
                elem_id=f"{NAME}-targets",
            )
            method = gr.Radio(
                [(label(text), variant) for text, variant in METHODS.items()],
                value="optimisation",
                label=label("Method"),
                elem_id=f"{NAME}-method",
                elem_classes="stacked",
            )
            strength = gr.Slider(0, 1, default.strength, step=0.05, label=label("Strength"), elem_id=f"{NAME}-strength")
            agreed = gr.Checkbox(
                label=label("The people in the photos agree to this, or I am them"), elem_id=f"{NAME}-agreed"
            )
        face, tone, steps, radius, mark, reader = _settings(frame.settings, default)
        with frame.results:
            nearest = gr.Image(
                label=label("Nearest expression"),
                interactive=False,
                buttons=["fullscreen"],
                height=200,
                elem_id=f"{NAME}-nearest",
            )
        with frame.notes:
            for sentence in NOTES:
                gr.Markdown(label(sentence), elem_classes="small")
    # Who agreed for an example has not agreed for pictures of the visitor's own.
    gr.on([photo.upload, targets.upload], lambda: False, None, agreed, **QUIET)
    # The points of another face are gone at once, not when this one is found: Run can be pressed before.
    gr.on([photo.upload, photo.clear, face.input], None, None, points, js=EMPTIED, **QUIET)
    open_side_door(NAME, "find_faces", find_faces, [photo, face, reader], [points, found])
    gr.on(
        [photo.change, face.input, reader.change],
        find_faces,
        [photo, face, reader],
        [points, found],
        api_name="find_faces",
        concurrency_limit=1,
        concurrency_id=GPU_QUEUE,
    )
    points.submit(
        read_points,
        [photo, points, reader],
        [points, found],
        api_visibility="private",
        concurrency_limit=1,
        concurrency_id=GPU_QUEUE,
    )
    inputs = [photo, targets, method, strength, agreed, face, tone, steps, radius, mark, reader, points]
    outputs = [frame.download, frame.comparison, frame.status, nearest]
    examples = {
        name: {"photo": example(one), "targets": [example(other)], "agreed": True}
        for name, (one, other) in EXAMPLES.items()
    }
    run_and_stop(frame, swap_face, inputs, outputs, "swap_face", examples)


def _settings(place: gr.Accordion, default: Options) -> tuple[Any, ...]:
    """Which face, how much of its tone, the optimiser's numbers, the mark, whose points."""
    with place:
        settings = (
            gr.Number(1, precision=0, minimum=1, label=label("Which face, the largest is 1"), elem_id=f"{NAME}-face"),
            gr.Slider(
                0, 1, default.tone, step=0.05, label=label("Skin takes the target's tone"), elem_id=f"{NAME}-tone"
            ),
            gr.Slider(5, 100, default.steps, step=5, label=label("Steps of the optimiser"), elem_id=f"{NAME}-steps"),
            gr.Slider(
                0,
                3,
                default.radius,
                step=1,
                label=label("Window in which patches are sought, in cells; 0: the same place, as in the paper"),
                elem_id=f"{NAME}-radius",
            ),
            gr.Checkbox(True, label=label("A mark in the corner says that a face was swapped"), elem_id=f"{NAME}-mark"),
            gr.Radio(
                [(label(text), variant) for text, variant in READERS.items()],
                value="embedded",
                label=label("Points are read by"),
                elem_id=f"{NAME}-reader",
            ),
        )
    return settings
