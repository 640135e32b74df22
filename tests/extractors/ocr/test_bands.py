"""Which captions are read again, and which reading is kept."""

from __future__ import annotations

from dataclasses import replace

import pytest

from extractors.geometry import area, cover
from extractors.ocr.bands import PAGE_SHARE, Band, better, doubtful
from extractors.records import TextLine
from tests.extractors.made import line, prose

PAGE = (0.0, 0.0, 420.0, 595.0)
FIGURE = (60.0, 60.0, 200.0, 200.0)
OTHER = (230.0, 60.0, 370.0, 200.0)


def under(text: str, x: float = 90, *, sure: float = 0.97) -> TextLine:
    return line(text, x, 206, 10, sure=sure)


def test_an_unsure_line_beside_a_figure_is_read_again() -> None:
    lines = [under("图1 联珠对鸟纹锦", sure=0.7), *prose(60, 300, 200, 4)]
    (band,) = doubtful(lines, [FIGURE], PAGE)
    assert (band.line, band.lost) == (0, "")
    assert cover(lines[0].bbox, band.box) == 1.0


def test_sure_lines_far_lines_and_labels_inside_are_left() -> None:
    lines = [
        under("图1 联珠对鸟纹锦"),
        line("远处不清的一行", 60, 400, 10, sure=0.5),
        line("1", 100, 100, 10, sure=0.5),
    ]
    assert doubtful(lines, [FIGURE], PAGE) == []


def test_a_number_among_labelled_captions_has_lost_its_label() -> None:
    lines = [under("2 立狮宝花纹锦"), under("图1 联珠对鸟纹锦", 250)]
    (band,) = doubtful(lines, [FIGURE, OTHER], PAGE)
    assert (band.line, band.lost) == (0, "图")
    assert band.box[0] <= lines[0].bbox[0] - 20


def test_where_captions_are_bare_numbers_none_is_lost() -> None:
    lines = [under("2 立狮宝花纹锦"), under("1 联珠对鸟纹锦", 250)]
    assert doubtful(lines, [FIGURE, OTHER], PAGE) == []


def test_a_band_does_not_reach_into_the_line_before() -> None:
    lines = [under("2 立狮宝花纹锦"), line("前", 74, 206, 10), under("图1 联珠对鸟纹锦", 250)]
    (band,) = doubtful(lines, [FIGURE, OTHER], PAGE)
    assert cover(lines[1].bbox, band.box) < 0.5


def test_a_column_is_lengthened_upwards() -> None:
    lines = [
        line("二　立獅寶花紋", 205, 100, 10, vertical=True, sure=0.97),
        line("圖一　聯珠紋", 375, 100, 10, vertical=True, sure=0.97),
    ]
    (band,) = doubtful(lines, [FIGURE, OTHER], PAGE)
    assert band.box[1] <= 80


def test_no_more_is_read_again_than_the_share_of_the_page() -> None:
    lines = [line("不清楚的图注文字" * 3, 60, 210 + 12 * i, 10, sure=0.5 + i / 100) for i in range(20)]
    figures = [(60.0, 208.0 + 12 * i, 62.0, 209.0 + 12 * i) for i in range(20)]
    bands = doubtful(lines, figures, PAGE)
    assert 0 < len(bands) < 20
    assert bands[0].line == 0
    assert sum(area(band.box) for band in bands) <= PAGE_SHARE * area(PAGE)


@pytest.mark.parametrize(
    ("before", "again", "lost", "kept"),
    [
        (("图1 联珠对乌纹绵", 0.7), ("图1 联珠对鸟纹锦", 0.98), "", True),
        (("图1 联珠对鸟纹锦", 0.85), ("图1 联珠对乌纹绵", 0.6), "", False),
        (("图1 联珠对鸟纹锦", 0.8), ("联珠对鸟纹锦", 0.99), "", False),
        (("图1 联珠对鸟纹锦", 0.6), ("出土遗物以陶器为主", 0.99), "", False),
        (("2 立狮宝花纹锦", 0.97), ("图2 立狮宝花纹锦", 0.95), "图", True),
        (("2 立狮宝花纹锦", 0.97), ("2 立狮宝花纹锦", 0.99), "图", False),
    ],
)
def test_the_better_reading_is_kept(
    before: tuple[str, float], again: tuple[str, float], lost: str, kept: bool
) -> None:
    old, new = (under(text, sure=sure) for text, sure in (before, again))
    chosen = better(old, [new, line("别的一行", 90, 260, 10)], Band(0, old.bbox, lost))
    assert (chosen.text, chosen.confidence) == (again if kept else before)


def test_without_a_second_reading_the_first_stays() -> None:
    old = under("图1 联珠对鸟纹锦", sure=0.6)
    assert better(old, [], Band(0, old.bbox)) is old
    assert better(old, [replace(old, vertical=True, confidence=0.9)], Band(0, old.bbox)) is old
