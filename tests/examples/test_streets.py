"""The streets are drawn in perspective: what is far is small and stands higher, and objects stand on the ground."""

from __future__ import annotations

import numpy as np
import pytest

from examples.streets import HEIGHT, STREETS, WIDTH, Scene, car, street
from imaging.streets import NAMES


@pytest.mark.parametrize("name", STREETS)
def test_a_street_has_what_streets_have(name: str) -> None:
    labels = street(name)
    assert labels.ids.shape == (HEIGHT, WIDTH)
    for part, least in (("road", 0.25), ("sidewalk", 0.02), ("building", 0.1), ("sky", 0.03), ("car", 0.005)):
        assert labels.where(part).mean() > least, part
    assert not labels.where("unlabeled").any()
    assert labels.where("road")[-1].mean() > 0.8
    assert not labels.where("road")[: int(0.38 * HEIGHT)].any()


def test_what_is_twice_as_far_is_half_as_large_and_nearer_to_the_horizon() -> None:
    feet, sizes = [], []
    for z in (10, 20):
        scene = Scene((0.5, 0.4), (-6, 6), (-9, 9), (), (), (car(0, z),))
        rows, columns = np.nonzero(scene.drawn().where("car"))
        feet.append(int(rows.max()) - 0.4 * HEIGHT)
        sizes.append(int(np.ptp(columns)))
    assert feet[0] == pytest.approx(2 * feet[1], abs=3)
    assert sizes[0] == pytest.approx(2 * sizes[1], abs=3)


def test_what_is_nearer_hides_what_is_behind() -> None:
    scene = Scene((0.5, 0.4), (-6, 6), (-9, 9), (), (), (car(0, 10), STREETS["bus stop"].figures[0]))
    hidden = Scene((0.5, 0.4), (-6, 6), (-9, 9), (), (), (car(0, 10),))
    assert np.array_equal(scene.drawn().ids == NAMES.index("car"), hidden.drawn().ids == NAMES.index("car"))
