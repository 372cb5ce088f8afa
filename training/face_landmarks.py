"""Trains the network of the 68 points: python -m training.face_landmarks

    python -m training.face_landmarks --finish STATE/face_landmarks/landmarks.safetensors MADE.safetensors

It reads coordinates from crops that are off by as much as the detector's, or turned to 45 degrees. Loss: what is
measured, distances over that of the eyes' outer corners, rounded off near zero.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image as PillowImage
from PIL import ImageDraw
from torch import Tensor, nn

from imaging.landmarks import OUTER_CORNERS, mean_error
from imaging.types import Image
from networks.files import load_network, read_card, save_network
from pipelines.face_parsing.landmark_network import Landmarks, read
from training.command import asked, device, parser
from training.face_landmarks_faces import Faces, around, drawn, jittered, portraits, seen, video_frames
from training.face_parsing_portraits import occluded, places, spoilt
from training.muon import muon_and_adam
from training.pictures import DATA, decode
from training.precision import autocast
from training.run import Recipe, run

BACKDROPS = 150
CASES, SHOWN = 100, 6  # faces of each validation that are scored, and on the sheet


@dataclass(frozen=True)
class FaceLandmarksRecipe(Recipe):
    """`frames`: share of the batch from videos, whose points have a taste of their own.

    `far`: share of the crops that are turned by up to 45 degrees; the others are as the second look has them. `turn`
    in degrees and `shift` in halves of a side: standard deviations; `zoom`: the most; each near by and far off. `near`:
    the distance, in those of the eyes, below which an error counts by its square.
    """

    steps: int = 4000
    batch: int = 32
    learning_rate: float = 1e-2
    look_every: int = 500
    frames: float = 0.4
    far: float = 0.5
    turn: tuple[float, float] = (4.0, 15.0)
    zoom: tuple[float, float] = (1.08, 1.3)
    shift: tuple[float, float] = (0.03, 0.1)
    near: float = 0.01
    widths: tuple[int, ...] = (16, 32, 64, 128)
    side: int = 96


class FaceLandmarksTask:
    """A `training.run.Task`: the network and the faces."""

    name = "landmarks"

    def __init__(self, recipe: FaceLandmarksRecipe, device: torch.device, start: Path | None = None) -> None:
        self.recipe, self.device, self.start = recipe, device, start
        self.data = (
            "68 points read by PFLD on 4,400 portraits of CelebAMask-HQ, and set by eye on 2,000 frames of YouTube"
            " Faces (both research use only)"
        )
        self.arguments: Mapping[str, object] = {"side": recipe.side, "widths": list(recipe.widths)}
        torch.manual_seed(recipe.seed)
        self.draw = random.Random(recipe.seed)
        self.network = Landmarks(**self.arguments).to(device)  # pyright: ignore[reportArgumentType]
        if start:
            self.network.load_state_dict(load_network(Landmarks, start).state_dict())
        self.optimizers = muon_and_adam(self.network, recipe.learning_rate, 0.2)
        self.kept: Mapping[str, Any] = {
            "network": self.network,
            "muon": self.optimizers[0],
            "adam": self.optimizers[1],
        }
        self.sets = [portraits("train"), video_frames("train")]
        self.others = decode(DATA / "photos", 64, BACKDROPS)
        self.cases = {"portraits": portraits("val").first(CASES), "landmarks": video_frames("val").first(CASES)}
        draw = random.Random(0)
        self.frames = {name: around(faces, draw, 5, 1.15, 0.06) for name, faces in self.cases.items()}

    def losses(self, step: int, done: float) -> dict[str, float]:
        """One step."""
        recipe = self.recipe
        others = round(recipe.batch * recipe.frames)
        images, points = drawn(self.sets, (recipe.batch - others, others), self.draw)
        far = np.array([self.draw.random() < recipe.far for _ in images])[:, None, None]
        near_by, far_off = (
            places(len(images), self.draw, turn, zoom, shift).double().numpy()
            for turn, zoom, shift in zip(recipe.turn, recipe.zoom, recipe.shift, strict=True)
        )
        crops, truth = seen(images, points, jittered(points, np.where(far, far_off, near_by)), recipe.side)
        occluded(crops, torch.zeros_like(crops[:, 0]), self.others, self.draw)
        crops, truth = spoilt(crops, self.draw).to(self.device), truth.to(self.device)
        with autocast(self.device):
            found = self.network(crops)
        loss = error(found.float(), truth, recipe.near)
        for optimizer in self.optimizers:
            optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), recipe.clip)
        for optimizer in self.optimizers:
            optimizer.step()
        return {"error": loss.item()}

    def score(self, network: nn.Module) -> dict[str, float]:
        """Normalised mean errors on faces that are not trained on, from crops off by as much as a detector's."""
        return {name: self._error(network, faces, name) for name, faces in self.cases.items()}

    def _error(self, network: nn.Module, faces: Faces, name: str) -> float:
        assert isinstance(network, Landmarks)
        frames = enumerate(self.frames[name])
        pairs = [(read(network, faces.images[k], frame, str(self.device)), faces.in_pixels(k)) for k, frame in frames]
        return float(np.mean([mean_error(found, truth) for found, truth in pairs]))

    def sheet(self, network: nn.Module) -> Image:
        """Faces that are not trained on: points found in green, true ones in red."""
        assert isinstance(network, Landmarks)
        rows = []
        for name, faces in self.cases.items():
            row = []
            for index in range(min(SHOWN, len(faces))):
                picture = PillowImage.fromarray(faces.images[index]).resize((288, 288))
                found = read(network, faces.images[index], self.frames[name][index], str(self.device))
                pen = ImageDraw.Draw(picture)
                for points, colour in ((faces.in_pixels(index), "red"), (found, "lime")):
                    for x, y in points * 288 / faces.images.shape[1]:
                        pen.ellipse((x - 1.5, y - 1.5, x + 1.5, y + 1.5), fill=colour)
                row.append(np.asarray(picture))
            rows.append(np.hstack(row))
        return np.vstack(rows)


def error(found: Tensor, truth: Tensor, near: float) -> Tensor:
    """Mean distance of points (N, 68, 2), over that of the eyes' outer corners; a parabola below `near`."""
    left, right = truth[:, OUTER_CORNERS[0]], truth[:, OUTER_CORNERS[1]]
    # A head in profile has its eyes close together: it would outweigh all the others.
    unit = (right - left).norm(dim=-1).clamp_min(0.3)
    squares = (found - truth).square().sum(-1) / unit[:, None] ** 2
    return ((squares + near**2).sqrt() - near).mean()


def finish(trained: Path, made: Path) -> None:
    """Writes the file that ships: half precision, the same card."""
    arguments, card = read_card(trained)
    save_network(load_network(Landmarks, trained).half(), made, arguments, card)


def main() -> None:
    """The command line."""
    line = parser(__doc__, "a network to begin as")
    line.add_argument("--finish", type=Path, nargs=2, metavar=("TRAINED", "MADE"), help="write the file that ships")
    options = line.parse_args()
    dry = {"steps": 2, "look_every": 2, "batch": 4, "side": 32, "widths": (4,) * 4}
    recipe = asked(FaceLandmarksRecipe(), options, **dry)
    if options.finish:
        finish(*options.finish)
        return
    run(FaceLandmarksTask(recipe, device(), options.start), recipe, options.state / "face_landmarks")


if __name__ == "__main__":
    main()
