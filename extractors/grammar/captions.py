"""The grammar of captions: labels (图1-2, 圖版貳拾, Fig. 3a, Plate XII), and what is only a mention of one.

A label is a word and a number; `label_numbers` reads the number. Text is matched in its folded form
(`characters.fold`), which keeps positions, so that the body returned is what is printed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from extractors.grammar.characters import fold, is_han
from extractors.grammar.label_numbers import LARGEST_NUMBER, LETTER, LONGEST_RANGE, NUMBER, Key, read_number
from extractors.grammar.words import Vocabulary, alternatives, is_spaced, key, vocabulary

# Marks that point from the caption to its picture.
_BULLET = r"[▲△▼▽●○◎■□◆◇★☆↑↓←→◀▶◄►\s]*"
_OPEN, _CLOSE = r"[\[(【〔〖<〈「]", r"[\])】〕〗>〉」]"


_ORDINAL_KINDS = ("figure", "plate", "table")
_NO_ORDINAL = ("版", "照")
"""第一版 is an edition."""


class _Patterns(NamedTuple):
    """What depends on the words in use."""

    start: re.Pattern[str]
    """A label up to its number."""
    ordinal: re.Pattern[str]
    """第三图 as older books print it."""
    mention: re.Pattern[str]
    """A label anywhere in a text: 如图1, see Fig. 3."""


@lru_cache(maxsize=4)
def _patterns(words: Vocabulary) -> _Patterns:
    han, latin = words.label_words(spaced=False), words.label_words(spaced=True)
    counted = alternatives(
        [w for kind in _ORDINAL_KINDS for w in words.words[kind] if not is_spaced(w) and w not in _NO_ORDINAL]
    )
    return _Patterns(
        re.compile(
            rf"{_BULLET}(?P<open>{_OPEN} ?)?"
            rf"(?:(?P<han>{han})(?P<gap> ?)(?:第|之|编?号)? ?"
            rf"|(?P<latin>(?i:{latin}))(?P<gap2> ?)(?:[Nn]o\. ?)?)"
            rf"(?={NUMBER}|{LETTER})"
        ),
        re.compile(rf"{_BULLET}第 ?(?P<number>{NUMBER}) ?(?P<word>{counted})(?=$|[\s:.,、。)])"),
        re.compile(
            rf"(?:{han}) ?(?:第|之)? ?(?:{NUMBER}|{LETTER})"
            rf"|(?i:\b(?:{words.label_words('figure', 'plate', 'table', 'map', spaced=True)}|cat\. ?nos?\.))"
            rf" ?(?:{NUMBER}|{LETTER})"
        ),
    )


_AFTER = re.compile(r"(?P<gap>\s*)(?P<mark>[.:、。·•|/\-‐–—―,;]*)(?P<gap2>\s*)")

# Label words of one character stand in too many words to be trusted before 一二三 and Han (版三彩, 照一面).
_SHORT_WORDS = frozenset("版照表")
# Counters: 图 3 件 is three pieces, 照片1987年 a date; 图3 日本… and 图 3 张骞… are titles.
_COUNTED = re.compile(
    r"(?:\.[0-9]+)?(?P<apart> ?)(?!日[本月晷]|月[氏宫宮牙]|年[画畫代]|世界|[个個]案|[张張][骞騫议議掖家])"
    r"(?:[年月日世个個%℃]|[厘釐]米|毫米|cm\b|mm\b|[件幅张張](?=$|[\s,.、。;:)左以余多]))"
)
# 图一时, 表三维, 图十字: the numeral belongs to the word after it.
_NUMERAL_IN_WORD = re.compile(r"[时時些样樣般致种種直起切定体體旦维維角者次层層度代点點流心方共字神佛面家]")

# 图3，下同): the bracket was opened before the label. A key such as 1) closes none.
_CLOSES_OUTER_BRACKET = re.compile(r"[^()]*[^()0-9a-zA-Z][)]")
_CLOSES_LATER = re.compile(r"[,、和及与與][^()]{1,12}[)]")  # 图1、插图2) closes a bracket of the line before

# Words that continue a sentence about the figure. The first set does so even after a space.
_SENTENCE_WORDS = re.compile(
    r"所[示见見列绘繪]|为例|為例|中(?=[,所的可有A-Za-z0-9])|可[见見知以看]|的|[与與和及](?=[图圖表])|则|也|都(?![城督兰蘭会會])|均(?![窑窯])|还|還"
    r"|[里裡裏](?!耶)|亦|等(?=[,、。;)是])|所(?=[表反描])"
)
_SENTENCE_VERBS = re.compile(
    r"[是为為]|[显顯]示|展示|表[示明现現]|[说說]明|反映|描[绘繪述]|[给給列]出|即|[系係](?![列统統])|示[了出]|[与與和及](?![田阗闐林硕碩布])|同(?=[图圖表第前上])|由|以及"
)
_ENGLISH_SENTENCE = re.compile(
    r"(?:shows?|illustrates?|presents?|depicts?|is|are|was|were|gives?|displays?|represents?|demonstrates?"
    r"|indicates?|provides?|compares?|contains?|lists?|summari[sz]es?|reveals?|plots?|describes?|has|have|can"
    r"|may|also|and|or|above|below|in|of|on|to|that|which|for|from|as|reproduces?|suggests?|includes?"
    r"|makes?|will|would|should|must|does|do|but|with)\b"
)
# Strength by what separates the label from its title.
_MARKED = 0.9  # a full stop, colon or enumeration comma: 图1. … Fig. 3: …
_WIDE_GAP = 0.9  # an ideographic space or two spaces
_SQUARE_BRACKET = 0.9  # 【图1】 is never running text
_ROUND_BRACKET = 0.6  # (图1) stands in running text too
_SPACED = 0.8  # one space: 图1 莲花纹
_LABEL_ONLY = 0.7
_ATTACHED = 0.55  # 图1莲花纹
_ATTACHED_CHINESE = 0.45  # 图一莲花纹; but also 图五百罗汉
_COMMA = 0.3  # 图3，莲花纹 is rare, a comma after a mention is not
_LOWER_CASE = 0.45  # Fig. 3 lotus
_CLOSED_SENTENCE = 0.2  # 图3。
# What lowers it.
_VERB_AFTER_MARK = 0.15  # 图9. 显示了…: the mark still says caption
_VERB_AFTER_SPACE = 0.3  # 图2 是日本…
_VERB_IN_SPACED_TEXT = 0.45  # 图 2 是日本…: here every number has spaces around it
_BARE_CATALOGUE_NUMBER = 0.2  # No. 12 counts many things besides pictures
_LONG_BODY = 0.1
_LONG = 160  # characters; few captions are longer
_SENTENCE_END = 0.1  # an attached title that ends in 。 is rather a sentence

_CAPTION = 0.5
"""A label at least this strong is a caption when nothing else is known."""


@dataclass(frozen=True, slots=True)
class Label:
    """The label of a caption, such as 图1-2 or Plate XII."""

    kind: str
    """figure, plate, photo, drawing, map, catalogue or table."""
    word: str
    """The word as printed: 图, 圖版, Fig."""
    key: Key
    """The number by level: 图1-2 is (1, 2), 图版贰拾 is (20,)."""
    raw: str
    """The label as printed, without brackets and separators around it."""
    sub: str = ""
    """Sub-label: a, 上, 左, 1."""
    last: Key | None = None
    """For a range or list (图版四〇—四三), the last key; else None."""
    sub_last: str = ""
    """For a range of sub-labels (图1a-c), the last one."""

    def keys(self) -> tuple[Key, ...]:
        """All keys the label covers, in order; for 图版四〇—四三 the four."""
        if self.last is None:
            return (self.key,)
        return tuple((*self.key[:-1], n) for n in range(self.key[-1], self.last[-1] + 1))


@dataclass(frozen=True, slots=True)
class _Found:
    """A label where it stands: what scoring needs to know."""

    label: Label
    start: int
    """Where the body starts."""
    mark: str
    """Punctuation between label and body, folded."""
    gap: str
    """White space between label and body, as printed."""
    bracket: str
    """The opening bracket, folded, or ""."""
    spaced: bool
    """Word and number are apart: 图 3."""


def _kind_of_latin(word: str) -> str | None:
    """The kind of a Latin label word, or None for one printed as in running text (figure 3)."""
    if not word[0].isupper() and not word.endswith("."):
        return None
    return vocabulary().label_kinds[key(word)]


def _numbered(text: str, plain: str) -> tuple[Label, int, str, bool] | None:
    """Label, end of its number, opening bracket, and whether word and number are apart."""
    patterns = _patterns(vocabulary())
    ordinal = patterns.ordinal.match(plain)
    if ordinal:
        number = read_number(ordinal["number"], 0, "plate", plural=False)
        if number is None or number.end < len(ordinal["number"]):
            return None
        word = text[ordinal.start("word") : ordinal.end("word")]
        kind = vocabulary().label_kinds[ordinal["word"]]
        return Label(kind, word, number.key, ordinal[0].strip()), ordinal.end(), "", False
    start = patterns.start.match(plain)
    if not start:
        return None
    group = "han" if start["han"] else "latin"
    word = start[group].strip()
    word_kind = vocabulary().label_kinds[key(word)] if start["han"] else _kind_of_latin(word)
    if word_kind is None or (
        group == "latin" and word[-1] != "." and not (start["gap2"] or word_kind == "plate")
    ):
        return None
    plural = group == "latin" and word.rstrip(".").endswith("s")
    number = read_number(plain, start.end(), word_kind, plural=plural)
    if number is None:
        return None
    label = Label(
        word_kind,
        text[start.start(group) : start.end(group)].strip(),
        number.key,
        text[start.start(group) : number.end].strip(),
        number.sub,
        number.last,
        number.sub_last,
    )
    return label, number.end, (start["open"] or "").strip(), bool(start["gap"] or start["gap2"])


def _find(text: str) -> _Found | None:
    """The label at the start of `text`, refused where what follows shows a mention or another word."""
    return _found_in(text, vocabulary())


@lru_cache(maxsize=8192)
def _found_in(text: str, words: Vocabulary) -> _Found | None:
    """As `_find`, under the `words` in use: the stages of a book ask of the same line again and again."""
    plain = fold(text)
    numbered = _numbered(text, plain)
    if numbered is None:
        return None
    label, end, bracket, spaced = numbered
    closing = re.compile(rf" ?{_CLOSE}").match(plain, end)
    if bool(closing) != bool(bracket):
        if closing:
            return None  # the end of (见图3)
        inside = plain.find({"(": ")", "[": "]", "【": "】", "〔": "〕"}.get(bracket, "\0"), end)
        if inside >= 0:
            return None  # (图3，下同) and (图3所示)
    end = closing.end() if closing else end
    after = _AFTER.match(plain, end)
    assert after is not None
    found = _Found(
        label, after.end(), after["mark"], text[end : after.end()].replace(after["mark"], ""), bracket, spaced
    )
    return None if _is_refused(found, plain, end) else found


def _is_refused(found: _Found, plain: str, end: int) -> bool:
    rest = plain[end:]
    body = plain[found.start :]
    counted = _COUNTED.match(rest)
    if counted and (not counted["apart"] or (found.spaced and "\u3000" not in found.gap)):
        return True
    chinese_number = is_han(plain[end - 1]) and not found.bracket
    attached = not found.mark and not found.gap
    in_a_word = found.label.word in _SHORT_WORDS or _NUMERAL_IN_WORD.match(body)
    article = found.label.word.isascii() and body[:1].islower()  # Plate A large …
    if found.label.key[0] > LARGEST_NUMBER and (found.label.word in _SHORT_WORDS or article):
        return not found.mark
    round_number = found.label.raw[-2:] in (
        found.label.word + "百",
        found.label.word + "千",
    )  # 图百花, 图千佛
    if attached and chinese_number and body and (in_a_word or round_number):
        return True
    if not found.bracket and (_CLOSES_OUTER_BRACKET.match(rest) or _CLOSES_LATER.match(rest)):
        return True
    if found.bracket == "(" and found.mark[:1] in tuple("。,;、") and found.mark:
        return True
    if found.mark:
        return False
    if _SENTENCE_WORDS.match(body) or (attached and _SENTENCE_VERBS.match(body)):
        return len(found.gap) < 2
    return bool(_ENGLISH_SENTENCE.match(body)) and len(found.gap) < 2


_ALSO = re.compile(r"[/|·／]?\s*")
"""What parts a label from the same label in another language."""


def parse_label(text: str) -> tuple[Label, str] | None:
    """The label `text` begins with and the rest as printed, or None.

    None also for a mention that starts a sentence (图1所示…, Figure 3 shows…) and for words that only look
    like labels (图书馆, 版本, 照壁, No one). The same label again in another language (图64 / Plate 64) is
    no part of the rest. How sure the label is a caption's, `caption_strength` says.
    """
    found = _find(text)
    if found is None:
        return None
    rest = text[found.start :].strip()
    while (again := _ALSO.match(rest)) and (twin := _find(rest[again.end() :])):
        if twin.label.key != found.label.key:
            break
        rest = rest[again.end() + twin.start :].strip()
    return found.label, rest


def bare_label(text: str) -> Label | None:
    """The label that is all of `text`, in one language or in two (图版64 / Plate 64), else None."""
    parsed = parse_label(text)
    if parsed is None:
        return None
    return parsed[0] if not parsed[1] else None


def range_heading(text: str) -> int | None:
    """The first number of the range that `text` heads, such as 图版四〇—四三 alone on its line, else None.

    Alone, 图96—99 is a range too; before a title it is figure 99 of chapter 96.
    """
    parsed = parse_label(text)
    if parsed is None or parsed[1]:
        return None
    label = parsed[0]
    rising = len(label.key) == 2 and label.key[0] < label.key[1] <= label.key[0] + LONGEST_RANGE
    return label.key[-1] if label.last is not None else label.key[0] if rising else None


def _separator_strength(found: _Found, plain: str, body: str) -> float:
    """Strength by what stands between the label and the body."""
    if found.mark[:1] in ("。", ";"):
        return _CLOSED_SENTENCE
    if not body:
        return _LABEL_ONLY
    if found.bracket:
        return _ROUND_BRACKET if found.bracket == "(" and not found.gap else _SQUARE_BRACKET
    if found.mark[:1] == ",":
        return _COMMA
    if found.mark:
        return _MARKED
    if "\u3000" in found.gap or "\n" in found.gap or len(found.gap) > 1:
        return _WIDE_GAP
    if found.gap:
        return _LOWER_CASE if body[0].islower() and found.label.word.isascii() else _SPACED
    return _ATTACHED_CHINESE if is_han(found.label.raw[-1]) else _ATTACHED


def caption_strength(text: str) -> float:
    """How surely `text` is a caption by its own words, 0..1; 0 where `parse_label` finds no label.

    The separator after the label decides most (see the constants above); a sentence verb right after it, a
    very long body and a bare "No." take away. Position and type size are for the caller to add.
    """
    found = _find(text)
    if found is None:
        return 0.0
    plain = fold(text)
    body = plain[found.start :].strip()
    strength = _separator_strength(found, plain, body)
    if _SENTENCE_VERBS.match(body) or _SENTENCE_WORDS.match(body) or _ENGLISH_SENTENCE.match(body):
        if found.mark:
            strength -= _VERB_AFTER_MARK
        elif found.gap:
            strength -= _VERB_IN_SPACED_TEXT if found.spaced and len(found.gap) == 1 else _VERB_AFTER_SPACE
    if len(body) > _LONG:
        strength -= _LONG_BODY
    if not found.gap and not found.mark and body.endswith("。"):
        strength -= _SENTENCE_END
    if found.label.word.lower().startswith("no"):
        strength -= _BARE_CATALOGUE_NUMBER
    return round(min(1.0, max(0.0, strength)), 3)


def is_mention(text: str) -> bool:
    """Does `text` speak of a numbered figure (如图1-2所示, see Fig. 3) without being a caption itself?

    A scale is no number of a figure: 正立面图 1:50.
    """
    plain = _SCALE.sub("", fold(text))
    return caption_strength(text) < _CAPTION and _patterns(vocabulary()).mention.search(plain) is not None


_SCALE = re.compile(r"(?<![0-9])1 ?[:/∶] ?[0-9]+")
