"""Pieces come from what is known; a hole that is filled softly already says where to look."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from pipelines.inpainting.patchmatch import patchmatch, rewoven


@pytest.fixture
def halves(tensor: Callable[..., Tensor]) -> Tensor:
    """A texture, dark on the left and bright on the right."""
    texture = tensor(96, 96)
    return torch.cat([0.3 * texture[..., :48], 0.7 + 0.3 * texture[..., 48:]], 3)


@pytest.fixture
def hole() -> Tensor:
    made = torch.zeros(1, 1, 96, 96)
    made[..., 30:66, 30:66] = 1
    return made


def test_a_soft_hole_is_made_of_known_pixels(halves: Tensor, hole: Tensor) -> None:
    soft = torch.lerp(halves, torch.full_like(halves, 0.5), hole)
    woven, (y, x) = rewoven(soft, hole, hole, seed=0)
    inside, touched = hole[0, 0] > 0, F.max_pool2d(hole, 7, 1, 3)[0, 0] > 0
    assert not inside[y[touched], x[touched]].any()
    assert torch.equal(woven * (1 - hole), halves * (1 - hole))
    rows, columns = torch.meshgrid(torch.arange(96), torch.arange(96), indexing="ij")
    assert torch.equal(y[~touched], rows[~touched])
    assert torch.equal(x[~touched], columns[~touched])
    assert woven[..., 34:62, 34:62].std() > 0.1  # it has grain again


@pytest.mark.parametrize(("level", "side"), [(0.15, "dark"), (0.85, "bright")])
def test_a_guide_decides_from_which_part_pieces_come(halves: Tensor, hole: Tensor, level: float, side: str) -> None:
    guide = torch.lerp(halves, torch.full_like(halves, level), hole)
    *_, (woven, places, _) = patchmatch(halves, hole, hole, seed=0, begun=guide)
    core = woven[..., 40:56, 40:56]
    assert core.mean().item() == pytest.approx(level, abs=0.15), side
    assert ((places[1, 40:56, 40:56] >= 48).float().mean() > 0.5) == (side == "bright")


def test_labels_decide_from_which_part_pieces_come(halves: Tensor, hole: Tensor) -> None:
    labels = torch.zeros(1, 1, 96, 96)
    labels[..., 48:] = 7
    labels[..., 30:66, 40:66] = 0  # what is dark goes on to the right
    begun = torch.lerp(halves, torch.full_like(halves, 0.5), hole)  # of which nothing is told
    *_, (woven, places, _) = patchmatch(halves, hole, hole, seed=0, begun=begun, labels=labels)
    assert woven[..., 40:56, 46:58].mean() < 0.35
    assert (places[1, 40:56, 46:58] < 48).float().mean() > 0.8
    from_afar = (places[0] - torch.arange(96)[:, None]).abs()[40:56, 46:58].float().mean()
    *_, (_, free, _) = patchmatch(halves, hole, hole, seed=0, begun=begun)
    assert from_afar < (free[0] - torch.arange(96)[:, None]).abs()[40:56, 46:58].float().mean()
