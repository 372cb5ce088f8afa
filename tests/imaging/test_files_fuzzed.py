"""Files of every format that are read here, damaged at random: a picture or a sentence, nothing else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image as PillowImage

from imaging.files import read
from imaging.types import InputError
from tests.imaging.picture_files import AVIF, saved

LIMIT = 2.0  # megapixels
RANDOM = np.random.default_rng(3)
SMOOTH = np.linspace(0, 255, 24 * 32 * 3).reshape(24, 32, 3).astype(np.uint8) ^ RANDOM.integers(0, 16, 3, np.uint8)


def _files(kind: str) -> list[bytes]:
    """Some of that format: plain, with transparency, grey, a palette, an animation, compressed otherwise."""
    plain = PillowImage.fromarray(SMOOTH)
    clear = PillowImage.fromarray(np.dstack([SMOOTH, SMOOTH[..., 0]]))
    settings: dict[str, list[dict[str, Any]]] = {
        "PNG": [{"mode": "P"}, {"mode": "I;16"}],
        "JPEG": [{"mode": "L"}, {"mode": "CMYK"}, {"progressive": True}],
        "GIF": [{"save_all": True, "append_images": [plain.rotate(180)]}],
        "TIFF": [{"compression": name} for name in ("tiff_lzw", "tiff_adobe_deflate", "jpeg")],
    }
    more = [saved(plain, kind, **chosen) for chosen in settings.get(kind, [])]
    see_through = (
        [saved(clear, kind, lossless=True)] if kind == "WEBP" else [saved(clear, kind)] if kind == "PNG" else []
    )
    return [saved(plain, kind), *see_through, *more]


@st.composite
def _damaged(draw: st.DrawFn, kind: str) -> bytes:
    """A file of which bytes are changed, a stretch is left out or doubled, or the end is missing."""
    data = bytearray(draw(st.sampled_from(_files(kind))))
    for _ in range(draw(st.integers(1, 6))):
        # Headers are where a changed byte changes what follows.
        at = draw(st.one_of(st.integers(0, min(128, len(data) - 1)), st.integers(0, len(data) - 1)))
        way = draw(st.sampled_from(("change", "change", "cut", "double", "end")))
        if way == "change":
            data[at] = draw(st.integers(0, 255))
        elif way == "end":
            del data[max(at, 8) :]
        else:
            stretch = data[at : at + draw(st.integers(1, 64))]
            data[at : at + (len(stretch) if way == "cut" else 0)] = b"" if way == "cut" else stretch
        if len(data) < 9:
            break
    return bytes(data)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", AVIF, "GIF", "BMP", "TIFF"])
def test_a_damaged_file_is_a_picture_or_a_sentence(kind: str) -> None:
    outcomes = {"picture": 0, "sentence": 0}

    @settings(max_examples=150, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(_damaged(kind))
    def check(data: bytes) -> None:
        try:
            picture = read(data, LIMIT)
        except InputError:
            outcomes["sentence"] += 1
            return
        height, width, channels = picture.pixels.shape
        assert picture.pixels.dtype == np.uint8
        assert channels == 3
        assert 0 < height * width <= LIMIT * 1e6
        if picture.alpha is not None:
            assert picture.alpha.shape == (height, width)
            assert 0 <= picture.alpha.min() <= picture.alpha.max() <= 1
        outcomes["picture"] += 1

    check()
    assert outcomes["sentence"] > 10, outcomes
    assert sum(outcomes.values()) >= 100
