"""A swap changes the face and the skin's tone, closes its seam, and leaves the rest of the photo alone."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch

from imaging.types import InputError, LabelMap
from networks.perceptual import VGG
from pipelines.face_swap import Portrait
from pipelines.face_swap.blend import cloned, laid
from pipelines.face_swap.network import SwapNetwork
from pipelines.face_swap.optimise import blurred, luma, relit
from pipelines.face_swap.pipeline import FaceSwap, Options


def tiny_eyes() -> VGG:
    torch.manual_seed(0)
    return VGG(widths=(4, 4, 4, 4, 4), deepest="relu4_2").eval().requires_grad_(False)


QUICK = Options(steps=10, photos=2, radius=1)


@pytest.fixture(scope="module")
def warp() -> FaceSwap:
    return FaceSwap.load("warp")


def test_only_the_face_and_skin_change(warp: FaceSwap, dark: Portrait, pale: Portrait) -> None:
    result = warp(dark, [pale])
    assert result.image.shape == dark.image.shape
    assert result.done == 1
    assert result.chosen == 0
    assert result.nearest is not None
    changed = (result.image != dark.image).any(2)
    assert changed[dark.labels.where("skin")].mean() > 0.8
    far = np.ones(changed.shape, bool)
    far[20:, 25:175] = False
    assert not changed[far].any()


def test_without_strength_nothing_changes(warp: FaceSwap, dark: Portrait, pale: Portrait) -> None:
    result = warp(dark, [pale], Options(strength=0))
    assert np.abs(result.image.astype(int) - dark.image).max() <= 1


def test_oneself_stays_oneself(warp: FaceSwap, dark: Portrait) -> None:
    result = warp(dark, [dark])
    inside = dark.labels.where("skin", "left eye", "upper lip")
    assert np.abs(result.image.astype(int) - dark.image)[inside].mean() < 4


def test_patches_are_painted_step_by_step(dark: Portrait, pale: Portrait) -> None:
    eyes = FaceSwap(tiny_eyes())
    *looks, last = eyes.steps(dark, [pale, dark], QUICK)
    assert looks
    assert [look.done for look in looks] == sorted(look.done for look in looks)
    assert all(look.done < 1 for look in looks)
    assert last.done == 1
    assert last.chosen == 1  # oneself is nearest
    again = eyes(dark, [pale, dark], QUICK)
    np.testing.assert_array_equal(again.image, last.image)


def test_a_hidden_target_still_gives_its_face(dark: Portrait, pale: Portrait) -> None:
    ids = pale.labels.ids.copy()
    rows = np.arange(len(ids))[:, None] + np.zeros_like(ids)
    ids[(rows % 8 < 4) & (ids == 1)] = 13  # strands of hair: every patch touches one
    striped = Portrait(pale.image, pale.points, LabelMap(ids, pale.labels.names))
    assert FaceSwap(tiny_eyes())(dark, [striped], QUICK).done == 1


def test_the_network_needs_no_photo_of_the_target(dark: Portrait) -> None:
    torch.manual_seed(0)
    result = FaceSwap(fast=SwapNetwork(scales=3, width=4).eval())(dark, [])
    assert result.chosen == -1
    assert result.nearest is None
    # Before it is trained it gives what it gets.
    assert np.abs(result.image.astype(int) - dark.image).max() <= 3


def test_what_cannot_be_swapped_is_a_sentence(warp: FaceSwap, dark: Portrait) -> None:
    with pytest.raises(InputError, match="one or more photos"):
        warp(dark, [])
    small = dataclasses.replace(dark, points=(dark.points - 100) * 0.2 + 100)
    with pytest.raises(InputError, match="22 pixels wide"):
        warp(dark, [small])
    with pytest.raises(InputError, match="no-such-variant"):
        FaceSwap.load("no-such-variant")


def test_a_seam_of_another_brightness_is_closed() -> None:
    draw = np.random.default_rng(0)
    base = draw.integers(90, 130, (64, 64, 3), dtype=np.uint8)
    face = np.zeros((64, 64), bool)
    face[12:52, 12:52] = True
    brighter = (base + 40).astype(np.uint8)
    everywhere = np.ones_like(face)
    assert np.abs(cloned(brighter, base, face, everywhere).astype(int) - base).max() <= 1
    # Where no skin holds the seam, the brightness is free to stay.
    assert cloned(brighter, base, face, ~everywhere)[32, 32].astype(int).mean() > base[32, 32].mean() + 35
    np.testing.assert_array_equal(laid(brighter, base, face)[~face], base[~face])


def test_relighting_gives_the_blurred_luma_of_the_other() -> None:
    torch.manual_seed(0)
    x = 0.5 + 0.05 * torch.rand(1, 3, 32, 32)
    base = x + torch.linspace(-0.2, 0.2, 32)
    made = relit(x, base)
    torch.testing.assert_close(
        blurred(luma(made))[..., 8:-8, 8:-8], blurred(luma(base))[..., 8:-8, 8:-8], atol=0.02, rtol=0
    )
    torch.testing.assert_close(blurred(torch.full((1, 3, 16, 16), 0.3)), torch.full((1, 3, 16, 16), 0.3))


def test_the_network_takes_any_size_and_begins_with_its_input() -> None:
    network = SwapNetwork(scales=3, width=4)
    for side in (32, 64):
        x = torch.rand(2, 3, side, side)
        torch.testing.assert_close(network(x), x)
