"""Figures as a table and as JSON."""

from __future__ import annotations

import json

import pytest

from benchmarks.rows import Measured, Note, Row, as_json, markdown

MEASURED: list[Measured] = [
    Row("bicubic", "Set5 x2", "PSNR", 33.68183),
    Row("bicubic", "Set5 x2", "SSIM", 0.9),
    Note("luma"),
    Row("residual", "Set5 x2", "PSNR", 38.0),
    Row("residual", "4mp", "seconds", 1284.4),
    Note("luma"),
]


def test_the_table_has_a_line_a_case_and_metric_and_a_column_a_variant() -> None:
    assert markdown(MEASURED).splitlines() == [
        "| case | metric | bicubic | residual |",
        "| --- | --- | ---: | ---: |",
        "| Set5 x2 | PSNR | 33.68 | 38.00 |",
        "| Set5 x2 | SSIM | 0.9000 |  |",
        "| 4mp | seconds |  | 1284 |",
        "",
        "- luma",
    ]


def test_without_rows_there_are_only_notes() -> None:
    assert markdown([Note("Set5 is left out.")]) == "- Set5 is left out."


def test_a_row_that_comes_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="same variant, case and metric"):
        markdown([Row("bicubic", "Set5 x2", "PSNR", 1.0), Row("bicubic", "Set5 x2", "PSNR", 2.0)])


def test_json_is_a_list_of_every_row_with_its_method() -> None:
    rows = json.loads(as_json({"super_resolution": MEASURED, "inpainting": [Row("patches", "holes", "seconds", 2.0)]}))
    assert len(rows) == 5
    first = {"method": "super_resolution", "variant": "bicubic", "case": "Set5 x2", "metric": "PSNR", "value": 33.68183}
    assert rows[0] == first
    assert rows[-1] == {
        "method": "inpainting",
        "variant": "patches",
        "case": "holes",
        "metric": "seconds",
        "value": 2.0,
    }


def test_json_has_no_infinity() -> None:
    text = as_json({"super_resolution": [Row("bicubic", "Set5 x2", "PSNR", float("inf"))]})
    assert json.loads(text, parse_constant=pytest.fail)[0]["value"] is None
