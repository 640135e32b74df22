from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alignment.text.tokenizer import Tokenizer

TOKENIZER = Tokenizer()


@pytest.mark.parametrize(
    ("printed", "read"),
    [
        ("“联珠”‘纹’", "\"联珠\"'纹'"),
        ("唐代——宋代", "唐代--宋代"),
        ("飞天……", "飞天⋯⋯"),
        ("图版１２Ａ", "图版12A"),
        ("﹁寶相花﹂︒", "「寶相花」。"),
        ("图㉑", "图 21 "),
        ("⼀只", "一只"),
        ("长5㎝", "长5 cm "),
        ("3½", "3 1/2 "),
        ("（宋）《图谱》，第3页。", "（宋）《图谱》，第3页。"),
        ("10⁴", "10⁴"),
        ("m²", "m²"),
        ("㎡", "㎡"),
    ],
)
def test_what_is_read_for_what_is_printed(printed: str, read: str) -> None:
    assert TOKENIZER.normalise(printed) == read


@given(st.text())
def test_once_is_enough(text: str) -> None:
    once = TOKENIZER.normalise(text)
    assert TOKENIZER.normalise(once) == once


@given(st.text())
def test_canonically_equal_texts_read_equal(text: str) -> None:
    assert TOKENIZER.ids(unicodedata.normalize("NFD", text)) == TOKENIZER.ids(text)
