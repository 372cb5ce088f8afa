"""The panel "How it works": the paper's idea, a figure of our own results, what it can't do, the citation."""

from __future__ import annotations

from pathlib import Path

import gradio as gr

from tabs.explanations import EXPLANATIONS
from tabs.handlers import QUIET
from tabs.language import label

FOLDER = Path(__file__).parents[1] / "examples" / "figures"


def panel(name: str) -> None:
    """Closed at first; its figure is fetched when it is opened."""
    explained = EXPLANATIONS.get(name)
    if explained is None:
        return
    file = FOLDER / f"{name}.webp"
    with gr.Accordion(label("How it works"), open=False, elem_id=f"{name}-how-it-works") as accordion:
        gr.Markdown(label(explained.idea[0]))
        if file.exists():
            figure = gr.Image(
                show_label=False,
                type="filepath",
                format="webp",
                interactive=False,
                buttons=["fullscreen"],
                elem_id=f"{name}-figure",
                elem_classes="figure",
                label=label("Figure of How it works"),
            )
            gr.Markdown(label(explained.squares[0]), elem_classes="small")
            accordion.expand(lambda: str(file), None, figure, **QUIET)
        gr.Markdown(label("**What it can't do.**"))
        gr.Markdown(label(explained.limits[0]))
        gr.Textbox(
            explained.bibtex,
            label=label("To cite it: BibTeX"),
            lines=4,
            max_lines=8,
            interactive=False,
            buttons=["copy"],
            elem_id=f"{name}-bibtex",
            elem_classes="bibtex",
        )
