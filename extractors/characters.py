"""Single characters: what kind they are, and what accidental encodings stand for.

Two changes are made to characters, for two purposes:

* `repair` replaces radical code points (U+2E80..2FDF) by the ordinary ideographs they were meant to be, and
  compatibility ideographs by their unified forms. A font without a proper Unicode map puts them there; nobody
  printed them. The printed caption keeps this repair.
* `fold` goes further (full-width to ASCII, vertical punctuation to horizontal) and keeps the LENGTH of the
  text, so that a match in the folded text gives positions in the original. It serves parsing only.
"""

from __future__ import annotations

import unicodedata

# CJK Radicals Supplement: Unicode gives no compatibility mapping for these, fonts use them all the same.
# Only radicals that are a whole character by themselves; parts such as ⺮ stand for no ideograph.
_SUPPLEMENT = dict(
    zip(
        "⺁⺅⺋⺌⺎⺏⺐⺑⺒⺓⺟⺠⺢⺩⺫⺬⺯⺰⺱⺲⺳⺴⺵⺶⺷⺸⺻⺼⺽⻀⻁⻂⻃⻄⻅⻆⻇⻈⻉⻊⻋⻌⻐⻑⻒⻓⻔⻖⻗⻘⻙⻚⻛⻜⻝⻟⻠⻢⻣⻤⻥⻦⻧⻨⻩⻬⻮⻰⻳",
        "厂亻㔾小兀尣尢𡯂巳幺母民氺王罒示糹纟罓罒罓网网羊羊羊聿月臼艹虎衤覀西见角覀讠贝𧾷车辶钅長镸长门阝雨青韦页风飞食飠饣马骨鬼鱼鸟卤麦黄齐齿龙龟",
        strict=True,
    )
)

_KANGXI = (0x2F00, 0x2FD5)
_RADICALS_SUPPLEMENT = (0x2E80, 0x2EF3)
_COMPATIBILITY_IDEOGRAPHS = ((0xF900, 0xFAFF), (0x2F800, 0x2FA1F))
# Full-width ASCII, vertical and small punctuation, single-letter Roman numerals, the ideographic space.
_FOLDED_RANGES = ((0xFF01, 0xFF5E), (0xFE10, 0xFE19), (0xFE30, 0xFE6B), (0x2160, 0x217F), (0x3000, 0x3000))

_HAN_COMMON = ((0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x3007, 0x3007), (0xF900, 0xFAFF))
_HAN_RARE = (0x20000, 0x3FFFF)


def _within(code: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(low <= code <= high for low, high in ranges)


def is_radical(char: str) -> bool:
    """Is it a radical code point, which no author types?"""
    return _within(ord(char), (_KANGXI, _RADICALS_SUPPLEMENT))


def is_han(char: str) -> bool:
    """Is it a Chinese character (an ideograph or a radical standing for one)?"""
    return _within(ord(char), (*_HAN_COMMON, _HAN_RARE)) or is_radical(char)


def is_rare_han(char: str) -> bool:
    """Is it an ideograph outside the basic plane or in extension A?"""
    return _within(ord(char), (_HAN_RARE, (0x3400, 0x4DBF)))


def repair_char(char: str) -> str:
    """The ordinary ideograph for a radical or compatibility ideograph; any other character as it is."""
    code = ord(char)
    if char in _SUPPLEMENT:
        return _SUPPLEMENT[char]
    if _within(code, (_KANGXI, *_COMPATIBILITY_IDEOGRAPHS)):
        return unicodedata.normalize("NFKC", char)
    return char


def repair(text: str) -> str:
    """`text` with radicals and compatibility ideographs replaced by ordinary ideographs; same length."""
    return "".join(map(repair_char, text))


def _fold_char(char: str) -> str:
    char = repair_char(char)
    if _within(ord(char), _FOLDED_RANGES):
        plain = unicodedata.normalize("NFKC", char)
        return plain if len(plain) == 1 else char
    return " " if char.isspace() else char


def fold(text: str) -> str:
    """`text` in the plainest form that keeps its length: ASCII for full-width, one kind of space."""
    return "".join(map(_fold_char, text))


def has_han(text: str) -> bool:
    """Does `text` hold any Chinese character?"""
    return any(map(is_han, text))
