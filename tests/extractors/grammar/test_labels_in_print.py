"""Labels as books print them around other text: in several languages, within brackets, beside prices."""

from __future__ import annotations

import pytest

from extractors.grammar.caption_data import is_metadata
from extractors.grammar.captions import bare_label, caption_strength, parse_label


@pytest.mark.parametrize(
    ("text", "raw", "body"),
    [
        ("图 1-1 / Fig. 1-1 / 図1-1 丝绸之路东段示意", "图 1-1", "丝绸之路东段示意"),
        ("Fig. 2 图2 铜鼎", "Fig. 2", "铜鼎"),
        ("图3 图4 陶罐", "图3", "图4 陶罐"),
    ],
)
def test_the_same_label_in_other_languages_is_one(text: str, raw: str, body: str) -> None:
    parsed = parse_label(text)
    assert parsed is not None
    assert (parsed[0].raw, parsed[1]) == (raw, body)


def test_a_label_in_two_languages_is_bare() -> None:
    assert bare_label("图版64 / Plate 64") is not None
    assert bare_label("图版64 / Plate 65") is None


def test_a_label_in_a_bracket_of_the_line_before_is_a_mention() -> None:
    assert caption_strength("图1、插图2）。据县志所记") == 0.0
    assert caption_strength("图1 陶罐、铜壶（M3）") > 0.0


@pytest.mark.parametrize(
    "text", ["HK$ 500,000-700,000", "US$ 64,000-90,000", "RMB 50,000", "¥1,200—1,500", "£ 3,000"]
)
def test_prices_are_data(text: str) -> None:
    assert is_metadata(text)


@pytest.mark.parametrize("text", ["钱币 500", "HK$", "500,000-700,000"])
def test_numbers_alone_are_no_prices(text: str) -> None:
    assert not is_metadata(text)
