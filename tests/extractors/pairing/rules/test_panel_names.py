"""Names printed right at the panels of one caption."""

from __future__ import annotations

import pytest

from extractors.geometry import centre
from extractors.pairing.rules.panel_names import PanelNames
from extractors.pairing.solve import solve_book
from extractors.records import Region, RegionSource
from tests.extractors.made import book, caption, figure, line, page
from tests.extractors.pairing.made_books import laid_out

NAMES = ("南立面图", "剖面图")
COMMON = ("图3-2 大殿测绘图", 160.0)


def panels(source: RegionSource = "image") -> list[Region]:
    return [figure(40, 40, 200, 200, source), figure(220, 40, 380, 200, source)]


def named(
    *names: str,
    away: float = 4,
    aside: float = 0,
    source: RegionSource = "image",
    common: tuple[str, float] = COMMON,
) -> list[int]:
    """The panels (indices) for which names are proposed, each printed `away` below and `aside` of one."""
    figures = panels(source)
    texts = [caption(common[0], common[1], 320)]
    for name, region in zip(names, figures, strict=False):
        middle = centre(region.bbox)[0] + aside
        texts.append(caption(name, middle - 5 * len(name), 200 + away))
    return [proposal.figure[1] for proposal in PanelNames().propose(laid_out({1: figures}, texts))]


def test_each_panel_has_its_name_and_the_common_caption() -> None:
    lines = [line(NAMES[0], 100, 204), line(NAMES[1], 285, 204), line(*COMMON, 225)]
    drafts = solve_book(book([page(1, lines, panels())])).drafts
    assert [d.description for d in drafts] == [f"大殿测绘图：{name}" for name in NAMES]


def test_one_name_is_no_panels_and_neither_are_names_without_a_caption_of_all() -> None:
    assert named(*NAMES) == [0, 1]
    assert named(NAMES[0]) == []
    assert named(*NAMES, common=("大殿测绘图", 160)) == []
    assert named(*NAMES, common=("图3-2 大殿", 85)) == [0, 1]


@pytest.mark.parametrize(("away", "found"), [(12, [0, 1]), (20, [])])
def test_a_name_stands_right_at_its_panel(away: float, found: list[int]) -> None:
    assert named(*NAMES, away=away) == found


@pytest.mark.parametrize(("away", "found"), [(50, [0, 1]), (75, [])])
def test_dimensions_may_stand_between_a_drawing_and_its_name(away: float, found: list[int]) -> None:
    assert named(*NAMES, away=away, source="drawing") == found


@pytest.mark.parametrize(("aside", "found"), [(7, [0, 1]), (15, [])])
def test_a_name_is_centred(aside: float, found: list[int]) -> None:
    assert named(*NAMES, aside=aside) == found


@pytest.mark.parametrize(
    ("name", "found"), [("大殿南立面及山墙复原图样", [0, 1]), ("大殿" * 9, []), ("南立面图。", [])]
)
def test_a_name_is_short_and_announces_nothing(name: str, found: list[int]) -> None:
    assert named(name, NAMES[1]) == found
