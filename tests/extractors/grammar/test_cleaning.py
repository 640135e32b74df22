"""Cleaning joins and repairs; it adds nothing."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.grammar.characters import repair
from extractors.grammar.cleaning import clean_text, join_lines, text_quality

BOOK_CHARACTERS = "图版莲花纹一二⼆⻓1２aBé -‐\u00ad\u3000 \n\t（）。，“”：:.\ue000\u200b\ufeff豈\U000205dfＦ"


@pytest.mark.parametrize(
    ("printed", "cleaned"),
    [
        ("莲 花 纹", "莲花纹"),
        ("莲花纹 。", "莲花纹。"),
        ("⼆维卷积运算，输⼊⽩⾊", "二维卷积运算，输入白色"),
        ("LeNet  网络", "LeNet 网络"),
        ("LeNet网络", "LeNet网络"),
        ("two   words", "two words"),
        ("莲花\u200b纹\ufeff", "莲花纹"),
        ("莲\ue000花", "莲花"),
        ("莲\x00花\x07", "莲花"),
        ("pat\u00adtern", "pattern"),
        ("高 32 cm", "高 32 cm"),
        ("  莲花\n\n 纹 ", "莲花\n纹"),
        ("图一　莲花纹", "图一　莲花纹"),
        ("图一 莲 花 纹", "图一 莲花纹"),
        ("图 一 莲花", "图一 莲花"),
        ("图 1 莲花 纹", "图 1 莲花纹"),
        ("四四 千佛 莫高窟 北朝", "四四 千佛 莫高窟 北朝"),
        ("西壁 说法图 北魏", "西壁 说法图 北魏"),
        ("目 录", "目录"),
        ("图 版 说 明", "图版说明"),
        ("莲 花 纹锦", "莲花纹锦"),
        ("１２　ＡＢ", "１２　ＡＢ"),
        ("“莲花” 纹", "“莲花”纹"),
        ("cafe\u0301", "café"),
        ("图图版版一一莲莲花花", "图版一莲花"),
        ("图图 版版 一一", "图版一"),
        ("天天", "天天"),
        ("……………", "……………"),
        ("——————", "——————"),
        ("", ""),
        (" \n ", ""),
    ],
)
def test_clean_text(printed: str, cleaned: str) -> None:
    assert clean_text(printed) == cleaned


@pytest.mark.parametrize(
    ("lines", "joined"),
    [
        (["莲花", "纹锦"], "莲花纹锦"),
        (["a lotus", "pattern"], "a lotus pattern"),
        (["a lotus pat-", "tern"], "a lotus pattern"),
        (["a lotus pat\u00ad", "tern"], "a lotus pattern"),
        (["the Sino-", "Tibetan"], "the Sino-Tibetan"),
        (["1907-", "1908"], "1907-1908"),
        (["莲花", "Lotus"], "莲花 Lotus"),
        (["Lotus", "莲花"], "Lotus 莲花"),
        (["纹样 A", "型"], "纹样 A型"),
        (["长32", "厘米"], "长32厘米"),
        (["莲花，", "Lotus"], "莲花，Lotus"),
        (["  莲花 ", "　纹"], "莲花纹"),
        (["图一", "莲花纹"], "图一 莲花纹"),
        (["", "莲花", ""], "莲花"),
        ([], ""),
        (["end.", "Start"], "end. Start"),
    ],
)
def test_join_lines(lines: list[str], joined: str) -> None:
    assert join_lines(lines) == joined


def test_columns_join_without_spaces() -> None:
    assert join_lines(["敦煌莫", "高窟 A", "B"], vertical=True) == "敦煌莫高窟 AB"
    assert join_lines(["圖一", "敦煌莫", "高窟"], vertical=True) == "圖一 敦煌莫高窟"


@given(st.text(alphabet=BOOK_CHARACTERS, max_size=40))
def test_cleaning_is_idempotent(text: str) -> None:
    assert clean_text(clean_text(text)) == clean_text(text)


@given(st.text(max_size=40))
def test_cleaning_any_text_is_idempotent(text: str) -> None:
    assert clean_text(clean_text(text)) == clean_text(text)


@given(st.lists(st.text(alphabet=BOOK_CHARACTERS, max_size=12), max_size=5), st.booleans())
def test_joining_adds_nothing_but_spaces(lines: list[str], vertical: bool) -> None:
    """What comes out is, in order, some of what went in, up to repair and composition."""
    source = unicodedata.normalize("NFC", repair("".join(lines)))
    rest = iter(source)
    assert all(char in rest for char in join_lines(lines, vertical) if not char.isspace())


GOOD = [
    "莲花纹锦，唐代，长32厘米，现藏某某博物馆。",
    "圖版說明：蓮花紋錦，敦煌莫高窟第二百八十五窟。",
    "輸⼊⼆維卷積運算，紅⾊區域",
    "The lotus pattern is repeated across the field of the café’s “silk”.",
    "缂丝螭虎獬豸纹箜篌蹀躞氍毹幞头襕袍裲裆",
    "图 7. p = 1 填充，将 (3, 3) 的输入填充为 (5, 5)。",
    "𠀀",
    "12",
]
BAD = [
    "",
    "  \n",
    "ÍÅ»¨ÎÆ½õ³¤Ò»Ã×",
    "(cid:12)(cid:34)(cid:56)",
    "\ue001\ue002\ue003\ue004",
    "\ufffd\ufffd\ufffd莲",
    "锟斤拷锟斤拷",
    "\x01\x02\x03\x04",
    "㐀㐁㐂㐃㐄㐅㐆㐇㐈㐉㐊㐋㐌㐍",
    "龘靐齉爩鱻麤灪龖厵滟癵驫麣纞虋讟钃鸜",
    "ꀀꀁꀂꀃꀄꀅ",
]


@pytest.mark.parametrize("text", GOOD)
def test_good_text_has_high_quality(text: str) -> None:
    assert text_quality(text) >= 0.75


@pytest.mark.parametrize("text", BAD)
def test_broken_text_has_low_quality(text: str) -> None:
    assert text_quality(text) <= 0.4


def test_a_map_shifted_within_the_common_characters_is_seen() -> None:
    """Every seventh character of GB 2312 level 1: each is common, together they are no text."""
    rows = range(0xB0, 0xD7)
    salad = "".join(bytes([row, cell]).decode("gb2312") for row in rows for cell in range(0xA1, 0xFF, 7))
    assert text_quality(salad) < 0.4
    assert text_quality("的是了图版莲花纹锦唐代敦煌莫高窟第二百八十五窟现藏" * 5) == 1.0


def test_quality_is_a_share() -> None:
    half = text_quality("莲花纹锦\ue000\ue001\ue002\ue003")
    assert half == pytest.approx(0.5)


@given(st.text())
def test_quality_is_bounded(text: str) -> None:
    assert 0 <= text_quality(text) <= 1
