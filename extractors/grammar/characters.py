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
from functools import cache

# CJK Radicals Supplement: Unicode gives no compatibility mapping for these, fonts use them all the same.
# Only radicals that are a whole character by themselves; parts such as ⺮ stand for no ideograph.
_SUPPLEMENT = dict(
    zip(
        "⺁⺅⺋⺌⺎⺏⺐⺑⺒⺓⺟⺠⺢⺩⺫⺬⺯⺰⺱⺲⺳⺴⺵⺶⺷⺸⺻⺼⺽⻀⻁⻂⻃⻄⻅⻆⻇⻈⻉⻊⻋⻌⻐⻑⻒⻓⻔⻖⻗⻘⻙⻚⻛⻜⻝⻟⻠⻢⻣⻤⻥⻦⻧⻨⻩⻬⻮⻰⻳⺝⺧⺪⻫⻭⻯⻲",
        "厂亻㔾小兀尣尢𡯂巳幺母民氺王罒示糹纟罓罒罓网网羊羊羊聿月臼艹虎衤覀西见角角讠贝𧾷车辶钅長镸长门阝雨青韦页风飞食飠饣马骨鬼鱼鸟卤麦黄齐齿龙龟月牛疋斉歯竜亀",
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

# Everyday characters, in both scripts, and those of this field. In prose they are half of the text and in
# lists of titles a third; among ideographs taken at random they are one in forty.
_FREQUENT = frozenset(
    "的一是在不了有和人这這中大为為上个個国國我以要他时時来來用们們生到作地于於出就分对對成会會可主发發年动動同工也能下过過"
    "子说說产產种種面而方后後多定行学學法所民得经經十三之进進着等部度家里裏如水化高自二理起小现現实實加量都两兩体體制机機"
    "当當使点點从從业業本去把性好应應开開它合还還因由其些然前外天政四日那社义義事平形相全表间間样樣与與关關各重新线線内內"
    "数數正心反你明看原又么麼利比或但质質气氣第向道命此变變条條只没沒结結解问問意建月公无無系軍很情者最立代想已通并提直题題"
    "黨程展五果料象员員革位入常文总總次品式活设設及管特件长長求老头頭基资資边邊流路级級少图圖山统統接知较較将將组組见見计計"
    "别別手角期根论論运運农農指几幾九区區强強放决決西被干做必战戰先回则則任取据據处處府何乃至亦故曰皆若未非其弟臣君王帝"
    "世宗太祖氏姓名字号號元始终終左右东東南北古今六七八百千万萬〇玉石金银銀铜銅铁鐵木土火陶瓷丝絲绸綢锦錦绣繡绫綾纹紋花鸟鳥"
    "龙龍凤鳳莲蓮佛窟壁画畫像龛龕寺院塔墓葬室棺椁槨器罐瓶壶壺碗盘盤片版录錄书書卷册冊唐宋明清汉漢魏隋代朝世紀纪晚早初期"
    "厘米宽寬径徑厚口底腹足耳盖蓋身衣袍裙色红紅黄黃蓝藍绿綠白黑青紫残殘缺完整饰飾绘繪刻织織染珠团團窠联聯缠纏枝叶葉云雲"
    "藏馆館博物所敦煌莫出土位于局部细細节節描述说說明年月日北壁侧側身立坐手持头頭戴上身着下身飞飛天菩萨薩供养養弟子"
)


def _within(code: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(low <= code <= high for low, high in ranges)


def is_radical(char: str) -> bool:
    """Is it a radical code point, which no author types?"""
    return _within(ord(char), (_KANGXI, _RADICALS_SUPPLEMENT))


@cache
def is_han(char: str) -> bool:
    """Is it a Chinese character (an ideograph or a radical standing for one)?"""
    return _within(ord(char), (*_HAN_COMMON, _HAN_RARE)) or is_radical(char)


def is_rare_han(char: str) -> bool:
    """Is it an ideograph outside the basic plane or in extension A?"""
    return _within(ord(char), (_HAN_RARE, (0x3400, 0x4DBF)))


def is_frequent_han(char: str) -> bool:
    """Is it one of the few hundred characters that running text is mostly made of?"""
    return char in _FREQUENT


def _single(code: int) -> str:
    """The compatibility form of a code point where it is one character, else the character itself."""
    plain = unicodedata.normalize("NFKC", chr(code))
    return plain if len(plain) == 1 else chr(code)


def _table(*ranges: tuple[int, int]) -> dict[int, str]:
    return {code: _single(code) for low, high in ranges for code in range(low, high + 1)}


_REPAIR = {**_table(_KANGXI, *_COMPATIBILITY_IDEOGRAPHS), **str.maketrans(_SUPPLEMENT)}
_SPACES = {code: " " for code in range(0x3001) if chr(code).isspace()}
_FOLD = {**_REPAIR, **_table(*_FOLDED_RANGES), **_SPACES}


def repair(text: str) -> str:
    """`text` with radicals and compatibility ideographs replaced by ordinary ideographs; same length."""
    return text.translate(_REPAIR)


def fold(text: str) -> str:
    """`text` in the plainest form that keeps its length: ASCII for full-width, one kind of space."""
    return text.translate(_FOLD)


def has_han(text: str) -> bool:
    """Does `text` hold any Chinese character?"""
    return any(map(is_han, text))
