"""The style-transfer tab: a photo as a painter would have painted it, three ways side by side."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from math import log10
from typing import Any

import gradio as gr
import pandas as pd

import hosting
from examples import PAINTINGS as DRAWN
from examples import photo as example
from imaging.files import Picture, png
from imaging.geometry import resize
from imaging.types import Image
from pipelines.style_transfer import MOST_STYLES, PAINTINGS, Options, Style, StyleTransfer, texture_file
from tabs import style_layers
from tabs.components import PictureInput
from tabs.handlers import computes, hand_out, pipeline_or_default
from tabs.language import label, of, say
from tabs.layout import run_and_stop, tab_frame

NAME = "style_transfer"
TITLE = "Style transfer"
PIPELINES = (StyleTransfer,)

LIMIT_MEGAPIXELS = 8.0
SECONDS_BETWEEN_PREVIEWS = 0.7
ALL = "all"
SIDE_BY_SIDE = ("johnson", "gatys", "cnnmrf")  # the quick one first
METHODS = {
    ALL: "All three, side by side",
    "johnson": "V2 Johnson: a network, at once",
    "gatys": "V1 Gatys: optimises the whole",
    "cnnmrf": "V3 CNNMRF: patch by patch",
    "adain": "AdaIN (Hub): a network for any painting",
    "gatys-vgg19": "V1 with the original VGG19 (Hub)",
    "cnnmrf-vgg19": "V3 with the original VGG19 (Hub)",
}
EXAMPLES: dict[str, dict[str, Any]] = {
    "cat-wave": {"photo": "cat", "paintings": ["great_wave"], "method": "johnson"},
    "portrait-night": {"photo": "portrait", "paintings": ["starry_night"], "method": "johnson"},
    "cup-udnie": {"photo": "cup", "paintings": ["udnie"], "method": "johnson", "keep_colours": True},
    "start-scream": {"photo": "start", "paintings": ["scream", "wheat_field"], "method": "johnson"},
}
SHARES = ("Share of style 1", "Share of style 2", "Share of style 3", "Share of style 4")

NOTES = (
    "**V1** changes the photo's pixels until its textures have the statistics of the painting (Gatys et al. 2016). "
    "Slow, and the most faithful to the brush; things may dissolve where the style is strong.",
    "**V2** is a network that learnt the same aim once and needs one pass (Johnson et al. 2016): at once, a little "
    "plainer. For a picture of your own, a second one first reads the manner from it (Ghiasi et al. 2017).",
    "**V3** replaces every small patch by the most similar one of the painting (Li and Wand 2016): keeps what belongs "
    "together, and needs a painting that has something like the photo's parts in it.",
    "The gallery's paintings themselves are not here: what you see are textures in their style, made by V1 from noise.",
)


@dataclass(frozen=True, eq=False)
class Shown:
    """What a step of a run shows: the line below, a method's picture, and the losses of all so far.

    `variant`: the weights that worked, which need not be those that were asked for.
    """

    status: str
    variant: str = ""
    image: Image | None = None
    finished: bool = False
    losses: dict[str, list[float]] = field(default_factory=dict)


@computes(seconds=120)
def paint(
    language: str, content: Image, styles: Sequence[Style], methods: Sequence[str], options: Options
) -> Iterator[Shown]:
    """Runs the methods one after the other; previews come a few times a second at most."""
    losses: dict[str, list[float]] = {}
    lines: list[str] = []
    for method in methods:
        if not all(file.is_local for file in StyleTransfer.CHECKPOINTS[method]):
            yield Shown(say(language, "Fetching the weights from the Hub, this once."))
        pipeline, variant = pipeline_or_default(language, StyleTransfer, method)
        start = shown = time.monotonic()
        for result in pipeline.steps(content, styles, options):
            if result.loss is not None:
                losses.setdefault(variant, []).append(result.loss)
            seconds = time.monotonic() - start
            if result.done == 1:
                lines.append(say(language, "{variant}: {seconds:.1f} s", variant=variant, seconds=seconds))
                yield Shown(status(language, content, lines), variant, result.image, finished=True, losses=losses)
            elif time.monotonic() - shown > SECONDS_BETWEEN_PREVIEWS:
                shown = time.monotonic()
                percent = round(100 * result.done)
                words = say(language, "{variant}: {percent} % done", variant=variant, percent=percent)
                yield Shown(" · ".join([*lines, words]), variant, result.image, losses=losses)


def status(language: str, content: Image, lines: Sequence[str]) -> str:
    """The line below a result: size, what each method took, device."""
    height, width = content.shape[:2]
    size = say(language, "{width} x {height} pixels", width=width, height=height)
    return " · ".join([size, *lines, hosting.device_name()])


def curve(language: str, losses: dict[str, list[float]]) -> gr.LinePlot:
    """The plot of the losses, in powers of ten, as they fall by several; its axes in the visitor's language."""
    rows = [(step, log10(max(loss, 1e-9)), name) for name, values in losses.items() for step, loss in enumerate(values)]
    return gr.LinePlot(
        pd.DataFrame(rows, columns=["step", "loss", "method"]),
        x_title=say(language, "Look"),
        y_title=say(language, "Loss"),
        color_title=say(language, "Method"),
    )


