"""A face in a photo becomes another's; pose, expression and light stay: Korshunova et al. 2017.

optimisation: neural patches of several photos of the target. warp: the photo with the nearest expression, bent to the
input's points. network: the paper's own way, at once, for the one face that it was trained for, Grace Hopper's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar, Self

import numpy as np
import torch
import torch.nn.functional as F

from checkpoints import Embedded
from imaging.alignment import Frame, inverted, moved
from imaging.types import Image, InputError, Mask
from networks.files import load_network
from networks.perceptual import ENCODERS, VGG, encoder
from networks.tensors import to_image, to_tensor
from pipelines.contract import Checkpoints, Progress, last, silent
from pipelines.face_swap.blend import cloned, laid
from pipelines.face_swap.colours import Tone, tone, toned
from pipelines.face_swap.expression import Candidate, ranked
from pipelines.face_swap.network import SwapNetwork
from pipelines.face_swap.optimise import SIDES, Scene, Source, Weights, optimised
from pipelines.face_swap.portrait import SKIN, Portrait, checked
from pipelines.face_swap.warp import bent

ADMIRAL = Embedded("face_swap/grace_hopper.safetensors")
SIDE = SIDES[-1]
NEIGHBOURS = ("left ear", "right ear", "neck")  # skin that a seam may lie on, besides the face's own


@dataclass(frozen=True)
class Options:
    """`strength` 0..1: how far towards the target; `tone` 0..1: how far all skin takes its colour.

    `steps` of the optimiser at 128 pixels, half as many at 256; `photos`: of the target that patches come from, mirror
    images counted (the paper's 16); `radius` in cells of the window in which they are sought, 0: the same place only.
    """

    strength: float = 1.0
    tone: float = 1.0
    steps: int = 40
    photos: int = 16
    radius: int = 2
    weights: Weights = field(default_factory=Weights)


@dataclass(frozen=True, eq=False)
class Result:
    """The photo so far, `done` 0 to 1, and the square that the face was made in, before and after.

    `chosen`: the number of the target's photo with the nearest expression, from 0, and `nearest`, its square, mirrored
    where its mirror image is nearer; -1 and None where the network needs none.
    """

    image: Image
    before: Image
    after: Image
    chosen: int
    nearest: Image | None
    done: float


@dataclass(frozen=True, eq=False)
class FaceSwap:
    """A variant's network: `eyes` see patches, `fast` makes a face at once; neither is needed for the warp."""

    CHECKPOINTS: ClassVar[Checkpoints] = {
        "optimisation": (ENCODERS["embedded"],),
        "warp": (),
        "network": (ADMIRAL,),
        "optimisation-vgg19": (ENCODERS["vgg19"],),
    }

    eyes: VGG | None = None
    fast: SwapNetwork | None = None
    device: str = "cpu"

    @classmethod
    def load(cls, variant: str = "optimisation", device: str = "cpu") -> Self:
        """`variant` is a key of `CHECKPOINTS`; raises `UnusableFile` where its weights cannot be had."""
        if variant not in cls.CHECKPOINTS:
            raise InputError(
                "There is no method called {method}. Choose one of: {methods}.",
                method=variant,
                methods=", ".join(cls.CHECKPOINTS),
            )
        eyes = {"optimisation": "embedded", "optimisation-vgg19": "vgg19"}.get(variant)
        fast = load_network(SwapNetwork, ADMIRAL.path(), device) if variant == "network" else None
        return cls(encoder(eyes, device) if eyes else None, fast, device)

    def __call__(
        self,
        portrait: Portrait,
        targets: Sequence[Portrait],
        options: Options = Options(),
        progress: Progress = silent,
    ) -> Result:
        """The photo of `portrait` with the face of `targets`, photos of one person."""
        return last(self.steps(portrait, targets, options, progress))

    def steps(
        self,
        portrait: Portrait,
        targets: Sequence[Portrait],
        options: Options = Options(),
        progress: Progress = silent,
    ) -> Iterator[Result]:
        """The photo as it forms; its last item is what a call returns."""
        checked(portrait)
        progress(0.0, "Choosing the nearest expression")
        if self.fast is not None:
            yield self._at_once(self.fast, portrait, options)
            return
        for target in targets:
            checked(target)
        candidates = ranked(portrait, targets)[: max(1, options.photos)]
        if not candidates:
            raise InputError("Add one or more photos of the face that comes in.")
        easel = _Easel.of(portrait, tone(candidates[0].portrait, SIDE), options.tone * options.strength, candidates[0])
        points = moved(portrait.points, inverted(easel.frame.matrix))
        # Teeth are not pressed into a mouth that is closed, nor lips over one that is open.
        teeth = portrait.opened(easel.frame)
        shown = candidates[0].portrait.opened(candidates[0].portrait.frame(SIDE)).any()
        easel = easel if shown else easel.without(teeth)
        sources = [bent(candidates[0].portrait, points, SIDE, bool(teeth.any()))]
        start = _mixed(easel.base, sources[0][0], options.strength)
        if self.eyes is None:
            yield easel.finished(start)
            return
        # What hides the target's own face, its hair say, is not brought along.
        start = laid(start, easel.base, easel.face & sources[0][1])
        yield easel.shown(start, 0.02)
        sources += [_upright(candidate.portrait, bool(teeth.any())) for candidate in candidates]
        scene = Scene(
            self.eyes,
            easel.base,
            start,
            [Source(crop, face) for crop, face in sources],
            easel.face,
            _weakened(options),
            options.radius,
            self.device,
        )
        made = start
        for x, share in optimised(scene, options.steps):
            made = to_image(x)
            progress(share, "Painting the face")
            if share < 1:
                yield easel.shown(made, min(0.99, share))
        yield easel.finished(made)

    def _at_once(self, network: SwapNetwork, portrait: Portrait, options: Options) -> Result:
        """What the network makes of the input; the skin around takes the tone of that."""
        frame = portrait.frame(SIDE)
        with torch.inference_mode():
            x = to_tensor(frame.cut(portrait.image), self.device)
            small = F.interpolate(x, 2 * [network.side], mode="bilinear", antialias=True)
            # What changed is carried up, not the picture, which keeps its own detail.
            made = to_image(x + F.interpolate(network(small) - small, 2 * [SIDE], mode="bilinear"))
        wanted = Tone.of(made, portrait.face(frame) & portrait.seen(frame, SKIN))
        easel = _Easel.of(portrait, wanted, options.tone * options.strength, None)
        return easel.finished(_mixed(easel.base, made, options.strength))


@dataclass(frozen=True, eq=False)
class _Easel:
    """The photo with its skin toned, and the square that is painted: all that the parts of a run share."""

    portrait: Portrait
    photo: Image
    frame: Frame
    base: Image
    face: Mask
    skin: Mask
    candidate: Candidate | None

    @classmethod
    def of(cls, portrait: Portrait, wanted: Tone, amount: float, candidate: Candidate | None) -> _Easel:
        photo = toned(portrait, tone(portrait, SIDE), wanted, amount)
        frame = portrait.frame(SIDE)
        skin = portrait.seen(frame, (*SKIN, *NEIGHBOURS))
        return cls(portrait, photo, frame, frame.cut(photo), portrait.face(frame), skin, candidate)

    def without(self, part: Mask) -> _Easel:
        """The same; `part` (SIDE, SIDE) stays as it was."""
        return replace(self, face=self.face & ~part)

    def shown(self, made: Image, done: float) -> Result:
        """A look at what is `made` so far."""
        return self._result(laid(made, self.base, self.face), done)

    def finished(self, made: Image) -> Result:
        """With its seam closed."""
        return self._result(cloned(made, self.base, self.face, self.skin), 1.0)

    def _result(self, after: Image, done: float) -> Result:
        image = self.frame.with_change(self.photo, self.base, after)
        nearest = None if self.candidate is None else _upright(self.candidate.portrait, teeth=True)[0]
        chosen = -1 if self.candidate is None else self.candidate.index
        return Result(image, self.frame.cut(self.portrait.image), after, chosen, nearest, done)


def _upright(portrait: Portrait, teeth: bool) -> tuple[Image, Mask]:
    """Its square, and where its face may be taken from."""
    frame = portrait.frame(SIDE)
    return frame.cut(portrait.image), portrait.offered(frame, teeth)


def _mixed(base: Image, made: Image, strength: float) -> Image:
    return np.rint(base + strength * (made.astype(np.float64) - base)).astype(np.uint8)


def _weakened(options: Options) -> Weights:
    """The less strength, the less style beside the input's content."""
    weights = options.weights
    return Weights(weights.content, weights.style * options.strength, weights.light, weights.smoothness)
