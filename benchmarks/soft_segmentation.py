"""Soft segmentation: fast mode against exact, the authors' layers, and true alpha beside matting with a trimap.

A difference of two segmentations is the mean absolute difference of their layers, matched in the order that makes it
least; the edge band is where the exact layers are not plainly one thing, and five pixels around.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import combinations
from pathlib import Path
from statistics import mean, median
from typing import Any

import numpy as np
import skimage.data
from numpy.typing import NDArray
from PIL import Image as PillowImage
from scipy.ndimage import binary_dilation, gaussian_gradient_magnitude  # pyright: ignore[reportMissingTypeStubs]
from scipy.optimize import linear_sum_assignment  # pyright: ignore[reportMissingTypeStubs] - SciPy has no types

from benchmarks.rows import Measured, Note, Row
from benchmarks.timing import interleaved, spent_alone
from imaging.geometry import resize_array
from imaging.types import Image, Matte
from pipelines.soft_segmentation import Options, SoftSegmentation
from pipelines.soft_segmentation.clustering import beginning_by_splits, grouping, layer_features
from pipelines.soft_segmentation.eigenvectors import smallest
from pipelines.soft_segmentation.embeddings import embedding
from pipelines.soft_segmentation.features import semantic_features
from pipelines.soft_segmentation.laplacian import laplacian
from pipelines.soft_segmentation.pipeline import layered
from pipelines.soft_segmentation.relaxation import relaxed
from pipelines.soft_segmentation.sparsification import sampled, sparsified, whole
from pipelines.soft_segmentation.superpixels import at_middles

Layers = NDArray[np.floating]

PAPER_SECONDS = 180.0  # Aksoy et al. 2018: three to four minutes for 640x480
MEGAPIXELS = (0.3, 1, 2, 4, 12)
PHOTOS = 10
PHOTO_PIXELS = 76_800  # at which fast is compared with exact: exact takes minutes at more
ROUNDS = 3


def quality(data: Path) -> Iterator[Measured]:
    """Differences from the authors' layers and of fast from exact; errors of alpha; sums of layers."""
    yield from _against_authors(data)
    yield from _fast_against_exact()
    yield from _alphas(data / "matting")


def speed(data: Path) -> Iterator[Measured]:
    """Seconds of both modes at 640x480, with features and without; growth with pixels; memory."""
    image = _photo((640, 480))
    colours, features = _given(image)

    def run(exact: bool) -> None:
        for _ in layered(image, colours, features, None, Options(exact=exact)):
            pass

    pipeline = SoftSegmentation.load()
    jobs: dict[str, Callable[[], object]] = {"fast": lambda: run(False), "all": lambda: pipeline(image)}
    seconds = interleaved(jobs, ROUNDS)
    # Once, between two of fast: it takes minutes, and nothing in it is slower the first time.
    around = [_seconds(partial(run, mode)) for mode in (False, True, False)]
    yield Row("fast", "640x480", "seconds", median(seconds["fast"]))
    yield Row("fast", "640x480", "seconds_with_features", median(seconds["all"]))
    yield Row("exact", "640x480", "seconds", around[1])
    yield Row("fast", "640x480", "speedup_over_exact", around[1] / mean(around[::2]))
    yield Row("fast", "640x480", "speedup_over_paper", PAPER_SECONDS / median(seconds["fast"]))
    yield Note("640x480 seconds: features given, the layers' own colours included, as in the paper's three minutes.")
    for megapixels in MEGAPIXELS:
        spent = spent_alone(_take_apart, megapixels)
        yield Row("fast", f"{megapixels:g}mp", "seconds", spent.seconds)
        yield Row("fast", f"{megapixels:g}mp", "peak_gib", spent.peak_gib)
    yield Note("By megapixels: a photo in a process of its own, loading and features included.")


def _seconds(job: Callable[[], object]) -> float:
    start = time.perf_counter()
    job()
    return time.perf_counter() - start


