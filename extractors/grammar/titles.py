"""The title in a caption's text: the name of what is shown, without date, place, collection and credit."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractors.grammar.caption_data import is_date, is_datum, is_place
from extractors.grammar.caption_text import is_credit
from extractors.grammar.characters import fold, has_han

SHORTEST_TITLE = 2
"""Characters of a title at least, but for a caption that is one character (福)."""
LONGEST_PERSON = 4
"""Characters: what is no longer may be the name of a person, not of what is shown (张三 李四 摄)."""

_FROM = re.compile(
    r"[（(](?![由自从從][^（()）]*[摄攝])[^（()）]*(?:出土|[旧舊收馆館]?藏|采集|採集|[绘繪摄攝摹])[)）]$"
)
"""Where a thing was found or is kept, or who drew it, in brackets after its name."""
_PHRASE_END = re.compile(r"[。；;，\n\u3000]|,(?=\D)(?! )")
_REST = re.compile(
    r"(?<=[^\x00-\x7f])(?: (?=[A-Z][A-Za-z'’-]* [A-Za-z])"
    r"| ?(?=[通残殘]?[高长長宽寬深厚径徑][径徑]? ?[0-9]|[直口腹底][径徑] ?[0-9]))"
)
"""Where the English twin or a measure follows a name on its line."""
_SCALE = re.compile(r"[（(](?:[0-9]+ ?[/:∶：] ?[0-9]+|[约約]?[0-9]/[0-9]+|[×xX] ?[0-9]+|原大)[)）]$")
"""The scale of a drawing, in brackets after the name."""
_IN_BRACKETS = re.compile(r"[（(]([^（()）]{1,12})[)）]$")
_NUMBER = re.compile(r"[〇一二三四五六七八九十百]{1,4}|[0-9]{1,4}[.、]?|第.{1,4}[開开幅頁页葉叶]")
"""A number before the name: 十 绿地仙鹤纹方补, 第三開　蟠桃."""
_LATIN_WORD = re.compile(r"[A-Za-z]{3,}")
_CREDIT_WORD = re.compile(
    r"(?:摄影|攝影|绘图|繪圖|绘制|繪製|[图圖]片提供|供[图圖]|拍[摄攝])(?: .{1,12})?|.{1,8} ?[摄攝]"
)
_ENGLISH_DATA = re.compile(r",? (?:[A-Z][a-z]+ (?:dynasty|period)|[0-9]{1,2}(?:st|nd|rd|th) century)\b.*")


def title_of(text: str) -> str:
    """The name in a caption's text: its first phrase that is no date, place, collection or credit.

    A date printed before the name is a part of it (清乾隆　青花梅瓶); what follows the name is not. 主室北壁
    说法图 is a place and a name.
    """
    phrases = [_without_credit(_without_rest(phrase)) for phrase in _PHRASE_END.split(text)]
    names = [i for i, phrase in enumerate(phrases) if _is_name(phrase)]
    named = next((i for i in names if has_han(phrases[i])), min(names, default=None))
    if named is None:
        return next((phrase for phrase in phrases if phrase), "")
    name = _name_in(phrases[named])
    dated = named > 0 and is_date(phrases[named - 1])
    return f"{phrases[named - 1]}\u3000{name}" if dated else name


def _is_name(phrase: str) -> bool:
    if len(phrase) < SHORTEST_TITLE or is_datum(phrase) or is_credit(phrase) or _NUMBER.fullmatch(phrase):
        return False
    return not all(map(_is_no_name, phrase.split(" "))) and _CREDIT_WORD.fullmatch(fold(phrase)) is None


def _is_no_name(word: str) -> bool:
    return is_datum(word) or is_place(word)


def _name_in(phrase: str) -> str:
    """A phrase without the places before the name and the data after it."""
    if not has_han(phrase):
        return _without_brackets(phrase)
    words = phrase.split(" ")
    while len(words) > 1 and _is_before_name(words[0]):
        words = words[1:]
    start = next((i for i, word in enumerate(words) if not is_date(word) and has_han(word)), 0)
    told = [i for i in range(start + 1, len(words)) if _is_no_name(words[i]) or _is_credit(words[i:])]
    return _without_brackets(" ".join(words[: min(told, default=len(words))]))


def _without_brackets(name: str) -> str:
    """A name without a bracket after it that gives its origin, scale or date."""
    bare = _SCALE.sub("", _FROM.sub("", name))
    last = _IN_BRACKETS.search(bare)
    return bare[: last.start()].rstrip() if last and is_date(last[1]) and last.start() else bare


def _is_before_name(word: str) -> bool:
    """Whether a word before the name is no part of it: a place, a number, an English word."""
    left_out = _is_no_name(word) or _NUMBER.fullmatch(word) or _LATIN_WORD.fullmatch(word)
    return bool(left_out) and not is_date(word)


def _is_credit(words: Sequence[str]) -> bool:
    return _CREDIT_WORD.fullmatch(fold(" ".join(words))) is not None


def _without_rest(phrase: str) -> str:
    """A phrase without its English twin, a measure or a dynasty after the name."""
    kept = _REST.split(phrase)[0] if has_han(phrase) else _ENGLISH_DATA.sub("", phrase)
    return _closed(kept).strip(" 　：:")


def _without_credit(phrase: str) -> str:
    """A phrase without the photographer after a name: 祁连山下的戈壁 秋 余青 摄."""
    words = phrase.split(" ")
    credits = [i for i in range(1, len(words)) if _is_credit(words[i:])]
    name = " ".join(words[: max(credits, default=len(words))])
    return name if len(name) > LONGEST_PERSON else phrase


def _closed(phrase: str) -> str:
    """A phrase without a bracket that a mark within it cut open: 组织图（纹部用斜纹，… -> 组织图."""
    opened = max(phrase.rfind("（"), phrase.rfind("("))
    return phrase[:opened] if opened > max(phrase.rfind("）"), phrase.rfind(")")) else phrase
