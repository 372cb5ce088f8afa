"""A photo as a few layers that mean something, soft where things are soft: Aksoy et al., SIGGRAPH 2018.

Exact mode is the authors' chain at the working size. Fast mode, the default, finds the layers in a coarse copy and puts
their edges back in the working size; measured against exact in benchmarks/results.md. `finding.py` says what the two
share so that they mean the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from imaging.types import Image, InputError, Matte
from pipelines.contract import Checkpoints, Progress, last, silent
from pipelines.soft_segmentation import views
from pipelines.soft_segmentation.clustering import layer_features
from pipelines.soft_segmentation.colours import at_full_size, layer_colours
from pipelines.soft_segmentation.eigenvectors import smallest
from pipelines.soft_segmentation.embeddings import FILES, Embed, embedding, embedding_network
from pipelines.soft_segmentation.features import Projection, semantic_features
from pipelines.soft_segmentation.finding import EIGENVECTORS, FEWER, Copy, finished, membership, rounds
from pipelines.soft_segmentation.laplacian import laplacian
from pipelines.soft_segmentation.names import name
from pipelines.soft_segmentation.options import FEWEST, MOST, Memory, Options
from pipelines.soft_segmentation.refinement import band_of, enlarged, normalised, sharpened
from pipelines.soft_segmentation.relaxation import relaxed
from pipelines.soft_segmentation.sizes import resized, within
from pipelines.soft_segmentation.superpixels import COUNT, superpixels

SMALLEST = 16  # pixels of a picture's shorter side
STEEPEST = 20  # how many times longer than wide
STAGES = ("features", "affinities", "eigenvectors", "sparse layers", "layers")


@dataclass(frozen=True, eq=False)
class Result:
    """What there is so far: `views` of the stages passed, by name; the rest is there when `done` is 1.

    - `layers` (K, H, W), mattes that sum to one, the rearmost first; `colours` uint8 (K, H, W, 3) of each;
    - `names`: a word for the colour and one for the place of each; `memory`: for the next frame of a clip.
    """

    done: float
    views: dict[str, Image] = field(default_factory=dict)
    layers: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 0, 0), np.float32))
    colours: NDArray[np.uint8] = field(default_factory=lambda: np.zeros((0, 0, 0, 3), np.uint8))
    names: tuple[tuple[str, str], ...] = ()
    memory: Memory | None = None

    def matte(self, index: int) -> Matte:
        """One layer, float32 (H, W)."""
        return self.layers[index]


@dataclass(frozen=True, eq=False)
class SoftSegmentation:
    """A variant's network, which says what belongs together; the rest needs no weights."""

    CHECKPOINTS: ClassVar[Checkpoints] = FILES

    variant: str
    embed: Embed
    device: str = "cpu"

    @classmethod
    def load(cls, variant: str = next(iter(FILES)), device: str = "cpu") -> Self:
        """`variant` is a key of `CHECKPOINTS`; raises `UnusableFile` where its weights cannot be had."""
        return cls(variant, embedding_network(variant, device), device)

    def __call__(
        self, image: Image, options: Options = Options(), progress: Progress = silent, *, like: Memory | None = None
    ) -> Result:
        """Layers of `image` uint8 (H, W, 3); `like`: the memory of the frame before."""
        return last(self.steps(image, options, progress, like=like))

    def steps(
        self, image: Image, options: Options = Options(), progress: Progress = silent, *, like: Memory | None = None
    ) -> Iterator[Result]:
        """The result after each of `STAGES`, with a view of it; the last has the layers."""
        _check(image, options)
        size = within(image.shape[0], image.shape[1], options.working_pixels)
        colours = resized(image.astype(np.float32), *size).astype(np.float64) / 255
        embedded = embedding(self.embed, self.variant, image, self.device)
        features, projection = semantic_features(embedded, colours, like.projection if like else None)
        yield from layered(image, colours, features, projection, options, progress, like)


