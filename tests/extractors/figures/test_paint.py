"""The paint log: what is painted where, and how much of it can be seen."""

from __future__ import annotations

import io

import pymupdf
import pytest
from PIL import Image

from extractors.figures.paint import PaintOp, paint_log
from tests.extractors.made import pdf_page, picture, write


def ops(page: pymupdf.Page, *kinds: str) -> list[PaintOp]:
    return [op for op in paint_log(page) if not kinds or op.kind in kinds]


def only(page: pymupdf.Page, kind: str) -> PaintOp:
    (found,) = ops(page, kind)
    return found


def with_content(page: pymupdf.Page, before: str, after: str = "") -> None:
    """Wrap the page's content in operators of our own (PDF syntax, y up)."""
    document = page.parent
    page.clean_contents()
    (xref,) = page.get_contents()
    document.update_stream(
        xref, before.encode() + b"\n" + document.xref_stream(xref) + b"\n" + after.encode()
    )


def test_things_come_in_the_order_they_are_painted() -> None:
    page = pdf_page()
    page.draw_rect((10, 10, 60, 60), fill=(1, 0, 0), color=None)
    page.insert_image((100, 100, 200, 200), stream=picture(1))
    write(page, "图1", 100, 220)
    assert [op.kind for op in ops(page)] == ["fill", "image", "text"]


def test_boxes_and_colours() -> None:
    page = pdf_page()
    page.draw_rect((10, 20, 60, 80), fill=(1, 0, 0), color=None)
    fill = only(page, "fill")
    assert fill.bbox == pytest.approx((10, 20, 60, 80), abs=0.5)
    assert fill.color == pytest.approx((1, 0, 0), abs=0.01)
    assert fill.alpha == 1


def test_a_stroke_is_as_wide_as_its_line() -> None:
    page = pdf_page()
    page.draw_line((100, 100), (200, 200), width=1)
    page.draw_line((50, 300), (350, 300), width=0.5)
    slanted, level = ops(page, "stroke")
    assert slanted.bbox == pytest.approx((100, 100, 200, 200), abs=1.5)
    assert level.bbox == pytest.approx((50, 300, 350, 300), abs=1)


def test_colours_of_other_colour_spaces_are_told_in_rgb() -> None:
    page = pdf_page()
    page.draw_rect((10, 20, 60, 80), fill=(0, 0, 0, 0), color=None)  # CMYK: no ink
    page.draw_rect((70, 20, 90, 80), fill=(0.5,), color=None)  # grey
    white, grey = ops(page, "fill")
    assert white.color == pytest.approx((1, 1, 1), abs=0.02)
    assert grey.color == pytest.approx((0.5, 0.5, 0.5), abs=0.02)


def test_an_image_has_its_place_its_size_and_a_signature() -> None:
    page = pdf_page()
    page.insert_image((50, 60, 150, 160), stream=picture(1, 90, 90))
    page.insert_image((50, 260, 250, 460), stream=picture(1, 90, 90))
    page.insert_image((250, 60, 350, 160), stream=picture(2, 90, 90))
    first, again, other = ops(page, "image")
    assert first.bbox == pytest.approx((50, 60, 150, 160), abs=0.01)
    assert first.pixels == (90, 90)
    assert first.signature == again.signature != other.signature
    assert not first.masked


def test_a_clip_hides_what_is_outside() -> None:
    page = pdf_page(400, 400)
    page.insert_image((50, 50, 350, 350), stream=picture(1))
    with_content(page, "q 100 100 100 100 re W n", "Q")
    image = only(page, "image")
    assert image.bbox == pytest.approx((100, 200, 200, 300), abs=0.5)
    assert image.full == pytest.approx((50, 50, 350, 350), abs=0.5)


def test_clips_nest_and_end() -> None:
    page = pdf_page(400, 400)
    page.insert_image((0, 0, 400, 400), stream=picture(1))
    with_content(page, "q 0 200 400 200 re W n q 0 0 200 400 re W n", "Q Q 0 0 10 10 re f")
    assert only(page, "image").bbox == pytest.approx((0, 0, 200, 200), abs=0.5)
    assert only(page, "fill").bbox == pytest.approx((0, 390, 10, 400), abs=0.5)


def test_what_is_clipped_away_is_not_listed() -> None:
    page = pdf_page(400, 400)
    page.insert_image((300, 300, 390, 390), stream=picture(1))
    with_content(page, "q 0 300 50 50 re W n", "Q")
    assert ops(page, "image") == []


def test_everything_is_clipped_to_the_page() -> None:
    page = pdf_page(300, 300)
    page.insert_image((200, 200, 500, 500), stream=picture(1))
    image = only(page, "image")
    assert image.bbox == pytest.approx((200, 200, 300, 300), abs=0.01)
    assert image.full == pytest.approx((200, 200, 500, 500), abs=0.01)


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_boxes_are_those_of_the_displayed_page(rotation: int) -> None:
    page = pdf_page(300, 500)
    page.insert_image((20, 40, 80, 140), stream=picture(1), keep_proportion=False)
    shown = pymupdf.Rect(20, 40, 80, 140)
    page.set_rotation(rotation)
    shown = (shown * page.rotation_matrix).normalize()
    assert only(page, "image").bbox == pytest.approx(tuple(shown), abs=0.5)


def test_opacity_is_told() -> None:
    page = pdf_page()
    page.draw_rect((10, 10, 100, 100), fill=(0, 0, 0), color=None, fill_opacity=0.25)
    assert only(page, "fill").alpha == pytest.approx(0.25, abs=0.01)


def test_the_opacity_of_a_group_counts_for_what_is_in_it() -> None:
    page = pdf_page(400, 400)
    document = page.parent
    group = document.get_new_xref()
    document.update_object(
        group,
        "<</Type/XObject/Subtype/Form/BBox[0 0 400 400]/Group<</S/Transparency>>/Resources<<>>>>",
    )
    document.update_stream(group, b"0 0 0 rg 50 50 100 100 re f")
    state = document.get_new_xref()
    document.update_object(state, "<</Type/ExtGState/ca .1/CA .1>>")
    page.draw_rect((300, 300, 310, 310), fill=(1, 0, 0), color=None)
    page.clean_contents()
    document.xref_set_key(
        page.xref, "Resources", f"<</XObject<</G {group} 0 R>>/ExtGState<</S {state} 0 R>>>>"
    )
    document.update_stream(page.get_contents()[0], b"q /S gs /G Do Q 1 0 0 rg 300 300 10 10 re f")
    faint, plain = ops(page, "fill")
    assert faint.alpha == pytest.approx(0.1, abs=0.01)
    assert plain.alpha == 1


def test_an_image_with_a_mask_says_so() -> None:
    page = pdf_page()
    clear = Image.new("RGBA", (40, 40), (200, 30, 30, 0))
    clear.paste((200, 30, 30, 255), (10, 10, 30, 30))
    stream = io.BytesIO()
    clear.save(stream, "PNG")
    page.insert_image((50, 50, 150, 150), stream=stream.getvalue())
    assert only(page, "image").masked


def test_invisible_text_is_told_from_printed_text() -> None:
    page = pdf_page()
    write(page, "看不见", 50, 50, render_mode=3)
    write(page, "看得见", 50, 90)
    assert sorted(op.kind for op in ops(page)) == ["invisible_text", "text"]


def test_an_empty_page_paints_nothing() -> None:
    assert paint_log(pdf_page()) == []
