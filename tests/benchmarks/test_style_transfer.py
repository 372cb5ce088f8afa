"""The rules of measuring style transfer, with untrained networks of a few channels and small pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import inf
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
import torchvision
from PIL import Image as PillowImage
from safetensors.torch import save_file
from torch import Tensor, nn

from benchmarks import (
    METHODS,
    style_transfer,
    style_transfer_encoder,
    style_transfer_eyes,
    style_transfer_quality,
    style_transfer_speed,
)
from benchmarks.rows import Measured, Note, Row
from benchmarks.style_transfer_microast import MicroAST
from benchmarks.timing import Spent
from networks.perceptual import VGG
from networks.tensors import to_tensor
from pipelines.style_transfer import PAINTINGS, Options, StyleTransfer, any_painting, gallery, gatys, optimised
from pipelines.style_transfer import pipeline as pipeline_module
from pipelines.style_transfer.any_painting import AnyPainting
from pipelines.style_transfer.network import TransformerNet
from training.teachers import JohnsonTeacher, Judge, WideVGG19

WIDTHS = (4, 4, 8, 8, 8)
WIDE = (6, 6, 10, 10, 10)  # channels of the teacher's first tap of each stage
SIDE = 64


@pytest.fixture(autouse=True)
def tiny(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """Small sizes, few steps, untrained networks; what would have run in a process of its own."""
    alone = []

    def spent_alone(*job: object) -> Spent:
        alone.append(job)
        return Spent(seconds=16.0, peak_gib=1.25)

    monkeypatch.setattr(style_transfer_eyes, "SIDE", 96)
    for name, value in (
        ("FULL", SIDE),
        ("HALF", SIDE // 2),
        ("PLAIN_STEPS", 6),
        ("REMATCHINGS", 3),
        ("ROUNDS", 1),
        ("THREADS", 1),
    ):
        monkeypatch.setattr(style_transfer_speed, name, value)
    monkeypatch.setattr(style_transfer_quality, "CONTENTS", style_transfer_quality.CONTENTS[:2])
    monkeypatch.setattr(style_transfer_speed, "spent_alone", spent_alone)
    monkeypatch.setattr(optimised, "COARSEST", 32)
    for module in (style_transfer_speed, pipeline_module):
        monkeypatch.setattr(module, "stages", few_steps)
    monkeypatch.setattr(gallery, "texture", lambda name: noise(name, (SIDE, SIDE)))
    monkeypatch.setattr(gallery, "texture_file", lambda name: Path(name))
    monkeypatch.setattr(gallery, "grams", known_grams)
    monkeypatch.setattr(StyleTransfer, "load", classmethod(lambda cls, variant: untrained(variant)))
    return alone


def known_grams(name: str, device: str = "cpu") -> dict[int, gatys.Grams]:
    return dict.fromkeys((SIDE, 256), gatys.grams(encoder(), to_tensor(gallery.texture(name))))


def few_steps(side: int, largest: int, steps: int, coarsest: int = 32) -> list[optimised.Stage]:
    return optimised.stages(side, largest, 6, coarsest)


def untrained(variant: str) -> StyleTransfer:
    torch.manual_seed(0)
    if variant == "johnson":
        network = TransformerNet((4, 4, 4), 1, len(PAINTINGS)).eval().requires_grad_(False)
        told = 2 * sum(WIDE[: len(any_painting.TAPS)])
        anything = AnyPainting(told, 4, 3, (4, 4, 4), 1).eval().requires_grad_(False)
        return StyleTransfer(variant, encoder=encoder(), painter=network, any_painter=anything)
    return StyleTransfer(variant, encoder=encoder())


def encoder() -> VGG:
    torch.manual_seed(0)
    heads: dict[str, int] = dict(zip(style_transfer_eyes.TAPS, WIDE, strict=True))
    network = VGG(widths=WIDTHS, pooling="average", padding="reflect", heads=heads)
    for layer in [*network.features, *network.heads.values()]:
        if isinstance(layer, nn.Conv2d):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
    return network.eval().requires_grad_(False)


def noise(name: str, size: tuple[int, int]) -> np.ndarray[Any, Any]:
    return np.random.default_rng(list(name.encode())).integers(0, 256, (*size, 3), np.uint8)


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder of test data with made-up pictures and untrained teachers where the real ones lie."""
    folder = tmp_path / "data"
    files = [f"contents/{name}" for name in {*style_transfer_encoder.CASES.values(), *style_transfer_quality.CONTENTS}]
    files += [f"styles/{name}" for name in {*style_transfer_encoder.CASES, *(one.file for one in PAINTINGS.values())}]
    for file in (*files, "sr_bench/Set14/0.webp", "sr_bench/BSD100/0.webp"):
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        PillowImage.fromarray(noise(file, (60, 80))).save(folder / file)
    write_teachers(folder / "teachers")
    return folder


