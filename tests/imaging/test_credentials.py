"""A signed picture says what made it, keeps its pixels, and breaks when they are changed."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import c2pa  # pyright: ignore[reportMissingTypeStubs] - it comes without types
import numpy as np
import pytest
from PIL import Image as PillowImage

from imaging import credentials
from imaging.credentials import COMPOSITE, identity, signed
from imaging.files import Picture, png
from imaging.types import Image
from tests.conftest import Draw


def told(file: bytes) -> dict[str, Any]:
    """What a reader of the standard says of a PNG."""
    with c2pa.Reader("image/png", io.BytesIO(file)) as reader:
        return json.loads(reader.json())


@pytest.fixture
def image(draw: Draw) -> Image:
    return draw(60, 80)


def test_a_signed_picture_says_what_made_it_and_keeps_its_pixels_and_notes(image: Image) -> None:
    file = signed(png(Picture(image), {"Title": "As before"}), "A swap", "our program")
    found = told(file)
    assert found["validation_state"] == "Valid"
    manifest = found["manifests"][found["active_manifest"]]
    (made,) = manifest["assertions"][0]["data"]["actions"]
    assert manifest["title"] == "A swap"
    assert made["digitalSourceType"] == COMPOSITE
    assert made["softwareAgent"]["name"] == "our program"
    with PillowImage.open(io.BytesIO(file)) as picture:
        assert picture.info["Title"] == "As before"
        assert np.array_equal(np.asarray(picture), image)


def test_a_changed_picture_breaks_its_seal(image: Image) -> None:
    file = bytearray(signed(png(Picture(image)), "A swap", "our program"))
    file[file.rindex(b"IDAT") + 40] ^= 1
    found = told(bytes(file))
    assert found["validation_state"] == "Invalid"
    assert "assertion.dataHash.mismatch" in json.dumps(found["validation_status"])


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """An environment whose certificates are asked for again."""
    identity.cache_clear()
    yield monkeypatch
    monkeypatch.undo()
    identity.cache_clear()


def test_a_hosts_own_certificate_signs(image: Image, host: pytest.MonkeyPatch) -> None:
    own = credentials._of_our_own()
    host.setenv("C2PA_SIGN_CERT", own.chain)
    host.setenv("C2PA_PRIVATE_KEY", own.key)
    assert identity() == own
    assert told(signed(png(Picture(image)), "A swap", "our program"))["validation_state"] == "Valid"


def test_a_hosts_broken_certificate_is_named(image: Image, host: pytest.MonkeyPatch) -> None:
    host.setenv("C2PA_SIGN_CERT", "nothing")
    host.setenv("C2PA_PRIVATE_KEY", "nothing")
    with pytest.raises(ValueError, match="C2PA_SIGN_CERT"):
        signed(png(Picture(image)), "A swap", "our program")
