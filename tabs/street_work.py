"""What the object-insertion tab computes: a street read, its list of edits done, boxes suggested."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import gradio as gr

import hosting
from imaging.files import Picture
from imaging.streets import NAMES, OBJECTS
from imaging.types import Image, LabelMap, Mask
from pipelines.inpainting import Guide, Inpainting
from pipelines.inpainting import Options as Filling
from pipelines.object_insertion.pipeline import ObjectInsertion, Options, Step
from pipelines.scene_parsing.given import given as as_labels
from pipelines.scene_parsing.pipeline import SceneParsing
from tabs.components.box_editor import EditFields
from tabs.handlers import computes, pipeline_or_default
from tabs.language import say
from tabs.street_edits import Scene, asked, edits_of, with_boxes

KINDS = ("car", "person", "bicycle", "rider", "motorcycle", "bus", "truck", "train", "trailer")
"""What can be chosen: of caravans there were too few to learn from."""

MOST_BYTES = 48_000_000  # of pictures that a visitor's session holds between runs
SUGGEST_SIDE = 512  # pixels of the map from which boxes are suggested


@dataclass(frozen=True, eq=False)
class Made:
    """The street after `done` edits of the list, as it was before the last one, and the pipeline's steps of that.

    Without steps it is the street while the next one forms. `way`: stands for the street and all that was done to it so
    far.
    """

    image: Image
    labels: LabelMap
    done: int
    before: Image
    steps: tuple[Step, ...]
    way: str

    @property
    def is_empty(self) -> bool:
        """Whether nothing came, or went: the network saw no room for an object, or there was none."""
        return not self.steps[-1].mask.any()


@computes(seconds=20)
def look(language: str, photo: Image, network: str, given: Image | None) -> Iterator[Scene]:
    """What the street shows."""
    if given is not None:
        yield Scene(photo, as_labels(given, photo.shape[0], photo.shape[1]), network, given)
        return
    pipeline, _ = pipeline_or_default(language, SceneParsing, network)
    yield Scene(photo, pipeline(photo).labels, network)


@computes(seconds=60)
def insert(
    language: str,
    photo: Image,
    labels: LabelMap,
    entries: Sequence[EditFields],
    reference: tuple[int, int, int] | None,
    options: Options,
    known: Sequence[Made] | None = None,
) -> Iterator[Made]:
    """Does one entry after the other, seen as it forms; what `known` has done, on the same street in the same way, is
    not done again."""
    height, width = photo.shape[:2]
    asked(entries, height, width, reference)
    pipeline, image = hosting.pipeline(ObjectInsertion, "embedded"), photo
    way = hashlib.sha256(photo.tobytes() + labels.ids.tobytes() + repr((reference, options)).encode())
    done = {made.way: made for made in known or ()}
    for number, entry in enumerate(entries, start=1):
        way.update(entry.model_dump_json().encode())
        made = done.get(way.hexdigest())
        if made is None:
            edits, result = edits_of(entry, image, labels, reference), None
            for result in pipeline.steps(image, labels, edits, options, fill=_fill):
                if len(result.steps) < len(edits):
                    yield Made(result.image, result.labels, number - 1, image, (), "")
            assert result is not None, "there is an edit, so there is a result"
            made = Made(result.image, result.labels, number, image, result.steps, way.hexdigest())
        image, labels = made.image, made.labels
        yield made


def remembered(made: Sequence[Made]) -> tuple[Made, ...]:
    """The first of these, as many as a visitor's session may hold: one at least, however large the street."""
    most = max(1, MOST_BYTES // (2 * made[0].image.nbytes)) if made else 0
    return tuple(made[:most])


def _fill(image: Image, gone: Mask, labels: LabelMap) -> Iterator[Image]:
    """By pieces of what the street is to be there, never of objects unless they go on behind; `gone` has its rim."""
    guide = Guide.sparing(labels.ids, gone, OBJECTS)
    for result in hosting.pipeline(Inpainting, "patchmatch").steps(image, gone, Filling(grow=0), guide=guide):
        yield result.image


@computes(seconds=10)
def likely(
    language: str, labels: LabelMap, count: int, seed: int, entries: Sequence[EditFields] = ()
) -> Iterator[list[EditFields]]:
    """Boxes where objects are wont to be and none of `entries` puts one, in pixels of the photo."""
    height, width = labels.ids.shape
    labels = with_boxes(labels, entries)
    scale = min(1.0, SUGGEST_SIDE / max(height, width))
    small = labels.resized(max(1, round(height * scale)), max(1, round(width * scale)))
    habits = hosting.pipeline(ObjectInsertion, "embedded").habits
    boxes = habits.suggested(small, count, seed, tuple(NAMES.index(kind) for kind in KINDS))
    yield [
        EditFields(
            box=[
                min(max(0, round(edge / scale)), most)
                for edge, most in zip((box.left, box.top, box.right, box.bottom), (width, height) * 2, strict=True)
            ],
            label=box.label,
        )
        for box in boxes
    ]


def scene_of(language: str, photo: Picture | None, network: str, own_map: Picture | None, scene: Scene | None) -> Scene:
    """The scene that is in view, or that of a photo that was not looked at yet."""
    if photo is None:
        hint = say(language, "Add a photo of a street first: drop one on the left, or click an example.")
        raise gr.Error(hint, print_exception=False)
    image, given = photo.flattened(), own_map.flattened() if own_map else None
    if scene is not None and scene.is_of(image, network, given):
        return scene
    (found,) = look(language, image, network, given)
    return found
