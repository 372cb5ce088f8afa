"""Nearest neural patches, nearly: sought in a few principal components, and the best few compared exactly.

`networks.patches` finds the best of all, in the time of a product of all channels of all cells and nine sums of it.
Most of what tells patches apart lies in some dozens of directions: there one small product ranks them, in bfloat16
where the CPU multiplies it.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

import torch
import torch.nn.functional as F
from torch import Tensor

from networks.patches import SMALL, Matches, box_sums
from networks.precision import precision
from networks.propagation import Sources, propagated

COMPONENTS = 63  # and one number more, so that products are of 64
SAMPLE = 4000  # patches of which components are those
BLOCK = 8192  # of source patches, of which the best is a candidate
CANDIDATES = 4  # of a patch, compared exactly
AT_ONCE = 256  # patches of the query


class Projected:
    """The k x k patches of `sources`, each (C, H, W), one cell apart, ready to be sought in (by cosine)."""

    @torch.no_grad()
    def __init__(self, sources: Sequence[Tensor], k: int = 3, dtype: torch.dtype | None = None) -> None:
        """`dtype`: what components are multiplied in, by default the fastest of the hardware."""
        self.sources, self.k = Sources(sources, k), k
        self.dtype = dtype or precision(sources[0].device)
        norms = [_norms(source, k) for source in sources]
        self.mean, self.directions = _principal(sources, norms, k)
        # A cosine <q, s> of unit patches is <q - m, s - m> + <m, s - m>, m the mean, plus what is alike for all s.
        filters = torch.cat([self.directions, self.mean[None]])
        parts, places = [], []
        for number, (source, norm) in enumerate(zip(sources, norms, strict=True)):
            parts.append(_about(source, norm, filters, self.mean).flatten(1).T)
            y, x = torch.meshgrid(*(torch.arange(side, device=source.device) for side in norm.shape), indexing="ij")
            places.append(torch.stack([torch.full_like(y, number), y, x]).flatten(1))
        self.components = torch.cat(parts).to(self.dtype)  # (patches of all sources, directions + 1)
        self.places = torch.cat(places, 1)  # int64 (3, patches): source, y, x

    @torch.no_grad()
    def nearest(self, query: Tensor, known: Matches | None = None) -> Matches:
        """For every patch of `query` (C, H, W) one that is among the most like it; never worse than the `known`."""
        norm = _norms(query, self.k)
        ours = _about(query, norm, self.directions, self.mean)
        ours = torch.cat([ours, torch.ones_like(ours[:1])]).flatten(1).T.to(self.dtype)
        candidates = torch.cat([self._candidates(block) for block in ours.split(AT_ONCE)])  # (patches, CANDIDATES)
        cosines, whole = self.sources.cosines(query), (slice(0, norm.shape[0]), slice(0, norm.shape[1]))
        found = self.places[:, candidates.T.reshape(-1, *norm.shape)]  # (3, candidates, rows, columns)
        if known is not None:
            found = torch.cat([found, torch.stack([known.source, known.y, known.x])[:, None]], 1)
        best = torch.stack([cosines(s, y, x, whole) for s, y, x in zip(*found, strict=True)]).max(0)
        source, y, x = found.gather(1, best.indices.expand(3, 1, -1, -1))[:, 0]
        size = query.shape[1], query.shape[2]
        matches = Matches(source, y, x, best.values.clamp(-1, 1), self.k, 1, size, self.sources.sizes)
        return propagated(query, self.sources, matches)

    def _candidates(self, ours: Tensor) -> Tensor:
        """int64 (patches, candidates): the best few of the best of each block of sources."""
        blocks = self.components.split(BLOCK)
        best = [(ours @ block.T).max(1) for block in blocks]
        values = torch.stack([one.values for one in best], 1)
        indices = torch.stack([one.indices + BLOCK * number for number, one in enumerate(best)], 1)
        return indices.gather(1, values.topk(min(CANDIDATES, len(best)), 1).indices)


def _norms(features: Tensor, k: int) -> Tensor:
    """(rows, columns) of the patches of (C, H, W)."""
    return box_sums(features.float().square().sum(0), k, 1).sqrt().clamp_min(SMALL)


def _about(features: Tensor, norms: Tensor, filters: Tensor, mean: Tensor) -> Tensor:
    """(filters, rows, columns): the products of `filters` (D, C, k, k) with each unit patch less the `mean` one."""
    products = F.conv2d(features.float()[None], filters)[0] / norms
    return products - (filters.flatten(1) @ mean.flatten())[:, None, None]


def _principal(sources: Sequence[Tensor], norms: Sequence[Tensor], k: int) -> tuple[Tensor, Tensor]:
    """The mean (C, k, k) of unit patches, and their principal directions (D, C, k, k), of some patches of each source.

    By subspace iteration (Halko et al. 2011, algorithm 4.4): near enough, and much faster than all of them.
    """
    draw = torch.Generator().manual_seed(0)
    sample = []
    for source, norm in zip(sources, norms, strict=True):
        count = ceil(SAMPLE / len(sources))
        y, x = (torch.randint(side, (count,), generator=draw).to(source.device) for side in norm.shape)
        cells = [source[:, y + dy, x + dx].float() for dy in range(k) for dx in range(k)]
        sample.append((torch.stack(cells, -1) / norm[y, x, None]).permute(1, 0, 2).flatten(1))
    patches = torch.cat(sample)
    mean = patches.mean(0)
    patches = patches - mean
    basis = torch.randn(patches.shape[1], min(COMPONENTS, *patches.shape), generator=draw).to(patches.device)
    for _ in range(3):
        basis = torch.linalg.qr(patches.T @ (patches @ basis)).Q
    shape = (sources[0].shape[0], k, k)
    return mean.view(shape), basis.T.reshape(-1, *shape).contiguous()