def write_teachers(folder: Path) -> None:
    folder.mkdir()
    torch.manual_seed(1)
    save_file(small_vgg19(), folder / "vgg19_16x.safetensors")
    save_file(torchvision.models.squeezenet1_0().state_dict(), folder / "squeezenet1_0.safetensors")
    save_file(MicroAST().state_dict(), folder / "microast.safetensors")
    for name in ("scream", "wave", "udnie"):
        save_file(johnson(), folder / f"johnson_{name}.safetensors")


def small_vgg19() -> dict[str, Tensor]:
    state = {"conv0.weight": torch.eye(3)[:, :, None, None].contiguous(), "conv0.bias": torch.zeros(3)}
    before = 3
    for stage, (width, wide) in enumerate(zip(WIDTHS, WIDE, strict=True), start=1):
        for number in range(1, (2, 2, 4, 4, 1)[stage - 1] + 1):
            state |= layer(f"conv{stage}{number}", before, width, 3)
            before = width
        state |= layer(f"conv{stage}1_aux", width, wide, 1)
    return state


def layer(name: str, channels: int, out: int, side: int) -> dict[str, Tensor]:
    weight = torch.randn(out, channels, side, side) * (2 / channels / side**2) ** 0.5
    return {f"{name}.weight": weight, f"{name}.bias": torch.full((out,), 0.1)}


def johnson() -> dict[str, Tensor]:
    shapes = {"conv1": (4, 3, 9), "conv2": (4, 4, 3), "conv3": (4, 4, 3), "up1": (4, 4, 3), "up2": (4, 4, 3)}
    shapes |= {f"res{block}_conv{number}": (4, 4, 3) for block in range(1, 6) for number in (1, 2)}
    state = {}
    for name, (out, channels, side) in {**shapes, "out": (3, 4, 9)}.items():
        key = name.replace("_", ".")
        state[f"{key}.weight"] = torch.randn(out, channels, side, side)
        state |= {f"{key}.scale": torch.ones(out), f"{key}.shift": torch.zeros(out)}
    return state


def rows(measured: list[Measured]) -> dict[tuple[str, str, str], float]:
    return {(row.variant, row.case, row.metric): row.value for row in measured if isinstance(row, Row)}


def notes(measured: list[Measured]) -> str:
    return "\n".join(item.text for item in measured if isinstance(item, Note))


ORDER = {("encoder", name, "rank_correlation") for name in ("blur", "noise", "jpeg", "shift")}
ERRORS = {("encoder", f"relu{stage}_1", "relative_error") for stage in range(1, 6)}
EYES = ("teacher", "judge", "teacher, with relu5_1")
RATIOS = {("encoder", eyes, "style_distance_ratio") for eyes in EYES} | {
    (variant, eyes, "style_distance") for variant in ("untouched", "teacher", "encoder") for eyes in EYES
}
METRICS = ("style_distance", "content_distance", "style_distance_by_judge")
OURS = ("gatys", "johnson", "cnnmrf", "any_painting")
DISTANCES = {
    (variant, case, metric)
    for variant in (*OURS, "microast")
    for case in (*style_transfer_quality.GALLERY, "mean")
    for metric in METRICS
} | {("johnson_teacher", case, metric) for case in ("great_wave", "scream", "udnie") for metric in METRICS}


