"""Nearest neural patches: for every small square of one feature map, the one in other maps that looks most like it.

Li and Wand 2016 (CNNMRF), equations 2 and 3; the texture term of Yang et al. 2017 (arXiv 1611.09969); with a window
around the same place, the style term of Korshunova et al. 2017 (arXiv 1611.09577). Two identities make it cheap:

- The inner product of two k x k patches is a sum of inner products of their cells: with one matrix product between all
  cells of both maps, k * k shifted sums of that matrix replace a product with k * k times the channels.
- Of patches `s` that were chosen once and then stay, only their overlap average is needed: over the query patches `q`
  of a map F, `sum |q - s|^2 = sum over cells of count * |F - mean|^2 + spread`, where `mean` averages the `count`
  chosen patches that cover a cell and `spread`, their disagreement, does not depend on F.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import ceil
from typing import Literal, TypeAlias

import torch
import torch.nn.functional as F
from torch import Tensor

MEMORY = 256 * 2**20  # bytes
SMALL = 1e-12  # patches with a smaller norm are as good as empty, and their cosine with anything goes to 0

Metric: TypeAlias = Literal["cosine", "l2"]


@dataclass(frozen=True, eq=False)
class Matches:
    """The best source patch of every query patch, on the query's grid: row r, column c starts at cell (r, c) * stride.

    Tensors are (rows, columns), so `.flatten()` runs along x first:

    - `source` int64: which source, or -1 where none was sought or none allowed;
    - `y`, `x` int64: the top left cell of the patch in it, or -1;
    - `score` float32: cosine in -1..1, or minus the squared distance; 0 where there is no match;
    - `size`: (H, W) of the query; `source_sizes`: those of the sources.
    """

    source: Tensor
    y: Tensor
    x: Tensor
    score: Tensor
    k: int
    stride: int
    size: tuple[int, int]
    source_sizes: tuple[tuple[int, int], ...]

    @property
    def found(self) -> Tensor:
        """bool (rows, columns): which patches have a match."""
        return self.source >= 0


@dataclass(frozen=True, eq=False)
class Swap:
    """What the matched patches make of the query.

    - `mean` float32 (C, H, W): in each cell the mean of the patches that cover it, 0 where none does;
    - `count` float32 (H, W): how many cover it;
    - `spread` float32 (): how much they disagree, `sum count * variance`, summed over channels.
    """

    mean: Tensor
    count: Tensor
    spread: Tensor


@torch.no_grad()
def nearest_patches(
    query: Tensor,
    sources: Sequence[Tensor],
    k: int = 3,
    stride: int = 1,
    metric: Metric = "cosine",
    query_hole: Tensor | None = None,
    source_holes: Sequence[Tensor | None] | None = None,
    radius: int | None = None,
    memory: int = MEMORY,
) -> Matches:
    """The best among the k x k patches of all `sources` for each k x k patch of `query`, both `stride` cells apart.

    - `query` float (C, H, W) and `sources`, each (C, H', W') of its own size; all on one device. Label maps that guide
      the search are channels like any other: append them to both, times their weight.
    - `metric`: "cosine", `<q, s> / (|q| |s|)`, or "l2", `-|q - s|^2`. Of equals the first source's wins.
    - `query_hole` bool (H, W): only patches that touch it are sought.
    - `source_holes`, for each source bool (H', W') or None: patches that touch it are never used.
    - `radius`: largest difference in y and in x, in cells, between the corners of a patch and its match; 0 is the same
      place. Meant for a few cells: the time grows with its square.
    - `memory`: bytes that inner products may take at a time; a row of patches of each map is the least that they take.

    Where a window holds no allowed patch there is no match. Raises `ValueError` where a map is smaller than a patch, or
    every source patch touches a hole.
    """
    holes = [None] * len(sources) if source_holes is None else source_holes
    _check(query, sources, [query_hole, *holes], k, stride, radius)
    query, sources = query.float(), [features.float() for features in sources]
    rankings = [_ranking(features, hole, k, stride, metric) for features, hole in zip(sources, holes, strict=True)]
    if not any(offset.isfinite().any() for _, offset in rankings):
        raise ValueError(f"every {k} x {k} patch of the sources touches a hole")
    squares = box_sums(query.square().sum(0), k, stride)
    wanted = torch.ones_like(squares, dtype=torch.bool) if query_hole is None else touching(query_hole, k, stride)
    best = torch.full_like(squares, -torch.inf)
    source, y, x = (torch.full_like(squares, -1, dtype=torch.int64) for _ in range(3))
    for number, (features, (scale, offset)) in enumerate(zip(sources, rankings, strict=True)):
        if radius is None or radius >= max(*query.shape[1:], *features.shape[1:]):
            blocks = _everywhere(query, features, wanted, scale, offset, k, stride, memory)
        else:
            blocks = _nearby(query, features, wanted, scale, offset, k, stride, radius)
        for part, value, row, column in blocks:
            better = (value > best[part]) & wanted[part]
            news = (best, value), (source, torch.full_like(row, number)), (y, row * stride), (x, column * stride)
            for old, new in news:
                old[part] = torch.where(better, new, old[part])
    if metric == "cosine":
        score = (best / squares.sqrt().clamp_min(SMALL)).clamp(-1, 1)
    else:
        score = (2 * best - squares).clamp_max(0)
    size, *source_sizes = ((features.shape[1], features.shape[2]) for features in (query, *sources))
    return Matches(source, y, x, torch.where(source >= 0, score, 0), k, stride, size, tuple(source_sizes))


def touching(hole: Tensor, k: int = 3, stride: int = 1) -> Tensor:
    """bool (rows, columns): which k x k patches have a cell in `hole`, bool (H, W)."""
    return F.max_pool2d(hole[None, None].float(), k, stride)[0, 0] > 0


@torch.no_grad()
def swapped(matches: Matches, sources: Sequence[Tensor]) -> Swap:
    """The overlap average of the matched patches, cut from `sources`, each (C, H', W').

    These are the maps that were searched, or others of the same sizes: the features without guidance channels, say.
    """
    sizes = tuple((features.shape[1], features.shape[2]) for features in sources)
    if sizes != matches.source_sizes:
        raise ValueError(f"patches were sought in maps of {matches.source_sizes}, not of {sizes}")
    (height, width), k, stride = matches.size, matches.k, matches.stride
    # Below the channels: their squares, for the spread, and ones, for the count.
    total = sources[0].new_zeros(sources[0].shape[0] + 2, height * width, dtype=torch.float32)
    for number, features in enumerate(sources):
        row, column = torch.nonzero(matches.source == number, as_tuple=True)
        cell = row * stride * width + column * stride  # top left corners, here and in the source
        there = matches.y[row, column] * features.shape[2] + matches.x[row, column]
        flat = features.float().flatten(1)
        flat = torch.cat([flat, flat.square().sum(0, keepdim=True), torch.ones_like(flat[:1])])
        for dy in range(k):
            for dx in range(k):
                # No two patches have the same cell at (dy, dx), so nothing is added twice, in any order.
                total[:, cell + dy * width + dx] += flat[:, there + dy * features.shape[2] + dx]
    total, squares, count = total.view(-1, height, width).split([total.shape[0] - 2, 1, 1])
    mean = total / count.clamp_min(1)
    spread = (squares - count * mean.square().sum(0)).clamp_min(0).sum()
    return Swap(mean, count[0].clone(), spread)


def frozen_energy(features: Tensor, swap: Swap) -> Tensor:
    """`sum |q - s|^2` over the matched patches of `features` (C, H, W), with a gradient; float32 ().

    The texture term of Yang et al. 2017 is this over the number of matches, `matches.found.sum()`.
    """
    return (swap.count * (features - swap.mean).square()).sum() + swap.spread


def released_energy(features: Tensor, swap: Swap) -> Tensor:
    """Half the squared distance of `features` (C, H, W) to the overlap average, where there is one; float32 ().

    Its gradient is `features - swap.mean`. Times the weight, this is what CNNMRF's released code hands its optimiser:
    it divides by the covering patches where equation 2 of Li and Wand 2016 sums over them, and omits the factor 2.
    """
    return ((swap.count > 0) * (features - swap.mean).square()).sum() / 2


def _check(
    query: Tensor, sources: Sequence[Tensor], holes: Sequence[Tensor | None], k: int, stride: int, radius: int | None
) -> None:
    """Raises `ValueError` at what would fail further down, less clearly; `holes`: the query's, then the sources'."""
    if k < 1 or stride < 1 or (radius is not None and radius < 0):
        raise ValueError(f"patches of {k} x {k} cells, {stride} apart, within {radius}")
    if len(sources) == 0 or len(holes) != 1 + len(sources):
        raise ValueError(f"{len(sources)} sources of patches and {len(holes) - 1} masks of their holes")
    for features, hole in zip((query, *sources), holes, strict=True):
        shape = tuple(features.shape)
        if len(shape) != 3 or shape[0] != query.shape[0]:
            raise ValueError(f"maps are (C, H, W), C as in the query's {tuple(query.shape)}, not {shape}")
        if min(shape[1:]) < k:
            raise ValueError(f"a map of {shape[1:]} cells has no patch of {k} x {k}")
        if hole is not None and hole.shape != shape[1:]:
            raise ValueError(f"the hole of a map of {shape[1:]} cells is {tuple(hole.shape)}")


def box_sums(cells: Tensor, k: int, stride: int) -> Tensor:
    """(rows, columns), the sums over the patches of `cells` (H, W)."""
    return F.avg_pool2d(cells[None, None], k, stride, divisor_override=1)[0, 0]


def _ranking(features: Tensor, hole: Tensor | None, k: int, stride: int, metric: Metric) -> tuple[Tensor, Tensor]:
    """Two (rows, columns) of a source, by which `scale * <q, s> + offset` orders its patches for every query alike.

    What belongs to the query alone cannot change the order: its norm is divided by, or subtracted, at the end.
    """
    squares = box_sums(features.square().sum(0), k, stride)
    if metric == "cosine":
        scale, offset = 1 / squares.sqrt().clamp_min(SMALL), torch.zeros_like(squares)
    else:
        scale, offset = torch.ones_like(squares), squares / -2
    if hole is not None:
        offset = offset.masked_fill(touching(hole, k, stride), -torch.inf)
    return scale, offset


_Part: TypeAlias = tuple[slice, slice]  # rows and columns of a grid of patches
# A part of the query's grid, and for each patch in it the best value, with its row and column in the source's grid.
_Found: TypeAlias = tuple[_Part, Tensor, Tensor, Tensor]


def _everywhere(
    query: Tensor, source: Tensor, wanted: Tensor, scale: Tensor, offset: Tensor, k: int, stride: int, memory: int
) -> Iterator[_Found]:
    """Searches the whole source, rows of the query against rows of the source, as many at a time as `memory` allows."""
    rows, columns = scale.shape
    height, source_height = _heights(wanted.shape, scale.shape, k, stride, memory)
    for top in range(0, wanted.shape[0], height):
        here = wanted[top : top + height].nonzero()
        if not len(here):
            continue
        (first_y, first_x), (last_y, last_x) = here.amin(0).tolist(), here.amax(0).tolist()
        part = slice(top + first_y, top + last_y + 1), slice(first_x, last_x + 1)
        patches = _cut(query, part, k, stride)
        for source_top in range(0, rows, source_height):
            there = slice(source_top, min(source_top + source_height, rows)), slice(0, columns)
            products = _products(patches, _cut(source, there, k, stride), k, stride)
            value, place = torch.addcmul(offset[there], products, scale[there], out=products).flatten(2).max(2)
            yield part, value, place // columns + source_top, place % columns


def _nearby(
    query: Tensor, source: Tensor, wanted: Tensor, scale: Tensor, offset: Tensor, k: int, stride: int, radius: int
) -> Iterator[_Found]:
    """Searches `radius` cells around the same place: the maps times each other, cell by cell, at every shift."""
    reach = range(-(radius // stride), radius // stride + 1)  # patches
    down, across = (torch.arange(side, device=query.device) for side in scale.shape)
    for dy, dx in product(reach, repeat=2):
        top, left = max(0, -dy), max(0, -dx)
        bottom, right = min(wanted.shape[0], scale.shape[0] - dy), min(wanted.shape[1], scale.shape[1] - dx)
        if top >= bottom or left >= right:
            continue
        part = slice(top, bottom), slice(left, right)
        there = slice(top + dy, bottom + dy), slice(left + dx, right + dx)
        products = (_cut(query, part, k, stride) * _cut(source, there, k, stride)).sum(0)
        value = torch.addcmul(offset[there], box_sums(products, k, stride), scale[there])
        yield part, value, down[there[0], None].expand_as(value), across[there[1]].expand_as(value)


def _cut(features: Tensor, part: _Part, k: int, stride: int) -> Tensor:
    """The cells (C, h, w) under a part of the grid of patches."""
    rows, columns = (slice(side.start * stride, (side.stop - 1) * stride + k) for side in part)
    return features[:, rows, columns]


def _products(query: Tensor, source: Tensor, k: int, stride: int) -> Tensor:
    """Inner products of all patches: (rows, columns, rows', columns') of (C, H, W) and (C, H', W').

    The cells at (y, x) in a query patch meet only those at (y, x) in a source patch. On grids `stride` apart these have
    the same remainders by `stride`, so the cells of each pair of remainders are multiplied among themselves: stride 2
    takes a quarter of the products of stride 1.
    """
    sides = [(side - k) // stride + 1 for side in (*query.shape[1:], *source.shape[1:])]
    total: Tensor | None = None
    for y, x in product(range(min(k, stride)), repeat=2):
        ours, theirs = query[:, y::stride, x::stride], source[:, y::stride, x::stride]
        cells = (ours.flatten(1).T @ theirs.flatten(1)).view(*ours.shape[1:], *theirs.shape[1:])
        cells = _diagonal_sums(cells, 0, len(range(y, k, stride)), sides[0], sides[2])
        cells = _diagonal_sums(cells, 1, len(range(x, k, stride)), sides[1], sides[3])
        total = cells if total is None else total.add_(cells)
    assert total is not None  # k and stride are at least 1
    return total


def _diagonal_sums(products: Tensor, axis: int, taps: int, length: int, source_length: int) -> Tensor:
    """Sums of `taps` neighbours along the query's `axis` and the source's, `axis + 2`, in step."""
    steps = [products.narrow(axis, tap, length).narrow(axis + 2, tap, source_length) for tap in range(taps)]
    total = steps[0] if taps == 1 else steps[0] + steps[1]
    for step in steps[2:]:
        total += step
    return total


def _heights(grid: Sequence[int], source_grid: Sequence[int], k: int, stride: int, memory: int) -> tuple[int, int]:
    """How many rows of patches of the query and of the source to take at a time."""
    height, source_height = grid[0], source_grid[0]
    more = (k - 1) // stride  # rows and columns of one remainder that patches reach beyond their corners
    # Three float32 arrays: the products of the cells, their sums along y, and the total.
    of_two_rows = 3 * 4 * (grid[1] + more) * (source_grid[1] + more)
    while (height + more) * (source_height + more) * of_two_rows > memory and max(height, source_height) > 1:
        longer = max(height, source_height)
        height, source_height = (ceil(side / 2) if side == longer else side for side in (height, source_height))
    return height, source_height
