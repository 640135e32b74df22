"""What measures and what may be a plate's number."""

from __future__ import annotations

import pytest

from extractors.grammar.dimensions import is_dimension


@pytest.mark.parametrize(
    "text",
    [
        "14000",
        "±0.000",
        "+6.400",
        "-1.25",
        "3.5",
        "3.5 cm",
        "20厘米",
        "0 5 10厘米",
        "0 10 20 30",
        "1:50",
        "1∶100",
    ],
)
def test_measures(text: str) -> None:
    assert is_dimension(text)


@pytest.mark.parametrize(
    "text", ["12", "8", "八", "图12", "8-1", "12a", "（3）", "正立面图 1:50", "105", "1 罐 2 钵"]
)
def test_numbers_and_names(text: str) -> None:
    assert not is_dimension(text)
