"""PatchMatch: holes filled with what looks most alike elsewhere in the picture, coarse to fine.

Wexler et al. 2007 (the picture whose every patch occurs in the known part, found by turns: seek the nearest patches,
then let them vote for the pixels), with the search of Barnes et al. 2009 (good matches are handed to neighbours, and
random places are tried), for all patches at once. Small pictures are searched exactly.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from networks.fill import smooth_fill
from networks.patches import nearest_patches

RADIUS = 3  # pixels; patches are 7 x 7
COARSEST = 6  # pixels of the hole's longer side where it begins, about
GUIDED = 32  # the same where it is known what the hole looks like from afar
EXACT = 64 * 64  # pixels of a picture that is searched exhaustively
SMALLEST = 24  # pixels of a side of a picture that is halved
ROUNDS = (10, 2)  # of search and vote at the coarsest and at the finest size
FEW_ROUNDS = (2, 2)  # where it is known what the hole looks like: with each round it is forgotten a little
LABELLED, SOME_ROUNDS = 16, (6, 2)  # as `GUIDED` and `FEW_ROUNDS`, where only labels are known: colours are to be found
OTHER_LABEL = 0.125  # what a pixel of another label costs, in squared differences of colours in 0..1
CLIMB = 0.3  # what a piece from the picture's other end, up or down, does: perspective changes with height
SWEEPS = 2  # of hand-over and random trials in a round
FADE = 1.3  # by which a vote counts less for each pixel further from what is known (Wexler, section 3.3)
SHARP = 8  # power of the votes where the mean should not blur
DEEPEST = 16  # pixels; beyond, all count alike
GLANCE = 4  # pixels of a patch for one that is looked at first: most candidates are worse by these alone
CHUNK = 2**23  # values compared at a time


@dataclass(eq=False)
class _Level:
    """One size. `x` (H, W, 3), or (H, W, 4) with labels, padded by `RADIUS` on all sides.

    The lists are of patches that touch the hole. `centres` int64 (K,): places of their middles in the padded picture,
    flat; `matches` (K,): of the best so far, or of anything that is allowed; `costs` (K,). `trust` (H * W,): how much a
    pixel counts, 1 where it is known; `whole` (K,): of each patch, the sum of that.
    """

    x: Tensor
    hole: Tensor
    allowed: Tensor
    centres: Tensor
    matches: Tensor
    costs: Tensor
    trust: Tensor
    whole: Tensor
    generator: torch.Generator

    @property
    def width(self) -> int:
        """Of a padded row."""
        return self.x.shape[1]

    @property
    def is_labelled(self) -> bool:
        """Whether there is more than colours."""
        return self.x.shape[2] > 3

    @property
    def offsets(self) -> Tensor:
        """(49,), from a middle to the patch's pixels."""
        reach = torch.arange(-RADIUS, RADIUS + 1, device=self.x.device)
        return (reach[:, None] * self.width + reach).flatten()


def patchmatch(
    x: Tensor,
    hole: Tensor,
    unknown: Tensor,
    seed: int,
    begun: Tensor | None = None,
    labels: Tensor | None = None,
) -> Iterator[tuple[Tensor, Tensor, float]]:
    """The picture after each round at each size, (1, 3, h, w); where it copies from; how much is done, 0 to 1.

    `x` (1, 3, H, W) in 0..1; `hole`, `unknown` (1, 1, H, W), 0 or 1. `begun`: `x` with its hole filled as it should
    look from afar; without, smoothly. `labels` (1, 1, H, W), known in the hole, too: pieces come from where labels are
    the same, and rather from the same height. The places are int64 (2, h, w), y and x of each pixel's source: itself
    outside.
    """
    told = (GUIDED, FEW_ROUNDS) if labels is None else (LABELLED, SOME_ROUNDS)
    coarsest, most = (COARSEST, ROUNDS) if begun is None else told
    sizes = _sizes(hole, coarsest)
    generator = torch.Generator().manual_seed(seed)
    filled, places = smooth_fill(x, unknown) if begun is None else begun, None
    work = [h * w * _rounds(number, len(sizes), most) for number, (h, w) in enumerate(sizes)]
    done = 0
    for number, size in enumerate(sizes):
        level = _level(filled, hole, unknown, size, places, generator, labels=labels)
        rounds = _rounds(number, len(sizes), most)
        for turn in range(rounds):
            if places is not None or turn:
                _vote(level, sharp=turn == 0)
            _search(level)
            done += work[number] // rounds
            last = turn == rounds - 1
            if last:
                _vote(level, sharp=number == len(sizes) - 1)
            places = _places(level)
            yield _picture(level), places, min(1.0, done / sum(work))


