"""Trains the embedding behind soft segmentation: python -m training.soft_segmentation

    python -m training.soft_segmentation --start checkpoints/perceptual/encoder.safetensors
    python -m training.soft_segmentation --finish STATE/soft_segmentation/embedded.safetensors MADE.safetensors

N-pair metric learning (Aksoy et al. 2018, section 4.2; Sohn 2016): on points of a few segments of one picture, the
distance of those of the same segment shall be small, of different ones large. The trunk begins as the perceptual
encoder; its first three stages stay as they are.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image as PillowImage
from scipy.ndimage import minimum_filter  # pyright: ignore[reportMissingTypeStubs] - SciPy comes without types
from torch import Tensor, nn

from imaging.types import Image
from networks.files import load_network, read_card, save_network
from networks.perceptual import VGG
from networks.tensors import to_tensor
from pipelines.soft_segmentation.network import STRIDE, Embedder
from training.command import asked, device, parser
from training.muon import Muon
from training.pictures import DATA
from training.precision import autocast
from training.run import Recipe, run

IGNORED, MIXED = 255, 254  # labels: no point is taken there; different from all others, and from itself unknown
SHORTEST = 224  # pixels: the shorter side of a training picture, as the data has it
# Parts of a face are one thing with its skin; what else has a place of its own stays.
FACE_GROUPS = {part: 1 for part in (2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15)} | {16: 17}
MOST = {"faces": 500, "streets": 700}
VALIDATION = 48  # pictures
SHEET = ("voc", "human", "ccp", "weizmann", "davis", "coco")  # a picture of each on the contact sheet


@dataclass(frozen=True)
class SoftSegmentationRecipe(Recipe):
    """`crop` in pixels; `points` of each of `segments` in a picture; `hard`: share of near pairs that count twice."""

    steps: int = 3000
    batch: int = 8
    learning_rate: float = 4e-3
    average: float = 0.995
    look_every: int = 500
    crop: int = 160
    widths: tuple[int, ...] = (24, 48, 96, 192, 192)
    width: int = 96
    segments: int = 4
    points: int = 125
    hard: float = 0.5
    trunk_share: float = 0.15  # of the learning rate, for the stages of the trunk that learn


@dataclass(frozen=True)
class Labelled:
    """A picture, uint8 (H, W, 3), and its segments, uint8 (H, W)."""

    name: str
    image: Image
    labels: NDArray[np.uint8]


class Embedding:
    """A `training.run.Task`: the network and the pictures with segments."""

    name = "embedded"

    def __init__(self, recipe: SoftSegmentationRecipe, device: torch.device, start: Path | None = None) -> None:
        self.recipe, self.device, self.start = recipe, device, start
        self.data = (
            "segments of BSDS500, VOC 2012, COCO, DAVIS, clothing, people, horses and cows; Cityscapes and CamVid; "
            "CelebAMask-HQ: research use only"
        )
        self.arguments: Mapping[str, object] = {"widths": list(recipe.widths), "width": recipe.width}
        torch.manual_seed(recipe.seed)
        self.draw = random.Random(recipe.seed)
        self.network = Embedder(**self.arguments).to(device)  # pyright: ignore[reportArgumentType]
        if start:
            self.network.load_state_dict(begun(self.network, start))
        learning = [*self.network.trunk.features[self.network.trunk.taps["relu3_4"] + 1 :].parameters()]
        frozen = set(self.network.trunk.parameters()) - set(learning)
        for parameter in frozen:
            parameter.requires_grad_(False)
        head = [p for name, p in self.network.named_parameters() if not name.startswith("trunk")]
        share = recipe.trunk_share
        muon = Muon([p for p in head if p.ndim == 4], recipe.learning_rate)
        muon.add_param_group({"params": [p for p in learning if p.ndim == 4], "share": share})
        adam = torch.optim.Adam([p for p in head if p.ndim != 4], betas=(0.9, 0.99))
        adam.add_param_group({"params": [p for p in learning if p.ndim != 4], "share": share})
        self.optimizers: list[torch.optim.Optimizer] = [muon, adam]
        self.kept: Mapping[str, Any] = {"network": self.network, "muon": muon, "adam": adam}
        self.sources = [*segments("train").values(), faces("train"), streets("train")]
        # By the square root: 400 scenes by hand are worth more than their share, 9 pictures not a tenth of all.
        self.shares = [len(source) ** 0.5 for source in self.sources]
        self.cases = validation()

    def losses(self, step: int, done: float) -> dict[str, float]:
        """One step."""
        recipe = self.recipe
        cut = [self.cut() for _ in range(recipe.batch)]
        with autocast(self.device):
            embedded = self.network(torch.stack([picture for picture, _ in cut]).to(self.device)).float()
        errors = [
            self.pair_errors(one, points(labels, recipe, self.draw))
            for one, (_, labels) in zip(embedded, cut, strict=True)
        ]
        hardest, pairs = (torch.stack(side).mean() for side in zip(*errors, strict=True))
        loss = hardest + pairs
        for optimizer in self.optimizers:
            optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_([p for p in self.network.parameters() if p.requires_grad], recipe.clip)
        for optimizer in self.optimizers:
            optimizer.step()
        return {"hardest": hardest.item(), "pairs": pairs.item()}

    def cut(self) -> tuple[Tensor, NDArray[np.uint8]]:
        """A random part of a random picture with its labels; of two segments at least, where five tries find one."""
        tries = 5
        while True:
            source = self.draw.choices(self.sources, self.shares)[0]
            image, labels = square(self.draw.choice(source), self.recipe.crop, self.draw)
            tries -= 1
            if tries == 0 or len(large_segments(labels)) > 1:
                return image, labels

    def pair_errors(self, embedded: Tensor, sample: tuple[Tensor, Tensor, Tensor]) -> tuple[Tensor, Tensor]:
        """The N-pair error of the harder pairs, and the paper's pair error of all; of one picture.

        `embedded` (C, h, w); the sample: rows and columns of cells, labels. The paper's error of a pair of one segment
        at distance d is log((1 + exp(d)) / 2), of a pair of two log((1 + exp(-d)) / 2); its hard sampling is not
        described. On hard pairs alone this error would shrink all to a point, so that they are left to Sohn's: a point
        shall be nearer to those of its segment than to all others at once.
        """
        rows, columns, labels = sample
        found = embedded[:, rows, columns].T
        distances = distances_between(found)
        same = labels[:, None] == labels[None]
        near = same & (labels != MIXED)[None] & ~torch.eye(len(labels), dtype=torch.bool)
        if not near.any() or same.all():
            return embedded.sum() * 0, embedded.sum() * 0
        others = (-distances).masked_fill(same, -torch.inf).logsumexp(1) - (~same).sum(1).log()
        compared = nn.functional.softplus((distances + others[:, None])[near])
        hardest = compared.topk(max(1, int(self.recipe.hard * len(compared)))).values.mean()
        pairs = nn.functional.softplus(distances[near]).mean() + nn.functional.softplus(-distances[~same]).mean()
        return hardest, pairs - 2 * float(np.log(2))

    def score(self, network: nn.Module) -> dict[str, float]:
        """How often two points of one segment are nearer than two of different ones: all channels, and only three.

        The three are principal components, each scaled to 0..1: what the layers are made from.
        """
        self.results: list[tuple[Labelled, NDArray[np.float32]]] = []
        whole, three = [], []
        for case in self.cases:
            with torch.no_grad():
                embedded = network(to_tensor(case.image, self.device))[0].cpu()
            components = principal(embedded)
            self.results.append((case, components.permute(1, 2, 0).numpy()))
            sample = points(case.labels, self.recipe, random.Random(0))
            whole.append(nearer(embedded, sample))
            three.append(nearer(components, sample))
        return {"nearer": float(np.nanmean(whole)), "nearer in three": float(np.nanmean(three))}

    def sheet(self, network: nn.Module) -> Image:
        """A column a case: the photo, its segments, the embedding's three principal components."""
        columns = []
        for start in SHEET:
            case, components = next(pair for pair in self.results if pair[0].name.startswith(start))
            colours = np.random.default_rng(1).integers(0, 256, (256, 3), np.uint8)[case.labels]
            parts = (case.image, colours, np.rint(255 * components).astype(np.uint8))
            columns.append(np.vstack([np.asarray(PillowImage.fromarray(part).resize((224, 224))) for part in parts]))
        return np.hstack(columns)


