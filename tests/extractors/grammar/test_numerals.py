"""Numbers in every script a book prints them in."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.grammar.numerals import NUMBER_PATTERN, parse_number, script_of

_DIGITS = "〇一二三四五六七八九"
_FINANCIAL = {"simplified": "零壹贰叁肆伍陆柒捌玖", "traditional": "零壹貳參肆伍陸柒捌玖"}


def _positional(n: int) -> str:
    return "".join(_DIGITS[int(d)] for d in str(n))


def _counted(n: int, digits: str = _DIGITS, ten: str = "十", hundred: str = "百") -> str:
    """Numbers 1..999 by units: 一百二十三, 一百〇三, 十二."""
    hundreds, rest = divmod(n, 100)
    tens, ones = divmod(rest, 10)
    text = digits[hundreds] + hundred if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else digits[tens]) + ten
    elif hundreds and ones:
        text += digits[0]
    return text + (digits[ones] if ones else "")


def _roman(n: int) -> str:
    text = ""
    for value, letters in zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        ["M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I"],
        strict=True,
    ):
        while n >= value:
            text, n = text + letters, n - value
    return text


@given(st.integers(1, 999))
def test_every_script_says_the_same_number(n: int) -> None:
    wide = str(n).translate({ord(str(d)): chr(0xFF10 + d) for d in range(10)})
    forms = [str(n), wide, _positional(n), _counted(n), _roman(n)]
    forms += [_counted(n, digits, "拾", "佰") for digits in _FINANCIAL.values()]
    forms += [_roman(n).lower()] if n < 40 else []
    for form in forms:
        assert parse_number(form) == n, form
        assert parse_number(f"（{form}）") == n
        assert re.fullmatch(NUMBER_PATTERN, form) or form == wide or n > 399


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("廿", 20), ("廿三", 23), ("卅", 30), ("卅一", 31), ("卌五", 45), ("百廿", 120), ("一百廿三", 123),
        ("一○七", 107), ("三零", 30), ("四O", 40), ("一百二", 102), ("百二十", 120), ("拾贰", 12), ("弍", 2),
        ("1O", 10), ("l2", 12), ("2l", 21), ("l", 1), ("xiv", 14),
        ("Ⅻ", 12), ("ⅻ", 12), ("ⅩⅣ", 14), ("①", 1), ("⑳", 20), ("㉑", 21),
        ("㊿", 50), ("⑴", 1), ("⒇", 20), ("⒈", 1), ("㈠", 1), ("㈩", 10), ("㊀", 1), ("❶", 1), ("(3)", 3),
        ("【十二】", 12), (" 12 ", 12), ("⼆", 2), ("⼗⼆", 12), ("0", 0), ("007", 7),
    ],
)  # fmt: skip
def test_printed_forms(text: str, value: int) -> None:
    assert parse_number(text) == value


@pytest.mark.parametrize(
    "text",
    ["", " ", "图", "one",
      "IIII", "VX", "iX", "三三十",
     "二十廿", "十百", "〇一", "1.5", "12a", "²", "½", "O", "c", "()", "1234567890"],
)  # fmt: skip
def test_no_number(text: str) -> None:
    assert parse_number(text) is None


@given(st.text(max_size=12))
def test_any_text_gives_a_natural_number_or_none(text: str) -> None:
    value = parse_number(text)
    assert value is None or value >= 0


@pytest.mark.parametrize(
    ("number", "script"),
    [
        ("12", "arabic"),
        ("１２", "arabic"),
        ("十二", "chinese"),
        ("XII", "roman"),
        ("Ⅻ", "roman"),
        ("⑫", "enclosed"),
    ],
)
def test_script(number: str, script: str) -> None:
    assert script_of(number) == script
