"""The code that the page offers is run as it stands, against a running page: Python, curl, and JavaScript with node."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import skimage.data
from PIL import Image as PillowImage
from PIL import ImageDraw

from examples import STREET_PHOTOS
from tabs import TABS
from tabs.doors import Door, side_doors
from tabs.snippets import ORIGIN, snippets

NAMES = [tab.NAME for tab in TABS]
# What each endpoint beside a tab's own says, in any language.
SAYS = {
    ("region_style", "/parse_face"): "picture",
    ("face_swap", "/find_faces"): "picture",
    ("soft_segmentation", "/soft_segment_clip"): ".zip",
    ("object_insertion", "/parse_scene"): "picture",
    ("object_insertion", "/suggest_boxes"): "action",
}
BESIDE = list(SAYS)
CLIENT = "@gradio/client@2.7.0"


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all files that snippets name: a small portrait, a mask of its size, a street."""
    folder = tmp_path_factory.mktemp("snippets")
    portrait = PillowImage.fromarray(skimage.data.astronaut()[:240, 100:340]).resize((160, 160))
    for name in ("photo", "image", "portrait", "reference_1", "targets", "frames_1", "frames_2"):
        portrait.save(folder / f"{name}.jpg", quality=95)
    PillowImage.fromarray(STREET_PHOTOS["avenue"]()).save(folder / "street.jpg", quality=95)
    mask = PillowImage.new("RGB", portrait.size)
    ImageDraw.Draw(mask).rectangle((10, 10, 40, 40), fill="white")
    mask.save(folder / "mask.jpg", quality=95)
    return folder


def ran(code: list[str], folder: Path) -> str:
    done = subprocess.run(code, cwd=folder, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout.strip()


def test_every_endpoint_beside_a_tabs_own_has_its_code(open_doors: dict[str, Door]) -> None:
    assert {(name, side.endpoint) for name in NAMES for side in side_doors(name)} == {
        (name, endpoint[1:]) for name, endpoint in BESIDE
    }


def offered(open_doors: dict[str, Door], name: str, language: str, page_address: str) -> str:
    return snippets(open_doors[name])[language].replace(ORIGIN, page_address)


@pytest.mark.parametrize("name", NAMES)
def test_python(open_doors: dict[str, Door], page_address: str, pictures: Path, name: str) -> None:
    said = ran([sys.executable, "-c", offered(open_doors, name, "Python", page_address)], pictures)
    file = Path(said.splitlines()[-1])
    assert file.stat().st_size > 1000
    if file.suffix == ".png":
        with PillowImage.open(file) as picture:
            assert picture.size in ((160, 160), (480, 480), (1024, 512))


@pytest.mark.skipif(not shutil.which("curl"), reason="no curl here")
@pytest.mark.parametrize("name", NAMES)
def test_curl(open_doors: dict[str, Door], page_address: str, pictures: Path, name: str) -> None:
    said = ran(["sh", "-c", offered(open_doors, name, "curl", page_address)], pictures)
    assert "event: complete" in said, said[-2000:]
    assert f"{page_address}/gradio_api/file=" in said


@pytest.mark.parametrize(("name", "endpoint"), BESIDE)
def test_python_beside(
    open_doors: dict[str, Door], page_address: str, pictures: Path, name: str, endpoint: str
) -> None:
    said = ran([sys.executable, "-c", offered(open_doors, name, f"Python {endpoint}", page_address)], pictures)
    assert SAYS[name, endpoint] in said


@pytest.mark.skipif(not shutil.which("curl"), reason="no curl here")
@pytest.mark.parametrize(("name", "endpoint"), BESIDE)
def test_curl_beside(open_doors: dict[str, Door], page_address: str, pictures: Path, name: str, endpoint: str) -> None:
    said = ran(["sh", "-c", offered(open_doors, name, f"curl {endpoint}", page_address)], pictures)
    assert "event: complete" in said, said[-2000:]
    assert SAYS[name, endpoint] in said


@pytest.fixture(scope="module")
def packages(pictures: Path) -> None:
    """Gradio's client for JavaScript, beside the pictures."""
    npm = shutil.which("npm")
    if not npm or not shutil.which("node"):
        pytest.skip("no node here")
    install = [npm, "install", "--no-audit", "--no-fund", "--prefix", str(pictures), CLIENT]
    try:
        done = subprocess.run(install, capture_output=True, text=True, timeout=90, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip("npm does not answer")
    if done.returncode:
        pytest.skip(f"{CLIENT} could not be installed: {done.stderr[-200:]}")


@pytest.mark.usefixtures("packages")
@pytest.mark.parametrize("name", NAMES)
def test_javascript(open_doors: dict[str, Door], page_address: str, pictures: Path, name: str) -> None:
    (pictures / "snippet.mjs").write_text(offered(open_doors, name, "JavaScript", page_address), "utf-8")
    said = ran(["node", "snippet.mjs"], pictures)
    assert said.splitlines()[-1].startswith(f"{page_address}/gradio_api/file=")


@pytest.mark.usefixtures("packages")
@pytest.mark.parametrize(("name", "endpoint"), BESIDE)
def test_javascript_beside(
    open_doors: dict[str, Door], page_address: str, pictures: Path, name: str, endpoint: str
) -> None:
    (pictures / "snippet.mjs").write_text(offered(open_doors, name, f"JavaScript {endpoint}", page_address), "utf-8")
    assert SAYS[name, endpoint] in ran(["node", "snippet.mjs"], pictures)
