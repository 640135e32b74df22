"""The number of a label: levels (1-2, 三，1), ranges and lists (四〇—四三; 12、13), sub-labels (a, 上)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from extractors.grammar.numerals import ARABIC, CHINESE, ENCLOSED, ROMAN, parse_number, script_of

Key = tuple[int, ...]

NUMBER = rf"(?:{ENCLOSED}|{ARABIC}|{CHINESE}|{ROMAN})"
"""One number of a label; letters that are only a word's beginning do not match."""

LETTER = r"[A-HJ-UWYZ](?![A-Za-z0-9])"
"""A figure numbered by a letter (图A, Plate B); I, V and X are Roman."""
_FIRST_LETTER = 3000
"""Keys of letters begin beyond every number: A is 3001."""

_LONG_DASHES = "–—―−"
_LEVEL_MARKS = tuple(".·•/之:")
_JOIN = re.compile(
    r"(?:(?P<span> ?[~∼〜至到] ?| ?[–—―−] ?| (?:to|and|&) | ?[、,和及] ?)"
    r"(?:(?:图版|圖版|彩版|图|圖|[Ff]igs?\. ?|[Pp]ls?\. ?) ?)?"
    r"|(?P<level>[-‐‑.·•/之:]| - (?=[0-9]+(?: |$))))"
    rf"(?P<number>{NUMBER})"
)
_FIRST = re.compile(NUMBER)

# A list or range of more members than this is two unrelated numbers.
LONGEST_RANGE = 60
# Plates run on through a book: from here on "图版12—15" is a range, below it may be chapter and number.
_FIRST_SURE_PLATE = 10
_LEVELS = 3
_LARGEST_LEVEL = 999
LARGEST_NUMBER = 2999
# After a second level these show that the point was a decimal point, or the colon opened a title.
_QUANTITY = re.compile(r" ?(?:[年月日件个個张張幅世%×米℃]|[厘釐]米|毫米|cm\b|mm\b|m\b|kg\b)")
_TITLE_END = re.compile(r"$|[\s)\]】〕]")

_SUB = re.compile(
    r"[-–—]?(?P<letter>[A-Za-z])(?![A-Za-z0-9型式区區])(?:[-–—、,~](?P<letter_last>[A-Za-z])(?![A-Za-z]))?"
    r"| ?[(](?P<inner>[A-Za-z]|[0-9]{1,2}|左?[上下左右中]右?)"
    r"(?:[-–—、,~](?P<inner_last>[A-Za-z]|[0-9]{1,2}))?[)]"
    rf"|(?P<ringed>{ENCLOSED})"
    r"|(?P<side>[上下左右中甲乙丙丁]|[左右][上下]|[上下][左右])(?=$|[\s:.,、。;)\]】]|[图圖])"
)
_SECOND_PART = re.compile(r"[(]\s*(?:[bB2]|右|下)\s*[)]|[②]")
_FIRST_SUBS = frozenset({"a", "A", "1", "左", "上", "①"})


@dataclass(frozen=True, slots=True)
class LabelNumber:
    """What was read, and where it ends in the text."""

    key: Key
    last: Key | None
    sub: str
    sub_last: str
    end: int


def _is_span(mark: str, first: str, then: str, a: int, b: int, kind: str, plural: bool) -> bool:
    """Do two numbers joined by `mark` name a range or a list, and not a chapter and a number in it?"""
    if not a < b <= a + LONGEST_RANGE or mark in _LEVEL_MARKS:
        return False
    script = script_of(first)
    same_script = script == script_of(then)
    if mark == "-":
        return same_script and (plural or script == "roman")
    if mark in _LONG_DASHES:
        runs_on = kind == "plate" and a >= _FIRST_SURE_PLATE
        return same_script and (plural or runs_on or script != "arabic")
    return mark != "," or same_script


def _is_level(text: str, mark: str, found: re.Match[str], kind: str) -> bool:
    """Is the number in `found` a further level of the key?"""
    number, end = found["number"], found.end()
    if (parse_number(number) or 0) > _LARGEST_LEVEL or script_of(number) == "enclosed":
        return False
    if mark in ("-", "‐", "‑", "·", "•", "之", *_LONG_DASHES):
        return True
    if mark == ",":
        return kind == "plate" and script_of(number) == "arabic"
    if mark not in (".", ":", "/") or script_of(number) != "arabic":
        return False
    if _QUANTITY.match(text, end):
        return False
    if mark == ":":
        return bool(_TITLE_END.match(text, end))
    # 图1.1.罐 2.钵: the second 1 opens the list of parts.
    return not (text[end : end + 1] == "." and number == "1" and re.search(r"2\.", text[end:]))


def _sub(text: str, at: int) -> tuple[str, str, int]:
    found = _SUB.match(text, at)
    if not found:
        return "", "", at
    sub = found["letter"] or found["inner"] or found["side"] or ""
    if found["ringed"]:
        sub = str(parse_number(found["ringed"]))
    opens_parts = sub in _FIRST_SUBS and (found["inner"] or found["ringed"])
    if opens_parts and _SECOND_PART.search(text, found.end()):
        return "", "", at  # 图1(a)莲花(b)凤: the parts of a caption
    if found["letter"] and text[at - 1] in "OoIl":
        return "", "", at
    return sub, found["letter_last"] or found["inner_last"] or "", found.end()


def read_number(text: str, at: int, kind: str, plural: bool) -> LabelNumber | None:
    """The number of a label that starts at `at` in the folded `text`; None where there is none.

    `kind` is the label's; `plural` says its word is (Figs.), which makes 3-5 a range.
    """
    letter = re.match(LETTER, text[at:])
    if letter and kind != "catalogue":
        return LabelNumber((_FIRST_LETTER + ord(letter[0]) - ord("A") + 1,), None, "", "", at + 1)
    start = _FIRST.match(text, at)
    value = parse_number(start[0]) if start else None
    if start is None or value is None or value > LARGEST_NUMBER:
        return None
    key, last, end, previous = [value], None, start.end(), start[0]
    while found := _JOIN.match(text, end):
        number = parse_number(found["number"])
        mark = (found["span"] or found["level"]).strip()
        if number is None or _QUANTITY.match(text, found.end()):
            break
        reference = last[-1] if last else key[-1]
        if _is_span(mark, previous, found["number"], reference, number, kind, plural):
            last = (*key[:-1], number)
        elif last is None and len(key) < _LEVELS and _is_level(text, mark, found, kind):
            key.append(number)
        else:
            break
        end, previous = found.end(), found["number"]
    sub, sub_last, end = _sub(text, end)
    return LabelNumber(tuple(key), last, sub, sub_last, end)
