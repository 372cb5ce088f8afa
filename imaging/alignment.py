"""A square laid over a photo, turned and scaled: what it shows is cut out, worked on upright, and laid back.

All coordinates are x and y in pixels from the upper left corner: the middle of the first pixel is (0.5, 0.5).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, hypot

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage

from imaging.types import Box, Image

_FADE = 0.08  # of the side, over which a change fades
_RIM = 3  # pixels around what is seen that bicubic interpolation reads


def similarity(points: NDArray[np.float64], reference: NDArray[np.float64]) -> NDArray[np.float64]:
    """The turn, scale and shift (2, 3) that brings `points` (N, 2) closest to `reference` (N, 2), least squares.

    Umeyama's (1991) answer without its reflections: as complex numbers, a straight line through the pairs.
    """
    z, w = points @ [1, 1j], reference @ [1, 1j]
    apart = z - z.mean()
    turn = complex((apart.conj() * (w - w.mean())).sum()) / float((np.abs(apart) ** 2).sum())
    shift = complex(w.mean()) - turn * complex(z.mean())
    return np.array([[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag]])


def affine(points: NDArray[np.float64], reference: NDArray[np.float64]) -> NDArray[np.float64]:
    """The affine matrix (2, 3) that brings `points` (N, 2) closest to `reference` (N, 2), least squares."""
    solved = np.linalg.lstsq(np.column_stack([points, np.ones(len(points))]), reference, rcond=None)[0]
    return solved.T.astype(np.float64)


def inverted(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """The (2, 3) matrix of the way back."""
    turn = np.linalg.inv(matrix[:, :2]).astype(np.float64)
    return np.column_stack([turn, -turn @ matrix[:, 2]])


def moved(points: NDArray[np.float64], matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """`points` (..., 2) through `matrix` (2, 3)."""
    return points @ matrix[:, :2].T + matrix[:, 2]


@dataclass(frozen=True, eq=False)
class Frame:
    """A square of `side` pixels; its point p lies at `matrix` @ (p, 1) in the photo. `matrix` float64 (2, 3)."""

    matrix: NDArray[np.float64]
    side: int

    @classmethod
    def around(cls, centre: tuple[float, float], right: tuple[float, float], side: int) -> Frame:
        """The square around `centre` whose right edge's middle is `right` away from it, both in the photo."""
        x, y = right[0] / (side / 2), right[1] / (side / 2)
        turn = np.array([[x, -y], [y, x]])
        shift = np.array(centre) - turn @ np.array([side / 2, side / 2])
        return cls(np.column_stack([turn, shift]), side)

    @classmethod
    def onto(cls, points: NDArray[np.float64], reference: NDArray[np.float64], side: int) -> Frame:
        """The square in which `points` (N, 2) of the photo lie where `reference` (N, 2) does, in pixels of it."""
        return cls(inverted(similarity(points, reference)), side)

    @property
    def scale(self) -> float:
        """Pixels of the photo in one of the square, along an edge."""
        return hypot(self.matrix[0, 0], self.matrix[1, 0])

    @property
    def inverse(self) -> NDArray[np.float64]:
        """The (2, 3) matrix from the photo to the square."""
        return inverted(self.matrix)

    def at_side(self, side: int) -> Frame:
        """The same square of the photo in `side` pixels."""
        return Frame(self.matrix * [self.side / side, self.side / side, 1], side)

    def reach(self) -> Box:
        """The smallest upright box of the photo that holds the square; it may reach over the photo's rim."""
        corners = self.matrix @ np.array([[0, self.side, 0, self.side], [0, 0, self.side, self.side], [1, 1, 1, 1]])
        (left, top), (right, bottom) = corners.min(1), corners.max(1)
        return Box(floor(left), floor(top), max(ceil(right), floor(left) + 1), max(ceil(bottom), floor(top) + 1))

    def cut(self, image: Image) -> Image:
        """What the square shows of `image`: uint8 (side, side, 3). Beyond the photo its rim goes on."""
        box = self.reach()
        left, top = box.left - _RIM, box.top - _RIM
        rows = np.arange(top, box.bottom + _RIM).clip(0, image.shape[0] - 1)
        columns = np.arange(left, box.right + _RIM).clip(0, image.shape[1] - 1)
        seen = PillowImage.fromarray(image[rows][:, columns])
        matrix = self.matrix - [[0, 0, left], [0, 0, top]]
        return np.asarray(_through(seen, matrix, (self.side, self.side), shrink=self.scale))

    def laid_back(self, values: NDArray[np.float32], height: int, width: int) -> NDArray[np.float32]:
        """Float32 `values` (side, side) or (side, side, C) where they lie in a photo: (height, width[, C]), else 0."""
        planes = values.reshape(self.side, self.side, -1)
        laid = np.zeros((height, width, planes.shape[2]), np.float32)
        box = self.reach()
        left, top, right, bottom = max(box.left, 0), max(box.top, 0), min(box.right, width), min(box.bottom, height)
        if left < right and top < bottom:
            inverse = self.inverse
            inverse[:, 2] += inverse[:, :2] @ [left, top]
            for channel in range(planes.shape[2]):
                plane = PillowImage.fromarray(np.ascontiguousarray(planes[..., channel]))
                part = _through(plane, inverse, (right - left, bottom - top), shrink=1 / self.scale)
                laid[top:bottom, left:right, channel] = np.asarray(part)
        return laid.reshape(height, width, *values.shape[2:])

    def _fade(self, height: int, width: int) -> NDArray[np.float32]:
        """(side, side): falls to zero at the edges beyond which a photo of that size goes on."""
        middle, out = self.side / 2, _FADE / 2 * self.side
        beyond = [(-out, middle), (self.side + out, middle), (middle, -out), (middle, self.side + out)]
        places = moved(np.array(beyond), self.matrix)
        left, right, top, bottom = (0 <= float(x) < width and 0 <= float(y) < height for x, y in places)
        return np.outer(_ramp(self.side, top, bottom), _ramp(self.side, left, right)).astype(np.float32)

    def with_change(self, photo: Image, before: Image, after: Image) -> Image:
        """`photo` changed as its square was from `before` to `after`, both (side, side, 3).

        The difference is laid back, not the square: what is the same stays bit for bit, and elsewhere the photo's own
        detail stays under the change. Where the photo goes on beyond the square, the change fades towards its edge:
        hair that the square cuts through would show a line.
        """
        change = (after.astype(np.float32) - before) * self._fade(*photo.shape[:2])[..., None]
        laid = self.laid_back(change, *photo.shape[:2])
        return np.where(np.abs(laid) < 0.5, photo, np.rint(photo + laid).clip(0, 255)).astype(np.uint8)


def _ramp(side: int, first: bool, last: bool) -> NDArray[np.float32]:
    """One along a line, falling to zero at those of its ends that are asked for."""
    place = (np.arange(side) + 0.5) / side
    ends = [place] * first + [1 - place] * last
    ramp = np.clip(np.min(ends, 0) / _FADE, 0, 1) if ends else np.ones(side)
    return (ramp * ramp * (3 - 2 * ramp)).astype(np.float32)


def _through(
    picture: PillowImage.Image, matrix: NDArray[np.float64], size: tuple[int, int], shrink: float
) -> PillowImage.Image:
    """`picture` at `matrix` @ (x, y, 1) for every x, y of a picture of `size`; first made smaller where it is finer."""
    width, height = picture.size
    if shrink > 1:
        small = (max(1, round(width / shrink)), max(1, round(height / shrink)))
        picture = picture.resize(small, PillowImage.Resampling.BICUBIC)
        matrix = matrix * [[small[0] / width], [small[1] / height]]
    affine = PillowImage.Transform.AFFINE
    return picture.transform(size, affine, tuple(matrix.ravel()), PillowImage.Resampling.BICUBIC)
