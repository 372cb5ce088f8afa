"""What each tab gives to others and takes from them.

A tab that is not named here gives its result, the right side of its comparison, and takes a picture at its door's
entrance.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
from gradio.components import Component
from gradio.utils import get_upload_folder, is_in_or_equal

from imaging.files import Picture, png, read
from imaging.types import Image, InputError
from tabs.doors import Door, raw
from tabs.gifts import Gift, hole_of_layer, hole_of_regions, layer_alone
from tabs.handlers import hand_out
from tabs.language import both

LARGEST = 100.0  # megapixels of a result that is read
File = Mapping[str, Any] | None
Order = Mapping[str, Any]
"""What the menu asks for: `give` and `take` by number; the mixer's chosen `layer`, or the `picture` that it made."""


@dataclass(frozen=True, eq=False)
class Give:
    """`make` gets the values of `parts` as the browser has them, and the order. `hole`: a mask comes with the photo."""

    words: dict[str, str]
    parts: Callable[[Door], list[Component]]
    make: Callable[..., Gift]
    hole: bool = False
    asks: str = ""  # what the browser's script adds to the order: "layer" or "picture"


@dataclass(frozen=True, eq=False)
class Take:
    """A picture goes into the parameter `into`, its hole into `mask` where there is one; `also` is set with it.

    `opens`: the id of an accordion in which something appears.
    """

    into: str
    words: dict[str, str] | None = None
    mask: str = ""
    also: Mapping[str, Any] = field(default_factory=dict)
    opens: str = ""


def opened(file: File) -> Picture:
    """The picture in a file that the page handed out or took in; no other path is read."""
    if not file:
        raise InputError("There is nothing to send yet: press Run first, or click an example.")
    path = Path(str(file.get("path")))
    if not is_in_or_equal(path, get_upload_folder()) or not path.is_file():
        raise InputError("This file is no longer there. Choose the picture again.")
    return read(path, LARGEST)


def _seen(pair: Sequence[File] | None, _: Order) -> Gift:
    return Gift(opened((pair or [None])[-1]))


def _whole(file: File, pair: Sequence[File] | None, order: Order) -> Gift:
    """The file to download: the comparison shows a part of it alone."""
    return Gift(opened(file)) if file else _seen(pair, order)


def _mixed(order: Order) -> Gift:
    return Gift(opened(order.get("picture")))


def _layer(photo: File, mixer: Any, order: Order) -> Gift:
    return layer_alone(opened(photo), _chosen(mixer, order))


def _hole(photo: File, mixer: Any, order: Order) -> Gift:
    return hole_of_layer(opened(photo), _chosen(mixer, order))


def _chosen(mixer: Any, order: Order) -> Image:
    layers, chosen = (mixer or {}).get("layers") or [], order.get("layer")
    if not layers:
        return opened(None).pixels  # says so
    if not isinstance(chosen, int) or not 0 <= chosen < len(layers):
        raise InputError("Choose a layer first: click it in the picture of the layers, or below it.")
    return opened(layers[chosen]["file"]).pixels


def _regions(photo: File, painted: Any, _: Order) -> Gift:
    labels, picked = (painted or {}).get("labels"), (painted or {}).get("picked")
    if not labels or not picked:
        raise InputError("Pick what shall go on the map first.")
    return hole_of_regions(opened(photo), opened(labels).pixels[..., 0], picked)


def _photo_and(kind: str) -> Callable[[Door], list[Component]]:
    """The tab's photo, and its part of that kind."""

    def found(door: Door) -> list[Component]:
        parts = [*door.inputs.values(), *door.outputs]
        return [door.entrance, next(part for part in parts if type(part).__name__ == kind)]

    return found


RESULT = Give(both("The result"), lambda door: [door.frame.comparison], _seen)
MIXER, MAP = _photo_and("LayerMixer"), _photo_and("LabelPainter")
GIVES: dict[str, tuple[Give, ...]] = {
    "region_style": (Give(RESULT.words, lambda door: [door.frame.download, door.frame.comparison], _whole),),
    "soft_segmentation": (
        Give(both("The picture as it is mixed"), lambda _: [], _mixed, asks="picture"),
        Give(both("The chosen layer, cut out"), MIXER, _layer, asks="layer"),
        Give(both("The photo, the chosen layer as its hole"), MIXER, _hole, hole=True, asks="layer"),
    ),
    "object_insertion": (RESULT, Give(both("The photo, what is picked on the map as its hole"), MAP, _regions, True)),
}
TAKES: dict[str, tuple[Take, ...]] = {
    "style_transfer": (
        Take("photo"),
        Take("own", both("as the style"), also={"paintings": []}, opens="style_transfer-own-style"),
    ),
    "region_style": (
        Take("portrait"),
        Take("reference_1", both("as the reference"), also={"style": "Reference 1"}),
    ),
    "face_swap": (
        Take("photo", also={"agreed": False}),
        Take("targets", both("as the target"), also={"agreed": False}),
    ),
    "inpainting": (
        Take("photo", also={"mask": None}),
        Take("photo", mask="mask", opens="inpainting-mask-settings"),
    ),
}


def gives(door: Door) -> tuple[Give, ...]:
    """What the tab gives."""
    return GIVES.get(door.name, (RESULT,))


def takes(door: Door) -> tuple[Take, ...]:
    """What the tab takes."""
    entrance = next(name for name, component in door.inputs.items() if component is door.entrance)
    return TAKES.get(door.name, (Take(entrance),))


def filled(door: Door, take: Take, gift: Gift) -> dict[Component, Any]:
    """What the tab's inputs become, as the browser takes it; pictures too large for it are shrunk."""
    into = door.inputs[take.into]
    gift = gift.at_most(getattr(into, "limit_megapixels", 12.0) * 1e6)
    file = hand_out(png(gift.picture), "sent.png")
    given: dict[str, Any] = {**take.also, take.into: [file] if isinstance(into, gr.Gallery) else file}
    if take.mask and gift.hole is not None:
        white = np.repeat(np.where(gift.hole, 255, 0).astype(np.uint8)[..., None], 3, 2)
        given[take.mask] = hand_out(png(Picture(white)), "hole.png")
    return {door.inputs[name]: raw(door.inputs[name], value) for name, value in given.items()}