def rewoven(x: Tensor, hole: Tensor, unknown: Tensor, seed: int, places: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """A hole that is filled already, only softly, made of pieces of the rest; and where they are from.

    `places`: those of half the size, where to begin.
    """
    generator = torch.Generator().manual_seed(seed)
    level = _level(x, hole, unknown, (x.shape[-2], x.shape[-1]), places, generator, keep=True)
    _search(level)
    _vote(level, sharp=True)
    return _picture(level), _places(level)


def correspond(x: Tensor, hole: Tensor, unknown: Tensor, seed: int) -> Tensor:
    """Where each pixel of a hole that is filled already could have come from: places as `patchmatch` gives them.

    They are sought at half the size: what lies together there does here, at a quarter of the time.
    """
    generator = torch.Generator().manual_seed(seed)
    full = x.shape[-2], x.shape[-1]
    size = (-(-full[0] // 2), -(-full[1] // 2)) if min(full) >= 2 * SMALLEST else full
    level = _level(x, hole, unknown, size, None, generator, keep=size == full)
    for _ in range(2):
        _search(level)
    return _places(level if size == full else _level(x, hole, unknown, full, _places(level), generator, keep=True))


def _sizes(hole: Tensor, coarsest: int) -> list[tuple[int, int]]:
    """Coarse to fine, each twice the last."""
    height, width = hole.shape[-2:]
    rows, columns = hole[0, 0].any(1).nonzero(), hole[0, 0].any(0).nonzero()
    side = max(int(rows[-1] - rows[0]), int(columns[-1] - columns[0])) + 1
    sizes = [(height, width)]
    while side >= coarsest * 2 and min(sizes[0]) >= SMALLEST:
        side //= 2
        sizes.insert(0, (-(-sizes[0][0] // 2), -(-sizes[0][1] // 2)))
    return sizes


def _rounds(number: int, count: int, most: tuple[int, int]) -> int:
    share = number / max(1, count - 1)
    return round(most[0] + (most[1] - most[0]) * share)


def _level(
    filled: Tensor,
    hole: Tensor,
    unknown: Tensor,
    size: tuple[int, int],
    places: Tensor | None,
    generator: torch.Generator,
    keep: bool = False,
    labels: Tensor | None = None,
) -> _Level:
    """The pictures of a size; what the coarser one found, at twice the distance. `keep`: the fill is the result."""
    small = filled if keep else F.interpolate(filled, size, mode="bilinear", antialias=True, align_corners=False)
    if labels is not None:
        small = torch.cat([small, F.interpolate(labels, size, mode="nearest")], 1)
    masks = [F.adaptive_max_pool2d(mask, size)[0, 0] > 0 for mask in (hole, unknown)]
    height, width = size
    padded = F.pad(small, (RADIUS,) * 4, mode="replicate")[0].permute(1, 2, 0).contiguous()
    inside, known = torch.zeros(padded.shape[:2], dtype=torch.bool), torch.zeros(padded.shape[:2], dtype=torch.bool)
    inside, known = inside.to(hole.device), known.to(hole.device)
    core = slice(RADIUS, RADIUS + height), slice(RADIUS, RADIUS + width)
    inside[core], known[core] = masks[0], ~masks[1]
    allowed = _eroded(known)
    if not allowed.any():  # no whole patch is known: then any known pixel may be a middle
        allowed = known
    touched = -_eroded(~inside).float() + 1
    touched[:RADIUS], touched[-RADIUS:], touched[:, :RADIUS], touched[:, -RADIUS:] = 0, 0, 0, 0
    centres = touched.flatten().nonzero()[:, 0]
    trust = (FADE ** -from_known(inside)).flatten()
    level = _Level(padded, inside, allowed, centres, centres, torch.empty(0), trust, torch.empty(0), generator)
    level.whole = torch.cat([trust[part[:, None] + level.offsets].sum(1) for part in centres.split(2**16)])
    if places is None:
        level.matches = _random(level, len(centres))
    else:
        level.matches = _from_coarser(level, places, size)
    level.costs = _compare(level, level.matches)
    return level


def _eroded(mask: Tensor) -> Tensor:
    """The middles of patches that lie wholly in `mask`."""
    return F.max_pool2d((~mask)[None, None].float(), 2 * RADIUS + 1, 1, RADIUS)[0, 0] == 0


def _random(level: _Level, count: int) -> Tensor:
    choices = level.allowed.flatten().nonzero()[:, 0]
    return choices[torch.randint(len(choices), (count,), generator=level.generator).to(choices.device)]


def _from_coarser(level: _Level, places: Tensor, size: tuple[int, int]) -> Tensor:
    """Each patch's match: where its coarser pixel came from, as far away again."""
    y, x = level.centres // level.width - RADIUS, level.centres % level.width - RADIUS
    coarse_y, coarse_x = (y // 2).clamp_max(places.shape[1] - 1), (x // 2).clamp_max(places.shape[2] - 1)
    there = places[:, coarse_y, coarse_x]
    source_y = (2 * there[0] + y % 2).clamp(0, size[0] - 1) + RADIUS
    source_x = (2 * there[1] + x % 2).clamp(0, size[1] - 1) + RADIUS
    matches = source_y * level.width + source_x
    wrong = ~level.allowed.flatten()[matches]
    return torch.where(wrong, _random(level, len(matches)), matches)


def _compare(level: _Level, matches: Tensor, chosen: Tensor | None = None, every: int = 1) -> Tensor:
    """Mean squared differences of patches and what they are compared with, (K,), in pieces.

    Pixels count as they are trusted: the rim of a hole must fit to what is known before it fits to itself. `every`: of
    the patch's pixels only each such one is looked at, which tells the least that the difference is.
    """
    flat, offsets = level.x.flatten(0, 1), level.offsets[::every]
    centres, whole = (part if chosen is None else part[chosen] for part in (level.centres, level.whole))
    piece, costs = max(1, CHUNK // (flat.shape[1] * len(offsets))), [flat.new_empty(0)]
    for ours, theirs, total in zip(centres.split(piece), matches.split(piece), whole.split(piece), strict=True):
        pixels = ours[:, None] + offsets
        differences = flat[pixels] - flat[theirs[:, None] + offsets]
        errors = differences[..., :3].square().sum(2)
        if level.is_labelled:
            errors += OTHER_LABEL * (differences[..., 3] != 0)
        cost = (errors * level.trust[pixels]).sum(1) / total
        if level.is_labelled:
            cost += CLIMB * ((ours // level.width - theirs // level.width) / level.x.shape[0]).square()
        costs.append(cost)
    return torch.cat(costs)


def _search(level: _Level) -> None:
    """Improves the matches: exactly in small pictures, else by hand-over and random trials."""
    level.costs = _compare(level, level.matches)
    height, width = level.x.shape[0] - 2 * RADIUS, level.x.shape[1] - 2 * RADIUS
    if not level.is_labelled and height * width <= EXACT and bool(_eroded(level.allowed).any()):
        _search_exactly(level)
        return
    numbers = torch.full(level.x.shape[:2], -1, dtype=torch.int64, device=level.x.device).flatten()
    numbers[level.centres] = torch.arange(len(level.centres), device=level.x.device)
    for _ in range(SWEEPS):
        for step in (8, 1):
            for shift in (-step, step, -step * level.width, step * level.width):
                neighbour = numbers[(level.centres + shift).clamp(0, len(numbers) - 1)]
                _try(level, level.matches[neighbour.clamp_min(0)] - shift, neighbour >= 0)
        reach = max(height, width)
        while reach >= 1:
            moves = torch.randint(-reach, reach + 1, (2, len(level.centres)), generator=level.generator)
            moves = moves.to(level.x.device)
            y = (level.matches // level.width + moves[0]).clamp(0, level.x.shape[0] - 1)
            x = (level.matches % level.width + moves[1]).clamp(0, level.x.shape[1] - 1)
            _try(level, y * level.width + x, torch.ones_like(y, dtype=torch.bool))
            reach //= 4


def _try(level: _Level, candidates: Tensor, sensible: Tensor) -> None:
    """Takes the candidates that are allowed and better."""
    allowed = level.allowed.flatten()
    within = (candidates >= 0) & (candidates < len(allowed))
    good = sensible & within & allowed[candidates.clamp(0, len(allowed) - 1)] & (candidates != level.matches)
    chosen = good.nonzero()[:, 0]
    chosen = chosen[_compare(level, candidates[chosen], chosen, GLANCE) < level.costs[chosen]]
    costs = _compare(level, candidates[chosen], chosen)
    better = costs < level.costs[chosen]
    level.matches[chosen[better]] = candidates[chosen[better]]
    level.costs[chosen[better]] = costs[better]


def _search_exactly(level: _Level) -> None:
    k = 2 * RADIUS + 1
    picture, grid = level.x.permute(2, 0, 1), level.allowed[RADIUS:-RADIUS, RADIUS:-RADIUS]
    # A patch that touches one of these has a middle that is not allowed: holes as that search knows them.
    blocked = ~_dilated(level.allowed)
    found = nearest_patches(picture, [picture], k, metric="l2", source_holes=[blocked])
    y, x = level.centres // level.width - RADIUS, level.centres % level.width - RADIUS
    matches = (found.y[y, x] + RADIUS) * level.width + found.x[y, x] + RADIUS
    fine = grid.flatten()[found.y[y, x] * grid.shape[1] + found.x[y, x]]
    level.matches = torch.where(fine, matches, level.matches)
    level.costs = _compare(level, level.matches)


def _dilated(mask: Tensor) -> Tensor:
    return F.max_pool2d(mask[None, None].float(), 2 * RADIUS + 1, 1, RADIUS)[0, 0] > 0


def _vote(level: _Level, sharp: bool) -> None:
    """Every pixel of the hole becomes the mean of what the patches over it say, the well matched before the others.

    `sharp`: only the best matched count, so that the mean does not blur.
    """
    spread = level.costs.kthvalue(1 + 3 * (len(level.costs) - 1) // 4).values.clamp_min(1e-6)
    # Not Wexler's exponential, which silences the rim: what must fit to the known part fits less well.
    likeness = level.trust[level.centres] / (1 + level.costs / spread)
    weights = likeness ** (SHARP if sharp else 1) + 1e-12
    flat = level.x.flatten(0, 1)
    sums, total = torch.zeros_like(flat[:, :3]), torch.zeros_like(flat[:, 0])
    for offset in level.offsets.tolist():
        # No two patches have the same pixel at one offset.
        sums[level.centres + offset] += weights[:, None] * flat[level.matches + offset, :3]
        total[level.centres + offset] += weights
    inside = level.hole.flatten() & (total > 0)
    picture = flat.clone()
    picture[inside, :3] = sums[inside] / total[inside, None]
    level.x = picture.view_as(level.x)


def from_known(hole: Tensor) -> Tensor:
    """How many pixels deep in the hole a place is, float32, by chessboard distance."""
    depth, rest = torch.zeros_like(hole, dtype=torch.float32), hole
    while rest.any() and depth.max() < DEEPEST:
        depth += rest
        rest = F.max_pool2d((~rest)[None, None].float(), 3, 1, 1)[0, 0] == 0
    return depth


def _places(level: _Level) -> Tensor:
    """Each pixel's source: its own patch's, whose middle it is."""
    height, width = level.x.shape[0] - 2 * RADIUS, level.x.shape[1] - 2 * RADIUS
    sources = torch.arange(level.x.shape[0] * level.width, device=level.x.device)
    sources[level.centres] = level.matches
    core = sources.view(level.x.shape[:2])[RADIUS : RADIUS + height, RADIUS : RADIUS + width]
    return torch.stack([core // level.width - RADIUS, core % level.width - RADIUS])


def _picture(level: _Level) -> Tensor:
    return level.x[RADIUS:-RADIUS, RADIUS:-RADIUS, :3].permute(2, 0, 1)[None].contiguous()
