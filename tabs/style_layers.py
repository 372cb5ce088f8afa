"""What each layer of the network keeps of the visitor's photo and style: a part of the style-transfer tab."""

from __future__ import annotations

from collections.abc import Iterator

import gradio as gr

import hosting
from imaging.files import Picture
from imaging.types import Image
from pipelines.style_transfer import Layer, reconstructions, texture
from tabs.components import PictureInput
from tabs.handlers import computes
from tabs.language import label, of, say
from tabs.layout import GPU_QUEUE


@computes(seconds=120)
def take_apart(language: str, content: Image, style: Image) -> Iterator[Layer]:
    """What each layer of the encoder keeps of a photo and of a style."""
    return reconstructions(content, style, device=hosting.DEVICE)


def layers(
    photo: Picture | None, paintings: list[str], own: Picture | None, request: gr.Request
) -> Iterator[list[tuple[Image, str]]]:
    """The article's first figure for the visitor's photo and style, picture by picture."""
    language = of(request)
    if photo is None:
        hint = say(language, "Add a photo first: drop one on the left, or click an example.")
        raise gr.Error(hint, print_exception=False)
    if not paintings and own is None:
        hint = say(language, "Choose a painting: click one in the gallery, or add a picture of your own.")
        raise gr.Error(hint, print_exception=False)
    style = own.flattened() if own else texture(paintings[0])
    kinds = {"content": "Content at {tap}", "style": "Style up to {tap}"}
    shown: list[tuple[Image, str]] = []
    for layer in take_apart(language, photo.flattened(), style):
        shown = [*shown, (layer.image, say(language, kinds[layer.kind], tap=layer.tap))]
        yield shown


def panel(photo: PictureInput, paintings: gr.Dropdown, own: PictureInput) -> None:
    """An explanation, a button, and the pictures as they are made."""
    with gr.Accordion(label("What each layer of the network keeps"), open=False):
        text = label(
            "From the same noise, pictures are made that have the photo's activations at one layer, or the style's "
            "statistics up to one layer, and nothing else: shallow layers keep pixels and grain, deep ones objects and "
            "strokes."
        )
        gr.Markdown(text, elem_classes="small")
        show = gr.Button(label("Take the photo and the style apart"), elem_id="style_transfer-apart")
        parts = gr.Gallery(label=label("Layers"), columns=5, height=420, elem_id="style_transfer-layers")
    show.click(
        layers,
        [photo, paintings, own],
        parts,
        concurrency_limit=1,
        concurrency_id=GPU_QUEUE,
        api_visibility="private",
    )
