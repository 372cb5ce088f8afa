"""The rules of measuring super-resolution, on made-up pictures; and the literature's own figures on Set5."""

from __future__ import annotations

from pathlib import Path
from statistics import mean

import numpy as np
import pytest
from PIL import Image as PillowImage
from safetensors.torch import save_file

from benchmarks import super_resolution
from benchmarks.command import DATA
from benchmarks.rows import Measured, Note, Row
from benchmarks.timing import Spent
from imaging.geometry import resize
from imaging.metrics import psnr, ssim
from pipelines.super_resolution import Options
from pipelines.super_resolution.network import RLFN

SIZES = ((32, 32), (33, 35), (34, 38))  # heights and widths; some must be cut
PEER_SIZE = (64, 60)  # the least that RLFN x4 takes


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder of test data with a Set5 of three small pictures, and no peer."""
    for i, size in enumerate(SIZES):
        save_noise(tmp_path / "data" / "sr_bench" / "Set5" / f"{i}.webp", size)
    return tmp_path / "data"


def save_noise(file: Path, size: tuple[int, int]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(size).integers(0, 256, (*size, 3), np.uint8)
    PillowImage.fromarray(pixels).save(file, lossless=True)


@pytest.fixture
def data_with_peer(tmp_path: Path) -> Path:
    """One picture, and an untrained RLFN for x2 and x4 where the real ones lie."""
    data = tmp_path / "data"
    save_noise(data / "sr_bench" / "Set5" / "0.webp", PEER_SIZE)
    for scale, place in ((2, "teachers/rlfn_x2"), (4, "../parity/vision/rlfn_x4_REALWEIGHTS/state_dict")):
        file = data / f"{place}.safetensors"
        file.parent.mkdir(parents=True)
        save_file(RLFN(upscale=scale).state_dict(), file)
    return data


def rows(measured: list[Measured]) -> dict[tuple[str, str, str], float]:
    return {(row.variant, row.case, row.metric): row.value for row in measured if isinstance(row, Row)}


def notes(measured: list[Measured]) -> str:
    return "\n".join(item.text for item in measured if isinstance(item, Note))


def test_quality_without_a_peer_has_our_variants_and_says_what_is_missing(data: Path) -> None:
    measured = list(super_resolution.quality(data))
    assert set(rows(measured)) == {
        (variant, f"Set5 x{scale}", metric)
        for variant in ("bicubic", "residual", "adversarial")
        for scale in (2, 3, 4)
        for metric in ("PSNR", "SSIM")
    }
    for missing in ("Set14 is left out", "BSD100 is left out", "rlfn x2 is left out", "rlfn x4 is left out"):
        assert missing in notes(measured)


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_a_figure_is_the_mean_over_pictures_that_are_cut_to_a_multiple_of_the_scale(
    data: Path, scale: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(super_resolution, "VARIANTS", ("bicubic",))
    pairs = []
    for i, (height, width) in enumerate(SIZES):
        pixels = np.asarray(PillowImage.open(data / "sr_bench" / "Set5" / f"{i}.webp").convert("RGB"))
        truth = pixels[: height - height % scale, : width - width % scale]
        pairs.append((resize(resize(truth, 1 / scale), scale), truth))
    found = rows(list(super_resolution.quality(data)))
    assert found["bicubic", f"Set5 x{scale}", "PSNR"] == pytest.approx(
        mean(psnr(*pair, border=scale) for pair in pairs)
    )
    assert found["bicubic", f"Set5 x{scale}", "SSIM"] == pytest.approx(
        mean(ssim(*pair, border=scale) for pair in pairs)
    )


def test_the_peer_is_measured_at_its_two_scales(data_with_peer: Path) -> None:
    measured = list(super_resolution.quality(data_with_peer))
    peers = {(case, metric) for variant, case, metric in rows(measured) if variant == "rlfn"}
    assert peers == {("Set5 x2", "PSNR"), ("Set5 x2", "SSIM"), ("Set5 x4", "PSNR"), ("Set5 x4", "SSIM")}
    assert "rlfn" not in notes(measured)


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """Makes `speed` cheap; what would have run in a process of its own."""
    alone = []

    def spent_alone(*job: object) -> Spent:
        alone.append(job)
        return Spent(seconds=40.0, peak_gib=1.25)

    monkeypatch.setattr(super_resolution, "SMALL", (16, 20))
    monkeypatch.setattr(super_resolution, "LARGE", (16, 18))
    monkeypatch.setattr(super_resolution, "ROUNDS", 1)
    monkeypatch.setattr(super_resolution, "LARGE_ROUNDS", 1)
    monkeypatch.setattr(super_resolution, "spent_alone", spent_alone)
    return alone


OUR_SPEEDS = {
    *((variant, "x4", "megapixels_per_second") for variant in ("bicubic", "residual", "adversarial")),
    *(("residual", f"x4 tile {tile}", "megapixels_per_second") for tile in {128, 256, 384, 512, Options().tile}),
    ("residual", "4mp", "peak_gib"),
    ("residual", "4mp", "seconds"),
}


def test_speed_without_a_peer_has_no_ratios(data: Path, tiny: list[tuple[object, ...]]) -> None:
    measured = list(super_resolution.speed(data))
    assert set(rows(measured)) == OUR_SPEEDS
    assert "rlfn x4 is left out" in notes(measured)
    assert "megapixels of the OUTPUT" in notes(measured)


def test_speed_beside_the_peer(data_with_peer: Path, tiny: list[tuple[object, ...]]) -> None:
    found = rows(list(super_resolution.speed(data_with_peer)))
    ratios = {("residual", case, "speed_over_rlfn") for case in ("x4", "x4, RLFN channels last", "x4 in tiles")}
    assert set(found) == OUR_SPEEDS | ratios
    assert min(found.values()) > 0


def test_four_megapixels_are_enlarged_in_a_process_of_its_own(data: Path, tiny: list[tuple[object, ...]]) -> None:
    found = rows(list(super_resolution.speed(data)))
    assert found["residual", "4mp", "peak_gib"] == 1.25
    assert found["residual", "4mp", "seconds"] == 40.0
    [(job, (height, width))] = tiny  # pyright: ignore[reportGeneralTypeIssues]
    assert job.__module__ == "benchmarks.super_resolution"
    assert height * width == 4_000_000


def test_megapixels_are_those_of_the_output(
    data: Path, tiny: list[tuple[object, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    # 16 x 20 pixels become 64 x 80, in two seconds by this clock.
    monkeypatch.setattr(super_resolution, "interleaved", lambda jobs, rounds: {name: [2.0] * rounds for name in jobs})
    found = rows(list(super_resolution.speed(data)))
    assert found["residual", "x4", "megapixels_per_second"] == pytest.approx(64 * 80 / 1e6 / 2)
    assert found["residual", "x4 tile 128", "megapixels_per_second"] == pytest.approx(64 * 72 / 1e6 / 2)


@pytest.mark.skipif(not DATA.is_dir(), reason=f"the test pictures are not here: {DATA}")
def test_the_figures_of_the_literature_on_set5(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(super_resolution, "SETS", ("Set5",))
    monkeypatch.setattr(super_resolution, "SCALES", (4,))
    monkeypatch.setattr(super_resolution, "VARIANTS", ("bicubic",))
    found = rows(list(super_resolution.quality(DATA)))
    assert found["bicubic", "Set5 x4", "PSNR"] == pytest.approx(28.43, abs=0.02)
    assert found["rlfn", "Set5 x4", "PSNR"] == pytest.approx(32.24, abs=0.02)
    assert found["rlfn", "Set5 x4", "SSIM"] == pytest.approx(0.895, abs=0.001)
