"""Nearest neural patches again, after a small change: only what the neighbours have found is tried.

The propagation of Barnes et al. 2009 (PatchMatch), in parallel: a match of the patch beside it, moved along, is likely
to be a match, too. It costs a dozen comparisons a patch, where `nearest_patches` makes one with every patch there is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeAlias

import torch
from torch import Tensor

from networks.patches import SMALL, Matches, box_sums

# From how far, in cells (down, across), matches are taken.
NEIGHBOURS = [(0, 1), (1, 0), (0, -1), (-1, 0), (1, 1), (-1, -1), (1, -1), (-1, 1), (0, 3), (3, 0), (0, -3), (-3, 0)]

# The cosines of the query's patches in a part of its grid with chosen ones: source, y, x of that part's shape.
Cosines: TypeAlias = Callable[[Tensor, Tensor, Tensor, tuple[slice, slice]], Tensor]


class Sources:
    """Maps (C, H, W) laid out so that chosen k x k patches of them are compared with a query's, one cell apart."""

    def __init__(self, sources: Sequence[Tensor], k: int) -> None:
        self.k, self.sizes = k, tuple((source.shape[1], source.shape[2]) for source in sources)
        device = sources[0].device
        self.heights, self.widths = torch.tensor(self.sizes, device=device).T
        self.firsts = torch.cumsum(self.heights * self.widths, 0) - self.heights * self.widths
        self.cells = torch.cat([source.float().flatten(1).T for source in sources])  # (cells of all sources, C)
        self.norms = torch.cat([_norms(source, k) for source in sources])

    def cosines(self, query: Tensor) -> Cosines:
        """What compares the patches of `query` (C, H, W)."""
        ours = query.float().permute(1, 2, 0).contiguous()
        whole = box_sums(query.float().square().sum(0), self.k, 1).sqrt().clamp_min(SMALL)

        def of(source: Tensor, y: Tensor, x: Tensor, part: tuple[slice, slice]) -> Tensor:
            widths = self.widths[source]
            corner = self.firsts[source] + y * widths + x
            total = torch.zeros(corner.shape, device=query.device)
            for dy in range(self.k):
                for dx in range(self.k):
                    here = ours[part[0].start + dy : part[0].stop + dy, part[1].start + dx : part[1].stop + dx]
                    total += (here * self.cells[corner + dy * widths + dx]).sum(2)
            return total / self.norms[corner] / whole[part]

        return of


@torch.no_grad()
def propagated(query: Tensor, sources: Sequence[Tensor] | Sources, matches: Matches) -> Matches:
    """`matches` of an earlier state of `query` (C, H, W), made better by their neighbours' (cosine, stride 1).

    Every patch must have had a match. The scores are those of `query` now; none is lower than that of its old match.
    `sources` are the maps, or these laid out already, where many searches share them.
    """
    if matches.stride != 1 or not matches.found.all():
        raise ValueError("propagation needs a match of every patch, one cell apart")
    laid_out = sources if isinstance(sources, Sources) else Sources(sources, matches.k)
    cosines, k = laid_out.cosines(query), matches.k
    rows, columns = matches.source.shape
    source, y, x = (part.clone() for part in (matches.source, matches.y, matches.x))
    best = cosines(source, y, x, (slice(0, rows), slice(0, columns)))
    for down, across in NEIGHBOURS:
        here = slice(max(0, down), rows + min(0, down)), slice(max(0, across), columns + min(0, across))
        there = tuple(slice(s.start - d, s.stop - d) for s, d in zip(here, (down, across), strict=True))
        from_source = source[there].clone()
        last_y, last_x = laid_out.heights[from_source] - k, laid_out.widths[from_source] - k
        from_y = (y[there] + down).clamp_min(0).minimum(last_y)
        from_x = (x[there] + across).clamp_min(0).minimum(last_x)
        value = cosines(from_source, from_y, from_x, here)
        better = value > best[here]
        for old, new in ((source, from_source), (y, from_y), (x, from_x), (best, value)):
            old[here] = torch.where(better, new, old[here])
    return replace(matches, source=source, y=y, x=x, score=best.clamp(-1, 1))


def _norms(source: Tensor, k: int) -> Tensor:
    """Of the patch whose top left cell it is, by cell (H W): infinite where none fits."""
    norms = torch.full(source.shape[1:], torch.inf, device=source.device)
    sums = box_sums(source.float().square().sum(0), k, 1).sqrt().clamp_min(SMALL)
    norms[: sums.shape[0], : sums.shape[1]] = sums
    return norms.flatten()
