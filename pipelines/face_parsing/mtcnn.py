"""The three networks of MTCNN (Zhang et al. 2016), with the weights that the `mtcnn` package brings along.

The package itself runs on TensorFlow and is never imported: only its three weights files are read, lists of arrays in
Keras's order. The files are pickles, so each is opened only where it is, byte for byte, the one that was looked at.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

import joblib
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from checkpoints import UnusableFile
from networks.files import ready

_SHA256 = {
    "pnet": "ea6b0c3e685ebee3165326ad6484acc95f2ef78f1c94fbf40a55704fa989f7b5",
    "rnet": "cb00e6460f3c98b0bfafaba3c0a0ded4bdf6e62cee7174d969e8670d7e757fee",
    "onet": "94f6ea2f4cf985275ee958cdd762d17b6009348a4fb9d8c6be39ba73ffd22ca3",
}


class Features(nn.Sequential):
    """Convolutions with PReLU, each followed by a maximum over `pools` pixels at every second place; 0: by none.

    `shape`: (outputs, kernel) of each convolution.
    """

    def __init__(self, shape: Sequence[tuple[int, int]], pools: Sequence[int]) -> None:
        layers: list[nn.Module] = []
        inputs = 3
        for (outputs, kernel), pool in zip(shape, pools, strict=True):
            layers += [nn.Conv2d(inputs, outputs, kernel), nn.PReLU(outputs)]
            if pool:
                layers.append(nn.MaxPool2d(pool, 2, ceil_mode=True))  # as Caffe, where they were trained, pools
            inputs = outputs
        super().__init__(*layers)


class ProposalNetwork(nn.Module):
    """P-Net: a score and a shift of the box for every window of 12 pixels, 2 pixels apart.

    Takes float32 (N, 3, H, W) in -1..1. Gives scores (N, h, w) in 0..1 and shifts (N, 4, h, w) in window sides.
    """

    def __init__(self) -> None:
        super().__init__()
        self.features = Features([(10, 3), (16, 3), (32, 3)], (2, 0, 0))
        self.shift, self.score = nn.Conv2d(32, 4, 1), nn.Conv2d(32, 2, 1)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """The looks of all windows."""
        y = self.features(x)
        return self.score(y).softmax(1)[:, 1], self.shift(y)


class CropNetwork(nn.Module):
    """R-Net and O-Net: score (N,), shift of the box (N, 4) and five points (N, 5, 2), both in sides of the crop.

    Takes square crops, float32 (N, 3, S, S) in -1..1. R-Net has no points: (N, 0, 2).
    """

    def __init__(
        self, shape: Sequence[tuple[int, int]], pools: Sequence[int], cells: int, width: int, points: int
    ) -> None:
        super().__init__()
        self.features = Features(shape, pools)
        self.joined, self.bent = nn.Linear(cells * shape[-1][0], width), nn.PReLU(width)
        self.shift, self.score = nn.Linear(width, 4), nn.Linear(width, 2)
        self.points = nn.Linear(width, 2 * points) if points else None

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The looks of all crops."""
        # Trained on (width, height, channel), flattened.
        y = self.bent(self.joined(self.features(x).permute(0, 3, 2, 1).flatten(1)))
        # All five x, then all five y.
        points = self.points(y).unflatten(1, (2, -1)).transpose(1, 2) if self.points else y.new_zeros(len(y), 0, 2)
        return self.score(y).softmax(1)[:, 1], self.shift(y), points


def refine_network() -> CropNetwork:
    """R-Net, for crops of 24 pixels."""
    return CropNetwork([(28, 3), (48, 3), (64, 2)], (3, 3, 0), cells=9, width=128, points=0)


def output_network() -> CropNetwork:
    """O-Net, for crops of 48 pixels."""
    return CropNetwork([(32, 3), (64, 3), (64, 3), (128, 2)], (3, 3, 2, 0), cells=9, width=256, points=5)


def load(device: torch.device | str = "cpu") -> tuple[ProposalNetwork, CropNetwork, CropNetwork]:
    """P-Net, R-Net and O-Net, ready to run."""
    return (
        ready(network := ProposalNetwork(), _state(network, "pnet"), "pnet.lz4", device),
        ready(network := refine_network(), _state(network, "rnet"), "rnet.lz4", device),
        ready(network := output_network(), _state(network, "onet"), "onet.lz4", device),
    )


def _state(network: nn.Module, name: str) -> dict[str, Tensor]:
    """The package's arrays under the names of `network`, whose parts stand in the package's order."""
    names = sorted(network.state_dict(), key=lambda key: _ORDER.index(key.split(".")[0]))
    return dict(zip(names, (torch.from_numpy(array) for array in _arrays(name)), strict=True))


_ORDER = ("features", "joined", "bent", "shift", "points", "score")


def _arrays(name: str) -> Iterator[NDArray[np.float32]]:
    """Weights in torch's layout."""
    package = find_spec("mtcnn")
    if package is None or not package.submodule_search_locations:
        raise UnusableFile("The package {package} is missing: install requirements.txt again.", package="mtcnn")
    path = Path(package.submodule_search_locations[0]) / "assets" / "weights" / f"{name}.lz4"
    content = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(content).hexdigest() != _SHA256[name]:
        raise UnusableFile(
            "{file} of the package {package} is not the file that this program was written for.",
            file=path.name,
            package="mtcnn",
        )
    for array in joblib.load(io.BytesIO(content)):
        if array.ndim == 4:
            yield array.transpose(3, 2, 0, 1)
        elif array.ndim == 2:
            yield array.T
        else:  # a bias, or slopes of a PReLU
            yield array.ravel()
