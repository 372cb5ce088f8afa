"""Nearest neural patches: planted ones are found, the reference's are ours, and the identities hold."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import Tensor

from networks import patches
from networks.patches import Matches, frozen_energy, nearest_patches, released_energy, swapped, touching

VISION = Path(__file__).parents[3] / "shared" / "parity" / "vision"
needs_parity = pytest.mark.skipif(not VISION.is_dir(), reason="../shared/parity is not beside this checkout")


def maps(*shapes: tuple[int, int, int], seed: int = 0) -> list[Tensor]:
    """Maps as a ReLU leaves them: half of the cells are 0."""
    numbers = torch.Generator().manual_seed(seed)
    return [torch.randn(shape, generator=numbers).relu() for shape in shapes]


def unfolded(features: Tensor, k: int, stride: int) -> Tensor:
    """Every patch in a row, float64 (patches, C * k * k)."""
    return F.unfold(features[None].double(), k, stride=stride)[0].T


def plain_scores(query: Tensor, source: Tensor, k: int, stride: int, metric: str) -> Tensor:
    """The score of every query patch with every source patch, (patches, patches'), by the definition."""
    ours, theirs = unfolded(query, k, stride), unfolded(source, k, stride)
    if metric == "l2":
        return -(ours[:, None] - theirs).square().sum(2)
    norms = ours.norm(dim=1)[:, None] * theirs.norm(dim=1)
    return ours @ theirs.T / norms.clamp_min(1e-12)


def corners(size: tuple[int, ...], k: int, stride: int) -> Tensor:
    """The top left cells of the patches of a map of `size`, int64 (patches, 2), y first."""
    y, x = (torch.arange(0, side - k + 1, stride) for side in size)
    return torch.cartesian_prod(y, x)


def in_window(query: Tensor, source: Tensor, k: int, stride: int, radius: int) -> Tensor:
    """bool (patches, patches'): whose corners lie within `radius` cells in y and in x."""
    ours, theirs = corners(tuple(query.shape[1:]), k, stride), corners(tuple(source.shape[1:]), k, stride)
    return (ours[:, None] - theirs).abs().amax(2) <= radius


def flat_index(matches: Matches) -> Tensor:
    """The number of each match in the one list of the patches of all sources."""
    grids = [[(side - matches.k) // matches.stride + 1 for side in size] for size in matches.source_sizes]
    before = torch.tensor([0] + [rows * columns for rows, columns in grids]).cumsum(0)
    width = torch.tensor([columns for _, columns in grids])[matches.source]
    place = matches.y // matches.stride * width + matches.x // matches.stride
    return (before[matches.source] + place).flatten()


def summed_squares(features: Tensor, sources: list[Tensor], matches: Matches) -> Tensor:
    """`sum |q - s|^2` over the matched patches, one after the other."""
    k, stride, total = matches.k, matches.stride, torch.zeros((), dtype=torch.float64)
    for row, column in matches.found.nonzero().tolist():
        number, y, x = (int(place[row, column]) for place in (matches.source, matches.y, matches.x))
        ours = features[:, row * stride : row * stride + k, column * stride : column * stride + k]
        total = total + (ours - sources[number][:, y : y + k, x : x + k]).double().square().sum()
    return total


# Closed forms


@pytest.mark.parametrize(("k", "stride"), [(3, 1), (3, 2), (1, 1), (5, 2), (2, 3)])
@pytest.mark.parametrize("metric", ["cosine", "l2"])
def test_a_map_finds_itself_patch_for_patch(k: int, stride: int, metric: patches.Metric) -> None:
    (features,) = maps((8, 13, 11))
    features += 0.01  # no empty patch
    matches = nearest_patches(features, [features], k, stride, metric)
    assert torch.equal(torch.stack([matches.y.flatten(), matches.x.flatten()], 1), corners((13, 11), k, stride))
    assert matches.score == pytest.approx(torch.full_like(matches.score, metric == "cosine"), abs=1e-4)
    swap = swapped(matches, [features])
    assert swap.spread == pytest.approx(0, abs=1e-3)
    torch.testing.assert_close(swap.mean, features * (swap.count > 0))


@pytest.mark.parametrize(("k", "stride"), [(3, 1), (3, 2), (1, 1)])
def test_a_planted_patch_is_found_whatever_its_contrast(k: int, stride: int) -> None:
    query, first, second = maps((4, 9, 10), (4, 12, 8), (4, 10, 14))
    second[:, 4 : 4 + k, 6 : 6 + k] = 7 * query[:, 2 : 2 + k, 4 : 4 + k]
    matches = nearest_patches(query, [first, second], k, stride)
    row, column = 2 // stride, 4 // stride
    found = [int(place[row, column]) for place in (matches.source, matches.y, matches.x)]
    assert found == [1, 4, 6]
    assert float(matches.score[row, column]) == pytest.approx(1)


def test_guidance_is_more_channels() -> None:
    query, source = maps((6, 10, 10), (6, 10, 12))
    halves, source_halves = torch.zeros(2, 10, 10), torch.zeros(2, 10, 12)
    halves[0, :, :5] = halves[1, :, 5:] = 100
    source_halves[0, :6] = source_halves[1, 6:] = 100
    matches = nearest_patches(torch.cat([query, halves]), [torch.cat([source, source_halves])])
    assert int(matches.y[:, :3].max()) <= 3, "the query's left half is like the source's upper one"
    assert int(matches.y[:, 5:].min()) >= 6
    swap = swapped(matches, [source])
    assert swap.mean.shape == query.shape, "the average is taken of the features alone"


# Against the definition


@pytest.mark.parametrize("metric", ["cosine", "l2"])
@pytest.mark.parametrize("radius", [None, 0, 1, 2, 5, 8, 40])
@pytest.mark.parametrize(("k", "stride"), [(3, 1), (3, 2), (1, 1), (1, 2), (2, 2), (4, 3), (2, 3), (5, 1)])
def test_it_is_the_best_of_all_by_the_definition(
    k: int, stride: int, radius: int | None, metric: patches.Metric
) -> None:
    query, *sources = maps((12, 12, 9), (12, 10, 14), (12, 12, 9), (12, 7, 16))
    holes = [torch.zeros(source.shape[1:], dtype=torch.bool) for source in sources]
    holes[0][2:4, 5:7] = holes[1][11, 0] = True
    hole = torch.zeros(12, 9, dtype=torch.bool)
    hole[3:6, 4:9] = hole[11, 8] = True
    matches = nearest_patches(query, sources, k, stride, metric, hole, holes, radius)

    scores = []
    for source, source_hole in zip(sources, holes, strict=True):
        allowed = unfolded(source_hole[None], k, stride).sum(1) == 0
        allowed = allowed & in_window(query, source, k, stride, 99 if radius is None else radius)
        scores.append(plain_scores(query, source, k, stride, metric).masked_fill(~allowed, -torch.inf))
    (score, second), (index, _) = (both.T for both in torch.cat(scores, 1).topk(2))
    sought = (unfolded(hole[None], k, stride).sum(1) > 0) & score.isfinite()
    assert sought.any()
    assert not sought.all()
    assert torch.equal(matches.found.flatten(), sought)
    clear = sought & ~(score - second < 1e-5)  # a window may hold one patch, and the second is minus infinity
    assert clear.sum() > 0.7 * sought.sum()
    assert torch.equal(flat_index(matches)[clear], index[clear])
    torch.testing.assert_close(matches.score.flatten()[sought].double(), score[sought], rtol=1e-5, atol=1e-4)
    for nothing, where in [(-1, matches.source), (-1, matches.y), (-1, matches.x), (0, matches.score)]:
        assert (where.flatten()[~sought] == nothing).all()


@pytest.mark.parametrize(("k", "stride"), [(3, 1), (3, 2), (1, 1), (5, 2)])
@pytest.mark.parametrize("memory", [0, 20_000, 60_000, 200_000])
def test_blocks_of_any_size_give_the_same(k: int, stride: int, memory: int, monkeypatch: pytest.MonkeyPatch) -> None:
    query, *sources = maps((6, 17, 12), (6, 14, 19), (6, 21, 11))
    hole = torch.zeros(17, 12, dtype=torch.bool)
    hole[0, 3] = hole[9:12, 7:11] = True
    whole = nearest_patches(query, sources, k, stride, query_hole=hole)
    sizes = record_sizes(monkeypatch)
    blocks = nearest_patches(query, sources, k, stride, query_hole=hole, memory=memory)
    assert len(sizes) > len(sources)
    assert memory == 0 or 3 * 4 * max(sizes) <= memory
    for name in ("source", "y", "x"):
        assert torch.equal(getattr(whole, name), getattr(blocks, name))
    torch.testing.assert_close(whole.score, blocks.score)


def record_sizes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many numbers each matrix of inner products holds, from now on."""
    sizes: list[int] = []
    whole: Callable[..., Tensor] = patches._diagonal_sums

    def recorded(products: Tensor, *rest: Any) -> Tensor:
        sizes.append(products.numel())
        return whole(products, *rest)

    monkeypatch.setattr(patches, "_diagonal_sums", recorded)
    return sizes


def test_only_rows_and_columns_of_the_hole_are_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    query, source = maps((4, 30, 30), (4, 30, 30))
    hole = torch.zeros(30, 30, dtype=torch.bool)
    hole[10:13, 20] = True
    sizes = record_sizes(monkeypatch)
    matches = nearest_patches(query, [source], query_hole=hole)
    assert matches.found.sum() == 5 * 3
    assert max(sizes) == (5 + 2) * (3 + 2) * 30 * 30


# Empty patches, precision, gradients


@pytest.mark.parametrize("metric", ["cosine", "l2"])
@pytest.mark.parametrize("radius", [None, 1])
def test_empty_patches_make_no_nan(metric: patches.Metric, radius: int | None) -> None:
    query, source = maps((4, 9, 9), (4, 9, 9))
    query[:, :5] = 0
    source[:, :, :5] = 0
    matches = nearest_patches(query, [source, torch.zeros(4, 9, 9)], metric=metric, radius=radius)
    assert matches.found.all()
    assert matches.score.isfinite().all()
    nothing = nearest_patches(torch.zeros(4, 9, 9), [torch.zeros(4, 9, 9)], metric=metric, radius=radius)
    assert not nothing.score.any()


def test_an_empty_patch_is_like_no_other() -> None:
    query, source = maps((4, 6, 6), (4, 6, 6))
    assert not torch.isin(nearest_patches(query, [torch.zeros(4, 6, 6), source]).source, 0).any()


def test_half_precision_and_gradients_go_in_and_do_not_come_out() -> None:
    query, source = maps((4, 8, 8), (4, 8, 8))
    matches = nearest_patches(query.bfloat16().requires_grad_(), [source.bfloat16()])
    assert matches.score.dtype == torch.float32
    assert not matches.score.requires_grad
    assert swapped(matches, [source.bfloat16()]).mean.dtype == torch.float32


def test_maps_whose_channels_come_last_in_memory() -> None:
    query, source = maps((4, 9, 8), (4, 8, 9))
    last = [features[None].contiguous(memory_format=torch.channels_last)[0] for features in (query, source)]
    expected, found = nearest_patches(query, [source]), nearest_patches(last[0], [last[1]])
    assert torch.equal(flat_index(found), flat_index(expected))
    torch.testing.assert_close(swapped(found, [last[1]]).mean, swapped(expected, [source]).mean)


# The overlap average and the energies


@pytest.mark.parametrize(("k", "stride"), [(3, 1), (3, 2), (1, 1), (2, 3)])
@pytest.mark.parametrize("holed", [False, True])
def test_the_frozen_energy_is_the_sum_over_patches_and_so_is_its_gradient(k: int, stride: int, holed: bool) -> None:
    query, *sources, other = maps((5, 10, 12), (5, 9, 9), (5, 8, 14), (5, 10, 12))
    hole = torch.zeros(10, 12, dtype=torch.bool)
    hole[2:5, 6:9] = True
    matches = nearest_patches(query, sources, k, stride, query_hole=hole if holed else None)
    swap = swapped(matches, sources)
    for features in (query, other):  # where it was matched, and anywhere else
        ours, plain = features.clone().requires_grad_(), features.clone().requires_grad_()
        energy, expected = frozen_energy(ours, swap), summed_squares(plain, sources, matches)
        assert energy.item() == pytest.approx(expected.item(), rel=1e-5)
        energy.backward()
        expected.backward()
        torch.testing.assert_close(ours.grad, plain.grad)
    covered = F.fold(matches.found.float().flatten().expand(k * k, -1)[None], (10, 12), k, stride=stride)
    assert torch.equal(swap.count, covered[0, 0])


def test_the_released_gradient_is_the_way_from_the_average_where_there_is_one() -> None:
    query, source = maps((5, 10, 10), (5, 9, 9))
    hole = torch.zeros(10, 10, dtype=torch.bool)
    hole[4, 4] = True
    swap = swapped(nearest_patches(query, [source], query_hole=hole), [source])
    features = query.clone().requires_grad_()
    released_energy(features, swap).backward()
    outside = ~torch.nn.functional.max_pool2d(hole[None].float(), 5, 1, 2)[0].bool()
    assert features.grad is not None
    assert torch.equal(swap.count == 0, outside)
    assert not features.grad[:, outside].any()
    torch.testing.assert_close(features.grad[:, ~outside], (query - swap.mean)[:, ~outside])


def test_patches_are_cut_from_other_maps_of_the_same_sizes_and_from_no_others() -> None:
    query, first, second = maps((5, 8, 8), (5, 9, 7), (5, 8, 10))
    matches = nearest_patches(query, [first, second])
    places = [torch.stack(torch.meshgrid(*map(torch.arange, size), indexing="ij")) for size in [(9, 7), (8, 10)]]
    numbered = [torch.cat([place, torch.full_like(place[:1], number)]) for number, place in enumerate(places)]
    corner = swapped(matches, [place.float() for place in numbered]).mean[:, 0, 0]
    assert corner.tolist() == [float(place[0, 0]) for place in (matches.y, matches.x, matches.source)]
    with pytest.raises(ValueError, match=r"not of \(\(8, 10\), \(9, 7\)\)"):
        swapped(matches, [second, first])


# Bad input


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"sources": []}, "0 sources"),
        ({"sources": [torch.ones(4, 2, 9)]}, r"a map of \(2, 9\) cells has no patch of 3 x 3"),
        ({"query": torch.ones(4, 9, 2)}, r"a map of \(9, 2\) cells has no patch of 3 x 3"),
        ({"sources": [torch.ones(3, 9, 9)]}, r"C as in the query's \(4, 9, 9\), not \(3, 9, 9\)"),
        ({"sources": torch.ones(4, 9, 9)}, "maps are"),
        ({"source_holes": [torch.ones(9, 9, dtype=torch.bool)]}, "every 3 x 3 patch of the sources touches a hole"),
        ({"source_holes": [torch.eye(9, dtype=torch.bool) | (torch.arange(9) % 3 == 1)]}, "touches a hole"),
        ({"source_holes": []}, "1 sources of patches and 0 masks"),
        ({"source_holes": [torch.zeros(8, 9, dtype=torch.bool)]}, r"the hole of a map of \(9, 9\) cells is \(8, 9\)"),
        ({"query_hole": torch.zeros(9, 8, dtype=torch.bool)}, r"the hole of a map of \(9, 9\) cells is \(9, 8\)"),
        ({"k": 0}, "patches of 0 x 0"),
        ({"stride": 0}, "0 apart"),
        ({"radius": -1}, "within -1"),
    ],
)
def test_bad_input_is_told_in_a_sentence(change: dict[str, Any], sentence: str) -> None:
    good: dict[str, Any] = {"query": torch.ones(4, 9, 9), "sources": [torch.ones(4, 9, 9)]}
    assert nearest_patches(**good).found.all()
    with pytest.raises(ValueError, match=sentence):
        nearest_patches(**(good | change))


def test_one_source_may_be_a_hole_altogether() -> None:
    query, first, second = maps((4, 8, 8), (4, 8, 8), (4, 8, 8))
    hole = torch.ones(8, 8, dtype=torch.bool)
    assert (nearest_patches(query, [first, second], source_holes=[hole, None]).source == 1).all()


def test_no_patch_touches_a_hole_that_is_not_there() -> None:
    query, source = maps((4, 8, 8), (4, 8, 8))
    matches = nearest_patches(query, [source], query_hole=torch.zeros(8, 8, dtype=torch.bool))
    assert not matches.found.any()
    swap = swapped(matches, [source])
    assert not swap.count.any()
    assert float(frozen_energy(query, swap)) == float(released_energy(query, swap)) == 0


# The reference's numbers


@needs_parity
@pytest.mark.parametrize(("case", "stride"), [("nn_patch_s1", 1), ("nn_patch_s2", 2)])
@pytest.mark.parametrize(("metric", "name"), [("cosine", "cos"), ("l2", "l2")])
def test_the_reference_finds_the_same_patches(case: str, stride: int, metric: patches.Metric, name: str) -> None:
    given, expected = (load_file(VISION / case / file) for file in ("inputs.safetensors", "outputs.safetensors"))
    query, source, hole = given["query"], given["source"], given["source_hole"]
    found = nearest_patches(query, [source], 3, stride, metric, source_holes=[hole])
    score = expected[f"score_{name}"]
    assert (found.score.flatten() - score).abs().max() <= 1e-5 * score.abs().max()
    clear = expected[f"margin_{name}"] >= 1e-6 * score.abs()
    assert torch.equal(flat_index(found)[clear], expected[f"best_{name}"].long()[clear])
    unmasked = nearest_patches(query, [source], 3, stride, metric)
    assert torch.equal(flat_index(unmasked)[clear], expected[f"best_nomask_{name}"].long()[clear])
    assert torch.equal(touching(given["query_hole"], 3, stride).flatten(), expected["query_touches_hole"].bool())
    assert torch.equal(~touching(hole, 3, stride).flatten(), expected["source_allowed"].bool())


@needs_parity
@pytest.mark.parametrize(("case", "stride"), [("nn_patch_s1", 1), ("nn_patch_s2", 2)])
def test_the_reference_has_the_same_energies_and_gradients(case: str, stride: int) -> None:
    given, expected = (load_file(VISION / case / file) for file in ("inputs.safetensors", "outputs.safetensors"))
    source, holes = given["source"], [given["source_hole"]]
    query = given["query"].requires_grad_()

    def close(found: Tensor, name: str) -> None:
        reference = expected[name].squeeze()
        size = reference.std() if reference.ndim else reference.abs()
        assert found.shape == reference.shape
        assert ((found - reference).abs().max() / size).item() <= 1e-5, name

    def gradient(energy: Tensor) -> Tensor:
        return torch.autograd.grad(energy, query)[0]

    matches = nearest_patches(query, [source], 3, stride, source_holes=holes)
    swap = swapped(matches, [source])
    energy = frozen_energy(query, swap)
    # Where no patch lies, at the rims that stride 2 does not reach, the reference keeps the query.
    close(torch.where(swap.count > 0, swap.mean, given["query"].detach()), "overlap_average")
    close(energy, "energy_sum_all")
    close(gradient(energy), "grad_energy_sum_all")
    close(gradient(1e-4 * released_energy(query, swap)), "cnnmrf_pseudo_grad_w1e-4")

    touched = nearest_patches(query, [source], 3, stride, query_hole=given["query_hole"], source_holes=holes)
    mean_energy = frozen_energy(query, swapped(touched, [source])) / touched.found.sum()
    close(mean_energy, "energy_mean_touched")
    close(gradient(mean_energy), "grad_energy_mean_touched")


@needs_parity
@pytest.mark.parametrize("radius", [0, 1, 3, 999])
@pytest.mark.parametrize("k", [1, 3])
def test_the_reference_finds_the_same_patches_near_the_same_place_of_several_maps(k: int, radius: int) -> None:
    folder = VISION / f"nn_multi_target_k{k}"
    given, expected = load_file(folder / "inputs.safetensors"), load_file(folder / "outputs.safetensors")
    found = nearest_patches(given["query"], list(given["targets"]), k, radius=radius)
    score, margin = expected[f"score_r{radius}"], expected[f"margin_r{radius}"]
    torch.testing.assert_close(found.score.flatten().double(), score, rtol=1e-5, atol=1e-6)
    clear = margin >= 1e-6 * score.abs()
    assert clear.any()
    best = expected["source_img_y_x"].long()[expected[f"best_r{radius}"].long()]
    ours = torch.stack([found.source.flatten(), found.y.flatten(), found.x.flatten()], 1)
    assert torch.equal(ours[clear], best[clear])


# Another device


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU")
@pytest.mark.parametrize("radius", [None, 2])
def test_a_gpu_finds_the_same(radius: int | None) -> None:
    query, *sources = maps((16, 20, 18), (16, 17, 21), (16, 20, 18))
    hole = torch.zeros(20, 18, dtype=torch.bool)
    hole[5:9, 5:9] = True
    here = nearest_patches(query, sources, query_hole=hole, source_holes=[None, hole], radius=radius)
    there = nearest_patches(
        query.cuda(),
        [source.cuda() for source in sources],
        query_hole=hole.cuda(),
        source_holes=[None, hole.cuda()],
        radius=radius,
    )
    assert torch.equal(here.found, there.found.cpu())
    assert torch.equal(flat_index(here)[here.found.flatten()], flat_index(there)[there.found.flatten()].cpu())
    ours, theirs = swapped(here, sources), swapped(there, [source.cuda() for source in sources])
    torch.testing.assert_close(theirs.mean.cpu(), ours.mean)
