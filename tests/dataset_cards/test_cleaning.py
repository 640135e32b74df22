from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from dataset_cards.cleaning import clean_text, markdown_cell


def test_printed_forms_are_kept() -> None:
    printed = "圖版貳拾　𠮷祥“龍”，（１）２∶３ 螭虎"
    assert clean_text(printed) == printed


def test_line_ends_become_one_kind() -> None:
    assert clean_text("上\r\n下\r左\u2028右\t中") == "上\n下\n左\n右 中"


@given(st.text(st.characters(exclude_categories=[])))
def test_what_comes_out_can_be_written_and_is_stable(text: str) -> None:
    cleaned = clean_text(text)
    cleaned.encode("utf-8")
    assert unicodedata.is_normalized("NFC", cleaned)
    assert clean_text(cleaned) == cleaned
    assert not any(unicodedata.category(char) == "Cc" for char in cleaned if char != "\n")


@given(st.text())
def test_a_cell_is_one_line_without_markup(text: str) -> None:
    cell = markdown_cell(text)
    assert "\n" not in cell
    assert "<" not in cell
    assert "|" not in cell.replace("\\|", "")


def test_a_long_cell_is_cut() -> None:
    assert markdown_cell("纹" * 200, 10) == "纹" * 9 + "…"
