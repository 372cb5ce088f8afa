"""The soft-segmentation tab: a photo taken apart into layers, mixed again in the browser."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

import hosting
from examples import photo as example
from imaging.files import Picture, png
from imaging.types import Image
from pipelines.soft_segmentation import (
    FEWEST,
    MOST,
    PALETTE,
    STAGES,
    Options,
    Result,
    SoftSegmentation,
    as_psd,
    as_zip,
)
from tabs import soft_clip
from tabs.components import Layer, LayerMixer, PictureInput
from tabs.handlers import computes, hand_out, pipeline_or_default
from tabs.language import label, of, say
from tabs.layout import run_and_stop, tab_frame

NAME = "soft_segmentation"
TITLE = "Soft segmentation"
PIPELINES = (SoftSegmentation,)

LIMIT_MEGAPIXELS = 12.0
METHODS = {
    "embedded": "Our own embedding: by things and textures",
    "perceptual": "The perceptual encoder: by texture",
    "dino": "DINO (Hub): by things",
}
STAGE_TITLES = dict(
    zip(STAGES, ("Features", "Affinities", "Eigenvectors", "Sparse layers", "Soft layers"), strict=True)
)

EXAMPLES = {"portrait": {}, "cup": {"count": 4}, "cat": {"count": 4}, "start": {"automatic": True}}

NOTES = (
    "A network says which parts of the photo are alike; colours say where hair, fur and glass end. Both make a graph "
    "of all pixels, whose slowest vibrations are the layers (Aksoy et al. 2018). They sum to one: untouched, they are "
    "the photo.",
    "It is good at what differs in kind and colour. It does not know objects by name: two people may share a layer, "
    "one person may be two. Ask for more layers, or fewer.",
)


@dataclass(frozen=True, eq=False)
class Shown:
    """What a step of a run shows."""

    status: str
    result: Result | None = None


@computes(seconds=120)
def take_apart(language: str, image: Image, method: str, options: Options) -> Iterator[Shown]:
    """Runs the pipeline, stage by stage."""
    if not all(file.is_local for file in SoftSegmentation.CHECKPOINTS[method]):
        yield Shown(say(language, "Fetching the weights from the Hub, this once."))
    pipeline, variant = pipeline_or_default(language, SoftSegmentation, method)
    start = time.monotonic()
    for result in pipeline.steps(image, options):
        if result.done == 1:
            seconds = time.monotonic() - start
            yield Shown(summary(language, image, result, variant, options, seconds), result)
        else:
            percent = round(100 * result.done)
            yield Shown(say(language, "{percent} % done", percent=percent), result)


def summary(language: str, image: Image, result: Result, variant: str, options: Options, seconds: float) -> str:
    """The line below a result: layers, size, time, weights, device; and a word if there are fewer layers."""
    line = say(
        language,
        "{count} layers of {width} x {height} pixels in {seconds:.1f} s, {variant} ({source}), on {device}",
        count=len(result.layers),
        width=image.shape[1],
        height=image.shape[0],
        seconds=seconds,
        variant=variant,
        source=SoftSegmentation.CHECKPOINTS[variant][0].source,
        device=hosting.device_name(),
    )
    if options.layers and len(result.layers) < options.layers:
        line += " " + say(language, "There is no more in this photo that differs.")
    return line


def titles(language: str, result: Result) -> list[str]:
    """The layers' names: colour and place, numbered where two are alike."""
    found = [say(language, "{colour}, {place}", colour=colour, place=place) for colour, place in result.names]
    return [
        f"{title} {found[: number + 1].count(title)}" if found.count(title) > 1 else title
        for number, title in enumerate(found)
    ]


