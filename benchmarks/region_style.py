"""Region style, by the paper's figures: how well a portrait is made again from its codes (Zhu et al. 2020, table 1).

Portraits of the validation at 256 pixels, as in the paper. PSNR, RMSE and SSIM are means over the portraits, of
pictures in 0..1. SSIM is with the true data range; `ssim_lenient` with scikit-image's default of 2 for floats, as the
authors computed theirs.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image as PillowImage
from skimage.color import rgb2lab
from skimage.metrics import structural_similarity  # pyright: ignore[reportUnknownVariableType] - partly typed
from torch import Tensor

from benchmarks.rows import Measured, Note, Row
from benchmarks.timing import interleaved, times_faster
from imaging.alignment import Frame
from imaging.faces import NAMES
from imaging.labels import confusion, intersection_over_union
from imaging.types import Image, LabelMap
from networks.perceptual import VGG, encoder
from networks.tensors import to_tensor
from pipelines.face_parsing import FaceParsing
from pipelines.region_style import Codes, Options, RegionStyle, Swap
from pipelines.region_style.network import ACE, Generator

COUNT = 200
SWAPPED = 41  # portraits, each given its follower's style
PUBLISHED = {"psnr": 18.74, "rmse": 0.12, "ssim_lenient": 0.73}  # table 1, CelebAMask-HQ
ROUNDS = 5
FULL_ROUNDS = 2
THREADS = 2
Portrait: TypeAlias = tuple[Image, LabelMap]
Normal: TypeAlias = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Mean and covariance."""


def quality(data: Path) -> Iterator[Measured]:
    """PSNR, RMSE, SSIM, a Fréchet distance and how far a face parser finds the regions again, by variant."""
    portraits = validation(data / "faces", COUNT)
    if not portraits:
        yield Note(f"Left out: there are no portraits in {data / 'faces'}.")
        return
    yield Note(f"{len(portraits)} portraits of the validation, 256 pixels; the network works at 128.")
    for metric, value in PUBLISHED.items():
        yield Row("SEAN, published", "val", metric, value)
    seen = Seen(encoder("embedded"))
    real = seen.statistics([image for image, _ in portraits])
    pipeline, parse = RegionStyle.load(), FaceParsing.load()
    for variant, remake in _variants(pipeline).items():
        made = [remake(image, labels) for image, labels in portraits]
        for metric, value in _distances(made, [image for image, _ in portraits]).items():
            yield Row(variant, "val", metric, value)
        yield Row(variant, "val", "fid_like", frechet(seen.statistics(made), real))
        for metric, value in _parsed(parse, made, [labels for _, labels in portraits]).items():
            yield Row(variant, "val", metric, value)
    yield Note(
        "fid_like: Fréchet distance of relu4_1 of our encoder, averaged over the picture; FIDs are another scale."
    )
    yield Note("parsed_*: the embedded face parser's labels of the picture against those it was made from.")
    yield Note("one code: ours with the mean of a portrait's codes for all its regions, which it was not trained for.")
    yield from _swaps(pipeline, portraits)


def speed(data: Path) -> Iterator[Measured]:
    """Seconds of an edit; the authors' configuration against the straightforward form of the same block."""
    torch.set_num_threads(THREADS)
    pipeline = RegionStyle.load()
    draw = np.random.default_rng(0)
    portrait = draw.integers(0, 256, (256, 256, 3), dtype=np.uint8)
    blocks = draw.integers(0, len(NAMES), (8, 8), dtype=np.uint8)
    labels = LabelMap(blocks.repeat(32, 0).repeat(32, 1), NAMES)
    codes = pipeline.encode(portrait, labels)
    swap = Swap(("hair",), pipeline.mean())
    seconds = interleaved({"edit": lambda: pipeline(portrait, labels, [swap], own=codes)}, ROUNDS)
    yield Row("embedded", "edit_128", "seconds", median(seconds["edit"]))
    yield Note("edit_128: hair of a 256 pixel portrait by the network of 128, its codes known, carried onto the photo.")
    network = Generator().eval().requires_grad_(False)
    onehot = torch.nn.functional.one_hot(torch.from_numpy(labels.ids).long(), len(NAMES)).permute(2, 0, 1)[None].float()
    given = torch.rand(1, len(NAMES), 512)

    def plainly() -> None:
        blocks = [module for module in network.modules() if isinstance(module, ACE)]
        for block in blocks:
            block.__class__ = PlainACE
        network.generate(onehot, given)
        for block in blocks:
            block.__class__ = ACE

    with torch.inference_mode():
        seconds = interleaved({"ours": lambda: network.generate(onehot, given), "plain": plainly}, FULL_ROUNDS)
    yield Row("full", "forward_256", "seconds", median(seconds["ours"]))
    yield Row("full", "forward_256", "speedup_over_plain", times_faster(seconds["ours"], seconds["plain"]))
    yield Note("forward_256: 19 regions, random weights; plain: the style map of 512 channels is made and convolved.")


class PlainACE(ACE):
    """The style branch as the paper draws it."""

    def by_style(self, onehot: Tensor, codes: Tensor) -> tuple[Tensor, Tensor]:
        """Makes the style map, then convolves it twice."""
        style = torch.zeros(len(codes), codes.shape[2], *onehot.shape[2:])
        for label in range(onehot.shape[1]):
            if onehot[:, label].any():
                mu = self.get_submodule(f"fc_mu{label}")(codes[:, label]).relu()
                style += mu[..., None, None] * onehot[:, label, None]
        return self.conv_gamma(style), self.conv_beta(style)


