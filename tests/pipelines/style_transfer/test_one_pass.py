"""One pass gives the photo's own size, fades to the photo, and blends paintings."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from networks.perceptual import VGG
from pipelines.style_transfer import any_painting, one_pass
from pipelines.style_transfer.any_painting import AnyPainting, statistics
from pipelines.style_transfer.network import TransformerNet
from pipelines.style_transfer.one_pass import at_least, by_adain, from_gallery, from_pictures
from pipelines.style_transfer.styles import PAINTINGS


@pytest.fixture(autouse=True)
def small_styles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_pass, "STYLE_SIDE", 64)
    monkeypatch.setattr(any_painting, "SIDE", 64)


def one_hot(place: int) -> list[float]:
    return [float(number == place) for number in range(len(PAINTINGS))]


@pytest.mark.parametrize("size", [(61, 47), (64, 48), (16, 40), (24, 240)])
@pytest.mark.parametrize("scale", [0.5, 1.0, 2.0])
def test_the_result_has_the_photos_size(
    size: tuple[int, int],
    scale: float,
    painters: TransformerNet,
    any_painter: AnyPainting,
    eyes: VGG,
    tensor: Callable[..., Tensor],
) -> None:
    x = tensor(*size)
    for made in (
        from_gallery(painters, x, one_hot(3), 0.5, scale),
        from_pictures(any_painter, eyes, x, [tensor(seed=1)], [1.0], 0.5, scale),
    ):
        assert made.shape == x.shape
        assert 0 <= float(made.min()) < float(made.max()) <= 1


def test_half_strength_is_the_network_and_no_strength_the_photo(
    painters: TransformerNet, tensor: Callable[..., Tensor]
) -> None:
    x = tensor(37, 51)
    with torch.no_grad():
        made = painters(x * 255, torch.tensor([one_hot(2)]))[..., :37, :51] / 255
    assert torch.allclose(from_gallery(painters, x, one_hot(2), 0.5, 1.0), made.clamp(0, 1), atol=1e-6)
    assert torch.equal(from_gallery(painters, x, one_hot(2), 0.0, 1.0), x)
    quarter = from_gallery(painters, x, one_hot(2), 0.25, 1.0)
    assert torch.allclose(quarter, ((x + made) / 2).clamp(0, 1), atol=1e-6)
    assert (quarter - x).abs().mean() > 0.01


def test_larger_strokes_are_those_of_a_smaller_photo(painters: TransformerNet, tensor: Callable[..., Tensor]) -> None:
    x = tensor(64, 96)
    small = torch.nn.functional.interpolate(x, (32, 48), mode="bicubic", antialias=True).clamp(0, 1)
    with torch.no_grad():
        made = painters(small * 255, torch.tensor([one_hot(0)])) / 255
    made = torch.nn.functional.interpolate(made, (64, 96), mode="bicubic", antialias=True).clamp(0, 1)
    assert torch.allclose(from_gallery(painters, x, one_hot(0), 0.5, 2.0), made, atol=1e-5)


def test_pictures_are_blended_in_the_manner_that_the_encoder_tells(
    any_painter: AnyPainting, eyes: VGG, tensor: Callable[..., Tensor]
) -> None:
    x, styles = tensor(), [tensor(64, 64, 1), tensor(64, 64, 2)]
    one, other = (any_painter.manner(statistics(eyes, style)) for style in styles)
    made = from_pictures(any_painter, eyes, x, styles, [0.25, 0.75], 0.5, 1.0)
    with torch.no_grad():
        expected = any_painter(x * 255, 0.25 * one + 0.75 * other) / 255
    assert torch.allclose(made, expected.clamp(0, 1), atol=1e-5)
    alone = from_pictures(any_painter, eyes, x, styles, [0.0, 1.0], 0.5, 1.0)
    assert (alone - made).abs().mean() > 1e-3


def test_less_strength_fades_to_the_photo(any_painter: AnyPainting, eyes: VGG, tensor: Callable[..., Tensor]) -> None:
    x, style = tensor(), tensor(seed=1)
    none, half, whole = (
        from_pictures(any_painter, eyes, x, [style], [1.0], strength, 1.0) for strength in (0.0, 0.25, 0.5)
    )
    assert torch.equal(none, x)
    kept = (whole > 0) & (whole < 1)  # the rest was cut off
    assert torch.allclose(half[kept], ((x + whole) / 2)[kept], atol=1e-5)


def test_adain_gets_the_photo_the_styles_their_shares_and_twice_the_strength(tensor: Callable[..., Tensor]) -> None:
    calls: list[tuple[tuple[int, ...], list[tuple[int, ...]], list[float], float]] = []

    def network(x: Tensor, styles: list[Tensor], weights: list[float], strength: float) -> Tensor:
        calls.append((tuple(x.shape[-2:]), [tuple(style.shape[-2:]) for style in styles], weights, strength))
        return torch.nn.functional.pad(x, (0, 3, 0, 5), value=9.0)  # rounded up

    x = tensor(61, 47)
    made = by_adain(network, x, [tensor(96, 128, 1), tensor(32, 64, 2)], [0.3, 0.7], 0.25, 1.0)  # type: ignore[arg-type]
    assert torch.equal(made, x)
    assert calls == [((61, 47), [(48, 64), (32, 64)], [0.3, 0.7], 0.5)]
    by_adain(network, x, [tensor(seed=1)], [1.0], 0.9, 1.0)  # type: ignore[arg-type]
    assert calls[-1][-1] == 1.0


def test_a_picture_is_enlarged_only_where_it_is_too_short() -> None:
    x = torch.rand(1, 3, 30, 24)
    assert at_least(x, 24) is x
    assert at_least(torch.rand(1, 3, 16, 200), 24).shape == (1, 3, 24, 200)
