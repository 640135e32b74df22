"""Embedded images: what a reader sees of them, as figures; the rest with its reason."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from itertools import pairwise

import pymupdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from extractors.figures.images import image_regions
from extractors.figures.paint import PaintOp, paint_log
from extractors.geometry import Box
from extractors.records import Dropped, Region, TextLine
from tests.extractors.figures.shades import shades_of
from tests.extractors.made import line, pdf_page, picture, prose


def strong(_: PaintOp) -> float:
    """An image that stands off the paper."""
    return 200.0


def faint(_: PaintOp) -> float:
    """An image that hardly does."""
    return 5.0


Contrast = Callable[[PaintOp], float]


def found(
    page: pymupdf.Page, lines: Sequence[TextLine] = (), contrast: Contrast = strong
) -> tuple[list[Region], list[Dropped]]:
    return image_regions(paint_log(page), lines, 1, contrast, lambda: shades_of(page))


def regions(page: pymupdf.Page, lines: Sequence[TextLine] = (), contrast: Contrast = strong) -> list[Box]:
    return [region.bbox for region in found(page, lines, contrast)[0]]


def reasons(page: pymupdf.Page, lines: Sequence[TextLine] = (), contrast: Contrast = strong) -> list[str]:
    return [drop.reason for drop in found(page, lines, contrast)[1]]


def cut(seed: int, columns: Sequence[int], rows: Sequence[int]) -> list[tuple[Box, bytes]]:
    """A picture cut at these places (pixels, from 0 to its size): the box and PNG of every piece."""
    whole = Image.open(io.BytesIO(picture(seed, columns[-1], rows[-1])))
    pieces = []
    for y0, y1 in pairwise(rows):
        for x0, x1 in pairwise(columns):
            stream = io.BytesIO()
            whole.crop((x0, y0, x1, y1)).save(stream, "PNG")
            pieces.append(((float(x0), float(y0), float(x1), float(y1)), stream.getvalue()))
    return pieces


def print_pieces(page: pymupdf.Page, pieces: Sequence[tuple[Box, bytes]], x: float, y: float) -> None:
    """Print pieces at their places, the whole from (x, y) on."""
    for box, stream in pieces:
        place = (x + box[0], y + box[1], x + box[2], y + box[3])
        page.insert_image(place, stream=stream, keep_proportion=False)


def test_one_image_is_one_region() -> None:
    page = pdf_page()
    page.insert_image((50, 60, 250, 260), stream=picture(1))
    (region,), dropped = found(page)
    assert region.bbox == pytest.approx((50, 60, 250, 260), abs=0.01)
    assert (region.source, dropped) == ("image", [])
    assert region.signature


def test_strips_are_merged_whatever_they_show() -> None:
    page = pdf_page()
    for strip in range(8):
        top = 100 + 25 * strip
        stream = picture(strip, 120, 10, low=25 * strip, high=25 * strip + 10)
        page.insert_image((50, top, 350, top + 25), stream=stream, keep_proportion=False)
    assert regions(page) == [pytest.approx((50, 100, 350, 300), abs=0.01)]


@pytest.mark.parametrize(
    ("columns", "rows"),
    [
        ([0, 100, 200, 300], [0, 80, 160, 240]),
        ([0, 60, 120, 180, 240], [0, 280]),
        ([0, 280], [0, 60, 120, 180, 240]),
    ],
)
def test_tiles_of_one_picture_are_merged(columns: list[int], rows: list[int]) -> None:
    page = pdf_page()
    print_pieces(page, cut(1, columns, rows), 50, 100)
    assert regions(page) == [pytest.approx((50, 100, 50 + columns[-1], 100 + rows[-1]), abs=0.01)]


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 10**6), st.integers(60, 240), st.booleans())
def test_a_picture_cut_anywhere_is_one(seed: int, at: int, beside: bool) -> None:
    page = pdf_page()
    print_pieces(
        page, cut(seed, *(([0, at, 300], [0, 300]) if beside else ([0, 300], [0, at, 300]))), 50, 100
    )
    assert regions(page) == [pytest.approx((50, 100, 350, 400), abs=0.01)]


@pytest.mark.parametrize(("across", "down"), [(3, 1), (1, 3), (2, 2)])
def test_pictures_that_touch_are_apart(across: int, down: int) -> None:
    page = pdf_page()
    boxes = [
        (50.0 + 100 * x, 100.0 + 100 * y, 150.0 + 100 * x, 200.0 + 100 * y)
        for y in range(down)
        for x in range(across)
    ]
    for seed, box in enumerate(boxes):
        page.insert_image(box, stream=picture(seed))
    assert sorted(regions(page)) == [pytest.approx(box, abs=0.01) for box in sorted(boxes)]


def test_tiles_of_two_pictures_that_touch_are_two() -> None:
    page = pdf_page()
    print_pieces(page, cut(1, [0, 150], [0, 100, 200]), 50, 100)
    print_pieces(page, cut(2, [0, 150], [0, 100, 200]), 200, 100)
    assert sorted(regions(page)) == [
        pytest.approx((50, 100, 200, 300), abs=0.01),
        pytest.approx((200, 100, 350, 300), abs=0.01),
    ]


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
    assert found(page) == ([], [])


CUT = cut(3, [0, 100, 200], [0, 150])
"""One picture in two pieces, whose seam nobody sees."""


@pytest.mark.parametrize("indent", [0, 30])
def test_pictures_that_touch_are_apart_where_each_has_a_line_of_its_own(indent: int) -> None:
    page = pdf_page()
    print_pieces(page, CUT, 50, 100)
    below = [line("联珠对鸟", x + indent, 256) for x in (50.0, 150.0)]
    assert len(regions(page, below)) == 2


def test_pieces_over_one_caption_or_two_columns_of_text_are_one_picture() -> None:
    page = pdf_page()
    print_pieces(page, CUT, 50, 100)
    assert len(regions(page, [line("图3 联珠对鸟纹锦，唐代", 50, 256)])) == 1
    assert len(regions(page, [*prose(50, 256, 90, 5, size=9), *prose(156, 256, 90, 5, size=9)])) == 1


def test_long_strips_are_one_picture_however_it_changes_from_one_to_the_next() -> None:
    page = pdf_page()
    for k in range(4):
        page.insert_image((50, 100 + 50 * k, 350, 150 + 50 * k), stream=picture(k), keep_proportion=False)
    assert regions(page) == [pytest.approx((50, 100, 350, 300), abs=0.01)]


@pytest.mark.parametrize("upright", [False, True])
def test_two_pictures_that_touch_are_two_though_each_is_cut_into_strips(upright: bool) -> None:
    page = pdf_page()
    cuts = [0, 25, 50, 75, 100, 125, 150]
    for k, low in enumerate((20, 150)):
        whole = Image.open(io.BytesIO(picture(k + 1, 150, 150, low, low + 80)))
        for start, end in pairwise(cuts):
            box = (start, 0, end, 150) if upright else (0, start, 150, end)
            stream = io.BytesIO()
            whole.crop(box).save(stream, "PNG")
            x, y = (50, 80 + 150 * k) if upright else (50 + 150 * k, 80)
            placed = (x + box[0], y + box[1], x + box[2], y + box[3])
            page.insert_image(placed, stream=stream.getvalue(), keep_proportion=False)
    (first, second), _ = found(page)
    assert first.bbox == pytest.approx((50, 80, 200, 230), abs=0.5)
    assert second.bbox == pytest.approx((50, 230, 200, 380) if upright else (200, 80, 350, 230), abs=0.5)


def on_ground(*boxes: Box) -> pymupdf.Page:
    """Pictures laid on one of 300 x 300 points."""
    page = pdf_page()
    for seed, box in enumerate([(50, 100, 350, 400), *boxes]):
        page.insert_image(box, stream=picture(seed), keep_proportion=False)
    return page


@pytest.mark.parametrize("side", [37, 80])
def test_a_ground_under_several_pictures_is_dropped(side: float) -> None:
    boxes = [(x, 150.0, x + side, 150.0 + side) for x in (80.0, 240.0)]
    page = on_ground(*boxes)
    assert sorted(regions(page)) == [pytest.approx(box, abs=0.01) for box in boxes]
    assert reasons(page) == ["background"]


@pytest.mark.parametrize(
    "boxes",
    [
        [(240, 290, 340, 390)],
        [(80, 150, 105, 175), (240, 150, 265, 175)],
        [(320, 150, 380, 210), (320, 250, 380, 310)],
    ],
    ids=["inset", "specks", "at the edge"],
)
def test_a_photograph_with_an_inset_with_specks_or_overlapped_is_no_ground(boxes: list[Box]) -> None:
    page = on_ground(*boxes)
    assert len(regions(page)) == 1
    assert reasons(page) == []


def test_a_ground_may_hold_one_picture_and_text_beside_it() -> None:
    page = on_ground((200, 200, 340, 390))
    beside, over = line("联珠对鸟纹锦", 70, 120), line("联珠对鸟纹锦", 220, 220)
    assert regions(page, [beside]) == [pytest.approx((200, 200, 340, 390), abs=0.01)]
    assert reasons(page, [beside]) == ["background"]
    assert reasons(page, [over]) == []


def test_pictures_that_touch_are_told_by_their_colours_where_greys_agree() -> None:
    page = pdf_page()
    for k, colour in enumerate([(60, 120, 120), (120, 60, 120)]):
        stream = io.BytesIO()
        Image.new("RGB", (60, 60), colour).save(stream, "PNG")
        page.insert_image((50 + 100 * k, 100, 150 + 100 * k, 200), stream=stream.getvalue())
    assert len(regions(page)) == 2
