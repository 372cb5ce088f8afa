"""The 68 points by FAN, a large network from the Hub: Bulat and Tzimiropoulos 2017 ("How far are we from solving ...").

The public file, facefusion's, is ONNX: from a square of 256 pixels it gives the points, already read from their 68 heat
maps, in cells of 4 pixels, each with its score, and the heat maps.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from checkpoints import OnHub, UnusableFile
from imaging.alignment import Frame, moved
from imaging.types import Image
from pipelines.face_parsing.detector import Face
from pipelines.face_parsing.landmark_network import ROOM, first_frame

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

# Neither a commit nor a checksum could be learnt where this was written: the branch is all there is.
FILE = OnHub("facefusion/models-3.0.0", "2dfan4.onnx", "main")

SIDE, CELL = 256, 4  # pixels of the square, and of a cell of the heat maps
# facefusion's square has a side of 256/195 of the face's box, which is about a quarter higher than the face is wide.
WIDER = 256 / 195 * 1.25 / ROOM
_UNUSABLE = "{file} is damaged and cannot be read."


@dataclass(frozen=True, eq=False)
class Fan:
    """The file, opened. It runs on the CPU: half a second at most."""

    session: InferenceSession

    @classmethod
    def load(cls, path: Path) -> Self:
        """Raises `UnusableFile` where the file is no such network."""
        # Here, not above: only those who choose this variant wait for it.
        import onnxruntime

        try:
            session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        except Exception as error:  # its exceptions have no common class but this
            raise UnusableFile(_UNUSABLE, file=FILE.name) from error
        shapes = [tensor.shape[1:] for tensor in session.get_inputs()]
        if shapes != [[3, SIDE, SIDE]]:
            raise UnusableFile(_UNUSABLE, file=FILE.name)
        return cls(session)

    def points(self, image: Image, face: Face) -> NDArray[np.float64]:
        """(68, 2), x and y in pixels of `image`, uint8 (H, W, 3)."""
        frame = wider(first_frame(face, SIDE))
        x = frame.cut(image).astype(np.float32).transpose(2, 0, 1)[None] / 255
        found = self.session.run(None, {self.session.get_inputs()[0].name: x})[0]
        return moved(np.asarray(found, np.float64)[0, :, :2] * CELL, frame.matrix)


def wider(frame: Frame) -> Frame:
    """`frame` with the room around the face that this network was trained with."""
    middle = moved(np.array([[frame.side / 2, frame.side / 2]]), frame.matrix)[0]
    turn = frame.matrix[:, :2] * WIDER
    return Frame(np.column_stack([turn, middle - turn @ [frame.side / 2, frame.side / 2]]), frame.side)
