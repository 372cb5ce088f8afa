"""What the tests of soft segmentation share: the authors' picture and numbers, and a small picture of three things."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image as PillowImage

from imaging.geometry import resize_array
from imaging.types import Image
from pipelines.soft_segmentation.laplacian import Sparse, laplacian
from pipelines.soft_segmentation.superpixels import Superpixels, at_middles

SHARED = Path(__file__).resolve().parents[4] / "shared"
PARITY = SHARED / "parity" / "soft_segmentation"
PHOTO = SHARED / "data" / "matting" / "sss" / "docia_image_and_features.png"


@dataclass(frozen=True, eq=False)
class Docia:
    """The authors' picture at half its size in double precision, its features and superpixels, and their graph."""

    colours: NDArray[np.float64]
    features: NDArray[np.float64]
    patches: Superpixels
    graph: Sparse


@pytest.fixture(scope="session")
def docia() -> Docia:
    if not PARITY.is_dir() or not PHOTO.is_file():
        pytest.skip("../shared is not beside this checkout")
    both = np.asarray(PillowImage.open(PHOTO).convert("RGB")) / 255
    colours = resize_array(both[:, :640], 0.5)
    features = np.load(PARITY / "features.npz")["features"].astype(np.float64)
    labels = np.load(PARITY / "superpixels.npz")
    patches = at_middles(labels[labels.files[0]].reshape(320, 320))
    return Docia(colours, features, patches, laplacian(colours, features, patches))


@pytest.fixture
def three_things() -> Image:
    """A disc on two halves, with a little noise: uint8 (64, 80, 3)."""
    rows, columns = np.mgrid[:64, :80]
    picture = np.where((columns < 40)[..., None], (200, 60, 50), (60, 90, 200))
    picture = np.where((np.hypot(rows - 32, columns - 40) < 14)[..., None], (230, 220, 90), picture)
    noise = np.random.default_rng(0).integers(-4, 5, picture.shape)
    return (picture + noise).clip(0, 255).astype(np.uint8)
