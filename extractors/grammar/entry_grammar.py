"""The wording of catalogues: entry headings (10 海东青逐兔纹), fields (纹样：…), descriptions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

from extractors.grammar.captions import Label, parse_label
from extractors.grammar.characters import fold, has_han, is_han
from extractors.grammar.label_numbers import Key, read_number
from extractors.grammar.numerals import ARABIC, CHINESE, ENCLOSED, ROMAN, parse_number
from extractors.grammar.words import Vocabulary, alternatives, is_spaced, key, vocabulary


@dataclass(frozen=True, slots=True)
class EntryHeading:
    """The heading of a catalogue entry."""

    number: str
    """The number in Arabic digits: 10 for 10, (十), No. 10."""
    title: str
    """As printed."""
    strength: float
    """How surely it is a heading by its words alone, 0..1."""


_NUMBER = rf"(?:{ARABIC}|{CHINESE}|{ROMAN})"
_HEADING = re.compile(
    rf"\s*(?:(?P<bracket>[(\[【〔](?P<inner>{_NUMBER})[)\]】〕])"
    rf"|(?P<ringed>{ENCLOSED})"
    rf"|第 ?(?P<ordinal>{_NUMBER}) ?[号號件]"
    rf"|(?:(?i:No|Cat|Cat\. ?no|Item|Entry)\.? ?)(?P<english>{ARABIC})"
    rf"|(?P<plain>{_NUMBER}))"
    r"(?P<separator>[.、:·)](?![0-9]) ?|\s+|(?=[^\x00-\x7f0-9]))\s*(?P<title>\S.*)",
    re.DOTALL,
)

# What entries of this kind of book are called after: strong evidence, not a requirement.
_NOUN_ENDING = re.compile(
    r"(?:[纹紋][样樣锦錦绫綾罗羅纱紗缎緞]?|[图圖]|[锦錦绫綾罗羅绮綺纱紗缎緞绸綢绢絹布毯帛绣繡缂緙丝絲]|[袍衣衫裙裤褲帽鞋靴袜襪带帶褥被衾幡幢伞傘旗]"
    r"|[瓶罐壶壺盘盤碗钵缽杯鼎簋尊爵镜鏡炉爐盒俑像马馬塔砖磚瓦钱錢印玺璽璧琮璜佩簪钗釵]|胸背|[补補]子|[残殘]片|[壁]?[画畫]|[天仙菩萨薩佛]"
    r"|[经經卷册冊轴軸碑铭銘]|[枕垫墊套囊袋扇])(?:[(][^)]{1,12}[)]|[之]?[一二三四五六七八九0-9]{0,2})$"
)
_SENTENCE = re.compile(r"[。!?;！？；]|,.*,|[^.]\. [A-Z]")
# A number before these counts or dates and opens no heading.
_COUNTER = re.compile(
    r"(?!千[佛手]|百[花子戏戲]|万[佛字]|[张張][骞騫议議]|[条條][纹紋]|多[宝寶闻聞]|以[前后後]|至[元正])"
    r"(?:[年月日时時分秒岁歲件个個张張幅枚片块塊次种種类類层層节節章页頁条條册冊尊座间間尺寸斤克元位名人万萬千百亿%℃×+=\-~/]"
    r"|世[纪紀]|[厘釐]米|毫米|公[分里尺斤]|平方|cm|mm|km|kg|m\b|左右|多|余|餘|以|至|到)"
)
_SUM = re.compile(r"^[见見参參][图圖表]|[=+×<>|]|\.{4,}|…{2,}|[0-9]{1,4}\s*$")
# 图10 … is a caption; 第三章, 附录 and the like are headings of chapters.
_CHAPTER = re.compile(
    r"(?:第?[一二三四五六七八九十0-9]+[章节節编編]|前言|序言|目[录錄次]|附[录錄]|[参參]考文[献獻]|[结結][语語论論]|引言|摘要|注[释釋])"
)

_LONGEST_TITLE = 25
_LONGEST_ENGLISH_TITLE = 70
"""Also for a Chinese title with its English."""
_LARGEST_ENTRY = 9999
"""Auctions number their lots in four digits."""
_YEARS = range(1500, 2101)
"""Such a number is a year."""

_BASE = 0.5
_NOUN_BONUS = 0.3
_NUMBER_FORM_BONUS = 0.1  # 第12号, No. 12, (3): nothing else looks like it
_SHORT_BONUS = 0.05
_SHORT = 14
_COMMA_LOSS = 0.25
_CHAPTER_NUMBER_LOSS = 0.1  # 三、 numbers chapters more often than entries
_VERB_LOSS = 0.2
_VERB = re.compile(r"[是为為]|的[^图圖]*的|[应應]|可以|我[们們]|进行|進行|如果|因此")


def parse_entry_heading(text: str) -> EntryHeading | None:
    """The entry heading that is the whole of `text` (one line or a joined heading), or None.

    A number and a short title with no sentence punctuation; not a caption, a date, a count or a chapter.
    """
    text = text.strip()
    plain = fold(text)
    found = _HEADING.fullmatch(plain)
    if not found or (parse_label(text) and not found["english"]):
        return None
    printed = found["inner"] or found["ringed"] or found["ordinal"] or found["english"] or found["plain"]
    number = parse_number(printed)
    title = text[found.start("title") :].strip()
    if (
        number is None
        or not 0 < number <= _LARGEST_ENTRY
        or number in _YEARS
        or not _is_title(plain[found.start("title") :])
    ):
        return None
    special = bool(found["bracket"] or found["ringed"] or found["ordinal"] or found["english"])
    if not special and not found["separator"].strip() and _COUNTER.match(fold(title)):
        return None
    chinese = bool(found["plain"]) and is_han(printed[0])
    roman = bool(found["plain"]) and printed[0].isascii() and printed[0].isalpha()
    if (chinese or roman) and not found["separator"]:
        return None  # 一佛二菩萨, 三彩马
    strength = _heading_strength(title, special, chinese)
    return EntryHeading(str(number), title, strength)


def _is_title(plain: str) -> bool:
    has_english = re.search(r"[A-Za-z]{3}", plain) is not None
    letters = sum(c.isalpha() for c in plain)
    return (
        1 < len(plain) <= (_LONGEST_ENGLISH_TITLE if has_english else _LONGEST_TITLE)
        and sum(map(is_han, plain)) <= _LONGEST_TITLE
        and letters * 2 >= len(plain)
        and not _SENTENCE.search(plain)
        and not _SUM.search(plain)
        and not _CHAPTER.match(plain)
        and (has_han(plain) or plain[0].isupper())
        and plain[-1] not in ",、:-"
    )


def _heading_strength(title: str, special: bool, chinese: bool) -> float:
    plain = fold(title)
    strength = _BASE
    # 莲花纹锦 唐代: the date may follow the name.
    strength += _NOUN_BONUS if any(map(_NOUN_ENDING.search, re.split(r"[\s,]+", plain))) else 0
    strength += _NUMBER_FORM_BONUS if special else 0
    strength += _SHORT_BONUS if len(plain) <= _SHORT else 0
    strength -= _COMMA_LOSS if "," in plain else 0
    strength -= _CHAPTER_NUMBER_LOSS if chinese else 0
    strength -= _VERB_LOSS if _VERB.search(plain) else 0
    return round(min(1.0, max(0.0, strength)), 3)


class _FieldPatterns(NamedTuple):
    """What depends on the words in use."""

    labelled: re.Pattern[str]
    run_in: re.Pattern[str]


@lru_cache(maxsize=4)
def _field_patterns(words: Vocabulary) -> _FieldPatterns:
    forms = words.field_words()
    han = alternatives([word for word in words.field_kinds if not is_spaced(word)])
    return _FieldPatterns(
        re.compile(
            r"[\s●○•·■□◆◇▲△※*★☆►▶]*"
            rf"(?:(?P<open>[【\[〔<〈(])\s*(?P<bracketed>(?i:{forms}))[①-⑳]?\s*[】\]〕>〉)]\s*[:]?"
            rf"|(?P<word>(?i:{forms}))[①-⑳]?(?P<end>\s*:|\s{{1,6}}(?=\S)|\s*[|/—](?=.)|\s*$))\s*",
        ),
        re.compile(rf"(?:{han})(?=[^\s:|/】\]])"),
    )


_COUNTED_FIELDS = ("pattern", "crop", "detail")
_COUNTED = re.compile(r"[0-9]{1,3}(?:[-.][0-9]{1,3})*\s*[一-龥]")
"""A number and a name, as after the label of a picture."""


def parse_labelled(text: str) -> tuple[str, str] | None:
    """The field a paragraph opens with and its body as printed, or None.

    Fields: pattern, crop, collection, detail, date, material, technique, size, provenance, source, note,
    title. Forms: 纹样：…, 【纹样】…, ●纹样 …, 纹样 … , and the label alone on its line (empty body).
    """
    # 藏　址：two-character labels are spread to the width of longer ones.
    plain = fold(text)
    spread = re.match(r"([\s●○•·■□◆◇▲△※*]*[\[【〔]?)([一-龥])\s+([一-龥])(?=\s*[:】\]〕]|\s)", plain)
    shift = 0
    if spread and spread[2] + spread[3] in vocabulary().field_kinds:
        closed = spread[1].strip() + spread[2] + spread[3]
        shift = spread.end() - len(closed)
        plain = closed + plain[spread.end() :]
    found = _field_patterns(vocabulary()).labelled.match(plain)
    if not found:
        return None
    word = found["bracketed"] or found["word"]
    field = vocabulary().field_kinds[key(word)]
    if found["bracketed"] and plain[found.end() : found.end() + 1] in tuple(",;、。)"):
        return None  # （局部），明代: the end of a title
    counted = field in _COUNTED_FIELDS and _COUNTED.match(plain, found.end()) is not None
    if counted and not found["bracketed"] and ":" not in (found["end"] or ""):
        return None  # 纹样 3-01 联珠对鸟纹: the label of a picture
    if word.isascii() and not found["bracketed"] and ":" not in (found["end"] or ""):
        return None  # "Pattern of life": English words need their colon
    return field, text[found.end() + shift :].strip()


def run_in_field(text: str) -> tuple[str, int] | None:
    """The field word `text` begins with, without any mark after it, and its length; None without one.

    Not a label by itself (纹样精美): for callers who see a book use the word so again and again.
    """
    found = _field_patterns(vocabulary()).run_in.match(fold(text))
    return (found[0], found.end()) if found else None


HeadingKind = Literal["descriptions", "list"]

_SECTION_HEADINGS: dict[HeadingKind, str] = {
    "descriptions": r"(?:附[录錄]?[一二三]?[:]?)?(?:彩色|黑白|壁[画畫])?"
    r"(?:[图圖]?[版录錄]|彩版|[插彩][图圖]|[壁][画畫]|作品|展品|文物|[图圖]片)?"
    r"(?:目[录錄次](?:[与與和及暨]|[、·]))?(?:(?:文字)?[说說説]明(?:文字|[与與和及][解说說图圖版]+)?|解[说說题題析]|[释釋]文|注[释釋]|提要|[叙敘][录錄])"
    r"(?:\([续續一二三上下]\))?"
    r"|(?:notes|commentary|comments) (?:on|to) (?:the )?(?:plates|illustrations)"
    r"|(?:plate|catalogue) (?:descriptions?|notes|entries)"
    r"|(?:descriptions?|explanation) of (?:the )?plates",
    "list": r"(?:[图圖]版|彩版|插[图圖]|[图圖]片)(?:目[录錄次]|[总總]目|一[览覽]|索引|清[单單])"
    r"|list of (?:the )?(?:colou?r )?(?:plates|figures|illustrations)",
}


def parse_description_heading(text: str) -> HeadingKind | None:
    """Is `text` the heading of the plate descriptions (图版说明) or of the list of plates (图版目录)?"""
    plain = re.sub(r"(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f])", "", fold(text).strip(" \n【】[]〔〕·—-:："))
    for kind, pattern in _SECTION_HEADINGS.items():
        if re.fullmatch(pattern, plain, re.IGNORECASE):
            return kind
    return None


_PLATES = r"(?:[为為]|[诸諸各])?(?:[图圖彩插]版?|照片)+(?:[说說]明|目[录錄])?"
_LIST_HEADINGS: dict[Literal["next", "previous"], str] = {
    "next": rf"(?:以下|下列|[后後]附|下[为為]){_PLATES}|(?:the )?(?:following plates|plates overleaf)",
    "previous": rf"(?:以上|上列|前附|上[为為]){_PLATES}|(?:the )?preceding plates",
}


def list_direction(text: str) -> Literal["next", "previous"] | None:
    """Where the plates are that a list without numbers is headed by (以下图版, 以上图版), or None."""
    plain = re.sub(r"\s+", " ", fold(text).strip(" \n【】[]〔〕·—-:："))
    for direction, pattern in _LIST_HEADINGS.items():
        if re.fullmatch(pattern, plain, re.IGNORECASE):
            return direction
    return None


@dataclass(frozen=True, slots=True)
class DescriptionStart:
    """How a paragraph among the plate descriptions begins."""

    key: Key
    last: Key | None
    sub: str
    body: str
    """Title and text after the number, as printed."""


_START = re.compile(
    r"\s*(?:(?P<open>[(\[【〔])|第(?=.{1,6}[图圖幅号號]))?(?:(?i:No)\.? ?)?"
    rf"(?={ENCLOSED}|{ARABIC}|{CHINESE}|[IVXLC]+(?![A-Za-z]))"
)
_START_END = re.compile(
    r"(?P<close>[)\]】〕])?(?:[图圖幅号號])?(?P<separator>\s*[.、:·,]\s*|\s+|$|(?<=[)\]】〕]))"
)


# 24.A 口沿: the letter counts the pictures of piece 24.
_PART = re.compile(r"\.(?P<letter>[A-Za-z])(?:[.、:]\s*|\s+)")


def parse_description_start(text: str) -> DescriptionStart | None:
    """Number and rest of a paragraph in the section of plate descriptions, or None for one that goes on.

    一 莫高窟…, 1. …, 图版1 …, 八上 …, 八（上） …, 8-1 …, No. 12 …. Only for use inside that section:
    a bare number opens many other paragraphs.
    """
    labelled: tuple[Label, str] | None = parse_label(text)
    if labelled:
        label, body = labelled
        return DescriptionStart(label.key, label.last, label.sub, body)
    plain = fold(text)
    start = _START.match(plain)
    number = read_number(plain, start.end(), "plate", plural=False) if start else None
    if start is None or number is None:
        return None
    end = _START_END.match(plain, number.end)
    if not end or bool(end["close"]) != bool(start["open"]):
        return None
    # 12 件 is a count; 四四 千佛 is not: after a Chinese number the counter follows without a space.
    if not (is_han(plain[number.end - 1]) and end["separator"]) and _COUNTER.match(plain[end.end() :]):
        return None
    if number.key[0] > _LARGEST_ENTRY or number.key[0] in _YEARS:
        return None
    part = _PART.match(plain, number.end) if not number.sub else None
    if part:
        return DescriptionStart(number.key, number.last, part["letter"], text[part.end() :].strip())
    return DescriptionStart(number.key, number.last, number.sub, text[end.end() :].strip())