def test_both_command_lines_have_it() -> None:
    assert "style_transfer" in METHODS


def test_quality_has_every_row(data: Path) -> None:
    found = list(style_transfer.quality(data))
    assert set(rows(found)) == ORDER | ERRORS | RATIOS | DISTANCES
    assert all(np.isfinite(list(rows(found).values())))
    assert "left out" not in notes(found)
    assert "1: the painting's itself" in notes(found)


def test_quality_without_test_data_has_the_order_of_distortions(bare: Path) -> None:
    found = list(style_transfer.quality(bare))
    assert set(rows(found)) == ORDER
    assert "Distances are left out" in notes(found)


def test_what_is_missing_is_said(data: Path) -> None:
    (data / "sr_bench" / "Set14" / "0.webp").unlink()
    (data / "sr_bench" / "BSD100" / "0.webp").unlink()
    (data / "contents" / style_transfer_quality.CONTENTS[1]).unlink()
    found = list(style_transfer.quality(data))
    assert set(rows(found)) == ORDER
    assert "relative_error is left out" in notes(found)
    assert "Pictures in a painter's manner are left out" in notes(found)


def test_the_distances_of_a_picture_to_itself_are_0_and_of_black_to_another_finite(data: Path) -> None:
    x, y = (to_tensor(noise(name, (48, 64))) for name in "xy")
    for eyes, taps in (
        (WideVGG19(data / "teachers/vgg19_16x.safetensors"), style_transfer_eyes.TAPS),
        (Judge(data / "teachers/squeezenet1_0.safetensors"), tuple(Judge.TAPS)),
    ):
        assert style_transfer_eyes.style_distance(eyes, x, x, taps) == 0
        assert style_transfer_eyes.perceptual_distance(eyes, x, x, taps) == 0
        assert style_transfer_eyes.style_distance(eyes, y, x, taps) > 0
        assert style_transfer_eyes.perceptual_distance(eyes, y, x, taps) > 0


def test_twice_the_activations_are_one_away_and_their_gram_matrices_nine() -> None:
    def eyes(x: Tensor, wanted: tuple[str, ...]) -> dict[str, Tensor]:
        return {tap: x for tap in wanted}

    x = torch.rand(1, 3, 8, 8)
    assert style_transfer_eyes.perceptual_distance(eyes, 2 * x, x) == pytest.approx(1)
    assert style_transfer_eyes.style_distance(eyes, 2 * x, x, ("any",)) == pytest.approx(9)


