"""Lists of captions come apart line by line; the numbered key of one caption stays together."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.layout.blocks import build_blocks
from extractors.layout.caption_blocks import starts_block, with_tails, with_titles
from extractors.records import TextLine
from tests.extractors.made import line, prose

NAMES = ("涅槃图", "说法图", "供养人像", "千佛图案", "经变画局部", "伎乐天")


def blocks(texts: Sequence[str]) -> list[str]:
    """The blocks that lines set close below each other make."""
    lines = [line(text, 50, 100 + 15 * k) for k, text in enumerate(texts)]
    return [block.text for block in build_blocks(lines, 1, [], starts_block)]


def above(text: str) -> list[TextLine]:
    return [line(text, 50, 100)]


@pytest.mark.parametrize(
    "texts",
    [
        ["图四二 西壁龛内说法图中的供养菩萨像", "图四三 东壁涅槃图", "图四四 窟顶藻井"],
        ["图四二西壁龛内说法图中的供养菩萨像", "图四三东壁涅槃图", "图四四窟顶藻井"],
        ["图42西壁龛内说法图中的供养菩萨像", "图43东壁涅槃图", "图44窟顶藻井"],
        ["图1-9西壁龛内说法图中的供养菩萨像", "图1-10东壁涅槃图"],
    ],
)
def test_captions_that_count_on_are_a_list(texts: list[str]) -> None:
    assert blocks(texts) == texts


@pytest.mark.parametrize(
    "texts",
    [
        ["图版50—51", "50 西壁龛内说法图", "51 东壁涅槃图"],
        ["图版五〇—五一", "五〇 西壁龛内说法图", "五一 东壁涅槃图"],
        ["图版四九—五一", "四九 西壁龛内说法图", "五〇 东壁涅槃图", "五一 窟顶藻井"],
    ],
)
def test_numbered_lines_below_the_heading_of_a_range_are_a_list(texts: list[str]) -> None:
    assert blocks(texts) == texts


@given(st.integers(1, 198), st.integers(2, 6))
def test_any_list_of_captions_comes_apart(first: int, count: int) -> None:
    texts = [f"图{first + k}{NAMES[k % len(NAMES)]}的临摹本与线描稿" for k in range(count)]
    assert blocks(texts) == texts


@given(st.integers(10, 198), st.integers(1, 5))
def test_any_range_of_plates_heads_its_list(first: int, more: int) -> None:
    texts = [f"图版{first}—{first + more}"]
    texts += [f"{first + k} {NAMES[k % len(NAMES)]}" for k in range(more + 1)]
    assert blocks(texts) == texts


@pytest.mark.parametrize(
    "texts",
    [
        ["1 罐（M3:1）", "2 钵（M3:2）", "3 壶（M3:5）"],
        ["图三 出土陶器", "1 罐（M3:1）", "2 钵（M3:2）"],
    ],
)
def test_the_key_of_a_caption_stays_together(texts: list[str]) -> None:
    assert len(blocks(texts)) == 1


def test_a_number_that_does_not_follow_begins_no_line_of_a_list() -> None:
    assert starts_block("五一 此后诸窟的形制，均沿袭前代，而画风渐变。", above("五〇 西壁龛内说法图"))
    assert not starts_block("五三 此后诸窟的形制，均沿袭前代，而画风渐变。", above("五〇 西壁龛内说法图"))


def test_the_next_figure_named_in_running_text_begins_no_block() -> None:
    first, *rest = prose(50, 100, 300, 4)
    mentions = [line("图3与图4所示的瓦当，形制虽同而纹饰有别，当为前后相继，", 50, 116)]
    mentions.append(line("图5则为另一类型，与前述诸例不同，其年代亦当较晚，", 50, 132))
    lines = [first, *mentions, *(line(n.text, 50, n.bbox[1] + 32) for n in rest)]
    assert len(build_blocks(lines, 1, [], starts_block)) == 1


def test_labels_that_end_a_title_or_a_name_begin_nothing() -> None:
    title = [line("Fig. 12 文成公主入藏图", 50, 100)]
    assert not starts_block("（局部），莲花山第三窟，南宋", title)
    assert starts_block("【局部】莲花", title)
    keeper = [line("藏址　隋代，红崖十五号墓出土，青岚博物", 50, 100)]
    assert not starts_block("馆藏", keeper)
    assert starts_block("馆藏", [line("纹样　藕荷地上织粉红色花纹", 50, 100)])


def joined(*lines: TextLine) -> list[str]:
    """The blocks of lines, labels joined to their titles and captions to what follows them."""
    made = build_blocks(lines, 1, [], starts_block)
    return [" ".join(part.text for part in block.lines) for block in with_tails(with_titles(made), 10)]


def test_a_title_goes_on_in_the_column_of_its_label() -> None:
    label, title = line("圖版一", 300, 70, 14, vertical=True), line("供養菩薩", 300, 140, 14, vertical=True)
    data = line("西魏 高一六五公分", 278, 70, 10, vertical=True)
    assert joined(label, title, data) == ["圖版一 供養菩薩 西魏 高一六五公分"]


def test_a_title_goes_on_after_a_blank_on_the_line_of_its_label() -> None:
    assert joined(line("图版一", 50, 100), line("供养菩萨", 100, 100), line("说法图", 50, 200)) == [
        "图版一 供养菩萨",
        "说法图",
    ]


def test_a_caption_goes_on_in_another_language_in_the_type_of_running_text() -> None:
    twin = [line("A BLUE AND WHITE VASE", 50, 116, 10), line("Qianlong Period (1736–1795)", 50, 128, 10)]
    assert joined(line("LOT 2107 青花梅瓶", 50, 100, 13), *twin) == [
        "LOT 2107 青花梅瓶 A BLUE AND WHITE VASE Qianlong Period (1736–1795)"
    ]


def test_a_paragraph_in_another_language_is_none_of_a_caption() -> None:
    text = ["The vase was made for the court and has", "lotus scrolls around its shoulder."]
    paragraph = [line(part, 50, 116 + 12 * k, 10) for k, part in enumerate(text)]
    assert joined(line("图7 青花梅瓶", 50, 102, 12), *paragraph)[0] == "图7 青花梅瓶"
