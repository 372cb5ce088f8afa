"""A clip, frame by frame, in layers that stay the same things: a part of the soft-segmentation tab."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import gradio as gr

import hosting
from imaging.files import read
from imaging.types import Image, InputError
from pipelines.soft_segmentation import MOST_FRAMES, Options, Result, SoftSegmentation, as_zip, segmented
from tabs.doors import open_side_door
from tabs.handlers import computes, hand_out
from tabs.language import label, of, say, spoken
from tabs.layout import GPU_QUEUE

NAME = "soft_segmentation"
LIMIT_MEGAPIXELS = 1.0


@computes(seconds=600)
def take_clip_apart(language: str, frames: list[Image], count: int) -> Iterator[Result]:
    """The layers of each frame."""
    pipeline = hosting.pipeline(SoftSegmentation, next(iter(SoftSegmentation.CHECKPOINTS)))
    yield from segmented(pipeline, frames, Options(layers=count))


def soft_segment_clip(frames: list[str] | None, count: int, request: gr.Request) -> Iterator[tuple[str | None, str]]:
    """Takes a clip apart: up to 100 pictures of one size, a megapixel each, in the order of their names.

    Gives a ZIP with a folder of RGBA PNGs for each frame, whose layers keep their numbers, and a line on how far it is.
    """
    language = of(request)
    if not frames:
        raise gr.Error(say(language, "Add the frames of a clip first, as pictures."), print_exception=False)
    try:
        if len(frames) > MOST_FRAMES:
            raise InputError("A clip has {most} frames at most: cut it.", most=MOST_FRAMES)
        paths = sorted((Path(frame) for frame in frames), key=lambda path: path.name)
        pictures = [read(path, LIMIT_MEGAPIXELS).flattened() for path in paths]
    except InputError as error:
        raise spoken(language, error) from None
    found: list[tuple[str, Result]] = []
    for number, result in enumerate(take_clip_apart(language, pictures, int(count)), start=1):
        found.append((f"{number:03d}/", result))
        yield None, say(language, "Frame {number} of {count}", number=number, count=len(pictures))
    yield hand_out(as_zip(found), "clip.zip"), say(language, "{count} frames", count=len(found))


def panel(count: gr.Slider) -> None:
    """Frames in, a ZIP out."""
    with gr.Accordion(label("A clip"), open=False, elem_id=f"{NAME}-clip"):
        text = label(
            "Up to 100 frames of one size, as pictures: features and groups of the first frame hold for all, so that a "
            "thing keeps its layer."
        )
        gr.Markdown(text, elem_classes="small")
        frames = gr.File(file_count="multiple", label=label("Frames"), elem_id=f"{NAME}-frames")
        run = gr.Button(label("Take the clip apart"), elem_id=f"{NAME}-clip-run")
        status = gr.Markdown("", elem_classes="status", elem_id=f"{NAME}-clip-status")
        file = gr.File(label=label("Layers of all frames"), interactive=False, elem_id=f"{NAME}-clip-file")
    open_side_door(NAME, "soft_segment_clip", soft_segment_clip, [frames, count], [file, status])
    run.click(
        soft_segment_clip,
        [frames, count],
        [file, status],
        api_name="soft_segment_clip",
        concurrency_limit=1,
        concurrency_id=GPU_QUEUE,
    )
