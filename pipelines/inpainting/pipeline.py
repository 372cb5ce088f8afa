"""What was in a hole, made from the rest of the picture: neural patches (Yang et al. 2017), and their rivals.

neural: a content network fills a small copy, then patches of the surroundings are woven in, coarse to fine, as pixels
(by PatchMatch) and then as an encoder sees them; content: the network alone; patchmatch: patches of pixels (Barnes et
al. 2009, Wexler et al. 2007); lama, from the Hub: Suvorov et al. 2022.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import ClassVar, Literal, Self

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from imaging.types import Image, InputError, Mask
from networks.blending import blended
from networks.descent import AT_ONCE
from networks.fill import smooth_fill
from networks.perceptual import VGG, encoder
from networks.tensors import to_tensor
from pipelines.contract import Checkpoints, Progress, last, silent
from pipelines.inpainting.guide import Guide, guided
from pipelines.inpainting.holes import Hole, checked, cut, feathered, grown, holes
from pipelines.inpainting.lama import LaMa
from pipelines.inpainting.network import filled as coarsely_filled
from pipelines.inpainting.patchmatch import from_known, patchmatch, rewoven
from pipelines.inpainting.released import released
from pipelines.inpainting.seams import toned, with_detail
from pipelines.inpainting.texture import Scene, Weights, optimised, refined
from pipelines.inpainting.weights import FILES, filler

LARGEST_HOLE = 256  # pixels of the longer side at working size, as in the paper
TRUSTED = 12.0  # pixels of the coarsest size over which trust in the content network falls to 1 / e, and to .3 at last
COARSE_HOLE = 64  # at the size at which patches begin to be woven in
MULTIPLE, SMALLEST = 32, 64  # pixels of the sides of a working picture: three sizes of whole cells

Working = tuple[Tensor, Tensor, Tensor]  # picture, hole, unknown


@dataclass(frozen=True)
class Options:
    """Numbers of the methods.

    - `grow`: pixels by which the mask is widened first, for shadows and fringes; `feather`: width of the blend around;
    - `objective`, of neural patches: "fast" is ours, which weaves pixels first; "paper" seeks patches anew at every
      step; "released" is what the authors' code does;
    - `steps`: of the optimiser at the coarsest size; half as many at each finer one, and a quarter in "fast", which has
      less to do; `weights` of its terms;
    - `seed`: of PatchMatch's random trials.
    """

    grow: int = 3
    feather: int = 5
    objective: Literal["fast", "paper", "released"] = "fast"
    steps: int = 40
    weights: Weights = field(default_factory=Weights)
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Result:
    """The picture so far, `done` 0 to 1, and the mask of what is made or blended, bool (H, W)."""

    image: Image
    made: Mask
    done: float


@dataclass(frozen=True, eq=False)
class Inpainting:
    """A variant's networks: `fill` fills a hole at once, `eyes` see its texture; None where the variant needs none."""

    CHECKPOINTS: ClassVar[Checkpoints] = FILES

    fill: nn.Module | None = None
    eyes: VGG | None = None
    device: str = "cpu"

    @classmethod
    def load(cls, variant: str = "neural", device: str = "cpu") -> Self:
        """`variant` is a key of `CHECKPOINTS`; raises `UnusableFile` where its weights cannot be had."""
        if variant not in FILES:
            raise InputError(
                "There is no method called {method}. Choose one of: {methods}.",
                method=variant,
                methods=", ".join(FILES),
            )
        eyes = {"neural": "embedded", "neural-vgg19": "vgg19"}.get(variant)
        return cls(filler(variant, device), encoder(eyes, device) if eyes else None, device)

    def __call__(
        self,
        image: Image,
        mask: Mask,
        options: Options = Options(),
        progress: Progress = silent,
        guide: Guide | None = None,
    ) -> Result:
        """`image` uint8 (H, W, 3) with what `mask` bool (H, W) marks replaced.

        `guide`, of PatchMatch alone, says what shall be there; raises `ValueError` where it does not fit.
        """
        return last(self.steps(image, mask, options, progress, guide))

    def steps(
        self,
        image: Image,
        mask: Mask,
        options: Options = Options(),
        progress: Progress = silent,
        guide: Guide | None = None,
    ) -> Iterator[Result]:
        """The picture as it forms, hole by hole, coarse to fine."""
        mask = np.asarray(mask) > 0
        checked(image, mask)
        if guide is not None and (self.fill is not None or guide.labels.shape != mask.shape):
            raise ValueError("a guide is for PatchMatch, and has the picture's size")
        if options.objective not in ("fast", "paper", "released"):
            raise InputError("There is no objective called {name}.", name=options.objective)
        gone = grown(mask, options.grow)
        made = grown(gone, options.feather)
        if made.all():  # a large hole: then there is no room for a seam
            gone = made = mask
        matte = feathered(gone, options.feather) * made
        work = list(holes(made, LARGEST_HOLE))
        sizes = [float(hole.inside.sum()) for hole in work]
        current, before = image, 0.0
        for hole, size in zip(work, sizes, strict=True):
            rows = slice(hole.window.top, hole.window.bottom)
            columns = slice(hole.window.left, hole.window.right)
            weight = matte[rows, columns] * hole.inside
            base = current
            for picture, share in self._filled(cut(base, hole.window), hole, options, guide):
                current = base.copy()
                current[rows, columns] = blended(cut(base, hole.window), picture, weight)
                done = min(1.0, (before + share * size) / sum(sizes))
                progress(done, "Filling the hole")
                if done < 1:
                    yield Result(current, made, done)
            before += size
        yield Result(current, made, 1.0)

    def _filled(self, part: Image, hole: Hole, options: Options, guide: Guide | None) -> Iterator[tuple[Tensor, float]]:
        """The window's picture (1, 3, H, W), its hole filled, and how far it is; at working size inside."""
        native, masks = to_tensor(part, self.device), [_mask(m, self.device) for m in (hole.inside, hole.unknown)]
        native = smooth_fill(native, masks[1])
        factor = min(1.0, LARGEST_HOLE / hole.side)
        size = [max(1, round(side * factor)) for side in part.shape[:2]]
        working = _working(native, masks, size)
        height, width = size
        if guide is not None:
            guide = guide.part(hole.window).fitted((height, width), (working[0].shape[-2], working[0].shape[-1]))
        small = [mask[..., :height, :width] for mask in working[1:]]
        for x, share in self._worked(working, max(1, round(hole.side * factor)), options, guide):
            whole = F.interpolate(x, working[0].shape[-2:], mode="bicubic") if x.shape != working[0].shape else x
            picture = whole[..., :height, :width].clamp(0, 1)
            if size != list(part.shape[:2]):
                if share < 1:
                    picture = F.interpolate(picture, part.shape[:2], mode="bilinear")
                else:
                    picture = with_detail(native, picture, small[0], small[1], options.seed)
            yield picture, share

    def _worked(
        self, working: Working, side: int, options: Options, guide: Guide | None
    ) -> Iterator[tuple[Tensor, float]]:
        """The working picture as it forms, at this or a coarser size, and how far it is."""
        x, hole, unknown = working
        if guide is not None:
            yield from guided(x, hole, unknown, guide, options.seed)
            return
        if self.fill is None:
            for picture, _, share in patchmatch(x, hole, unknown, options.seed):
                yield picture, share
            return
        if isinstance(self.fill, LaMa):
            with torch.no_grad():
                yield self.fill(x, unknown), 1.0
            return
        # Each size is twice the last; the hole is largest at the working one.
        count = 1 + (side > COARSE_HOLE) + (side > 2 * COARSE_HOLE)
        pyramid = [_shrunk(working, 2**step) for step in reversed(range(count))]
        filled = coarsely_filled(self.fill, pyramid[0][0], pyramid[0][2])
        if self.eyes is None:
            yield filled, 1.0
            return
        yield filled, 0.05
        places, coarse = None, filled
        for number, (known, inside, nowhere) in enumerate(pyramid):
            filled = F.interpolate(filled, known.shape[-2:], mode="bicubic").clamp(0, 1)
            afar = torch.lerp(known, filled, inside)
            if options.objective == "fast":
                afar, places = _woven(afar, inside, nowhere, places, options.seed)
                yield afar, max(0.05, 4**number / 4**count)
            scene = Scene(self.eyes, afar, inside, nowhere, options.weights)
            steps = max(AT_ONCE, options.steps // (4 if options.objective == "fast" else 1) // 2**number)
            for looked, (reached, _) in enumerate(_descent(scene, steps, options.objective), start=1):
                filled = reached.clamp(0, 1)
                share = (4**number + 3 * 4**number * min(1.0, looked * AT_ONCE / steps)) / 4**count
                yield filled, min(0.99, max(0.05, share))
        if options.objective == "fast":
            filled = toned(filled, F.interpolate(coarse, filled.shape[-2:], mode="bicubic"), hole, side / 4)
        yield filled, 1.0


def _descent(scene: Scene, steps: int, objective: str) -> Iterator[tuple[Tensor, float]]:
    walk = {"fast": partial(refined, woven=True), "paper": optimised, "released": released}[objective]
    yield from walk(scene, steps)


def _woven(afar: Tensor, inside: Tensor, nowhere: Tensor, places: Tensor | None, seed: int) -> tuple[Tensor, Tensor]:
    """A hole filled softly, made of pieces of the picture, at the rim less so; and where these come from.

    `places`: those of half the size. Without this beginning, soft patches would find soft ones, wherever they are.
    """
    if places is not None:
        return rewoven(afar, inside, nowhere, seed, places)
    woven, places, _ = last(patchmatch(afar, inside, nowhere, seed, afar))
    # Near the rim what the content network sees is truer than any piece from elsewhere.
    trust = torch.exp((1 - from_known(inside[0, 0] > 0)) / TRUSTED)
    return torch.lerp(woven, afar, trust * inside), places


def _shrunk(working: Working, factor: int) -> Working:
    x, hole, unknown = working
    if factor == 1:
        return working
    small = F.interpolate(x, scale_factor=1 / factor, mode="bicubic", antialias=True).clamp(0, 1)
    return small, F.max_pool2d(hole, factor), F.max_pool2d(unknown, factor)


def _mask(mask: Mask, device: str) -> Tensor:
    return torch.from_numpy(mask.copy())[None, None].float().to(device)


def _working(native: Tensor, masks: list[Tensor], size: list[int]) -> Working:
    """Everything at working size, padded to sides that the encoder halves evenly; the padding is unknown."""
    x = native
    if size != list(native.shape[-2:]):
        x = F.interpolate(native, size, mode="bicubic", antialias=True).clamp(0, 1)
        masks = [F.adaptive_max_pool2d(mask, size) for mask in masks]
    target = [max(SMALLEST, -(-side // MULTIPLE) * MULTIPLE) for side in size]
    padding = (0, target[1] - size[1], 0, target[0] - size[0])
    hole, unknown = masks
    return F.pad(x, padding, mode="replicate"), F.pad(hole, padding), F.pad(unknown, padding, value=1.0)
