"""Super-resolution by the literature's rules, beside RLFN (Kong et al. 2022), the peer that ours learnt from.

PSNR and SSIM are on luma without a border of `scale` pixels, of 8-bit pictures, the mean over the pictures of a set.
The input is the ground truth, cut to a multiple of `scale` and shrunk by MATLAB's bicubic.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from statistics import mean, median

import numpy as np
import torch
from PIL import Image as PillowImage

from benchmarks.rows import Measured, Note, Row
from benchmarks.timing import interleaved, spent_alone, times_faster
from imaging.geometry import resize
from imaging.metrics import psnr, ssim
from imaging.types import Image
from networks.files import read_state_dict, ready
from networks.tensors import to_image, to_tensor
from pipelines.super_resolution import SCALES, Options, SuperResolution
from pipelines.super_resolution.network import RLFN

SETS = ("Set5", "Set14", "BSD100")
VARIANTS = ("bicubic", "residual", "adversarial")
PEER_FILES = {  # below the folder of test data; there is no RLFN for x3
    2: "teachers/rlfn_x2.safetensors",
    4: "../parity/vision/rlfn_x4_REALWEIGHTS/state_dict.safetensors",
}

SMALL = (256, 256)  # height, width in pixels of an input that is one tile
LARGE = (600, 800)  # of an input that is several
TILES = (128, 256, 384, 512)
ROUNDS = 9  # of the small input
LARGE_ROUNDS = 5
FOUR_MEGAPIXELS = (2000, 2000)
RLFN_REARRANGED = "x4, RLFN channels last"


def quality(data: Path) -> Iterator[Measured]:
    """PSNR in decibels and SSIM by variant, test set and scale."""
    yield Note("PSNR in dB and SSIM on luma, border = scale, 8 bit, mean over the pictures of a set.")
    for name in SETS:
        pictures = _pictures(data / "sr_bench" / name)
        if not pictures:
            yield Note(f"{name} is left out: there are no pictures in {data / 'sr_bench' / name}.")
            continue
        yield Note(f"{name}: {len(pictures)} pictures.")
        for scale in SCALES:
            large = [_cut(picture, scale) for picture in pictures]
            small = [resize(picture, 1 / scale) for picture in large]
            for variant, enlarge in _enlargers(data, scale):
                if isinstance(enlarge, Note):
                    yield enlarge
                    continue
                pairs = [(enlarge(given), truth) for given, truth in zip(small, large, strict=True)]
                yield Row(variant, f"{name} x{scale}", "PSNR", mean(psnr(*pair, border=scale) for pair in pairs))
                yield Row(variant, f"{name} x{scale}", "SSIM", mean(ssim(*pair, border=scale) for pair in pairs))


def speed(data: Path) -> Iterator[Measured]:
    """Output per second by variant and by tile, times faster than the peer, peak memory."""
    yield from _variants_speed()
    peer = _peer(data, 4)
    if isinstance(peer, Note):
        yield peer
    else:
        yield from _network_speed(peer)
    yield from _tiles_speed(None if isinstance(peer, Note) else peer)
    spent = spent_alone(_enlarge_noise, FOUR_MEGAPIXELS)
    yield Row("residual", "4mp", "peak_gib", spent.peak_gib)
    yield Row("residual", "4mp", "seconds", spent.seconds)
    yield Note(f"4mp: {_size(FOUR_MEGAPIXELS)} pixels by 4 in a process of its own; resident memory, Python's too.")


def _variants_speed() -> Iterator[Measured]:
    picture = _noise(SMALL)
    pipelines = {variant: SuperResolution.load(variant) for variant in VARIANTS}
    seconds = interleaved({variant: lambda p=p: p(picture) for variant, p in pipelines.items()}, ROUNDS)
    for variant in VARIANTS:
        yield Row(variant, "x4", "megapixels_per_second", _output_megapixels(SMALL) / median(seconds[variant]))
    yield Note("megapixels_per_second: megapixels of the OUTPUT, by the whole pipeline.")
    yield Note(f"x4: an input of {_size(SMALL)} pixels; x4 tile N and x4 in tiles: of {_size(LARGE)}.")


def _network_speed(peer: RLFN) -> Iterator[Measured]:
    ours, given = SuperResolution.load("residual").networks[4], to_tensor(_noise(SMALL))
    # The pipeline keeps ours with channels last in memory. RLFN gains by that, too, so it is measured both ways.
    rearranged = deepcopy(peer).to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue] - stub lacks it
    jobs = {"ours": lambda: ours(given), "plain": lambda: peer(given), "rearranged": lambda: rearranged(given)}
    with torch.inference_mode():
        seconds = interleaved(jobs, ROUNDS)
    yield Row("residual", "x4", "speed_over_rlfn", times_faster(seconds["ours"], seconds["plain"]))
    yield Row("residual", RLFN_REARRANGED, "speed_over_rlfn", times_faster(seconds["ours"], seconds["rearranged"]))
    yield Note("x4 speed_over_rlfn: network against network, each on the whole picture, RLFN as published.")
    yield Note(f"{RLFN_REARRANGED}: the same, but RLFN keeps its channels last in memory, as ours does.")


def _tiles_speed(peer: RLFN | None) -> Iterator[Measured]:
    picture, pipeline, default = _noise(LARGE), SuperResolution.load("residual"), Options().tile
    tiles = sorted({*TILES, default})
    jobs: dict[str, Callable[[], object]] = {
        f"{tile}": lambda tile=tile: pipeline(picture, options=Options(tile=tile)) for tile in tiles
    }
    if peer:
        jobs["rlfn"] = lambda: _by_peer(peer, picture)
    seconds = interleaved(jobs, LARGE_ROUNDS)
    for tile in tiles:
        rate = _output_megapixels(LARGE) / median(seconds[f"{tile}"])
        yield Row("residual", f"x4 tile {tile}", "megapixels_per_second", rate)
    if peer:
        yield Row("residual", "x4 in tiles", "speed_over_rlfn", times_faster(seconds[f"{default}"], seconds["rlfn"]))
        yield Note(
            f"x4 in tiles speed_over_rlfn: picture to picture, ours in tiles of {default}, RLFN on the whole, as it "
            "must be: large arrays are slow to come by, so part of the advantage is the tiles'."
        )


def _enlarge_noise(size: tuple[int, int]) -> None:
    SuperResolution.load("residual")(_noise(size))


def _enlargers(data: Path, scale: int) -> Iterator[tuple[str, Callable[[Image], Image] | Note]]:
    for variant in VARIANTS:
        yield variant, _by_pipeline(SuperResolution.load(variant), scale)
    if scale in PEER_FILES:
        peer = _peer(data, scale)
        yield "rlfn", peer if isinstance(peer, Note) else lambda image: _by_peer(peer, image)


def _by_pipeline(pipeline: SuperResolution, scale: int) -> Callable[[Image], Image]:
    options = Options(scale=scale)  # pyright: ignore[reportArgumentType] - one of SCALES
    return lambda image: pipeline(image, options=options).image


def _peer(data: Path, scale: int) -> RLFN | Note:
    path = data / PEER_FILES[scale]
    if not path.is_file():
        return Note(f"rlfn x{scale} is left out: there is no {path}.")
    return ready(RLFN(upscale=scale), read_state_dict(path), path.name)


@torch.inference_mode()
def _by_peer(peer: RLFN, image: Image) -> Image:
    # Never in tiles: its attention looks at the whole.
    return to_image(peer(to_tensor(image)))


def _pictures(folder: Path) -> list[Image]:
    """Every picture in a folder, its pixels as they are stored, in the order of their names."""
    files = sorted(path for path in folder.glob("*") if path.suffix in (".webp", ".png"))
    return [np.asarray(PillowImage.open(file).convert("RGB")) for file in files]


def _cut(picture: Image, scale: int) -> Image:
    return picture[: picture.shape[0] // scale * scale, : picture.shape[1] // scale * scale]


def _noise(size: tuple[int, int]) -> Image:
    """Noise of a height and width: no network is faster or slower for what it sees."""
    return np.random.default_rng(0).integers(0, 256, (*size, 3), np.uint8)


def _output_megapixels(size: tuple[int, int]) -> float:
    return size[0] * size[1] * Options().scale ** 2 / 1e6


def _size(size: tuple[int, int]) -> str:
    return f"{size[1]}x{size[0]}"
