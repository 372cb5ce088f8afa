"""A clip in layers that stay the same things from frame to frame."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from imaging.types import Image, InputError
from pipelines.contract import Progress, silent
from pipelines.soft_segmentation.options import Memory, Options
from pipelines.soft_segmentation.pipeline import Result, SoftSegmentation

MOST_FRAMES = 100


def segmented(
    pipeline: SoftSegmentation, frames: Iterable[Image], options: Options = Options(), progress: Progress = silent
) -> Iterator[Result]:
    """The layers of each of up to 100 `frames` of one size, in the order of the first frame's.

    The features' axes and the groups are the first frame's; every other frame begins with the layers of the one
    before. Without that the same thing would change its layer from frame to frame.
    """
    memory: Memory | None = None
    shape: tuple[int, ...] | None = None
    for number, frame in enumerate(frames):
        if number == MOST_FRAMES:
            raise InputError("A clip has {most} frames at most: cut it.", most=MOST_FRAMES)
        if shape is not None and frame.shape != shape:
            raise InputError("All frames of a clip must have the same size.")
        shape = frame.shape
        progress(number / MOST_FRAMES, "Frame")
        found = pipeline(frame, options, like=memory)
        memory = found.memory
        yield found
