"""Each layer's picture has what it was made to have, more than the noise that it began as."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from imaging.types import Image
from networks.perceptual import VGG, gram, relative_error
from networks.tensors import to_tensor
from pipelines.style_transfer import gatys, reconstruction, reconstructions

Draw = Callable[..., Image]


def test_ten_pictures_have_the_activations_or_the_statistics_asked_for(
    eyes: VGG, draw: Draw, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconstruction, "encoder", lambda variant, device: eyes)
    photo, style = draw(48, 64), draw(64, 48, 1)
    found = list(reconstructions(photo, style, side=64, steps=15))
    assert [(layer.kind, layer.tap) for layer in found] == [
        *(("content", tap) for tap in gatys.STYLE),
        *(("style", tap) for tap in gatys.STYLE),
    ]
    none = list(reconstructions(photo, style, side=64, steps=1))
    for layer, noise in zip(found, none, strict=True):
        target = to_tensor(photo if layer.kind == "content" else style)
        assert layer.image.shape == (photo if layer.kind == "content" else style).shape
        errors = []
        for picture in (layer.image, noise.image):
            have, want = (eyes(x, (layer.tap,))[layer.tap] for x in (to_tensor(picture), target))
            have, want = (have, want) if layer.kind == "content" else (gram(have), gram(want))
            errors.append(relative_error(have, want).item())
        assert errors[0] < 0.9 * errors[1], layer.tap


def test_the_same_seed_gives_the_same_picture(eyes: VGG, draw: Draw, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reconstruction, "encoder", lambda variant, device: eyes)
    first, again, other = (
        next(iter(reconstructions(draw(48, 64), draw(), side=64, steps=2, seed=seed))).image for seed in (0, 0, 1)
    )
    assert (first == again).all()
    assert (first != other).any()
