from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.printable import printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("丝绸　图案 (卷二).pdf", "丝绸　图案 (卷二).pdf"),
        ("\x1b]0;owned\x07", r"\x1b]0;owned\x07"),
        ("a\rb\nc\td\x7f", r"a\x0db\x0ac\x09d\x7f"),
        ("\x9b31m", r"\x9b31m"),
        ("\u202efdp.exe\u2066\u200f", r"\u202efdp.exe\u2066\u200f"),
        ("two\u2028lines\u2029", r"two\u2028lines\u2029"),
        ("\U000e0041", r"\U000e0041"),
        ("\udcb5\udce7.pdf", r"\xb5\xe7.pdf"),
        ("\ud800", r"\ud800"),
    ],
)
def test_what_commands_a_terminal_becomes_an_escape(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_some_characters_may_be_kept() -> None:
    assert printable("a\nb\x1b", keep="\n") == "a\nb\\x1b"


@given(st.text())
def test_the_rest_stays_and_nothing_is_escaped_twice(text: str) -> None:
    shown = printable(text)
    assert printable(shown) == shown
    assert all(unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Zl", "Zp") for char in shown)


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs", "M"])))
def test_letters_marks_and_spaces_stay(text: str) -> None:
    assert printable(text) == text
