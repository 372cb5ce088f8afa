"""Codes are swapped, blended, crossed over and kept in files."""

from __future__ import annotations

import io

import numpy as np
import pytest

from imaging.faces import NAMES
from imaging.types import InputError
from pipelines.region_style import Codes

HAIR, LEFT_EAR, RIGHT_EAR = (NAMES.index(name) for name in ("hair", "left ear", "right ear"))


def codes(seed: int, blocks: int = 4) -> Codes:
    draw = np.random.default_rng(seed)
    present = np.ones(19, bool)
    return Codes(
        draw.normal(size=(blocks, 19, 6)).astype(np.float32), present, draw.normal(size=(19, 3)).astype(np.float32)
    )


def test_a_region_takes_the_others_style_and_no_other_region_does() -> None:
    ours, theirs = codes(0), codes(1)
    made = ours.restyled(theirs, [HAIR])
    assert np.allclose(made.values[:, HAIR], theirs.values[:, HAIR], atol=1e-6)
    rest = np.arange(19) != HAIR
    assert np.array_equal(made.values[:, rest], ours.values[:, rest])
    half = ours.restyled(theirs, [HAIR], 0.5)
    assert np.allclose(half.values[:, HAIR], (ours.values + theirs.values)[:, HAIR] / 2, atol=1e-6)
    assert np.allclose(half.colours[HAIR], (ours.colours + theirs.colours)[HAIR] / 2, atol=1e-6)
    theirs.colours[HAIR] = np.nan
    assert np.array_equal(ours.restyled(theirs, [HAIR], 0).colours, ours.colours)
    assert np.isnan(ours.restyled(theirs, [HAIR], 0.5).colours[HAIR]).all()


def test_a_crossover_changes_the_chosen_blocks_only() -> None:
    ours, theirs = codes(0), codes(1)
    made = ours.restyled(theirs, [HAIR], blocks=(0, 1))
    assert np.allclose(made.values[:2, HAIR], theirs.values[:2, HAIR], atol=1e-6)
    assert np.array_equal(made.values[2:], ours.values[2:])


def test_the_other_side_stands_in_for_an_ear_that_cannot_be_seen() -> None:
    ours, theirs = codes(0), codes(1)
    theirs.present[LEFT_EAR] = False
    made = ours.restyled(theirs, [LEFT_EAR])
    assert np.allclose(made.values[:, LEFT_EAR], theirs.values[:, RIGHT_EAR], atol=1e-6)


def test_a_file_gives_back_what_was_saved_and_another_network_refuses_it() -> None:
    ours = codes(0)
    again = Codes.opened(ours.saved())
    for name in ("values", "present", "colours"):
        assert np.array_equal(getattr(again, name), getattr(ours, name))
    with pytest.raises(InputError, match="another network"):
        codes(0, blocks=6).restyled(ours, [HAIR])


def pickled() -> bytes:
    file = io.BytesIO()
    np.savez(file, values=np.array([{}], dtype=object), present=np.ones(19, bool), colours=np.zeros((19, 3)))
    return file.getvalue()


def misshapen() -> bytes:
    file = io.BytesIO()
    np.savez(
        file, values=np.zeros((2, 7), np.float32), present=np.ones(19, bool), colours=np.zeros((19, 3), np.float32)
    )
    return file.getvalue()


def flipped() -> bytes:
    """One bit in what is compressed is wrong."""
    file = bytearray(codes(0).saved())
    file[200] ^= 1
    return bytes(file)


def bomb() -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, values=np.zeros((5, 19, 500_000), np.float32))
    return file.getvalue()


def alone() -> bytes:
    """An array that is no archive."""
    file = io.BytesIO()
    np.save(file, np.zeros(5))
    return file.getvalue()


@pytest.mark.parametrize(
    "file",
    [b"", b"\x00 no codes", codes(0).saved()[:300], pickled(), misshapen(), flipped(), bomb(), alone()],
    ids=["empty", "text", "cut", "pickled", "misshapen", "flipped", "bomb", "alone"],
)
def test_a_file_of_something_else_is_refused_with_a_sentence(file: bytes) -> None:
    with pytest.raises(InputError, match="no style codes"):
        Codes.opened(file)
