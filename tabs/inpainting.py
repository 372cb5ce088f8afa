"""The inpainting tab: paint over what should go, and see what three methods put there.

Other tabs can hand in a selection: a picture whose white marks the hole, as the value of the mask input
(`inpainting-mask`) or as the argument `mask` of `inpaint`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import gradio as gr
import numpy as np

import hosting
from examples import OBJECTS, photo
from imaging.colour import composite
from imaging.files import Picture, png
from imaging.types import Image, InputError, Mask
from pipelines.inpainting import Inpainting, Options, grown
from tabs.components import MaskPainter, PaintedMask, PictureInput
from tabs.handlers import computes, hand_out, pipeline_or_default
from tabs.language import label, of, say
from tabs.layout import run_and_stop, tab_frame

NAME = "inpainting"
TITLE = "Inpainting"
PIPELINES = (Inpainting,)

LIMIT_MEGAPIXELS = 8.0
SECONDS_BETWEEN_PREVIEWS = 0.7
ALL = "all"
SIDE_BY_SIDE = ("patchmatch", "content", "neural")
METHODS = {
    "neural": "Neural patches: content, then texture",
    "patchmatch": "PatchMatch: copies of what is around",
    "content": "Content network alone: at once, soft",
    ALL: "All three, side by side",
    "neural-vgg19": "Neural patches with the original VGG19 (Hub)",
    "lama": "LaMa (Hub): a large network",
}
OBJECTIVES = {
    "fast": "Ours: patches sought once a size",
    "paper": "The paper's: sought at every step, slow",
    "released": "What the authors' code does",
}
MARKED = np.array([255, 45, 45], np.uint8)

NOTES = (
    "**Neural patches** let a small network guess what is in the hole, then weave in patches of the surroundings, as a "
    "perceptual encoder sees them, at three sizes (Yang et al. 2017). What is made is plausible, not true.",
    "**PatchMatch** copies and never invents: best on textures, lost where something would have to be understood "
    "(Barnes et al. 2009).",
    "Pixels outside the mask and its feather stay exactly as they are.",
)


@dataclass(frozen=True, eq=False)
class Shown:
    """What a step of a run shows: the line below, a method's picture, and what is replaced in red; `pictures` by the
    weights that worked, which need not be those that were asked for."""

    status: str
    image: Image | None = None
    marked: Image | None = None
    finished: bool = False
    pictures: dict[str, Image] = field(default_factory=dict)


@computes(seconds=120)
def fill(language: str, image: Image, mask: Mask, methods: Sequence[str], options: Options) -> Iterator[Shown]:
    """Runs the methods one after the other; previews come a few times a second at most."""
    lines: list[str] = []
    pictures: dict[str, Image] = {}
    for method in methods:
        if not all(file.is_local for file in Inpainting.CHECKPOINTS[method]):
            yield Shown(say(language, "Fetching the weights from the Hub, this once."))
        pipeline, variant = pipeline_or_default(language, Inpainting, method)
        start = shown = time.monotonic()
        for result in pipeline.steps(image, mask, options):
            seconds = time.monotonic() - start
            if result.done == 1:
                lines.append(say(language, "{variant}: {seconds:.1f} s", variant=variant, seconds=seconds))
                pictures[variant] = result.image
                marked = overlay(image, result.made)
                line = summary(language, image, lines)
                yield Shown(line, result.image, marked, finished=True, pictures=pictures)
            elif time.monotonic() - shown > SECONDS_BETWEEN_PREVIEWS:
                shown = time.monotonic()
                percent = round(100 * result.done)
                words = say(language, "{variant}: {percent} % done", variant=variant, percent=percent)
                yield Shown(" · ".join([*lines, words]), result.image, overlay(image, result.made))


def summary(language: str, image: Image, lines: Sequence[str]) -> str:
    """The line below a result: size, what each method took, device."""
    height, width = image.shape[:2]
    size = say(language, "{width} x {height} pixels", width=width, height=height)
    return " · ".join([size, *lines, hosting.device_name()])


def overlay(image: Image, mask: Mask) -> Image:
    """The picture with what is marked in red."""
    return np.where(mask[..., None], image // 2 + MARKED // 2, image)


def marked(painted: PaintedMask, mask: Picture | None) -> Mask:
    """What the brush marked, and what is light in the uploaded mask."""
    if mask is None:
        return painted.mask
    # Where it is see-through nothing is marked.
    light = composite(mask.pixels, mask.alpha, (0, 0, 0)) if mask.alpha is not None else mask.pixels
    light = light.mean(2) > 127
    if light.shape != painted.mask.shape:
        (mask_height, mask_width), (height, width) = light.shape, painted.mask.shape
        raise InputError(
            "The mask has {mask_width} x {mask_height} pixels and the picture {width} x {height}: they must be alike.",
            mask_width=mask_width,
            mask_height=mask_height,
            width=width,
            height=height,
        )
    return painted.mask | light


def asked(language: str, photo: PaintedMask | None, mask: Picture | None) -> tuple[Picture, Mask]:
    """Photo and mask, or a sentence."""
    if photo is None:
        hint = say(language, "Add a photo first: drop one on the left, or click an example.")
        raise gr.Error(hint, print_exception=False)
    try:
        return photo.picture, marked(photo, mask)
    except InputError as error:
        raise gr.Error(say(language, error.template, **error.values), print_exception=False) from None


def inpaint(
    photo: PaintedMask | None,
    mask: Picture | None,
    method: str,
    grow: int,
    feather: int,
    objective: str,
    seed: int,
    request: gr.Request,
) -> Iterator[tuple[Any, ...]]:
    """Replaces what is painted over (layers of `photo`), or white in `mask`, in a photo of up to 8 megapixels.

    Gives the last picture as a PNG, the pair (photo, picture) for comparison, a line on times, the photo with what is
    replaced in red, and the pictures of all methods that were run.
    """
    language = of(request)
    picture, hole = asked(language, photo, mask)
    options = Options(int(grow), int(feather), objective, seed=int(seed))  # pyright: ignore[reportArgumentType] - checked later
    methods = SIDE_BY_SIDE if method == ALL else (method,)
    before = Picture(picture.pixels)
    for shown in fill(language, picture.pixels, hole, methods, options):
        if shown.image is None:
            yield gr.skip(), gr.skip(), shown.status, gr.skip(), gr.skip()
        elif not shown.finished:
            yield gr.skip(), (picture.pixels, shown.image), shown.status, shown.marked, gr.skip()
        else:
            file = hand_out(png(Picture(shown.image, picture.alpha)), "inpainted.png")
            pair = hand_out(png(before), "before.png"), hand_out(png(Picture(shown.image)), "after.png")
            gallery = [
                (hand_out(png(Picture(made)), f"{name}.png"), say(language, METHODS[name]))
                for name, made in shown.pictures.items()
            ]
            yield file, pair, shown.status, shown.marked, gallery


def preview(photo: PaintedMask | None, mask: Picture | None, grow: int, feather: int, request: gr.Request) -> Any:
    """The photo with what would be replaced in red."""
    if photo is None:
        return None
    picture, hole = asked(of(request), photo, mask)
    return overlay(picture.pixels, grown(hole, int(grow + feather)))


def build() -> None:
    """Lays the tab out and wires it."""
    default = Options()
    with tab_frame(NAME) as frame:
        with frame.inputs:
            words = label("Photo, up to 8 megapixels: paint over what should go")
            gr.Markdown(words, elem_classes="small")  # the editor's toolbar would cover its own label
            painter = MaskPainter(LIMIT_MEGAPIXELS, label=words, show_label=False, elem_id=f"{NAME}-photo", height=420)
            method = gr.Radio(
                [(label(text), variant) for variant, text in METHODS.items()],
                value="neural",
                label=label("Method"),
                elem_id=f"{NAME}-method",
                elem_classes="stacked",
            )
            with gr.Accordion(label("Mask"), open=False, elem_id=f"{NAME}-mask-settings"):
                mask = PictureInput(
                    LIMIT_MEGAPIXELS, label=label("Or upload a mask: white goes"), elem_id=f"{NAME}-mask", height=180
                )
                grow = gr.Slider(0, 30, default.grow, step=1, label=label("Widen the mask, pixels"))
                feather = gr.Slider(0, 30, default.feather, step=1, label=label("Feather, pixels"))
                shown = gr.Image(
                    label=label("What is replaced"), interactive=False, elem_id=f"{NAME}-marked", height=220, buttons=[]
                )
        with frame.settings:
            objective = gr.Radio(
                [(label(text), name) for name, text in OBJECTIVES.items()],
                value=default.objective,
                label=label("Objective of neural patches"),
                elem_classes="stacked",
            )
            seed = gr.Number(default.seed, label=label("Seed of PatchMatch"), precision=0)
        with frame.results:
            gallery = gr.Gallery(
                label=label("Methods that were run"),
                elem_id=f"{NAME}-gallery",
                elem_classes=["thirds", "hide-empty-on-phone", "whole-on-phone"],
                columns=3,
                object_fit="contain",
                height=250,
                interactive=False,
            )
        with frame.notes:
            for sentence in NOTES:
                gr.Markdown(label(sentence), elem_classes="small")
    gr.on(
        [grow.release, feather.release, mask.change],
        preview,
        [painter, mask, grow, feather],
        shown,
        api_visibility="private",
        show_progress="hidden",
    )
    run_and_stop(
        frame,
        inpaint,
        [painter, mask, method, grow, feather, objective, seed],
        [frame.download, frame.comparison, frame.status, shown, gallery],
        "inpaint",
        {name: {"photo": photo(f"{name}_photo"), "mask": photo(f"{name}_mask")} for name in OBJECTS},
    )
