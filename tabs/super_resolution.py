"""The super-resolution tab: a small photo two, three or four times larger, beside bicubic."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import gradio as gr

import hosting
from examples import SMALL_PHOTOS, photo
from imaging.files import Picture, png
from imaging.geometry import resize
from imaging.types import Image
from pipelines.super_resolution import SCALES, Options, SuperResolution
from tabs import weights
from tabs.components import PictureInput
from tabs.handlers import computes, hand_out, pipeline_or_default
from tabs.language import label, of, say
from tabs.layout import run_and_stop, tab_frame

NAME = "super_resolution"
TITLE = "Super-resolution"
PIPELINES = (SuperResolution,)

LIMIT_MEGAPIXELS = 4.0
SECONDS_BETWEEN_PICTURES = 0.7
LONGEST_PREVIEW = 1400  # pixels; what is shown while tiles come in
LARGEST_COMPARISON = 24e6  # pixels; browsers refuse to lay much larger pictures over each other

METHODS = {
    "residual": "Residual: restores edges and texture",
    "adversarial": "Adversarial: sharper, invents detail",
    "bicubic": "Bicubic: interpolates only",
    "real-esrgan": "Real-ESRGAN (Hub): repairs noise and JPEG too",
    "edsr": "EDSR (Hub): a larger residual network",
}

NOTES = (
    "**Residual** adds what a network expects to be missing, right on average: true edges, soft where texture is not "
    "known. It lies least; on fine regular patterns it may pick the wrong direction.",
    "**Adversarial** is the same network taught by a critic to look like a photo: crisper, nearer to what a camera sees. "
    "It lies wherever it draws texture: do not read faces, text or evidence out of it.",
)


@computes(seconds=60)
def enlarge(language: str, picture: Picture, method: str, scale: int) -> Iterator[tuple[Any, Any, str]]:
    """Runs the pipeline; yields the download, (bicubic, result) and the status line, pictures in between throttled."""
    start = shown = time.monotonic()
    pipeline, variant = pipeline_or_default(language, SuperResolution, method)
    before = resize(picture.flattened(), scale)
    options = Options(scale=scale)  # pyright: ignore[reportArgumentType] - checked by the pipeline
    result = None
    for result in pipeline.steps(picture.pixels, picture.alpha, options):
        if result.done < 1 and time.monotonic() - shown > SECONDS_BETWEEN_PICTURES:
            shown = time.monotonic()
            percent = round(100 * result.done)
            yield None, (preview(before), preview(result.image)), say(language, "{percent} % done", percent=percent)
    assert result is not None
    after = Picture(result.image, result.alpha)
    height, width = picture.pixels.shape[:2]
    status = say(
        language,
        "{width} x {height} to {new_width} x {new_height} pixels in {seconds:.1f} s, {variant} ({source}), on {device}",
        width=width,
        height=height,
        new_width=width * scale,
        new_height=height * scale,
        seconds=time.monotonic() - start,
        variant=variant,
        source=next((file.source for file in SuperResolution.CHECKPOINTS[variant]), "needs no weights"),
        device=hosting.device_name(),
    )
    yield png(after), (before, after.flattened()), status


def preview(image: Image) -> Image:
    """`image` with every second, third, ... pixel left out until it is small enough to send often."""
    step = -(-max(image.shape[:2]) // LONGEST_PREVIEW)
    return image[::step, ::step]


def super_resolution(
    image: Picture | None, method: str, scale: int, request: gr.Request
) -> Iterator[tuple[Any, Any, str]]:
    """Enlarges a photo of up to 4 megapixels two, three or four times.

    Gives the enlarged picture as a PNG, the pair (bicubic, enlarged) for comparison, and a line on time and weights.
    """
    language = of(request)
    if image is None:
        raise gr.Error(
            say(language, "Add a photo first: drop one on the left, or click an example."), print_exception=False
        )
    for file, (before, after), status in enlarge(language, image, method, scale):
        if file is None:
            yield gr.skip(), (before, after), status
            continue
        large = before.shape[0] * before.shape[1] > LARGEST_COMPARISON
        pair = (preview(before), preview(after)) if large else (before, after)
        if large:
            status += " " + say(language, "It is shown smaller than it is; the download has every pixel.")
        # Lossless, and written by us: Gradio's own writer takes four times as long.
        shown = tuple(hand_out(png(Picture(part)), "comparison.png") for part in pair)
        path = hand_out(file, f"enlarged_x{scale}.png")
        yield path, shown, status


def build() -> None:
    """Lays the tab out and wires it."""
    with tab_frame(NAME) as frame:
        with frame.inputs:
            image = PictureInput(
                LIMIT_MEGAPIXELS,
                label=label("Photo, up to 4 megapixels"),
                sources=["upload", "clipboard"],
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
            weights.panel(SuperResolution)
        with frame.notes:
            for sentence in NOTES:
                gr.Markdown(label(sentence), elem_classes="small")
    gr.Examples(
        [[photo(name)] for name in SMALL_PHOTOS],
        [image],
        label=label("Examples"),
        elem_id=f"{NAME}-examples",
        api_visibility="private",
    )
    run_and_stop(
        frame, super_resolution, [image, method, scale], [frame.download, frame.comparison, frame.status], NAME
    )
