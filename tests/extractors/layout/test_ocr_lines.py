"""Lines put together again that OCR took apart."""

from __future__ import annotations

from dataclasses import replace

import pytest

from extractors.layout.ocr_lines import join_numbers
from extractors.records import TextLine
from tests.extractors.made import line, page


def texts(*lines: TextLine, source: str = "ocr") -> list[str]:
    (read,) = join_numbers([replace(page(1, lines), text_source=source)])
    return [found.text for found in read.lines]


@pytest.mark.parametrize("number", ["2", "2.", "12", "②", "(2)", "（b）"])
def test_the_number_of_an_item_is_put_before_the_rest_of_its_line(number: str) -> None:
    assert texts(line(number, 40, 101, 6), line("三彩注壶 清", 52, 99)) == [f"{number} 三彩注壶 清"]


def test_only_ocr_takes_lines_apart() -> None:
    assert texts(line("2", 40, 100), line("三彩注壶", 52, 100), source="text_layer") == ["2", "三彩注壶"]


@pytest.mark.parametrize(
    ("x", "y", "other"),
    [(90, 100, "三彩注壶"), (52, 106, "三彩注壶"), (52, 100, "2024年"), (52, 100, "瓶")],
    ids=["far away", "on another level", "another number", "a panel's letter"],
)
def test_a_number_that_stands_alone_stays_alone(x: float, y: float, other: str) -> None:
    assert texts(line("2", 40, 100), line(other, x, y)) == ["2", other]
