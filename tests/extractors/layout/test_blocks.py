"""Lines gathered into blocks: paragraphs, captions, headings, vertical text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.geometry import Box
from extractors.layout.blocks import Block, build_blocks, outside_text
from extractors.layout.caption_blocks import starts_block
from extractors.records import TextLine
from tests.extractors.made import figure, line, page, prose


def blocks(lines: Sequence[TextLine], walls: Sequence[Box] = ()) -> list[str]:
    return [block.text for block in build_blocks(lines, 1, walls, starts_block)]


def test_the_lines_of_a_paragraph_are_one_block() -> None:
    lines = prose(50, 100, 300, 6)
    (text,) = blocks(lines)
    assert text == "".join(n.text for n in lines)


def test_english_lines_are_joined_with_spaces() -> None:
    lines = [line("The robe was woven in the", 50, 100), line("imperial workshops of Suzhou", 50, 116)]
    assert blocks(lines) == ["The robe was woven in the imperial workshops of Suzhou"]


def test_a_caption_after_a_closed_paragraph_is_a_block_of_its_own() -> None:
    lines = [*prose(50, 100, 300, 3), line("均为本地窑场所烧造。", 50, 148), line("图3 莲花纹瓦当", 50, 164)]
    assert blocks(lines)[-1] == "图3 莲花纹瓦当"


def test_a_marked_caption_is_a_block_even_after_an_open_line() -> None:
    lines = [*prose(50, 100, 300, 3), line("图3：莲花纹瓦当", 50, 148)]
    assert blocks(lines)[-1] == "图3：莲花纹瓦当"


def test_a_reference_in_running_text_does_not_begin_a_block() -> None:
    first, *rest = prose(50, 100, 300, 4)
    mention = line("图3所示即为此类瓦当的典型形制，可与前述墓葬比较，", 50, 116)
    lines = [first, mention, *(line(n.text, 50, n.bbox[1] + 16) for n in rest)]
    assert len(blocks(lines)) == 1
    longer = [line("图3 四合如意云纹", 110, 102), line("上下左右四个涡卷，拼合而成，金线勾边", 60, 116)]
    assert len(blocks(longer)) == 1


def test_other_type_sizes_are_other_blocks() -> None:
    lines = [line("宝相花纹锦", 50, 100, 14), *prose(50, 122, 300, 3)]
    assert len(blocks(lines)) == 2


def test_sizes_read_by_ocr_may_differ_a_little() -> None:
    lines = [line(n.text, 50, n.bbox[1], 10 + i % 2, sure=0.9) for i, n in enumerate(prose(50, 100, 300, 4))]
    assert len(blocks(lines)) == 1


def test_columns_are_not_joined_across_the_gutter() -> None:
    left, right = prose(40, 100, 160, 8), prose(220, 100, 160, 8, start=3)
    found = blocks([*left, *right])
    assert sorted(found) == sorted(["".join(n.text for n in left), "".join(n.text for n in right)])


def test_no_block_crosses_a_figure() -> None:
    above, below = line("塔的远景", 100, 100), line("塔的近景", 100, 120)
    assert len(blocks([above, below])) == 1
    assert len(blocks([above, below], [(80, 110.5, 200, 119.5)])) == 2


def test_vertical_lines_go_on_to_the_left() -> None:
    lines = [
        line("敦煌莫高窟第二二〇窟", 300, 100, 12, vertical=True),
        line("南壁西方淨土變", 280, 100, 12, vertical=True),
    ]
    (block,) = build_blocks(lines, 1, [], starts_block)
    assert block.vertical
    assert block.text == "敦煌莫高窟第二二〇窟南壁西方淨土變"


def test_a_block_knows_its_box_and_its_confidence() -> None:
    block = Block(1, (line("四个字的", 10, 10, sure=1.0), line("另外四字", 10, 26, sure=0.5)))
    assert block.bbox == (10, 10, 50, 36)
    assert block.confidence == 0.75
    assert block.size == 10


def test_text_inside_figures_and_tables_is_no_text_of_the_page() -> None:
    inside, cell, outside = line("北", 110, 110), line("数量", 60, 310), line("正文", 60, 500)
    content = page(
        lines=[inside, cell, outside], regions=[figure(100, 100, 200, 200)], tables=[(50, 300, 300, 400)]
    )
    assert outside_text(content, [(100, 100, 200, 200)]) == [outside]


@st.composite
def scattered(draw: st.DrawFn) -> list[TextLine]:
    words = st.sampled_from(["图1 联珠纹", "正文一行接着一行", "纹样：飞鸟", "a line of English", "三"])
    spots = st.tuples(words, st.integers(0, 40), st.integers(0, 40), st.booleans())
    drawn = draw(st.lists(spots, max_size=12))
    return [line(word, 10.0 * x, 10.0 * y, vertical=upright) for word, x, y, upright in drawn]


@given(scattered())
def test_no_line_is_lost_or_used_twice(lines: list[TextLine]) -> None:
    used = [n for block in build_blocks(lines, 1, [], starts_block) for n in block.lines]
    assert sorted(used, key=repr) == sorted(lines, key=repr)


def test_a_picture_that_only_touches_the_last_line_above_it_parts_nothing() -> None:
    lines = [line("图六 石门窟龛内左侧", 50, 164), line("飞天", 90, 177)]
    below = (50.0, 186.5, 180.0, 288.0)
    assert len(build_blocks(lines, 1, [below], starts_block)) == 1
    between = (50.0, 170.0, 180.0, 181.0)
    assert len(build_blocks(lines, 1, [between], starts_block)) == 2


def test_a_line_centred_over_a_paragraph_is_none_of_it() -> None:
    text = prose(50, 116, 300, 5)
    indented = replace(text[0], bbox=(70, *text[0].bbox[1:]))
    name = line("挂笺三种　浙江、山东", 150, 102)
    assert blocks([name, indented, *text[1:]])[0] == name.text
    lines = [line("织物上的云纹", 120, 102), line("与同时期墓葬出土者同", 100, 116)]
    assert len(blocks(lines)) == 1


@pytest.mark.parametrize(("left", "count"), [(50, 2), (80, 1)])
def test_a_line_set_off_from_a_centred_one_begins_a_block(left: float, count: int) -> None:
    centred, below = (
        line("双凤穿花纹织金锦残片及其花纹之复原图", 100, 100),
        line("长三十二厘米，宽二十厘米", left, 116),
    )
    assert len(blocks([centred, below])) == count


def test_the_mark_of_a_panel_is_a_block_of_its_own() -> None:
    assert blocks([line("①", 160, 100), line("14 牡丹纹印花绢罗裙 北宋", 60, 114)]) == [
        "①",
        "14 牡丹纹印花绢罗裙 北宋",
    ]
