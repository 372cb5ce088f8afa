"""A search in principal components finds nearly all that the exact one finds."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from networks import projection
from networks.patches import Matches, nearest_patches
from networks.projection import Projected


def smooth(channels: int, height: int, width: int, seed: int) -> Tensor:
    """A map whose neighbouring cells and channels have to do with each other, as an encoder's."""
    draw = torch.Generator().manual_seed(seed)
    few = F.avg_pool2d(torch.randn(1, 6, height + 2, width + 2, generator=draw), 3, 1)
    mix = torch.randn(channels, 6, generator=torch.Generator().manual_seed(0))
    return torch.einsum("cd,dhw->chw", mix, few[0]).relu()


@pytest.fixture
def sources() -> list[Tensor]:
    return [smooth(24, height, width, seed) for seed, (height, width) in enumerate([(40, 33), (28, 44), (36, 36)], 1)]


def same(one: Matches, other: Matches) -> float:
    """The share of matches that are alike."""
    pairs = ((one.source, other.source), (one.y, other.y), (one.x, other.x))
    return float(torch.stack([a == b for a, b in pairs]).all(0).float().mean())


@pytest.mark.parametrize(("dtype", "recall"), [(torch.float32, 0.9), (torch.bfloat16, 0.8)])
def test_most_of_the_nearest_are_found_and_the_others_are_nearly_as_near(
    sources: list[Tensor], dtype: torch.dtype, recall: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(projection, "BLOCK", 500)
    query = smooth(24, 38, 41, 9)
    exact, found = nearest_patches(query, sources), Projected(sources, 3, dtype).nearest(query)
    assert same(exact, found) > recall
    assert (found.score <= exact.score + 1e-4).all()
    assert found.score.mean() > exact.score.mean() - 0.002


def test_few_components_find_fewer(sources: list[Tensor], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(projection, "propagated", lambda query, sources, matches: matches)
    query = smooth(24, 38, 41, 9)
    exact, many = nearest_patches(query, sources), Projected(sources, 3, torch.float32).nearest(query)
    monkeypatch.setattr(projection, "COMPONENTS", 2)
    few = Projected(sources, 3, torch.float32).nearest(query)
    assert same(exact, few) < same(exact, many) - 0.2


def test_a_piece_of_a_source_finds_itself_and_scores_are_cosines(sources: list[Tensor]) -> None:
    query = sources[1][:, 3:20, 5:30]
    found = Projected(sources).nearest(query)
    assert (found.score > 0.999).float().mean() > 0.95
    row, column = 4, 7
    y, x = found.y[row, column], found.x[row, column]
    there = sources[int(found.source[row, column])][:, y : y + 3, x : x + 3]
    cosine = torch.cosine_similarity(query[:, row : row + 3, column : column + 3].flatten(), there.flatten(), 0)
    assert found.score[row, column] == pytest.approx(cosine.item(), abs=1e-4)


def test_it_is_never_worse_than_what_is_known(sources: list[Tensor], monkeypatch: pytest.MonkeyPatch) -> None:
    query = smooth(24, 38, 41, 9)
    exact = nearest_patches(query, sources)
    monkeypatch.setattr(projection, "COMPONENTS", 1)
    found = Projected(sources, 3, torch.float32).nearest(query, exact)
    assert (found.score >= exact.score - 1e-4).all()
