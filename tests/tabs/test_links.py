"""What a link opens, without a browser: the page's own tabs, their examples and the results made beforehand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image as PillowImage

from tabs import TABS, links, results
from tabs.doors import Door
from tabs.language import LANGUAGES

NAMES = [tab.NAME for tab in TABS]


def values(door: Door, changes: dict[object, object]) -> dict[str, object]:
    """The settings among what `opened` changes, by name."""
    return {name: changes[setting.component] for name, setting in door.settings.items()}


def test_a_link_without_settings_sets_the_usual_ones(open_doors: dict[str, Door]) -> None:
    door = open_doors["super_resolution"]
    changes, refused = links.opened(door, "", {"tab": "super_resolution", "utm_source": "x"}, "en")
    assert refused == []
    assert values(door, changes) == {"method": "residual", "scale": 4, "invention": door.settings["invention"].default}


def test_a_link_sets_what_can_be_and_names_what_cannot(open_doors: dict[str, Door]) -> None:
    door = open_doors["super_resolution"]
    changes, refused = links.opened(door, "", {"scale": "9", "method": "bicubic", "invention": "x"}, "en")
    assert refused == ["scale", "invention"]
    assert values(door, changes) == {"method": "bicubic", "scale": 4, "invention": door.settings["invention"].default}


def test_other_settings_than_the_example_s_show_no_result(open_doors: dict[str, Door]) -> None:
    door = open_doors["super_resolution"]
    same, _ = links.opened(door, "cat", {"scale": "3"}, "en")
    other, _ = links.opened(door, "cat", {"scale": "2"}, "en")
    assert door.frame.comparison in same
    assert door.frame.comparison not in other
    assert values(door, other)["scale"] == 2


@pytest.mark.parametrize("name", NAMES)
def test_a_tab_with_results_has_four_in_both_languages(open_doors: dict[str, Door], name: str) -> None:
    door = open_doors[name]
    assert len(door.examples) >= 4
    for example in door.examples:
        said = set()
        for language in LANGUAGES:
            changes, refused = links.opened(door, example, {}, language)
            assert refused == []
            assert set(door.shown) <= set(changes), f"{name}/{example} was made for other outputs: run tabs.precompute"
            said.add(changes[door.frame.status])
            before, after = changes[door.frame.comparison]
            for one in (before, after):
                assert Path(one["path"]).is_relative_to(results.FOLDER)
                PillowImage.open(one["path"]).load()
        assert len(said) == len(LANGUAGES)


@pytest.mark.parametrize("name", NAMES)
def test_examples_set_only_what_the_tab_has(open_doors: dict[str, Door], name: str) -> None:
    door = open_doors[name]
    for given in door.examples.values():
        assert set(given) <= set(door.inputs)
        for key in set(given) & set(door.settings):
            door.settings[key].component.preprocess(given[key])


def test_results_are_small() -> None:
    files = [file for file in results.FOLDER.rglob("*") if file.is_file()]
    assert files
    assert {file.suffix for file in files} == {".json", ".webp"}
    assert max(file.stat().st_size for file in files) < 600_000
    for file in results.FOLDER.rglob("*.json"):
        listed = {Path(name).name for name in _paths(json.loads(file.read_text(encoding="utf-8"))["values"])}
        assert listed <= {other.name for other in file.parent.iterdir()}


def _paths(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("path"), str):
            yield value["path"]
        for one in value.values():
            yield from _paths(one)
    elif isinstance(value, list):
        for one in value:
            yield from _paths(one)


def test_words_in_the_head_cannot_end_its_script(open_doors: dict[str, Door]) -> None:
    assert links.head({tab.NAME: tab.TITLE for tab in TABS}).count("</script>") == 1


def test_no_link_agrees_to_anything(open_doors: dict[str, Door]) -> None:
    door = open_doors["face_swap"]
    changes, refused = links.opened(door, "", {"agreed": "1"}, "en")
    assert refused == ["agreed"]
    assert values(door, changes)["agreed"] is False
    # Of an example's people we know that they are public, or nobody. Of other pictures we do not.
    example, _ = links.opened(door, next(iter(door.examples)), {}, "en")
    assert values(door, example)["agreed"] is True
    assert door.consent_withdrawn() == {door.settings["agreed"].component: False}
    (said,) = [one for one in json.loads(_registry())["settings"]["face_swap"] if one["name"] == "agreed"]
    assert said["linked"] is False


def _registry() -> str:
    head = links.head({})
    start = head.index("const registry = ") + len("const registry = ")
    return head[start : head.index(";\n", start)]