def validation(folder: Path, count: int) -> list[Portrait]:
    """The first `count` portraits of the validation with their labels, 256 pixels."""
    if not (folder / "index.csv").exists():
        return []
    with (folder / "index.csv").open() as file:
        names = [row["id"] for row in csv.DictReader(file) if row["split"] == "val"][:count]
    found = []
    for name in names:
        image = np.asarray(PillowImage.open(folder / "images" / f"{name}.jpg").convert("RGB"))
        ids = np.asarray(PillowImage.open(folder / "labels" / f"{name}.png")).astype(np.uint8)
        found.append((image, LabelMap(ids, NAMES)))
    return found


def _variants(pipeline: RegionStyle) -> dict[str, Callable[[Image, LabelMap], Image]]:
    generated = Options(show="generated")

    def one_code(image: Image, labels: LabelMap) -> Image:
        codes = pipeline.encode(image, labels)
        share = np.bincount(labels.ids.ravel(), minlength=len(NAMES)) / labels.ids.size
        mean = np.einsum("blc,l->bc", codes.values, share).astype(np.float32)
        everywhere = np.repeat(mean[:, None], len(NAMES), 1)
        swap = Swap(NAMES, Codes(everywhere, np.ones(len(NAMES), bool), codes.colours))
        return pipeline(image, labels, [swap], generated, own=codes).image

    return {
        "embedded": lambda image, labels: pipeline(image, labels, (), generated).image,
        "one code": one_code,
        "mean colour": mean_colour,
    }


def mean_colour(image: Image, labels: LabelMap) -> Image:
    """Every region filled with its mean colour."""
    made = np.zeros_like(image)
    for label in np.unique(labels.ids):
        here = labels.ids == label
        made[here] = image[here].mean(0).round()
    return made


def _distances(made: list[Image], real: list[Image]) -> dict[str, float]:
    rows = []
    for ours, theirs in zip(made, real, strict=True):
        x, y = ours / 255, theirs / 255
        error = float(np.mean((x - y) ** 2))
        similar: Any = structural_similarity
        same, lenient = (float(similar(x, y, channel_axis=2, data_range=span)) for span in (1.0, 2.0))
        rows.append((-10 * np.log10(max(error, 1e-10)), error**0.5, same, lenient))
    return dict(zip(("psnr", "rmse", "ssim", "ssim_lenient"), np.mean(rows, 0).tolist(), strict=True))


def _parsed(parse: FaceParsing, made: list[Image], labels: list[LabelMap]) -> dict[str, float]:
    side = len(made[0])
    frame = Frame.around((side / 2, side / 2), (side / 2, 0), side)
    pairs = zip(made, labels, strict=True)
    counts = np.sum([confusion(parse.in_frame(image, frame).labels, truth) for image, truth in pairs], 0)
    miou, accuracy = np.nanmean(intersection_over_union(counts)), np.trace(counts) / counts.sum()
    return {"parsed_miou_19": float(miou), "parsed_accuracy": float(accuracy)}


def _swaps(pipeline: RegionStyle, portraits: list[Portrait]) -> Iterator[Measured]:
    """How far a swapped region's mean colour is from the reference's, as a share of how far apart they were."""
    for region in ("hair", "skin", "lower lip"):
        misses = []
        for (image, labels), (other, other_labels) in pairwise(portraits[:SWAPPED]):
            here, there = labels.where(region), other_labels.where(region)
            if min(here.sum(), there.sum()) < 100:
                continue
            codes = pipeline.encode(other, other_labels)
            made = pipeline(image, labels, [Swap((region,), codes)])
            wanted, before = rgb2lab(other)[there].mean(0), rgb2lab(image)[here].mean(0)
            found = rgb2lab(made.image)[here].mean(0)
            if (apart := float(np.linalg.norm(wanted - before))) > 10:
                misses.append(float(np.linalg.norm(found - wanted)) / apart)
        yield Row("embedded", f"swap {region}", "colour_error", median(misses))
    yield Note(
        "colour_error: Lab distance of the swapped region's mean colour to the reference's, over what it was before."
    )


class Seen:
    """Pictures as our encoder sees them."""

    def __init__(self, network: VGG) -> None:
        self.network = network

    @torch.inference_mode()
    def statistics(self, pictures: list[Image]) -> Normal:
        """Mean and covariance of the averaged relu4_1."""
        rows = [self.network(to_tensor(picture), ("relu4_1",))["relu4_1"].mean((2, 3))[0] for picture in pictures]
        features = torch.stack(rows).double().numpy()
        return features.mean(0), np.cov(features, rowvar=False)


def frechet(first: Normal, second: Normal) -> float:
    """Fréchet distance (Heusel et al. 2017), by eigenvalues: covariances may be singular."""
    (mean, covariance), (other_mean, other_covariance) = first, second
    values, vectors = np.linalg.eigh(covariance)
    root = (vectors * np.sqrt(values.clip(0))) @ vectors.T
    product = np.linalg.eigvalsh(root @ other_covariance @ root)
    trace = np.trace(covariance) + np.trace(other_covariance) - 2 * np.sqrt(product.clip(0)).sum()
    return float(np.sum((mean - other_mean) ** 2) + trace)
