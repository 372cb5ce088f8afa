"""The places of a tab, the same in all."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr


@dataclass(frozen=True)
class Frame:
    """`name` is the tab's word, which begins the ids of its parts."""

    name: str
    inputs: gr.Column
    settings: gr.Accordion
    run: gr.Button
    stop: gr.Button
    examples: gr.Column
    results: gr.Column
    comparison: gr.ImageSlider
    download: gr.DownloadButton
    status: gr.Markdown
    share: gr.Row
    notes: gr.Column
