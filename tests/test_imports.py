"""Who may import whom, read from the code's own import lines."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

STREETS = ("examples.streets", "examples.street_drawing")
# What each part of the house may import of the house: a part with all that is in it, or one module of it with its
# names. `pipelines.*` stands for one method's own folder. What trained networks of others are for training, they are
# for benchmarks: measures and peers. Training learns from streets that examples draw.
ALLOWED = {
    "imaging": {"imaging"},
    "checkpoints": {"checkpoints", "imaging"},
    "networks": {"networks", "checkpoints", "imaging"},
    "pipelines": {"pipelines.contract", "pipelines.*", "networks", "checkpoints", "imaging"},
    "hosting": {"pipelines.contract", "checkpoints"},
    "examples": {"examples", "imaging"},
    "tabs": {"tabs", "hosting", "pipelines", "checkpoints", "imaging", "examples"},
    "app": {"tabs", "hosting"},
    "training": {
        "training",
        "examples.street_drawing",
        "examples.streets",
        "pipelines",
        "networks",
        "checkpoints",
        "imaging",
    },
    "benchmarks": {"benchmarks", "training.teachers", "pipelines", "networks", "checkpoints", "imaging"},
}
# Outside packages that only some parts may import.
RESERVED = {
    "gradio": {"app", "tabs"},
    "spaces": {"hosting"},
    "torch": {"hosting", "networks", "pipelines", "training", "benchmarks"},
    "huggingface_hub": {"checkpoints"},
}


def part_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            assert node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def complaints(path: Path) -> Iterator[str]:
    part = part_of(path)
    for name in imported(path):
        first, *rest = name.split(".")
        if first in RESERVED and part not in RESERVED[first]:
            yield f"{path.relative_to(ROOT)} imports {first}"
        if first in ALLOWED and not is_allowed(part, first, rest, path):
            yield f"{path.relative_to(ROOT)} imports {name}"
        if first == "tests":
            yield f"{path.relative_to(ROOT)} imports tests"


def is_allowed(part: str, first: str, rest: list[str], path: Path) -> bool:
    names = {".".join([first, *rest[:length]]) for length in range(len(rest) + 1)}
    if names & ALLOWED[part]:
        return True
    own = first == "pipelines" and rest and path.relative_to(ROOT).parts[:2] == ("pipelines", rest[0])
    return bool(own) and "pipelines.*" in ALLOWED[part]


SOURCES = [path for part in ALLOWED for path in [*ROOT.glob(f"{part}.py"), *ROOT.glob(f"{part}/**/*.py")]]


def test_every_source_file_belongs_to_a_part_with_a_rule() -> None:
    known = {path for path in SOURCES}
    found = {p for p in ROOT.rglob("*.py") if not {".venv", "tests"} & set(p.relative_to(ROOT).parts)}
    assert found == known


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_downwards_only(path: Path) -> None:
    assert list(complaints(path)) == []


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("imaging/new.py", "import torch"),
        ("pipelines/inpainting/new.py", "from pipelines.super_resolution import Options"),
        ("networks/new.py", "from tabs import TABS"),
        ("tabs/new.py", "import torch.nn"),
        ("checkpoints/new.py", "import gradio as gr"),
        ("pipelines/inpainting/new.py", "from training.pictures import DATA"),
        ("pipelines/inpainting/new.py", "from training.teachers import Judge"),
        ("hosting.py", "from pipelines.inpainting import Options"),
        ("hosting.py", "from pipelines import contracts"),
        ("benchmarks/new.py", "import training"),
        ("benchmarks/new.py", "from training import pictures"),
        ("benchmarks/new.py", "from training.teachers_of_others import Judge"),
    ],
)
def test_the_rule_sees_what_it_forbids(place: str, line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    path = tmp_path / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(line)
    assert list(complaints(path))


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("benchmarks/new.py", "from training import teachers"),
        ("benchmarks/new.py", "from training.teachers import Judge"),
        ("hosting.py", "from pipelines.contract import Pipeline"),
        ("pipelines/inpainting/new.py", "from pipelines.contract import Pipeline"),
        ("pipelines/inpainting/new.py", "from pipelines.inpainting.network import Network"),
    ],
)
def test_the_rule_lets_through_what_it_names(
    place: str, line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    path = tmp_path / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(line)
    assert list(complaints(path)) == []
