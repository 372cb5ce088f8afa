"""What the network is told of a painting, and what it makes of it."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from networks.perceptual import VGG
from pipelines.style_transfer.any_painting import TAPS, AnyPainting, statistics
from pipelines.style_transfer.network import TransformerNet


def test_statistics_are_log_means_and_deviations_tap_by_tap(eyes: VGG, tensor: Callable[..., Tensor]) -> None:
    x = tensor(64, 48)
    told = statistics(eyes, x)
    first = eyes(x, (TAPS[0],))[TAPS[0]]
    channels = first.shape[1]
    assert torch.allclose(told[0, :channels], (first.mean((2, 3))[0] + 0.01).log(), atol=1e-5)
    assert torch.allclose(told[0, channels : 2 * channels], (first.std((2, 3))[0] + 0.01).log(), atol=1e-5)


def test_a_painting_and_its_mirror_image_have_the_same_statistics(eyes: VGG) -> None:
    flat = torch.full((1, 3, 64, 64), 0.4)
    assert torch.isfinite(statistics(eyes, flat)).all()
    assert torch.allclose(statistics(eyes, flat), statistics(eyes, flat.flip(3)), atol=1e-5)


def test_it_paints_by_the_mix_that_it_reads(
    any_painter: AnyPainting, painters: TransformerNet, eyes: VGG, tensor: Callable[..., Tensor]
) -> None:
    x, told = tensor(), statistics(eyes, tensor(64, 64, 1))
    manner = any_painter.manner(told)
    assert manner.shape == (1, painters.styles)
    assert torch.equal(any_painter(x * 255, manner), painters(x * 255, manner))
    any_painter.get_buffer("mean").add_(told[0])
    moved = any_painter.manner(2 * told)
    any_painter.get_buffer("mean").sub_(told[0])
    assert torch.allclose(moved, manner, atol=1e-5)
