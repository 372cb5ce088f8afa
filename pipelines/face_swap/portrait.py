"""A face with its points and regions, upright in a square of one kind for all: Korshunova et al. 2017, section 3."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage
from PIL import ImageDraw
from scipy.ndimage import binary_dilation  # pyright: ignore[reportMissingTypeStubs] - SciPy comes without types
from scipy.spatial import ConvexHull  # pyright: ignore[reportMissingTypeStubs]

from imaging.alignment import Frame, inverted, moved
from imaging.faces import MIRRORED as MIRRORED_LABELS
from imaging.landmarks import BROWS, FRONTAL, JAW, MIRRORED, OUTER_CORNERS
from imaging.types import Image, InputError, LabelMap, Mask

ROOM, LOWERED = 1.6, 0.15  # side of the square, and how far the face lies below its middle, in widths of the face
FOREHEAD = 0.28  # of the way from the brows to the chin: so far above the brows skin goes on, below most hairlines
SMALLEST = 48  # pixels of a face's width
TURNED = 45  # degrees; beyond, half of the face is not seen
NOSE = 0.5  # from the plane of the eyes' corners to its tip, in distances of the corners

SKIN = ("skin", "nose")
FACE = (*SKIN, "left eye", "right eye", "left brow", "right brow", "mouth", "upper lip", "lower lip")
HIDING = ("hair", "glasses", "hat")
STRANDS, GUMS = 0.02, 0.01  # of the side: how far hair reaches beyond its region, and teeth beyond theirs
OPEN = 0.0015  # of the square: a mouth of which so much is seen inside is open


@dataclass(frozen=True, eq=False)
class Portrait:
    """A photo uint8 (H, W, 3), the 68 `points` (68, 2) of one face in its pixels, and the face's regions.

    `labels` are CelebAMask-HQ's nineteen, of the whole photo: hair, glasses and hands before the face are not skin.
    """

    image: Image
    points: NDArray[np.float64]
    labels: LabelMap

    @property
    def width(self) -> float:
        """Pixels of the photo across the face, as it would be seen from the front."""
        return self.frame(1).scale / ROOM

    @property
    def yaw(self) -> float:
        """Degrees by which the head is turned aside, positive to the right of the photo.

        Seen from afar, the eyes' corners come nearer by the cosine and the nose goes aside by the sine.
        """
        left, right = self.points[list(OUTER_CORNERS)]
        across, aside = right - left, self.points[30] - (left + right) / 2
        tangent = float(np.dot(aside, across) / np.dot(across, across)) / NOSE
        return float(np.degrees(np.arctan(tangent)))

    @property
    def mirrored(self) -> Portrait:
        """The other way round."""
        points = self.points[list(MIRRORED)] * [-1, 1] + [self.image.shape[1], 0]
        ids = np.asarray(MIRRORED_LABELS, np.uint8)[self.labels.ids[:, ::-1]]
        return Portrait(np.ascontiguousarray(self.image[:, ::-1]), points, LabelMap(ids, self.labels.names))

    def frame(self, side: int) -> Frame:
        """The square in which the points lie as near as can be to those of the mean face: a similarity, Umeyama's.

        The paper fits an affine transform; a similarity cannot squeeze a turned head to a frontal one.
        """
        return Frame.onto(self.points, (np.add(FRONTAL, [0, LOWERED]) / ROOM + 0.5) * side, side)

    def seen(self, frame: Frame, names: Sequence[str]) -> Mask:
        """Where in the square the regions `names` are, bool (side, side)."""
        mask = self.labels.where(*names).astype(np.uint8) * 255
        return frame.cut(np.repeat(mask[..., None], 3, 2))[..., 0] > 127

    def face(self, frame: Frame) -> Mask:
        """What is swapped: inside the points and the forehead, all that nothing is in front of; bool (side, side)."""
        return inside(moved(self.points, inverted(frame.matrix)), frame.side) & self.seen(frame, FACE)

    def opened(self, frame: Frame) -> Mask:
        """The inside of the mouth with a margin, bool (side, side); nothing of a mouth that is closed."""
        mouth = self.seen(frame, ("mouth",))
        return grown(mouth, GUMS) & bool(mouth.mean() > OPEN)

    def offered(self, frame: Frame, teeth: bool) -> Mask:
        """Where a face may be taken from: away from strands of hair, and without `teeth` for one that shows none."""
        clear = self.face(frame) & ~grown(self.seen(frame, HIDING), STRANDS)
        return clear if teeth else clear & ~grown(self.seen(frame, ("mouth",)), GUMS)


def with_forehead(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """The 68 points and ten more, where the hair begins above the brows: (78, 2)."""
    brows, chin = points[list(BROWS)], points[JAW[8]]
    return np.vstack([points, brows + FOREHEAD * (brows.mean(0) - chin)])


def inside(points: NDArray[np.float64], side: int) -> Mask:
    """What lies between `points` (68, 2) and in the forehead over them, bool (side, side)."""
    outline = with_forehead(points)
    corners = outline[ConvexHull(outline).vertices]
    canvas = PillowImage.new("1", (side, side))
    ImageDraw.Draw(canvas).polygon([(float(x), float(y)) for x, y in corners], fill=1)
    return np.array(canvas)


def grown(mask: Mask, share: float) -> Mask:
    """`mask` (S, S) and all within `share` of the side."""
    return np.asarray(binary_dilation(mask, iterations=max(1, round(share * len(mask)))), np.bool_)


def checked(portrait: Portrait) -> None:
    """Raises `InputError` for a face that is too small, in profile, or hidden."""
    if portrait.width < SMALLEST:
        raise InputError(
            "This face is only {size} pixels wide; it must be {least} or more. Choose a larger or closer photo.",
            size=round(portrait.width),
            least=SMALLEST,
        )
    if abs(portrait.yaw) > TURNED:
        raise InputError(
            "This head is turned by about {angle} degrees; more than {most} cannot be swapped. Choose a photo from the "
            "front.",
            angle=round(abs(portrait.yaw)),
            most=TURNED,
        )
    if portrait.face(portrait.frame(SMALLEST)).mean() < 0.05:
        raise InputError("Nearly nothing of this face is seen: hair, hands or something else hides it.")
