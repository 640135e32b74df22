"""Labels of captions, and the words that only look like labels."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.grammar.captions import Label, caption_strength, parse_label

# text | kind | number | body; levels, ranges and sub-labels are in test_label_numbers.py
LABELS = """
图1 莲花纹 | figure | 1 | 莲花纹
图 1 莲花纹 | figure | 1 | 莲花纹
图１２　莲花纹 | figure | 12 | 莲花纹
图1：莲花纹 | figure | 1 | 莲花纹
图1. 莲花纹 | figure | 1 | 莲花纹
图 1. 莲花纹的展开过程。 | figure | 1 | 莲花纹的展开过程。
图1、莲花纹 | figure | 1 | 莲花纹
图1莲花纹 | figure | 1 | 莲花纹
图l 莲花纹 | figure | 1 | 莲花纹
图1O 莲花纹 | figure | 10 | 莲花纹
图一 莲花纹 | figure | 1 | 莲花纹
图一　莲花纹 | figure | 1 | 莲花纹
图一二 莲花纹 | figure | 12 | 莲花纹
图十二 莲花纹 | figure | 12 | 莲花纹
图三〇 莲花纹 | figure | 30 | 莲花纹
图三○ 莲花纹 | figure | 30 | 莲花纹
图一○七 莲花纹 | figure | 107 | 莲花纹
图廿三 莲花纹 | figure | 23 | 莲花纹
图一一 莲花纹 | figure | 11 | 莲花纹
图之一 莲花纹 | figure | 1 | 莲花纹
图一莲花纹 | figure | 1 | 莲花纹
图Ⅻ 莲花纹 | figure | 12 | 莲花纹
图① 莲花纹 | figure | 1 | 莲花纹
图1（续） 莲花纹 | figure | 1 | （续） 莲花纹
续图1 莲花纹 | figure | 1 | 莲花纹
图1（a）莲花（b）凤 | figure | 1 | （a）莲花（b）凤
图1 (a) 莲花 (b) 凤 | figure | 1 | (a) 莲花 (b) 凤
图3 1. 罐 2. 钵 | figure | 3 | 1. 罐 2. 钵
图3：1.罐 2.钵 | figure | 3 | 1.罐 2.钵
图3.1.罐 2.钵 | figure | 3 | 1.罐 2.钵
图3、4件陶器 | figure | 3 | 4件陶器
[图1] 莲花纹 | figure | 1 | 莲花纹
【图1】莲花纹 | figure | 1 | 莲花纹
〔图一〕莲花纹 | figure | 1 | 莲花纹
(图1) 莲花纹 | figure | 1 | 莲花纹
（图1）莲花纹 | figure | 1 | 莲花纹
▲图1 莲花纹 | figure | 1 | 莲花纹
● 图1 莲花纹 | figure | 1 | 莲花纹
圖一 蓮花紋 | figure | 1 | 蓮花紋
圖 一〇　蓮花紋 | figure | 10 | 蓮花紋
圖廿一　蓮花紋 | figure | 21 | 蓮花紋
插图3 莲花纹 | figure | 3 | 莲花纹
插圖三 蓮花紋 | figure | 3 | 蓮花紋
附图2 莲花纹 | figure | 2 | 莲花纹
附圖二 蓮花紋 | figure | 2 | 蓮花紋
线图5 罐 | figure | 5 | 罐
線圖五 罐 | figure | 5 | 罐
示意图1 结构 | figure | 1 | 结构
图片3 莲花纹 | figure | 3 | 莲花纹
书影一 卷首 | figure | 1 | 卷首
書影一 卷首 | figure | 1 | 卷首
第三图 莲花纹 | figure | 3 | 莲花纹
第十二圖　蓮花紋 | figure | 12 | 蓮花紋
⽰意图1 结构 | figure | 1 | 结构
图⼀⼆ 莲花⽩ | figure | 12 | 莲花⽩
图1 ⼆维卷积 | figure | 1 | ⼆维卷积
图版贰拾 莲花纹 | plate | 20 | 莲花纹
圖版貳拾 蓮花紋 | plate | 20 | 蓮花紋
图版Ⅻ 莲花纹 | plate | 12 | 莲花纹
图版XII 莲花纹 | plate | 12 | 莲花纹
图版第十二 莲花纹 | plate | 12 | 莲花纹
图3 1)罐 2)钵 | figure | 3 | 1)罐 2)钵
图百二十 莲花纹 | figure | 120 | 莲花纹
图版八上海博物馆藏 | plate | 8 | 上海博物馆藏
彩版12 飞天 | plate | 12 | 飞天
彩图3 飞天 | plate | 3 | 飞天
彩圖三 飛天 | plate | 3 | 飛天
彩色图版1 飞天 | plate | 1 | 飞天
彩色圖版一 飛天 | plate | 1 | 飛天
版 12 飞天 | plate | 12 | 飞天
版一 飞天 | plate | 1 | 飞天
照片3 发掘现场 | photo | 3 | 发掘现场
照 3 发掘现场 | photo | 3 | 发掘现场
照一 发掘现场 | photo | 1 | 发掘现场
拓片2 碑额 | drawing | 2 | 碑额
拓本二 碑額 | drawing | 2 | 碑額
地图1 遗址位置 | map | 1 | 遗址位置
地圖一 遺址位置 | map | 1 | 遺址位置
表1 器物统计 | table | 1 | 器物统计
表一 器物统计 | table | 1 | 器物统计
附表3 登记表 | table | 3 | 登记表
Fig. 3 Lotus | figure | 3 | Lotus
Fig. 3. Lotus | figure | 3 | Lotus
Fig.3 Lotus | figure | 3 | Lotus
Fig. 3: Lotus | figure | 3 | Lotus
FIG. 3 LOTUS | figure | 3 | LOTUS
fig. 3 Lotus | figure | 3 | Lotus
Figure 3 Lotus | figure | 3 | Lotus
FIGURE 3. LOTUS | figure | 3 | LOTUS
Plate XII Lotus | plate | 12 | Lotus
PLATE XII | plate | 12 | 
Plate 12. 凤纹 Phoenix | plate | 12 | 凤纹 Phoenix
Pl. 12 Lotus | plate | 12 | Lotus
Colour plate 3: Lotus | plate | 3 | Lotus
Photo 3 Lotus | photo | 3 | Lotus
Map 2. Sites | map | 2 | Sites
Cat. no. 45 Lotus | catalogue | 45 | Lotus
Cat. 45 Lotus | catalogue | 45 | Lotus
Cat. No. 45. Lotus | catalogue | 45 | Lotus
Catalogue No. 45 Lotus | catalogue | 45 | Lotus
No. 12 Lotus | catalogue | 12 | Lotus
Illustration 4. Lotus | figure | 4 | Lotus
Ill. 4. Lotus | figure | 4 | Lotus
Table 2 Counts | table | 2 | Counts
Tab. 2 Counts | table | 2 | Counts
"""


def _rows(table: str) -> list[str]:
    return [line for line in table.strip("\n").split("\n") if line]


@pytest.mark.parametrize("row", _rows(LABELS))
def test_label_and_body(row: str) -> None:
    text, kind, key, body = (field.strip(" ") for field in row.split("|"))
    parsed = parse_label(text)
    assert parsed is not None
    label, rest = parsed
    assert (label.kind, label.key, rest) == (kind, (int(key),), body)
    assert (label.sub, label.last) == ("", None)
    assert label.raw in text
    assert label.word in label.raw


# Nothing here is the label of a caption: mentions, and words that begin like one.
NO_LABELS = """
如图1-2所示，纹样对称
见图版三
（见图3）
图1所示为莲花纹
图1-2所示的纹样
图2是一件唐代的锦
图2为唐代莲花纹
图 3 中，莲花居中
图3中的莲花
图5显示了纹样的变化
图5展示纹样
图 1 所示
图1可见莲花
图3的纹样
图1与图2相比
图1和图2都是
图3则不同
图3）所示
图3，见上文）
（图3）。此后
（图3），此后
从图3可以看出
由图版三可知
Figure 3 shows the lotus
Figure 3 illustrates it
Figure 3 presents it
Fig. 4 is a lotus
Fig. 4 and Fig. 5 show
Figures 4 and 5 show
Plate 3 in the catalogue
Plates were made
see Fig. 3
figure 3 Lotus
plate 3 Lotus
图书馆
图书馆藏品
图案
图案1
图像
图 画
图腾
图中
图例
图文
图一时之快
图一个方便
图三角形纹
图十字纹
图千佛
图百花
图
图版
图版说明
图3件
图 1987年
版本
版本1
版画
版三彩
版一共
表面
表一个
照壁
照一面
照片1978年摄
照亮
彩图
第一版
第一图书馆
第三章
No one
No doubt
Nos
figure of a lotus
Figure of a lotus
Mapping 3
Platelet 3
Place 3
Tablet 3
Photography 3
Category 3
一
1987年
12世纪
2.5 cm
图1.5厘米
"""


@pytest.mark.parametrize("text", _rows(NO_LABELS))
def test_no_label(text: str) -> None:
    assert parse_label(text) is None
    assert caption_strength(text) == 0


def test_full_width_body_is_returned_untouched() -> None:
    parsed = parse_label("图１：　ＡＢ（⼆维）")
    assert parsed == (Label("figure", "图", (1,), "图１"), "ＡＢ（⼆维）")


_LABEL_CHARACTERS = "图圖版彩表照第FigPlate.no0123456789一二十〇IVX()（）【】[],，、—-.: 　ab上莲"


@given(st.text(alphabet=_LABEL_CHARACTERS, max_size=24))
def test_body_is_a_suffix_and_strength_is_a_share(text: str) -> None:
    parsed = parse_label(text)
    if parsed:
        assert text.strip().endswith(parsed[1])
        assert parsed[0].raw in text
        assert parsed[0].last is None or parsed[0].last > parsed[0].key
    assert 0 <= caption_strength(text) <= 1


@given(
    st.integers(1, 300), st.sampled_from(["图", "图版", "圖版", "彩版", "插图"]), st.sampled_from(" ：.、　")
)
def test_label_round_trip(number: int, word: str, separator: str) -> None:
    parsed = parse_label(f"{word}{number}{separator}莲花纹")
    assert parsed is not None
    assert parsed[0].key == (number,)
    assert parsed[1] == "莲花纹"


@pytest.mark.parametrize(
    ("text", "body"),
    [("图A 莲花纹", "莲花纹"), ("插图D　千佛", "千佛"), ("Fig. B Lotus", "Lotus"), ("图版C", "")],
)
def test_figures_numbered_by_letters(text: str, body: str) -> None:
    parsed = parse_label(text)
    assert parsed is not None
    assert parsed[1] == body


def test_letters_count_on() -> None:
    first, second = parse_label("图A 莲花"), parse_label("图B 凤鸟")
    assert first is not None
    assert second is not None
    assert second[0].key == (first[0].key[0] + 1,)


@pytest.mark.parametrize("text", ["图ABC", "版A", "Plate A large mural", "图A所示", "No. A", "Fig. Caption"])
def test_letters_that_number_nothing(text: str) -> None:
    parsed = parse_label(text)
    assert parsed is None or parsed[0].key == ()


@pytest.mark.parametrize(
    "text",
    [
        *(
            "图3 日本正仓院藏",
            "图 3 日本正仓院藏",
            "图3 张骞出使西域图",
            "图 3 张骞出使西域图",
            "图 3 张议潮出行图",
        ),
        *(
            "图3 月氏金冠",
            "图 3 月氏金冠",
            "图 3 年画",
            "图3 件数统计图",
            "图3 世界地图",
            "图 3　世界地图",
            "图3张骞出使西域图",
        ),
    ],
)
def test_titles_that_begin_like_a_counter(text: str) -> None:
    parsed = parse_label(text)
    assert parsed is not None
    assert parsed[0].key == (3,)
    assert parsed[1] == text.lstrip("图 3　")


@pytest.mark.parametrize(
    "text", ["图 3 件", "图3件", "图 3 张", "图 3 世纪", "图3张", "照片1987年", "图 1987 年", "图 2.5 厘米"]
)
def test_counts_and_dates_are_no_labels(text: str) -> None:
    assert parse_label(text) is None
