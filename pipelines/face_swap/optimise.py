"""The new face, walked downhill in its square: content of the input, neural patches of the target, the input's light.

Korshunova et al. 2017, section 3.2, without its network: content is relu4_2 of the input (equation 1), style the
nearest patches of relu3_1 and relu4_1 around the same place of several photos (equations 2 to 5), then light and
smoothness. Departures:

- matches are sought once a size, by cosine as in the paper, and then frozen, which makes style a squared distance to
  their overlap average (`networks.patches`): two hundred times fewer searches;
- patches of 3 x 3 cells, sought in a window, not of one cell at exactly the same place: it forgives points that are
  off, and keeps eyelids whole;
- light is softly blurred luma, the input's, and so is colour, the target's: all that is blurred stays as it begins.
  The paper's siamese network needs photos of faces in 64 lights;
- smoothness is that of the change, not of the picture: the target's pores and lashes may stay, specks may not come;
- the weights are ours, for terms that are all relative; they were found by looking.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from imaging.types import Image, Mask
from networks.descent import AT_ONCE, lbfgs
from networks.objective import MapTarget, Objective, total_variation
from networks.patches import nearest_patches, swapped, touching
from networks.perceptual import VGG
from networks.precision import autocast
from networks.tensors import to_tensor
from pipelines.face_swap.portrait import ROOM

SIDES = (128, 256)  # pixels of the square
CONTENT, STYLE = "relu4_2", ("relu3_1", "relu4_1")
STRIDES = {"relu3_1": 4, "relu4_1": 8, "relu4_2": 8}  # pixels between two cells
K = 3
LUMA = (0.299, 0.587, 0.114)
ROOM_AROUND = 16  # pixels of the finest square: seen around the face, so that its rim is not the picture's
SOFTNESS = 0.06  # standard deviation of the light's blur, in widths of the face


@dataclass(frozen=True)
class Weights:
    """Of the terms: content and style are relative errors; light and smoothness mean squares of pixels in 0..1."""

    content: float = 0.3
    style: float = 1.0
    light: float = 20.0
    smoothness: float = 10.0


@dataclass(frozen=True, eq=False)
class Source:
    """An upright photo of the target, uint8 (S, S, 3), and where its face is seen."""

    crop: Image
    face: Mask


@dataclass(frozen=True, eq=False)
class Scene:
    """The input's square `base`, where to `start` from, the `sources` of patches, and the `face` that changes.

    All are `SIDES[-1]` pixels wide; `radius` in cells is the window in which patches are sought.
    """

    encoder: VGG
    base: Image
    start: Image
    sources: Sequence[Source]
    face: Mask
    weights: Weights
    radius: int
    device: str

    def cut(self, rows: slice, columns: slice) -> Scene:
        """A part of it."""
        box = rows, columns
        sources = [Source(source.crop[box], source.face[box]) for source in self.sources]
        return replace(self, base=self.base[box], start=self.start[box], sources=sources, face=self.face[box])


def optimised(scene: Scene, steps: int) -> Iterator[tuple[Tensor, float]]:
    """The square (1, 3, S, S) in 0..1 as it forms, and how far it is: `steps` at the coarse size, half at the fine.

    Only the box around the face is looked at, a third less.
    """
    rows, columns = (bounds(np.asarray(scene.face.any(axis))) for axis in (1, 0))
    square = to_tensor(scene.base, scene.device)
    for x, share in _descended(scene.cut(rows, columns), steps):
        whole = square.clone()
        whole[..., rows, columns] = x
        yield whole, share


def bounds(there: NDArray[np.bool_]) -> slice:
    """From the first to the last that is `there` (S,), with `ROOM_AROUND` and on borders of cells at every size."""
    cell = 2 * STRIDES[CONTENT]
    places = np.nonzero(there)[0] if there.any() else np.arange(len(there))
    first, last = max(0, places[0] - ROOM_AROUND), min(len(there), places[-1] + 1 + ROOM_AROUND)
    return slice(int(first // cell * cell), int(-(-last // cell) * cell))


def _descended(scene: Scene, steps: int) -> Iterator[tuple[Tensor, float]]:
    face = _mask(scene.face, scene.device)
    base = to_tensor(scene.base, scene.device)
    start = torch.lerp(base, relit(to_tensor(scene.start, scene.device), base), face)
    x, work, done = start, [steps * (side / SIDES[0]) ** 2 / (number + 1) for number, side in enumerate(SIDES)], 0.0
    for number, side in enumerate(SIDES):
        here = _part(x, side)
        finer, count = x, max(AT_ONCE, steps // (number + 1))
        pull = _Pull.towards(scene, start, here, side)
        for looked, (reached, _) in enumerate(lbfgs(here, pull.gradient, count), start=1):
            # What changed is carried up, not the picture: the finer size keeps its own detail.
            change = (
                F.interpolate(reached - here, start.shape[-2:], mode="bicubic") if side < SIDES[-1] else reached - here
            )
            share = (done + work[number] * min(1.0, looked * AT_ONCE / count)) / sum(work)
            finer = (x + change).clamp(0, 1)
            yield finer, share
        x, done = finer, done + work[number]


def relit(x: Tensor, base: Tensor) -> Tensor:
    """`x` in the soft light of `base`, both (1, 3, S, S)."""
    return (x + blurred(luma(base) - luma(x))).clamp(0, 1)


def luma(x: Tensor) -> Tensor:
    """(1, 1, S, S), of gamma-coded RGB: close to Lab's L, and linear."""
    return (x * x.new_tensor(LUMA).view(1, 3, 1, 1)).sum(1, keepdim=True)


