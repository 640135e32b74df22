"""Lines and phrases of data in captions: date, material, size, collection, place. They name no picture."""

from __future__ import annotations

import re

from extractors.grammar.caption_parts import place_of
from extractors.grammar.caption_text import split_bilingual
from extractors.grammar.captions import parse_label
from extractors.grammar.characters import fold, is_han

_FIELD = re.compile(
    r"[【\[●·]?\s*(?:年代|估[价價]|起拍[价價]|成交[价價]|出版|展[览覽]|[时時]代|朝代|材[质質]|[质質]地|[质質]料|尺寸|[规規]格|[现現]藏|收藏|收藏地|收藏[单單]位|藏址|藏地|[馆館]藏"
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
_MEASURE = r"(?:[0-9]+(?:\.[0-9]+)?|[〇○一二三四五六七八九十百]+(?:[·.][〇○一二三四五六七八九]+)?)"
_UNIT = r"(?:[厘釐]米|公分|毫米|公[厘釐]|米|cm|mm|in\.)"
_SIZE = rf"(?:{_MEASURE}\s*(?:[×xX*]\s*{_MEASURE}\s*)*{_UNIT})"
_INCHES = r"[0-9]+(?: ?[0-9]/[0-9])?\s*in\.?\)?"
_DIMENSION = (
    r"(?:[通残殘]?[长長宽寬高深厚径徑]|[直口底腹][径徑]|[纵縱横橫]"
    r"|(?i:height|width|length|diameter|diam|[hwld]))"
)
# OCR takes the dollar for an S.
_PRICE = (
    r"(?i:(?:hk|us|nt|s)[$s]|\$|rmb|cny|hkd|usd|[¥€£])\s*:?\s*[0-9][0-9,.]*(?:\s*[—–~-]+\s*[0-9][0-9,.]*)?"
)
_NO_PRICE = r"[无無]底[价價]|估[价價]待[询詢]|(?i:estimate (?:up)?on request|no reserve)"
_METADATA = re.compile(
    r"\s*(?:"
    rf"{_DYNASTY}[代朝]?(?:[早中晚]期)?\s*(?:\([^)]*[0-9][^)]*\)|,?\s*[0-9]{{1,2}}世[纪紀])"
    rf"|{_DYNASTY}(?:[代朝](?:[早中晚]期)?|[早中晚]期)"
    r"|公元前?[0-9]+(?:[—–-]前?[0-9]+)?年|[0-9]+[—–-][0-9]+年"
    r"|(?:绢本|絹本|纸本|紙本|布本|麻本|綾本|绫本)(?:[设設]色|水墨|墨[笔筆]|彩绘|彩繪|泥金)?"
    rf"|(?:{_DIMENSION}\.?\s*{_MEASURE}\s*{_UNIT}?\s*[,;、]?\s*)*{_DIMENSION}\.?\s*{_SIZE}"
    rf"|{_SIZE}(?:\s*[,;/(]\s*{_INCHES})?"
    rf"|{_PRICE}(?:\s*[/,;]?\s*{_PRICE})*|{_NO_PRICE}"
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
    rf"[高长長宽寬径徑厚纵縱横橫]\s*{_MEASURE}\s*(?:[厘釐]米|毫米|公分|米|cm|mm)"
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


_REIGN = (
    r"(?:贞观|貞觀|开元|開元|天宝|天寶|至元|至正|洪武|永乐|永樂|宣德|正统|正統|景泰|天顺|天順|成化|弘治|正德|嘉靖|隆庆|隆慶|万历|萬曆"
    r"|天启|天啓|天啟|崇祯|崇禎|顺治|順治|康熙|雍正|乾隆|嘉庆|嘉慶|道光|咸丰|咸豐|同治|光绪|光緒|宣统|宣統)"
)
_DATE = re.compile(
    rf"(?:约|約)?(?:{_DYNASTY}|魏晋|魏晉){{1,2}}[代朝]?(?:[早中晚初末前后後]期?)?(?:\([^)]*\))?(?:[—–-]{_DYNASTY}[代朝]?)?"
    rf"|{_DYNASTY}?{_REIGN}(?:年[间間制製]?|[早中晚]期|朝)?(?:\([^)]*\))?"
    rf"|{_DYNASTY}[末初]?[—–-]?{_DYNASTY}[初末]?"
)
_SIDE = r"[东東西南北左右上下内內外前后後正]"
_PART_OF_CAVE = (
    rf"(?:(?:[主前后後中侧側耳墓]室|墓道|甬道|[龛龕][内內外楣]?|窟[顶頂]|{_SIDE}{{1,2}}(?:[壁披坡][{_SIDE[1:-1]}]?|[侧側]|段|端|部)"
    r"|[门門][上楣侧側]|中心柱)+)"
)
_IN_CAVE = re.compile(
    rf"[^ ,;。]{{0,12}}(?:石窟|第 ?[0-9〇一二三四五六七八九十百]+[窟号號]|窟)(?:{_PART_OF_CAVE})?"
    rf"|{_PART_OF_CAVE}"
)
"""金沙洞第一九窟南壁, 主室北壁; 莫高窟九层楼外景 names a building."""
_REGION = re.compile(
    r"(?:河北|山西|[辽遼][宁寧]|吉林|黑[龙龍]江|江[苏蘇]|浙江|安徽|福建|江西|山[东東]|河南|湖北|湖南|[广廣][东東西]|海南|四川|[贵貴]州"
    r"|[云雲]南|[陕陝]西|甘[肃肅]|青海|[台臺][湾灣]|[内內]蒙古|[宁寧]夏|新疆|西藏|北京|天津|上海|重[庆慶])(?:省|市)?[一-龥]{0,3}"
)


def is_date(phrase: str) -> bool:
    """Whether a phrase is a dynasty or a reign: 北魏, 清乾隆."""
    return _DATE.fullmatch(fold(phrase).strip(" 。.")) is not None


def is_place(phrase: str) -> bool:
    """Whether a phrase says where something is: 莫高窟第220窟, 主室北壁, 广东佛山, 左上."""
    plain = fold(phrase).strip(" 。.")
    return (
        _IN_CAVE.fullmatch(plain) is not None
        or _REGION.fullmatch(plain) is not None
        or place_of(plain) is not None
    )


_NAMED_DATUM = re.compile(
    r"[^ ]{0,25}(?:[收馆館旧舊院珍]?藏|博物[馆館院]|研究[院所]|[图圖][书書][馆館]|出土|采集|採集|征集"
    r"|發現|发现)"
    r"|[一-龥]{2,4}文化(?:[一-龥]{2,4}(?:[类類]型|期))?"
    r"|(?:民[国國])?[〇零一二三四五六七八九十]{2,4}年.{0,2}"
    r"|(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})世[纪紀].{0,4}|(?:公元)?前?[0-9]{3,4}年?.{0,3}"
)


def is_datum(phrase: str) -> bool:
    """Whether a phrase is a date, a place in a cave or a collection, and no name: 唐, 主室北壁, 故宫旧藏."""
    plain = fold(phrase).strip(" 。.")
    words = plain.split()
    if len(words) > 1 and all(map(is_datum, words)):
        return True
    named = _NAMED_DATUM.fullmatch(plain) is not None
    return named or is_date(plain) or _IN_CAVE.fullmatch(plain) is not None or is_data(plain)
