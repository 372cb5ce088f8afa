"""The graph: its closed forms, and the authors' numbers."""

from __future__ import annotations

import numpy as np
from scipy.special import erf

from pipelines.soft_segmentation.laplacian import (
    EPSILON,
    colour_affinity,
    laplacian,
    matting_affinity,
    semantic_affinity,
)
from pipelines.soft_segmentation.superpixels import at_middles
from tests.pipelines.soft_segmentation.conftest import PARITY, Docia


def test_an_affinity_is_levins_sum_over_windows() -> None:
    colours = np.random.default_rng(0).random((6, 7, 3))
    found = matting_affinity(colours).toarray()
    expected = np.zeros((42, 42))
    for row in range(4):
        for column in range(5):
            pixels = [(row + i // 3) * 7 + column + i % 3 for i in range(9)]
            window = colours.reshape(-1, 3)[pixels]
            centred = window - window.mean(0)
            inverse = np.linalg.inv(centred.T @ centred / 9 + EPSILON * np.eye(3))
            expected[np.ix_(pixels, pixels)] += (1 + centred @ inverse @ centred.T) / 9
    np.fill_diagonal(expected, 0)
    np.testing.assert_allclose(found, expected, atol=1e-9)


def test_a_linear_function_of_colour_costs_nothing() -> None:
    colours = np.random.default_rng(1).random((12, 9, 3))
    patches = at_middles(np.arange(108).reshape(12, 9) // 27)
    graph = laplacian(colours, np.zeros((12, 9, 3)), patches)
    assert abs(graph.sum(1)).max() < 1e-9
    matte = colours.reshape(-1, 3) @ [0.3, -0.2, 0.5] + 0.1
    affinity = matting_affinity(colours)
    cost = matte @ (np.asarray(affinity.sum(1)).ravel() * matte - affinity @ matte)
    assert cost < 1e-5 * (matte @ matte)


def test_superpixels_pull_and_push_by_their_features_and_colours() -> None:
    labels = np.repeat(np.arange(3), 4)[None].repeat(6, 0)
    patches = at_middles(labels)
    assert patches.pixels.tolist() == [3 * 12 + 2, 3 * 12 + 6, 3 * 12 + 10]
    assert patches.neighbours().tolist() == [[0, 1], [1, 2]]
    values = np.array([0.0, 0.05, 0.5])[labels][..., None] * [1, 0, 0]
    pulled = semantic_affinity(values, patches).tocsr()
    first, middle, last = patches.pixels
    assert np.isclose(pulled[first, middle], erf(20 * 0.1))
    assert np.isclose(pulled[middle, last], erf(20 * (0.15 - 0.45)))
    assert pulled[first, last] == 0
    # Neither is within a fifth of the picture's width but one is exactly as far away as a third.
    assert colour_affinity(values, patches).nnz == 0


def test_it_is_the_authors_graph(docia: Docia) -> None:
    probe = np.load(PARITY / "laplacian_probe.npz")
    vectors = np.stack([np.random.RandomState(k).standard_normal(102400) for k in range(3)], 1)
    wrong = np.abs(docia.graph @ vectors - probe["product"]).max(1) > 1e-6
    # Centroids that fall on half a pixel are rounded either way, and change the degrees of all in their reach.
    assert wrong.mean() < 0.025
    assert (np.abs(docia.graph.diagonal() - probe["diagonal"]) > 1e-6).mean() < 0.025
