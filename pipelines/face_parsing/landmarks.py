"""The 68 points of one face of a photo: detector, upright crop, network; ours, or FAN from the Hub."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from checkpoints import Embedded
from imaging.types import Box, Image, InputError
from networks.files import load_network
from pipelines.contract import Checkpoints, Progress, silent
from pipelines.face_parsing.detector import Detector, Face
from pipelines.face_parsing.fan import FILE as FAN_FILE
from pipelines.face_parsing.fan import Fan
from pipelines.face_parsing.landmark_network import Landmarks, first_frame, read
from pipelines.face_parsing.pipeline import chosen

FILE = Embedded("face_parsing/landmarks.safetensors")


@dataclass(frozen=True)
class Options:
    """`face`: which one, where there are several; 1 is the largest. `box`: where it is, if it was found wrong."""

    face: int = 1
    box: Box | None = None


@dataclass(frozen=True, eq=False)
class Result:
    """`points` float64 (68, 2), x and y in pixels of the photo, of `face`; all `faces`, the largest first."""

    points: NDArray[np.float64]
    faces: tuple[Face, ...]
    face: Face


@dataclass(frozen=True, eq=False)
class FaceLandmarks:
    """The detector, the network, and the device they are on; where there is `fan`, it reads in the network's place."""

    CHECKPOINTS: ClassVar[Checkpoints] = {"embedded": (FILE,), "fan": (FAN_FILE,)}

    detector: Detector
    network: Landmarks
    device: str
    fan: Fan | None = None

    @classmethod
    def load(cls, variant: str = "embedded", device: str = "cpu") -> Self:
        """`variant` is a key of `CHECKPOINTS`; raises `UnusableFile` where its weights cannot be had."""
        if variant not in cls.CHECKPOINTS:
            raise InputError(
                "There is no method called {method}. Choose one of: {methods}.",
                method=variant,
                methods=", ".join(cls.CHECKPOINTS),
            )
        fan = Fan.load(FAN_FILE.path()) if variant == "fan" else None
        return cls(Detector.load(device), load_network(Landmarks, FILE.path(), device), device, fan)

    def __call__(self, image: Image, options: Options = Options(), progress: Progress = silent) -> Result:
        """The points of one face of `image`, uint8 (H, W, 3)."""
        progress(0.0, "Looking for faces")
        faces = tuple(self.detector(image))
        face = chosen(faces, options.face)
        if options.box is not None:
            face = face.at(options.box)
        progress(0.5, "Reading its points")
        if self.fan is not None:
            points = self.fan.points(image, face)
        else:
            points = read(self.network, image, first_frame(face, self.network.side), self.device)
        return Result(points, faces, face)
