"""A page that says one point a pixel gives the same as one that says its size, in its own points."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pymupdf
import pytest
from PIL import Image

from extractors.book import extract_book
from extractors.page import PageJob, read_page
from extractors.page_units import load_page
from extractors.records import PageContent
from tests.extractors.made import QUIET, picture, prose, write

WIDE, HIGH = 1240, 1754
"""Pixels of a scan: an A4 page at 150 dpi."""


def scan() -> bytes:
    """A page of paper with a photograph, as JPEG."""
    draw = np.random.default_rng(4)
    sheet = np.clip(draw.normal(246, 2, (HIGH, WIDE, 3)), 0, 255).astype(np.uint8)
    photo = Image.open(io.BytesIO(picture(9, 700, 600))).convert("RGB").resize((700, 600))
    sheet[300:900, 270:970] = np.asarray(photo)
    data = io.BytesIO()
    Image.fromarray(sheet).save(data, "JPEG", quality=90)
    return data.getvalue()


def scanned(path: Path, points_per_pixel: float, rotation: int = 0) -> Path:
    document = pymupdf.open()
    page = document.new_page(width=WIDE * points_per_pixel, height=HIGH * points_per_pixel)
    page.insert_image(page.rect, stream=scan())
    page.set_rotation(rotation)
    document.save(path)
    return path


def typeset(path: Path, scale: float, rotation: int = 0) -> Path:
    """A page of text with a captioned picture, printed `scale` times as large as it is in a book."""
    small = pymupdf.open()
    page = small.new_page(width=420, height=595)
    page.insert_image((80, 80, 300, 260), stream=picture(3))
    write(page, "图1 联珠对鸟纹锦", 110, 280)
    for printed in prose(50, 330, 320, 6):
        write(page, printed.text, *printed.bbox[:2])
    document = pymupdf.open()
    large = document.new_page(width=420 * scale, height=595 * scale)
    large.show_pdf_page(large.rect, small, 0)
    large.set_rotation(rotation)
    document.save(path)
    return path


def content(path: Path) -> PageContent:
    return read_page(PageJob(path, 1, QUIET))


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize("scale", [1.0, 4.1667, 0.2])
def test_a_scan_is_read_alike_whatever_its_points_are(tmp_path: Path, scale: float, rotation: int) -> None:
    true = content(scanned(tmp_path / "true.pdf", 0.48, rotation))
    other = content(scanned(tmp_path / "other.pdf", 0.48 * scale, rotation))
    assert true.unit == 1.0
    assert other.unit == pytest.approx(scale, rel=0.01)
    assert len(other.regions) == len(true.regions) == 1
    # The finder's edge maps have cells of 7 points: pictures that differ by a pixel may move a side by half.
    assert other.regions[0].bbox == pytest.approx(true.regions[0].bbox, abs=3.5)
    assert (other.width, other.height) == pytest.approx((true.width, true.height), rel=0.01)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_a_typeset_page_printed_large_is_read_alike(tmp_path: Path, rotation: int) -> None:
    large = content(typeset(tmp_path / "large.pdf", 4, rotation))
    as_a4 = content(typeset(tmp_path / "a4.pdf", 842 / 595, rotation))
    assert [line.text for line in large.lines] == [line.text for line in as_a4.lines]
    for one, two in zip((*large.lines, *large.regions), (*as_a4.lines, *as_a4.regions), strict=True):
        assert one.bbox == pytest.approx(two.bbox, abs=1.5)


def test_a_large_sheet_with_type_of_a_usual_size_stays_as_it_is(tmp_path: Path) -> None:
    document = pymupdf.open()
    page = document.new_page(width=2384, height=3370)
    for row in range(6):
        write(page, "总平面图与剖面图，测绘说明", 100, 100 + 20 * row, 10)
    document.save(tmp_path / "plan.pdf")
    assert content(tmp_path / "plan.pdf").unit == 1.0


def test_a_page_is_the_same_when_it_is_loaded_again(tmp_path: Path) -> None:
    document = pymupdf.open(scanned(tmp_path / "scan.pdf", 1.0))
    first, second = load_page(document, 1), load_page(document, 1)
    assert first[1] == second[1] > 2
    assert first[0].rect == second[0].rect


def test_rows_and_summary_give_points_of_the_page(tmp_path: Path) -> None:
    rows = {}
    for name, scale in (("book", 1.0), ("large", 4.0)):
        path = typeset(tmp_path / f"{name}.pdf", scale)
        result = extract_book(path, tmp_path / name, QUIET)
        (rows[name],) = result.pairs
        assert result.page_sizes[1] == (420 * scale, 595 * scale)
        told = json.loads((tmp_path / name / "pairs.jsonl").read_text(encoding="utf-8"))
        assert told["bbox"] == list(rows[name].bbox)
    book, large = rows["book"], rows["large"]
    assert replace(large, **{k: getattr(book, k) for k in ("bbox", "caption_bbox")}).caption == book.caption
    assert large.bbox == pytest.approx([4 * v for v in book.bbox], abs=4)
    assert large.caption_bbox == pytest.approx([4 * v for v in book.caption_bbox or ()], abs=8)
