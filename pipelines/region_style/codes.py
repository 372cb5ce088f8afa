"""The style of a portrait, region by region: what is swapped, blended and kept in a file."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from imaging.faces import MIRRORED
from imaging.types import InputError

MOST_BYTES = 16_000_000  # of the arrays in a file; the reference's network has 200 KB
DAMAGED = "This file holds no style codes. Choose one that was saved here."


@dataclass(frozen=True, eq=False)
class Codes:
    """`values` float32 (blocks, labels, length), one code per block of the generator: they differ after a crossover.

    `present` bool (labels,): the regions that the portrait shows; the others have a mean code. `colours` float32
    (labels, 3), RGB in 0..1: each region's mean colour, which what is generated shall have; NaN where none is known.
    """

    values: NDArray[np.float32]
    present: NDArray[np.bool_]
    colours: NDArray[np.float32]

    def source(self, label: int) -> int:
        """The label whose code stands for `label`: its own, or the other side's where only that can be seen."""
        return MIRRORED[label] if not self.present[label] and self.present[MIRRORED[label]] else label

    def alike(self, other: Codes) -> bool:
        """Whether both say the same."""
        return np.array_equal(self.values, other.values) and np.array_equal(self.colours, other.colours, equal_nan=True)

    def restyled(self, other: Codes, labels: Sequence[int], amount: float = 1, blocks: Sequence[int] = ()) -> Codes:
        """These codes with those of `other` for some regions, as far as `amount` (0..1, section 4: interpolation).

        `blocks` of the generator that obey it, none for all (section 4: style crossover).
        """
        if self.values.shape != other.values.shape:
            raise InputError("These style codes belong to another network. Make them again with this one.")
        values, colours, chosen = self.values.copy(), self.colours.copy(), list(blocks) or slice(None)
        for label in labels if amount else ():
            source = other.source(label)
            values[chosen, label] += amount * (other.values[chosen, source] - values[chosen, label])
            colours[label] += amount * (other.colours[source] - colours[label])
        return Codes(values, self.present, colours)

    def saved(self) -> bytes:
        """A file of them, NumPy's npz."""
        file = io.BytesIO()
        np.savez_compressed(file, values=self.values, present=self.present, colours=self.colours)
        return file.getvalue()

    @classmethod
    def opened(cls, file: bytes) -> Self:
        """What `saved` wrote. Raises `InputError` for any other file."""
        try:
            # A small file can unfold into gigabytes; and what is no archive NumPy takes for an array.
            with zipfile.ZipFile(io.BytesIO(file)) as archive:
                if sum(entry.file_size for entry in archive.infolist()) > MOST_BYTES:
                    raise InputError(DAMAGED)
            with np.load(io.BytesIO(file), allow_pickle=False) as arrays:
                codes = cls(*(arrays[name] for name in ("values", "present", "colours")))
        except (ValueError, KeyError, OSError, EOFError, zipfile.BadZipFile, zlib.error) as error:
            raise InputError(DAMAGED) from error
        labels = len(codes.present)
        shaped = codes.values.ndim == 3 and codes.values.shape[1] == labels and codes.colours.shape == (labels, 3)
        typed = [a.dtype.char for a in (codes.values, codes.present, codes.colours)] == ["f", "?", "f"]
        if not (shaped and typed and np.isfinite(codes.values).all() and not np.isinf(codes.colours).any()):
            raise InputError(DAMAGED)
        return codes
