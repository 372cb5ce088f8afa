"""What the tests of face parsing share: the detector, and a photo with a face."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import skimage.data
from PIL import Image as PillowImage

from imaging.types import Image
from pipelines.face_parsing import Detector


@pytest.fixture(scope="session")
def detector() -> Detector:
    return Detector.load()


@pytest.fixture(scope="session")
def astronaut() -> Image:
    """512 pixels a side; the eyes at about (204, 101) and (247, 103), the mouth at (223, 140)."""
    return skimage.data.astronaut()


@pytest.fixture(scope="session")
def motorcycle() -> Image:
    """A busy photo without a face."""
    path = Path(skimage.data.__file__).parent / "motorcycle_left.png"
    return np.asarray(PillowImage.open(path).convert("RGB").resize((640, 480)))
