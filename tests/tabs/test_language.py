"""Every sentence that a visitor can see has its Chinese, with the same blanks to fill in."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import gradio as gr
import pytest

from imaging.types import InputError
from tabs import language
from tabs.words import CHINESE

ROOT = Path(__file__).parents[2]
FOLDERS = ("imaging", "checkpoints", "networks", "pipelines", "tabs")
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef)
# Which argument of a call is a sentence for visitors.
SPEAKING = {"label": 0, "both": 0, "say": 1, "InputError": 0, "UnusableFile": 0}


def calls() -> Iterator[tuple[str, ast.Call]]:
    files = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")] + [ROOT / "app.py"]
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SPEAKING:
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node


def sentences() -> dict[str, str]:
    found = {}
    for place, call in calls():
        assert isinstance(call.func, ast.Name)
        argument = call.args[SPEAKING[call.func.id]]
        if isinstance(argument, ast.Constant):
            found[argument.value] = place
    return found


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_the_search_finds_sentences_of_every_kind() -> None:
    found = sentences()
    assert "Run" in found
    assert any("megapixels" in sentence for sentence in found)
    assert any("could not be fetched" in sentence for sentence in found)


def test_every_sentence_has_its_chinese() -> None:
    assert {text: place for text, place in sentences().items() if text not in CHINESE} == {}


def test_every_reason_of_the_hub_has_its_chinese() -> None:
    # Reasons are values that are filled into sentences: phrases in the functions of checkpoints/__init__.py.
    tree = ast.parse((ROOT / "checkpoints" / "__init__.py").read_text(encoding="utf-8"))
    docstrings = {ast.get_docstring(n, clean=False) for n in ast.walk(tree) if isinstance(n, DOCUMENTED)}
    phrases = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.count(" ") >= 3
    }
    assert len(phrases - docstrings) > 8
    assert phrases - docstrings - set(CHINESE) == set()


@pytest.mark.parametrize("english", CHINESE)
def test_both_languages_have_the_same_blanks(english: str) -> None:
    assert blanks(english) == blanks(CHINESE[english])
    assert any(ord(sign) > 0x2E7F for sign in CHINESE[english])


def test_no_translation_is_left_over() -> None:
    sources = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py") if path.name != "words.py"]
    constants = {
        node.value
        for path in [*sources, ROOT / "app.py"]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert {english for english in CHINESE if english not in constants} == set()


def test_a_label_without_chinese_is_refused() -> None:
    with pytest.raises(KeyError, match="no Chinese"):
        language.label("Never written down")


def request(query: str = "", accept: str = "") -> gr.Request:
    import starlette.requests

    scope = {
        "type": "http",
        "query_string": query.encode(),
        "headers": [(b"accept-language", accept.encode())] if accept else [],
    }
    return gr.Request(request=starlette.requests.Request(scope))


@pytest.mark.parametrize(
    ("query", "accept", "expected"),
    [
        ("", "", "en"),
        ("", "zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("", "de-DE,zh;q=0.5", "en"),
        ("lang=zh", "en-GB", "zh"),
        ("lang=en", "zh-CN", "en"),
        ("lang=<script>", "zh-CN", "en"),
    ],
)
def test_the_address_decides_over_the_browser(query: str, accept: str, expected: str) -> None:
    assert language.of(request(query, accept)) == expected


def test_without_a_visitor_it_is_english() -> None:
    assert language.here() == "en"


def test_an_error_is_said_with_its_values_in_both_languages() -> None:
    error = InputError("{file} could not be fetched: {reason}.", file="a/b", reason="HF_HUB_OFFLINE is set")
    assert language.spoken("en", error).message == "a/b could not be fetched: HF_HUB_OFFLINE is set."
    assert language.spoken("zh", error).message == "无法获取 a/b：已设置 HF_HUB_OFFLINE。"
