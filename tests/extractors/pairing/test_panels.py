"""Figures under one caption: pieces of a drawing joined, panels given their own part of the text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from extractors.geometry import Box, union
from extractors.layout.candidate import Candidate
from extractors.pairing.drafts import Draft
from extractors.pairing.joining import join_drawings
from extractors.pairing.panels import share_parts
from extractors.records import RegionSource
from tests.extractors.made import caption, figure, line

ROW: list[Box] = [(60, 100, 160, 200), (170, 100, 270, 200), (280, 100, 380, 200)]
GRID: list[Box] = [(60, 100, 160, 200), (170, 100, 270, 200), (60, 210, 160, 310), (170, 210, 270, 310)]


def drafts(boxes: Sequence[Box], text: Candidate, source: RegionSource = "image") -> list[Draft]:
    """Figures that have been paired with one caption."""
    return [
        Draft(1, figure(*box, source), text, "same-page", 3.0, caption=text.text, description=text.body)
        for box in boxes
    ]


def tags(*placed: tuple[str, float, float]) -> list[Candidate]:
    return [caption(text, x, y) for text, x, y in placed]


def told(result: Sequence[Draft]) -> list[str]:
    return [draft.title for draft in result]


def test_printed_labels_decide_whatever_the_order() -> None:
    shared = caption("图4 陶器 (a)罐 (b)钵 (c)壶", 120, 210)
    labels = tags(("(c)", 62, 102), ("(a)", 172, 102), ("(b)", 282, 102))
    assert told(share_parts(drafts(ROW, shared), labels)) == ["壶", "罐", "钵"]


def test_without_labels_the_order_of_print_decides() -> None:
    shared = caption("图4 陶器 1.罐 2.钵 3.壶 4.瓮", 120, 320)
    shuffled = [GRID[2], GRID[0], GRID[3], GRID[1]]
    assert told(share_parts(drafts(shuffled, shared), [])) == ["壶", "罐", "瓮", "钵"]


def test_rows_of_a_vertical_caption_are_read_from_the_right() -> None:
    shared = replace(caption("圖四　補子　甲　仙鶴　乙　錦雞　丙　獅子", 400, 100), vertical=True)
    assert told(share_parts(drafts(ROW, shared), [])) == ["獅子", "錦雞", "仙鶴"]


@pytest.mark.parametrize(
    ("text", "boxes", "titles"),
    [
        ("图4 左：莲花 右：凤鸟", [ROW[1], ROW[0]], ["凤鸟", "莲花"]),
        ("图4 上：莲花 下：凤鸟", [GRID[2], GRID[0]], ["凤鸟", "莲花"]),
    ],
)
def test_places_decide(text: str, boxes: list[Box], titles: list[str]) -> None:
    assert told(share_parts(drafts(boxes, caption(text, 120, 330)), [])) == titles


def test_panels_keep_what_is_said_of_all() -> None:
    result = share_parts(drafts(ROW, caption("图4 汉墓出土陶器 1.罐 2.钵 3.壶", 120, 210)), [])
    assert all("汉墓出土陶器" in draft.description for draft in result)
    assert [draft.description.endswith(part) for draft, part in zip(result, "罐钵壶", strict=True)] == [
        True
    ] * 3
    assert len({draft.group for draft in result}) == 1
    assert result[0].group


def test_labels_are_surer_than_order() -> None:
    shared = caption("图4 陶器 1.罐 2.钵 3.壶", 120, 210)
    labelled = share_parts(drafts(ROW, shared), tags(("1", 62, 102), ("2", 172, 102), ("3", 282, 102)))
    ordered = share_parts(drafts(ROW, shared), [])
    assert told(labelled) == told(ordered) == ["罐", "钵", "壶"]
    assert labelled[0].confidence > ordered[0].confidence


def test_one_text_may_own_several_figures() -> None:
    result = share_parts(drafts(ROW, caption("图4 汉墓出土陶器", 120, 210)), [])
    assert {draft.description for draft in result} == {"汉墓出土陶器"}
    assert len({draft.group for draft in result}) == 1


def test_panels_know_the_whole_figure_they_are_parts_of() -> None:
    result = share_parts(drafts(ROW, caption("图4 陶器 1.罐 2.钵 3.壶", 120, 210)), [])
    (parent,) = {draft.parent for draft in result}
    assert parent == (result[0].page, union(ROW))


def test_too_few_parts_are_not_dealt_out() -> None:
    result = share_parts(drafts(ROW, caption("图4 陶器 1.罐 2.钵", 120, 210)), [])
    assert len({draft.description for draft in result}) == 1


def test_a_caption_of_one_figure_is_left_whole() -> None:
    alone = drafts(ROW[:1], caption("图4 陶器 1.罐 2.钵 3.壶", 60, 210))
    assert share_parts(alone, []) == alone


def test_two_captions_make_two_groups() -> None:
    first, second = caption("图4 陶器", 60, 210), caption("图5 瓦当", 60, 420)
    low = [(x0, y0 + 210, x1, y1 + 210) for x0, y0, x1, y1 in ROW]
    result = share_parts(drafts(ROW, first) + drafts(low, second), [])
    assert len({draft.group for draft in result}) == 2


def test_pieces_of_a_drawing_become_one_figure() -> None:
    joined = join_drawings(drafts(ROW, caption("图4 随葬陶器", 120, 210), "drawing"), [], [])
    assert [draft.bbox for draft in joined] == [(60, 100, 380, 200)]
    assert joined[0].confidence >= 0.8


def test_a_scale_bar_and_numbers_belong_to_the_drawing() -> None:
    scale: Box = (180, 210, 260, 214)
    number = line("1", 105, 203, 7)
    (joined,) = join_drawings(drafts(ROW, caption("图4 随葬陶器", 120, 240), "drawing"), [scale], [number])
    assert joined.bbox[3] >= 214


def test_a_drawing_does_not_swallow_its_caption_or_other_figures() -> None:
    text = caption("图4 随葬陶器", 200, 140)  # between the pieces
    apart = drafts([ROW[0], (320, 100, 380, 200)], text, "drawing")
    assert [draft.bbox for draft in join_drawings(apart, [], [])] == [draft.bbox for draft in apart]
    below = caption("图4 随葬陶器", 120, 210)
    stranger = Draft(1, figure(*ROW[1]))
    kept = join_drawings([*drafts([ROW[0], ROW[2]], below, "drawing"), stranger], [], [])
    assert len(kept) == 3


def test_photographs_are_never_joined() -> None:
    assert len(join_drawings(drafts(ROW, caption("图4 陶器", 120, 210)), [], [])) == 3


def test_a_scale_bar_belongs_to_the_nearer_of_two_drawings() -> None:
    near, far = figure(60, 100, 140, 200, "drawing"), figure(230, 100, 330, 200, "drawing")
    captions = (caption("图4 陶罐", 80, 240), caption("图5 陶片纹饰比例", 250, 240))
    both = [d for f, c in zip((near, far), captions, strict=True) for d in drafts([f.bbox], c, "drawing")]
    first, second = join_drawings(both, [(155, 190, 200, 194)], [])
    assert (first.bbox[2], second.bbox[0]) == (200, 230)


def test_pieces_lead_from_one_to_the_next_as_far_as_they_reach() -> None:
    drawn = drafts([(60, 100, 140, 200)], caption("图4 随葬陶器", 80, 240), "drawing")
    chain: list[Box] = [(190 + 100 * k, 150, 240 + 100 * k, 160) for k in range(6)]  # 50 points apart
    (joined,) = join_drawings(drawn, chain, [])
    assert joined.bbox == (60, 100, 740, 200)
    (joined,) = join_drawings(drawn, [*chain[:3], *chain[4:]], [])
    assert joined.bbox == (60, 100, 440, 200)


def test_a_panel_that_shows_a_side_is_named_after_the_thing() -> None:
    shared = caption("图4 鸟纹锦（M9:23） 1.正面 2.背面 3.局部", 120, 210)
    named = ["鸟纹锦正面", "鸟纹锦背面", "鸟纹锦局部"]
    assert told(share_parts(drafts(ROW, shared), [])) == named


def test_the_title_of_a_part_ends_before_date_and_place() -> None:
    shared = caption("图4 左：方胜纹锦，清，青岚博物馆 中：夹袄，五代 右：荷包", 120, 210)
    assert told(share_parts(drafts(ROW, shared), [])) == ["方胜纹锦", "夹袄", "荷包"]
