"""Numbers as books print them: 12, １２, 十二, 一二, 贰拾, 廿三, XII, Ⅻ, ⑫, ⑿, ㈠."""

from __future__ import annotations

import re
import unicodedata

from extractors.grammar.characters import fold

_DIGITS = {
    char: value
    for value, forms in enumerate(
        (
            "〇○零◯０0OoО",
            "一壹弌壱",
            "二贰貳弐弍",
            "三叁參叄参弎",
            "四肆",
            "五伍",
            "六陆陸",
            "七柒",
            "八捌",
            "九玖",
        )
    )
    for char in forms
}
_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_TENS = {"廿": 20, "卄": 20, "卅": 30, "卌": 40}
_ZEROS = "〇○零◯OoО0"

_HAN_DIGITS = "".join(c for c in _DIGITS if c not in _ZEROS + "０")
_HAN_STARTS = _HAN_DIGITS + "".join(_UNITS) + "".join(_TENS)

# Digits, with the letters that OCR reads for 0 and 1, as long as at least one true digit stands in front.
# A letter run must not go on as a word: "1Ideal" is 1 and a word.
# A lone small l is a 1: Roman fifties are printed as L.
ARABIC = r"(?:[0-9]+(?:[OoIl]+(?![A-Za-z])[0-9]*)*|[Il][0-9]+|l(?![A-Za-z]))"
CHINESE = rf"(?:[{_HAN_STARTS}][{_HAN_STARTS}〇○零◯OoО]*)"
ROMAN = r"(?:[IVXLC]+|[ivx]+|[Ⅰ-ↈ]+)(?![A-Za-z])"
ENCLOSED = r"[\u2460-\u249b\u24ea-\u24ff\u2776-\u2793\u3220-\u3229\u3251-\u325f\u3280-\u3289\u32b1-\u32bf]"

NUMBER_PATTERN = rf"(?:{ARABIC}|{CHINESE}|{ROMAN}|{ENCLOSED})"
"""One printed number of any script, for use inside a larger pattern (no groups)."""

# More digits than this are a year, a page or a code, not the number of a figure; int() stays cheap.
_MAX_DIGITS = 9

_ROMAN_NUMBER = re.compile(r"(?=.)(M{0,3})(CM|CD|D?C{0,3})(XC|XL|L?X{0,3})(IX|IV|V?I{0,3})")
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
_CONFUSED_DIGITS = str.maketrans("OoОIl", "00011")


def _arabic(text: str) -> int | None:
    if not re.fullmatch(ARABIC, text) or len(text) > _MAX_DIGITS:
        return None
    return int(text.translate(_CONFUSED_DIGITS))


def _roman(text: str) -> int | None:
    spelt = unicodedata.normalize("NFKC", text)
    if not spelt.isupper() and set(spelt) - set("ivx"):
        return None
    spelt = spelt.upper()
    if not _ROMAN_NUMBER.fullmatch(spelt):
        return None
    values = [_ROMAN_VALUES[c] for c in spelt]
    return sum(-a if a < b else a for a, b in zip(values, [*values[1:], 0], strict=True))


def _positional(text: str) -> int | None:
    """二〇三 read digit by digit."""
    if len(text) > _MAX_DIGITS or (text[0] in _ZEROS and len(text) > 1):
        return None
    return int("".join(str(_DIGITS[c]) for c in text))


def _counted(text: str) -> int | None:
    """一百二十 read by units. 一百二 is 102, as in the numbering of old books."""
    total, digit, last_unit = 0, None, 10_000
    for char in text:
        if char in _DIGITS:
            if digit not in (None, 0):
                return None
            digit = _DIGITS[char]
            continue
        unit = _TENS.get(char) or _UNITS[char]
        size = 10 if char in _TENS else unit
        if size >= last_unit or (char in _TENS and digit):
            return None
        total += unit if char in _TENS or not digit else digit * unit
        digit, last_unit = None, size
    return total + (digit or 0)


def _chinese(text: str) -> int | None:
    if not text or text[0] in "OoО0" or not all(c in _DIGITS or c in _UNITS or c in _TENS for c in text):
        return None
    return _positional(text) if all(c in _DIGITS for c in text) else _counted(text)


def _enclosed(text: str) -> int | None:
    if not re.fullmatch(ENCLOSED, text):
        return None
    return int(unicodedata.numeric(text))


def parse_number(text: str) -> int | None:
    """The value of `text` when the whole of it is one number, else None.

    Arabic (full-width too, and with the OCR slips O, l, I among digits), Chinese by digit (一二, 二〇三) or
    by unit (十二, 一百二十, 贰拾, 廿三), Roman in either case, circled, parenthesised and dotted numbers.
    """
    plain = fold(text).strip()
    inner = re.fullmatch(r"[(\[〔【](.+)[)\]〕】]", plain)
    if inner:
        plain = inner.group(1).strip()
    if not plain:
        return None
    for read in (_enclosed, _arabic, _chinese, _roman):
        value = read(plain)
        if value is not None:
            return value
    return None


def script_of(number: str) -> str:
    """Which writing a printed number is in: arabic, chinese, roman or enclosed."""
    plain = fold(number).strip()
    for name, pattern in (("enclosed", ENCLOSED), ("arabic", ARABIC), ("chinese", CHINESE)):
        if re.fullmatch(pattern, plain):
            return name
    return "roman"
