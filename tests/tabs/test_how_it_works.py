"""What "How it works" says: five sentences in both languages, a figure of the squares that are named, a citation."""

from __future__ import annotations

import re

import numpy as np
import pytest
from PIL import Image as PillowImage

from tabs import TABS, figures, how_it_works
from tabs.explanations import EXPLANATIONS, Explanation

NAMES = [tab.NAME for tab in TABS]


@pytest.mark.parametrize("name", NAMES)
def test_the_idea_has_five_sentences_in_both_languages(name: str) -> None:
    english, chinese = EXPLANATIONS[name].idea
    assert len(re.findall(r"[a-z)][.?!](?= [A-Z0-9]|$)", english.replace("et al.", "et al"))) == 5
    assert chinese.count("。") == 5


@pytest.mark.parametrize("said", ["idea", "squares", "limits"])
@pytest.mark.parametrize("name", NAMES)
def test_the_chinese_is_chinese(name: str, said: str) -> None:
    english, chinese = getattr(EXPLANATIONS[name], said)
    assert english.isascii() or "·" in english
    assert sum("\u4e00" <= sign <= "\u9fff" for sign in chinese) > len(chinese) / 3


@pytest.mark.parametrize("name", NAMES)
def test_each_square_is_named_once(name: str) -> None:
    numbers = list(range(1, 7))
    assert [int(number) for number in re.findall(r"\*\*(\d)\*\*", EXPLANATIONS[name].squares[0])] == numbers
    assert [int(number) for number in re.findall(r"\*\*(\d)\*\*", EXPLANATIONS[name].squares[1])] == numbers


@pytest.mark.parametrize("name", [tab.NAME for tab in TABS])
def test_the_figure_is_there_and_small(name: str) -> None:
    assert name in figures.FIGURES
    file = how_it_works.FOLDER / f"{name}.webp"
    assert file.stat().st_size < 150_000
    with PillowImage.open(file) as figure:
        assert figure.size == (736, 488)
        pixels = np.asarray(figure.convert("RGB"))
    squares = [pixels[top : top + 240, left : left + 240] for top in (0, 248) for left in (0, 248, 496)]
    # None is there twice: numbers apart, all differ.
    assert len({square[40:].tobytes() for square in squares}) == 6


@pytest.mark.parametrize("explained", EXPLANATIONS.values(), ids=EXPLANATIONS)
def test_the_citation_is_bibtex(explained: Explanation) -> None:
    entries = re.split(r"(?m)^(?=@)", explained.bibtex)[1:]
    assert entries
    for entry in entries:
        assert re.match(r"@(inproceedings|article)\{[a-z]+\d{4}[a-z]+,\n", entry)
        assert entry.count("{") == entry.count("}")
        assert {"title", "author", "year"} <= set(re.findall(r"(?m)^  (\w+) = \{", entry))


def test_a_figure_numbers_its_squares() -> None:
    white = np.full((50, 80, 3), 255, np.uint8)
    drawn = np.asarray(figures.figure([white] * 4))
    assert drawn.shape == (488, 736, 4)
    assert (drawn[:240, 240:248, 3] == 0).all()
    assert (drawn[250:, 300:, 3] == 0).all()  # no fifth square
    discs = [drawn[top : top + 40, left : left + 40] for top, left in ((0, 0), (0, 248), (0, 496), (248, 0))]
    assert len({disc.tobytes() for disc in discs}) == 4
