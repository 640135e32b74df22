"""Embedded images: what a reader sees of them, as figures; the rest with its reason."""

from __future__ import annotations

from collections.abc import Sequence

import pymupdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.figures.images import group_boxes, image_regions
from extractors.figures.paint import PaintOp, paint_log
from extractors.geometry import Box, gap, union
from extractors.records import TextLine
from tests.extractors.made import line, pdf_page, picture, prose


def strong(_: PaintOp) -> float:
    """An image that stands off the paper."""
    return 200.0


def faint(_: PaintOp) -> float:
    """An image that hardly does."""
    return 5.0


def regions(page: pymupdf.Page, lines: Sequence[TextLine] = (), contrast: object = strong) -> list[Box]:
    return [r.bbox for r in image_regions(paint_log(page), lines, 1, contrast)[0]]  # type: ignore[arg-type]


def reasons(page: pymupdf.Page, lines: Sequence[TextLine] = (), contrast: object = strong) -> list[str]:
    return [d.reason for d in image_regions(paint_log(page), lines, 1, contrast)[1]]  # type: ignore[arg-type]


def test_one_image_is_one_region() -> None:
    page = pdf_page()
    page.insert_image((50, 60, 250, 260), stream=picture(1))
    (region,), dropped = image_regions(paint_log(page), [], 1, strong)
    assert region.bbox == pytest.approx((50, 60, 250, 260), abs=0.01)
    assert (region.source, dropped) == ("image", [])
    assert region.signature


def test_strips_of_one_picture_are_merged() -> None:
    page = pdf_page()
    for strip in range(8):
        top = 100 + 25 * strip
        page.insert_image((50, top, 350, top + 25), stream=picture(strip, 120, 10), keep_proportion=False)
    assert regions(page) == [pytest.approx((50, 100, 350, 300), abs=0.01)]


def test_tiles_of_one_picture_are_merged() -> None:
    page = pdf_page()
    for k in range(9):
        x, y = 50 + 80 * (k % 3), 100 + 80 * (k // 3)
        page.insert_image((x, y, x + 80, y + 80), stream=picture(k))
    assert regions(page) == [pytest.approx((50, 100, 290, 340), abs=0.01)]


def test_photographs_with_narrow_gutters_stay_apart() -> None:
    page = pdf_page()
    for k in range(6):
        x, y = 50 + 103 * (k % 3), 100 + 103 * (k // 3)
        page.insert_image((x, y, x + 100, y + 100), stream=picture(k))
    assert len(regions(page)) == 6


def test_only_the_part_inside_the_clip_counts() -> None:
    page = pdf_page(400, 400)
    page.insert_image((0, 0, 400, 400), stream=picture(1))
    document = page.parent
    page.clean_contents()
    (xref,) = page.get_contents()
    document.update_stream(xref, b"q 100 100 200 200 re W n " + document.xref_stream(xref) + b" Q")
    assert regions(page) == [pytest.approx((100, 100, 300, 300), abs=0.5)]


def test_what_white_paint_covers_is_not_seen() -> None:
    page = pdf_page()
    page.insert_image((50, 100, 350, 400), stream=picture(1))
    page.draw_rect((40, 300, 360, 410), fill=(1, 1, 1), color=None)
    assert regions(page) == [pytest.approx((50, 100, 350, 300), abs=1)]


def test_an_image_covered_by_another_is_dropped() -> None:
    page = pdf_page()
    page.insert_image((60, 110, 340, 390), stream=picture(1))
    page.insert_image((50, 100, 350, 400), stream=picture(2))
    assert regions(page) == [pytest.approx((50, 100, 350, 400), abs=0.01)]
    assert reasons(page) == ["covered"]


def test_a_watermark_is_dropped() -> None:
    page = pdf_page()
    page.insert_image((50, 100, 350, 400), stream=picture(1, low=240, high=255))
    lines = prose(60, 120, 280, 10)
    assert regions(page, lines, faint) == []
    assert reasons(page, lines, faint) == ["near-invisible"]


def test_a_background_under_text_is_dropped() -> None:
    page = pdf_page()
    page.insert_image((20, 20, 400, 575), stream=picture(1), keep_proportion=False)
    lines = prose(60, 60, 300, 25)
    assert regions(page, lines) == []
    assert reasons(page, lines) == ["background"]


def test_labels_in_a_map_do_not_make_it_a_background() -> None:
    page = pdf_page()
    page.insert_image((50, 100, 350, 400), stream=picture(1))
    labels = [
        line(text, 70 + 30 * i, 130 + 40 * i, 8)
        for i, text in enumerate(("北", "T12", "M3", "渭河", "0  50米"))
    ]
    assert len(regions(page, labels)) == 1


def test_icons_are_too_small() -> None:
    page = pdf_page()
    page.insert_image((50, 100, 62, 112), stream=picture(1))
    assert regions(page) == []
    assert reasons(page) == ["too-small"]


def test_what_is_no_image_is_no_image() -> None:
    page = pdf_page()
    page.draw_circle((200, 200), 50, fill=(1, 0, 0))
    assert image_regions(paint_log(page), [], 1, strong) == ([], [])


_box = st.tuples(*[st.integers(0, 200)] * 2, *[st.integers(1, 60)] * 2).map(
    lambda b: (float(b[0]), float(b[1]), float(b[0] + b[2]), float(b[1] + b[3]))
)


@given(st.lists(_box, max_size=12), st.integers(0, 20))
def test_groups_keep_every_box_and_end_apart(boxes: list[Box], reach: int) -> None:
    groups = group_boxes(boxes, lambda a, b: gap(a, b) <= reach)
    assert sorted(i for members in groups for i in members) == list(range(len(boxes)))
    wholes = [union([boxes[i] for i in members]) for members in groups]
    assert all(gap(a, b) > reach for k, a in enumerate(wholes) for b in wholes[:k])
