"""CONTRIBUTING's worked example, followed as it is written in a copy of the tree: the tab is there, and it works."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LEFT_OUT = (".git", ".venv", "artefacts", "__pycache__", "*.pyi", "training", "docs", ".*_cache")
FILE = re.compile(r"^`([\w/]+\.py)`: [^\n]*\n\n```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
CHINESE = {"Posterise": "色调分离", "Levels": "级数", "Photo": "照片"}
USED = """
import gradio as gr
import app
from examples import photo
from tabs.doors import doors
from tabs.precompute import outputs

page = app.build()
assert "/posterise" in page.get_api_info()["named_endpoints"], page.get_api_info()["named_endpoints"].keys()
before, after = outputs(doors()["posterise"], {"image": photo("cat"), "levels": 3}, "zh")[0]
import numpy
from PIL import Image
pixels = numpy.asarray(Image.open(after["path"]).convert("RGB")).astype(int)
# Three levels, give or take what the comparison's compression leaves.
distance = numpy.abs(pixels[..., None] - [0, 128, 255]).min(-1)
assert distance.mean() < 8, distance.mean()
assert len(numpy.unique(pixels // 128)) == 2
"""


def _linked(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another disk
        shutil.copy2(source, target)


def _rewritten(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)  # it may be a second name of the tree's own file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tree in which somebody did what CONTRIBUTING says."""
    tree = tmp_path_factory.mktemp("contributing") / "tree"
    shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(*LEFT_OUT), copy_function=_linked)
    files = dict(FILE.findall((ROOT / "CONTRIBUTING.md").read_text("utf-8")))
    assert set(files) == {
        "pipelines/posterise/pipeline.py",
        "tabs/posterise.py",
        "tests/pipelines/posterise/test_pipeline.py",
    }
    exported = "from pipelines.posterise.pipeline import Options, Posterise, Result\n"
    files["pipelines/posterise/__init__.py"] = (
        f'"""Fewer colours."""\n\n{exported}\n__all__ = ["Options", "Posterise", "Result"]\n'
    )
    for name, text in files.items():
        _rewritten(tree / name, text)
    contents = (ROOT / "tabs" / "__init__.py").read_text("utf-8")
    contents = contents.replace("    inpainting,\n", "    inpainting,\n    posterise,\n", 1)
    _rewritten(tree / "tabs" / "__init__.py", contents.replace("TABS = (", "TABS = (posterise, ", 1))
    words = (ROOT / "tabs" / "words.py").read_text("utf-8")
    missing = {english: said for english, said in CHINESE.items() if f'    "{english}": ' not in words}
    assert "Posterise" in missing
    _rewritten(tree / "tabs" / "words.py", f"{words}\nCHINESE |= {missing!r}\n")
    return tree


def ran(tree: Path, *arguments: str) -> None:
    environment = os.environ | {"HF_HUB_OFFLINE": "1", "PYTHONPATH": str(tree)}
    code = [sys.executable, *arguments]
    done = subprocess.run(code, cwd=tree, env=environment, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


def test_the_house_s_own_tests_pass(followed: Path) -> None:
    chosen = ["tests/pipelines/posterise", "tests/pipelines/test_contract.py", "tests/test_imports.py"]
    ran(followed, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "posterise or Posterise", *chosen)
    ran(followed, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/tabs/test_language.py")
    new = ["pipelines/posterise", "tabs/posterise.py"]
    ran(followed, "-m", "ruff", "check", "-q", *new)
    ran(followed, "-m", "ruff", "format", "--check", "-q", *new)


def test_the_tab_is_on_the_page_and_computes(followed: Path) -> None:
    ran(followed, "-W", "ignore", "-c", USED)
