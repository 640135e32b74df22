"""Lists whose lines name panels: by printed label, by place, by order."""

from __future__ import annotations

import pytest

from extractors.grammar.caption_text import only_points
from extractors.pairing.solve import SolvedBook, solve_book
from extractors.records import PageContent, TextLine
from tests.extractors.made import book, figure, line, page, prose

NAMES = ("方胜纹锦", "缂丝夹袄", "青釉瓶", "翘头履")
PANELS = [(50, 60, 200, 160), (210, 60, 360, 160), (50, 170, 200, 270), (210, 170, 360, 270)]


def solved(*pages: PageContent) -> SolvedBook:
    return solve_book(book(pages))


def listed(order: tuple[int, ...] = (0, 1, 2, 3), y: float = 300) -> list[TextLine]:
    """A list in two columns below the panels."""
    return [
        line(f"{k + 1} {NAMES[k]}", 50 if i < 2 else 230, y + 14 * (i % 2), 9) for i, k in enumerate(order)
    ]


def titles(result: SolvedBook) -> list[str]:
    return [draft.title for draft in result.drafts]


def test_a_line_goes_to_the_panel_with_its_label() -> None:
    places = (2, 0, 3, 1)  # the panel with label 1 is the third, and so on
    labels = [line(str(n + 1), PANELS[k][0] + 5, PANELS[k][1] + 5, 9) for n, k in enumerate(places)]
    regions = [figure(*box) for box in PANELS]
    result = solved(page(1, [*labels, *listed()], regions))
    assert titles(result) == [NAMES[places.index(k)] for k in range(4)]
    assert {draft.rule for draft in result.drafts} == {"keyed-list"}
    assert min(draft.confidence for draft in result.drafts) > 0.8


def test_without_labels_the_order_of_the_panels_decides() -> None:
    result = solved(page(1, listed(), [figure(*box) for box in PANELS]))
    assert titles(result) == list(NAMES)


def test_a_list_may_stand_on_the_page_beside_its_panels() -> None:
    labels = [line(str(k + 1), box[0] + 5, box[1] + 5, 9) for k, box in enumerate(PANELS)]
    plates = page(1, labels, [figure(*box) for box in PANELS])
    result = solved(plates, page(2, [*listed(y=100), *prose(50, 300, 320, 8)]))
    assert titles(result) == list(NAMES)


def test_lines_at_their_panels_share_the_common_caption() -> None:
    lines = [line(f"({'abc'[k]}) {NAMES[k]}", 55 + 120 * k, 163, 9) for k in range(3)]
    common = line("图27 随葬衣物", 180, 185, 9)
    result = solved(
        page(1, [*lines, common], [figure(50 + 120 * k, 60, 160 + 120 * k, 160) for k in range(3)])
    )
    assert titles(result) == list(NAMES[:3])
    assert {draft.number for draft in result.drafts} == {"图27"}
    assert len({draft.group for draft in result.drafts}) == 1


def test_a_list_of_more_lines_than_panels_is_none() -> None:
    result = solved(page(1, listed(), [figure(*box) for box in PANELS[:2]]))
    assert "keyed-list" not in {draft.rule for draft in result.drafts}


def test_lines_at_pictures_of_their_own_page_name_no_others() -> None:
    labels = [line(str(k + 1), box[0] + 5, box[1] + 5, 9) for k, box in enumerate(PANELS)]
    parts = " ".join(f"{k + 1}. {name}" for k, name in enumerate("罐钵壶瓶"))
    before = page(1, [*labels, line(f"图1 陶器 {parts}", 100, 285, 9)], [figure(*box) for box in PANELS])
    own = [line(f"{k + 1}. 发掘现场之{k + 1}", 150, 265 + 220 * k, 9) for k in range(2)]
    after = page(2, own, [figure(50, 60 + 220 * k, 370, 260 + 220 * k) for k in range(2)])
    result = solved(before, after)
    assert titles(result) == ["罐", "钵", "壶", "瓶", "发掘现场之1", "发掘现场之2"]


def test_letters_are_labels_even_where_they_could_be_roman() -> None:
    labels = [line("ABCD"[k], box[0] + 5, box[1] + 5, 9) for k, box in enumerate(PANELS)]
    lines = [line(f"{'ABCD'[k]} {NAMES[k]}", 50, 300 + 14 * k, 9) for k in range(4)]
    result = solved(page(1, [*labels, *lines], [figure(*box) for box in PANELS]))
    assert titles(result) == list(NAMES)


