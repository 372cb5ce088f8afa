"""Trains the feed-forward face swap for one face, matplotlib's portrait of Grace Hopper: python -m training.face_swap

    python -m training.face_swap --side 64
    python -m training.face_swap --side 128 --start STATE/face_swap_64/grace_hopper.safetensors
    python -m training.face_swap --finish STATE/face_swap_128/grace_hopper.safetensors MADE.safetensors

Korshunova et al. 2017, section 3.2: any face in, hers out. The network takes any size, so what is learnt at 64
pixels, a quarter of the work, is where 128 starts, as the paper's 256 starts from its 128. The paper has sixty photos
of a target and we one, so it is bent to the points of each face that comes in, and so is its mirror image. Departure:
beside the paper's terms the face is drawn to that bent photo in the input's light, pixel by pixel, which is sharp
after thousands of steps less (`pixels`; 0: none).
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image as PillowImage
from torch import Tensor, nn

from imaging.alignment import inverted, moved
from imaging.faces import NAMES
from imaging.geometry import resize
from imaging.types import Image, InputError, LabelMap
from networks.files import load_network, read_card, save_network
from networks.patches import nearest_patches, swapped
from networks.perceptual import encoder, relative_error
from networks.tensors import to_image, to_tensor
from pipelines.face_parsing.landmarks import FaceLandmarks
from pipelines.face_parsing.pipeline import FaceParsing
from pipelines.face_swap.network import SwapNetwork
from pipelines.face_swap.optimise import CONTENT, STYLE, K, blurred, luma, relit
from pipelines.face_swap.portrait import Portrait, checked
from pipelines.face_swap.warp import bent
from training.command import asked, device, parser
from training.face_parsing_portraits import FACES
from training.muon import muon_and_adam
from training.precision import autocast
from training.run import Recipe, run

SHOWN = 6  # faces on the sheet


@dataclass(frozen=True)
class FaceSwapRecipe(Recipe):
    """`side` in pixels; `radius` in cells of the window in which patches are sought; weights of the terms.

    `pixels` is that of the term that is not in the paper.
    """

    steps: int = 2500
    batch: int = 4
    learning_rate: float = 3e-3
    look_every: int = 100
    side: int = 128
    radius: int = 1
    content: float = 0.5
    style: float = 1.0
    light: float = 10.0
    smoothness: float = 3.0
    pixels: float = 2.0
    scales: int = 5
    width: int = 16
    most: int = 2000  # faces that come in


@dataclass(frozen=True, eq=False)
class Pair:
    """`x` (1, 3, S, S) comes in; `styles` (2, 3, S, S): hers and its mirror image, bent; `face` is swapped.

    All float32 in 0..1, `face` (1, 1, S, S).
    """

    x: Tensor
    styles: Tensor
    face: Tensor


class FaceSwapTask:
    """A `training.run.Task`: the network, the faces that come in, and hers."""

    name = "grace_hopper"

    def __init__(self, recipe: FaceSwapRecipe, device: torch.device, start: Path | None = None) -> None:
        self.recipe, self.device, self.start = recipe, device, start
        self.data = (
            f"{recipe.most} portraits of CelebAMask-HQ (research use only) as input; as target matplotlib's portrait "
            "of Grace Hopper, in the public domain"
        )
        self.arguments: Mapping[str, object] = {"scales": recipe.scales, "width": recipe.width, "side": recipe.side}
        torch.manual_seed(recipe.seed)
        self.draw = random.Random(recipe.seed)
        self.network = SwapNetwork(**self.arguments).to(device)  # pyright: ignore[reportArgumentType]
        if start:
            self.network.load_state_dict(load_network(SwapNetwork, start).state_dict())
        self.optimizers = muon_and_adam(self.network, recipe.learning_rate, 0.3)
        self.kept: Mapping[str, Any] = {
            "network": self.network,
            "muon": self.optimizers[0],
            "adam": self.optimizers[1],
        }
        self.eyes = encoder("embedded", str(device))
        self.target = smaller(admiral(), recipe.side)
        self.faces = list(portraits("train", recipe.most))
        self.unseen = list(portraits("val", SHOWN))

    def pair(self, portrait: Portrait) -> Pair:
        """A face that comes in, and hers bent to its points."""
        side = self.recipe.side
        frame = portrait.frame(side)
        points = moved(portrait.points, inverted(frame.matrix))
        styles = [to_tensor(bent(photo, points, side)[0]) for photo in (self.target, self.target.mirrored)]
        face = torch.from_numpy(portrait.face(frame))[None, None].float()
        return Pair(to_tensor(frame.cut(portrait.image)), torch.cat(styles), face)

    def losses(self, step: int, done: float) -> dict[str, float]:
        """One step."""
        chosen = [self.draw.choice(self.faces) for _ in range(self.recipe.batch)]
        pairs = [self.pair(face if self.draw.random() < 0.5 else face.mirrored) for face in chosen]
        terms = self.terms(self.network, pairs)
        for optimizer in self.optimizers:
            optimizer.zero_grad()
        torch.stack(list(terms.values())).sum().backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), self.recipe.clip)
        for optimizer in self.optimizers:
            optimizer.step()
        return {name: term.item() for name, term in terms.items()}

    def terms(self, network: nn.Module, pairs: list[Pair]) -> dict[str, Tensor]:
        """Content of the input, patches of the target around the same place, light, smoothness, pixels; weighted."""
        recipe = self.recipe
        x, face = (
            torch.cat(parts).to(self.device) for parts in zip(*((pair.x, pair.face) for pair in pairs), strict=True)
        )
        with autocast(self.device):
            made = network(x).float()
        taps = self.seen(made, (*STYLE, CONTENT))
        with torch.no_grad():
            content = self.seen(x, (CONTENT,))[CONTENT]
            sources = self.seen(torch.cat([pair.styles for pair in pairs]).to(self.device), STYLE)
            wanted = torch.cat([relit(pair.styles[:1], pair.x) for pair in pairs]).to(self.device)
        style = made.new_zeros(())
        for tap in STYLE:
            for own, hers in zip(taps[tap], sources[tap].split(2), strict=True):
                matches = nearest_patches(own.detach(), list(hers), K, radius=recipe.radius)
                style = style + relative_error(own, swapped(matches, list(hers)).mean) / (len(STYLE) * len(pairs))
        soft = blurred((luma(made) - luma(x)).transpose(0, 1))
        across, down = made.diff(dim=3), made.diff(dim=2)
        return {
            "content": recipe.content * relative_error(taps[CONTENT], content),
            "style": recipe.style * style,
            "light": recipe.light * soft.square().mean(),
            "smoothness": recipe.smoothness * (across.square().mean() + down.square().mean()),
            "pixels": recipe.pixels * ((made - wanted).abs() * face).sum() / (3 * face.sum().clamp_min(1)),
        }

    def seen(self, x: Tensor, taps: Sequence[str]) -> dict[str, Tensor]:
        """The eyes' activations, float32."""
        with autocast(self.device):
            return {name: tap.float() for name, tap in self.eyes(x, taps).items()}

    @torch.no_grad()
    def score(self, network: nn.Module) -> dict[str, float]:
        """The same terms on faces that are not trained on."""
        return {name: term.item() for name, term in self.terms(network, list(map(self.pair, self.unseen))).items()}

    @torch.no_grad()
    def sheet(self, network: nn.Module) -> Image:
        """Faces that are not trained on, hers bent to their points, and what is made."""
        columns = []
        for pair in map(self.pair, self.unseen):
            made = network(pair.x.to(self.device)).cpu()
            columns.append(np.vstack([to_image(part) for part in (pair.x, pair.styles[:1], made)]))
        return np.hstack(columns)


