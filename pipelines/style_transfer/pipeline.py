"""A photo as a painter would have painted it, three ways.

V1 optimises the picture until it has the painting's Gram matrices (Gatys et al. 2016); V2 has a network do it in one
pass (Johnson et al. 2016); V3 makes every small patch one of the painting's (Li and Wand 2016).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, Self, TypeAlias

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from imaging.types import Image, InputError, LabelMap
from networks.perceptual import VGG, encoder
from networks.tensors import to_image, to_tensor
from pipelines.contract import Checkpoints, Progress, last, silent
from pipelines.style_transfer import gallery, one_pass, optimised, weights
from pipelines.style_transfer.adain import AdaIN
from pipelines.style_transfer.any_painting import AnyPainting
from pipelines.style_transfer.colours import with_colours_of
from pipelines.style_transfer.network import TransformerNet
from pipelines.style_transfer.optimised import Scene, by_grams, by_patches, in_colours_of, resized, stages, walk
from pipelines.style_transfer.styles import PAINTINGS

Style: TypeAlias = Image | str
"""A picture, uint8 (H, W, 3), or the name of a painting of the gallery."""

MOST_STYLES = 4
SMALLEST = 16  # pixels of a picture's shorter side
STEEPEST = 20  # how many times longer than wide
# Of V1's: patches stir up less, and what is smoothed away between their cells is seen as a grid.
SMOOTHNESS_OF_PATCHES = 0.4


@dataclass(frozen=True)
class Options:
    """The numbers of the three methods.

    - `weights`: of the styles, in proportion; empty: all alike;
    - `strength`: 0 is the photo, 1 the painting; 0.5 as each method was made to be;
    - `style_scale`: how many times larger strokes are, 0.5 to 2;
    - `keep_colours`: the photo's own colours, the painting's strokes;
    - `size`: longer side at which V1 and V3 optimise, in pixels; `full_size`: whether they go on to the photo's own;
    - `steps`: at that size; `start`: "content" or "noise"; `seed` of the noise;
    - `turns`, `sizes`: V3's copies of the painting, turned and resized by so many steps either way;
    - `smoothness`: against noise; `paper`: V1 with the losses of the paper.
    """

    weights: tuple[float, ...] = ()
    strength: float = 0.5
    style_scale: float = 1.0
    keep_colours: bool = False
    size: int = 512
    full_size: bool = True
    steps: int = 50
    start: Literal["content", "noise"] = "content"
    seed: int = 0
    turns: int = 0
    sizes: int = 0
    smoothness: float = 12.0
    paper: bool = False


@dataclass(frozen=True, eq=False)
class Result:
    """The picture as it is, how much of the work is done, 0..1, and its loss at this size; None for one pass."""

    image: Image
    done: float
    loss: float | None = None


@dataclass(frozen=True, eq=False)
class Guidance:
    """Which region of the photo takes its patches from which of the style: label maps with the same names (V3)."""

    content: LabelMap
    style: LabelMap


@dataclass(frozen=True, eq=False)
class StyleTransfer:
    """A variant's networks and the device that they are on; V1 and V3 have an encoder only.

    V2 has a painter for the gallery and one for any painting, to which the encoder tells what it sees."""

    CHECKPOINTS: ClassVar[Checkpoints] = weights.FILES

    variant: str
    encoder: VGG | None = None
    painter: TransformerNet | None = None
    any_painter: AnyPainting | None = None
    adain: AdaIN | None = None
    device: str = "cpu"

    @classmethod
    def load(cls, variant: str = "johnson", device: str = "cpu") -> Self:
        """`variant` is a key of `CHECKPOINTS`; raises `UnusableFile` where its weights cannot be had."""
        if variant not in weights.FILES:
            raise InputError(
                "There is no method called {method}. Choose one of: {methods}.",
                method=variant,
                methods=", ".join(weights.FILES),
            )
        if variant == "johnson":
            painters = weights.painter(device), weights.any_painter(device)
            return cls(variant, encoder("embedded", device), *painters, device=device)
        if variant == "adain":
            return cls(variant, adain=weights.adain(device), device=device)
        name = "vgg19" if variant.endswith("vgg19") else "embedded"
        return cls(variant, encoder=encoder(name, device), device=device)

    def __call__(
        self,
        content: Image,
        styles: Sequence[Style],
        options: Options = Options(),
        progress: Progress = silent,
        *,
        guidance: Guidance | None = None,
    ) -> Result:
        """`content` uint8 (H, W, 3) in the manner of one to four `styles`, at its own size."""
        return last(self.steps(content, styles, options, progress, guidance=guidance))

    def steps(
        self,
        content: Image,
        styles: Sequence[Style],
        options: Options = Options(),
        progress: Progress = silent,
        *,
        guidance: Guidance | None = None,
    ) -> Iterator[Result]:
        """The picture as it forms: V1 and V3 from small to large, V2 at once."""
        shares = checked(content, styles, options)
        for x, done, loss in self._made(content, styles, shares, options, guidance):
            progress(done, "Painting")
            image = to_image(x)
            if options.keep_colours:
                # Chrominance of the photo at the size that the picture has by now.
                image = with_colours_of(image, to_image(_sized(to_tensor(content), x.shape[-2:])))
            yield Result(image, done, loss)

    def _made(
        self,
        content: Image,
        styles: Sequence[Style],
        shares: Sequence[float],
        options: Options,
        guidance: Guidance | None,
    ) -> Iterator[tuple[Tensor, float, float | None]]:
        photo = to_tensor(content, self.device)
        if self.encoder is not None and self.painter is None:
            yield from self._optimised(self.encoder, photo, styles, shares, options, guidance)
            return
        strength, scale = options.strength, options.style_scale
        if self.painter and all(isinstance(style, str) for style in styles):
            mix = [0.0] * len(PAINTINGS)
            for style, share in zip(styles, shares, strict=True):
                mix[list(PAINTINGS).index(str(style))] += share
            yield one_pass.from_gallery(self.painter, photo, mix, strength, scale), 1.0, None
            return
        pictures = [self._picture(style) for style in styles]
        if self.any_painter and self.encoder:
            made = one_pass.from_pictures(self.any_painter, self.encoder, photo, pictures, shares, strength, scale)
            yield made, 1.0, None
        elif self.adain:
            yield one_pass.by_adain(self.adain, photo, pictures, shares, strength, scale), 1.0, None

    def _optimised(
        self,
        encoder: VGG,
        photo: Tensor,
        styles: Sequence[Style],
        shares: Sequence[float],
        options: Options,
        guidance: Guidance | None,
    ) -> Iterator[tuple[Tensor, float, float | None]]:
        by_patch = self.variant.startswith("cnnmrf")
        # V3 offers the patches of all styles alike: a style without weight is left out.
        used = [(style, share) for style, share in zip(styles, shares, strict=True) if share > 0]
        styles, shares = [style for style, _ in used], [share for _, share in used]
        pictures = [self._picture(style) for style in styles]
        # From 0.01 to 100 times the usual weight, with which a photo is still recognised.
        style_weight = (0.6 if by_patch else 50.0) * 10 ** (4 * (options.strength - 0.5))
        known = [
            gallery.grams(style, self.device) if isinstance(style, str) and self.variant == "gatys" else None
            for style in styles
        ]
        regions = None if guidance is None else regions_of(guidance, self.device, len(styles))
        scene = Scene(
            photo,
            pictures,
            shares,
            style_weight,
            # Smoothness is against what the style stirs up: without strength there is nothing to smooth.
            options.smoothness * (SMOOTHNESS_OF_PATCHES if by_patch else 1.0) * min(1.0, 2 * options.strength),
            options.style_scale,
            regions,
            options.paper,
            known,
        )
        method = by_patches(encoder, scene, options.turns, options.sizes) if by_patch else by_grams(encoder, scene)
        longest = max(photo.shape[-2:])
        side = min(options.size, longest)
        from_noise = options.start == "noise"
        coarsest = optimised.COARSEST if by_patch or from_noise else optimised.COARSEST_OF_PHOTO
        plan = stages(side, longest if options.full_size else side, options.steps, coarsest)
        start = torch.lerp(photo, in_colours_of(photo, pictures, shares), min(1.0, 2 * options.strength))
        if from_noise:
            # Of the coarsest size: shrunk to it, noise would be grey.
            draw = torch.Generator().manual_seed(options.seed)
            start = torch.rand(resized(photo, plan[0].side).shape, generator=draw).to(self.device)
        for x, done, loss in walk(method, photo, start, plan, optimised.MARGIN if by_patch else 0, by_patch):
            # Of a small photo the encoder needs more pixels than it has.
            larger = x.shape[-2] > photo.shape[-2] or x.shape[-1] > photo.shape[-1]
            yield (_sized(x, photo.shape[-2:]) if larger else x), done, loss

    def _picture(self, style: Style) -> Tensor:
        return to_tensor(gallery.texture(style) if isinstance(style, str) else style, self.device)


def checked(content: Image, styles: Sequence[Style], options: Options) -> list[float]:
    """The styles' shares, which sum to one; raises `InputError` for what no method can use."""
    if not 1 <= len(styles) <= MOST_STYLES:
        raise InputError("Choose one to {most} styles, not {count}.", most=MOST_STYLES, count=len(styles))
    for picture in (content, *(style for style in styles if not isinstance(style, str))):
        height, width = picture.shape[:2]
        if min(height, width) < SMALLEST:
            raise InputError(
                "A picture of {width} x {height} pixels is too small: {least} a side is the least.",
                width=width,
                height=height,
                least=SMALLEST,
            )
        if max(height, width) > STEEPEST * min(height, width):
            raise InputError(
                "A picture of {width} x {height} pixels is too narrow: cut a part out of it.",
                width=width,
                height=height,
            )
    for name in (style for style in styles if isinstance(style, str)):
        gallery.texture_file(name)
    given = options.weights or (1.0,) * len(styles)
    if len(given) != len(styles) or min(given) < 0 or sum(given) <= 0:
        raise InputError("Give each style a weight of 0 or more, and one of them more than 0.")
    if not 0 <= options.strength <= 1:
        raise InputError("Strength goes from 0 to 1, not {strength}.", strength=options.strength)
    if not 0.5 <= options.style_scale <= 2:
        raise InputError("Strokes can be 0.5 to 2 times as large, not {scale}.", scale=options.style_scale)
    if options.steps < 1:
        raise InputError("Give it one or more steps, not {steps}.", steps=options.steps)
    if not 64 <= options.size <= 2048:
        raise InputError("The working size goes from 64 to 2048 pixels, not {size}.", size=options.size)
    return [weight / sum(given) for weight in given]


def regions_of(guidance: Guidance, device: str, styles: int) -> tuple[Tensor, list[Tensor]]:
    """One channel a name, 0 or 1, (1, R, H, W): of the photo, and of every style."""
    if styles != 1:
        raise InputError("Guidance by regions takes one style.")
    names = tuple(guidance.content.names)
    if tuple(guidance.style.names) != names:
        raise InputError("The regions of the photo and of the style must have the same names.")
    channels = [
        torch.from_numpy(np.stack([where.where(name) for name in names])).float()[None].to(device)
        for where in (guidance.content, guidance.style)
    ]
    return channels[0], [channels[1]]


def _sized(picture: Tensor, size: Sequence[int]) -> Tensor:
    if tuple(picture.shape[-2:]) == tuple(size):
        return picture
    return F.interpolate(picture, tuple(size), mode="bicubic", antialias=True)
