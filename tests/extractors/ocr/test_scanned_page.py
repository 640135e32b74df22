"""Scanned pages read whole: captions at the edge of pictures, small captions, columns, confidence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pymupdf
import pytest
from PIL import Image, ImageDraw

from extractors.book import pair_book, read_book
from extractors.page import PageJob, read_page
from extractors.records import PageContent, TextLine
from extractors.settings import ExtractSettings, OcrSettings
from tests.extractors.ocr.drawn import face, paper, paste_photo, write_across, write_down

CAPTION = "图1 联珠对鸟纹锦，吐鲁番出土"
PHOTO = (300, 240, 1000, 1000)


def rapid(dpi: int = 200) -> ExtractSettings:
    return ExtractSettings(ocr=OcrSettings(engine="rapid", dpi=dpi))


def saved(page: Image.Image, folder: Path, dpi: int = 200) -> Path:
    """The picture of a page as a PDF of one page."""
    width, height = (side * 72 / dpi for side in page.size)
    with pymupdf.open() as document:
        rows = np.ascontiguousarray(page)
        pixmap = pymupdf.Pixmap(pymupdf.csRGB, page.width, page.height, rows.tobytes(), False)
        document.new_page(width=width, height=height).insert_image((0, 0, width, height), pixmap=pixmap)
        document.save(folder / "scan.pdf")
    return folder / "scan.pdf"


def content_of(path: Path, settings: ExtractSettings) -> PageContent:
    return read_page(PageJob(path, 1, settings))


def found(content: PageContent, text: str) -> TextLine:
    (line,) = [line for line in content.lines if text in "".join(line.text.split())]
    return line


@pytest.mark.parametrize("angle", [0.0, 1.5])
def test_a_caption_at_the_edge_of_a_covered_picture_is_read(tmp_path: Path, angle: float) -> None:
    page = paper(1400, 1800)
    paste_photo(page, PHOTO)
    write_across(page, CAPTION, 320, PHOTO[3] + 6, 28)
    write_across(page, "壁面绘红彩一层，厚约二厘米，表面平整", 300, 1400, 28)
    turned = page.rotate(angle, Image.Resampling.BICUBIC, fillcolor=(246, 240, 226))
    content = content_of(saved(turned, tmp_path), rapid())
    assert found(content, "联珠对鸟纹锦").text.startswith("图1")
    assert len(content.regions) == 1


def test_a_label_inside_a_covered_picture_is_read(tmp_path: Path) -> None:
    page = paper(1400, 1800)
    paste_photo(page, PHOTO)
    page.paste((255, 255, 255), (330, 920, 400, 980))
    write_across(page, "12", 345, 928, 36)
    write_across(page, CAPTION, 320, 1040, 28)
    content = content_of(saved(page, tmp_path), rapid())
    assert "12" in [line.text for line in content.lines]


def test_a_small_caption_is_read_again_from_a_finer_drawing(tmp_path: Path) -> None:
    page = paper(1600, 2000)
    paste_photo(page, PHOTO)
    for y in (PHOTO[3] + 30, 1700):
        write_across(page, CAPTION, 320, y, 16)
    content = content_of(saved(page, tmp_path), rapid(dpi=72))
    beside, far = sorted(
        (line for line in content.lines if line.bbox[1] > 300), key=lambda line: line.bbox[1]
    )
    assert "".join(beside.text.split()) == "".join(CAPTION.split())
    assert beside.confidence > far.confidence


def test_columns_beside_a_picture_end_where_their_block_does(tmp_path: Path) -> None:
    page = paper(1400, 1900)
    for top in (200, 900):
        paste_photo(page, (300, top, 900, top + 640))
    for top, texts in (
        (200, ("圖二〇　聯珠對鳥紋錦", "朱紅地上織聯珠團窠花紋")),
        (900, ("圖二一　立獅寶花紋錦", "深藍地上織獅子寶花紋樣")),
    ):
        for column, text in enumerate(texts):
            write_down(page, text, 1060 - 60 * column, top, 36)
    content = content_of(saved(page, tmp_path), rapid())
    columns = [line.text for line in content.lines if line.vertical]
    assert columns == [
        "圖二〇　聯珠對鳥紋錦",
        "圖二一　立獅寶花紋錦",
        "朱紅地上織聯珠團窠花紋",
        "深藍地上織獅子寶花紋樣",
    ]
    sizes = [line.size for line in content.lines if line.vertical]
    assert sizes == pytest.approx([36 * 72 / 200] * 4, rel=0.15)


def test_the_confidence_of_the_reading_is_that_of_the_pairs_text(tmp_path: Path) -> None:
    page = paper(1400, 1800)
    paste_photo(page, PHOTO)
    write_across(page, CAPTION, 320, PHOTO[3] + 30, 28)
    pdf = saved(page, tmp_path)
    content = read_book(pdf, rapid())
    (pair,) = pair_book(content, pdf, tmp_path, rapid()).pairs
    line = found(content.pages[0], "联珠对鸟纹锦")
    assert pair.text_source == "ocr"
    assert pair.text_confidence == pytest.approx(line.confidence, abs=0.001)
    assert pair.text_confidence < 1.0


@pytest.mark.parametrize("y", [PHOTO[1] + 30, PHOTO[3] - 70])
def test_a_caption_printed_over_a_picture_is_read(tmp_path: Path, y: int) -> None:
    page = paper(1400, 1800)
    paste_photo(page, PHOTO)
    ImageDraw.Draw(page).text((330, y), "壁画表面除尘，2017年4月", font=face(30), fill=(255, 255, 255))
    write_across(page, "此处地层堆积较厚，出土遗物以陶器为主，器形规整，纹饰清晰可辨", 300, 1500, 28)
    content = content_of(saved(page, tmp_path), rapid())
    assert found(content, "壁画表面除尘").bbox[3] <= content.regions[0].bbox[3]