def blurred(x: Tensor) -> Tensor:
    """`x` (1, C, S, S) through a Gaussian of `SOFTNESS`; beyond the rim, the rim goes on."""
    spread = SOFTNESS / ROOM * x.shape[-1]
    reach = max(1, round(2.5 * spread))
    taps = torch.arange(-reach, reach + 1, device=x.device, dtype=x.dtype)
    kernel = torch.exp(-0.5 * (taps / spread) ** 2)
    kernel = (kernel / kernel.sum()).view(1, 1, 1, -1)
    planes = x.transpose(0, 1)
    planes = F.conv2d(F.pad(planes, (reach, reach, 0, 0), mode="replicate"), kernel)
    planes = F.conv2d(F.pad(planes, (0, 0, reach, reach), mode="replicate"), kernel.transpose(2, 3))
    return planes.transpose(0, 1)


@dataclass(frozen=True, eq=False)
class _Pull:
    """All terms at one size; only `face` (1, 1, s, s) moves, away from `start` (1, 3, s, s)."""

    seen: Objective
    start: Tensor
    face: Tensor
    weights: Weights

    @classmethod
    def towards(cls, scene: Scene, start: Tensor, x: Tensor, side: int) -> _Pull:
        """The terms, with the patches that are nearest to those of `x` (1, 3, side, side)."""
        face, weights = _part(_mask(scene.face, scene.device), side), scene.weights
        base = _part(to_tensor(scene.base, scene.device), side)
        with torch.no_grad():
            maps = dict(_style(scene, x, face, side))
            counts = F.avg_pool2d(face, STRIDES[CONTENT])[0, 0]
            content = scene.encoder(base, (CONTENT,))[CONTENT]
            maps[CONTENT] = MapTarget.relative(content, weights.content, counts)
        return cls(Objective(scene.encoder, maps=maps), _part(start, side), face, weights)

    def gradient(self, x: Tensor) -> tuple[float, Tensor]:
        """Loss and slope."""
        with autocast(x.device):
            loss, slope = self.seen.gradient(x)
        rough, rise = total_variation(x - self.start)
        with torch.enable_grad():
            change = (x - self.start).detach().requires_grad_(True)
            error = (blurred(change).square() * self.face).sum() / (3 * self.face.sum().clamp_min(1))
            (pull,) = torch.autograd.grad(error, change)
        loss += self.weights.light * error.item() + self.weights.smoothness * rough
        return loss, (slope + self.weights.light * pull + self.weights.smoothness * rise) * self.face


def _style(scene: Scene, x: Tensor, face: Tensor, side: int) -> Iterator[tuple[str, MapTarget]]:
    """By tap: the overlap average of the nearest patches of all sources, relative to its own square."""
    found = scene.encoder(x, STYLE)
    pictures = [_part(to_tensor(source.crop, scene.device), side) for source in scene.sources]
    activations = [scene.encoder(picture, STYLE) for picture in pictures]
    masks = [_part(_mask(source.face, scene.device), side) for source in scene.sources]
    for tap in STYLE:
        sources = [activation[tap][0] for activation in activations]
        hidden = [F.avg_pool2d(mask, STRIDES[tap])[0, 0] < 0.5 for mask in masks]
        # Of a face that is hidden all over, patches with hair and glasses are better than none.
        holes = None if all(bool(touching(hole, K).all()) for hole in hidden) else hidden
        wanted = F.max_pool2d(face, STRIDES[tap])[0, 0] > 0
        matches = nearest_patches(found[tap][0], sources, K, query_hole=wanted, source_holes=holes, radius=scene.radius)
        swap = swapped(matches, sources)
        yield tap, MapTarget.relative(swap.mean[None], scene.weights.style / len(STYLE), swap.count)


def _mask(mask: Mask, device: str) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(mask))[None, None].float().to(device)


def _part(x: Tensor, side: int) -> Tensor:
    """`x` (N, C, h, w), part of the finest square, as it is in a square of `side` pixels."""
    size = [length * side // SIDES[-1] for length in x.shape[-2:]]
    return x if side == SIDES[-1] else F.interpolate(x, size, mode="bilinear", antialias=True)
