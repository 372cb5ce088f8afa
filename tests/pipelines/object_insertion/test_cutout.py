"""An object's outline is sharp and its own, its details are stronger, and it has the photo's grain."""

from __future__ import annotations

import numpy as np

from pipelines.object_insertion.cutout import detailed, edge, grain, solid

HERE = np.s_[10:50, 20:70]
MASK = np.zeros((60, 90), bool)
MASK[HERE] = True


def test_the_rim_has_the_colours_of_the_inside() -> None:
    pixels = np.full((60, 90, 3), 30, np.uint8)  # a dark road
    pixels[HERE] = 200
    pixels[10:12, 20:70] = 110  # where the network mixed both
    made = solid(pixels, MASK, 2)
    assert np.array_equal(made[~MASK], pixels[~MASK])
    assert made[10, 25:65].min() > 165
    assert np.array_equal(made[20:40, 30:60], pixels[20:40, 30:60])
    thin = np.zeros_like(MASK)
    thin[30, 20:70] = True
    assert solid(pixels, thin, 2) is pixels


def test_details_are_stronger_and_what_is_around_does_not_shine_in() -> None:
    pixels = np.full((60, 90, 3), 255, np.uint8)
    pixels[HERE] = 100
    pixels[25:30, 40:50] = 60
    made = detailed(pixels, MASK, np.zeros_like(pixels), 1, 0)
    assert np.array_equal(made[~MASK], pixels[~MASK])
    assert np.abs(made[10:20, 20:35].astype(int) - 100).max() <= 1
    assert made[27, 45].max() < 60
    assert made[27, 38].min() > 100


def test_grain_is_as_strong_as_the_photos_and_edges_are_no_grain() -> None:
    drawing = np.zeros((200, 200, 3), np.uint8)
    drawing[:, 100:] = 255
    assert not grain(drawing, 0).any()
    noise = np.random.default_rng(1).normal(0, 6, drawing.shape[:2])[..., None]
    strength = grain(np.clip(drawing // 2 + 60 + noise, 0, 255).astype(np.uint8), 0).std()
    assert 4 < strength < 7
    assert np.array_equal(grain(drawing + np.uint8(1), 3), grain(drawing + np.uint8(1), 3))


def test_the_edge_is_half_at_the_outline_and_one_inside() -> None:
    share = edge(MASK, 2)
    assert 0.4 < share[30, 19:21].mean() < 0.6
    assert share[30, 45] > 0.999
    assert share[30, 10] == 0
