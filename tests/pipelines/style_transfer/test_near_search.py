"""V3's fast search: exact among few patches, in components and by neighbours among many."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
import torch
from torch import Tensor

from networks.patches import nearest_patches
from pipelines.style_transfer import cnnmrf
from pipelines.style_transfer.cnnmrf import NearSearch


def maps(*sizes: int) -> list[Tensor]:
    draw = torch.Generator().manual_seed(2)
    return [torch.rand(8, size, size, generator=draw) for size in sizes]


def test_among_few_patches_it_is_exact() -> None:
    query, *sources = maps(10, 12, 14)
    found, exact = NearSearch()("relu3_1", query, sources), nearest_patches(query, sources)
    assert torch.equal(found.score, exact.score)
    assert torch.equal(found.y, exact.y)


def count(monkeypatch: pytest.MonkeyPatch, calls: list[str], name: str) -> None:
    real: Callable[..., object] = getattr(cnnmrf, name)
    monkeypatch.setattr(cnnmrf, name, lambda *given: calls.append(name) or real(*given))


@pytest.mark.parametrize(("changing", "prepared"), [(False, 1), (True, 3)])
def test_among_many_it_seeks_every_other_time_and_never_gets_worse(
    changing: bool, prepared: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cnnmrf, "FEW", 0)
    calls: list[str] = []
    for name in ("Projected", "propagated"):
        count(monkeypatch, calls, name)
    query, *sources = maps(10, 12, 14)
    search = NearSearch(changing)
    scores = [search("relu3_1", query, sources).score for _ in range(3)]
    assert calls.count("Projected") == prepared
    assert calls.count("propagated") == 1
    for before, after in pairwise(scores):
        assert (after >= before - 1e-5).all()
    assert scores[-1].mean() > nearest_patches(query, sources).score.mean() - 0.01