def test_with_the_teacher_as_our_encoder_all_ratios_are_1_and_errors_0(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    teacher: Any = WideVGG19(data / "teachers" / "vgg19_16x.safetensors")
    monkeypatch.setattr(StyleTransfer, "load", classmethod(lambda cls, variant: StyleTransfer(variant, teacher)))
    monkeypatch.setattr(style_transfer_quality, "_gallery", lambda *_: iter(()))
    found = rows(list(style_transfer.quality(data)))
    assert {found["encoder", eyes, "style_distance_ratio"] for eyes in EYES} == {1.0}
    assert {found[key] for key in ERRORS} == {0.0}


def test_an_untouched_photo_is_1_from_the_style_and_0_from_the_content_and_the_painting_1_from_the_content(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def untouched(photo: Any, name: str, painting: Any) -> Any:
        return photo

    def painting_itself(photo: Any, name: str, painting: Any) -> Any:
        return np.asarray(style_transfer_quality.ImageOps.fit(PillowImage.fromarray(painting), photo.shape[1::-1]))

    def painters(_: Path) -> Iterator[Any]:
        yield from ()
        each = {"untouched": untouched, "painting": painting_itself}
        return dict.fromkeys(style_transfer_quality.GALLERY, each)

    monkeypatch.setattr(style_transfer_quality, "_painters", painters)
    found = rows(list(style_transfer.quality(data)))
    assert found["untouched", "mean", "style_distance"] == pytest.approx(1)
    assert found["untouched", "mean", "style_distance_by_judge"] == pytest.approx(1)
    assert found["untouched", "mean", "content_distance"] == 0
    assert found["painting", "mean", "content_distance"] == pytest.approx(1)
    assert found["painting", "mean", "style_distance"] < 0.5


def test_the_order_of_distortions_that_eyes_see_is_1_and_of_blind_eyes_less(monkeypatch: pytest.MonkeyPatch) -> None:
    assert rows(list(style_transfer.quality(Path("nowhere"))))["encoder", "noise", "rank_correlation"] == 1
    turned = {name: (how, strengths[::-1]) for name, (how, strengths) in style_transfer_encoder.DISTORTIONS.items()}
    straight = {name: strengths for name, (_, strengths) in style_transfer_encoder.DISTORTIONS.items()}
    assert all(list(strengths) == sorted(strengths) for strengths in straight.values())
    # Stronger distortions under the names of weaker ones.
    wrong = {
        name: (lambda picture, s, how=how, top=strengths[0] + strengths[-1]: how(picture, top - s), strengths)
        for name, (how, strengths) in turned.items()
    }
    monkeypatch.setattr(style_transfer_encoder, "DISTORTIONS", {"noise": wrong["noise"]})
    assert rows(list(style_transfer.quality(Path("nowhere"))))["encoder", "noise", "rank_correlation"] < 0


def test_the_judge_sees_blue_first_and_without_the_mean(data: Path) -> None:
    judge = Judge(data / "teachers" / "squeezenet1_0.safetensors")
    x = torch.rand(1, 3, 32, 32)
    bgr = torch.stack([255 * x[:, 2] - 104, 255 * x[:, 1] - 117, 255 * x[:, 0] - 123], 1)
    first = judge.features[0]
    assert isinstance(first, nn.Conv2d)
    expected = F.relu(F.conv2d(bgr, first.weight, first.bias, stride=2))
    torch.testing.assert_close(judge(x, ("conv1",))["conv1"], expected)
    assert not any(parameter.requires_grad for parameter in judge.parameters())
    assert [found.shape[1] for found in judge(x, tuple(Judge.TAPS)).values()] == [96, 128, 256, 512]


def test_the_wide_teacher_is_wide_at_the_first_of_each_stage_and_narrow_in_between(data: Path) -> None:
    teacher = WideVGG19(data / "teachers" / "vgg19_16x.safetensors")
    found = teacher(torch.rand(1, 3, 32, 32), ("relu2_1", "relu4_1", "relu4_2"))
    assert {tap: tuple(one.shape[1:]) for tap, one in found.items()} == {
        "relu2_1": (WIDE[1], 16, 16),
        "relu4_1": (WIDE[3], 4, 4),
        "relu4_2": (WIDTHS[3], 4, 4),
    }


def test_johnsons_teachers_are_read_from_the_folder_of_test_data(data: Path) -> None:
    x = torch.rand(1, 3, 32, 48)
    assert JohnsonTeacher("wave", data / "teachers")(x).shape == x.shape


def speeds(side: int, *peers: str) -> set[tuple[str, str, str]]:
    one_pass = {(variant, f"{side}", "seconds") for variant in ("johnson", "any_painting", *peers)}
    return one_pass | {
        ("plain gatys", f"{side}", "seconds_per_step"),
        ("johnson", f"{side}", "speedup_over_gatys"),
        *(
            (variant, case, metric)
            for case in (f"{side}", f"{side // 2}, both from the photo")
            for variant, metric in (
                ("plain gatys", "seconds"),
                ("plain gatys", "loss"),
                ("gatys", "seconds_to_that_loss"),
                ("gatys", "loss"),
                ("gatys", "speedup_over_plain"),
                ("gatys", "gradient_in_float32_takes"),
            )
        ),
        ("warm start", f"{side}", "energy"),
        ("rematching", f"{side}", "seconds"),
        ("rematching", f"{side}", "energy"),
        ("cnnmrf", f"{side}", "seconds_to_that_energy"),
        ("cnnmrf", f"{side}", "energy"),
        ("cnnmrf", f"{side}", "speedup_over_rematching"),
        ("johnson", "8mp", "peak_gib"),
        ("johnson", "8mp", "seconds"),
    }


def test_speed_has_every_row(data: Path, tiny: list[tuple[object, ...]]) -> None:
    threads = torch.get_num_threads()
    found = list(style_transfer.speed(data))
    assert set(rows(found)) == speeds(SIDE, "microast", "johnson_teacher")
    assert min(rows(found).values()) >= 0
    assert rows(found)["johnson", "8mp", "peak_gib"] == 1.25
    assert torch.get_num_threads() == threads
    [(job, (height, width))] = tiny  # pyright: ignore[reportGeneralTypeIssues]
    assert job.__module__ == "benchmarks.style_transfer_speed"
    assert height * width == pytest.approx(8e6, rel=0.01)


def test_speed_without_test_data_has_no_peers(bare: Path) -> None:
    found = list(style_transfer.speed(bare))
    assert set(rows(found)) == speeds(SIDE)
    assert "microast or johnson_teacher is left out" in notes(found)


def test_the_sizes_that_the_issue_names() -> None:
    # The fixture makes them small: they are read from the source.
    source = Path(str(style_transfer_speed.__file__)).read_text()
    for line in ("FULL = 512 ", "THREADS = 2\n", "PLAIN_STEPS = 300", "GATYS_STEPS = 500"):
        assert f"\n{line}" in source


def test_a_goal_that_ours_never_reaches_is_a_speedup_of_0(monkeypatch: pytest.MonkeyPatch) -> None:
    loss = rising()  # of the plain one's picture first
    monkeypatch.setattr(style_transfer_speed, "_loss_as_shown", lambda _, made: loss(made))
    monkeypatch.setattr(style_transfer_speed, "_fresh_energy", lambda *_: rising())
    found = list(style_transfer_speed._gatys_speed(SIDE, f"{SIDE}", from_noise=True)) + list(
        style_transfer_speed._cnnmrf_speed()
    )
    assert rows(found)["gatys", f"{SIDE}", "speedup_over_plain"] == 0
    assert rows(found)["gatys", f"{SIDE}", "seconds_to_that_loss"] == inf
    assert rows(found)["cnnmrf", f"{SIDE}", "speedup_over_rematching"] == 0
    assert notes(found).count("did NOT reach") == 2


def rising() -> Callable[[Tensor], float]:
    """An energy that is higher every time that it is asked for."""
    values = iter(range(1000))
    return lambda x: float(next(values))


def test_the_time_is_that_of_the_first_look_that_is_good_enough() -> None:
    ours = style_transfer_speed._Timed(iter([5.0, 3.0, 1.0, 0.0]))
    theirs = style_transfer_speed._Timed(iter([9.0, 2.0, 2.0]))
    style_transfer_speed._race(theirs, 2, ours, 1)
    assert [look for _, look in theirs.seen] == [9.0, 2.0]
    assert [look for _, look in ours.seen] == [5.0]
    seconds, values = style_transfer_speed._reached(ours, 2.0, lambda loss: loss)
    assert values == [5.0, 3.0, 1.0]
    assert seconds == ours.seen[2][0] == ours.seconds
    assert style_transfer_speed._reached(ours, -1.0, lambda loss: loss)[0] == inf
    sparse = style_transfer_speed._Timed(iter([5.0, 3.0, 1.0, 0.0, 0.0]))
    seconds, values = style_transfer_speed._reached(sparse, 2.0, lambda loss: loss, every=2)
    assert values == [3.0, 0.0]
    assert seconds == sparse.seen[3][0]
    assert style_transfer_speed._reached(sparse, -1.0, lambda loss: loss, every=2) == (inf, [3.0, 0.0])


def test_the_plain_loss_and_its_gradient_are_the_pipelines() -> None:
    x = torch.rand(1, 3, SIDE, SIDE)
    objective = optimised.by_grams(encoder(), style_transfer_speed._scene("gatys", SIDE))(SIDE)(x, x)
    y = torch.rand(1, 3, SIDE, SIDE)
    for one, other in zip(objective.gradient(y), style_transfer_speed._plain_gradient(objective)(y), strict=True):
        torch.testing.assert_close(torch.as_tensor(one), torch.as_tensor(other), rtol=1e-4, atol=1e-7)


def test_the_plain_implementation_goes_down_and_is_the_same_step_by_step_as_at_once() -> None:
    def gradient(x: Tensor) -> tuple[float, Tensor]:
        with torch.enable_grad():
            x = x.detach().requires_grad_(True)
            loss = ((x[..., 1:] - x[..., :-1] ** 2).square() + (x - 0.3).square()[..., 1:]).sum()
            return loss.item(), torch.autograd.grad(loss, x)[0]

    start = torch.linspace(0, 1, 48).view(1, 3, 4, 4)
    steps = style_transfer_speed._plain(start, gradient)
    walked = [next(steps) for _ in range(12)]
    assert walked[-1][1] < 0.5 * walked[0][1]
    x = start.clone().requires_grad_(True)
    optimizer = torch.optim.LBFGS([x], max_iter=12, tolerance_grad=0, tolerance_change=0)

    def closure() -> float:
        loss, x.grad = gradient(x.detach())
        return loss

    optimizer.step(closure)
    torch.testing.assert_close(walked[-1][0], x.detach())


@pytest.mark.parametrize("variant", ["gatys", "cnnmrf"])
def test_what_is_timed_is_what_the_pipeline_optimises(variant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    for name in ("by_grams", "by_patches"):
        real = getattr(pipeline_module, name)
        monkeypatch.setattr(pipeline_module, name, lambda e, s, *rest, real=real: seen.append(s) or real(e, s, *rest))
    untrained(variant)(style_transfer_speed._photo(SIDE), [style_transfer_speed.PAINTING], Options(size=SIDE))
    [scene], ours = seen, style_transfer_speed._scene(variant, SIDE)
    for name in ("weights", "style_weight", "smoothness", "style_scale", "regions", "paper"):
        assert getattr(ours, name) == getattr(scene, name), name
    assert torch.equal(ours.content, scene.content)
    assert torch.equal(ours.styles[0], scene.styles[0])
    assert [known is None for known in ours.known] == [known is None for known in scene.known]


def test_the_energy_of_a_picture_that_is_all_its_own_patches_is_that_of_content_and_smoothness_alone() -> None:
    texture = gallery.texture(style_transfer_speed.PAINTING)
    x = to_tensor(texture)
    eyes, scene = encoder(), style_transfer_speed._scene("cnnmrf", SIDE)
    energy = style_transfer_speed._fresh_energy(eyes, x, x, scene)

    def smoothness(x: Tensor) -> float:
        across, down = x[..., 1:] - x[..., :-1], x[..., 1:, :] - x[..., :-1, :]
        return scene.smoothness * (across.square().mean() + down.square().mean()).item()

    assert energy(x) == pytest.approx(smoothness(x), rel=1e-4)
    other = to_tensor(noise("other", (SIDE, SIDE)))
    assert energy(other) > smoothness(other) + 0.1
