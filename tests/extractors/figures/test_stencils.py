"""Line drawings stored as one-bit stencils are seen as they are painted."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pymupdf
import pytest
from PIL import Image, ImageDraw

from extractors.page import PageJob, read_page
from tests.extractors.made import QUIET, prose, write

WIDTH, HEIGHT = 1200, 900


def drawing(stroke: int) -> Image.Image:
    """Black lines on white, one bit a pixel, 0 for black."""
    image = Image.new("1", (WIDTH, HEIGHT), 1)
    draw = ImageDraw.Draw(image)
    for k in range(4):
        draw.ellipse((150 + 60 * k, 120 + 60 * k, 1050 - 60 * k, 800 - 60 * k), outline=0, width=stroke)
    draw.line((600, 60, 600, 860), fill=0, width=stroke)
    return image


def ccitt(image: Image.Image) -> bytes:
    """Group 4 data whose black runs are 1 bits of `image`."""
    data = io.BytesIO()
    image.save(data, "TIFF", compression="group4")
    tiff = Image.open(io.BytesIO(data.getvalue()))
    start, length = tiff.tag_v2[273][0], tiff.tag_v2[279][0]
    assert tiff.tag_v2[262] == 1
    return data.getvalue()[start : start + length]


def stencil_page(path: Path, stroke: int, decode: str, colour: str, packed: bool) -> Path:
    document = pymupdf.open()
    page = document.new_page(width=420, height=595)
    write(page, "图四一 尊（一比四）", 150, 420)
    for printed in prose(50, 460, 320, 4):
        write(page, printed.text, *printed.bbox[:2])
    image = drawing(stroke)
    keys = f"/Type/XObject/Subtype/Image/Width {WIDTH}/Height {HEIGHT}/BitsPerComponent 1/ImageMask true"
    bits = np.asarray(image)
    xref = document.get_new_xref()
    bits = bits if decode == "[0 1]" else ~bits
    document.update_object(xref, f"<<{keys}/Decode{decode}>>")
    if packed:
        document.update_stream(xref, ccitt(Image.fromarray(bits)), new=True, compress=False)
        document.xref_set_key(xref, "Filter", "/CCITTFaxDecode")
        parameters = f"<</K -1/Columns {WIDTH}/Rows {HEIGHT}/BlackIs1 true>>"
        document.xref_set_key(xref, "DecodeParms", parameters)
    else:
        document.update_stream(xref, np.packbits(bits, axis=1).tobytes(), new=True)
    page.clean_contents()
    resources = document.xref_get_key(page.xref, "Resources")
    holder, prefix = (
        (page.xref, "Resources/") if resources[0] == "dict" else (int(resources[1].split()[0]), "")
    )
    document.xref_set_key(holder, f"{prefix}XObject", f"<</Dr {xref} 0 R>>")
    contents = page.get_contents()[0]
    placed = f"\nq {colour} 280 0 0 210 70 200 cm /Dr Do Q".encode()
    document.update_stream(contents, document.xref_stream(contents) + placed)
    document.save(path)
    return path


@pytest.mark.parametrize("stroke", [1, 6])
@pytest.mark.parametrize("colour", ["0 g", "0.1 0.15 0.4 rg", "0.45 0.3 0.2 rg"])
@pytest.mark.parametrize("decode", ["[0 1]", "[1 0]"])
@pytest.mark.parametrize("packed", [False, True])
def test_a_stencil_is_a_figure(tmp_path: Path, stroke: int, decode: str, colour: str, packed: bool) -> None:
    path = stencil_page(tmp_path / "book.pdf", stroke, decode, colour, packed)
    content = read_page(PageJob(path, 1, QUIET))
    assert [region.source for region in content.regions] == ["image"], content.dropped


@pytest.mark.parametrize("colour", ["1 g", "0.96 g"])
def test_a_stencil_in_the_colour_of_paper_is_none(tmp_path: Path, colour: str) -> None:
    path = stencil_page(tmp_path / "book.pdf", 6, "[0 1]", colour, packed=False)
    content = read_page(PageJob(path, 1, QUIET))
    assert content.regions == ()
    assert [drop.reason for drop in content.dropped] == ["near-invisible"]
