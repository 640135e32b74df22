"""Levels, ranges, lists and sub-labels in the numbers of labels."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.grammar.captions import parse_label
from extractors.grammar.label_numbers import read_number

# text | kind | key | body | extras: sub=, last=, sub_last=
LABELS = """
图1-2 莲花纹 | figure | 1.2 | 莲花纹
图1.2 莲花纹 | figure | 1.2 | 莲花纹
图1—2 莲花纹 | figure | 1.2 | 莲花纹
图1–2 莲花纹 | figure | 1.2 | 莲花纹
图1·2 莲花纹 | figure | 1.2 | 莲花纹
图1－2　莲花纹 | figure | 1.2 | 莲花纹
图1-1-2 莲花纹 | figure | 1.1.2 | 莲花纹
图3.2.1 莲花纹 | figure | 3.2.1 | 莲花纹
图2:3 莲花纹 | figure | 2.3 | 莲花纹
图一-2 莲花纹 | figure | 1.2 | 莲花纹
图一之二 莲花纹 | figure | 1.2 | 莲花纹
图1a 莲花纹 | figure | 1 | 莲花纹 | sub=a
图1A 莲花纹 | figure | 1 | 莲花纹 | sub=A
图1(a) 莲花纹 | figure | 1 | 莲花纹 | sub=a
图1（b）莲花纹 | figure | 1 | 莲花纹 | sub=b
图1a-c 莲花纹 | figure | 1 | 莲花纹 | sub=a sub_last=c
图1-a 莲花纹 | figure | 1 | 莲花纹 | sub=a
图1（1-3）莲花纹 | figure | 1 | 莲花纹 | sub=1 sub_last=3
图12甲 莲花纹 | figure | 12 | 莲花纹 | sub=甲
彩版一二：1 莲花纹 | plate | 12.1 | 莲花纹
图Ⅰ－１ 莲花纹 | figure | 1.1 | 莲花纹
图1-2a 莲花纹 | figure | 1.2 | 莲花纹 | sub=a
图12、13 莲花纹 | figure | 12 | 莲花纹 | last=13
图12，13 莲花纹 | figure | 12 | 莲花纹 | last=13
图12、图13 莲花纹 | figure | 12 | 莲花纹 | last=13
图12和图13 莲花纹 | figure | 12 | 莲花纹 | last=13
图12~15 莲花纹 | figure | 12 | 莲花纹 | last=15
图12～15 莲花纹 | figure | 12 | 莲花纹 | last=15
图12至15 莲花纹 | figure | 12 | 莲花纹 | last=15
图12、13、14 莲花纹 | figure | 12 | 莲花纹 | last=14
图8-1、2 莲花纹 | figure | 8.1 | 莲花纹 | last=8.2
图一—三 莲花纹 | figure | 1 | 莲花纹 | last=3
图三，五 莲花纹 | figure | 3 | 莲花纹 | last=5
【图 1-2】莲花纹 | figure | 1.2 | 莲花纹
图版12-1 莲花纹 | plate | 12.1 | 莲花纹
图版12－1 莲花纹 | plate | 12.1 | 莲花纹
图版三:1 莲花纹 | plate | 3.1 | 莲花纹
彩版三，1 莲花纹 | plate | 3.1 | 莲花纹
彩版三，1、2 莲花纹 | plate | 3.1 | 莲花纹 | last=3.2
图版三，1 | plate | 3.1 | 
圖版四〇—四三 | plate | 40 | | last=43
图版40—43 飞天 | plate | 40 | 飞天 | last=43
图版四〇、四一 飞天 | plate | 40 | 飞天 | last=41
图版八上 | plate | 8 | | sub=上
图版八上 飞天 | plate | 8 | 飞天 | sub=上
图版八（上） 飞天 | plate | 8 | 飞天 | sub=上
图版八（下）飞天 | plate | 8 | 飞天 | sub=下
图版8左上 飞天 | plate | 8 | 飞天 | sub=左上
表 2-1 器物统计 | table | 2.1 | 器物统计
FIG 3a Lotus | figure | 3 | Lotus | sub=a
Figure 7-26. Lock nuts. | figure | 7.26 | Lock nuts.
Figs. 3–5 Lotus | figure | 3 | Lotus | last=5
Figs. 3-5. Lotus | figure | 3 | Lotus | last=5
Figs. 3 and 4. Lotus | figure | 3 | Lotus | last=4
Figs. 3, 4 Lotus | figure | 3 | Lotus | last=4
Fig. 3a–c Lotus | figure | 3 | Lotus | sub=a sub_last=c
Fig. 3.2 Lotus | figure | 3.2 | Lotus
Fig. 3 (a) Lotus | figure | 3 | Lotus | sub=a
Plates 3-5 Lotus | plate | 3 | Lotus | last=5
Pl. IV, 2 Lotus | plate | 4.2 | Lotus
Plate XII.3 Lotus | plate | 12.3 | Lotus
Plates I–III Lotus | plate | 1 | Lotus | last=3
Pls. I-III Lotus | plate | 1 | Lotus | last=3
Pl. 12a Lotus | plate | 12 | Lotus | sub=a
Pls. 3–5 Lotus | plate | 3 | Lotus | last=5
"""


def _key(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))


@pytest.mark.parametrize("row", LABELS.strip("\n").split("\n"))
def test_number_of_a_label(row: str) -> None:
    text, kind, key, body, *extras = (field.strip(" ") for field in row.split("|"))
    wanted = dict(item.split("=") for item in " ".join(extras).split())
    parsed = parse_label(text)
    assert parsed is not None
    label, rest = parsed
    assert (label.kind, label.key, rest) == (kind, _key(key), body)
    assert label.sub == wanted.get("sub", "")
    assert label.sub_last == wanted.get("sub_last", "")
    assert label.last == (_key(wanted["last"]) if "last" in wanted else None)
    assert label.raw in text


def test_keys_of_a_range() -> None:
    parsed = parse_label("圖版四〇—四三 飛天")
    assert parsed is not None
    assert parsed[0].keys() == ((40,), (41,), (42,), (43,))
    parsed = parse_label("图8-1、2")
    assert parsed is not None
    assert parsed[0].keys() == ((8, 1), (8, 2))


@given(st.integers(1, 200), st.integers(1, 59))
def test_a_plural_word_makes_a_range(first: int, more: int) -> None:
    number = read_number(f"{first}-{first + more}", 0, "figure", plural=True)
    assert number is not None
    assert (number.key, number.last) == ((first,), (first + more,))
    number = read_number(f"{first}-{first + more}", 0, "figure", plural=False)
    assert number is not None
    assert (number.key, number.last) == ((first, first + more), None)


@given(st.text(alphabet="0123一二XVab上左()、，,.-—~之①", max_size=20))
def test_reading_moves_on_and_stays_inside(text: str) -> None:
    number = read_number(text, 0, "plate", plural=False)
    if number:
        assert 0 < number.end <= len(text)
        assert all(level >= 0 for level in number.key)
        assert number.last is None or number.last > number.key
