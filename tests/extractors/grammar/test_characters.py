"""Characters: repair of radicals, folding for parsing."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.grammar.characters import fold, has_han, is_han, is_radical, is_rare_han, repair


@pytest.mark.parametrize(
    ("printed", "meant"),
    [
        ("⼆维卷积", "二维卷积"),
        ("输⼊的红⾊", "输入的红色"),
        ("⻓⾐", "长衣"),
        ("⻢⻋⻰⻥", "马车龙鱼"),
        ("⻆⻇⻅⻚", "角角见页"),
        ("⻁⻩⻬⻳⻯", "虎黄齐龟竜"),
        ("豈", "豈"),
        ("⺟⼦", "母子"),
    ],
)
def test_radicals_become_ideographs(printed: str, meant: str) -> None:
    assert repair(printed) == meant


def test_every_kangxi_radical_is_repaired() -> None:
    for code in range(0x2F00, 0x2FD6):
        repaired = repair(chr(code))
        assert is_han(repaired)
        assert not is_radical(repaired)


@pytest.mark.parametrize(
    ("printed", "folded"),
    [
        ("图１：（ａ）", "图1:(a)"),
        ("图　版", "图 版"),
        ("Ⅴ", "V"),
        ("①Ⅻ", "①Ⅻ"),
        ("︵甲︶", "(甲)"),
        ("⼆", "二"),
        ("a\u00a0b", "a b"),
    ],
)
def test_fold(printed: str, folded: str) -> None:
    assert fold(printed) == folded


@given(st.text())
def test_folding_keeps_positions(text: str) -> None:
    assert len(fold(text)) == len(text)
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_repair_changes_only_radicals_and_compatibility_forms(text: str) -> None:
    repaired = repair(text)
    assert len(repaired) == len(text)
    for before, after in zip(text, repaired, strict=True):
        assert before == after or is_radical(before) or unicodedata.normalize("NFKC", before) == after


def test_kinds_of_characters() -> None:
    assert has_han("Lotus 莲")
    assert not has_han("Lotus, １２（）")
    assert is_han("〇")
    assert is_rare_han("𠀀")
    assert not is_rare_han("莲")
