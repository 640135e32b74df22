"""What else a caption or a line near a figure may be: a pointer (右图), bilingual, a credit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from extractors.grammar.caption_parts import place_of, split_parts
from extractors.grammar.captions import parse_label
from extractors.grammar.characters import fold, has_han, is_han

Direction = Literal["right", "left", "facing", "next", "previous", "above", "below", "here"]

# Where on that page: 对页左上图, 右页下, 本页中.
_SPOT = r"(?:[左右][上中下]|[上中下][左右]?|[左右中])?(?:[图圖])?"
_ENGLISH_SPOT = r"(?:,? (?:above|below|top|bottom|left|right|centre|center)(?: left| right)?)?"
_DIRECTIONS: dict[Direction, str] = {
    "right": rf"右(?:侧|側|手)?(?:[页頁]{_SPOT}|[图圖])?|(?:on the )?right|[→▶►▷➡⇒⇨☞]",
    "left": rf"左(?:侧|側|手)?(?:[页頁]{_SPOT}|[图圖])?|(?:on the )?left|[←◀◄◁⬅⇐⇦☜]",
    "facing": rf"[对對](?:页|頁|面){_SPOT}"
    rf"|opposite(?: page)?{_ENGLISH_SPOT}|(?:on the )?facing page{_ENGLISH_SPOT}|facing",
    "next": rf"[后後次下][一]?[页頁]{_SPOT}|overleaf|(?:next|following) pages?{_ENGLISH_SPOT}",
    "previous": rf"[前上][一]?[页頁]{_SPOT}|(?:previous|preceding) pages?{_ENGLISH_SPOT}",
    "here": rf"[本此][页頁]{_SPOT}|this page{_ENGLISH_SPOT}",
    "above": r"上[图圖]?|above|[↑▲△⇧⬆]",
    "below": r"下[图圖]?|below|[↓▼▽⇩⬇]",
}

_ARROWS = "→▶►▷➡⇒⇨☞←◀◄◁⬅⇐⇦☜↑▲△⇧⬆↓▼▽⇩⬇"
# A pointer stands alone, in brackets, or before a colon, a space or a label; "左图为…" and "上图书馆" do not.
_POINTER = re.compile(
    r"(?P<open>[(\[【〔])?\s*(?:"
    + "|".join(f"(?P<{name}>(?i:{forms}))" for name, forms in _DIRECTIONS.items())
    + rf")(?P<close>[)\]】〕])?(?P<end>\s*[:.、|]\s*|\s+|$|(?=[图圖彩])|(?<=[)\]】〕{_ARROWS}]))"
)
# By themselves too little to go by: Left panel, above all.
_ADVERBS = frozenset({"right", "left", "facing", "above", "below"})


_SPOT_WORD = re.compile(r"(?<=[页頁面])[左右上中下]{1,2}")
_ENGLISH_SPOT_WORD = re.compile(r"\b(?:above|below|top|bottom|left|right|centre|center)(?: left| right)?$")


@dataclass(frozen=True, slots=True)
class Pointer:
    """Where a caption says its figure is."""

    direction: Direction
    spot: str | None
    """Where on that page: left, top-right, ...; None where it does not say."""
    body: str
    """The text after the pointer."""


def facing(text: str) -> Pointer | None:
    """Where a caption says its figure is (右图, 对页上, overleaf); None without.

    上：莲花 下：凤 points nowhere: its places are parts of the caption.
    """
    found = _POINTER.match(fold(text))
    if not found or bool(found["open"]) != bool(found["close"]):
        return None
    rest = text[found.end() :]
    word = found[0].strip(" ([【〔)]】〕:.、|")
    marked = bool(found["close"] or found["end"].strip() or word in _ARROWS)
    # Overleaf is also the name of a service: an English word points only with its mark or before a label.
    alone = word in "上下左右" or word.lower() in _ADVERBS or (bool(rest) and word.isascii())
    if not marked and alone and not parse_label(rest):
        return None
    if not marked and not found["end"] and rest and not parse_label(rest):
        return None
    if word in "上下左右" and split_parts(text)[1]:
        return None
    direction = next(name for name in _DIRECTIONS if found[name])
    spot = _SPOT_WORD.search(word) or _ENGLISH_SPOT_WORD.search(word.lower())
    named = place_of(spot[0]) if spot and len(spot[0]) < len(word) else None
    return Pointer(direction, named, rest.strip())


def only_points(text: str) -> bool:
    """Whether a text is nothing but pointers: 对页; 左页、本页."""
    pointed = facing(text)
    rest = pointed.body.strip(" 、,，/和与") if pointed is not None else ""
    return pointed is not None and (not rest or only_points(rest))


_ENGLISH_LABEL = re.compile(
    r"(?<![A-Za-z])(?:Fig(?:ure|s)?\.?|Plates?|Pls?\.|Photo|Map|Cat\. ?[Nn]o\.?|Ill\.) ?(?:[0-9]+|[IVXLC]+\b)"
)
# 图版51　铜鼎 / Fig. | 51 Tripod: the number stands on the next line.
_TORN_LABEL = re.compile(r"(?<=[\s/|])(?:Fig(?:ure|s)?\.?|Plates?|Pls?\.|Cat\. ?[Nn]o\.?|Ill\.)$")
_WORD = re.compile(r"[A-Za-zÀ-ÿ]{2,}(?:['’-][A-Za-zÀ-ÿ]+)*")
# Parallel English is at least two words, or one capitalised word of this length (Phoenix).
_SHORTEST_SINGLE = 4
_ONE_WORD = re.compile(r"[A-Z][a-z]{2,}")
"""The whole English of a short name: 陶罐 / Jar."""
_UNIT_WORDS = frozenset({"cm", "mm", "km", "kg", "dpi", "px", "AD", "BC", "CE", "BCE"})


_BETWEEN = " /|\u3000"
_CLOSING = re.compile(r"[^\sA-Za-z]*")
# 的实现, 网络: after these words the Latin before belongs to a Chinese phrase.
_PARTICLE = re.compile(r"[的是在与與和及中为為由之等]")


def _is_english(text: str) -> bool:
    """Is `text`, free of Chinese, a phrase and not a unit, a code or a formula?"""
    words = [word for word in _WORD.findall(text) if word not in _UNIT_WORDS]
    long_words = [word for word in words if len(word) >= _SHORTEST_SINGLE]
    if not long_words or has_han(text):
        return False
    return len(words) > 1 or (words[0][0].isupper() and text.strip().startswith(words[0]))


def _is_label_only(line: str) -> bool:
    """Plate 12 on a line of its own belongs to the Chinese as much as to the English."""
    labelled = parse_label(line)
    return labelled is not None and not labelled[1]


def _split_line(line: str) -> tuple[str, str | None]:
    """One line that holds Chinese, split where English follows or precedes it."""
    first = next(i for i, c in enumerate(line) if is_han(c))
    last = max(i for i, c in enumerate(line) if is_han(c))
    label = _ENGLISH_LABEL.search(line, first)
    if label:
        named = line[label.end() :].strip(" .:")
        if not named or _ONE_WORD.fullmatch(named) or _is_english(line[label.start() :]):
            return line[: label.start()].rstrip(_BETWEEN), line[label.start() :]
    torn = _TORN_LABEL.search(line, first)
    if torn:
        return line[: torn.start()].rstrip(_BETWEEN), torn[0].strip(_BETWEEN)
    # The Chinese ends with its closing punctuation: 莲花纹（局部）。 Lotus
    closing = _CLOSING.match(line, last + 1)
    end = closing.end() if closing else last + 1
    english = line[end:].strip(_BETWEEN)
    apart = line[end : end + 1].isspace() or line[end - 1] in "/|"
    if apart and _is_english(english):
        return line[:end].rstrip(_BETWEEN), english
    return _split_head(line, first)


def _split_head(line: str, first: int) -> tuple[str, str | None]:
    """English before the Chinese, which starts at `first`: Fig. 1 Lotus 图1 莲花; Lotus pattern 莲花纹."""
    head = line[:first]
    english_label = _ENGLISH_LABEL.match(line)
    two_words = len(_WORD.findall(head)) > 1 and not _PARTICLE.match(line, first)
    enough = _is_english(head[english_label.end() :]) if english_label else two_words
    if enough and head[-1:].isspace() and _is_english(head):
        return line[first:], head.rstrip(_BETWEEN)
    return line, None


def split_bilingual(text: str) -> tuple[str, str | None]:
    """The Chinese part of `text`, and the parallel English part where the book prints one, else None.

    Works by lines, and inside the last Chinese line (图1 莲花纹 Fig. 1 Lotus pattern); line ends are kept. A
    label before the Chinese stays with it (Plate 12. 凤纹 Phoenix -> Plate 12. 凤纹, Phoenix). Text wholly in
    English is returned whole, with None.
    """
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    with_han = [index for index, line in enumerate(lines) if has_han(line)]
    if not with_han:
        return text.strip(), None
    chinese: list[str] = []
    english: list[str] = []
    in_english = False
    for index, line in enumerate(lines):
        if index in with_han:
            may_split = index == with_han[-1] or _ENGLISH_LABEL.search(line)
            line, parallel = _split_line(line) if may_split else (line, None)
            in_english = parallel is not None
            english += [parallel] if parallel else []
        else:
            # What follows an English line without Chinese goes on with it: (618–907), of silk.
            alone = bool(chinese) and has_han(chinese[-1]) and _ONE_WORD.fullmatch(line) is not None
            in_english = in_english or alone or (_is_english(line) and not _is_label_only(line))
            if in_english:
                english.append(line)
                continue
        chinese.append(line)
    if english:
        chinese[-1] = chinese[-1].rstrip(_BETWEEN)
    return "\n".join(chinese), "\n".join(english) or None


_CREDIT = re.compile(
    r"[(\[【]? ?(?:"
    r"(?:摄影|攝影|图片来源|圖片來源|图片提供|圖片提供|照片提供|资料来源|資料來源|来源|來源|供图|供圖|图源|圖源|绘图|繪圖|制图|製圖"
    r"|拍摄|拍攝|摄影者|版权所有|版權所有|采自|採自|引自|转引自)\s*[:/]"
    r"|[^。,]{1,20}(?:(?:摄影|攝影|(?<![年月日])[摄攝])|供图|供圖|提供图片|提供照片|惠允使用)[)\]】）]?。?$"
    r"|[^。,]{0,20}©|\(c\) ?[0-9]{4}|copyright\b|all rights reserved"
    r"|(?:photo(?:graph)?s?|images?|picture|drawing)s?(?: credits?)? ?(?::|by\b|courtesy)"
    r"|courtesy of|credits? ?:"
    r"|source ?:|photographed by|reproduced (?:by|with|from)"
    r")",
    re.IGNORECASE,
)

_VIEW = re.compile(r"[由自从從][^,。]{1,4}[向往朝][^,。]{1,3}[摄攝][)\]】]?$")
"""墓地全景（由南向北摄）: from where a picture was taken, not by whom."""

# A list of credits runs to a few lines; longer text is a chapter that begins like one.
_LONGEST_CREDIT = 400


def is_credit(text: str) -> bool:
    """Is `text` a picture credit (摄影：…, Photo by …, © …)?"""
    plain = fold(text).strip()
    credited = len(plain) <= _LONGEST_CREDIT and _CREDIT.match(plain) is not None
    return credited and _VIEW.search(plain) is None
