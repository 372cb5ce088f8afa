"""A filled hole takes the tones of a soft picture, and keeps its own detail."""

from __future__ import annotations

import torch

from pipelines.inpainting.seams import toned


def test_the_hole_takes_the_tones_and_keeps_the_detail() -> None:
    torch.manual_seed(0)
    hole = torch.zeros(1, 1, 60, 52)
    hole[..., 14:46, 10:42] = 1
    detail = 0.1 * (torch.rand(1, 3, 60, 52) - 0.5)
    soft = torch.full((1, 3, 60, 52), 0.4)
    soft[:, 1] = 0.7
    made = toned(0.5 + detail, soft, hole, 16)
    assert torch.equal((0.5 + detail)[(hole == 0).expand_as(made)], made[(hole == 0).expand_as(made)])
    inside = (hole > 0)[0, 0]
    torch.testing.assert_close(made[0][:, inside].mean(1), torch.tensor([0.4, 0.7, 0.4]), atol=0.01, rtol=0)
    assert torch.corrcoef(torch.stack([made[0][:, inside][0], detail[0][:, inside][0]]))[0, 1] > 0.97


def test_what_has_the_right_tones_stays() -> None:
    hole = torch.ones(1, 1, 24, 24)
    made = torch.rand(1, 3, 24, 24)
    torch.testing.assert_close(toned(made, made, hole, 12), made)
