"""The settings of a tab that a link can carry, read off its own components: type, range and default live there once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio.components import Component

MOST = 2**31  # of a number without a limit, a seed
RESERVED = {"tab", "example", "shared", "lang", "embed", "view", "deep_link", "__theme"}
CONSENT = "agreed"  # said by a visitor, of the pictures that are in view: no link says it for them


@dataclass(frozen=True, eq=False)
class Setting:
    """A component whose value fits into a link. `kind`: "number", "flag", "choice" or "choices" (joined by commas)."""

    name: str
    component: Component
    kind: str
    default: Any

    @property
    def linked(self) -> bool:
        """Whether a link can carry it."""
        return self.name != CONSENT

    def read(self, text: str) -> Any:
        """The value that a link's `text` stands for; raises `ValueError` for what the component could not hold."""
        if not self.linked:
            _refuse(text)
        if self.kind == "flag":
            return {"1": True, "0": False}[text] if text in ("0", "1") else _refuse(text)
        if self.kind == "number":
            return _number(self.component, text)
        choices = {str(value): value for _, value in self.component.choices}  # pyright: ignore[reportAttributeAccessIssue]
        if self.kind == "choice":
            return choices[text] if text in choices else _refuse(text)
        chosen = text.split(",") if text else []
        most = getattr(self.component, "max_choices", None) or len(choices)
        if len(chosen) > most or len(set(chosen)) < len(chosen) or not set(chosen) <= set(choices):
            _refuse(text)
        return [choices[one] for one in chosen]


def settings(inputs: dict[str, Component]) -> dict[str, Setting]:
    """Those of the components, by parameter's name, whose values could be in a link."""
    found = {}
    for name, component in inputs.items():
        kind = _kind(component)
        if kind:
            assert name not in RESERVED, name
            found[name] = Setting(name, component, kind, _default(component, kind))
    return found


def _kind(component: Component) -> str | None:
    if isinstance(component, gr.Checkbox):
        return "flag"
    if isinstance(component, gr.Slider | gr.Number):
        return "number"
    if isinstance(component, gr.CheckboxGroup) or (isinstance(component, gr.Dropdown) and component.multiselect):
        return "choices"
    return "choice" if isinstance(component, gr.Radio | gr.Dropdown) else None


def _default(component: Component, kind: str) -> Any:
    value: Any = component.value  # pyright: ignore[reportAttributeAccessIssue]
    return {"flag": bool, "choices": lambda chosen: list(chosen or [])}.get(kind, lambda other: other)(value)


def _number(component: Any, text: str) -> int | float:
    value = float(text)
    slider = isinstance(component, gr.Slider)
    whole = float(component.step or 1).is_integer() if slider else component.precision == 0
    low, high = (MOST * sign if end is None else end for sign, end in ((-1, component.minimum), (1, component.maximum)))
    if not low <= value <= high or (whole and not value.is_integer()):  # NaN fails the first
        _refuse(text)
    return int(value) if whole else value


def _refuse(text: str) -> Any:
    raise ValueError(text)
