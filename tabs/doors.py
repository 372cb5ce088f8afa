"""What the rest of the page knows of a tab: its inputs by name, its settings, its examples and where results appear.

A tab says all that in its one call of `layout.run_and_stop`; links, examples, embedding, sharing and sending from tab
to tab work on `Door`s and need no line in a tab.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import gradio as gr
from gradio.components import Component
from gradio.data_classes import GradioModel, GradioRootModel

from tabs.frame import Frame
from tabs.settings import Setting, settings

Example = Mapping[str, Any]
"""Values by parameter's name: paths for pictures, plain values for settings; what is not named keeps its default."""

HANDED_OUT = (gr.DownloadButton, gr.File)
PICTURES = (gr.Image, gr.ImageEditor)


@dataclass(frozen=True, eq=False)
class Door:
    """A tab, seen from outside. `run` is its handler, the endpoint of that name as well."""

    frame: Frame
    endpoint: str
    run: Callable[..., Any]
    inputs: dict[str, Component]
    outputs: tuple[Component, ...]
    examples: Mapping[str, Example]
    settings: dict[str, Setting] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "settings", settings(self.inputs))

    @property
    def name(self) -> str:
        """The tab's word."""
        return self.frame.name

    @property
    def pictures(self) -> dict[str, Component]:
        """The inputs that are neither settings nor kept on our side: what a visitor puts in."""
        return {
            name: component
            for name, component in self.inputs.items()
            if name not in self.settings and not isinstance(component, gr.State)
        }

    @property
    def entrance(self) -> Component:
        """The input that takes a picture from another tab."""
        return next(component for component in self.inputs.values() if isinstance(component, PICTURES))

    @property
    def shown(self) -> list[Component]:
        """The outputs that a result is seen in: no files, nothing kept on our side."""
        return [component for component in self.outputs if not isinstance(component, (*HANDED_OUT, gr.State))]

    def values(self, example: Example, **chosen: Any) -> dict[Component, Any]:
        """What all inputs become, as the browser takes it: the example's, the chosen settings, else the defaults."""
        given = {setting.name: setting.default for setting in self.settings.values()} | dict(example) | chosen
        inputs = self.pictures | {name: setting.component for name, setting in self.settings.items()}
        return {component: raw(component, given.get(name)) for name, component in inputs.items()}

    def consent_withdrawn(self) -> dict[Component, Any]:
        """What was agreed to for other pictures is not agreed to for these."""
        return {one.component: one.default for one in self.settings.values() if not one.linked}

    def nothing_to_hand_out(self) -> dict[Component, Any]:
        """Downloads of an earlier run go away with it."""
        nothing = {"__type__": "update", "value": None, "interactive": False}
        return {one: nothing for one in self.outputs if isinstance(one, gr.DownloadButton)}


def raw(component: Component, value: Any) -> Any:
    """A Python value as the browser gets it: JSON, with files that Gradio serves."""
    if isinstance(component, gr.ImageEditor) and isinstance(value, str):
        value = {"background": value, "layers": [], "composite": value}
    made = component.postprocess(value)
    return made.model_dump() if isinstance(made, GradioModel | GradioRootModel) else made


def open_door(
    frame: Frame,
    endpoint: str,
    run: Callable[..., Any],
    inputs: Sequence[Component],
    outputs: Sequence[Component],
    examples: Mapping[str, Example],
) -> None:
    """Makes a tab's door known; the inputs get the names of the handler's parameters, as they have them in the API."""
    _open[frame.name] = Door(frame, endpoint, run, _named(run, inputs), tuple(outputs), examples)


def _named(run: Callable[..., Any], inputs: Sequence[Component]) -> dict[str, Component]:
    names = [name for name, one in inspect.signature(run).parameters.items() if "Request" not in str(one.annotation)]
    return dict(zip(names, inputs, strict=True))


@dataclass(frozen=True, eq=False)
class SideDoor:
    """One more endpoint of a tab, that helps the first: for programs alone."""

    endpoint: str
    inputs: dict[str, Component]
    outputs: tuple[Component, ...]
    settings: dict[str, Setting] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "settings", settings(self.inputs))

    @property
    def entrance(self) -> Component:
        """The input that takes a caller's pictures."""
        return next(component for name, component in self.inputs.items() if name not in self.settings)


def open_side_door(
    name: str, endpoint: str, run: Callable[..., Any], inputs: Sequence[Component], outputs: Sequence[Component]
) -> None:
    """Makes it known with the tab of that name."""
    _beside.setdefault(name, {})[endpoint] = SideDoor(endpoint, _named(run, inputs), tuple(outputs))


def side_doors(name: str) -> list[SideDoor]:
    """Those of a tab."""
    return list(_beside.get(name, {}).values())


def doors() -> dict[str, Door]:
    """Those of the page that was built last, by the tab's name."""
    return dict(_open)


_open: dict[str, Door] = {}
_beside: dict[str, dict[str, SideDoor]] = {}
