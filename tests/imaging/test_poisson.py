"""Poisson's equation: what is the same stays, what differs by a constant meets, as the reference solves it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from imaging.poisson import poisson

PARITY = Path(__file__).resolve().parents[3] / "shared" / "parity" / "vision" / "geometry"


def scene() -> tuple[np.ndarray, np.ndarray]:
    picture = np.random.default_rng(0).uniform(0, 255, (20, 24, 3))
    mask = np.zeros((20, 24), bool)
    mask[5:15, 4:20] = True
    mask[8, 9] = False
    return picture, mask


def test_a_paste_of_the_same_picture_changes_nothing() -> None:
    picture, mask = scene()
    np.testing.assert_allclose(poisson(picture, picture, mask), picture, atol=1e-6)


def test_a_brighter_source_meets_the_target() -> None:
    picture, mask = scene()
    np.testing.assert_allclose(poisson(picture + 30, picture, mask), picture, atol=1e-4)


def test_where_nothing_holds_the_seam_the_source_stays() -> None:
    picture, mask = scene()
    made = poisson(picture + 30, picture, mask, np.zeros_like(mask))
    np.testing.assert_allclose(made[mask], picture[mask] + 30, atol=1e-6)
    np.testing.assert_array_equal(made[~mask], picture[~mask])


def test_one_side_that_is_held_suffices() -> None:
    picture, mask = scene()
    held = np.zeros_like(mask)
    held[:, :4] = True
    np.testing.assert_allclose(poisson(picture + 30, picture, mask, held), picture, atol=1e-3)


def test_a_mask_to_the_rim_and_an_empty_one() -> None:
    picture, mask = scene()
    whole = np.ones_like(mask)
    np.testing.assert_allclose(poisson(picture * 2, picture, whole), picture * 2, atol=1e-6)
    np.testing.assert_array_equal(poisson(picture * 2, picture, ~whole), picture)


@pytest.mark.skipif(not PARITY.is_dir(), reason="../shared/parity is not beside this checkout")
def test_the_reference_solves_the_same() -> None:
    given, expected = (load_file(PARITY / f"{part}.safetensors") for part in ("inputs", "outputs"))
    made = poisson(given["poisson_src"], given["poisson_dst"], given["poisson_mask"])
    np.testing.assert_allclose(made, expected["poisson"], atol=1e-6)