def begun(network: Embedder, start: Path) -> dict[str, Tensor]:
    """The weights to begin with: those of an embedder, or of a perceptual encoder for the trunk."""
    arguments, _ = read_card(start)
    if "width" in arguments:
        return load_network(Embedder, start).state_dict()
    encoder = load_network(VGG, start).features.state_dict()
    return network.state_dict() | {f"trunk.features.{name}": tensor for name, tensor in encoder.items()}


def segments(split: str, most: int | None = None) -> dict[str, list[Labelled]]:
    """The pictures of `segments/`, by source."""
    found: dict[str, list[Labelled]] = {}
    with (DATA / "segments" / "index.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["split"] == split]
    for row in rows:
        source = found.setdefault(row["source"], [])
        if most is not None and len(source) >= most:
            continue
        labels = np.array(PillowImage.open(DATA / "segments" / "segments" / f"{row['id']}.png"))
        ignored = labels == int(row["ignore"]) if row["ignore"] else None
        labels = np.minimum(labels, MIXED - 1)
        if row["background"] == "mixed":
            labels[labels == 0] = MIXED
        if ignored is not None:
            labels[ignored] = IGNORED
        source.append(labelled(row["id"], DATA / row["where"] / f"{row['id']}.jpg", labels))
    return found


def faces(split: str) -> list[Labelled]:
    """Portraits: background, skin, hair, hat, neck, clothes."""
    table = np.arange(256, dtype=np.uint8)
    table[list(FACE_GROUPS)] = list(FACE_GROUPS.values())
    return [
        labelled(
            name, DATA / "faces" / "images" / f"{name}.jpg", table[read(DATA / "faces" / "labels" / f"{name}.png")]
        )
        for name in names("faces", "id", split)
    ]


def streets(split: str) -> list[Labelled]:
    """Street scenes at 341 x 256 or 512 x 256, their void ignored."""
    found = []
    for name in names("streets", "name", split):
        labels = read(DATA / "streets" / "labels" / f"{name}.png")
        labels = np.where(labels < 5, np.uint8(IGNORED), labels)
        found.append(labelled(name, DATA / "streets" / "images" / f"{name}.jpg", labels, wide=True))
    return found


def names(folder: str, column: str, split: str) -> list[str]:
    """The first pictures of an index."""
    with (DATA / folder / "index.csv").open() as file:
        found = [row[column] for row in csv.DictReader(file) if row["split"] == split]
    step = max(1, len(found) // MOST[folder])
    return found[::step][: MOST[folder]]


def read(path: Path) -> NDArray[np.uint8]:
    """A label PNG."""
    return np.array(PillowImage.open(path))


def labelled(name: str, path: Path, labels: NDArray[np.uint8], wide: bool = False) -> Labelled:
    """A picture and its labels, brought to `SHORTEST`; `wide`: stored squeezed to a square, so made wide again."""
    image = PillowImage.open(path).convert("RGB")
    width, height = image.size
    if wide and width == height:
        width *= 2
    scale = SHORTEST / min(width, height)
    size = (round(width * scale), round(height * scale))
    map_ = PillowImage.fromarray(labels).resize(size, PillowImage.Resampling.NEAREST)
    return Labelled(name, np.asarray(image.resize(size, PillowImage.Resampling.BICUBIC)), np.asarray(map_))


def validation() -> list[Labelled]:
    """Fixed cases of every source that has a part for it, and some portraits and streets."""
    found = [case for source in segments("val", most=6).values() for case in source]
    return [*found, *faces("val")[:5], *streets("val")[:5]][:VALIDATION]


def square(case: Labelled, side: int, draw: random.Random) -> tuple[Tensor, NDArray[np.uint8]]:
    """A random part, mirrored, brighter or darker: float32 (3, side, side) in 0..1, and its labels."""
    shortest = min(case.labels.shape)
    cut = int(draw.uniform(min(shortest, 0.55 * side), shortest))
    left, top = draw.randint(0, case.labels.shape[1] - cut), draw.randint(0, case.labels.shape[0] - cut)
    resize = partial(PillowImage.Image.resize, size=(side, side), box=(left, top, left + cut, top + cut))
    image = np.asarray(resize(PillowImage.fromarray(case.image), resample=PillowImage.Resampling.BICUBIC))
    labels = np.asarray(resize(PillowImage.fromarray(case.labels), resample=PillowImage.Resampling.NEAREST))
    if draw.random() < 0.5:
        image, labels = image[:, ::-1], labels[:, ::-1]
    x = torch.from_numpy(image.copy()).permute(2, 0, 1).float() / 255
    x = x.pow(draw.uniform(0.7, 1.4)) * torch.tensor([draw.uniform(0.9, 1.1) for _ in range(3)]).view(3, 1, 1)
    return x.clamp(0, 1), labels


def large_segments(labels: NDArray[np.uint8]) -> list[int]:
    """The labels that cover a fiftieth of the picture or more."""
    found, counts = np.unique(labels[labels != IGNORED], return_counts=True)
    return [int(label) for label, count in zip(found, counts, strict=True) if count >= labels.size / 50]


def points(
    labels: NDArray[np.uint8], recipe: SoftSegmentationRecipe, draw: random.Random
) -> tuple[Tensor, Tensor, Tensor]:
    """Cells of a few segments at random, half of them near a border: rows, columns, labels, int64 each."""
    cells = labels[STRIDE // 2 :: STRIDE, STRIDE // 2 :: STRIDE]
    inside = minimum_filter(cells, 3, mode="nearest") == -minimum_filter(-cells.astype(int), 3, mode="nearest")
    chosen = large_segments(labels)
    draw.shuffle(chosen)
    random_ = np.random.default_rng(draw.randrange(2**32))
    found = []
    for label in chosen[: recipe.segments]:
        for place in (cells == label, (cells == label) & ~inside):
            rows, columns = place.nonzero()
            if len(rows):
                taken = random_.integers(0, len(rows), recipe.points // 2)
                found.append(np.stack([rows[taken], columns[taken], np.full(len(taken), label)]))
    sample = np.concatenate(found, 1) if found else np.zeros((3, 0), int)
    rows, columns, which = torch.from_numpy(sample.astype(np.int64))
    return rows, columns, which


def principal(embedded: Tensor) -> Tensor:
    """Three principal components of (C, h, w), each scaled to 0..1 between its percentiles 1 and 99."""
    flat = embedded.flatten(1) - embedded.flatten(1).mean(1, keepdim=True)
    axes = torch.linalg.eigh(flat @ flat.T).eigenvectors[:, -3:].flip(1)
    found = axes.T @ flat
    low, high = torch.quantile(found, torch.tensor([0.01, 0.99]), 1).unsqueeze(2)
    return ((found - low) / (high - low)).clamp(0, 1).reshape(3, *embedded.shape[1:])


def distances_between(found: Tensor) -> Tensor:
    """Of every pair of points (n, C): (n, n), never quite 0. By products: differences would fill (n, n, C)."""
    found = found - found.mean(0)
    squares = found.square().sum(1)
    return (squares[:, None] + squares - 2 * found @ found.T).clamp_min(0).add(1e-6).sqrt()


def nearer(embedded: Tensor, sample: tuple[Tensor, Tensor, Tensor]) -> float:
    """Chance that a pair of one segment is nearer than a pair of two; nan where there is only one segment."""
    rows, columns, labels = sample
    found = embedded[:, rows, columns].T
    distances = torch.cdist(found, found)
    same = labels[:, None] == labels[None]
    known = torch.triu(torch.ones_like(same), 1)
    near, far = distances[same & known & (labels != MIXED)[None]], distances[~same & known]
    if not len(near) or not len(far):
        return float("nan")
    ranks = torch.searchsorted(far.sort().values, near.contiguous())
    return 1 - float(ranks.double().mean()) / len(far)


def main() -> None:
    """The command line."""
    line = parser(__doc__, "an embedder, or a perceptual encoder for its trunk, to begin as")
    line.add_argument("--finish", type=Path, nargs=2, metavar=("TRAINED", "MADE"), help="write the file that ships")
    options = line.parse_args()
    dry = {"steps": 2, "batch": 2, "crop": 64, "widths": (4, 4, 8, 8, 8), "width": 8, "look_every": 2}
    recipe = asked(SoftSegmentationRecipe(), options, **dry)
    if options.finish:
        trained, made = options.finish
        save_network(load_network(Embedder, trained).half(), made, *read_card(trained))
        return
    run(Embedding(recipe, device(), options.start), recipe, options.state / "soft_segmentation")


if __name__ == "__main__":
    main()
