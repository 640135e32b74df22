"""Lists whose lines say where their pictures are: 左上　飞天."""

from __future__ import annotations

import pytest

from extractors.pairing.solve import solve_book
from tests.extractors.made import book, figure, line, page

BOXES = {
    "左上": (50, 60, 200, 160),
    "右上": (210, 60, 360, 160),
    "左下": (50, 170, 200, 270),
    "右下": (210, 170, 360, 270),
}
NAMES = {"左上": "持莲花菩萨", "右上": "都督夫人礼佛图", "左下": "五台山图", "右下": "飞天"}


def captions(order: list[str]) -> dict[str, str]:
    """Place -> title, for a list below a grid printed in some order, each line with a second one."""
    lines = [
        part
        for k, place in enumerate(order)
        for part in (
            line(f"{place}　{NAMES[place]}", 50, 290 + 30 * k, 8),
            line("莫高窟第172窟　西魏", 50, 301 + 30 * k, 8),
        )
    ]
    drafts = solve_book(book([page(1, lines, [figure(*BOXES[place]) for place in BOXES])])).drafts
    return dict(zip(BOXES, (draft.description.split("莫")[0].strip() for draft in drafts), strict=True))


@pytest.mark.parametrize("order", [list(BOXES), ["右下", "左上", "左下", "右上"]])
def test_each_line_goes_to_the_picture_at_its_place(order: list[str]) -> None:
    assert captions(order) == NAMES


def test_an_irregular_group() -> None:
    lines = [
        line(f"{place}　{name}", 50, 400 + 14 * k, 8)
        for k, (place, name) in enumerate((("左", "供养菩萨"), ("右上", "文殊"), ("右中", "经变")))
    ]
    figures = [figure(260, 50, 380, 150), figure(40, 50, 250, 300), figure(260, 160, 380, 300)]
    drafts = solve_book(book([page(1, lines, figures)])).drafts
    assert [draft.title for draft in drafts] == ["文殊", "供养菩萨", "经变"]


def test_places_where_no_picture_is_are_not_believed() -> None:
    lines = [line("左上　飞天", 50, 400, 8), line("左下　藻井", 50, 414, 8)]
    drafts = solve_book(book([page(1, lines, [figure(40, 60, 120, 340), figure(300, 60, 380, 340)])])).drafts
    assert {draft.rule for draft in drafts} != {"placed-list"}