def soft_segment(
    image: Picture | None, method: str, count: int, automatic: bool, exact: bool, seed: int, request: gr.Request
) -> Iterator[tuple[Any, ...]]:
    """Takes a photo of up to 12 megapixels apart into 2 to 10 layers that sum to one.

    Gives a ZIP of RGBA PNGs, the pair (photo, its layers in colours) for comparison, a line on time and weights, the
    views of the stages, the layers for the mixer, and a PSD.
    """
    language = of(request)
    if image is None:
        hint = say(language, "Add a photo first: drop one on the left, or click an example.")
        raise gr.Error(hint, print_exception=False)
    pixels = image.flattened()
    options = Options(layers=None if automatic else int(count), exact=exact, seed=int(seed))
    for shown in take_apart(language, pixels, method, options):
        if shown.result is None:
            yield (gr.skip(), gr.skip(), shown.status, gr.skip(), gr.skip(), gr.skip())
            continue
        result = shown.result
        stages = [(view, say(language, STAGE_TITLES[stage])) for stage, view in result.views.items()]
        if result.done < 1:
            yield gr.skip(), gr.skip(), shown.status, stages, gr.skip(), gr.skip()
            continue
        names = titles(language, result)
        file = hand_out(as_zip([("", result)], names), "layers.zip")
        overview = (result.layers.transpose(1, 2, 0) @ PALETTE[: len(names)].astype("float32")).round().astype("uint8")
        pair = tuple(hand_out(png(Picture(part)), "comparison.png") for part in (pixels, overview))
        mixer = mixer_layers(result, names)
        yield file, pair, shown.status, stages, mixer, hand_out(as_psd(pixels, result, names), "layers.psd")


def mixer_layers(result: Result, names: Sequence[str]) -> list[Layer]:
    """The layers as the mixer takes them."""
    tints = [(int(red), int(green), int(blue)) for red, green, blue in PALETTE]
    return [
        Layer(colours, matte, name, tint)
        for colours, matte, name, tint in zip(result.colours, result.layers, names, tints, strict=False)
    ]


def build() -> None:
    """Lays the tab out and wires it."""
    with tab_frame(NAME) as frame:
        with frame.inputs:
            image = PictureInput(
                LIMIT_MEGAPIXELS, label=label("Photo, up to 12 megapixels"), elem_id=f"{NAME}-image", height=300
            )
            count = gr.Slider(
                FEWEST, MOST, Options().layers, step=1, label=label("Layers at most"), elem_id=f"{NAME}-count"
            )
            automatic = gr.Checkbox(label=label("As many as there are different things"), elem_id=f"{NAME}-automatic")
        with frame.settings:
            method = gr.Radio(
                [(label(METHODS[variant]), variant) for variant in SoftSegmentation.CHECKPOINTS],
                value=next(iter(METHODS)),
                label=label("What sees what belongs together"),
                elem_id=f"{NAME}-method",
                elem_classes="stacked",
            )
            exact = gr.Checkbox(label=label("At full size with every step of the paper: minutes instead of seconds"))
            words = label("Seed of the clustering")
            seed = gr.Number(Options().seed, precision=0, minimum=0, maximum=2**31, label=words)
        with frame.results:
            mixer = LayerMixer(elem_id=f"{NAME}-mixer")
            stages = gr.Gallery(
                label=label("How the layers came about"),
                columns=5,
                height=190,
                object_fit="contain",
                interactive=False,
                elem_id=f"{NAME}-stages",
                elem_classes="hide-empty-on-phone",
            )
        with frame.notes:
            psd = gr.DownloadButton(label("Download a PSD with all layers"), elem_id=f"{NAME}-psd")
            for sentence in NOTES:
                gr.Markdown(label(sentence), elem_classes="small")
        with frame.examples:
            soft_clip.panel(count)
    frame.download.label = label("Download the layers: PNGs in a ZIP")
    run_and_stop(
        frame,
        soft_segment,
        [image, method, count, automatic, exact, seed],
        [frame.download, frame.comparison, frame.status, stages, mixer, psd],
        "soft_segment",
        {name: {"image": example(name), **settings} for name, settings in EXAMPLES.items()},
    )
