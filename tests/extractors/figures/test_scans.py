"""What is taken from the proposals for a scan: what is believed, what is print, what is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pymupdf
import pytest

from extractors.figures.proposals import ProposalPage, RegionLabel, RegionProposal
from extractors.figures.scans import ScanContent, ScanFigure, look_at_scan, unread, without_print
from extractors.geometry import Box
from extractors.records import TextLine
from extractors.settings import Limits

LEFT: Box = (20, 20, 140, 180)
RIGHT: Box = (160, 20, 280, 180)


@dataclass
class Told:
    """A proposer that says what it was told to say."""

    answers: Sequence[tuple[RegionLabel, Box, float]]
    name: str = "told"
    digest: str = "1"

    def propose(self, page: ProposalPage) -> Sequence[RegionProposal]:
        return [RegionProposal(box, label, score, self.name) for label, box, score in self.answers]


def blank() -> ProposalPage:
    return ProposalPage(pymupdf.open().new_page(width=300, height=400), 1, Limits())


def look(*answers: tuple[RegionLabel, Box, float], page: ProposalPage | None = None) -> ScanContent:
    return look_at_scan(page or blank(), Told(answers))


def test_doubtful_figures_are_dropped_with_a_reason() -> None:
    content = look(("figure", RIGHT, 0.9), ("figure", LEFT, 0.4))
    assert [figure.bbox for figure in content.figures] == [RIGHT]
    assert content.dropped == [(LEFT, "low-score")]


def test_figures_come_from_the_top_down_and_from_left_to_right() -> None:
    below: Box = (20, 200, 140, 300)
    content = look(("figure", below, 0.95), ("figure", RIGHT, 0.9), ("figure", LEFT, 0.7))
    assert [figure.bbox for figure in content.figures] == [LEFT, RIGHT, below]


def test_a_table_is_one_unless_it_is_a_figure() -> None:
    content = look(
        ("table", LEFT, 0.8),
        ("table", RIGHT, 0.8),
        ("table", (20, 200, 140, 300), 0.2),
        ("figure", RIGHT, 0.9),
    )
    assert content.tables == (LEFT,)


def test_groups_are_no_figures() -> None:
    assert look(("group", LEFT, 0.9)) == ScanContent((), ())


@pytest.mark.parametrize(("score", "kept"), [(0.68, False), (0.9, True)])
def test_a_doubtful_figure_full_of_text_is_print(score: float, kept: bool) -> None:
    lines = [TextLine("一二三四五六七八", (22, y, 138, y + 12), 12) for y in range(22, 176, 14)]
    content = without_print(look(("figure", LEFT, score), ("figure", RIGHT, score)), lines)
    assert [figure.bbox for figure in content.figures] == ([LEFT, RIGHT] if kept else [RIGHT])
    assert content.dropped == ([] if kept else [(LEFT, "print")])


def test_line_art_is_told_from_a_picture() -> None:
    page = blank()
    page.page.draw_circle((80, 100), 55, color=(0, 0, 0), width=1)
    page.page.draw_rect(pymupdf.Rect(RIGHT), fill=(0.4, 0.5, 0.3))
    content = look(("figure", LEFT, 0.9), ("figure", RIGHT, 0.9), page=page)
    assert [figure.drawn for figure in content.figures] == [True, False]


def test_a_line_drawing_is_believed_from_a_lower_score() -> None:
    page = blank()
    page.page.draw_circle((80, 100), 55, color=(0, 0, 0), width=1)
    page.page.draw_rect(pymupdf.Rect(RIGHT), fill=(0.4, 0.5, 0.3))
    content = look(("figure", LEFT, 0.55), ("figure", RIGHT, 0.55), page=page)
    assert [figure.bbox for figure in content.figures] == [LEFT]
    assert content.dropped == [(RIGHT, "low-score")]


@pytest.mark.parametrize(
    ("box", "score", "full"),
    [((0, 0, 300, 400), 0.9, True), ((0, 0, 300, 400), 0.6, False), ((20, 20, 280, 380), 0.9, False)],
)
def test_a_plate_surely_fills_its_page(box: Box, score: float, full: bool) -> None:
    content = ScanContent((ScanFigure(box, score, False),), ())
    assert (content.plate((0, 0, 300, 400)) is not None) == full


def test_doubtful_parts_are_one_plate_where_there_is_nothing_to_read() -> None:
    bounds: Box = (0, 0, 300, 400)
    above, below = ScanFigure((0, 0, 300, 190), 0.3, False), ScanFigure((0, 200, 290, 400), 0.4, False)
    faint = ScanFigure(LEFT, 0.25, False)
    content = unread(ScanContent((), (), (above, below, faint)), bounds)
    assert content.figures == (ScanFigure(bounds, 0.4, False),)
    assert content.dropped == [(LEFT, "low-score")]
    assert unread(ScanContent((), (), (above,)), bounds).figures == ()
    sure = ScanContent((ScanFigure(RIGHT, 0.8, False),), (), (above, below))
    assert unread(sure, bounds) == sure
