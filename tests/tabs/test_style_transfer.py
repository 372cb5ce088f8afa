"""The style transfer tab's own parts, without a browser."""

from __future__ import annotations

import pytest

from tabs.style_transfer import curve


@pytest.mark.parametrize(("language", "axis"), [("en", "Loss"), ("zh", "损失")])
def test_the_plot_of_losses_speaks_the_visitors_language(language: str, axis: str) -> None:
    plot = curve(language, {"gatys": [10.0, 1.0], "cnnmrf": [0.1]})
    assert plot.y_title == axis
    assert plot.value
    assert [row[1:] for row in plot.value["data"]] == [[1.0, "gatys"], [0.0, "gatys"], [-1.0, "cnnmrf"]]
