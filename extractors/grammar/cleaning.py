"""Text cleaning that never invents: it joins, repairs encodings and drops invisible characters, no more."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache

from extractors.grammar.captions import parse_label
from extractors.grammar.characters import is_frequent_han, is_han, repair

# Chinese characters, their punctuation and full-width forms: no space belongs between them. The ideographic
# space is not among them: a printer sets it on purpose.
_WIDE = (
    r"\u2e80-\u2fff\u3001-\u303f\u3105-\u312f\u31a0-\u9fff\uac00-\ud7af\uf900-\ufaff\ufe10-\ufe6f\uff01-\uff65"
    r"\U00020000-\U0003ffff"
)
_WIDE_SPACE = "\u3000"
# Quotes are shared by both scripts; between one and a Chinese character a space is an accident.
_SPACE_BETWEEN_WIDE = re.compile(rf"(?<=[{_WIDE}“”‘’]) +(?=[{_WIDE}“”‘’])")
# Next to a punctuation mark it is one too.
_MARKS = r"\u3001-\u3004\u3008-\u301f\ufe10-\ufe6f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65“”‘’"
_SPACE_AT_MARK = re.compile(rf"(?<=[{_MARKS}]) +(?=[{_WIDE}“”‘’])|(?<=[{_WIDE}“”‘’]) +(?=[{_MARKS}])")
_JOINT = re.compile(r"(?<=\S)(?=\S)")
# A printer spreads whole words (目 录); a space here and there divides a caption (西壁 说法图 北魏).
_SPREAD_SHARE = 0.4
_INVISIBLE = {"\u00ad", "\ufeff"}
_REMOVED_CATEGORIES = frozenset({"Cc", "Cf", "Co", "Cs", "Cn"})
_HYPHENS = "-‐"


@cache
def _is_invisible(char: str) -> bool:
    return char not in "\n\t" and (char in _INVISIBLE or unicodedata.category(char) in _REMOVED_CATEGORIES)


# Double-struck text is told by every character of a run coming twice; shorter runs occur in language (天天).
_DOUBLE_STRUCK_LENGTH = 3


def _undouble(text: str) -> str:
    """`text` with each glyph once, when ALL its characters (spaces apart) are printed twice."""
    dense = re.sub(r"\s+", "", text)
    pairs = len(dense) // 2
    if len(dense) % 2 or pairs < _DOUBLE_STRUCK_LENGTH or dense[::2] != dense[1::2] or len(set(dense)) == 1:
        return text
    return re.sub(r"(\S)(\s*)\1", r"\1\2", text)


def _spaces(text: str) -> str:
    """White space as single spaces, ideographic where one was; between Chinese characters where meant."""
    text = re.sub(r"\s+", lambda found: _WIDE_SPACE if _WIDE_SPACE in found[0] else " ", text)
    gaps, joints = len(_SPACE_BETWEEN_WIDE.findall(text)), len(_JOINT.findall(text))
    spread = gaps > _SPREAD_SHARE * (gaps + joints)
    return (_SPACE_BETWEEN_WIDE if spread else _SPACE_AT_MARK).sub("", text)


def _clean_line(line: str) -> str:
    line = line.strip()
    labelled = parse_label(line)
    if not labelled or not labelled[1]:
        return _spaces(line)
    # The space after 图一 is its punctuation.
    head, body = line[: -len(labelled[1])], labelled[1]
    gap = _spaces(head[len(head.rstrip()) :])
    return _spaces(head.rstrip()) + gap + _spaces(body)


def clean_text(text: str) -> str:
    """`text` as printed, in NFC, without the accidents of its encoding. Idempotent.

    Radical code points become the ideographs they stand for; control, private-use, unassigned and zero-width
    characters go; white space becomes single spaces (line ends are kept), none where a line is spread or next
    to Chinese punctuation, except after a caption's label; text struck twice for bold is read once.
    Full-width forms, punctuation and ideographic spaces stay as printed.
    """
    text = unicodedata.normalize("NFC", repair(unicodedata.normalize("NFC", text)))
    text = unicodedata.normalize("NFC", "".join(c for c in text if not _is_invisible(c)))
    lines = (_clean_line(_undouble(line)) for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def _is_wide(char: str) -> bool:
    return re.match(rf"[{_WIDE}“‘—…]", char) is not None


# A Latin word at the edge of a line, not a single letter as in A型.
_WORD_BEFORE, _WORD_AFTER = re.compile(r"[A-Za-z][A-Za-z’'.,;)]+$"), re.compile(r"[A-Za-z][A-Za-z]")


def _is_label(text: str) -> bool:
    labelled = parse_label(text)
    return labelled is not None and not labelled[1]


def _needs_space(left: str, right: str) -> bool:
    """Does the break between two lines stand for a space?

    In English, where Chinese meets a word, and after a label alone on its line (图一), as its punctuation.
    """
    if _is_label(left):
        return True
    if not _is_wide(left[-1]) and not _is_wide(right[0]):
        return True
    return bool(
        (is_han(left[-1]) and _WORD_AFTER.match(right)) or (_WORD_BEFORE.search(left) and is_han(right[0]))
    )


def _glue(left: str, right: str) -> str:
    """Two lines of one paragraph as one."""
    if left.endswith("\u00ad"):
        return left[:-1] + right
    if not left or not right:
        return left + right
    if left[-1] in _HYPHENS:
        splits_word = left[-2:-1].isalpha() and not is_han(left[-2]) and right[0].islower()
        return (left[:-1] if splits_word else left) + right
    return left + (" " if _needs_space(left, right) else "") + right


def join_lines(lines: Sequence[str], vertical: bool = False) -> str:
    """Lines of one paragraph as running text, cleaned.

    Nothing is put between Chinese lines, a space between English ones and where Chinese meets an English
    word; a word hyphenated at the line's end is closed up when it goes on in lower case. `vertical`: the
    lines are columns, and no space is put in but after a label.
    """
    text = ""
    for line in lines:
        line = line.strip("\n\r\t \u3000")
        if vertical:
            text += " " + line if text and _is_label(text) else line
        else:
            text = _glue(text, line)
    return clean_text(text.replace("\n", ""))


# Latin-1 letters in a row are Chinese text read in the wrong encoding (ÍÅ»¨); European words have one or two.
_MOJIBAKE = re.compile(r"[\u00a1-\u00ff]{3,}|[ÃÂ][\u0080-\u00bf]|ï»¿|锟斤拷|烫烫烫|�")
_CID = re.compile(r"\(cid:\d+\)")
_BAD_CATEGORIES = frozenset({"Co", "Cn", "Cs", "Cc"})
# Blocks no book on the subject uses in quantity; a wrong Unicode map lands in them.
_STRANGE_BLOCKS = (
    (0x0180, 0x024F),
    (0x0530, 0x1CFF),
    (0xA000, 0xABFF),
    (0x2400, 0x245F),
    (0x2800, 0x28FF),
    (0x13A0, 0x13FF),
)


# Pieces of large brackets in the Symbol font, private by number but printed as meant.
_BRACKET_PIECES = (0xF8E5, 0xF8FE)


@cache
def _is_fault(char: str) -> bool:
    code = ord(char)
    if _BRACKET_PIECES[0] <= code <= _BRACKET_PIECES[1]:
        return False
    if char == "\ufffd" or unicodedata.category(char) in _BAD_CATEGORIES:
        return True
    return any(low <= code <= high for low, high in _STRANGE_BLOCKS)


# Nearly all Han of any book are in GB 2312 or among the everyday characters of Big5; of ideographs that a
# wrong map hits at random, under half are. From the upper share on text is sound; up to the lower, salad.
_KNOWN_SOUND, _KNOWN_SALAD = 0.8, 0.5
_LEAST_KNOWN = 12
"""Han needed to judge by: a title may hold several rare characters."""
# A map shifted within GB 2312 hits known characters, but few of the most frequent ones: .11 of its everyday
# half are. Books have .32 and more, page by page.
_FREQUENT_SOUND, _FREQUENT_SALAD = 0.25, 0.1
_LEAST_FREQUENT = 40


@cache
def _is_known(char: str) -> bool:
    """Is `char` in GB 2312, or in level 1 of Big5?"""
    for encoding, low, high in (("gb2312", 0xB0, 0xF7), ("big5", 0xA4, 0xC6)):
        try:
            encoded = char.encode(encoding)
        except UnicodeEncodeError:
            continue
        if len(encoded) == 2 and low <= encoded[0] <= high:
            return True
    return char == "〇"


def _ramp(value: float, low: float, high: float) -> float:
    """0 up to `low`, 1 from `high` on, straight between."""
    return min(1.0, max(0.0, (value - low) / (high - low)))


def _han_quality(han: list[str]) -> float:
    """How far ideographs are those that people write, 0..1; 1 where there are too few to say."""
    if len(han) < _LEAST_KNOWN:
        return 1.0
    known = sum(map(_is_known, han)) / len(han)
    quality = _ramp(known, _KNOWN_SALAD, _KNOWN_SOUND)
    if len(han) >= _LEAST_FREQUENT:
        frequent = sum(map(is_frequent_han, han)) / len(han)
        quality *= _ramp(frequent, _FREQUENT_SALAD, _FREQUENT_SOUND)
    return quality


def text_quality(text: str) -> float:
    """How far `text` is text rather than the output of a broken font map, 0..1; 0 for empty text.

    The share of sensible characters, after radicals are repaired: not private use, replacement, control or
    strange blocks, no (cid:nn), no mojibake; and less where its ideographs are mostly ones no one writes.
    """
    text = repair("".join(text.split()))
    if not text:
        return 0.0
    faults = sum(len(found) for found in _CID.findall(text))
    rest = _CID.sub("", text)
    faults += sum(len(found) for found in _MOJIBAKE.findall(rest))
    rest = _MOJIBAKE.sub("", rest)
    faults += sum(map(_is_fault, rest))
    return (1.0 - faults / len(text)) * _han_quality(list(filter(is_han, rest)))
