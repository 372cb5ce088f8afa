"""Inpainting by the rules of the literature: seeded holes in pictures that nothing here was trained on.

L1 and L2 in percent and PSNR in decibels, all inside the hole; perceptual: relative L1 of SqueezeNet's activations;
gram_distance: relative error between Gram matrices of the filled hole and of its surroundings.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from random import Random
from statistics import mean
from time import perf_counter
from typing import Literal

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image as PillowImage
from PIL import ImageOps
from torch import Tensor

from benchmarks.rows import Measured, Note, Row
from imaging.holes import centre_hole, free_form
from imaging.types import Image, Mask
from networks.patches import Matches, Swap, swapped, touching
from networks.perceptual import gram, relative_error
from networks.tensors import to_tensor
from pipelines.inpainting import Inpainting, Options
from pipelines.inpainting.texture import TAPS as TEXTURE
from pipelines.inpainting.texture import K, Scene, Weights, cells, energy, forbidden, optimised, refined, scales
from training.teachers import Judge, WideVGG19

SIDE, LARGE = 128, 512  # pixels
PHOTOS, STREETS, LARGE_PHOTOS, SLOW = 10, 4, 1, 1  # how many; with the paper's objective, of the centre holes
GRAMS = ("relu2_1", "relu3_1", "relu4_1")
FAST_STEPS, FAST_ROUNDS = 18, 3  # of ours, on the way to what plain reaches
PLAIN_STEPS = 10  # of the plain implementation at the finest size; the paper's 100 would take ten times as long
Filler = Callable[[Image, Mask], Image]


def quality(data: Path) -> Iterator[Measured]:
    """Errors inside the hole by method and kind of hole, and how alike the textures inside and outside are."""
    teachers = data / "teachers"
    if not (teachers / "squeezenet1_0.safetensors").is_file():
        yield Note(f"Inpainting is left out: there are no teachers in {teachers}.")
        return
    judge = Judge(teachers / "squeezenet1_0.safetensors").eval()
    teacher = WideVGG19(teachers / "vgg19_16x.safetensors").eval()
    for case, cases in _cases(data).items():
        found: dict[str, dict[str, float]] = {}
        for variant, fill in _fillers(case).items():
            figures: dict[str, list[float]] = defaultdict(list)
            for picture, mask in cases[:SLOW] if variant == "paper" else cases:
                for metric, value in _figures(fill(picture, mask), picture, mask, judge, teacher).items():
                    figures[metric].append(value)
            found[variant] = {metric: mean(values) for metric, values in figures.items()}
            name = f"{case}, first {SLOW}" if variant == "paper" else case
            for metric, value in found[variant].items():
                yield Row(variant, name, metric, value)
        truth = [_figures(picture, picture, mask, judge, teacher)["gram_distance"] for picture, mask in cases]
        yield Row("the picture itself", case, "gram_distance", mean(truth))
        yield Row("content", case, "psnr_over_patchmatch", found["content"]["psnr"] - found["patchmatch"]["psnr"])
        yield Row("fast", case, "psnr_under_content", found["content"]["psnr"] - found["fast"]["psnr"])
        ratio = found["fast"]["gram_distance"] / found["content"]["gram_distance"]
        yield Row("fast", case, "gram_distance_ratio", ratio)
    yield Note(
        f"{SIDE} px: {PHOTOS} photos of BSD100, {STREETS} streets of the validation; {LARGE} px: {LARGE_PHOTOS} larger."
    )


def speed(data: Path) -> Iterator[Measured]:
    """A hole of 256 in a picture of 512: ours, and the finest size against the plain implementation of the same."""
    picture = np.asarray(ImageOps.fit(PillowImage.open(_large(data)[0]).convert("RGB"), (LARGE, LARGE)))
    mask, pipeline = centre_hole(LARGE, LARGE), Inpainting.load("neural")
    start = perf_counter()
    pipeline(picture, mask, Options(grow=0, feather=0))
    yield Row("fast", "512", "seconds", perf_counter() - start)
    assert pipeline.eyes is not None
    hole = torch.from_numpy(mask)[None, None].float()
    begun = Inpainting.load("content")(picture, mask, Options(grow=0, feather=0)).image
    # Contrast is a term of ours that the plain objective has not.
    scene = Scene(pipeline.eyes, to_tensor(begun), hole, hole, Weights(contrast=0.0))
    with torch.no_grad():
        scale = scales(pipeline.eyes(scene.x, TEXTURE), scene)
    seconds, energies = {}, {}
    walks = {
        "fast": partial(refined, steps=FAST_STEPS, rounds=FAST_ROUNDS),
        "rematching": partial(optimised, steps=PLAIN_STEPS),
        "plain": partial(optimised, steps=PLAIN_STEPS, search=by_convolution),
    }
    for name, walk in walks.items():
        start = perf_counter()
        *_, (reached, _) = walk(scene)
        seconds[name] = perf_counter() - start
        energies[name] = energy(scene, reached, scale)[0]
    yield Row("fast", "512", "speedup_over_plain", seconds["plain"] / seconds["fast"])
    yield Row("fast", "512", "speedup_over_rematching", seconds["rematching"] / seconds["fast"])
    yield Row("fast", "512", "objective_ratio", energies["fast"] / energies["plain"])
    yield Note(
        f"speedup_over_plain, objective_ratio: the finest size alone, from one start; plain is the paper's objective "
        f"on the whole picture, matches at every step by a convolution with all source patches, stopped after "
        f"{PLAIN_STEPS} steps of 100; rematching is the same with our own exact search, in the hole alone."
    )


@torch.no_grad()
def by_convolution(found: Mapping[str, Tensor], hole: Tensor, unknown: Tensor) -> dict[str, tuple[Matches, Swap]]:
    """What `seek` finds, as the reference implementations do: the map convolved with every source patch."""
    made = {}
    for tap, activation in found.items():
        features = activation.detach()
        blocked = forbidden(unknown, tap)
        width = features.shape[3] - K + 1
        places = (
            torch.arange(width * (features.shape[2] - K + 1))
            if blocked is None
            else (~touching(blocked, K)).flatten().nonzero()[:, 0]
        )
        patches = F.unfold(features, K)[0].T[places]
        filters = (patches / patches.norm(dim=1, keepdim=True).clamp_min(1e-12)).view(-1, features.shape[1], K, K)
        scores, best = F.conv2d(features, filters)[0].max(0)
        wanted = touching(cells(hole, tap), K)
        source = torch.where(wanted, 0, -1)
        y, x = (torch.where(wanted, part, -1) for part in (places[best] // width, places[best] % width))
        size = features.shape[2], features.shape[3]
        matches = Matches(source, y, x, scores, K, 1, size, (size,))
        made[tap] = matches, swapped(matches, [features[0]])
    return made


def _fillers(case: str) -> dict[str, Filler]:
    """By variant; the paper's objective only where it takes no minutes."""

    def mean_fill(picture: Image, mask: Mask) -> Image:
        return np.where(mask[..., None], np.rint(picture[~mask].mean(0)), picture).astype(np.uint8)

    made: dict[str, Filler] = {"mean": mean_fill}
    variants: tuple[tuple[str, str, Literal["fast", "paper"]], ...] = (
        ("patchmatch", "patchmatch", "fast"),
        ("content", "content", "fast"),
        ("fast", "neural", "fast"),
        ("paper", "neural", "paper"),
    )
    for name, variant, objective in variants:
        if name == "paper" and case != "centre":
            continue
        pipeline, options = Inpainting.load(variant), Options(grow=0, feather=0, objective=objective)
        made[name] = lambda picture, mask, p=pipeline, o=options: p(picture, mask, o).image
    return made


