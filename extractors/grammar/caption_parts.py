"""A shared caption taken apart: 图3 陶器 1. 罐 2. 钵; (a) … (b) …; 上：… 下：…; 莲花(左)、凤(右)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from extractors.grammar.characters import fold
from extractors.grammar.numerals import parse_number


@dataclass(frozen=True, slots=True)
class Part:
    """What a caption says of one panel, or of several."""

    keys: tuple[str, ...]
    """The panel labels as numbers or lower-case letters: ("3", "4") for 3、4. 壶; () for a place."""
    position: str | None
    """left, right, top, bottom, centre, top-left, …; None for labelled parts."""
    text: str


@dataclass(frozen=True, slots=True)
class _Marker:
    start: int
    end: int
    keys: tuple[str, ...]
    position: str | None = None


_LIST = r"(?:\s*[、,~∼〜\-–—&和至]\s*{one}){{0,30}}"
_NUMBER = r"[0-9]{1,2}"
_LETTER = r"[A-Za-z]"
_STEMS = "甲乙丙丁戊己庚辛"
"""Old books count panels by the heavenly stems."""
RING = r"[\u2460-\u2487\u3251-\u325f]"
"""A number in a ring, as a pattern."""

# Not inside a number, a code or a word: M3:2, 1987.5, A1. A closing bracket or Han may stand before.
_FREE = r"(?<![0-9A-Za-z.\-–—+×/])(?<![0-9A-Za-z]:)"
# A stop after a number, unless it is a decimal point; the wide forms are kept apart by folding later.
_STOP = r"\s?[.、:)](?![0-9])"


def _listed(one: str) -> str:
    return rf"{one}{_LIST.format(one=one)}"


_FAMILIES: tuple[re.Pattern[str], ...] = (
    re.compile(rf"[(](?P<keys>{_listed(_LETTER)})[)]"),
    re.compile(rf"(?P<keys>{_listed(rf'[(]{_LETTER}[)]')})"),
    re.compile(rf"(?P<keys>{_listed(RING)})"),
    re.compile(rf"[(](?P<keys>{_listed(_NUMBER)})[)]"),
    re.compile(rf"(?:(?<=^)|(?<=[\s;,。、]))[(]?(?P<keys>{_listed(f'[{_STEMS}]')})(?:[)]|{_STOP}|\s+(?=\S))"),
    re.compile(rf"{_FREE}(?P<keys>{_listed(_NUMBER)}){_STOP}"),
    # Not the points of A.D.
    re.compile(rf"{_FREE}(?P<keys>{_listed(_LETTER)})\s?[.、:)](?![A-Za-z0-9])"),
    # Without a stop: only where white space or punctuation sets the number apart and no counter follows.
    re.compile(
        rf"(?:(?<=^)|(?<=[\s;,。、]))(?P<keys>{_listed(_NUMBER)})\s*(?=[^\s0-9.,:;、)\-年月日件个個张張号號世厘毫c%×m])"
    ),
)

_PLACES = {
    "left": "左|左图|左圖|左中|left",
    "right": "右|右图|右圖|右中|right",
    "top": "上|上图|上圖|top|above|upper",
    "bottom": "下|下图|下圖|bottom|below|lower",
    "centre": "中|中图|中圖|中间|中間|centre|center|middle",
    "top-left": "左上|左上图|top left|upper left|above left",
    "top-right": "右上|右上图|top right|upper right|above right",
    "bottom-left": "左下|左下图|bottom left|lower left|below left",
    "bottom-right": "右下|右下图|bottom right|lower right|below right",
}
_PLACE_OF = {form: place for place, forms in _PLACES.items() for form in forms.split("|")}
_PLACE_OF |= {"上左": "top-left", "上右": "top-right", "下左": "bottom-left", "下右": "bottom-right"}
_PLACE = "|".join(sorted(_PLACE_OF, key=lambda form: (-len(form), form)))
_PLACE_COLON = re.compile(rf"(?<![A-Za-z])(?P<place>(?i:{_PLACE})) ?:")
_PLACE_SPACE = re.compile(rf"(?:^|(?<=[\s;,。、:]))(?P<place>(?i:{_PLACE}))\s+(?=\S)")
_PLACE_BRACKET = re.compile(rf"[(\[](?P<place>(?i:{_PLACE}))[)\]]")


def place_of(word: str) -> str | None:
    """The place that a word names: 左上 -> top-left; None for any other word."""
    return _PLACE_OF.get(word.lower())


_TRIM = " \t\n\u3000;；,，、"
# White-space numbering (1 罐 2 钵) is weak: fewer parts than this are a count or a size.
_BARE_PARTS = 3


def _expand(keys: str) -> tuple[str, ...]:
    """The single keys of a printed list: 1、3 -> 1 3; 1—4 -> 1 2 3 4; a-c -> a b c."""
    tokens = re.findall(rf"{RING}|[0-9]+|[A-Za-z]|[{_STEMS}]|[~∼〜\-–—至]", keys)
    found: list[int] = []
    letters = any(token.isalpha() and token.isascii() for token in tokens)
    ranged = False
    for token in tokens:
        if token in "~∼〜-–—至":
            ranged = True
            continue
        value = ord(token.lower()) - 96 if letters else _STEMS.find(token) + 1 or parse_number(token)
        assert value is not None
        found.extend(range(found[-1] + 1, value + 1) if ranged and found else [value])
        ranged = False
    return tuple(chr(96 + n) if letters else str(n) for n in found)


def _markers(pattern: re.Pattern[str], plain: str) -> Iterator[_Marker]:
    for found in pattern.finditer(plain):
        keys = _expand(found["keys"])
        before = plain[: found.start()]
        inside_brackets = before.count("(") > before.count(")")
        if keys and len(set(keys)) == len(keys) and not inside_brackets:
            yield _Marker(found.start(), found.end(), keys)


def _order(key: str) -> int:
    return int(key) if key.isdigit() else ord(key) - 96


def _chain(markers: Iterator[_Marker]) -> list[_Marker]:
    """The markers that number parts: each holds the smallest number not used before it.

    So 1、3. … 2. … 4. … is a chain, and a date or a size between two parts is not in it.
    """
    chain: list[_Marker] = []
    used: set[int] = set()
    for marker in markers:
        numbers = {_order(key) for key in marker.keys}
        expected = next(n for n in range(1, len(used) + 2) if n not in used)
        if min(numbers) == expected and not numbers & used:
            chain.append(marker)
            used |= numbers
    return chain


def _places(pattern: re.Pattern[str], plain: str) -> list[_Marker]:
    """Place words, as far as no place comes twice."""
    markers: list[_Marker] = []
    for found in pattern.finditer(plain):
        place = _PLACE_OF[found["place"].lower()]
        if place in [marker.position for marker in markers]:
            return []
        markers.append(_Marker(found.start(), found.end(), (), place))
    return markers


def _merged(text: str, markers: list[_Marker]) -> list[_Marker]:
    """Markers with nothing but a comma between them, (a)、(b) 罐, as one."""
    merged = markers[:1]
    for marker in markers[1:]:
        last = merged[-1]
        if marker.position is None and not text[last.end : marker.start].strip(_TRIM):
            merged[-1] = _Marker(last.start, marker.end, last.keys + marker.keys)
        else:
            merged.append(marker)
    return merged


def _prefixed(text: str, markers: list[_Marker]) -> tuple[str, list[Part]]:
    markers = _merged(text, markers)
    ends = [marker.start for marker in markers[1:]] + [len(text)]
    parts = [
        Part(marker.keys, marker.position, text[marker.end : end].strip(_TRIM))
        for marker, end in zip(markers, ends, strict=True)
    ]
    return text[: markers[0].start].strip(_TRIM + ":："), parts


_PANEL_KEY = re.compile(
    rf"\s*(?:[(](?P<inner>{_NUMBER}|{_LETTER})[)]|(?P<ring>{RING})"
    rf"|(?P<bare>{_NUMBER}|{_LETTER})(?:\s?[.、:)](?![0-9])|\s+(?=[^\x00-\x7f])))\s*(?=\S)"
)


def panel_key(text: str) -> tuple[str, str] | None:
    """The panel that a line names at its beginning, and the rest: (b) 绢 -> b, 3. 罐 -> 3; else None."""
    found = _PANEL_KEY.match(fold(text))
    if found is None:
        return None
    printed = found["inner"] or found["ring"] or found["bare"]
    return _expand(printed)[0], text[found.end() :].strip()


def plain_label(label: str) -> str:
    """A printed panel label as the key of parts and lines: (1) -> 1, ② -> 2, C. -> c, 乙 -> 2."""
    bare = label.strip("()（）[]〔〕［］．. 、")
    if len(bare) == 1 and bare.isascii() and bare.isalpha():
        return bare.lower()
    value = _STEMS.find(bare) + 1 if len(bare) == 1 and bare in _STEMS else parse_number(bare)
    return str(value) if value is not None else bare.lower()


_AND = r"(?:和|与|與|及|以及|暨|and )"
_AFTER_SUFFIX = re.compile(rf"\s*(?:[、,;。.]|{_AND}|$)")
"""What follows a marker that stands after its text."""


def _follow_their_texts(plain: str, markers: list[_Marker]) -> bool:
    """Whether markers in brackets stand behind what they mark: 莲花(左)、凤(右); 铜镜(1)与拓片(2)."""
    first = markers[0]
    bracketed = plain[first.start] in "([" or plain[first.end - 1] in ")]"
    return (
        bool(bracketed and plain[: first.start].strip(_TRIM))
        and plain[first.start - 1] not in ":。"
        and all(_AFTER_SUFFIX.match(plain, marker.end) for marker in markers)
    )


def _suffixed(text: str, markers: list[_Marker]) -> tuple[str, list[Part]]:
    """The parts before their markers; what follows the last one is common to all."""
    starts = [0] + [marker.end for marker in markers[:-1]]
    parts = [
        Part(
            marker.keys,
            marker.position,
            re.sub(rf"^{_AND}\s*", "", text[start : marker.start].strip(_TRIM)),
        )
        for marker, start in zip(markers, starts, strict=True)
    ]
    return text[markers[-1].end :].strip(_TRIM + "。."), parts


def _counts(markers: list[_Marker]) -> bool:
    """Are these parts, and not one stray number? Two markers, or one for several panels."""
    return len(markers) > 1 or sum(len(marker.keys) for marker in markers) > 1


_LIST_IN_BRACKETS = re.compile(
    r"(?P<stem>[^()]+)[(](?P<list>[^()]*(?:[(][^()]*[)][^()]*)*)[)](?:[。.]?|(?P<data>\s[^()]+))"
)
"""A text with brackets that may list its parts, and data after them: 显微照片（a. 经线　b. 纬线）　明嘉靖."""


def split_parts(text: str) -> tuple[str, list[Part]]:
    """The common stem of a caption (without its label) and its parts; no parts where it has none.

    Parts are numbered from 1 or a, in order, or named by place. Texts are as printed, without the separators
    around them. 陶器 1、3. 罐（M3:2） 2. 钵 -> ("陶器", parts with keys (1, 3) and (2,)).
    """
    plain = fold(text)
    listed = _LIST_IN_BRACKETS.fullmatch(plain)
    if listed is not None:
        common, inner = split_parts(text[listed.start("list") : listed.end("list")])
        if len(inner) > 1 and not common:
            data = text[listed.start("data") :] if listed["data"] else ""
            return text[: listed.end("stem")].strip(_TRIM) + data, inner
    candidates: list[list[_Marker]] = []
    for family in _FAMILIES:
        chain = _chain(_markers(family, plain))
        least = _BARE_PARTS if family is _FAMILIES[-1] else 1
        if _counts(chain) and len(chain) >= least:
            candidates.append(chain)
    for pattern in (_PLACE_COLON, _PLACE_BRACKET, _PLACE_SPACE):
        places = _places(pattern, plain)
        if len(places) > 1:
            candidates.append(places)
    if not candidates:
        return text.strip(), []
    # More parts win; with as many, the one that begins first (the other is nested in it).
    markers = min(candidates, key=lambda found: (-len(found), found[0].start))
    if _follow_their_texts(plain, markers):
        return _suffixed(text, markers)
    return _prefixed(text, markers)
