"""One page read: which text is believed, what is a figure, what a scan."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pymupdf
import pytest

from extractors.errors import PageTooLargeError
from extractors.geometry import iou
from extractors.page import PageJob, read_page
from extractors.records import PageContent
from extractors.settings import ExtractSettings, Limits, OcrSettings
from tests.extractors.figures.vector_art import ruled_table, vessel
from tests.extractors.made import PROSE, QUIET, picture, write

RAPID = ExtractSettings(ocr=OcrSettings(engine="rapid"))
MOJIBAKE = "ÖÐ¹úË¿³ñÎÆÑù ÌÆ´úÁªÖéÎÆ½õ"
Read = Callable[..., PageContent]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Save the document of a page and read that page back."""

    def reading(page: pymupdf.Page, settings: ExtractSettings = QUIET) -> PageContent:
        path = tmp_path / "book.pdf"
        page.parent.save(path)
        return read_page(PageJob(path, page.number + 1, settings))

    return reading


def new_page(width: float = 300, height: float = 400) -> pymupdf.Page:
    return pymupdf.open().new_page(width=width, height=height)


def text_page(page: pymupdf.Page, rows: int = 3) -> None:
    for row in range(rows):
        write(page, PROSE[2 * row :][:24], 30, 230 + 18 * row)


def scanned(page: pymupdf.Page, dpi: int = 150) -> pymupdf.Page:
    """The page as a picture on a page of the same size."""
    copy = new_page(page.rect.width, page.rect.height)
    copy.insert_image(copy.rect, pixmap=page.get_pixmap(dpi=dpi))
    return copy


def captioned() -> pymupdf.Page:
    page = new_page()
    page.insert_image((50, 30, 250, 190), stream=picture(1), keep_proportion=False)
    write(page, "图1 联珠对鸟纹锦", 95, 210, 11)
    text_page(page)
    return page


def test_a_born_digital_page(read: Read) -> None:
    content = read(captioned())
    assert (content.page, content.width, content.height) == (1, 300, 400)
    assert (content.text_source, content.is_scan) == ("text_layer", False)
    assert content.text_quality > 0.9
    assert content.text_reason
    assert content.lines[0].text == "图1 联珠对鸟纹锦"
    (region,) = content.regions
    assert iou(region.bbox, (50, 30, 250, 190)) > 0.98


def test_the_page_is_read_as_it_is_displayed(read: Read) -> None:
    page = captioned()
    page.set_rotation(90)
    content = read(page)
    assert (content.width, content.height) == (400, 300)
    (region,) = content.regions
    assert iou(region.bbox, (210, 50, 370, 250)) > 0.98


def test_drawings_tables_and_labels(read: Read) -> None:
    page = new_page(420, 595)
    vessel(page, 80, 60)
    ruled_table(page, 60, 220)
    page.parent.set_page_labels([{"startpage": 0, "prefix": "A-", "firstpagenum": 7, "style": "D"}])
    content = read(page)
    assert [region.source for region in content.regions] == ["drawing"]
    assert len(content.tables) == 1
    assert content.label == "A-7"


def test_a_page_label_in_chinese(read: Read) -> None:
    page = new_page()
    catalog = page.parent.pdf_catalog()
    page.parent.xref_set_key(catalog, "PageLabels", "<</Nums[0<</S/D/P<FEFF5F69>/St 7>>]>>")
    assert read(page).label == "彩7"


def test_an_empty_page(read: Read) -> None:
    content = read(new_page())
    assert (content.text_source, content.lines, content.regions) == ("none", (), ())


@pytest.mark.parametrize("low", [244, 0])
def test_a_picture_under_text_is_dropped_with_its_reason(read: Read, low: int) -> None:
    page = new_page()
    page.insert_image((20, 200, 280, 390), stream=picture(1, low=low), keep_proportion=False)
    text_page(page, 9)
    content = read(page)
    assert content.regions == ()
    assert [drop.reason for drop in content.dropped] == ["near-invisible" if low else "background"]


