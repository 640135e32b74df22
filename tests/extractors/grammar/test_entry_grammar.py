"""The wording of catalogue entries and plate descriptions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.grammar.entry_grammar import (
    list_direction,
    parse_description_heading,
    parse_description_start,
    parse_entry_heading,
    parse_labelled,
)

HEADINGS = """
10 海东青逐兔纹 | 10 | 海东青逐兔纹
10海东青逐兔纹 | 10 | 海东青逐兔纹
10　海东青逐兔纹 | 10 | 海东青逐兔纹
１０　海东青逐兔纹 | 10 | 海东青逐兔纹
(3) 联珠对鸟纹 | 3 | 联珠对鸟纹
（3）联珠对鸟纹 | 3 | 联珠对鸟纹
（三）联珠对鸟纹 | 3 | 联珠对鸟纹
三、联珠纹锦 | 3 | 联珠纹锦
十二 飞天 | 12 | 飞天
12. 莲花纹 | 12 | 莲花纹
12．莲花纹 | 12 | 莲花纹
12、莲花纹 | 12 | 莲花纹
⑫ 宝相花纹 | 12 | 宝相花纹
⑫宝相花纹 | 12 | 宝相花纹
第12号 莲花纹锦 | 12 | 莲花纹锦
No. 12 Lotus silk | 12 | Lotus silk
No.12 莲花纹 | 12 | 莲花纹
10海东青逐兔纹妆金胸背 | 10 | 海东青逐兔纹妆金胸背
2 联珠团窠对鸭纹锦（局部） | 2 | 联珠团窠对鸭纹锦（局部）
33 花鸟纹刺绣夹衫 | 33 | 花鸟纹刺绣夹衫
7 龜背瑞花紋綾 | 7 | 龜背瑞花紋綾
10）海东青逐兔纹 | 10 | 海东青逐兔纹
001 莲花纹 | 1 | 莲花纹
12 莲花纹锦　唐代 | 12 | 莲花纹锦　唐代
10 海东青逐兔纹 Falcon chasing a hare in a meadow | 10 | 海东青逐兔纹 Falcon chasing a hare in a meadow
8 ⼆龙戏珠纹 | 8 | ⼆龙戏珠纹
"""


@pytest.mark.parametrize("row", HEADINGS.strip().split("\n"))
def test_entry_heading(row: str) -> None:
    text, number, title = (field.strip(" ") for field in row.split("|"))
    heading = parse_entry_heading(text)
    assert heading is not None
    assert (heading.number, heading.title) == (number, title)
    assert heading.strength >= 0.5


@pytest.mark.parametrize(
    "text",
    [
        "",
        "一",
        "12",
        "1987年",
        "1987年出土",
        "12世纪",
        "19世纪的丝绸",
        "2.5 cm",
        "2.5 厘米的罐",
        "3 件陶器",
        "3件陶器",
        "100 多年",
        "12 × 20",
        "三彩马",
        "一佛二菩萨",
        "二龙戏珠纹",
        "图10 莲花纹",
        "图版十 莲花纹",
        "Fig. 10 Lotus",
        "第一章 绪论",
        "1 前言",
        "第三节",
        "1. 我们将纹样展开。",
        "1 纹样对称，色彩丰富，线条流畅",
        "5 见图3",
        "32 敦煌研究院 15",
        "莲花纹",
        "3.1 方法",
        "1 the lotus",
        "12 莲花纹…………15",
        "10 " + "很长的题目" * 8,
        "2024年展览",
        "3月",
        "5%",
        "1 = 2",
        "12:30 开馆",
        "（见图3）",
        "No one knows",
        "2000 余件",
    ],
)
def test_no_entry_heading(text: str) -> None:
    assert parse_entry_heading(text) is None


def test_heading_strength_rises_with_evidence() -> None:
    ladder = ["3 应当先进行整理", "3 研究背景", "三、联珠纹锦", "3 联珠纹锦", "(3) 联珠纹锦"]
    found = [parse_entry_heading(text) for text in ladder]
    strengths = [heading.strength for heading in found if heading]
    assert len(strengths) == len(ladder)
    assert strengths == sorted(strengths)


@pytest.mark.parametrize(
    ("text", "field", "body"),
    [
        ("纹样：莲花", "pattern", "莲花"),
        ("纹样:莲花", "pattern", "莲花"),
        ("【纹样】莲花", "pattern", "莲花"),
        ("【纹样】：莲花", "pattern", "莲花"),
        ("［纹样］莲花", "pattern", "莲花"),
        ("〔紋樣〕蓮花", "pattern", "蓮花"),
        ("纹样 莲花", "pattern", "莲花"),
        ("纹样　莲花", "pattern", "莲花"),
        ("纹样", "pattern", ""),
        ("纹样：", "pattern", ""),
        ("●纹样 莲花", "pattern", "莲花"),
        ("■ 纹样：莲花", "pattern", "莲花"),
        ("紋樣：蓮花", "pattern", "蓮花"),
        ("纹 样：莲花", "pattern", "莲花"),
        ("藏　址：故宫", "collection", "故宫"),
        ("藏址 故宫", "collection", "故宫"),
        ("藏　址　故宫", "collection", "故宫"),
        ("局部：一只飞翔的海东青", "crop", "一只飞翔的海东青"),
        ("细节：金线绣成", "detail", "金线绣成"),
        ("細節：金線繡成", "detail", "金線繡成"),
        ("年代：唐", "date", "唐"),
        ("材质：丝", "material", "丝"),
        ("工艺：妆花", "technique", "妆花"),
        ("尺寸：长 32 厘米", "size", "长 32 厘米"),
        ("出土地点：新疆吐鲁番", "provenance", "新疆吐鲁番"),
        ("说明：此锦", "note", "此锦"),
        ("名称：莲花纹锦", "title", "莲花纹锦"),
        ("来源：旧藏", "source", "旧藏"),
        ("Pattern: Lotus", "pattern", "Lotus"),
        ("DETAIL: Gold thread", "detail", "Gold thread"),
        ("[Collection] Palace Museum", "collection", "Palace Museum"),
        ("纹样：\n莲花", "pattern", "莲花"),
    ],
)
def test_labelled(text: str, field: str, body: str) -> None:
    assert parse_labelled(text) == (field, body)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "纹样的变化",
        "纹样对称",
        "局部图中",
        "说明书",
        "图案设计",
        "材料科学",
        "Detail of a robe",
        "Pattern",
        "莲花纹样：三种",
        "尺寸不明",
        "来源不明",
        "名称考",
        "收藏家",
        "细节之美",
        "年代学",
    ],
)
def test_not_labelled(text: str) -> None:
    assert parse_labelled(text) is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("图版说明", "descriptions"),
        ("圖版說明", "descriptions"),
        ("图 版 说 明", "descriptions"),
        ("图版解说", "descriptions"),
        ("图版说明与解说", "descriptions"),
        ("图录说明", "descriptions"),
        ("说明", "descriptions"),
        ("【图版说明】", "descriptions"),
        ("图版说明（续）", "descriptions"),
        ("附录：图版说明", "descriptions"),
        ("彩色图版说明", "descriptions"),
        ("壁画图版说明", "descriptions"),
        ("图版说明 ………… 215", None),
        ("图　版　说　明", "descriptions"),
        ("壁画说明", "descriptions"),
        ("图版释文", "descriptions"),
        ("彩版说明", "descriptions"),
        ("Plate descriptions", "descriptions"),
        ("PLATE DESCRIPTIONS", "descriptions"),
        ("Notes on the Plates", "descriptions"),
        ("Explanation of plates", "descriptions"),
        ("⼼得", None),
        ("图版目录", "list"),
        ("圖版目錄", "list"),
        ("插图目录", "list"),
        ("List of plates", "list"),
        ("List of Illustrations", "list"),
        ("图版一览", "list"),
        ("图版", None),
        ("目录", None),
        ("说明书", None),
        ("图版说明见后", None),
        ("Plates", None),
        ("", None),
    ],
)
def test_description_heading(text: str, kind: str | None) -> None:
    assert parse_description_heading(text) == kind


STARTS = """
一 莫高窟第285窟 | 1 | 莫高窟第285窟
一、莫高窟第285窟 | 1 | 莫高窟第285窟
一　莫高窟第285窟 | 1 | 莫高窟第285窟
十二　飞天 | 12 | 飞天
一二　飞天 | 12 | 飞天
1. 莫高窟 | 1 | 莫高窟
1 莫高窟 | 1 | 莫高窟
12　莫高窟 | 12 | 莫高窟
图版1 莫高窟 | 1 | 莫高窟
图版一　莫高窟 | 1 | 莫高窟
圖版貳拾　莫高窟 | 20 | 莫高窟
八上 莫高窟 | 8 | 莫高窟 | 上
八（上） 莫高窟 | 8 | 莫高窟 | 上
图版八（下） 莫高窟 | 8 | 莫高窟 | 下
8-1 莫高窟 | 8.1 | 莫高窟
8-1. 莫高窟 | 8.1 | 莫高窟
No. 12 莫高窟 | 12 | 莫高窟
(12) 莫高窟 | 12 | 莫高窟
24.A　口沿 | 24 | 口沿 | A
【12】莫高窟 | 12 | 莫高窟
第12图 莫高窟 | 12 | 莫高窟
Plate 12. The cave | 12 | The cave
四〇—四三 莫高窟 | 40 | 莫高窟
"""


@pytest.mark.parametrize("row", STARTS.strip().split("\n"))
def test_description_start(row: str) -> None:
    text, key, body, *sub = (field.strip(" ") for field in row.split("|"))
    start = parse_description_start(text)
    assert start is not None
    assert (start.key, start.body) == (tuple(map(int, key.split("."))), body)
    assert start.sub == (sub[0] if sub else "")


def test_description_start_keeps_the_range() -> None:
    start = parse_description_start("四〇—四三 莫高窟")
    assert start is not None
    assert (start.key, start.last) == ((40,), (43,))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "莫高窟第285窟",
        "1987年出土",
        "一佛二菩萨",
        "此图绘飞天",
        "3 件陶器",
        "12世纪",
        "12 厘米",
        "图1所示为飞天",
        "三彩马",
        "百花",
        "五代时期",
    ],
)
def test_no_description_start(text: str) -> None:
    assert parse_description_start(text) is None


@given(st.integers(1, 900), st.sampled_from([" ", ". ", "、", "　"]))
def test_entry_number_round_trip(number: int, separator: str) -> None:
    heading = parse_entry_heading(f"{number}{separator}莲花纹锦")
    assert heading is not None
    assert heading.number == str(number)
    assert heading.title == "莲花纹锦"


@given(st.text(alphabet="0123一二十第号No.()（）【】纹样藏址：:　 莲花图版，。", max_size=30))
def test_parsers_return_parts_of_the_text(text: str) -> None:
    heading, labelled, start = parse_entry_heading(text), parse_labelled(text), parse_description_start(text)
    assert heading is None or heading.title in text
    assert labelled is None or labelled[1] in text
    assert start is None or start.body in text


@pytest.mark.parametrize(
    "hostile", [" " * 20000 + "纹样", "1," * 5000, "（" * 5000, "A." * 5000, "一" * 10000]
)
def test_long_nonsense_ends(hostile: str) -> None:
    """A page may hold anything; no pattern may run away on it (the suite would hang)."""
    assert parse_entry_heading(hostile) is None
    assert parse_labelled("x" + hostile) is None
    assert parse_description_start("x" + hostile) is None
    assert parse_description_heading(hostile) is None


@pytest.mark.parametrize(
    "title", ["千佛", "千手观音", "百花图", "百子图", "万佛", "张骞出使西域", "多宝佛", "条纹锦"]
)
def test_names_that_begin_like_a_counter_head_entries_and_descriptions(title: str) -> None:
    heading = parse_entry_heading(f"12 {title}")
    assert heading is not None
    assert (heading.number, heading.title) == ("12", title)
    start = parse_description_start(f"12 {title}")
    assert start is not None
    assert (start.key, start.body) == ((12,), title)


@pytest.mark.parametrize("text", ["12 件", "12 张", "12 千克", "12 百万", "12件陶器"])
def test_counts_head_nothing(text: str) -> None:
    assert parse_entry_heading(text) is None
    assert parse_description_start(text) is None


def test_after_a_chinese_number_and_a_space_no_counter_stands() -> None:
    start = parse_description_start("四四 层叠莲瓣")
    assert start is not None
    assert (start.key, start.body) == ((44,), "层叠莲瓣")
    assert parse_description_start("44 层叠莲瓣") is None


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("以下图版", "next"),
        ("【以上圖版】", "previous"),
        ("下列各图", "next"),
        ("Preceding plates", "previous"),
        ("以下图版选自敦煌", None),
        ("图版", None),
        ("以下", None),
    ],
)
def test_where_the_plates_of_a_list_are(text: str, direction: str | None) -> None:
    assert list_direction(text) == direction


def test_lots_have_four_digits_and_years_are_no_lots() -> None:
    heading = parse_entry_heading("2801 清乾隆　青花缠枝莲纹梅瓶")
    assert heading is not None
    assert (heading.number, heading.title) == ("2801", "清乾隆　青花缠枝莲纹梅瓶")
    assert parse_entry_heading("1957 长沙出土漆器") is None
    start = parse_description_start("2814 朱漆描金捧盒")
    assert start is not None
    assert start.key == (2814,)
    assert parse_description_start("1957 长沙出土漆器") is None
