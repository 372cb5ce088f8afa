"""The super-resolution tab: a small photo two, three or four times larger, beside bicubic."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

import hosting
from examples import photo
from imaging.files import Picture, png
from imaging.geometry import resize
from imaging.types import Image
from pipelines.super_resolution import SCALES, Options, SuperResolution
from tabs.components import PictureInput
from tabs.handlers import computes, hand_out, pipeline_or_default
from tabs.language import label, of, say
from tabs.layout import run_and_stop, tab_frame

NAME = "super_resolution"
TITLE = "Super-resolution"
PIPELINES = (SuperResolution,)

LIMIT_MEGAPIXELS = 4.0
SECONDS_BETWEEN_PREVIEWS = 0.7
LONGEST_PREVIEW = 1400  # pixels; what is shown while tiles come in
LARGEST_COMPARISON = 24e6  # pixels; browsers refuse to lay much larger pictures over each other

METHODS = {
    "residual": "Residual: restores edges and texture",
    "adversarial": "Adversarial: sharper, invents detail",
    "bicubic": "Bicubic: interpolates only",
    "real-esrgan": "Real-ESRGAN (Hub): repairs noise and JPEG too",
    "edsr": "EDSR (Hub): a larger residual network",
}

EXAMPLES = {
    "cat": {"scale": 3},
    "astronaut": {"method": "adversarial"},
    "coffee": {},
    "rocket": {"method": "adversarial", "invention": 0.6},
}

NOTES = (
    "**Residual** adds what a network expects to be missing, right on average: true edges, soft where texture is not "
    "known. It lies least; on fine regular patterns it may pick the wrong direction.",
    "**Adversarial** is the same network taught by a critic to look like a photo: crisper, like what a camera sees. "
    "It lies wherever it draws texture: do not read faces, text or evidence out of it.",
)


@dataclass(frozen=True, eq=False)
class Shown:
    """What a step of a run shows: bicubic and ours, and the line below. `after` is the whole result once `finished`."""

    status: str
    before: Image | None = None
    after: Picture | None = None
    finished: bool = False


@computes(seconds=60)
def enlarge(language: str, picture: Picture, method: str, scale: int, invention: float) -> Iterator[Shown]:
    """Runs the pipeline; previews come a few times a second at most, the whole result last."""
    if not all(file.is_local for file in SuperResolution.CHECKPOINTS[method]):
        yield Shown(say(language, "Fetching the weights from the Hub, this once."))
    pipeline, variant = pipeline_or_default(language, SuperResolution, method)
    start = shown = time.monotonic()
    before = resize(picture.flattened(), scale)
    options = Options(scale, invention)  # pyright: ignore[reportArgumentType] - checked by the pipeline
    for result in pipeline.steps(picture.pixels, options, alpha=picture.alpha):
        if result.done == 1:
            seconds = time.monotonic() - start
            status = summary(language, picture, scale, variant, seconds)
            yield Shown(status, before, Picture(result.image, result.alpha), finished=True)
        elif time.monotonic() - shown > SECONDS_BETWEEN_PREVIEWS:
            shown = time.monotonic()
            status = say(language, "{percent} % done", percent=round(100 * result.done))
            yield Shown(status, preview(before), Picture(preview(result.image)))


def summary(language: str, picture: Picture, scale: int, variant: str, seconds: float) -> str:
    """The line below a result: sizes, time, weights, device."""
    height, width = picture.pixels.shape[:2]
    return say(
        language,
        "{width} x {height} to {new_width} x {new_height} pixels in {seconds:.1f} s, {variant} ({source}), on {device}",
        width=width,
        height=height,
        new_width=width * scale,
        new_height=height * scale,
        seconds=seconds,
        variant=variant,
        source=next((file.source for file in SuperResolution.CHECKPOINTS[variant]), "needs no weights"),
        device=hosting.device_name(),
    )


def preview(image: Image) -> Image:
    """`image` with every second, third, ... pixel left out until it is small enough to send often."""
    step = -(-max(image.shape[:2]) // LONGEST_PREVIEW)
    return image[::step, ::step]


def super_resolution(
    image: Picture | None, method: str, scale: int, invention: float, request: gr.Request
) -> Iterator[tuple[Any, Any, str]]:
    """Enlarges a photo of up to 4 megapixels two, three or four times.

    Gives the enlarged picture as a PNG, the pair (bicubic, enlarged) for comparison, and a line on time and weights.
    """
    language = of(request)
    if image is None:
        hint = say(language, "Add a photo first: drop one on the left, or click an example.")
        raise gr.Error(hint, print_exception=False)
    for shown in enlarge(language, image, method, scale, invention):
        if shown.before is None or shown.after is None:
            yield gr.skip(), gr.skip(), shown.status
        elif not shown.finished:
            yield gr.skip(), (shown.before, shown.after.pixels), shown.status
        else:
            path = hand_out(png(shown.after), f"enlarged_x{scale}.png")
            before, after, status = shown.before, shown.after.flattened(), shown.status
            if before.shape[0] * before.shape[1] > LARGEST_COMPARISON:
                before, after = preview(before), preview(after)
                status += " " + say(language, "It is shown smaller than it is; the download has every pixel.")
            # Lossless, and written by us: Gradio's own writer takes four times as long.
            yield path, tuple(hand_out(png(Picture(part)), "comparison.png") for part in (before, after)), status


def build() -> None:
    """Lays the tab out and wires it."""
    with tab_frame(NAME) as frame:
        with frame.inputs:
            image = PictureInput(
                LIMIT_MEGAPIXELS,
                label=label("Photo, up to 4 megapixels"),
                elem_id=f"{NAME}-image",
                height=300,
            )
            method = gr.Radio(
                [(label(text), variant) for variant, text in METHODS.items()],
                value="residual",
                label=label("Method"),
                elem_id=f"{NAME}-method",
                elem_classes="stacked",
            )
            scale = gr.Radio(SCALES, value=Options().scale, label=label("Times larger"), elem_id=f"{NAME}-scale")
        with frame.settings:
            invention = gr.Slider(
                0,
                1,
                Options().invention,
                step=0.05,
                label=label("Invented detail"),
                info=label("Adversarial only: 0 is the residual network, 1 the critic's full taste."),
                elem_id=f"{NAME}-invention",
            )
        with frame.notes:
            for sentence in NOTES:
                gr.Markdown(label(sentence), elem_classes="small")
    run_and_stop(
        frame,
        super_resolution,
        [image, method, scale, invention],
        [frame.download, frame.comparison, frame.status],
        NAME,
        {name: {"image": photo(name), **settings} for name, settings in EXAMPLES.items()},
    )
