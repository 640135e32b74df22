"""Pairing of one page: which caption goes to which figure, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from extractors.geometry import Box
from extractors.layout.candidate import Candidate
from extractors.pairing.conventions import Conventions, Sighting, learn
from extractors.pairing.costs import COSTS
from extractors.pairing.page_pairing import FORBIDDEN, Match, PairingTable, pair_page
from extractors.pairing.page_problem import PageProblem
from extractors.records import Region
from tests.extractors.made import caption, crowded_page, figure

PLAIN = Conventions(body_size=10)


def pairs(
    figures: Sequence[Region],
    captions: Sequence[Candidate],
    conventions: Conventions = PLAIN,
    texts: Sequence[Box] | None = None,
) -> dict[int, int]:
    boxes = [c.bbox for c in captions] if texts is None else texts
    return {m.figure: m.candidate for m in pair_page(PageProblem(figures, captions, boxes, conventions))}


def used_to(side: str, *, vertical: bool = False) -> Conventions:
    return learn([Sighting(side, vertical, 1.0, 10.0, "图") for _ in range(20)], Conventions(body_size=10.0))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("x", "y", "side"), [(100, 306, "below"), (100, 84, "above"), (306, 150, "right"), (10, 150, "left")]
)
def test_a_lone_caption_on_any_side_goes_to_the_lone_figure(x: float, y: float, side: str) -> None:
    (match,) = pair_page(PageProblem([figure(100, 100, 300, 300)], [caption("图1 联珠纹", x, y)], [], PLAIN))
    assert (match.figure, match.candidate, match.side) == (0, 0, side)
    assert match.margin > 0.25


def test_captions_in_two_columns_go_to_their_own_figures() -> None:
    figures = [figure(40, 100, 200, 250), figure(220, 100, 380, 250)]
    captions = [caption("图1 联珠纹", 60, 256), caption("图2 宝相花", 240, 256)]
    assert pairs(figures, captions) == {0: 0, 1: 1}
    assert pairs(figures, captions[::-1]) == {0: 1, 1: 0}


def stacked(below: bool) -> tuple[list[Region], list[Candidate]]:
    """Three figures one above the other, captions midway between; the outermost shows the side."""
    figures = [figure(100, y, 300, y + 120) for y in (80, 230, 380)]
    first = 205 if below else 55
    return figures, [caption(f"图{i + 1} 纹样", 170, first + 150 * i) for i in range(3)]


@pytest.mark.parametrize("below", [True, False])
def test_the_whole_page_decides_between_above_and_below(below: bool) -> None:
    figures, captions = stacked(below)
    assert pairs(figures, captions) == {0: 0, 1: 1, 2: 2}


def test_the_books_habit_decides_where_distance_cannot() -> None:
    figures = [figure(100, 80, 300, 200), figure(100, 230, 300, 350)]
    between = [caption("图1 纹样", 170, 210)]
    assert pairs(figures, between, used_to("below")).get(0) == 0
    assert 1 not in pairs(figures, between, used_to("below"))
    assert pairs(figures, between, used_to("above")).get(1) == 0


def test_a_shared_caption_with_parts_takes_all_its_panels() -> None:
    figures = [figure(60, 100, 180, 220), figure(190, 100, 310, 220), figure(320, 100, 400, 220)]
    assert pairs(figures, [caption("图4 陶器 1.罐 2.钵 3.壶", 120, 228)]) == {0: 0, 1: 0, 2: 0}


def test_pieces_of_a_drawing_share_its_caption() -> None:
    figures = [figure(60 + 90 * i, 100, 130 + 90 * i, 220, "drawing") for i in range(4)]
    assert pairs(figures, [caption("图4 随葬陶器", 170, 235)]) == dict.fromkeys(range(4), 0)


def test_a_figure_across_the_page_gets_nothing() -> None:
    figures = [figure(50, 60, 150, 130), figure(50, 400, 350, 550)]
    assert pairs(figures, [caption("图1 纹样", 150, 556)]) == {1: 0}


def test_a_label_beats_a_nearer_line_without_one() -> None:
    captions = [caption("馆藏标本", 170, 304), caption("图1 缠枝莲纹", 160, 320)]
    assert pairs([figure(100, 100, 300, 300)], captions, used_to("below"))[0] == 1


def test_nothing_is_paired_with_nothing() -> None:
    assert pair_page(PageProblem([], [caption("图1 纹样", 100, 100)], [], PLAIN)) == []
    assert pair_page(PageProblem([figure(100, 100, 300, 300)], [], [], PLAIN)) == []


def test_a_vertical_caption_beside_its_figure() -> None:
    figures = [figure(60, 100, 180, 300), figure(240, 100, 360, 300)]
    captions = [caption("圖一 飛天", 188, 110, vertical=True), caption("圖二 藻井", 368, 110, vertical=True)]
    assert pairs(figures, captions, used_to("right", vertical=True)) == {0: 0, 1: 1}


def margin(extra: Sequence[Region] = (), more: Sequence[Candidate] = ()) -> float:
    """How sure the pair of the first figure and its caption below is, with company."""
    own = caption("图1 纹样", 170, 306)
    matches = pair_page(PageProblem([figure(100, 100, 300, 300), *extra], [own, *more], [], PLAIN))
    return next(m.margin for m in matches if (m.figure, m.candidate) == (0, 0))


def test_a_rival_makes_a_pair_less_sure() -> None:
    alone = margin()
    assert margin(more=[caption("图2 纹样", 170, 322)]) < alone
    assert 0 <= margin(extra=[figure(100, 322, 300, 500)]) <= alone


def test_neighbours_share_a_caption_that_spans_them_but_not_a_figure_far_off() -> None:
    figures = [figure(60, 100, 180, 220), figure(190, 100, 310, 220), figure(60, 400, 180, 500)]
    assert pairs(figures, [caption("图4 汉墓出土的两件陶器", 130, 228)]) == {0: 0, 1: 0}


def test_a_page_of_many_pictures_gives_each_its_own_caption() -> None:
    places = [(30.0 + 95 * x, 30.0 + 110 * y) for y in range(12) for x in range(10)]
    figures = [figure(x, y, x + 80, y + 80) for x, y in places]
    captions = [caption(f"图{k + 1} 瓦当", x + 10, y + 85, size=8) for k, (x, y) in enumerate(places)]
    assert pairs(figures, captions) == {k: k for k in range(120)}


def test_the_problem_grows_with_the_number_of_figures() -> None:
    size = []
    for count in (60, 240):
        content = crowded_page(count)
        captions = [caption(n.text, n.bbox[0], n.bbox[1], size=8) for n in content.lines]
        problem = PageProblem(content.regions, captions, [n.bbox for n in content.lines], PLAIN)
        size.append(len(PairingTable.of_page(problem, COSTS).prices.prices) / count)
    assert max(size) <= 60  # prices a figure; a dense table of 240 figures has 5,000


_cells = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 5)), unique=True, max_size=7)


@st.composite
def made_pages(draw: st.DrawFn) -> tuple[list[Region], list[Candidate]]:
    """Figures and captions on a loose grid, some cells holding either, some both."""
    figures = [figure(20 + 90 * x, 20 + 95 * y, 95 + 90 * x, 90 + 95 * y) for x, y in draw(_cells)]
    words = st.sampled_from(["图{} 联珠纹", "右图：飞天{}", "宝相花{}", "图{} 陶器 1.罐 2.钵"])
    captions = [
        caption(draw(words).format(i + 1), 22 + 90 * x, 94 + 95 * y) for i, (x, y) in enumerate(draw(_cells))
    ]
    return figures, captions


def moved(match: Match) -> tuple[int, int, float]:
    return match.figure, match.candidate, pytest.approx(match.margin, abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(made_pages())
def test_every_figure_has_one_caption_at_most(made: tuple[list[Region], list[Candidate]]) -> None:
    figures, captions = made
    matches = pair_page(PageProblem(figures, captions, [c.bbox for c in captions], PLAIN))
    assert len({m.figure for m in matches}) == len(matches)
    for match in matches:
        assert 0 <= match.figure < len(figures)
        assert 0 <= match.candidate < len(captions)
        assert match.margin >= 0


@settings(max_examples=30, deadline=None)
@given(made_pages(), st.integers(-200, 200), st.integers(-200, 200))
def test_moving_a_page_changes_nothing(made: tuple[list[Region], list[Candidate]], dx: int, dy: int) -> None:
    def shift(box: Box) -> Box:
        return box[0] + dx, box[1] + dy, box[2] + dx, box[3] + dy

    figures, captions = made
    texts = [c.bbox for c in captions]
    before = pair_page(PageProblem(figures, captions, texts, PLAIN))
    after = pair_page(
        PageProblem(
            [replace(f, bbox=shift(f.bbox)) for f in figures],
            [replace(c, bbox=shift(c.bbox)) for c in captions],
            [shift(box) for box in texts],
            PLAIN,
        )
    )
    assert [(m.figure, m.candidate, m.margin) for m in after] == [moved(m) for m in before]


@settings(max_examples=60, deadline=None)
@given(made_pages())
def test_a_margin_is_what_the_page_costs_more_without_the_pair(
    made: tuple[list[Region], list[Candidate]],
) -> None:
    figures, captions = made
    problem = PageProblem(figures, captions, [c.bbox for c in captions], PLAIN)
    for match in pair_page(problem):
        table = PairingTable.of_page(problem, COSTS)
        prices = table.table
        before = cheapest(prices)
        own = [k for k, owner in enumerate(table.owners) if owner == match.candidate]
        prices[match.figure, own] = FORBIDDEN
        assert match.margin == pytest.approx(cheapest(prices) - before, abs=1e-6)


def cheapest(prices: NDArray[np.float64]) -> float:
    """The price of the cheapest whole, by the Hungarian method over the dense table."""
    return float(prices[linear_sum_assignment(prices)].sum())


@settings(max_examples=30, deadline=None)
@given(made_pages())
def test_the_price_of_a_pairing_is_the_price_of_its_features(
    made: tuple[list[Region], list[Candidate]],
) -> None:
    figures, captions = made
    problem = PageProblem(figures, captions, [c.bbox for c in captions], PLAIN)
    if figures:
        table = PairingTable.of_page(problem, COSTS)
        columns = table.assign()
        price = table.table[np.arange(len(figures)), columns].sum()
        assert COSTS.price(table.features(columns)) == pytest.approx(price)