def admiral() -> Portrait:
    """Grace Hopper's portrait with its points and regions, found by the embedded networks."""
    import matplotlib

    path = Path(matplotlib.get_data_path()) / "sample_data" / "grace_hopper.jpg"
    image = np.asarray(PillowImage.open(path).convert("RGB"))
    return Portrait(image, FaceLandmarks.load()(image).points, FaceParsing.load()(image).labels)


def smaller(portrait: Portrait, side: int) -> Portrait:
    """The same, hardly larger than what squares of `side` pixels show of it: cutting them takes less time."""
    scale = 1.5 * side / portrait.frame(1).scale
    if scale >= 1:
        return portrait
    image = resize(portrait.image, scale)
    return Portrait(image, portrait.points * scale, portrait.labels.resized(*image.shape[:2]))


def portraits(split: str, most: int) -> Iterator[Portrait]:
    """Portraits of `split` that can be swapped, with their points and regions."""
    with (FACES / "index.csv").open() as file:
        wanted = {row["id"] for row in csv.DictReader(file) if row["split"] == split}
    labelled = np.load(FACES / "landmarks.npz")
    count = 0
    for name, points in zip(labelled["names"], labelled["points"].astype(np.float64), strict=True):
        if name not in wanted or count == most:
            continue
        image = np.asarray(PillowImage.open(FACES / "images" / f"{name}.jpg").convert("RGB"))
        ids = np.asarray(PillowImage.open(FACES / "labels" / f"{name}.png")).astype(np.uint8)
        portrait = Portrait(image, points, LabelMap(ids, NAMES))
        try:
            checked(portrait)
        except InputError:
            continue
        count += 1
        yield portrait


def finish(trained: Path, made: Path) -> None:
    """Writes the file that ships: half precision, the same card."""
    arguments, card = read_card(trained)
    save_network(load_network(SwapNetwork, trained).half(), made, arguments, card)


def main() -> None:
    """The command line."""
    line = parser(__doc__, "a network to begin as, of half the size say")
    line.add_argument("--side", type=int, default=FaceSwapRecipe.side, help="pixels of the square")
    line.add_argument("--finish", type=Path, nargs=2, metavar=("TRAINED", "MADE"), help="write the file that ships")
    options = line.parse_args()
    dry = {"steps": 2, "look_every": 2, "batch": 2, "side": 64, "scales": 3, "width": 4, "most": 2}
    recipe = asked(FaceSwapRecipe(side=options.side), options, **dry)
    if options.finish:
        finish(*options.finish)
        return
    run(FaceSwapTask(recipe, device(), options.start), recipe, options.state / f"face_swap_{recipe.side}")


if __name__ == "__main__":
    main()