def _against_authors(data: Path) -> Iterator[Measured]:
    folder, photo = data.parent / "parity/soft_segmentation", data / "matting/sss/docia_image_and_features.png"
    if not folder.is_dir() or not photo.is_file():
        yield Note(f"The authors' layers are left out: there is no {folder}.")
        return
    colours = resize_array(np.asarray(PillowImage.open(photo).convert("RGB"))[:, :640] / 255, 0.5)
    features = _array(folder / "features.npz").astype(np.float64)
    theirs = _array(folder / "softsegments.npz").reshape(-1, 5).astype(np.float64)
    patches = at_middles(_array(folder / "superpixels.npz").reshape(features.shape[:2]))
    graph = laplacian(colours, features, patches)
    values, vectors = smallest(graph, 100, precise=True)
    known = np.sort(_array(folder / "eigenvalues.npz").ravel())
    yield Row("exact", "docia", "eigenvalues_error", float(np.abs(values - known).max()))
    start, sample = beginning_by_splits(features, 0), sampled(features.shape[:2], 4, 0)
    *_, sparse = sparsified(vectors, values, whole(start), sample)
    member = grouping(layer_features(sparse, features), sparse, 5, 0, weighted=False)
    found = relaxed(graph, colours, sparse @ member, precise=True)
    yield Row("exact", "docia", "mae_to_authors", float(np.abs(_matched(found, theirs) - theirs).mean()))
    yield Note("docia: the authors' picture, features and superpixels; plain grouping, as theirs.")


def _fast_against_exact() -> Iterator[Measured]:
    whole, edges, sums = [], [], []
    for image in _photos():
        colours, features = _given(image)
        fast, exact = (
            list(layered(image, colours, features, None, Options(exact=mode)))[-1].layers for mode in (False, True)
        )
        sums.append(float(np.abs(fast.sum(0) - 1).max()))
        flat, truth = (layers.reshape(len(layers), -1).T for layers in (fast, exact))
        difference = np.abs(_matched(flat, truth) - _padded(truth, flat.shape[1])).mean(1).reshape(image.shape[:2])
        band = binary_dilation(exact.max(0) < 0.95, iterations=5)
        whole.append(float(difference.mean()))
        edges.append(float(difference[band].mean()))
    yield Row("fast", "mean", "mae_to_exact", mean(whole))
    yield Row("fast", "mean", "edge_mae_to_exact", mean(edges))
    yield Row("fast", "worst", "sum_error", max(sums))
    yield Note(
        f"mean: {PHOTOS} photos of installed packages, {PHOTO_PIXELS} pixels; the same features for both modes; "
        "exact mode finishes at full size what fast mode has begun in the coarse copy, and has its groups."
    )


def _alphas(folder: Path) -> Iterator[Measured]:
    names = sorted(path.stem for path in (folder / "alphas").glob("*.png")) if folder.is_dir() else []
    if not names:
        yield Note(f"True alpha is left out: there are no pictures in {folder}.")
        return
    from pymatting import estimate_alpha_cf, estimate_alpha_knn  # it compiles at its first import

    peers: dict[str, Callable[[Layers, Layers], Layers]] = {
        "closed-form with trimap": estimate_alpha_cf,
        "KNN with trimap": estimate_alpha_knn,
    }
    pipeline = SoftSegmentation.load()
    errors: dict[str, list[tuple[float, float, float]]] = {"fast": [], **{name: [] for name in peers}}
    for name in names:
        image = np.asarray(PillowImage.open(folder / "images" / f"{name}.jpg").convert("RGB"))
        truth, trimap = (
            np.asarray(PillowImage.open(folder / part / f"{name}.png").convert("L")) / 255
            for part in ("alphas", "trimaps")
        )
        layers = pipeline(image, Options(layers=10)).layers
        errors["fast"].append(_alpha_errors(_best_union(layers, truth), truth))
        for peer, estimate in peers.items():
            errors[peer].append(_alpha_errors(estimate(image / 255, trimap), truth))
    for variant, found in errors.items():
        for metric, values in zip(
            ("SAD_thousands", "MSE", "gradient_thousands"), zip(*found, strict=True), strict=True
        ):
            yield Row(variant, "matting", metric, mean(values))
    yield Note(
        f"matting: {len(names)} pictures with true alpha, over the whole picture; ours the best union of ten layers."
    )