def stylize(
    photo: Picture | None,
    paintings: list[str],
    own: Picture | None,
    method: str,
    strength: float,
    keep_colours: bool,
    size: int,
    full_size: bool,
    style_scale: float,
    smoothness: float,
    turns: int,
    from_noise: bool,
    seed: int,
    paper: bool,
    share_1: float,
    share_2: float,
    share_3: float,
    share_4: float,
    request: gr.Request,
) -> Iterator[tuple[Any, ...]]:
    """Paints a photo of up to 8 megapixels in the manner of one to four paintings.

    Gives the last picture as a PNG, the pair (photo, picture) for comparison, a line on times, the pictures of V2, V1
    and V3 (those that were run), and the losses.
    """
    language = of(request)
    if photo is None:
        hint = say(language, "Add a photo first: drop one on the left, or click an example.")
        raise gr.Error(hint, print_exception=False)
    styles: list[Style] = [*(paintings or [])]
    styles += [own.flattened()] if own else []
    if not styles:
        raise gr.Error(
            say(language, "Choose a painting: click one in the gallery, or add a picture of your own."),
            print_exception=False,
        )
    shares = (share_1, share_2, share_3, share_4)[: len(styles)]
    options = Options(
        weights=shares if len(styles) <= MOST_STYLES else (),
        strength=strength,
        style_scale=style_scale,
        keep_colours=keep_colours,
        size=int(size),
        full_size=full_size,
        start="noise" if from_noise else "content",
        seed=int(seed),
        turns=int(turns),
        smoothness=smoothness,
        paper=paper,
    )
    methods = SIDE_BY_SIDE if method == ALL else (method,)
    content = photo.flattened()
    places = {name: place for place, name in enumerate(SIDE_BY_SIDE)}
    pictures: list[Any] = [None] * len(SIDE_BY_SIDE)  # those of an earlier run go
    for shown in paint(language, content, styles, methods, options):
        if shown.image is None:
            yield gr.skip(), gr.skip(), shown.status, *pictures, gr.skip()
            continue
        path = hand_out(png(Picture(shown.image)), f"{shown.variant}.png")
        place = places[shown.variant.split("-")[0] if shown.variant != "adain" else "johnson"]
        pictures[place] = path
        before = content
        if shown.image.shape != content.shape:
            before = resize(content, max(shown.image.shape[:2]) / max(content.shape[:2]))
        # Every preview can be downloaded: after Stop it is what there is.
        comparison = (hand_out(png(Picture(before)), "photo.png"), path) if shown.finished else gr.skip()
        yield path, comparison, shown.status, *pictures, curve(language, shown.losses)


def chosen(paintings: list[str], event: gr.SelectData) -> list[str]:
    """The choice after a click in the gallery: added, or taken away if it was there."""
    name = list(PAINTINGS)[event.index]
    if name in paintings:
        return [other for other in paintings if other != name]
    return [*paintings, name][-MOST_STYLES:]


def captions(request: gr.Request) -> tuple[gr.Gallery, gr.Dropdown]:
    """Painters and titles in the visitor's language, at every page load."""
    language = of(request)
    named = {
        name: f"{say(language, painting.painter)}, {say(language, painting.title)}"
        for name, painting in PAINTINGS.items()
    }
    return (
        gr.Gallery([(str(texture_file(name)), caption) for name, caption in named.items()]),
        gr.Dropdown([(caption, name) for name, caption in named.items()]),
    )


