"""Pictures of the streets of `examples.streets`, shaded by code in the same perspective:

    python -m examples.street_drawing FOLDER

Asphalt, facades with windows, leaves, cars: noise and rectangles on the planes of the scene. Nothing is learnt, and no
photo is used. They are what the page offers as examples of streets.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage
from PIL import ImageDraw
from scipy import ndimage

from examples.streets import EYE, FARTHEST, FOCAL, HEIGHT, NEAREST, SHAPES, STREETS, WIDTH, Scene, Upright
from imaging.types import Image

FINE = 2  # unless asked otherwise drawn this many times larger, then reduced: smooth edges
HAZE = np.array([196.0, 205.0, 212.0])  # what is far away goes to it
HAZY = 130.0  # metres at which 0.6 of a colour is haze

Plane = NDArray[np.floating]


def noise(x: Plane, y: Plane, seed: int, octaves: int = 4) -> Plane:
    """Smooth noise in -1..1 at places in metres, finer and fainter from octave to octave."""
    table = np.random.default_rng(seed).uniform(-1, 1, (256, 256))
    total, weight = np.zeros(np.broadcast(x, y).shape), 0.0
    for octave in range(octaves):
        scale, share = 2.0**octave, 0.6**octave
        places = np.broadcast_arrays(y * scale + 31 * octave, x * scale + 17 * octave)
        total += share * ndimage.map_coordinates(table, places, order=1, mode="grid-wrap")
        weight += share
    return total / weight


class Canvas:
    """The picture float64 (H, W, 3), in 0..255, of a `scene` at `fine` times its size, and what planes are where."""

    def __init__(self, scene: Scene, seed: int, fine: int) -> None:
        self.scene, self.fine, self.draw = scene, fine, np.random.default_rng(seed)
        self.v, self.u = np.mgrid[0 : HEIGHT * fine, 0 : WIDTH * fine].astype(np.float64) / fine + 0.5 / fine
        self.across = self.u - scene.vanishing[0] * WIDTH
        self.below = self.v - scene.vanishing[1] * HEIGHT
        self.pixels = np.zeros((HEIGHT * fine, WIDTH * fine, 3))

    def mask(self, corners: list[tuple[float, float, float]]) -> NDArray[np.bool_]:
        """Where a polygon of points in metres is."""
        shape = PillowImage.new("1", (WIDTH * self.fine, HEIGHT * self.fine))
        ImageDraw.Draw(shape).polygon([tuple(self.fine * c for c in self.scene.seen(*p)) for p in corners], fill=1)
        return np.asarray(shape)

    def put(self, mask: NDArray[np.bool_], shade: Callable[[Plane, Plane], tuple[Plane, Plane | float]]) -> None:
        """`shade` gives colours (N, 3), or one, and metres of distance of N pixels to the right of and below the point
        where the street vanishes."""
        colours, z = shade(self.across[mask], self.below[mask])
        share = np.exp(-np.asarray(z) / HAZY)[..., None]
        self.pixels[mask] = share * colours + (1 - share) * HAZE

    def sky(self) -> None:
        """Paler towards the horizon, with clouds."""
        high = np.clip(-self.below / (HEIGHT * 0.45), 0, 1)[..., None]
        clouds = np.clip(noise(self.across / 160, self.below / 60, 5) + 0.1, 0, 1)[..., None]
        blue = (1 - high) * (226, 232, 236) + high * (142, 178, 214)
        self.pixels[:] = blue + clouds * (245 - blue)

    def ground(self, left: float, right: float, paved: bool) -> None:
        """Asphalt with lines, or paving stones behind a kerb."""
        near = EYE * FOCAL / HEIGHT
        mask = self.mask([(left, 0, near), (right, 0, near), (right, 0, FARTHEST), (left, 0, FARTHEST)])
        self.put(mask, lambda across, below: self.paving(across, below, left, right, paved))

    def paving(self, across: Plane, below: Plane, left: float, right: float, paved: bool) -> tuple[Plane, Plane]:
        """Colours and distances of the ground."""
        z = np.where(below > 0.5, FOCAL * EYE / np.maximum(below, 0.5), FARTHEST)
        x = across * z / FOCAL
        grain = noise(x * 3, z * 1.2, 1) * np.exp(-z / 60) + 0.35 * self.draw.normal(0, 0.35, z.shape) * np.exp(-z / 25)
        if paved:
            joints = ((x % 0.8 < 0.05) | (z % 0.8 < 0.05)) & (z < 22)
            tone = np.array([158.0, 153, 146]) + 16 * grain[..., None] - 18 * joints[..., None]
        else:
            patches = noise(x / 3, z / 7, 2, 2)
            tone = np.array([104.0, 104, 106]) + (18 * grain + 8 * patches)[..., None]
            middle = (left + right) / 2
            dashes = (np.abs(x - middle) < 0.08) & (z % 9 < 4.5)
            gutters = (np.minimum(x - left, right - x) < 0.35) & (np.minimum(x - left, right - x) > 0.15)
            tone = np.where(dashes[..., None], 205 + 20 * grain[..., None], tone - 14 * gutters[..., None])
            kerb = np.minimum(x - left, right - x) < 0.15
            tone = np.where(kerb[..., None], np.array([176.0, 172, 166]), tone)
        return tone, z

    def wall(self, side: float, kind: str, near: float, far: float, high: float, seed: int) -> None:
        """A plane along the street: a facade, leaves, or boards."""
        mask = self.mask([(side, 0, near), (side, high, near), (side, high, far), (side, 0, far)])

        def shade(across: Plane, below: Plane) -> tuple[Plane, Plane]:
            depth = np.where(across * side > 0, across, np.sign(side))
            z = np.clip(FOCAL * side / depth, NEAREST, FARTHEST)
            return surface(kind, z, EYE - below * z / FOCAL, high, seed, 1.0 if side < 0 else 0.86), z

        self.put(mask, shade)

    def end(self, kind: str, high: float) -> None:
        """What closes the street."""
        mask = self.mask([(-90, 0, FARTHEST), (90, 0, FARTHEST), (90, high, FARTHEST), (-90, high, FARTHEST)])
        scale = FARTHEST / FOCAL
        self.put(mask, lambda x, y: (surface(kind, x * scale + 200, EYE - y * scale, high, 77, 0.95), FARTHEST))


def surface(kind: str, along: Plane, y: Plane, high: float, seed: int, light: float) -> Plane:
    """The colours of a plane, by metres along it and above the ground."""
    if kind == "vegetation":
        leaves = noise(along * 1.5, y * 1.5, seed, 6)[..., None]
        return light * (np.array([74.0, 98, 52]) + leaves * (70, 74, 44) + 5 * y[..., None])
    if kind != "building":
        boards = (along % 0.5 < 0.06)[..., None]
        return light * (np.array([150.0, 138, 122]) + 10 * noise(along, y, seed)[..., None] - 40 * boards)
    tints = ((214, 202, 176), (196, 168, 148), (188, 186, 182), (206, 190, 160), (172, 142, 122), (220, 214, 204))
    plaster = np.array(tints[seed % len(tints)], float) + 7 * noise(along / 2, y / 2, seed)[..., None]
    plaster *= (0.9 + 0.1 * np.clip(y / high, 0, 1))[..., None]
    floor, wide = 3.2, 2.3 + 0.3 * (seed % 3)
    up, over = (y - 0.9) % floor / floor, along % wide / wide
    row = (y > 3.6) & (y < high - 1.1)
    frame = row & (np.abs(over - 0.5) < 0.27) & (np.abs(up - 0.5) < 0.33)
    glass = row & (np.abs(over - 0.5) < 0.22) & (np.abs(up - 0.5) < 0.28) & (np.abs(over - 0.5) > 0.015)
    shop = (y < 2.9) & (y > 0.5) & (np.abs(over - 0.5) < 0.4)
    cell = np.sin(12.9 * np.floor(along / wide) + 78.2 * np.floor((y - 0.9) / floor) + seed) * 0.5 + 0.5
    pane = np.array([58.0, 70, 82]) + (30 * cell + 26 * (1 - up))[..., None]
    bands = (np.abs(y - 3.3) < 0.16) | (y > high - 0.5)
    tone = np.where(frame[..., None], 228.0, plaster)
    tone = np.where((glass | shop)[..., None], pane, tone)
    return light * np.where(bands[..., None], 0.82 * plaster, tone)


BODIES = ((158, 32, 36), (40, 62, 108), (186, 188, 190), (60, 62, 64), (226, 226, 222), (92, 110, 84), (150, 120, 70))
CLOTHES = ((70, 84, 120), (150, 60, 56), (60, 70, 62), (190, 170, 140), (90, 80, 96))


def figure(canvas: Canvas, one: Upright, number: int) -> None:
    """A figure with its shadow on the ground, part after part."""
    scene, fine, z = canvas.scene, canvas.fine, one.z

    def box(left: float, bottom: float, right: float, top: float) -> tuple[float, float, float, float]:
        x0, x1 = (one.x + one.wide * (share - 0.5) for share in (left, right))
        a, b = scene.seen(x0, one.high * top, z), scene.seen(x1, one.high * bottom, z)
        return fine * a[0], fine * a[1], fine * b[0], fine * b[1]

    left, _, right, foot = box(0, 0, 1, 1)
    down = max(2.0, (right - left) * (0.1 if one.kind != "tree" else 0.06))
    reach = int(2 * down) + 2
    rows = slice(max(0, int(foot) - reach), max(0, int(foot) + reach))
    columns = slice(max(0, int(left) - 2 * reach), max(0, int(right) + 2 * reach))
    y, x = np.mgrid[rows, columns]
    beside = np.clip(np.maximum(left - x, x - right), 0, None)
    dimmed = np.exp(-0.5 * ((beside / down) ** 2 + ((y - foot) / (0.6 * down)) ** 2))[..., None]
    seen = canvas.pixels[rows, columns]
    seen *= 1 - (0.3 if one.kind == "tree" else 0.6) * dimmed[: seen.shape[0], : seen.shape[1]]
    body, cloth = np.array(BODIES[number % len(BODIES)], float), np.array(CLOTHES[number % len(CLOTHES)], float)
    tones: dict[str, NDArray[np.float64]] = {
        "pole": np.array([120.0, 122, 124]),
        "traffic sign": np.array([52.0, 92, 168]),
        "traffic light": np.array([40.0, 42, 44]),
        "bicycle": np.array([44.0, 44, 48]),
        "rider": cloth,
        "person": cloth,
        "car": body,
        "bus": np.array([196.0, 168, 60]),
    }
    top, feet = box(0, 0, 1, 1)[1] / fine, foot / fine
    vanishing = scene.vanishing[1] * HEIGHT
    for place, (kind, shape, part) in enumerate(SHAPES[one.kind]()):
        where = PillowImage.new("1", (WIDTH * fine, HEIGHT * fine))
        pen, edges = ImageDraw.Draw(where), box(*part)
        if shape == "round":
            pen.ellipse(edges, fill=1)
        elif shape == "block":
            pen.rounded_rectangle(edges, radius=max(1, int(edges[3] - edges[1]) // 5), fill=1)
        else:
            slope = (edges[2] - edges[0]) / 5
            corners = [(edges[0] + slope, edges[1]), (edges[2] - slope, edges[1]), edges[2:], (edges[0], edges[3])]
            pen.polygon(corners, fill=1)
        dark = (kind == "car" and place >= 2) or (kind == "bus" and place >= 1)  # wheels

        def shade(across: Plane, below: Plane, kind=kind, shape=shape, dark=dark) -> tuple[Plane, float]:
            grown = np.clip((feet - below - vanishing) / max(feet - top, 1), 0, 1)[:, None]
            x, y = across * z / FOCAL, EYE - below * z / FOCAL
            if kind == "vegetation" and shape == "block":
                return np.array([92.0, 76, 60]) + 14 * noise(x * 4, y, 3)[:, None], z
            if kind == "vegetation":
                leaves = noise(x * 1.6, y * 1.6, 11 + number, 6)[:, None]
                return np.array([60.0, 86, 44]) + leaves * (64, 72, 40) + 46 * (grown - 0.6), z
            if dark:
                return np.full(3, 34.0), z
            tone = tones[kind]
            if kind in ("person", "rider"):
                tone = {"round": np.array([178.0, 138, 112]), "slope": np.array([52.0, 56, 74])}.get(shape, tone)
            return tone * (0.72 + 0.36 * grown), z

        canvas.put(np.asarray(where), shade)
    for shares, tone in details(one.kind):
        a, b, c, d = (round(edge) for edge in box(*shares))
        if c > a and d > b:
            clipped = np.s_[max(b, 0) : max(d, 0), max(a, 0) : max(c, 0)]
            canvas.pixels[clipped] = 0.15 * canvas.pixels[clipped] + 0.85 * np.array(tone, float)


def details(kind: str) -> list[tuple[tuple[float, float, float, float], tuple[int, int, int]]]:
    """Windows, lamps, plates: boxes in shares of a figure, and colours."""
    if kind == "car":
        return [
            ((0.24, 0.64, 0.76, 0.92), (48, 58, 70)),
            ((0.27, 0.8, 0.73, 0.92), (92, 106, 120)),
            ((0.03, 0.42, 0.16, 0.53), (176, 28, 26)),
            ((0.84, 0.42, 0.97, 0.53), (176, 28, 26)),
            ((0.38, 0.34, 0.62, 0.42), (222, 222, 214)),
            ((0.02, 0.17, 0.98, 0.24), (44, 46, 50)),
        ]
    if kind == "crossing":
        glass, shine, dark = (48, 58, 70), (92, 106, 120), (40, 42, 46)
        return [
            ((0.21, 0.64, 0.43, 0.92), glass),
            ((0.46, 0.64, 0.66, 0.92), glass),
            ((0.24, 0.8, 0.43, 0.92), shine),
            ((0.46, 0.8, 0.63, 0.92), shine),
            ((0.445, 0.2, 0.45, 0.62), dark),
            ((0.38, 0.52, 0.42, 0.55), dark),
            ((0.62, 0.52, 0.66, 0.55), dark),
            ((0.0, 0.42, 0.03, 0.56), (176, 28, 26)),
            ((0.96, 0.4, 1.0, 0.52), (236, 226, 190)),
            ((0.165, 0.15, 0.215, 0.29), (150, 152, 156)),
            ((0.775, 0.15, 0.825, 0.29), (150, 152, 156)),
        ]
    if kind == "bus":
        return [
            ((0.08, 0.5, 0.92, 0.86), (50, 60, 72)),
            ((0.12, 0.7, 0.88, 0.84), (96, 110, 124)),
            ((0.3, 0.89, 0.7, 0.96), (30, 30, 32)),
            ((0.06, 0.24, 0.18, 0.32), (240, 236, 210)),
            ((0.82, 0.24, 0.94, 0.32), (240, 236, 210)),
            ((0.0, 0.12, 1.0, 0.18), (70, 66, 50)),
        ]
    if kind == "light":
        return [((0.3, 0.9, 0.7, 0.98), (190, 40, 36)), ((0.3, 0.82, 0.7, 0.89), (70, 60, 30))]
    return []


def picture(name: str) -> Image:
    """A street of `STREETS`, uint8 (512, 1024, 3)."""
    return shaded(STREETS[name], sum(map(ord, name)))


def shaded(scene: Scene, seed: int, fine: int = FINE) -> Image:
    """The picture of a street, uint8 (512, 1024, 3); `seed` of its tints and grain; drawn `fine` times larger."""
    canvas = Canvas(scene, seed, fine)
    canvas.sky()
    canvas.ground(*scene.walls, paved=True)
    canvas.ground(*scene.kerbs, paved=False)
    canvas.end(*scene.end)
    parts: list[tuple[float, Callable[[], None]]] = []
    for side, blocks in ((scene.walls[0], scene.left), (scene.walls[1], scene.right)):
        near = NEAREST
        for kind, length, high in blocks:
            far, tint = min(near + length, FARTHEST), seed + len(parts)
            wall = (side, kind, near, far, high, tint)
            parts.append((far, lambda wall=wall: canvas.wall(*wall)))
            near = far
    for number, one in enumerate(scene.figures):
        parts.append((one.z, lambda one=one, number=number: figure(canvas, one, number + seed)))
    for _, paint in sorted(parts, key=lambda part: -part[0]):
        paint()
    large = PillowImage.fromarray(np.clip(canvas.pixels, 0, 255).astype(np.uint8))
    small = np.asarray(large.resize((WIDTH, HEIGHT), PillowImage.Resampling.BOX)).astype(float)
    corner = np.hypot(*np.meshgrid(np.linspace(-1, 1, WIDTH), np.linspace(-1, 1, HEIGHT)))[..., None]
    small = small * (1.02 - 0.13 * corner**2) + canvas.draw.normal(0, 2.2, (HEIGHT, WIDTH, 1))
    return np.clip(np.rint(small), 0, 255).astype(np.uint8)


def main() -> None:
    """The command line."""
    line = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    line.add_argument("folder", type=Path)
    folder = line.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    for name in STREETS:
        PillowImage.fromarray(picture(name)).save(folder / f"{name}.webp", quality=88)


if __name__ == "__main__":
    main()