def _cases(data: Path) -> dict[str, list[tuple[Image, Mask]]]:
    files = sorted((data / "sr_bench" / "BSD100").glob("*"))[:PHOTOS]
    with (data / "streets" / "index.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["split"] == "val" and row["source"] == "cityscapes"]
    files += [data / "streets" / "images" / f"{row['name']}.jpg" for row in rows[:: len(rows) // STREETS][:STREETS]]
    small = [np.asarray(ImageOps.fit(PillowImage.open(file).convert("RGB"), (SIDE, SIDE))) for file in files]
    large = [np.asarray(ImageOps.fit(PillowImage.open(f).convert("RGB"), (LARGE, LARGE))) for f in _large(data)]
    draw = Random(0)
    return {
        "centre": [(picture, centre_hole(SIDE, SIDE)) for picture in small],
        "free 10-20": [(picture, free_form(SIDE, SIDE, 0.1, 0.2, draw)) for picture in small],
        "free 30-40": [(picture, free_form(SIDE, SIDE, 0.3, 0.4, draw)) for picture in small],
        "centre 512": [(picture, centre_hole(LARGE, LARGE)) for picture in large],
    }


def _large(data: Path) -> list[Path]:
    """Photos of at least 512 pixels that are not trained on."""
    files = sorted((data / "contents").glob("*.jpg"))
    return [file for file in files if min(PillowImage.open(file).size) >= LARGE][:LARGE_PHOTOS]


@torch.no_grad()
def _figures(made: Image, picture: Image, mask: Mask, judge: Judge, teacher: WideVGG19) -> dict[str, float]:
    error = (made[mask].astype(np.float64) - picture[mask]) / 255
    ours, real, taps = to_tensor(made), to_tensor(picture), tuple(Judge.TAPS)
    seen, wanted = judge(ours, taps), judge(real, taps)
    distances = [float((seen[t] - wanted[t]).abs().mean() / wanted[t].abs().mean()) for t in taps]
    square = max(1e-10, float(np.square(error).mean()))
    return {
        "l1": 100 * float(np.abs(error).mean()),
        "l2": 100 * square,
        "psnr": -10 * float(np.log10(square)),
        "perceptual": mean(distances) / float(mask.mean()),
        "gram_distance": _gram_distance(teacher(ours, GRAMS), mask),
    }


def _gram_distance(found: dict[str, Tensor], mask: Mask) -> float:
    """Between the cells of the hole and all others."""
    distances = []
    for tap in GRAMS:
        activation = found[tap]
        inside = F.interpolate(torch.from_numpy(mask)[None, None].float(), activation.shape[-2:])[0, 0] > 0.5
        parts = [activation[0][:, cells][None, :, :, None] for cells in (inside, ~inside)]
        distances.append(relative_error(gram(parts[0]), gram(parts[1])).item())
    return mean(distances)