POTS = ("罐（M3：1）", "瓮（M3：4）", "壶（M3：12）", "尊（M3：14）", "盂（M3：5）", "钵（M3：9）")


def pots() -> PageContent:
    """Six pots in three rows, each over its number, which is nearer to the next row; lists that run on."""
    boxes = [(50.0 + 170 * (k % 2), 60.0 + 122 * (k // 2)) for k in range(6)]
    regions = [figure(x, y, x + 140, y + 100) for x, y in boxes]
    lines = [line(str(k + 1), x + 70, y + 110, 8) for k, (x, y) in enumerate(boxes)]
    for n in range(2):
        items = " ".join(f"{k + 1}. {POTS[k]}" for k in range(3 * n, 3 * n + 3))
        lines.append(line(items, 30 + 200 * n, 460, 7))
    return page(1, lines, regions)


def test_a_list_that_runs_on_names_the_panels_over_their_numbers() -> None:
    result = solved(pots())
    assert [draft.caption for draft in result.drafts] == [f"{k + 1}. {name}" for k, name in enumerate(POTS)]


def test_a_line_of_several_items_is_the_key_of_a_single_figure() -> None:
    key = "1. 罐（M3：1） 2. 瓮（M3：4） 3. 壶（M3：12）"
    (draft,) = solved(page(1, [line(key, 60, 265, 8)], [figure(60, 60, 360, 260)])).drafts
    assert draft.caption == key


def test_an_item_of_a_list_may_end_as_a_credit_does() -> None:
    lines = [line(f"{k + 1}. {name}", 50, 300 + 14 * k, 9) for k, name in enumerate(NAMES[:2])]
    lines[0] = line("1. 石窟外景 自西岸拍摄", 50, 300, 9)
    labels = [line(str(k + 1), box[0] + 5, box[1] + 5, 9) for k, box in enumerate(PANELS[:2])]
    regions = [figure(x0, y0 + 100, x1, y1 + 100) for x0, y0, x1, y1 in PANELS[:2]]
    moved = [line(label.text, label.bbox[0], label.bbox[1] + 100, 9) for label in labels]
    drafts = solved(page(1, [*moved, *lines], regions)).drafts
    assert [draft.caption for draft in drafts] == ["1. 石窟外景 自西岸拍摄", f"2. {NAMES[1]}"]


def test_a_list_of_both_pages_of_an_opening_is_dealt_out_in_order() -> None:
    """The heading of the list points to both pages and is no caption; the list is long."""
    left = page(1, [], [figure(*box) for box in PANELS])
    items = [line(f"{k + 1}. {name}", 50, 194 + 14 * k, 8) for k, name in enumerate(POTS)]
    heading = line("左页、本页", 50, 180, 8)
    right = page(2, [heading, *items], [figure(*box) for box in PANELS[:2]])
    drafts = solved(left, right).drafts
    assert [draft.caption for draft in drafts] == [f"{k + 1}. {name}" for k, name in enumerate(POTS)]


def test_a_list_is_not_dealt_out_over_a_page_with_words_of_its_own() -> None:
    left = page(1, [line("图3 墓室", 50, 275)], [figure(*box) for box in PANELS])
    items = [line(f"{k + 1}. {name}", 50, 194 + 14 * k, 8) for k, name in enumerate(POTS)]
    right = page(2, items, [figure(*box) for box in PANELS[:2]])
    assert not any("罐" in draft.caption for draft in solved(left, right).drafts if draft.page == 1)


def test_lines_in_order_share_the_one_caption_of_their_page() -> None:
    panels = [figure(40 + 120 * k, 100, 150 + 120 * k, 200) for k in range(3)]
    items = [line(f"{k + 1}. {name}", 80, 240 + 12 * k, 8) for k, name in enumerate(NAMES[:3])]
    result = solved(page(1, [line("图版一二 M3出土衣物", 120, 210), *items], panels))
    assert titles(result) == list(NAMES[:3])
    assert {draft.number for draft in result.drafts} == {"图版一二"}


@pytest.mark.parametrize(
    ("text", "points"), [("左页、本页", True), ("对页", True), ("对页　石窟", False), ("石窟", False)]
)
def test_a_text_of_pointers_alone_is_told(text: str, points: bool) -> None:
    assert only_points(text) == points
