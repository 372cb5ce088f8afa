"""Faces stand upright in a square, are mirrored, bent and refused as they should."""

from __future__ import annotations

import numpy as np
import pytest

from imaging.alignment import inverted, moved
from imaging.faces import NAMES
from imaging.landmarks import FRONTAL
from imaging.types import InputError, LabelMap
from pipelines.face_swap import Portrait
from pipelines.face_swap.colours import Tone, tone, toned
from pipelines.face_swap.expression import ranked
from pipelines.face_swap.portrait import LOWERED, ROOM, checked
from pipelines.face_swap.warp import bent
from tests.pipelines.face_swap.conftest import person


def test_a_turned_face_stands_upright_in_its_square(dark: Portrait) -> None:
    assert dark.width == pytest.approx(110)
    assert dark.yaw == pytest.approx(0, abs=0.5)
    frame = dark.frame(64)
    there = moved(dark.points, inverted(frame.matrix))
    np.testing.assert_allclose(there, ((FRONTAL + np.array([0, LOWERED])) / ROOM + 0.5) * 64, atol=1e-6)
    face = dark.face(frame)
    x, y = there[30].astype(int)
    assert face[y, x]
    assert not face[:4].any()
    assert 0.2 < face.mean() < 0.5


def test_the_mirror_image_of_a_mirror_image_is_the_portrait(dark: Portrait) -> None:
    back = dark.mirrored.mirrored
    np.testing.assert_array_equal(back.image, dark.image)
    np.testing.assert_allclose(back.points, dark.points)
    np.testing.assert_array_equal(back.labels.ids, dark.labels.ids)
    # The subject's left eye is the right one of the mirror image.
    assert (dark.mirrored.labels.where("right eye")[:, ::-1] == dark.labels.where("left eye")).all()


def test_hair_before_a_face_is_not_the_face(dark: Portrait) -> None:
    ids = dark.labels.ids.copy()
    ids[110:140] = NAMES.index("hair")
    frame = dark.frame(64)
    covered = Portrait(dark.image, dark.points, LabelMap(ids, NAMES))
    assert 0 < covered.face(frame).sum() < 0.9 * dark.face(frame).sum()
    hidden = Portrait(dark.image, dark.points, LabelMap(np.full_like(ids, NAMES.index("hair")), NAMES))
    with pytest.raises(InputError, match="Nearly nothing"):
        checked(hidden)


def test_small_faces_and_profiles_are_refused(dark: Portrait) -> None:
    checked(dark)
    with pytest.raises(InputError, match="only 30 pixels wide"):
        checked(person((200, 160, 140), width=30))
    points = dark.points.copy()
    points[30] += 0.7 * (points[45] - points[36])
    turned = Portrait(dark.image, points, dark.labels)
    assert turned.yaw == pytest.approx(np.degrees(np.arctan(1.4)), abs=2)
    with pytest.raises(InputError, match="turned by about 5"):
        checked(turned)
    assert turned.mirrored.yaw == pytest.approx(-turned.yaw)


def test_the_nearest_expression_comes_first(dark: Portrait) -> None:
    smiling, earnest = person((200, 160, 140), smile=0.06), person((200, 160, 140))
    found = ranked(dark, [smiling, earnest])
    assert len(found) == 4
    assert found[0].index == found[1].index == 1
    assert found[0].distance == pytest.approx(0, abs=1e-6)
    assert found[-1].distance > 0.003


def test_a_face_bent_to_its_own_points_is_itself(pale: Portrait) -> None:
    frame = pale.frame(64)
    own = moved(pale.points, inverted(frame.matrix))
    crop, face = bent(pale, own, 64)
    assert np.abs(crop.astype(int) - frame.cut(pale.image)).max() <= 1
    assert (face == pale.offered(frame, teeth=True)).mean() > 0.99


def test_a_bent_face_has_its_features_where_the_points_are(pale: Portrait, dark: Portrait) -> None:
    wanted = moved(person((0, 0, 0), smile=-0.1).points, inverted(person((0, 0, 0)).frame(64).matrix))
    crop, _ = bent(pale, wanted, 64)
    x, y = wanted[[36, 37, 38, 39, 40, 41]].mean(0).astype(int)
    assert crop[y, x].mean() < 140  # the dark eye
    x, y = wanted[51].astype(int)
    assert crop[y + 2, x, 0] - int(crop[y + 2, x, 1]) > 60  # the red mouth


def test_skin_takes_the_tone_of_another_and_the_rest_stays(dark: Portrait, pale: Portrait) -> None:
    own, wanted = tone(dark, 64), tone(pale, 64)
    np.testing.assert_array_equal(toned(dark, own, wanted, 0.0), dark.image)
    np.testing.assert_allclose(toned(dark, own, own, 1.0).astype(int), dark.image, atol=2)
    image = toned(dark, own, wanted, 1.0)
    made = tone(Portrait(image, dark.points, dark.labels), 64)
    assert made.distance(wanted) < 0.75 * own.distance(wanted)
    far = np.ones(image.shape[:2], bool)
    far[20:, 30:170] = False
    np.testing.assert_array_equal(image[far], dark.image[far])


def test_black_and_white_stay(dark: Portrait) -> None:
    image = dark.image.copy()
    image[120:125, 95:100], image[120:125, 105:110] = 0, 255
    marked = Portrait(image, dark.points, dark.labels)
    changed = toned(marked, Tone(np.array([40.0, 10, 10]), np.ones(3)), Tone(np.array([70.0, 10, 10]), np.ones(3)), 1.0)
    assert changed[122, 97].max() < 40
    assert changed[122, 107].min() > 200
