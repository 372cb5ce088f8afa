"""Results made beforehand are what the browser would have got."""

from __future__ import annotations

import gradio as gr
import pandas as pd

from tabs import precompute
from tabs.style_transfer import curve


def test_of_an_update_that_is_a_component_what_it_shows_is_kept() -> None:
    plot = gr.LinePlot(x="step", y="loss", color="method")
    kept = precompute._shown(plot, curve("zh", {"gatys": [1.0, 0.1]}))
    assert kept["columns"] == ["step", "loss", "method"]
    assert kept["data"] == [[0, 0.0, "gatys"], [1, -1.0, "gatys"]]


def test_of_a_value_it_is_what_the_component_makes_of_it() -> None:
    plot = gr.LinePlot(x="step", y="loss")
    assert precompute._shown(plot, pd.DataFrame({"step": [3], "loss": [0.5]}))["data"] == [[3, 0.5]]
    assert precompute._shown(gr.Markdown(), "all is well") == "all is well"
