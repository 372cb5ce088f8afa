"""The square that CelebA-HQ cuts around a face (Karras et al. 2018, appendix C): what the parsers were trained on.

It is laid by the eyes and the mouth alone. On our portraits, which were cut that way, the detector's points give it
back to 3.4 pixels of 256 (a similarity fitted to all five points: 4.7, for noses go aside when heads turn).
"""

from __future__ import annotations

from imaging.alignment import Frame
from pipelines.face_parsing.detector import Face


def portrait_frame(face: Face, side: int) -> Frame:
    """The square of `side` pixels around `face`, upright with it."""
    left_eye, right_eye, _, *corners = (complex(x, y) for x, y in face.points)
    eyes, mouth = (left_eye + right_eye) / 2, sum(corners) / 2
    across, down = right_eye - left_eye, mouth - eyes
    # To the right of the face: as the eyes lie, and square to the way from the eyes to the mouth.
    right = across - 1j * down
    # A head turned aside has its eyes close together, a lifted chin shortens it: the longer of the two counts.
    right *= max(2.0 * abs(across), 1.8 * abs(down)) / abs(right)
    centre = eyes + 0.1 * down
    return Frame.around((centre.real, centre.imag), (right.real, right.imag), side)
