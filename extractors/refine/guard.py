"""Whether a proposed text is the given one with its slips corrected, or a rewriting of it.

The guard asks no model and knows no word list. Spaces and punctuation may change freely, within the bound on
edits. Everything else is content: nothing may be added, and only where OCR read the page may specks go and a
few characters become others that look alike. Numbers and their neighbours stay.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

from rapidfuzz.distance import Levenshtein

from extractors.grammar.characters import fold
from extractors.refine.look_alikes import look_alike

Reason = Literal[
    "no-text",
    "wrapped",
    "added-content",
    "numbers-changed",
    "script-changed",
    "rewritten",
    "dropped-content",
    "too-different",
]

MOST_SUBSTITUTED = 0.1
"""Share of a text's characters that may be taken for look-alikes: OCR that is worse misreads words, not
characters, and the true reading cannot be told from a likely one."""
SPECKS = frozenset("|¦^`~¬丨丶")
"""What a recogniser makes of specks and rules: the only content that may go. Any other sign may tell a
fact, as the letter of a type does, or the box for a lost character."""
MOST_DROPPED = 0.05
"""Share of a text's characters that may go as specks: more of them are the remains of something printed."""
NUMBER = re.compile(r"9+(?:[p ]*9+)*")
"""A number in the pattern of a text (see `_pattern`), with the marks inside it: 1-2, 3.5, 四〇—四三."""
BEFORE_NUMBER, AFTER_NUMBER = 1, 2
"""Characters beside a number that stay as they are: they say what it counts, and its unit (图3, 高12厘米)."""
MEANINGFUL_MARKS = frozenset("%‰?&@#*/\\§†‡")
"""Punctuation by its Unicode category, but content to a reader: 唐代? is not 唐代."""
FREE_SPACES = frozenset("\n\t")
"""Spaces besides those of the Unicode category; other control characters are no spaces here."""
FENCE = "```"


def judge(raw: str, proposed: str | None, *, from_ocr: bool, max_distance: float) -> Reason | None:
    """Why `proposed` may not replace `raw`; None when it may.

    `from_ocr` says that `raw` was read by OCR, so that look-alikes may be put right. `max_distance` is the
    largest number of character edits, spaces aside, as a share of the longer text's characters.
    """
    if proposed == raw:
        return None
    if proposed is None or not proposed.strip():
        return "no-text"
    if _is_wrapped(raw, proposed):
        return "wrapped"
    if reason := _judge_content(_content(raw), _content(proposed), from_ocr):
        return reason
    if _numbers(raw) != _numbers(proposed):
        return "numbers-changed"
    if Levenshtein.normalized_distance(_dense(raw), _dense(proposed)) > max_distance:
        return "too-different"
    return None


def _judge_content(before: str, after: str, from_ocr: bool) -> Reason | None:
    """Why the content `after` is not `before` with characters misread put right and specks gone."""
    if len(after) > len(before):  # also spares comparing a text with an endless one
        return "added-content"
    edits = Levenshtein.editops(before, after)
    if any(edit.tag == "insert" for edit in edits):
        return "added-content"
    if _measures(before) != _measures(after):
        return "numbers-changed"
    swaps = [(before[e.src_pos], after[e.dest_pos]) for e in edits if e.tag == "replace"]
    if any(_is_traditional(old) != _is_traditional(new) for old, new in swaps):
        return "script-changed"
    few = from_ocr and len(swaps) <= MOST_SUBSTITUTED * len(before)
    if swaps and not (few and all(_is_misreading(old, new) for old, new in swaps)):
        return "rewritten"
    dropped = [before[edit.src_pos] for edit in edits if edit.tag == "delete"]
    few = from_ocr and len(dropped) <= MOST_DROPPED * len(before)
    if dropped and not (few and SPECKS.issuperset(dropped)):
        return "dropped-content"
    return None


def _is_wrapped(raw: str, proposed: str) -> bool:
    """Is it put into a code block, into quotes, or over several lines?"""
    if FENCE in proposed and FENCE not in raw:
        return True
    if proposed.count("\n") > raw.count("\n"):
        return True
    opening = _plain(proposed.lstrip())[0]
    return not _is_content(opening) and not _plain(raw.lstrip()).startswith(opening)


def _is_content(char: str) -> bool:
    """Is it more than a space or a punctuation mark?"""
    if char in MEANINGFUL_MARKS:
        return True
    return char not in FREE_SPACES and unicodedata.category(char)[0] not in "ZP"


def _plain(text: str) -> str:
    """The same characters whatever their width: 12 for １２, ? for ？."""
    return fold(unicodedata.normalize("NFC", text))


def _content(text: str) -> str:
    return "".join(filter(_is_content, _plain(text)))


def _dense(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def _pattern(text: str) -> str:
    """`text` with 9 for each numeral of any script, p for each mark, x for the rest; spaces stay."""
    return "".join(map(_sort_of, text))


def _sort_of(char: str) -> str:
    if char.isnumeric():
        return "9"
    if _is_content(char) and char not in MEANINGFUL_MARKS:
        return "x"
    return " " if char.isspace() else "p"


def _numbers(text: str) -> list[str]:
    """The numbers in their order, with the marks inside them; spaces next to such a mark do not count."""
    plain = _plain(text)
    found = (plain[m.start() : m.end()] for m in NUMBER.finditer(_pattern(plain)))
    return [re.sub(r"\s*([^\s\w])\s*", r"\1", " ".join(number.split())) for number in found]


def _measures(content: str) -> list[str]:
    """Each number with its neighbours."""
    found = NUMBER.finditer(_pattern(content))
    return [content[max(0, m.start() - BEFORE_NUMBER) : m.end() + AFTER_NUMBER] for m in found]


def _is_traditional(char: str) -> bool:
    """Does only the traditional character set know it? 紋, not 纹, nor 官 which both scripts share."""
    return _is_in(char, "big5") and not _is_in(char, "gb2312")


def _is_in(char: str, encoding: str) -> bool:
    try:
        char.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _is_misreading(old: str, new: str) -> bool:
    """Are both letters or ideographs that look alike?"""
    return old.isalpha() and new.isalpha() and look_alike(old, new)
