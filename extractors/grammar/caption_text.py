"""What else a caption or a line near a figure may be: a pointer (右图), bilingual, a credit, metadata."""

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


# A list of credits runs to a few lines; longer text is a chapter that begins like one.
_LONGEST_CREDIT = 400


def is_credit(text: str) -> bool:
    """Is `text` a picture credit (摄影：…, Photo by …, © …)?"""
    plain = fold(text).strip()
    return len(plain) <= _LONGEST_CREDIT and _CREDIT.match(plain) is not None


_FIELD = re.compile(
    r"[【\[●·]?\s*(?:年代|[时時]代|朝代|材[质質]|[质質]地|[质質]料|尺寸|[规規]格|[现現]藏|收藏|收藏地|收藏[单單]位|藏址|藏地|[馆館]藏"
    r"|出土|出土地|出土地[点點]|出土[时時][间間]|[发發]现地|工[艺藝]|技法|[编編][号號]|登[记記][号號]|登[录錄][号號]|入藏[号號]|[来來]源地"
    r"|period|dates?|dynasty|materials?|medium|dimensions?|size|collection|provenance|technique"
    r"|accession (?:no\.?|number)|inv\. ?no\.?)\s*[】\]:|]",
    re.IGNORECASE,
)
_DYNASTY = (
    r"(?:(?:新石器|旧石器|青铜)时代|[夏商周秦汉漢晋晉隋唐宋辽遼金元明清]|西周|东周|東周|春秋|战国|戰國|西汉|西漢|东汉|東漢|三国|三國"
    r"|[西东東]晋|十六国|十六國|南北朝|北朝|南朝|北[魏齐齊周宋凉涼]|西[魏夏]|东魏|東魏|五代|南宋|西秦|吐蕃|回鹘|民国|民國"
    r"|[盛中晚初]唐)"
)
_MEASURE = r"[0-9]+(?:\.[0-9]+)?"
_UNIT = r"(?:[厘釐]米|公分|毫米|公[厘釐]|米|cm|mm|in\.)"
_SIZE = rf"(?:{_MEASURE}\s*(?:[×xX*]\s*{_MEASURE}\s*)*{_UNIT})"
_DIMENSION = (
    r"(?:[通残殘]?[长長宽寬高深厚径徑]|[直口底][径徑]|[纵縱横橫]"
    r"|(?i:height|width|length|diameter|diam|[hwld]))"
)
_METADATA = re.compile(
    r"\s*(?:"
    rf"{_DYNASTY}[代朝]?(?:[早中晚]期)?\s*(?:\([^)]*[0-9][^)]*\)|,?\s*[0-9]{{1,2}}世[纪紀])"
    rf"|{_DYNASTY}(?:[代朝](?:[早中晚]期)?|[早中晚]期)"
    r"|公元前?[0-9]+(?:[—–-]前?[0-9]+)?年|[0-9]+[—–-][0-9]+年"
    r"|(?:绢本|絹本|纸本|紙本|布本|麻本|綾本|绫本)(?:[设設]色|水墨|墨[笔筆]|彩绘|彩繪|泥金)?"
    rf"|(?:{_DIMENSION}\.?\s*{_MEASURE}\s*{_UNIT}?\s*[,;、]?\s*)*{_DIMENSION}\.?\s*{_SIZE}"
    rf"|{_SIZE}"
    r"|(?:[一-龥]{2,12}(?:博物馆|博物館|博物院|研究院|研究所|图书馆|圖書館|考古所)|[正]仓院)(?:藏|收藏)"
    r"|(?:现|現|今)藏(?:于|於)?[一-龥A-Za-z· ]{2,25}"
    r"|(?:The )?(?:(?:[A-Z][a-zé]+ )+(?:Museum|Gallery|Library)"
    r"|(?:[A-Z][a-zé]+ )*(?:Museum|Gallery) of [A-Z][A-Za-z ]+)"
    r"(?:, [A-Z][A-Za-z ]+)*"
    r"|(?:[A-Z][a-z]+ (?:to [A-Z][a-z]+ )?)+(?:dynasty|period)(?:\s*\([^)]*\)|, [^,]{1,30})?"
    r"|(?i:ink and colou?rs?|colou?rs?|ink|pigments?) on (?:silk|paper|plaster|hemp|clay)"
    r")\s*[.;,]?\s*"
)
# A line of data is short; a paragraph that begins like one is not looked at.
_LONGEST_METADATA = 120


def is_metadata(text: str) -> bool:
    """Is the whole of `text` a line of data (date, material, size, collection), not a caption?

    Strict: a named field with a colon, or nothing but one such datum. A dynasty inside a title is no hit.
    """
    plain = fold(text)
    if len(plain) > _LONGEST_METADATA or parse_label(text) is not None:
        return False
    return _FIELD.match(plain.strip()) is not None or _METADATA.fullmatch(plain) is not None


DATA_LENGTH = 40
"""Characters: a line with a measure or a span of years in it that is no longer is data, not a sentence."""
_DATUM = re.compile(
    r"[高长長宽寬径徑厚]\s*[0-9.]+\s*(?:[厘釐]米|毫米|公分|米|cm|mm)"
    r"|\([约前公元]*[0-9]{3,4}年?\s*[—–-]+\s*前?[0-9]{3,4}年?\)"
    r"|^(?:[馆館]藏[号號]|藏品[编編]?[号號]|(?i:acc|inv)\. ?[Nn]o\.?)\s*[0-9A-Z]"
)
DATA_WORDS = 8
"""Chinese characters of such a line besides (北宋, 和田玉); more is a sentence that tells a measure."""
_ENGLISH_DATA = (
    *("dynasty", "dynasties", "period", "century", "museum", "collection", "institute", "university"),
    *("bureau", "library"),
)


def is_data(text: str) -> bool:
    """Whether a line of a caption block is data, in either language or both side by side."""
    chinese, english = split_bilingual(text)
    if is_metadata(text) or is_metadata(chinese):
        return True
    # OCR runs words together: 隋代Suidynasty.
    latin = "".join(re.findall("[A-Za-z]+", english or text)).lower()
    if any(word in latin for word in _ENGLISH_DATA):
        return True
    bare, data = _DATUM.subn("", fold(text))
    return len(text) <= DATA_LENGTH and "。" not in text and data > 0 and sum(map(is_han, bare)) <= DATA_WORDS


_NAMED_DATUM = re.compile(
    rf"(?:约|約)?(?:{_DYNASTY}|魏晋|魏晉){{1,2}}[代朝]?(?:[早中晚初末前后後]期?)?(?:\([^)]*\))?(?:[—–-]{_DYNASTY}[代朝]?)?"
    r"|[^ ]{0,25}(?:[收馆館旧舊院珍]?藏|博物[馆館院]|研究[院所]|[图圖][书書][馆館]|出土|采集|採集|征集"
    r"|發現|发现)"
    r"|[^ ]{0,12}(?:石窟|第 ?[0-9〇一二三四五六七八九十百]+[窟号號]|窟)[^ ]{0,8}"
    r"|(?:民[国國])?[〇零一二三四五六七八九十]{2,4}年.{0,2}"
    r"|(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})世[纪紀].{0,4}|(?:公元)?前?[0-9]{3,4}年?.{0,3}"
)


def is_datum(phrase: str) -> bool:
    """Whether a phrase of a caption is a date, a place or a collection, not a name: 唐, 故宫旧藏."""
    plain = fold(phrase).strip(" 。.")
    return _NAMED_DATUM.fullmatch(plain) is not None or is_data(plain)
