"""Shared captions and their parts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.grammar.caption_parts import Part, panel_key, plain_label, split_parts

# text || stem || part || part …; a part is keys=text, keys joined by commas or a place in <>.
PARTS = """
陶器 1. 罐 2. 钵 3、4. 壶 || 陶器 || 1=罐 || 2=钵 || 3,4=壶
1. 罐 2. 钵 || || 1=罐 || 2=钵
1.罐（M3:2）2.钵（M5:1） || || 1=罐（M3:2） || 2=钵（M5:1）
1.罐（M3：2）、2.钵（M5：1） || || 1=罐（M3：2） || 2=钵（M5：1）
陶器 1、3.罐（M3:2） 2.钵（M5:1） 4.壶 || 陶器 || 1,3=罐（M3:2） || 2=钵（M5:1） || 4=壶
陶器 1~3.罐 4.钵 || 陶器 || 1,2,3=罐 || 4=钵
陶器：1—3. 罐；4. 钵 || 陶器 || 1,2,3=罐 || 4=钵
1—4. 罐 || || 1,2,3,4=罐
1．罐；2．钵；3．壶 || || 1=罐 || 2=钵 || 3=壶
1、罐 2、钵 || || 1=罐 || 2=钵
1)罐 2)钵 || || 1=罐 || 2=钵
(1)罐 (2)钵 || || 1=罐 || 2=钵
（1）罐；（2）钵 || || 1=罐 || 2=钵
⑴罐 ⑵钵 || || 1=罐 || 2=钵
①莲花②凤 || || 1=莲花 || 2=凤
纹样 ①莲花 ②凤 ③龙 || 纹样 || 1=莲花 || 2=凤 || 3=龙
①、②莲花 ③凤 || || 1,2=莲花 || 3=凤
(a)莲花 (b)凤 || || a=莲花 || b=凤
（a）莲花（b）凤 || || a=莲花 || b=凤
(a) 莲花；(b) 凤；(c) 龙。 || || a=莲花 || b=凤 || c=龙。
(a, b) jars; (c) bowl || || a,b=jars || c=bowl
(a)、(b) 罐 (c) 钵 || || a,b=罐 || c=钵
(a–c) jars; (d) bowl || || a,b,c=jars || d=bowl
Pottery: (a) jar; (b) bowl || Pottery || a=jar || b=bowl
A. 莲花 B. 凤 || || a=莲花 || b=凤
a. 莲花 b. 凤 || || a=莲花 || b=凤
A．莲花；B．凤 || || a=莲花 || b=凤
1罐 2钵 3壶 || || 1=罐 || 2=钵 || 3=壶
1 罐 2 钵 3 壶 || || 1=罐 || 2=钵 || 3=壶
陶器 1. 高 12.5 厘米 2. 高 3.2 厘米 || 陶器 || 1=高 12.5 厘米 || 2=高 3.2 厘米
1.罐（1987.5） 2.钵 || || 1=罐（1987.5） || 2=钵
上：莲花；下：凤 || || <top>=莲花 || <bottom>=凤
上：莲花下：凤 || || <top>=莲花 || <bottom>=凤
左：莲花 右：凤 || || <left>=莲花 || <right>=凤
左图：莲花；右图：凤 || || <left>=莲花 || <right>=凤
左圖：蓮花　右圖：鳳 || || <left>=蓮花 || <right>=鳳
左上：莲花；右上：凤；左下：龙 || || <top-left>=莲花 || <top-right>=凤 || <bottom-left>=龙
左上 莲花 右下 凤 || || <top-left>=莲花 || <bottom-right>=凤
上 莲花；下 凤 || || <top>=莲花 || <bottom>=凤
（左）莲花（右）凤 || || <left>=莲花 || <right>=凤
莲花（左）、凤（右） || || <left>=莲花 || <right>=凤
敦煌莲花（左）和凤纹（右） || || <left>=敦煌莲花 || <right>=凤纹
Left: lotus; right: phoenix || || <left>=lotus || <right>=phoenix
Lotus (left) and phoenix (right) || || <left>=Lotus || <right>=phoenix
Top left: a lotus. Bottom right: a phoenix || || <top-left>=a lotus. || <bottom-right>=a phoenix
显微照片（a. 经线　b. 纬线（残）　c. 金线） || 显微照片 || a=经线 || b=纬线（残） || c=金线
缠枝莲纹（左：线描　右：设色复原）　明嘉靖 || 缠枝莲纹　明嘉靖 || <left>=线描 || <right>=设色复原
袍服前后（左：修复前；右：修复后）。 || 袍服前后 || <left>=修复前 || <right>=修复后
唐代丝绸 上：莲花；中：凤；下：龙 || 唐代丝绸 || <top>=莲花 || <centre>=凤 || <bottom>=龙
"""


def _part(text: str) -> Part:
    keys, body = text.split("=", 1)
    if keys.startswith("<"):
        return Part((), keys.strip("<>"), body)
    return Part(tuple(keys.split(",")), None, body)


@pytest.mark.parametrize("row", [line for line in PARTS.strip().split("\n") if line])
def test_parts(row: str) -> None:
    text, stem, *parts = (field.strip(" ") for field in row.split("||"))
    assert split_parts(text) == (stem, [_part(part) for part in parts])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "莲花纹",
        "莲花纹（局部）",
        "1987.5 高 3.2 cm",
        "高12.5、宽3.2厘米",
        "陶器 1 件 2 件 3 件",
        "罐（M3:1、M3:2）",
        "罐（1. 残）",
        "罐（M3出土，1、2. 残）",
        "2. 钵 3. 壶",
        "1. 罐",
        "p = 1 填充，将 (3, 3) 的输入填充为 (5, 5)。再与核运算得到输出。",
        "通道数为 3 (如图像数据)。用两组卷积核 (红色、橙色) 学习特征",
        "不考虑扩张率 (默认为 1)，以及考虑扩张率 (为 2 和 3) 的效果。",
        "在高上步幅为 3、在宽上步幅为 2。核第二步与输入运算",
        "左侧为前馈网络，右侧为卷积网络",
        "上海博物馆藏 下层出土",
        "Mogao Cave 285, north wall",
        "Made in A.D. 618 by B. Chen",
        "中国丝绸博物馆藏",
    ],
)
def test_no_parts(text: str) -> None:
    assert split_parts(text) == (text, [])


@given(
    st.lists(
        st.sampled_from(["罐", "钵（M3:2）", "壶，高 12.5 厘米", "瓶（1987.5）"]), min_size=2, max_size=12
    )
)
def test_numbered_parts_come_back(texts: list[str]) -> None:
    caption = "陶器 " + " ".join(f"{n}. {text}" for n, text in enumerate(texts, 1))
    stem, parts = split_parts(caption)
    assert stem == "陶器"
    assert [(part.keys, part.text) for part in parts] == [((str(n),), t) for n, t in enumerate(texts, 1)]


@given(st.text(alphabet="123ab()（）.、:：左右上下罐 ；①②—", max_size=30))
def test_parts_invent_nothing(text: str) -> None:
    stem, parts = split_parts(text)
    assert stem in text
    assert all(part.text in text for part in parts)
    keys = [key for part in parts for key in part.keys]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(
    ("text", "stem", "texts"),
    [
        ("铜镜（1）与拓片（2）", "", {"1": "铜镜", "2": "拓片"}),
        ("绢（a）、罗（b）、纱（c），湖南出土", "湖南出土", {"a": "绢", "b": "罗", "c": "纱"}),
        ("同题壁画：(a) 奏乐；(b) 供养", "同题壁画", {"a": "奏乐", "b": "供养"}),
        ("(a)、(b) 罐 (c) 壶", "", {"a": "罐", "b": "罐", "c": "壶"}),
    ],
)
def test_a_marker_stands_before_its_text_or_behind(text: str, stem: str, texts: dict[str, str]) -> None:
    found, parts = split_parts(text)
    assert found == stem
    assert {key: part.text for part in parts for key in part.keys} == texts


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("(b) 罗", ("b", "罗")),
        ("3. 罐", ("3", "罐")),
        ("② 凤", ("2", "凤")),
        ("4 荷包 战国", ("4", "荷包 战国")),
        ("1987年发掘", None),
        ("A型陶罐", None),
        ("3.5厘米", None),
    ],
)
def test_the_panel_that_a_line_names(text: str, found: tuple[str, str] | None) -> None:
    assert panel_key(text) == found


def test_heavenly_stems_count_panels() -> None:
    stem, parts = split_parts("補子三種　甲　仙鶴　乙　錦雞　丙　獅子")
    assert stem == "補子三種"
    assert [(part.keys, part.text) for part in parts] == [
        (("1",), "仙鶴"),
        (("2",), "錦雞"),
        (("3",), "獅子"),
    ]
    assert plain_label("乙") == "2"
    assert split_parts("甲胄 乙种")[1] == []
