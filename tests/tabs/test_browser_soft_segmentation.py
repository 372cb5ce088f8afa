"""Soft segmentation as a visitor does it: upload, wait, solo a layer, a new background, download, read it back."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest
import skimage.data
from PIL import Image as PillowImage
from playwright.sync_api import Page, expect

from tests.tabs.conftest import PATIENCE, download

pytestmark = pytest.mark.browser
TAB = "soft_segmentation"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "coffee.png"
    PillowImage.fromarray(skimage.data.coffee()).resize((150, 100)).save(path)
    return path


def run(page: Page, path: Path) -> None:
    page.locator(f"#{TAB}-image input[type=file]").set_input_files(path)
    page.locator(f"#{TAB}-image img").wait_for()
    page.locator(f"#{TAB}-run").click()
    expect(page.locator(f"#{TAB}-status")).to_contain_text("layers of 150 x 100 pixels", timeout=PATIENCE)
    page.locator(".lm-card").first.wait_for()


def shown(page: Page) -> np.ndarray:
    """The mixer's canvas once it has been drawn, uint8 (H, W, 4)."""
    page.wait_for_timeout(400)
    flat = page.locator(".lm-canvas").evaluate(
        "c => [c.width, c.height, ...c.getContext('2d').getImageData(0, 0, c.width, c.height).data]"
    )
    return np.array(flat[2:], np.uint8).reshape(flat[1], flat[0], 4)


def test_layers_are_mixed_and_downloaded(open_page, small: Path, tmp_path: Path) -> None:
    page = open_page(tab=TAB)
    run(page, small)
    photo = np.asarray(PillowImage.open(small).convert("RGB")).astype(int)
    whole = shown(page)
    assert whole.shape == (100, 150, 4)
    assert np.abs(whole[..., :3] - photo).mean() < 5  # untouched, the layers are the photo
    expect(page.locator(f"#{TAB}-stages img")).to_have_count(5)

    page.locator(".lm-card").first.click()
    page.locator(".lm-solo").click()
    alone = shown(page)
    assert 0.02 < (alone[..., 3] > 128).mean() < 0.98

    page.locator(".lm-bgcolour").evaluate("i => { i.value = '#00ff00'; i.dispatchEvent(new Event('input')); }")
    green = shown(page)
    assert (green[..., 3] == 255).all()
    assert np.abs(green[alone[..., 3] == 0][:, :3].astype(int) - [0, 255, 0]).max() <= 2

    page.locator('.lm-sliders input[data-name="brightness"]').evaluate(
        "i => { i.value = 0; i.dispatchEvent(new Event('input')); }"
    )
    assert shown(page)[alone[..., 3] == 255][:, :3].max() <= 2

    download(page, f"{TAB}-download", tmp_path / "layers.zip")
    with zipfile.ZipFile(tmp_path / "layers.zip") as archive:
        layers = [np.asarray(PillowImage.open(archive.open(name))) for name in archive.namelist()]
    assert len(layers) >= 2
    assert all(layer.shape == (100, 150, 4) for layer in layers)
    assert np.abs(sum(layer[..., 3].astype(int) for layer in layers) - 255).max() <= len(layers)

    with page.expect_download() as saved:
        page.locator(".lm-save").click()
    saved.value.save_as(tmp_path / "composite.png")
    with PillowImage.open(tmp_path / "composite.png") as composite:
        assert composite.size == (150, 100)


def test_a_link_to_an_example_fills_the_mixer_and_offers_no_file_that_is_not_there(open_page) -> None:
    page = open_page("?tab=soft_segmentation&example=cup", tab=None, wait_for=f"{TAB}-run")
    expect(page.locator(".lm-card")).not_to_have_count(0, timeout=PATIENCE)
    expect(page.locator(f"#{TAB}-comparison img")).to_have_count(2, timeout=PATIENCE)
    assert shown(page)[..., 3].max() == 255
    for button in ("download", "psd"):
        expect(page.locator(f"#{TAB}-{button}")).to_be_disabled()
    run, clip = (page.locator(f"#{TAB}-{part}").bounding_box() for part in ("settings", "clip"))
    assert run is not None
    assert clip is not None
    assert (clip["x"], clip["width"]) == (run["x"], run["width"])  # in the frame, below the settings


def test_a_phone_needs_no_sideways_scrolling(open_page, small: Path) -> None:
    page = open_page(tab=TAB, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    run(page, small)
    page.locator(".lm-card").first.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for part in ("run", "image", "mixer", "stages", "comparison", "download", "psd"):
        box = page.locator(f"#{TAB}-{part}").bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
