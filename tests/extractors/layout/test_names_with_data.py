"""A name and the data (date, size, collection) that belong to it."""

from __future__ import annotations

import pytest

from extractors.pairing.drafts import Draft, captioned
from extractors.records import Region
from tests.extractors.layout.test_candidates import BELOW, PHOTO, SMALL, candidates, only
from tests.extractors.made import line, prose


@pytest.mark.parametrize("size", [8, 11])
def test_a_name_and_the_data_below_it_are_one_text(size: float) -> None:
    data = ("唐", "长32厘米", "青岚博物馆藏")
    found = only(
        [
            line("双凤纹锦", 50, BELOW, 11),
            *(line(t, 50, BELOW + 16 + 13 * k, size) for k, t in enumerate(data)),
        ]
    )
    assert (found.title, found.data) == ("双凤纹锦", True)
    assert all(text in found.text for text in data)


def test_a_name_without_data_below_it() -> None:
    assert not only([line("双凤纹锦", 50, BELOW, 11)]).data


@pytest.mark.parametrize("number", ["0358", "12", "三十"])
def test_data_below_a_numbered_name_are_in_neither_number_nor_title(number: str) -> None:
    found = only(
        [line(f"{number}　青玉螭紋璧", 50, BELOW), line("漢　鼻鈕　二釐米見方", 50, BELOW + 15, SMALL)]
    )
    draft = captioned(Draft(1, Region(PHOTO, "image")), found, "same-page", 1.0)
    assert (draft.number, draft.title) == (number, "青玉螭紋璧")


@pytest.mark.parametrize(
    ("last", "is_caption"), [("高8.8厘米，孔径4.9厘米", True), ("分两节，以四角为中轴", False)]
)
def test_data_end_a_caption_though_prose_in_the_same_type_follows(last: str, is_caption: bool) -> None:
    texts = ("神人兽面纹玉琮", "Cong with masks", last)
    caption = [line(text, 262, 102 + 13 * i, 10, sure=0.99) for i, text in enumerate(texts)]
    found = candidates([*caption, *prose(262, 147, 120, 4)])
    assert any(c.text.startswith(texts[0]) for c in found) == is_caption


def test_a_caption_in_three_languages_may_have_more_lines() -> None:
    ours = ("白地朵花印金罗", "白地印金花文羅", "黄昇墓文物保管所")
    theirs = ("Gauze with gold-printed florets", "Huang Sheng Tomb Office", "Fuzhou, Fujian")
    texts = (ours[0], theirs[0], ours[1], ours[2], theirs[1], theirs[2])
    found = only([line(text, 50, BELOW + 13 * i) for i, text in enumerate(texts)])
    assert found.title == ours[0]
    more = (*ours, "福建省福州市北郊", "浮仓山北坡")
    assert candidates([line(text, 50, BELOW + 13 * i) for i, text in enumerate(more)]) == []


def test_a_dynasty_and_a_reign_below_a_name_are_data() -> None:
    found = only([line("彩图6　月白地条纹小花绸", 50, BELOW), line("清　道光", 50, BELOW + 14)])
    assert found.title == "月白地条纹小花绸"
    assert found.text.endswith("月白地条纹小花绸　清　道光")


@pytest.mark.parametrize(("indent", "count"), [(0, 1), (15, 1), (40, 2)])
def test_data_beside_a_vertical_name_may_begin_lower(indent: float, count: int) -> None:
    name = line("昭明連弧紋鏡", 268, 102, 10, vertical=True)
    data = line("西漢　徑一〇・四公分", 256, 102 + indent, 8, vertical=True)
    found = candidates([name, data])
    assert len(found) == count
    assert found[0].title == "昭明連弧紋鏡"


@pytest.mark.parametrize(
    ("lines", "data"),
    [
        (("图12 蓝地妆花缎残片。", "残长四十二厘米，幅宽不全。", "地组织为五枚缎，逐花异色。"), False),
        (("图12 蓝地妆花缎残片", "残长四十二厘米", "Fragment of brocade"), True),
    ],
)
def test_a_size_in_the_middle_of_a_caption_is_none_of_its_data(lines: tuple[str, ...], data: bool) -> None:
    assert only([line(text, 50, BELOW + 13 * i) for i, text in enumerate(lines)]).data == data