def test_a_plate_that_fills_its_page_is_a_figure(read: Read) -> None:
    page = new_page()
    page.insert_image(page.rect, stream=picture(3, 600, 800), keep_proportion=False)
    (region,) = read(page).regions
    assert iou(region.bbox, (0, 0, 300, 400)) > 0.85  # soft blots: the finder may lose a tenth at an edge


def test_plates_with_margins_on_a_page_without_text_are_figures(read: Read) -> None:
    page = new_page()
    for k in range(2):
        page.insert_image(
            (20, 20 + 185 * k, 280, 195 + 185 * k), stream=picture(k, 400, 300), keep_proportion=False
        )
    content = read(page)
    assert len(content.regions) == 2
    assert {region.source for region in content.regions} == {"image"}


def test_a_scan_without_an_engine_has_pictures_and_no_text(read: Read) -> None:
    content = read(scanned(captioned()))
    assert (content.is_scan, content.text_source, content.lines) == (True, "none", ())
    assert any(iou(region.bbox, (50, 30, 250, 190)) > 0.8 for region in content.regions)


def test_without_an_engine_an_ocr_layer_is_taken_as_it_is(read: Read) -> None:
    page = scanned(captioned())
    write(page, "图1 联珠对鸟纹锦", 95, 210, 11, render_mode=3)
    content = read(page)
    assert (content.text_source, [n.text for n in content.lines]) == ("text_layer", ["图1 联珠对鸟纹锦"])


def test_a_bad_text_layer_is_measured(read: Read) -> None:
    page = new_page()
    for row in range(3):
        page.insert_text((30, 60 + 20 * row), MOJIBAKE, fontname="helv", fontsize=10)
    assert read(page).text_quality < 0.75
    content = read(page, RAPID)
    assert content.text_source == "ocr"
    assert "rapid" in content.text_reason.lower()


def test_a_scan_is_read_by_the_engine(read: Read) -> None:
    content = read(scanned(captioned()), RAPID)
    assert (content.text_source, content.is_scan) == ("ocr", True)
    assert any("联珠对鸟纹锦" in line.text for line in content.lines)
    assert all(0 < line.confidence <= 1 for line in content.lines)


@pytest.mark.parametrize(("shift", "source"), [(0, "text_layer"), (7, "ocr")])
def test_an_ocr_layer_is_believed_when_the_page_says_the_same(read: Read, shift: int, source: str) -> None:
    page = scanned(captioned(), 200)
    write(page, "图1 联珠对鸟纹锦", 95, 210, 11, render_mode=3)
    for row in range(3):
        write(page, PROSE[2 * row + shift :][:24], 30, 230 + 18 * row, render_mode=3)
    assert read(page, RAPID).text_source == source


def test_a_page_over_the_pixel_limit_is_refused(read: Read) -> None:
    page = new_page(800, 800)
    page.insert_image(page.rect, stream=picture(1, 200, 200))
    with pytest.raises(PageTooLargeError):
        read(page, QUIET.model_copy(update={"limits": Limits(max_pixels=1_000_000)}))


def test_outlined_letters_make_a_page_to_be_read_by_eye(read: Read) -> None:
    page = new_page()
    chance = np.random.default_rng(1)
    for row in range(20):
        for column in range(25):
            x, y = 30 + 9 * column, 40 + 16 * row
            shape = page.new_shape()
            shape.draw_polyline([(x + dx, y + dy) for dx, dy in chance.uniform(0, 8, (5, 2))])
            shape.finish(fill=(0, 0, 0), color=None)
            shape.commit()
    assert read(page).is_scan


def test_an_image_that_fills_its_page_to_the_edges_may_be_a_plate(read: Read) -> None:
    page = new_page()
    page.insert_image(page.rect, stream=picture(3, 600, 800, high=200), keep_proportion=False)
    (box,) = read(page).pasted
    assert box == pytest.approx((0, 0, 300, 400), abs=0.01)


def test_a_picture_of_a_page_with_its_margins_is_no_plate(read: Read) -> None:
    assert read(scanned(captioned())).pasted == ()
