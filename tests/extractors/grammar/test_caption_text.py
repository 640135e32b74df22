"""Pointers, bilingual captions, credits and metadata lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.grammar.caption_data import is_metadata
from extractors.grammar.caption_text import Pointer, facing, is_credit, split_bilingual


@pytest.mark.parametrize(
    ("text", "direction", "rest"),
    [
        ("右图：莲花纹", "right", "莲花纹"),
        ("右图", "right", ""),
        ("右圖　蓮花紋", "right", "蓮花紋"),
        ("[右图] 莲花纹", "right", "莲花纹"),
        ("（左页）", "left", ""),
        ("（左图）莲花纹", "left", "莲花纹"),
        ("左頁 蓮花紋", "left", "蓮花紋"),
        ("右图 图版三", "right", "图版三"),
        ("右图图版三 凤", "right", "图版三 凤"),
        ("对页", "facing", ""),
        ("对页图 凤", "facing", "凤"),
        ("對頁：鳳", "facing", "鳳"),
        ("后页 凤", "next", "凤"),
        ("次页图：凤", "next", "凤"),
        ("前页：凤", "previous", "凤"),
        ("上图：凤", "above", "凤"),
        ("下圖 鳳", "below", "鳳"),
        ("上：凤", "above", "凤"),
        ("Opposite", "facing", ""),
        ("opposite: Lotus", "facing", "Lotus"),
        ("Facing page. Lotus", "facing", "Lotus"),
        ("Overleaf: lotus", "next", "lotus"),
        ("Previous page: lotus", "previous", "lotus"),
        ("Right: lotus", "right", "lotus"),
        ("(left) lotus", "left", "lotus"),
        ("Above: lotus", "above", "lotus"),
        ("Below: lotus", "below", "lotus"),
    ],
)
def test_facing(text: str, direction: str, rest: str) -> None:
    assert facing(text) == Pointer(direction, None, rest)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "左图为前馈网络",
        "右图中的莲花",
        "上图书馆藏",
        "上海",
        "下层出土",
        "左",
        "上",
        "Right panel shows",
        "Left bank",
        "above all",
        "对页岩的研究",
        "后来",
        "前面",
        "莲花纹 右图",
        "右图所示",
        "左：莲花 右：凤",
        "图1 莲花",
    ],
)
def test_not_facing(text: str) -> None:
    assert facing(text) is None


@pytest.mark.parametrize(
    ("text", "chinese", "english"),
    [
        ("图10　陶罐 / Fig. 10 Jar", "图10　陶罐", "Fig. 10 Jar"),
        ("图1 莲花纹 Fig. 1 Lotus pattern", "图1 莲花纹", "Fig. 1 Lotus pattern"),
        ("图1 莲花纹 / Fig. 1 Lotus pattern", "图1 莲花纹", "Fig. 1 Lotus pattern"),
        ("图1 莲花纹\nFig. 1 Lotus pattern", "图1 莲花纹", "Fig. 1 Lotus pattern"),
        (
            "图1 莲花纹锦\n唐代\nSilk with lotus\nTang dynasty",
            "图1 莲花纹锦\n唐代",
            "Silk with lotus\nTang dynasty",
        ),
        ("Fig. 1 Lotus pattern 图1 莲花纹", "图1 莲花纹", "Fig. 1 Lotus pattern"),
        ("Plate 12. 凤纹 Phoenix", "Plate 12. 凤纹", "Phoenix"),
        ("Plate 12. 凤纹 Phoenix with peony", "Plate 12. 凤纹", "Phoenix with peony"),
        ("Plate 12\n凤纹\nPhoenix pattern", "Plate 12\n凤纹", "Phoenix pattern"),
        ("图版12 凤纹 Phoenix", "图版12 凤纹", "Phoenix"),
        ("Lotus pattern 莲花纹", "莲花纹", "Lotus pattern"),
        (
            "图1 莲花纹\nLotus pattern on silk\nof the Tang\n(618–907)",
            "图1 莲花纹",
            "Lotus pattern on silk\nof the Tang\n(618–907)",
        ),
        ("图1 莲花纹 Fig. 1 Lotus\npattern on silk", "图1 莲花纹", "Fig. 1 Lotus\npattern on silk"),
        ("图1 莲花纹锦\nLotus silk\n唐代\nTang dynasty", "图1 莲花纹锦\n唐代", "Lotus silk\nTang dynasty"),
        ("图版51　铜鼎 / Fig.\n51 Tripod vessel", "图版51　铜鼎", "Fig.\n51 Tripod vessel"),
        ("图版51　铜鼎 /\nFig. 51 Tripod vessel", "图版51　铜鼎", "Fig. 51 Tripod vessel"),
        ("图版8 碗 / Cat. no. 8\nBowl with lotus", "图版8 碗", "Cat. no. 8\nBowl with lotus"),
        ("莲花纹 lotus pattern", "莲花纹", "lotus pattern"),
        ("莲花纹（局部） Lotus pattern (detail)", "莲花纹（局部）", "Lotus pattern (detail)"),
        ("莲花纹。 Lotus pattern.", "莲花纹。", "Lotus pattern."),
        ("联珠纹锦 | Silk with pearl roundels", "联珠纹锦", "Silk with pearl roundels"),
        ("莫高窟第285窟 Mogao Cave 285", "莫高窟第285窟", "Mogao Cave 285"),
    ],
)
def test_bilingual(text: str, chinese: str, english: str) -> None:
    assert split_bilingual(text) == (chinese, english)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "莲花纹",
        "图1 莲花纹",
        "图 18. Flatten 层的实现过程：依次展开",
        "图21. LeNet 网络实现框架。",
        "高 32 cm",
        "M3:2 罐",
        "Fig. 3 Lotus pattern",
        "Flatten Layer 的实现过程",
        "图5 使用 Adobe Photoshop\n制作的图像",
        "Plate 12",
        "图7. p = 1 填充，将 (3, 3) 的输入填充为 (5, 5)。",
        "罐 M3:2",
        "图3 A 型 B",
        "长 3 m",
    ],
)
def test_one_language(text: str) -> None:
    assert split_bilingual(text) == (text, None)


@given(st.text(alphabet="图莲花 12.（）\nFigLotus pattern/", max_size=40))
def test_bilingual_invents_nothing(text: str) -> None:
    chinese, english = split_bilingual(text)
    left = sorted("".join((chinese + (english or "")).split()))
    pool = list("".join(text.split()))
    for char in left:
        pool.remove(char)
    assert set(pool) <= set("/|")


@pytest.mark.parametrize(
    "text",
    [
        "摄影：张三",
        "攝影：張三",
        "图片来源：敦煌研究院",
        "图片来源: 作者自绘",
        "资料来源：发掘报告",
        "供图：某馆",
        "某某博物馆供图",
        "张三 摄",
        "（张三 摄）",
        "张三摄影",
        "采自：某书",
        "Photo by A. Author",
        "Photo: A. Author",
        "Photograph: A. Author",
        "© British Museum",
        "Courtesy of the Museum",
        "Photo courtesy of the Museum",
        "Image credit: someone",
        "Image: someone",
        "Source: author",
    ],
)
def test_credits(text: str) -> None:
    assert is_credit(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "图1 莲花纹",
        "莲花纹",
        "墓地全景（由南向北摄）",
        "M1墓室（自西往东摄）",
        "来源不明的锦",
        "Photo 3 Lotus",
        "Photographs of the site",
        "摄影术传入中国",
        "图片来源众多，难以一一列举",
        "Images of the Buddha",
        "Sources of silk",
        "采自然之形",
    ],
)
def test_no_credits(text: str) -> None:
    assert not is_credit(text)


@pytest.mark.parametrize(
    "text",
    [
        "年代：唐",
        "年代： 唐（618—907）",
        "时代：北魏",
        "材质：丝",
        "材質：絲",
        "尺寸：长 32 厘米",
        "现藏：大英博物馆",
        "收藏：故宫",
        "藏址：故宫博物院",
        "【年代】唐",
        "出土地：吐鲁番",
        "现藏大英博物馆",
        "现藏于大英博物馆",
        "故宫博物院藏",
        "唐代",
        "唐代 (618–907)",
        "唐（618—907）",
        "清代晚期",
        "绢本设色",
        "纸本水墨",
        "紙本設色",
        "高 32 厘米",
        "长32、宽20厘米",
        "长 32 厘米，宽 20 厘米",
        "32.5 × 20 cm",
        "H. 32 cm",
        "H. 32 cm, W. 20 cm",
        "British Museum",
        "British Museum, London",
        "Metropolitan Museum of Art",
        "Tang dynasty (618–907)",
        "Tang dynasty",
        "Ink and colour on silk",
        "Date: 8th century",
        "Material: silk",
        "Dimensions: 32 × 20 cm",
        "高36釐米，口徑26釐米",
        "17.2 cm, 6 3/4 in.",
        "RMB: 8,000–12,000",
        "HKS 80,000-120,000",
        "无底价",
        "ESTIMATE UPON REQUEST",
    ],
)
def test_metadata(text: str) -> None:
    assert is_metadata(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "图1 唐代莲花纹",
        "唐代莲花纹锦",
        "唐三彩马",
        "莲花纹",
        "敦煌研究院",
        "收藏家像",
        "尺寸不明",
        "British Museum silk",
        "绢本设色观音像",
        "高髻女子",
        "长袍",
        "明锦",
        "Date palm",
        "图版三 唐代",
        "10 海东青逐兔纹",
        "清明上河图",
        "宋人物图",
        "金带",
        "元宵图",
        "Plate 3",
        "唐",
        "南宋",
        "Museum",
        "长2.70米，宽1.58米。",
    ],
)
def test_no_metadata(text: str) -> None:
    assert not is_metadata(text)


@pytest.mark.parametrize(
    "hostile", [" " * 20000 + "图", "1," * 5000, "(" * 5000, "A." * 5000, "H. 1 " * 4000]
)
def test_long_nonsense_ends(hostile: str) -> None:
    """A page may hold anything; no pattern may run away on it (the suite would hang)."""
    assert facing(hostile) is None
    assert not is_credit(hostile)
    assert not is_metadata(hostile)
    assert split_bilingual(hostile)[1] is None


@pytest.mark.parametrize(
    ("text", "direction", "spot"),
    [
        ("右页左上：回鹘王子", "right", "top-left"),
        ("对页下图 团花", "facing", "bottom"),
        ("本页：鹿王本生", "here", None),
        ("此页右：日曜", "here", "right"),
        ("⇨ 莲花", "right", None),
        ("Opposite page, top: Lotus", "facing", "top"),
        ("左页：山水", "left", None),
    ],
)
def test_a_pointer_names_a_page_and_a_place_on_it(text: str, direction: str, spot: str | None) -> None:
    found = facing(text)
    assert found is not None
    assert (found.direction, found.spot) == (direction, spot)
