"""What on a page may be text for a figure, and what only speaks of one."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from extractors.geometry import Box
from extractors.layout.blocks import Block, build_blocks
from extractors.layout.candidate import Candidate, is_number_tag
from extractors.layout.candidates import find_candidates
from extractors.layout.caption_blocks import starts_block
from extractors.records import TextLine
from tests.extractors.made import line, prose

PHOTO: Box = (50, 100, 250, 300)
BELOW = 308.0
"""Where a caption of the photo starts."""


def candidates(
    lines: Sequence[TextLine], figures: Sequence[Box] = (PHOTO,), inner: Sequence[TextLine] = ()
) -> list[Candidate]:
    return find_candidates(build_blocks(lines, 1, figures, starts_block), figures, inner, 1)


def only(lines: Sequence[TextLine], inner: Sequence[TextLine] = ()) -> Candidate:
    (found,) = candidates(lines, inner=inner)
    return found


@pytest.mark.parametrize(
    "text",
    [
        "图3 莲花纹瓦当",
        "图版叁 莲花纹瓦当",
        "插圖三　蓮花紋瓦當",
        "Fig. 3 Lotus tile end",
        "【图3】莲花纹瓦当",
    ],
)
def test_a_printed_label_makes_a_caption(text: str) -> None:
    found = only([line(text, 50, BELOW)])
    assert found.kind == "labelled"
    assert found.label is not None
    assert found.label.key == (3,)
    assert found.body in text
    assert found.text == text.replace("　", found.text[3:4])


def test_lines_of_a_caption_are_joined() -> None:
    found = only([line("图3 莲花纹瓦当，唐代，", 50, BELOW), line("大明宫遗址出土", 50, BELOW + 15)])
    assert found.body == "莲花纹瓦当，唐代，大明宫遗址出土"


@pytest.mark.parametrize(
    "text",
    [
        "如图3所示，此类瓦当数量最多，常见于宫殿遗址之中。",
        "表3 出土遗物统计",
        "图书馆藏本与此不同，详见下文所述。",
    ],
)
def test_mentions_and_tables_promise_no_figure(text: str) -> None:
    assert not [c for c in candidates([line(text, 50, BELOW)]) if c.kind == "labelled"]


def test_a_paragraph_is_no_caption() -> None:
    assert candidates(prose(50, BELOW, 300, 8)) == []


def test_a_short_line_near_a_picture_may_be_its_caption_and_far_away_it_may_not() -> None:
    assert only([line("莲花纹瓦当", 100, BELOW)]).kind == "plain"
    assert candidates([line("莲花纹瓦当", 100, BELOW + 200)]) == []


def test_the_label_is_a_candidate_wherever_it_stands() -> None:
    assert [c.kind for c in candidates([line("图3 莲花纹瓦当", 50, 560)])] == ["labelled"]


@pytest.mark.parametrize("text", ["高12.5厘米，口径8厘米", "摄影：王某", "资料来源：作者自绘"])
def test_data_and_credits_are_no_captions(text: str) -> None:
    assert candidates([line(text, 50, BELOW)]) == []


def test_a_pointer_tells_the_direction() -> None:
    found = only([line("右图：莲花纹瓦当", 50, BELOW)])
    assert (found.kind, found.pointer, found.body) == ("pointer", "right", "莲花纹瓦当")


def test_parts_of_a_caption_are_told_apart() -> None:
    found = only([line("图3 陶器 1.罐 2.钵 3.壶", 50, BELOW)])
    assert [part.text for part in found.parts] == ["罐", "钵", "壶"]
    assert found.stem.startswith("陶器")
    assert found.plural == 3


@pytest.mark.parametrize(("text", "count"), [("图版四〇—四三 飞天", 4), ("图3 莲花纹", 1)])
def test_a_caption_says_how_many_figures_it_names(text: str, count: int) -> None:
    assert only([line(text, 50, BELOW)]).plural == count


def test_a_number_in_the_picture_is_a_tag() -> None:
    found = only([], inner=[line("(2)", 60, 110)])
    assert (found.kind, found.text) == ("tag", "(2)")
    assert is_number_tag(only([line("12", 140, BELOW)]))
    assert is_number_tag(only([line("图版一二", 140, BELOW)]))
    assert not is_number_tag(only([], inner=[line("a", 60, 110)]))
    assert not is_number_tag(only([line("图版一二 飞天", 140, BELOW)]))


def test_a_bare_label_takes_the_title_below_it() -> None:
    found = only([line("图版九", 130, BELOW, 9), line("伎乐飞天", 125, BELOW + 13, 13)])
    assert found.label is not None
    assert (found.label.key, found.body) == ((9,), "伎乐飞天")


def test_chinese_and_english_twins_are_one_caption() -> None:
    found = only([line("图3 莲花纹瓦当", 50, BELOW), line("Fig. 3 Tile end with a lotus", 50, BELOW + 15)])
    assert "莲花纹瓦当" in found.text
    assert found.english is not None
    assert "Tile end with a lotus" in found.english
    assert "Tile" not in found.body


def test_vertical_captions_are_candidates() -> None:
    found = only([line("圖三　蓮花紋瓦當", 255, 100, vertical=True)])
    assert found.vertical
    assert found.body == "蓮花紋瓦當"


def begins(text: str, above: str) -> bool:
    """Whether a line begins a block of its own under the line `above`."""
    return len(build_blocks([line(above, 50, 100), line(text, 50, 116)], 1, [], starts_block)) == 2


@pytest.mark.parametrize("text", ["纹样：一只飞翔的海东青", "图3 莲花纹", "10 海东青逐兔纹", "八上"])
def test_what_starts_a_block(text: str) -> None:
    assert begins(text, "年代约当汉代早期。")


@pytest.mark.parametrize("text", ["此类瓦当数量最多，常见于宫殿遗址之中", "图3莲花纹瓦当"])
def test_running_text_starts_no_block(text: str) -> None:
    assert not begins(text, "这一类瓦当的典型形制可与前述墓葬出土者比较")


def test_candidates_keep_the_confidence_of_their_words() -> None:
    (found,) = find_candidates([Block(1, (line("图3 莲花纹瓦当", 50, BELOW, sure=0.8),))], [PHOTO], [], 1)
    assert found.confidence == pytest.approx(0.8)
    assert 0 < found.strength <= 1


@pytest.mark.parametrize(
    "data",
    [
        "高12.5厘米，口径8厘米",
        "唐（618—907）",
        "唐代",
        "绢本设色",
        "云岭省博物馆藏",
        "Tang dynasty, 8th century",
    ],
)
def test_lines_of_data_belong_to_the_caption_and_not_to_its_title(data: str) -> None:
    title = "图3 青釉莲瓣纹碗"
    found = only([line(title, 50, BELOW), line(data, 50, BELOW + 15), line("新近入藏", 50, BELOW + 30)])
    assert found.text.startswith(title)
    assert (data in found.text) or found.english == data
    assert found.text.endswith("新近入藏")
    assert found.data
    assert found.title == "青釉莲瓣纹碗"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("图3 莲花纹锦　唐　故宫旧藏", "莲花纹锦"),
        ("图3 北宋　莲花纹锦　甘肃省博物馆藏", "北宋　莲花纹锦"),
        ("图3 莲花纹锦，长沙马王堆出土", "莲花纹锦"),
        ("图3 莲花纹锦。出自二号箱", "莲花纹锦"),
        ("图3 莲花纹锦 五代 青岚博物馆", "莲花纹锦"),
        ("图3 墓地全景（由东向西摄）", "墓地全景（由东向西摄）"),
        ("图3 画像砖拓片：人马出行", "画像砖拓片：人马出行"),
        ("Fig. 3 Lotus tile end", "Lotus tile end"),
    ],
)
def test_a_title_is_the_name_without_date_and_place(text: str, title: str) -> None:
    assert only([line(text, 50, BELOW)]).title == title


SMALL = 8.0
BODY = 10.0


def with_body(lines: Sequence[TextLine]) -> list[Candidate]:
    blocks = build_blocks(lines, 1, [PHOTO], starts_block)
    return [c for c in find_candidates(blocks, [PHOTO], (), 1, BODY) if c.kind != "plain"]


def test_lines_of_a_caption_after_a_wider_gap_belong_to_it() -> None:
    (found,) = with_body(
        [
            line("图3 团花纹妆花缎残片。出自二号箱第三层。", 50, BELOW, SMALL),
            line("残长四十二厘米，幅宽不全。", 50, BELOW + 16, SMALL),
            line("地组织为五枚缎，逐花异色。", 50, BELOW + 30, SMALL),
            line("背面有墨书二字，字迹漫漶。", 50, BELOW + 46, SMALL),
        ]
    )
    assert found.text.count("。") == 5


def test_a_smaller_line_below_a_caption_belongs_to_it() -> None:
    (found,) = with_body(
        [line("图3 鹿纹锦缘饰", 50, BELOW, 9), line("（自左侧衣襟拆下）", 50, BELOW + 12, SMALL)]
    )
    assert found.text == "图3 鹿纹锦缘饰　（自左侧衣襟拆下）"
    assert found.title == "鹿纹锦缘饰"


def test_running_text_below_a_caption_does_not_belong_to_it() -> None:
    (found,) = with_body(
        [line("图3 鹿纹锦缘饰", 50, BELOW, BODY), line("此处地层堆积较厚，出土遗物", 50, BELOW + 22, BODY)]
    )
    assert found.text == "图3 鹿纹锦缘饰"


def test_lines_broken_by_hand_are_parted() -> None:
    found = only(
        [
            line("图3　褐彩双系壶", 50, BELOW),
            line("口沿一侧残，", 50, BELOW + 15),
            line("后经补配。", 50, BELOW + 30),
        ]
    )
    assert found.text == "图3　褐彩双系壶　口沿一侧残，后经补配。"
    assert found.title == "褐彩双系壶"


def test_items_of_a_list_are_texts_of_their_own() -> None:
    lines = [line("1 方胜纹锦 五代", 50, BELOW), line("2 夹袄 北宋 丝绸博物馆", 50, BELOW + 14)]
    assert [(c.key, c.title) for c in candidates(lines)] == [("1", "方胜纹锦"), ("2", "夹袄")]


@pytest.mark.parametrize("text", ["14000", "0 20 40 cm", "±0.000", "1:50", "3600 3600 4800"])
def test_a_dimension_or_a_scale_is_no_caption(text: str) -> None:
    title = line("正立面图 1:50", 100, BELOW + 20)
    found = [c for c in candidates([line(text, 120, BELOW), title]) if c.kind != "tag"]
    assert [c.text for c in found] == ["正立面图 1:50"]


def test_a_date_says_no_photographer() -> None:
    found = only([line("圖四　九層樓以北崖面", 50, BELOW), line("民國三十二年攝", 50, BELOW + 15)])
    assert found.text.endswith("民國三十二年攝")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("图3 莲花纹锦残片，唐代，今藏青海", "省文物考古研究所藏"),
        ("图3 莲花纹锦残片 今藏青海", "省文物考古研究所藏"),
        ("图3 莲花纹锦，", "青海省文物考古研究所藏"),
        ("图3 莲花纹锦残片，出土于都兰县热水墓地，云岭", "省博物馆藏"),
        ("图3 莲花纹锦残片，出土于都兰县热水墓地，", "云岭省博物馆藏"),
        ("图3 莲花纹锦残片（唐代，云岭", "省博物馆藏），长十厘米"),
        ("图3 莲花纹锦残片，出土于都兰县热水墓地", "青海省博物馆藏"),
    ],
)
def test_a_line_that_goes_on_with_the_caption_is_no_data(first: str, second: str) -> None:
    found = only([line(first, 50, BELOW), line(second, 50, BELOW + 15)])
    assert found.text == first + second


def headed(title: str = "莲花纹瓦当", y: float = BELOW, x: float = 50) -> list[TextLine]:
    """A short line and the paragraph under it, in one type."""
    texts = [title, "此类瓦当多见于宫殿遗址之中，当心作莲蓬状，", "外绕莲瓣一周，边轮宽平，年代约当唐代。"]
    return [line(text, x, y + 16 * k) for k, text in enumerate(texts)]


def test_a_title_that_heads_a_paragraph_right_under_a_picture_is_its_caption() -> None:
    found = only(headed())
    assert (found.kind, found.text) == ("plain", "莲花纹瓦当")
    assert found.bbox == line("莲花纹瓦当", 50, BELOW).bbox


def test_a_line_that_heads_a_paragraph_elsewhere_is_not() -> None:
    assert "莲花纹瓦当" not in [found.text for found in candidates(headed(y=BELOW + 20))]
    assert "莲花纹瓦当" not in [found.text for found in candidates(headed(x=252))]


def test_a_sentence_under_a_picture_heads_no_paragraph() -> None:
    assert "出自宫城。" not in [found.text for found in candidates(headed("出自宫城。"))]


def test_a_line_may_be_a_caption_up_to_three_centimetres_off() -> None:
    assert only([line("莲花纹瓦当", 100, 378)]).kind == "plain"
    assert candidates([line("莲花纹瓦当", 100, 382)]) == []


POINTERS = {
    "before": [line("（右页左）", 50, 500, 8), line("双凤纹锦", 50, 512, 11)],
    "below": [line("双凤纹锦", 50, 500, 11), line("（右页左）", 50, 514, 8)],
    "behind": [line("双凤纹锦（右页左）", 50, 500, 11)],
}


@pytest.mark.parametrize("lines", POINTERS.values(), ids=POINTERS)
@pytest.mark.parametrize("data", [[], [line("唐　长32厘米", 50, 528, 8)]], ids=["alone", "with data"])
def test_a_pointer_and_its_title_are_one_wherever_the_pointer_stands(
    lines: list[TextLine], data: list[TextLine]
) -> None:
    found = only([*lines, *data])
    assert (found.kind, found.pointer, found.spot, found.title) == ("pointer", "right", "left", "双凤纹锦")


def test_the_half_of_a_work_is_no_pointer() -> None:
    found = only([line("图3 百子图（上）", 50, BELOW)])
    assert (found.pointer, found.body) == (None, "百子图（上）")


def test_one_character_is_a_name_where_it_was_not_read_by_ocr() -> None:
    assert only([line("福", 140, BELOW)]).title == "福"
    assert candidates([line("福", 140, BELOW, sure=0.9)]) == []
    assert [c for text in "圖乙" for c in candidates([line(text, 140, BELOW)])] == []


@pytest.mark.parametrize(
    ("text", "count"),
    [("挂笺三种", 3), ("挂笺3种　浙江、山东", 3), ("第三种", 1), ("挂笺三十种", 1), ("三足盘", 1)],
)
def test_a_title_may_say_how_many_things_it_names(text: str, count: int) -> None:
    assert only([line(text, 100, BELOW)]).plural == count


def test_figures_alone_are_no_caption() -> None:
    assert candidates([line("31750% 1755 39%", 50, BELOW)]) == []


def test_a_catalogue_number_alone_is_that_of_the_plate_it_stands_at() -> None:
    found = only([line("Cat. 12", 50, BELOW)])
    assert is_number_tag(found)
    assert found.label is not None
    assert found.label.key == (12,)
    assert candidates([line("Cat. 12", 50, 500)]) == []


@pytest.mark.parametrize(("photos", "found"), [(4, 5), (1, 1)])
def test_a_title_in_one_block_with_its_list_stands_over_the_list(photos: int, found: int) -> None:
    names = ("1.铜觚（M3:9）", "2.灰陶盆（H12:17）", "3.彩绘陶壶（M6:1）", "4.陶量（H30:2）")
    lines = [
        line("下村遗址出土器物", 50, BELOW, 10, sure=0.99),
        line(" ".join(names), 50, BELOW + 13, 10, sure=0.99),
    ]
    figures = [PHOTO, *((260.0 + 60 * i, 100.0, 310.0 + 60 * i, 300.0) for i in range(photos - 1))]
    texts = [c.text for c in candidates(lines, figures)]
    assert len(texts) == found
    assert (set(names) <= set(texts)) == (photos == 4)


def test_a_detail_tells_of_what_plate_it_is_and_mentions_no_other() -> None:
    assert only([line("圈椅靠背与扶手（图版1局部）", 50, BELOW)]).kind == "plain"
    assert candidates([line("靠背与扶手的做法（图版1）与此相同", 50, BELOW)]) == []


def test_a_field_word_before_a_number_and_a_name_is_no_field() -> None:
    assert only([line("纹样　3-01联珠对鸟纹", 50, BELOW)]).kind == "plain"
    assert candidates([line("纹样　联珠对鸟纹", 50, BELOW)]) == []


@pytest.mark.parametrize(
    ("read", "kept"),
    [(["1"], []), (["8", "5"], []), (["1", "2"], ["1", "2"]), (["1", "1", "2"], ["2"]), (["12"], ["12"])],
    ids=["a stroke", "strokes", "labels of panels", "a stroke like a label", "the number of a plate"],
)
def test_what_ocr_sees_in_a_picture_labels_a_panel_where_it_counts_on(
    read: list[str], kept: list[str]
) -> None:
    inner = [line(text, 60 + 40 * k, 80, sure=0.9) for k, text in enumerate(read)]
    found = find_candidates([], [(40, 60, 380, 300)], inner, 1)
    assert [candidate.text for candidate in found] == kept


def test_a_single_number_that_is_printed_in_a_picture_is_its_label() -> None:
    found = find_candidates([], [(40, 60, 380, 300)], [line("8", 60, 80)], 1)
    assert [candidate.text for candidate in found] == ["8"]
