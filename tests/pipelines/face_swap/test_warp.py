"""Pixels go with the triangles around them."""

from __future__ import annotations

import numpy as np

from pipelines.face_swap.warp import carried


def test_an_affine_map_of_the_points_moves_every_pixel_by_it() -> None:
    rim = np.array([(x, y) for x in (0, 16, 32) for y in (0, 16, 32)], float)
    # Points next to the rim's lines make triangles that are next to flat.
    points = np.vstack([rim, np.random.default_rng(0).uniform(2, 30, (40, 2)), [[8, 1e-12], [1e-12, 24]]])
    turn, shift = np.array([[0.9, 0.2], [-0.1, 1.1]]), [3.0, -2.0]
    pixels = np.stack(np.meshgrid(np.arange(32) + 0.5, np.arange(32) + 0.5), -1)
    np.testing.assert_allclose(carried(points, points @ turn + shift, 32), pixels @ turn + shift, atol=1e-4)


def test_a_pixel_outside_of_all_points_stays() -> None:
    points = np.array([[4, 4], [12, 4], [4, 12], [12, 12]], float)
    moved = carried(points, points + 1, 16)
    assert moved[2, 2].tolist() == [2.5, 2.5]
    assert moved[8, 8].tolist() == [9.5, 9.5]