def _alpha_errors(found: Layers, truth: Layers) -> tuple[float, float, float]:
    """Sum of absolute differences and gradient error in thousands, mean squared error (Rhemann et al. 2009)."""
    slopes = (gaussian_gradient_magnitude(alpha, 1.4) for alpha in (found, truth))
    difference = found - truth
    gradient = np.square(np.subtract(*slopes)).sum()
    return float(np.abs(difference).sum() / 1e3), float(np.square(difference).mean()), float(gradient / 1e3)


def _best_union(layers: Layers, truth: Layers) -> Layers:
    """The sum of those layers (K, H, W) that is nearest to `truth`: all 2^K of them, on a quarter of the pixels."""
    small, goal = layers[:, ::2, ::2].reshape(len(layers), -1), truth[::2, ::2].ravel()
    gram, inner = small @ small.T, small @ goal
    unions = [chosen for size in range(1, len(layers) + 1) for chosen in combinations(range(len(layers)), size)]
    best = min(unions, key=lambda chosen: gram[np.ix_(chosen, chosen)].sum() - 2 * inner[list(chosen)].sum())
    return layers[list(best)].sum(0)


def _matched(found: Layers, truth: Layers) -> Layers:
    """`found` (n, K) in the order of `truth` (n, L); without a partner a layer is nowhere."""
    count = max(found.shape[1], truth.shape[1])
    found, truth = _padded(found, count), _padded(truth, count)
    costs = np.stack([np.abs(found - one[:, None]).mean(0) for one in truth.T])
    return found[:, linear_sum_assignment(costs)[1]]


def _padded(layers: Layers, count: int) -> Layers:
    return np.pad(layers, ((0, 0), (0, max(0, count - layers.shape[1]))))


def _given(image: Image) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Colours and features of a photo at its own size."""
    pipeline = SoftSegmentation.load()
    colours = image / 255
    return colours, semantic_features(embedding(pipeline.embed, pipeline.variant, image, "cpu"), colours)[0]


def _photos() -> list[Image]:
    """Photos of scikit-image and scikit-learn, some of them in two parts, all of `PHOTO_PIXELS`."""
    from sklearn.datasets import load_sample_image

    found = [skimage.data.astronaut(), skimage.data.chelsea(), skimage.data.coffee(), skimage.data.rocket()]
    found += [load_sample_image("china.jpg"), load_sample_image("flower.jpg")]
    parts = [picture[:, : picture.shape[1] * 2 // 3] for picture in found[2:]]
    made = []
    for picture in [*found, *parts][:PHOTOS]:
        scale = (PHOTO_PIXELS / (picture.shape[0] * picture.shape[1])) ** 0.5
        size = round(picture.shape[1] * scale), round(picture.shape[0] * scale)
        made.append(np.asarray(PillowImage.fromarray(picture).resize(size, PillowImage.Resampling.BICUBIC)))
    return made


def _photo(size: tuple[int, int]) -> Image:
    return np.asarray(PillowImage.fromarray(skimage.data.coffee()).resize(size, PillowImage.Resampling.BICUBIC))


def _take_apart(megapixels: float) -> Matte:
    side = (megapixels * 1e6 / 12) ** 0.5
    return SoftSegmentation.load()(_photo((round(4 * side), round(3 * side)))).layers[0]


def _array(path: Path) -> Any:
    file = np.load(path)
    return file[file.files[0]]