def build() -> None:
    """Lays the tab out and wires it."""
    with tab_frame(NAME) as frame:
        with frame.inputs:
            image = PictureInput(
                LIMIT_MEGAPIXELS,
                label=label("Photo, up to 8 megapixels"),
                elem_id=f"{NAME}-photo",
                height=260,
            )
            gallery = gr.Gallery(
                [(str(texture_file(name)), painting.caption) for name, painting in PAINTINGS.items()],
                label=label("Styles of paintings: click one, or several to blend"),
                columns=4,
                height=400,
                allow_preview=False,
                interactive=False,
                elem_id=f"{NAME}-gallery",
                elem_classes="whole-on-phone",
            )
            paintings = gr.Dropdown(
                [(painting.caption, name) for name, painting in PAINTINGS.items()],
                value=[next(iter(PAINTINGS))],
                multiselect=True,
                max_choices=MOST_STYLES,
                label=label("Chosen paintings, up to four"),
                elem_id=f"{NAME}-paintings",
            )
            with gr.Accordion(label("A painting of your own"), open=False, elem_id=f"{NAME}-own-style"):
                own = PictureInput(
                    LIMIT_MEGAPIXELS,
                    label=label("Any picture as the style"),
                    elem_id=f"{NAME}-own",
                    height=220,
                )
                gr.Examples(
                    [[example(name)] for name in DRAWN],
                    [own],
                    label=label("Drawn by our own code"),
                    elem_id=f"{NAME}-drawn",
                    api_visibility="private",
                )
            method = gr.Radio(
                [(label(text), variant) for variant, text in METHODS.items()],
                value=ALL,
                label=label("Method"),
                elem_id=f"{NAME}-method",
                elem_classes="stacked",
            )
            strength = gr.Slider(
                0,
                1,
                Options().strength,
                step=0.05,
                label=label("Strength"),
                info=label("0 is the photo; V2 goes no further than 0.5."),
                elem_id=f"{NAME}-strength",
            )
            keep = gr.Checkbox(label=label("Keep the photo's colours"), elem_id=f"{NAME}-keep")
        settings, shares = _settings(frame.settings)
        with frame.results, gr.Row():
            shown = [
                gr.Image(
                    label=label(text),
                    type="filepath",
                    interactive=False,
                    buttons=["fullscreen"],
                    height=260,
                    min_width=180,
                    elem_id=f"{NAME}-{name}",
                    elem_classes="hide-empty-on-phone",
                )
                for name, text in zip(SIDE_BY_SIDE, ("V2 Johnson", "V1 Gatys", "V3 CNNMRF"), strict=True)
            ]
        with frame.notes:
            losses = gr.LinePlot(
                x="step",
                y="loss",
                color="method",
                title=label("Loss while it optimises, in powers of ten"),
                height=180,
                elem_id=f"{NAME}-losses",
                elem_classes="hide-empty",
            )
            for sentence in NOTES:
                gr.Markdown(label(sentence), elem_classes="small")
    gr.on(None, captions, None, [gallery, paintings], api_visibility="private", queue=False, show_progress="hidden")
    style_layers.panel(image, paintings, own)
    gallery.select(chosen, paintings, paintings, queue=False, api_visibility="private", show_progress="hidden")
    run_and_stop(
        frame,
        stylize,
        [image, paintings, own, method, strength, keep, *settings, *shares],
        [frame.download, frame.comparison, frame.status, *shown, losses],
        "stylize",
        {name: {**given, "photo": example(given["photo"])} for name, given in EXAMPLES.items()},
    )


def _settings(place: gr.Accordion) -> tuple[list[Any], list[Any]]:
    """The numbers of the methods, then the styles' shares."""
    options = Options()
    slider = partial(gr.Slider, interactive=True)
    with place:
        shares = []
        with gr.Row():
            for text in SHARES:
                shares.append(slider(0, 1, 1.0, step=0.05, label=label(text), min_width=120))
        settings = [
            slider(128, 1024, options.size, step=64, label=label("Working size of V1 and V3, pixels")),
            gr.Checkbox(options.full_size, label=label("Go on to the photo's full size")),
            slider(0.5, 2, options.style_scale, step=0.1, label=label("Size of the strokes")),
            slider(0, 40, options.smoothness, step=1, label=label("Smoothness of V1 and V3")),
            slider(0, 3, options.turns, step=1, label=label("V3: turned copies of the painting, each way")),
            gr.Checkbox(label=label("Start from noise")),
            gr.Number(options.seed, precision=0, minimum=0, label=label("Seed of the noise")),
            gr.Checkbox(label=label("V1: the losses of the paper, as they stand")),
        ]
    return settings, shares