def layered(
    image: Image,
    colours: NDArray[np.float64],
    features: NDArray[np.float64],
    projection: Projection | None,
    options: Options,
    progress: Progress = silent,
    like: Memory | None = None,
) -> Iterator[Result]:
    """The steps from given `features` (h, w, 3) in 0..1 at the working size, as are `colours`."""
    shown = {STAGES[0]: views.features(features)}
    progress(0.15, "Features")
    yield Result(0.15, shown)
    height, width = colours.shape[:2]
    patches = superpixels(np.rint(255 * colours).astype(np.uint8), min(COUNT, height * width // 16))
    fine = Copy(colours, features, patches)
    with ThreadPoolExecutor(1) as beside:
        # The coarse copy's eigenvectors take as long: with two cores this graph costs no time.
        graph = beside.submit(laplacian, colours, features, patches)
        copy = fine if options.exact else fine.coarse(options.coarse_side)
        shown = shown | {STAGES[1]: views.affinities(copy.features, copy.patches, colours.shape)}
        progress(0.25, "Affinities")
        yield Result(0.25, shown)
        matrix = graph.result() if options.exact else laplacian(copy.colours, copy.features, copy.patches)
        count = EIGENVECTORS if options.exact else FEWER
        values, vectors = smallest(matrix, min(count, copy.pixels // 4), options.exact)
        shown = shown | {STAGES[2]: views.eigenvectors(vectors, copy.shape)}
        progress(0.55, "Eigenvectors")
        yield Result(0.55, shown)
        if options.exact and options.weighted and like is None:
            sparse, member = finished(values, vectors, fine, options)
        else:
            sparse = last(rounds(values, vectors, copy, options, like))
            member = membership(sparse, copy, options, like)
        shape = copy.shape
        shown = shown | {STAGES[3]: views.layers(sparse, shape)}
        progress(0.7, "Sparse layers")
        yield Result(0.7, shown)
        groups = (sparse @ member).reshape(*shape, -1)
        fine_graph = graph.result()
    if not options.exact:
        groups = sharpened(fine_graph, resized(groups, height, width), height / shape[0])
    soft = normalised(relaxed(fine_graph, colours, groups.reshape(height * width, -1), options.exact))
    soft = soft.reshape(height, width, -1)
    centres = layer_features(soft.reshape(height * width, -1), features)
    if like is None:
        kept = _from_back(soft, options)
        soft, centres = normalised(soft[..., kept]), centres[kept]
    memory = projection and Memory(projection, like.centres if like else centres, sparse.argmax(1).reshape(shape))
    shown = shown | {STAGES[4]: views.layers(soft.reshape(height * width, -1), (height, width))}
    progress(0.9, "Layers")
    yield Result(0.9, shown)
    names = tuple(name(layer, colours) for layer in np.moveaxis(soft, 2, 0))
    layers, own = _at_full_size(image, colours, soft)
    progress(1.0, "Done")
    yield Result(1.0, shown, layers, own, names, memory)


def _from_back(soft: NDArray[np.float32], options: Options) -> NDArray[np.intp]:
    """The order of layers (h, w, K), the rearmost first: what touches more of the picture's rim lies further back.

    The authors keep layers that are nowhere; we leave out what is nowhere really there.
    """
    rim = np.concatenate([soft[0], soft[-1], soft[:, 0], soft[:, -1]]).mean(0)
    share = soft.mean((0, 1))
    order = np.argsort(-rim / np.sqrt(share.clip(1e-6)), kind="stable")
    there = [index for index in order if soft[..., index].max() > 0.5]
    return np.array(there if there and not (options.exact and not options.weighted) else order)


def _at_full_size(
    image: Image, colours: NDArray[np.float64], soft: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """Layers (K, H, W) and their colours (K, H, W, 3) at the size of `image`."""
    estimate = layer_colours(colours, soft)
    height, width = image.shape[:2]
    layers = np.empty((soft.shape[2], height, width), np.float32)
    own = np.empty((soft.shape[2], height, width, 3), np.uint8)
    same = soft.shape[:2] == (height, width)
    for rows, band in [(slice(0, height), soft)] if same else enlarged(soft, colours, image):
        layers[:, rows] = np.moveaxis(band, 2, 0)
        large = np.stack([band_of(one, rows, height, width) for one in estimate])
        own[:, rows] = at_full_size(large, image[rows], band)
    return layers, own


def _check(image: Image, options: Options) -> None:
    height, width = image.shape[:2]
    if min(height, width) < SMALLEST:
        raise InputError(
            "A picture of {width} x {height} pixels is too small: {least} a side is the least.",
            width=width,
            height=height,
            least=SMALLEST,
        )
    if max(height, width) > STEEPEST * min(height, width):
        raise InputError(
            "A picture of {width} x {height} pixels is too narrow: cut a part out of it.", width=width, height=height
        )
    if options.layers is not None and not FEWEST <= options.layers <= MOST:
        raise InputError(
            "Ask for {fewest} to {most} layers, not {count}.", fewest=FEWEST, most=MOST, count=options.layers
        )
