"""The frame that all tabs share, so that everything is in the same place: inputs and Run left, the result right.

with tab_frame(NAME) as frame:
    with frame.inputs: ...      what goes in
    with frame.settings: ...    the numbers of the method
    with frame.results: ...     more than the comparison, above it
    with frame.notes: ...       what it does and when it lies
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import gradio as gr
from gradio.components import Component
from gradio.events import Dependency
from gradio.themes import Soft

from tabs.doors import Example, open_door
from tabs.frame import Frame
from tabs.language import label, of, say

CSS = """
.gradio-container { max-width: 1280px !important; width: 100% !important; margin: auto; }
.status p, .small p, .small li { color: var(--body-text-color-subdued); font-size: var(--text-sm); }
.stacked .wrap { flex-direction: column; align-items: stretch; }
#title h1 { margin-bottom: 0; }
.gallery-item .caption-label { font-size: 10px; line-height: 1.2; padding: 2px 4px; }
.gallery-item .caption-label { max-width: 96%; white-space: normal; }
/* Gradio widens the thumbnails of a gallery that is not full, beyond its height. */
.thirds .grid-container { grid-template-columns: repeat(3, 1fr) !important; }
.eighths .grid-container { grid-template-columns: repeat(8, 1fr) !important; }
/* What a run may fill and has not: an empty box says nothing, and on a phone it pushes the result down. */
.hide-empty:has(.empty) { display: none; }
@media (max-width: 700px) {
  .hide-empty-on-phone:has(.empty) { display: none; }
  .whole-on-phone, .whole-on-phone .grid-wrap { height: auto !important; }
  /* Its label takes two lines; four columns are wider than the screen. */
  .whole-on-phone .grid-container { padding-top: 44px !important; grid-template-columns: repeat(3, 1fr) !important; }
}
.bibtex textarea { font-family: var(--font-mono); font-size: 12px; }
.dark { --color-accent: #f87171; }
"""

# The red of a darkroom's safelight, dark enough for white text on it and for itself on white (WCAG AA).
THEME = Soft(
    primary_hue="red",
    neutral_hue="stone",
    # Fonts of the system: nothing is fetched from elsewhere.
    font=["ui-sans-serif", "system-ui", "PingFang SC", "Microsoft YaHei", "sans-serif"],
    font_mono=["ui-monospace", "Consolas", "monospace"],
).set(
    button_primary_background_fill="*primary_700",
    button_primary_background_fill_hover="*primary_600",
    button_primary_background_fill_dark="*primary_700",
    button_primary_background_fill_hover_dark="*primary_600",
    checkbox_label_background_fill_selected="*primary_700",
    checkbox_label_background_fill_selected_dark="*primary_700",
    checkbox_background_color_selected="*primary_900",
    checkbox_background_color_selected_dark="*primary_900",
    block_label_background_fill="*neutral_100",
    block_label_background_fill_dark="*neutral_800",
    block_label_text_color="*neutral_800",
    block_label_text_color_dark="*neutral_100",
    block_title_background_fill="transparent",
    block_title_background_fill_dark="transparent",
    block_title_text_color="*neutral_800",
    block_title_text_color_dark="*neutral_100",
    color_accent="*primary_700",
    body_text_color_subdued="*neutral_600",
    body_text_color_subdued_dark="*neutral_300",
)

GPU_QUEUE = "compute"  # one line for all that computes: two at once on one device only slow each other


@contextmanager
def tab_frame(name: str, shares: tuple[int, int] = (2, 3)) -> Iterator[Frame]:
    """Lays a tab out; `name` is its word, which begins the ids of its parts; `shares`: widths."""
    with gr.Row(elem_classes="two-columns"):
        with gr.Column(scale=shares[0], min_width=300):
            inputs = gr.Column()
            with gr.Row():
                run = gr.Button(label("Run"), variant="primary", min_width=120, elem_id=f"{name}-run")
                stop = gr.Button(label("Stop"), variant="stop", min_width=120, elem_id=f"{name}-stop")
            settings = gr.Accordion(label("Settings"), open=False, elem_id=f"{name}-settings")
            examples = gr.Column()
        with gr.Column(scale=shares[1], min_width=300):
            results = gr.Column()
            comparison = gr.ImageSlider(
                label=label("Before and after"),
                elem_id=f"{name}-comparison",
                interactive=False,
                buttons=["fullscreen"],
                max_height=640,
            )
            status = gr.Markdown("", elem_id=f"{name}-status", elem_classes="status")
            download = gr.DownloadButton(label("Download PNG"), elem_id=f"{name}-download", interactive=False)
            share = gr.Row(elem_classes="share")
            notes = gr.Column()
    yield Frame(name, inputs, settings, run, stop, examples, results, comparison, download, status, share, notes)


def run_and_stop(
    frame: Frame,
    function: Callable[..., Iterator[tuple[object, ...]]],
    inputs: Sequence[Component],
    outputs: Sequence[Component],
    api_name: str,
    examples: Mapping[str, Example] | None = None,
    also: Sequence[Callable[..., Dependency]] = (),
) -> None:
    """Wires Run to `function`, which is also the API's `/api_name`, and Stop to closing it; makes the tab's door known.

    `examples`: what `function` gets of each, by parameter's name; a strip under the settings shows them, and links can
    name them. `also`: events that run it as well.
    """
    open_door(frame, api_name, function, inputs, outputs, examples or {})
    queue: dict[str, Any] = {"concurrency_limit": 1, "concurrency_id": GPU_QUEUE, "show_progress_on": outputs[1]}
    events: list[Any] = [frame.run.click(function, inputs, outputs, api_name=api_name, **queue)]
    events += [event(function, inputs, outputs, api_visibility="private", **queue) for event in also]
    downloads = [one for one in outputs if isinstance(one, gr.DownloadButton)]
    for one in downloads:
        one.interactive = False  # there is nothing yet
    for event in events:
        event.success(
            partial(_offered, len(downloads)),
            None,
            downloads,
            queue=False,
            api_visibility="private",
            show_progress="hidden",
        )
    frame.stop.click(
        _stopped,
        downloads,
        [frame.status, *downloads],
        cancels=events,
        queue=False,
        api_visibility="private",
    )


def _offered(count: int) -> list[gr.DownloadButton] | gr.DownloadButton:
    offered = [gr.DownloadButton(interactive=True) for _ in range(count)]
    return offered if count > 1 else offered[0]  # of one output Gradio takes the value itself


def _stopped(request: gr.Request, *files: str | None) -> tuple[Any, ...]:
    words = say(of(request), "Stopped. What was made so far stays in view.")
    return words, *(gr.DownloadButton(interactive=file is not None) for file in files)
