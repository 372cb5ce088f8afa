"""A blend of known styles is found again in its proportions."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from networks.perceptual import VGG
from pipelines.style_transfer import gatys, nearest
from pipelines.style_transfer.nearest import TAPS, nearest_mix


@pytest.mark.parametrize("shares", [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.2, 0.5, 0.3]])
def test_a_blend_is_taken_apart(
    shares: list[float], eyes: VGG, tensor: Callable[..., Tensor], monkeypatch: pytest.MonkeyPatch
) -> None:
    known = [gatys.grams(eyes, tensor(64, 64, seed) ** (1 + seed), TAPS) for seed in range(3)]
    monkeypatch.setattr(nearest, "grams", lambda *_: gatys.blended(known, shares))
    assert nearest_mix(eyes, tensor(64, 64, 9), known, 64) == pytest.approx(shares, abs=1e-3)


def test_of_several_paintings_the_picture_itself_is_the_nearest(eyes: VGG, tensor: Callable[..., Tensor]) -> None:
    pictures = [tensor(64, 64, seed) ** (1 + seed) for seed in range(3)]
    known = [gatys.grams(eyes, picture, TAPS) for picture in pictures]
    for place, picture in enumerate(pictures):
        assert nearest_mix(eyes, picture, known, 64)[place] == pytest.approx(1, abs=1e-3)


def test_what_is_like_none_gets_all_alike(
    eyes: VGG, tensor: Callable[..., Tensor], monkeypatch: pytest.MonkeyPatch
) -> None:
    known = [gatys.grams(eyes, tensor(64, 64, seed), TAPS) for seed in range(4)]
    monkeypatch.setattr(nearest, "grams", lambda *_: {tap: -matrix for tap, matrix in known[0].items()})
    assert nearest_mix(eyes, torch.zeros(1, 3, 64, 64), known, 64) == [0.25] * 4
