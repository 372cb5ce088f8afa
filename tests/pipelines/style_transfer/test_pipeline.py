"""A photo comes out painted by each method: sizes, progress, seeds, colours, blends, and what is refused."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from imaging.types import Image, InputError, LabelMap
from networks.perceptual import VGG, relative_error
from networks.tensors import to_tensor
from pipelines.style_transfer import Guidance, Options, Result, StyleTransfer, gallery, gatys, one_pass, optimised
from pipelines.style_transfer import pipeline as pipeline_module
from pipelines.style_transfer.any_painting import AnyPainting
from pipelines.style_transfer.colours import with_colours_of
from pipelines.style_transfer.network import TransformerNet

Draw = Callable[..., Image]
OPTIMISED = ["gatys", "cnnmrf"]
VARIANTS = ["johnson", "adain", *OPTIMISED]
QUICK = Options(size=64, steps=3)


class Between:
    """Stands for AdaIN: the photo, and the mean colours of the styles."""

    def __call__(self, content: Tensor, styles: list[Tensor], weights: list[float], strength: float) -> Tensor:
        mean = sum(weight * style.mean((2, 3), keepdim=True) for style, weight in zip(styles, weights, strict=True))
        return torch.lerp(content, mean + 0 * content, 0.5 * strength)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch, draw: Draw) -> None:
    """A gallery of noise, and sizes at which two steps take no time."""
    names = list(gallery.PAINTINGS)
    texture_file = gallery.texture_file

    def known(name: str) -> Any:
        return "a file" if name in names else texture_file(name)

    monkeypatch.setattr(gallery, "texture_file", known)
    monkeypatch.setattr(gallery, "texture", lambda name: draw(64, 64, 100 + names.index(name)))
    monkeypatch.setattr(gallery, "grams", lambda name, device: defaultdict(dict))
    monkeypatch.setattr(one_pass, "STYLE_SIDE", 64)
    monkeypatch.setattr(optimised, "COARSEST", 32)


@pytest.fixture
def load(eyes: VGG, painters: TransformerNet, any_painter: AnyPainting) -> Callable[[str], StyleTransfer]:
    """A variant with tiny random networks."""

    def loaded(variant: str) -> StyleTransfer:
        if variant == "johnson":
            return StyleTransfer(variant, encoder=eyes, painter=painters, any_painter=any_painter)
        if variant == "adain":
            return StyleTransfer(variant, adain=Between())  # type: ignore[arg-type]
        return StyleTransfer(variant, encoder=eyes)

    return loaded


Load = Callable[[str], StyleTransfer]


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("style", ["picture", "painting"])
def test_steps_lead_to_a_picture_of_the_photos_size_and_done_grows_to_one(
    variant: str, style: str, load: Load, draw: Draw
) -> None:
    told: list[float] = []
    chosen = [draw(50, 70, 1) if style == "picture" else "scream"]
    options = Options(size=64, steps=12)
    steps = load(variant).steps(draw(47, 61), chosen, options, lambda done, words: told.append(done))
    items: list[Result] = list(steps)
    shares = [item.done for item in items]
    assert shares == sorted(shares) == told
    assert shares[-1] == pytest.approx(1, abs=1e-9)
    assert items[-1].image.shape == (47, 61, 3)
    assert items[-1].image.dtype == np.uint8
    assert not np.array_equal(items[-1].image, draw(47, 61))
    if variant in OPTIMISED:
        assert len(items) > 1
        assert items[0].loss is not None
        assert items[0].loss > 0
    else:
        assert [(item.done, item.loss) for item in items] == [(1.0, None)]


@pytest.mark.parametrize("variant", VARIANTS)
def test_calling_gives_the_last_step_and_the_same_input_the_same_bytes(variant: str, load: Load, draw: Draw) -> None:
    photo, style = draw(48, 48), draw(48, 48, 1)
    *_, last = load(variant).steps(photo, [style], QUICK)
    again = load(variant)(photo, [style], QUICK)
    assert np.array_equal(again.image, last.image)
    assert again.loss == last.loss


@pytest.mark.parametrize("variant", OPTIMISED)
def test_noise_is_drawn_from_the_seed(variant: str, load: Load, draw: Draw) -> None:
    photo, style = draw(48, 64), draw(48, 48, 1)
    first, again, other, content = (
        load(variant)(photo, [style], Options(size=64, steps=3, **given)).image
        for given in ({"start": "noise"}, {"start": "noise"}, {"start": "noise", "seed": 1}, {})
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert not np.array_equal(first, content)


@pytest.mark.parametrize("variant", OPTIMISED)
@pytest.mark.parametrize(("full_size", "expected"), [(True, (101, 150)), (False, (43, 64))])
def test_a_large_photo_is_finished_at_its_own_size_or_left_at_the_working_one(
    variant: str, full_size: bool, expected: tuple[int, int], load: Load, draw: Draw
) -> None:
    options = Options(size=64, steps=3, full_size=full_size)
    items = list(load(variant).steps(draw(101, 150), [draw(64, 64, 1)], options))
    widths = [item.image.shape[1] for item in items]
    assert items[-1].image.shape[:2] == expected
    assert widths == sorted(widths)
    # V1 begins at the working size; of a side of 32 the shorter one would be too short.
    assert widths[0] == (64 if variant == "gatys" else 48)
    assert 64 in widths
    assert (128 in widths) == full_size


@pytest.mark.parametrize("variant", ["johnson", *OPTIMISED])
def test_kept_colours_are_the_photos_on_the_strokes_that_there_would_be(variant: str, load: Load, draw: Draw) -> None:
    photo, style = draw(48, 64), draw(48, 48, 1)
    free, kept = (
        load(variant)(photo, [style], Options(size=64, steps=3, keep_colours=keep)).image for keep in (False, True)
    )
    assert np.array_equal(kept, with_colours_of(free, photo))
    assert not np.array_equal(kept, free)


def test_colours_are_kept_at_every_size_on_the_way(load: Load, draw: Draw) -> None:
    grey = draw(90, 120)[..., :1].repeat(3, 2)
    for item in load("gatys").steps(grey, [draw(64, 64, 1)], Options(size=64, steps=2, keep_colours=True)):
        assert np.ptp(item.image.astype(int), axis=2).max() <= 1


@pytest.mark.parametrize("variant", ["johnson", "adain", "gatys"])
@pytest.mark.parametrize("style", ["picture", "painting"])
def test_all_the_weight_on_one_style_is_that_style_alone(variant: str, style: str, load: Load, draw: Draw) -> None:
    photo, options = draw(48, 64), Options(size=64, steps=3, weights=(1, 0))
    styles = [draw(48, 48, 1), draw(40, 56, 2)] if style == "picture" else ["scream", "udnie"]
    both, first, second = (
        load(variant)(photo, chosen, options if len(chosen) == 2 else QUICK).image
        for chosen in (styles, styles[:1], styles[1:])
    )
    assert np.array_equal(both, first)
    assert not np.array_equal(both, second)


@pytest.mark.parametrize("variant", ["johnson", "adain", "gatys"])
def test_weights_are_in_proportion_and_all_alike_when_none_are_given(variant: str, load: Load, draw: Draw) -> None:
    photo, styles = draw(48, 64), [draw(48, 48, 1), draw(40, 56, 2)]
    alike, proportion, other = (
        load(variant)(photo, styles, Options(size=64, steps=3, weights=given)).image
        for given in ((), (0.2, 0.2), (1, 3))
    )
    assert np.array_equal(alike, proportion)
    assert not np.array_equal(alike, other)


def test_a_painting_and_a_picture_blend_too(load: Load, draw: Draw) -> None:
    photo = draw(48, 64)
    made = load("johnson")(photo, ["scream", draw(48, 48, 1)], Options(weights=(0, 1))).image
    assert np.array_equal(made, load("johnson")(photo, [draw(48, 48, 1)]).image)


def test_a_painting_named_twice_has_both_its_shares(load: Load, draw: Draw) -> None:
    photo = draw(48, 64)
    twice = load("johnson")(photo, ["scream", "udnie", "scream"], Options(weights=(1, 2, 1))).image
    once = load("johnson")(photo, ["scream", "udnie"], Options(weights=(1, 1))).image
    assert np.array_equal(twice, once)


@pytest.mark.parametrize(("variant", "style"), [("johnson", "painting"), ("adain", "picture")])
def test_without_strength_it_is_the_photo(variant: str, style: str, load: Load, draw: Draw) -> None:
    chosen = "scream" if style == "painting" else draw(48, 48, 1)
    assert np.array_equal(load(variant)(draw(47, 61), [chosen], Options(strength=0)).image, draw(47, 61))


@pytest.mark.parametrize("variant", OPTIMISED)
def test_more_strength_leaves_less_of_the_photo(variant: str, load: Load, draw: Draw, eyes: VGG) -> None:
    photo, style = draw(48, 64), draw(48, 48, 1)
    wanted = eyes(to_tensor(photo), [gatys.CONTENT])[gatys.CONTENT]
    errors = []
    for strength in (0.0, 1.0):
        made = load(variant)(photo, [style], Options(size=64, steps=6, strength=strength, smoothness=0.0)).image
        found = eyes(to_tensor(made), [gatys.CONTENT])[gatys.CONTENT]
        errors.append(relative_error(found, wanted).item())
    assert errors[0] < 0.5 * errors[1]


def test_known_gram_matrices_of_a_painting_are_for_the_embedded_encoder_only(
    load: Load, draw: Draw, eyes: VGG, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    dark = gatys.grams(eyes, torch.full((1, 3, 64, 64), 0.1))
    monkeypatch.setattr(gallery, "grams", lambda name, device: asked.append(name) or {64: dark})
    errors = {}
    for variant in ("gatys", "gatys-vgg19"):
        made = load(variant)(draw(48, 64), ["scream"], Options(size=64, steps=10, strength=1.0)).image
        found = gatys.grams(eyes, to_tensor(made))
        errors[variant] = sum(relative_error(found[tap], dark[tap]).item() for tap in dark)
    assert asked == ["scream"]
    assert errors["gatys"] < 0.7 * errors["gatys-vgg19"]
    load("cnnmrf")(draw(48, 64), ["scream"], QUICK)
    assert asked == ["scream"]


@pytest.mark.parametrize("variant", OPTIMISED)
def test_closing_the_steps_stops_the_work(variant: str, load: Load, draw: Draw, eyes: VGG) -> None:
    looks: list[int] = []
    handle = eyes.register_forward_hook(lambda *_: looks.append(1))
    steps = load(variant).steps(draw(48, 64), [draw(48, 48, 1)], Options(size=64, steps=20))
    next(steps)
    steps.close()
    count = len(looks)
    with pytest.raises(StopIteration):
        next(steps)
    handle.remove()
    assert 0 < count == len(looks) < 30


@pytest.mark.parametrize("variant", ["johnson", *OPTIMISED])
@pytest.mark.parametrize("case", ["one-colour photo", "one-colour style", "both", "black and white"])
def test_one_colour_gives_a_result(
    variant: str, case: str, load: Load, draw: Draw, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo, style = draw(48, 64), draw(48, 48, 1)
    if case in ("one-colour photo", "both"):
        photo = np.full_like(photo, 90)
    if case in ("one-colour style", "both"):
        style = np.full_like(style, 200)
    if case == "black and white":
        photo, style = np.zeros_like(photo), np.full_like(style, 255)
    finite: list[bool] = []
    to_image = pipeline_module.to_image
    monkeypatch.setattr(pipeline_module, "to_image", lambda x: finite.append(bool(x.isfinite().all())) or to_image(x))
    items = list(load(variant).steps(photo, [style], Options(size=64, steps=6)))
    assert finite
    assert all(finite)
    assert all(item.loss is None or np.isfinite(item.loss) for item in items)
    assert items[-1].image.shape == photo.shape


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize(("height", "width"), [(40, 400), (400, 40)])
def test_ten_to_one_works(variant: str, height: int, width: int, load: Load, draw: Draw) -> None:
    options = Options(size=128, steps=2)
    assert load(variant)(draw(height, width), [draw(20, 200, 1)], options).image.shape == (height, width, 3)


@pytest.mark.parametrize(("height", "width"), [(16, 16), (31, 40), (20, 380)])
@pytest.mark.parametrize("variant", VARIANTS)
def test_small_and_narrow_photos_keep_their_size(variant: str, height: int, width: int, load: Load, draw: Draw) -> None:
    made = load(variant)(draw(height, width), [draw(16, 16, 1)], Options(size=64, steps=2))
    assert made.image.shape == (height, width, 3)


@pytest.mark.parametrize(
    ("variant", "steps"),
    [
        ("gatys", 1),
        ("gatys", 2),
        ("cnnmrf", 1),
        ("cnnmrf", 2),
    ],
)
def test_a_step_or_two_are_enough(variant: str, steps: int, load: Load, draw: Draw) -> None:
    items = list(load(variant).steps(draw(32, 40), [draw(48, 48, 1)], Options(size=64, steps=steps)))
    assert items[-1].done == 1
    assert not np.array_equal(items[-1].image, draw(32, 40))


@pytest.mark.parametrize("variant", OPTIMISED)
@pytest.mark.parametrize("steps", [0, -5])
def test_no_steps_are_a_sentence(steps: int, variant: str, load: Load, draw: Draw) -> None:
    with pytest.raises(InputError, match="steps"):
        load(variant)(draw(), [draw(seed=1)], Options(size=64, steps=steps))


def test_noise_is_as_strong_at_the_coarsest_size_of_a_large_photo(
    load: Load, draw: Draw, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[float] = []
    by_grams = pipeline_module.by_grams

    def watched(*scene: Any) -> Any:
        method = by_grams(*scene)
        return lambda side: lambda content, x: given.append(float(x.std())) or method(side)(content, x)

    monkeypatch.setattr(pipeline_module, "by_grams", watched)
    options = Options(size=64, steps=1, start="noise", full_size=False)
    load("gatys")(draw(600, 800), [draw(64, 64, 1)], options)
    assert given[0] > 0.2  # 0.29 is that of the numbers from 0 to 1


def test_a_style_without_weight_gives_no_patches(load: Load, draw: Draw) -> None:
    photo, styles = draw(48, 64), [draw(48, 48, 1), draw(40, 56, 2)]
    both = load("cnnmrf")(photo, styles, Options(size=64, steps=3, weights=(1, 0))).image
    assert np.array_equal(both, load("cnnmrf")(photo, styles[:1], QUICK).image)


def test_guidance_reaches_the_patches(load: Load, draw: Draw) -> None:
    photo, style = draw(64, 64), draw(64, 64, 1)
    left = np.zeros((64, 64), np.uint8)
    left[:, 32:] = 1
    names = ("sky", "sea")
    made = [
        load("cnnmrf")(photo, [style], Options(size=64, steps=6, strength=0.8), guidance=guidance).image
        for guidance in (
            None,
            Guidance(LabelMap(left, names), LabelMap(left, names)),
            Guidance(LabelMap(left, names), LabelMap(1 - left, names)),
        )
    ]
    for first, second in ((0, 1), (0, 2), (1, 2)):
        assert not np.array_equal(made[first], made[second])


@pytest.mark.parametrize(
    ("styles", "given", "sentence"),
    [
        (0, {}, "one to 4 styles, not 0"),
        (5, {}, "one to 4 styles, not 5"),
        (1, {"weights": (1.0, 1.0)}, "each style a weight"),
        (2, {"weights": (1.0,)}, "each style a weight"),
        (2, {"weights": (0.0, 0.0)}, "each style a weight"),
        (2, {"weights": (2.0, -1.0)}, "each style a weight"),
        (1, {"strength": 2}, "from 0 to 1, not 2"),
        (1, {"strength": -0.1}, "from 0 to 1"),
        (1, {"style_scale": 3}, "0.5 to 2 times as large, not 3"),
        (1, {"size": 63}, "64 to 2048 pixels, not 63"),
        (1, {"size": 4096}, "64 to 2048 pixels, not 4096"),
    ],
)
@pytest.mark.parametrize("variant", VARIANTS)
def test_options_that_no_method_can_use_are_a_sentence(
    variant: str, styles: int, given: dict[str, Any], sentence: str, load: Load, draw: Draw
) -> None:
    with pytest.raises(InputError, match=sentence):
        load(variant)(draw(), [draw(seed=1)] * styles, Options(**given))


@pytest.mark.parametrize("which", ["photo", "style"])
@pytest.mark.parametrize(
    ("size", "sentence"),
    [
        ((8, 8), "8 x 8 pixels is too small"),
        ((15, 40), "40 x 15 pixels is too small"),
        ((20, 600), "600 x 20 pixels is too narrow"),
        ((600, 20), "20 x 600 pixels is too narrow"),
    ],
)
def test_pictures_that_no_method_can_use_are_a_sentence(
    which: str, size: tuple[int, int], sentence: str, load: Load, draw: Draw
) -> None:
    pictures = {"photo": draw(), "style": draw(seed=1), which: draw(*size)}
    for variant in VARIANTS:
        with pytest.raises(InputError, match=sentence):
            load(variant)(pictures["photo"], [pictures["style"]], QUICK)


def test_an_unknown_painting_is_a_sentence(load: Load, draw: Draw) -> None:
    for variant in VARIANTS:
        with pytest.raises(InputError, match="no painting called mona_lisa"):
            load(variant)(draw(), ["scream", "mona_lisa"], QUICK)


def test_guidance_that_does_not_fit_is_a_sentence(load: Load, draw: Draw) -> None:
    photo, ids = draw(48, 64), np.zeros((48, 64), np.uint8)
    sky, sea = LabelMap(ids, ("sky",)), LabelMap(ids, ("sea",))
    with pytest.raises(InputError, match="takes one style"):
        load("cnnmrf")(photo, [draw(seed=1)] * 2, QUICK, guidance=Guidance(sky, sky))
    with pytest.raises(InputError, match="same names"):
        load("cnnmrf")(photo, [draw(seed=1)], QUICK, guidance=Guidance(sky, sea))


def test_nothing_is_computed_before_the_input_is_checked(load: Load, draw: Draw) -> None:
    told: list[float] = []
    with pytest.raises(InputError):
        next(load("gatys").steps(draw(8, 8), ["scream"], QUICK, lambda done, words: told.append(done)))
    assert told == []


def test_a_photo_stays_what_it_is(load: Load, draw: Draw) -> None:
    for variant in VARIANTS:
        photo, style = draw(48, 64), draw(48, 48, 1)
        for picture in (photo, style):
            picture.flags.writeable = False
        load(variant)(photo, [style], QUICK)
        assert torch.equal(to_tensor(photo), to_tensor(draw(48, 64)))
