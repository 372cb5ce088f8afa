"""Propagation keeps what is right, finds what moved, and never makes a match worse."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from networks.patches import Matches, nearest_patches
from networks.propagation import propagated


@pytest.fixture
def maps() -> list[torch.Tensor]:
    draw = torch.Generator().manual_seed(4)
    return [torch.rand(6, height, width, generator=draw) for height, width in ((14, 17), (9, 21), (16, 12))]


def wrong(matches: Matches, share: float) -> Matches:
    """`matches` of which a share points elsewhere."""
    draw = torch.Generator().manual_seed(1)
    lost = torch.rand(matches.source.shape, generator=draw) < share
    return replace(matches, y=torch.where(lost, 0, matches.y), x=torch.where(lost, 0, matches.x))


def test_a_picture_of_pieces_is_found_again_from_few_right_matches(maps: list[torch.Tensor]) -> None:
    query = torch.cat([maps[0][:, :, 3:12], maps[2][:, 1:15, 2:11]], 2)
    exact = nearest_patches(query, maps)
    found = propagated(query, maps, wrong(exact, 0.6))
    assert (found.score >= exact.score - 1e-5).float().mean() > 0.98
    torch.testing.assert_close(propagated(query, maps, exact).score, exact.score, atol=1e-5, rtol=0)


def test_scores_are_cosines_and_no_match_gets_worse(maps: list[torch.Tensor]) -> None:
    query = torch.rand(6, 13, 15, generator=torch.Generator().manual_seed(9))
    before = wrong(nearest_patches(query, maps), 1.0)
    found = propagated(query, maps, before)
    for row, column in ((0, 0), (5, 9), (10, 12)):
        patch = query[:, row : row + 3, column : column + 3].flatten()
        cosines = []
        for matches in (before, found):
            y, x = matches.y[row, column], matches.x[row, column]
            there = maps[matches.source[row, column]][:, y : y + 3, x : x + 3].flatten()
            cosines.append(torch.cosine_similarity(patch, there, 0))
        assert found.score[row, column] == pytest.approx(cosines[1].item(), abs=1e-5)
        assert cosines[1] >= cosines[0] - 1e-6
    assert found.score.mean() > before_score(query, maps, before) + 0.01


def before_score(query: torch.Tensor, maps: list[torch.Tensor], matches: Matches) -> float:
    """The mean cosine of matches that were not made for this query."""
    total = []
    for row in range(matches.source.shape[0]):
        for column in range(matches.source.shape[1]):
            y, x = matches.y[row, column], matches.x[row, column]
            there = maps[matches.source[row, column]][:, y : y + 3, x : x + 3].flatten()
            total.append(torch.cosine_similarity(query[:, row : row + 3, column : column + 3].flatten(), there, 0))
    return float(torch.stack(total).mean())


def test_a_patch_without_a_match_or_a_wider_grid_is_refused(maps: list[torch.Tensor]) -> None:
    with pytest.raises(ValueError, match="every patch"):
        propagated(maps[0], maps, nearest_patches(maps[0], maps, stride=2))
