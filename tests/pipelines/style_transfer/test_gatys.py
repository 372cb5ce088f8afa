"""The paper's loss and gradient; a picture that has what is wanted is at rest; another one is pulled towards it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from networks.descent import lbfgs
from networks.perceptual import VGG, gram, relative_error
from pipelines.style_transfer import gatys

GRAM_STYLE = Path(__file__).parents[4] / "shared" / "parity" / "vision" / "gram_style"
needs_parity = pytest.mark.skipif(not GRAM_STYLE.is_dir(), reason="../shared/parity is not beside this checkout")


@needs_parity
def test_the_paper_objective_has_the_papers_loss_and_gradient(plain: VGG) -> None:
    inputs, outputs = (load_file(GRAM_STYLE / f"{part}.safetensors") for part in ("inputs", "outputs"))
    feature, target = inputs["feature"][None], gram(inputs["target_feature"][None])
    assert torch.allclose(gram(feature)[0].double(), outputs["gram_over_HW"], rtol=1e-4, atol=1e-5)
    # With its own activations as content, only the style pulls.
    loss, gradient = gatys.paper_objective(plain, feature, {"relu1_1": target}, ratio=1.0).gradient(feature)
    assert loss == pytest.approx(outputs["gatys_loss"].item(), rel=1e-4)
    expected = outputs["gatys_grad"]
    assert float((gradient[0] - expected).abs().max() / expected.std()) <= 1e-3


def test_the_papers_content_term_is_half_the_summed_squared_error_and_the_ratio_is_the_styles(plain: VGG) -> None:
    content, x = torch.rand(1, 4, 5, 6), torch.rand(1, 4, 5, 6)
    own = {tap: gram(x) for tap in ("relu1_1", "relu2_1")}
    loss, gradient = gatys.paper_objective(plain, content, own).gradient(x)
    assert loss == pytest.approx(((x - content).square().sum() / 2).item(), rel=1e-4)
    assert torch.allclose(gradient, x - content, atol=1e-4)
    targets = {tap: gram(content) for tap in own}
    errors = [gatys.paper_objective(plain, x, targets, ratio).gradient(x)[0] for ratio in (1.0, 1000.0)]
    assert errors[1] == pytest.approx(1000 * errors[0], rel=1e-4)
    assert errors[0] > 0


def test_several_styles_are_the_weighed_mean_of_their_gram_matrices() -> None:
    several = [{"relu1_1": torch.rand(1, 3, 3), "relu2_1": torch.rand(1, 4, 4)} for _ in range(3)]
    made = gatys.blended(several, [0.5, 0.0, 0.5])
    for tap, matrix in made.items():
        assert torch.allclose(matrix, (several[0][tap] + several[2][tap]) / 2)
    assert all(torch.equal(gatys.blended(several, [0, 1, 0])[tap], several[1][tap]) for tap in made)


def test_grams_are_those_of_the_papers_five_taps(eyes: VGG, tensor: Callable[..., Tensor]) -> None:
    found = gatys.grams(eyes, tensor())
    assert list(found) == ["relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"]
    activation = eyes(tensor(), ["relu3_1"])["relu3_1"][0].flatten(1)
    assert torch.allclose(found["relu3_1"][0], activation @ activation.T / activation.shape[1], atol=1e-5)


class Blind(nn.Module):
    """Sees nothing in a dark picture, and any other as it is."""

    def forward(self, x: Tensor, wanted: Iterable[str]) -> dict[str, Tensor]:
        return {tap: x * (x.abs().sum() > 0) for tap in wanted}


def test_terms_are_relative_so_a_picture_with_nothing_in_it_costs_one_and_the_style_weight() -> None:
    blind: VGG = Blind()  # type: ignore[assignment]
    content, dark = 7 * torch.rand(1, 3, 8, 8), torch.zeros(1, 3, 8, 8)
    targets = {f"relu{stage}_1": 10**stage * gram(torch.rand(1, 3, 8, 8)) for stage in range(1, 6)}
    assert gatys.objective(blind, content, targets, 50.0, 0.0).gradient(dark)[0] == pytest.approx(51, rel=1e-5)
    assert gatys.objective(blind, None, targets, 50.0, 0.0).gradient(dark)[0] == pytest.approx(50, rel=1e-5)


def test_a_picture_that_has_its_own_style_and_content_is_at_rest(eyes: VGG, tensor: Callable[..., Tensor]) -> None:
    x, other = tensor(), tensor(seed=1)
    own = gatys.objective(eyes, x, gatys.grams(eyes, x), 50.0, 0.0)
    loss, gradient = own.gradient(x)
    away, steep = own.gradient(other)
    assert loss < 1e-9 < 1e-2 < away
    assert gradient.abs().max() < 1e-5 * steep.abs().max()


def test_optimising_gives_the_photo_the_paintings_gram_matrices(eyes: VGG, tensor: Callable[..., Tensor]) -> None:
    photo, style = tensor(), 0.3 * tensor(seed=1)
    targets = gatys.grams(eyes, style)
    objective = gatys.objective(eyes, photo, targets, 50.0, 0.0)
    first = objective.gradient(photo)[0]
    *_, (x, last) = lbfgs(photo, objective.gradient, 20)
    assert last < 0.1 * first
    assert (x - photo).abs().mean() > 0.02
    before, after = (gatys.grams(eyes, picture) for picture in (photo, x))
    for tap, wanted in targets.items():
        assert relative_error(after[tap], wanted) < 0.2 * relative_error(before[tap], wanted)
