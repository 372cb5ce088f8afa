"""A photo goes in and comes out larger: exact sizes, kept transparency, progress, cancelling, and the known figures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import skimage.data
from PIL import Image as PillowImage

from imaging.geometry import resize
from imaging.metrics import psnr
from imaging.types import Image, InputError
from pipelines.super_resolution import Options, Result, SuperResolution

EMBEDDED = ["residual", "adversarial", "bicubic"]


@pytest.fixture(scope="module")
def cat() -> Image:
    return resize(skimage.data.chelsea()[40:232, 60:252], 1 / 2)


@pytest.mark.parametrize("variant", EMBEDDED)
@pytest.mark.parametrize("scale", [2, 3, 4])
@pytest.mark.parametrize("size", [(1, 1), (7, 5), (33, 20)])
def test_the_result_is_exactly_that_many_times_larger(
    variant: str, scale: int, size: tuple[int, int], cat: Image
) -> None:
    image = cat[: size[0], : size[1]]
    result = SuperResolution.load(variant)(image, options=Options(scale=scale))  # type: ignore[arg-type]
    assert result.image.shape == (size[0] * scale, size[1] * scale, 3)
    assert result.image.dtype == np.uint8
    assert result.alpha is None
    assert result.done == 1


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_bicubic_is_the_resize_that_the_literature_measures_with(scale: int, cat: Image) -> None:
    result = SuperResolution.load("bicubic")(cat, options=Options(scale=scale))  # type: ignore[arg-type]
    assert np.array_equal(result.image, resize(cat, scale))


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_residual_restores_more_of_a_photo_than_bicubic(scale: int) -> None:
    photo = skimage.data.astronaut()[:240, 120:360]
    low = resize(photo, 1 / scale)
    options = Options(scale=scale)  # type: ignore[arg-type]
    ours, theirs = (SuperResolution.load(v)(low, options=options).image for v in ("residual", "bicubic"))
    assert psnr(ours, photo, scale) > psnr(theirs, photo, scale) + 1.0


def test_residual_on_set5_reaches_its_floor() -> None:
    folder = Path(__file__).parents[4] / "shared" / "data" / "sr_bench" / "Set5"
    if not folder.is_dir():
        pytest.skip("../shared/data is not beside this checkout")
    residual = SuperResolution.load("residual")
    scores = []
    for path in sorted(folder.iterdir()):
        photo = np.asarray(PillowImage.open(path).convert("RGB"))
        photo = photo[: photo.shape[0] // 4 * 4, : photo.shape[1] // 4 * 4]
        scores.append(psnr(residual(resize(photo, 1 / 4)).image, photo, 4))
    assert np.mean(scores) >= 31.8


def test_the_same_input_gives_the_same_bytes(cat: Image) -> None:
    residual = SuperResolution.load("residual")
    assert np.array_equal(residual(cat).image, residual(cat).image)


def test_tiles_change_nothing_but_the_rounding_of_a_few_values_in_a_million(cat: Image) -> None:
    residual = SuperResolution.load("residual")
    whole, pieces = (residual(cat, options=Options(tile=tile)).image.astype(int) for tile in (1000, 40))
    assert np.abs(whole - pieces).max() <= 1
    assert (whole != pieces).sum() <= 5


def test_transparency_is_kept(cat: Image) -> None:
    alpha = np.zeros(cat.shape[:2], np.float32)
    alpha[:, 48:] = 1
    result = SuperResolution.load("residual")(cat, Options(scale=2), alpha=alpha)
    assert result.alpha is not None
    assert result.alpha.shape == result.image.shape[:2]
    assert result.alpha[:, :90].max() == 0
    assert result.alpha[:, 102:].min() == 1


def test_steps_fill_one_array_and_the_last_is_what_calling_returns(cat: Image) -> None:
    residual = SuperResolution.load("residual")
    told: list[tuple[float, str]] = []
    items: list[Result] = list(residual.steps(cat, options=Options(tile=48), progress=lambda f, w: told.append((f, w))))
    assert [item.done for item in items] == [0.25, 0.5, 0.75, 1.0]
    assert [fraction for fraction, _ in told] == [0.25, 0.5, 0.75, 1.0]
    assert all(item.image is items[0].image for item in items)
    assert np.array_equal(items[-1].image, residual(cat, options=Options(tile=48)).image)


def test_closing_the_steps_stops_the_work(cat: Image) -> None:
    told: list[float] = []
    steps = SuperResolution.load("residual").steps(cat, options=Options(tile=24), progress=lambda f, _: told.append(f))
    next(steps)
    steps.close()
    assert len(told) == 1
    with pytest.raises(StopIteration):
        next(steps)


@pytest.mark.parametrize("scale", [0, 1, 5, 2.5])
def test_another_scale_is_refused_with_a_sentence(scale: float, cat: Image) -> None:
    with pytest.raises(InputError, match="must be 2, 3 or 4"):
        SuperResolution.load("bicubic")(cat, options=Options(scale=scale))  # type: ignore[arg-type]


def test_invention_goes_from_the_residual_network_to_the_adversarial_one(cat: Image) -> None:
    adversarial, residual = SuperResolution.load("adversarial"), SuperResolution.load("residual")
    none, half, full = (adversarial(cat, options=Options(invention=weight)).image for weight in (0, 0.5, 1))
    assert np.array_equal(none, residual(cat).image)
    assert not np.array_equal(full, half)
    distance = [np.abs(half.astype(int) - end).mean() for end in (none, full)]
    assert max(distance) < np.abs(none.astype(int) - full).mean()
    assert min(distance) > 0


@pytest.mark.parametrize("invention", [-0.1, 1.1])
def test_invention_beyond_its_ends_is_refused_with_a_sentence(invention: float, cat: Image) -> None:
    with pytest.raises(InputError, match="from 0 to 1"):
        SuperResolution.load("adversarial")(cat, options=Options(invention=invention))


def test_a_scale_without_a_network_shows_quick_looks_and_ends_as_the_larger_one_shrunk(cat: Image) -> None:
    adversarial = SuperResolution.load("adversarial")
    items = list(adversarial.steps(cat, options=Options(scale=3, tile=48)))
    assert [item.image.shape for item in items] == [(288, 288, 3)] * 4
    shrunk = resize(adversarial(cat, options=Options(scale=4, tile=48)).image, 3 / 4)
    assert np.array_equal(items[-1].image, shrunk)


def test_adversarial_does_not_shift_the_colours(cat: Image) -> None:
    result = SuperResolution.load("adversarial")(cat)
    assert np.abs(resize(result.image, 1 / 4).astype(int) - cat).mean() < 3
    assert np.abs(result.image.mean((0, 1)) - cat.mean((0, 1))).max() < 1
