"""What a link may set: the value that the component could hold, or nothing."""

from __future__ import annotations

from typing import Any

import gradio as gr
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tabs.settings import settings

FOUND = settings(
    {
        "photo": gr.Image(),
        "scale": gr.Radio([2, 3, 4], value=4),
        "strength": gr.Slider(0, 1, 0.5, step=0.05),
        "size": gr.Slider(128, 1024, 512, step=64),
        "seed": gr.Number(0, precision=0, minimum=0),
        "own": gr.Checkbox(),
        "paintings": gr.Dropdown([("One", "one"), ("Two", "two"), ("Three", "three")], multiselect=True, max_choices=2),
        "regions": gr.CheckboxGroup(["Hair", "Skin"], value=["Hair"]),
        "kept": gr.State(),
    }
)


def test_settings_are_what_fits_into_a_link() -> None:
    assert {name: one.default for name, one in FOUND.items()} == {
        "scale": 4,
        "strength": 0.5,
        "size": 512,
        "seed": 0,
        "own": False,
        "paintings": [],
        "regions": ["Hair"],
    }


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("scale", "2", 2),
        ("strength", "0.25", 0.25),
        ("strength", "1", 1.0),
        ("size", "256", 256),
        ("seed", "7", 7),
        ("own", "1", True),
        ("own", "0", False),
        ("paintings", "two,one", ["two", "one"]),
        ("regions", "", []),
    ],
)
def test_what_the_component_can_hold_is_read(name: str, text: str, value: Any) -> None:
    read = FOUND[name].read(text)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("scale", "9"),
        ("scale", ""),
        ("strength", "1.01"),
        ("strength", "-0.1"),
        ("strength", "nan"),
        ("strength", "inf"),
        ("strength", "much"),
        ("size", "256.5"),
        ("seed", "-1"),
        ("seed", "1.5"),
        ("seed", "1e300"),
        ("own", "true"),
        ("paintings", "four"),
        ("paintings", "one,one"),
        ("paintings", "one,two,three"),
        ("regions", "Hair,,Skin"),
    ],
)
def test_all_else_is_refused(name: str, text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        FOUND[name].read(text)


@given(st.sampled_from(sorted(FOUND)), st.text(max_size=30))
def test_no_text_is_a_bug(name: str, text: str) -> None:
    try:
        value = FOUND[name].read(text)
    except ValueError:
        return
    FOUND[name].component.preprocess(value)
