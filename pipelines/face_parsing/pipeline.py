"""What every pixel of a face shows: found in any photo, turned upright, labelled, laid back into the photo.

The detector is MTCNN (Zhang et al. 2016), the square around a face CelebA-HQ's (Karras et al. 2018), the labels
CelebAMask-HQ's nineteen (Lee et al. 2020). `embedded` is a small network of our own, `celebamask` a SegFormer (Xie et
al. 2021) of the Hub.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import torch.nn.functional as F

from imaging.alignment import Frame
from imaging.faces import NAMES
from imaging.types import Image, InputError, LabelMap
from pipelines.contract import Checkpoints, Progress, silent
from pipelines.face_parsing.alignment import portrait_frame
from pipelines.face_parsing.detector import Detector, Face
from pipelines.face_parsing.regions import in_photo, logits
from pipelines.face_parsing.weights import FILES, Network, network

SMALLEST = 32  # pixels; eyes and lips of smaller faces are a pixel or two


@dataclass(frozen=True)
class Options:
    """`face`: which one, where there are several; 1 is the largest. `side`: pixels of the upright crop."""

    face: int = 1
    side: int = 256


@dataclass(frozen=True, eq=False)
class Parsed:
    """`labels` of the whole photo; those of the upright `crop`, which `frame` cut out of it, are `crop_labels`.

    What reaches out of the frame, as long hair does, is background in `labels`.
    """

    labels: LabelMap
    crop: Image
    crop_labels: LabelMap
    frame: Frame


@dataclass(frozen=True, eq=False)
class Result(Parsed):
    """The same, all `faces` of the photo, the largest first, and the `face` that was parsed."""

    faces: tuple[Face, ...]
    face: Face


@dataclass(frozen=True, eq=False)
class FaceParsing:
    """The detector, a variant's parser, and the device they are on."""

    CHECKPOINTS: ClassVar[Checkpoints] = {name: (file,) for name, file in FILES.items()}

    detector: Detector
    parser: Network
    device: str

    @classmethod
    def load(cls, variant: str = "embedded", device: str = "cpu") -> Self:
        """`variant` is a key of `CHECKPOINTS`; raises `UnusableFile` where its weights cannot be had."""
        if variant not in FILES:
            raise InputError(
                "There is no method called {method}. Choose one of: {methods}.",
                method=variant,
                methods=", ".join(FILES),
            )
        return cls(Detector.load(device), network(variant, device), device)

    def __call__(self, image: Image, options: Options = Options(), progress: Progress = silent) -> Result:
        """The regions of one face of `image`, uint8 (H, W, 3)."""
        progress(0.0, "Looking for faces")
        faces = tuple(self.detector(image))
        face = chosen(faces, options.face)
        progress(0.5, "Naming its parts")
        found = self.in_frame(image, portrait_frame(face, options.side))
        return Result(found.labels, found.crop, found.crop_labels, found.frame, faces, face)

    def in_frame(self, image: Image, frame: Frame) -> Parsed:
        """The regions of what `frame` shows of `image`, whoever laid it: a portrait that is cut already, say."""
        fine = frame.at_side(self.parser.side)
        found = logits(self.parser, fine.cut(image), self.device)
        in_crop = F.interpolate(found, (frame.side, frame.side), mode="bilinear", align_corners=False)
        crop_ids = in_crop[0].argmax(0).cpu().numpy().astype(np.uint8)
        ids = in_photo(found, fine, *image.shape[:2])
        return Parsed(LabelMap(ids, NAMES), frame.cut(image), LabelMap(crop_ids, NAMES), frame)


def chosen(faces: tuple[Face, ...], number: int) -> Face:
    """The face of that number, from 1; raises `InputError` where there is none, or it is too small."""
    if not faces:
        raise InputError("No face was found. Choose a photo of someone who looks more or less into the camera.")
    if not 1 <= number <= len(faces):
        raise InputError("There is no face {number}; faces found: {count}.", number=number, count=len(faces))
    face = faces[number - 1]
    if face.size < SMALLEST:
        raise InputError(
            "This face is only {size} pixels high; it must be {least} or more. Choose a larger or closer photo.",
            size=face.size,
            least=SMALLEST,
        )
    return face
