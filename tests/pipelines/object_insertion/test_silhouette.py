"""A box of any shape is one square; what is expected in it stays in it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image as PillowImage

from imaging.streets import NAMES, NOTHING
from imaging.types import Box, Image, LabelMap
from pipelines.object_insertion.edits import Edit
from pipelines.object_insertion.pipeline import ObjectInsertion, Options
from pipelines.object_insertion.silhouette import (
    INNER,
    SIDE,
    Silhouette,
    batched,
    expected,
    mirrored,
    surroundings,
)
from pipelines.object_insertion.windows import filled

Street = tuple[Image, LabelMap]
CAR = NAMES.index("car")


@pytest.fixture(scope="module")
def silhouette() -> Silhouette:
    torch.manual_seed(0)
    return Silhouette(widths=(4, 4, 8)).eval().requires_grad_(False)


@pytest.mark.parametrize("box", [Box(60, 40, 90, 60), Box(0, 0, 30, 90), Box(150, 100, 200, 120)])
def test_the_box_itself_is_not_seen(street: Street, box: Box) -> None:
    image, labels = street
    inside = filled(box, *labels.ids.shape)
    ids, pixels, place = surroundings(image, labels.ids, box)
    others = surroundings(np.where(inside[..., None], np.uint8(9), image), np.where(inside, 5, labels.ids), box)
    rim = (SIDE - INNER) // 2
    middle = np.s_[rim : rim + INNER, rim : rim + INNER]
    assert (ids[middle] == NOTHING).all()
    assert (pixels[middle] == 0).all()
    assert np.array_equal(place, others[2])
    far = np.ones((SIDE, SIDE), bool)
    far[rim - 2 : rim + INNER + 2, rim - 2 : rim + INNER + 2] = False  # bilinear pixels beside the box see its edge
    assert np.array_equal(pixels[far], others[1][far])
    assert np.array_equal(ids[far], others[0][far])


def test_a_mirrored_street_is_seen_in_a_mirror(street: Street) -> None:
    image, labels = street
    width = image.shape[1]
    box = Box(40, 50, 76, 80)
    here = batched([surroundings(image, labels.ids, box)], [CAR])
    turned = replace(box, left=width - box.right, right=width - box.left)
    there = batched([surroundings(image[:, ::-1].copy(), labels.ids[:, ::-1].copy(), turned)], [CAR])
    for one, other in zip(mirrored(*here), there, strict=True):
        assert (one.float() - other.float()).abs().mean() < 0.05


def test_a_larger_photo_looks_alike(street: Street) -> None:
    smooth = np.linspace(0, 255, 512, dtype=np.uint8)[None, :, None].repeat(256, 0).repeat(3, 2)
    ids = np.full((256, 512), 7, np.uint8)
    ids[:100] = 23
    one = surroundings(smooth, ids, Box(100, 80, 160, 140))
    large = np.asarray(PillowImage.fromarray(smooth).resize((1536, 768), PillowImage.Resampling.BILINEAR))
    other = surroundings(large, ids.repeat(3, 0).repeat(3, 1), Box(300, 240, 480, 420))
    assert np.abs(one[1].astype(int) - other[1]).max() <= 3
    assert (one[0] == other[0]).mean() > 0.95
    assert one[2] == pytest.approx(other[2], abs=1e-6)


def test_probabilities_fill_the_box_and_do_not_depend_on_the_side(silhouette: Silhouette, street: Street) -> None:
    image, labels = street
    box = Box(40, 50, 76, 80)
    made = expected(silhouette, image, labels.ids, box, CAR, "cpu")
    assert made.shape == (box.height, box.width)
    assert 0 <= made.min() < made.max() <= 1
    turned = replace(box, left=image.shape[1] - box.right, right=image.shape[1] - box.left)
    other = expected(silhouette, image[:, ::-1].copy(), labels.ids[:, ::-1].copy(), turned, CAR, "cpu")
    assert other[:, ::-1] == pytest.approx(made, abs=0.02)


def test_what_is_expected_is_drawn_unless_the_articles_way_is_asked_for(
    insertion: ObjectInsertion, street: Street
) -> None:
    class Middle(Silhouette):
        """Expects two thirds of the box, in its middle."""

        def forward(self, ids: torch.Tensor, *_: torch.Tensor) -> torch.Tensor:
            made = torch.full((len(ids), INNER, INNER), -20.0)
            made[:, 5:-5, 5:-5] = 20.0
            return made

    ours, box = replace(insertion, silhouette=Middle(widths=(4, 4, 8))), Box(110, 60, 150, 100, "car")
    result = ours(*street, [Edit(box)], Options(outline="expected"))
    came = (result.labels.ids == CAR) & (street[1].ids != CAR)
    rows, columns = (np.flatnonzero(came.any(axis)) for axis in (1, 0))
    assert rows[0] == pytest.approx(67, abs=1)
    assert rows[-1] == pytest.approx(92, abs=1)
    assert (columns[0], columns[-1]) == (rows[0] + 50, rows[-1] + 50)
    article, alone = (one(*street, [Edit(box)], Options(outline="network")) for one in (ours, insertion))
    assert np.array_equal(article.image, alone.image)
    assert not np.array_equal(article.labels.ids, result.labels.ids)


def test_the_shipped_one_expects_people_to_be_narrow_at_their_head() -> None:
    insertion = ObjectInsertion.load("embedded")
    assert insertion.silhouette
    image = np.full((256, 512, 3), 90, np.uint8)
    ids = np.full((256, 512), NAMES.index("building"), np.uint8)
    ids[110:] = NAMES.index("road")
    made = expected(insertion.silhouette, image, ids, Box(200, 80, 230, 160), NAMES.index("person"), "cpu") > 0.5
    assert 0.35 < made.mean() < 0.9
    assert made[:8].sum(1).mean() < 0.7 * made[25:40].sum(1).mean()
    assert not made[:6, :6].any()
