"""Eigenvectors, sparsification, grouping, relaxation, sizes, colours: one closed form or known number each."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array

from imaging.types import Image
from pipelines.soft_segmentation.clustering import beginning, beginning_by_splits, grouping, layer_features
from pipelines.soft_segmentation.colours import at_full_size, layer_colours
from pipelines.soft_segmentation.eigenvectors import smallest
from pipelines.soft_segmentation.features import semantic_features
from pipelines.soft_segmentation.local_linear import local_linear
from pipelines.soft_segmentation.names import name
from pipelines.soft_segmentation.refinement import enlarged, sharpened
from pipelines.soft_segmentation.relaxation import gradient, relaxed, solved
from pipelines.soft_segmentation.sizes import resized, with_shorter, within
from pipelines.soft_segmentation.sparsification import sparsified, whole
from pipelines.soft_segmentation.superpixels import at_middles, superpixels
from tests.pipelines.soft_segmentation.conftest import PARITY, Docia


def two_cliques(side: int) -> csr_array:
    """The Laplacian of two complete graphs of `side` points, one weak edge between them."""
    weights = np.kron(np.eye(2), np.ones((side, side)))
    weights[0, side] = weights[side, 0] = 0.01
    np.fill_diagonal(weights, 0)
    return csr_array(np.diag(weights.sum(1)) - weights)


def test_eigenpairs_are_those_of_the_dense_solver() -> None:
    matrix = two_cliques(30)
    values, vectors = smallest(matrix, 4, precise=True)
    np.testing.assert_allclose(values, np.linalg.eigvalsh(matrix.toarray())[:4], atol=1e-9)
    np.testing.assert_allclose(matrix @ vectors, vectors * values, atol=1e-8)
    again, _ = smallest(matrix, 4, precise=False)
    np.testing.assert_allclose(again, values, atol=1e-4)


def test_sparsification_finds_the_parts_and_drops_what_is_nowhere() -> None:
    side = 30
    values, vectors = smallest(two_cliques(side), 4, precise=True)
    start = np.repeat([0, 1, 2], [side, side - 2, 2])
    start[side + 3] = 2
    *_, layers = sparsified(vectors, values, whole(start), np.arange(2 * side))
    np.testing.assert_allclose(layers.sum(1), 1, atol=0.02)
    largest = layers[:, layers.mean(0).argsort()[-2:]]
    assert np.abs(np.sort(largest, 1) - [0, 1]).max() < 0.1
    assert set(largest.argmax(1)[:side]) != set(largest.argmax(1)[side:])


def test_sparsification_goes_on_from_layers() -> None:
    random = np.random.default_rng(0)
    vectors = np.linalg.qr(np.concatenate([np.ones((60, 1)), random.standard_normal((60, 5))], 1))[0]
    values, everything = 0.1 * np.arange(6.0), np.arange(60)
    # Nothing but the layers passes from round to round.
    first, second = sparsified(vectors, values, whole(np.arange(60) // 20), everything, rounds=2)
    (again,) = sparsified(vectors, values, first, everything, rounds=1)
    np.testing.assert_allclose(again, second, atol=1e-6)


def test_layers_of_like_features_are_grouped_and_empty_groups_left_out() -> None:
    layers = np.repeat(np.eye(5), [40, 40, 30, 30, 1], axis=0)[:, :5]
    features = np.array([[0.0], [0.05], [0.9], [0.95], [0.5]]) * [1, 1, 1]
    means = layer_features(layers, features[layers.argmax(1)])
    np.testing.assert_allclose(means, features)
    member = grouping(means, layers, 2, 0, weighted=True)
    assert member.shape == (5, 2)
    assert (member[0] == member[1]).all()
    assert (member[2] == member[3]).all()
    assert (member[0] != member[2]).any()
    assert grouping(means, layers, None, 0, weighted=True).shape[1] == 3


@pytest.mark.parametrize("precise", [True, False])
def test_relaxation_is_the_authors(docia: Docia, precise: bool) -> None:
    before, after = (np.load(PARITY / f"softsegments{part}.npz") for part in ("_grouped", ""))
    groups = before[before.files[0]].reshape(-1, 5).astype(np.float64)
    found = relaxed(docia.graph, docia.colours, groups, precise)
    assert np.abs(found - after[after.files[0]].reshape(-1, 5)).mean() < (2e-5 if precise else 3e-3)


def test_conjugate_gradients_solve_the_coupled_system() -> None:
    random = np.random.default_rng(0)
    graph, weights, right = two_cliques(6), random.random((12, 3)) + 0.5, random.random((12, 3))
    found = solved(graph, weights, right, np.zeros((12, 3)), 1e-12, 200)
    whole = (
        np.kron(np.eye(3), graph.toarray()) + np.diag(weights.T.ravel()) + 100 * np.kron(np.ones((3, 3)), np.eye(12))
    )
    expected = np.linalg.solve(whole, (right + 100).T.ravel()).reshape(3, 12).T
    np.testing.assert_allclose(found, expected, atol=1e-8)


def test_the_gradient_of_a_ramp_is_its_slope() -> None:
    ramp = np.repeat(0.01 * np.arange(40.0)[None, :, None], 30, 0) * [1, 0, 0]
    np.testing.assert_allclose(gradient(ramp)[10:-10, 15:-15], 0.01, rtol=0.03)


def test_a_linear_function_of_colour_is_enlarged_exactly() -> None:
    smooth = resized(np.random.default_rng(2).random((5, 6, 3)), 48, 60).astype(np.float64)
    image = np.rint(255 * smooth).astype(np.uint8)
    small = resized(image.astype(np.float64) / 255, 24, 30).astype(np.float64)
    weights = np.array([[0.2, -0.2], [0.1, -0.1], [0.3, -0.3]])
    layers = small @ weights + [0.2, 0.8]
    slopes, _ = local_linear(layers, small, 3, 1e-9)
    np.testing.assert_allclose(slopes[12, 15], weights, atol=1e-3)
    bands = list(enlarged(layers, small, image))
    found = np.concatenate([band for _, band in bands])
    np.testing.assert_allclose(found, image / 255 @ weights + [0.2, 0.8], atol=5e-3)


def test_a_coarse_border_moves_to_the_edge_of_the_picture(docia: Docia) -> None:
    truth = np.load(PARITY / "softsegments.npz")
    soft = truth[truth.files[0]].reshape(320, 320, 5).astype(np.float64)
    coarse = resized(resized(soft, 80, 80), 320, 320)
    found = sharpened(docia.graph, coarse, 4.0)
    assert np.abs(found - soft).mean() < 0.45 * np.abs(coarse - soft).mean()


def test_layers_have_colours_of_their_own_that_give_the_photo_again() -> None:
    alpha = np.clip((np.arange(60) - 20) / 20, 0, 1)[None].repeat(40, 0)
    front, back = np.array([0.9, 0.2, 0.1]), np.array([0.1, 0.3, 0.8])
    colours = alpha[..., None] * front + (1 - alpha[..., None]) * back
    layers = np.stack([1 - alpha, alpha], 2).astype(np.float32)
    estimate = layer_colours(colours, layers)
    assert np.abs(estimate[1, :, 25:] - front).max() < 0.08
    assert np.abs(estimate[0, :, :35] - back).max() < 0.08
    image = np.rint(255 * colours).astype(np.uint8)
    own = at_full_size(estimate, image, layers)
    assert np.abs((np.moveaxis(layers, 2, 0)[..., None] * own).sum(0) - image).max() <= 3


def test_features_follow_the_edges_and_keep_their_meaning_in_the_next_frame(three_things: Image) -> None:
    colours = three_things / 255
    embedding = resized(colours, 16, 20) @ np.random.default_rng(3).normal(size=(3, 12))
    found, projection = semantic_features(embedding, colours)
    assert found.shape == (64, 80, 3)
    assert 0 <= found.min() < found.max() <= 1
    assert np.linalg.norm(found[5, 5] - found[5, 75]) > 0.5
    # Three colours span two components; the third is noise, of the same weight as in the paper.
    assert np.linalg.norm(found[5, 5, :2] - found[55, 20, :2]) < 0.1
    again, same = semantic_features(embedding[:, ::-1], colours[:, ::-1], projection)
    assert same is projection
    np.testing.assert_allclose(again[:, ::-1, :2], found[..., :2], atol=0.02)


def test_both_beginnings_follow_the_features(three_things: Image) -> None:
    colours, patches = three_things / 255, superpixels(three_things, 200)
    for start in (beginning(colours, patches, 0), beginning_by_splits(colours, 0)):
        assert start.shape == (64 * 80,)
        assert 3 <= start.max() + 1 <= 40
        grid = start.reshape(64, 80)
        assert not set(grid[:10, :20].ravel()) & set(grid[:10, 60:].ravel())


def test_a_flat_picture_begins_as_one() -> None:
    flat = np.full((20, 20, 3), 0.4)
    assert beginning(flat, at_middles(np.arange(400).reshape(20, 20) // 40), 0).max() == 0
    assert beginning_by_splits(flat, 0).max() == 0


def test_names_say_colour_and_place(three_things: Image) -> None:
    columns = np.arange(80)[None].repeat(64, 0)
    assert name((columns < 20).astype(np.float32), three_things / 255) == ("red", "left")
    assert name((columns > 60).astype(np.float32), three_things / 255) == ("blue", "right")


@pytest.mark.parametrize(("size", "expected"), [((480, 640), (480, 640)), ((2000, 3000), (453, 679))])
def test_a_working_size_has_the_same_shape_and_is_never_larger(
    size: tuple[int, int], expected: tuple[int, int]
) -> None:
    assert within(*size, 307_200) == expected
    assert min(with_shorter(*size, 144)) == 144
    assert with_shorter(20, 30, 144) == (20, 30)
