"""One-page PDFs made object by object, in every way to place and store an image, and their crops."""

from __future__ import annotations

import io

import cv2
import numpy as np
import numpy.typing as npt
import pymupdf
from PIL import Image

from extractors.crops import Crop, cut, phash
from extractors.document import render
from extractors.geometry import Box
from extractors.settings import Limits

Array = npt.NDArray[np.uint8]
LIMITS = Limits()
WIDE, HIGH = 160, 120
BOX: Box = (50.0, 60.0, 210.0, 180.0)
"""Where `UPRIGHT` shows a 160 x 120 image at one pixel a point, on a page of 300 x 400 points."""
UPRIGHT = "q 160 0 0 120 50 220 cm /Im Do Q"

ALIKE = 5.0
"""Largest mean difference between a crop and the page drawn at 300 dpi; resampling alone makes 1 to 4."""


def motif(wide: int = WIDE, high: int = HIGH) -> Array:
    """A picture without any symmetry: a colour gradient with a bright disc and a dark bar."""
    y, x = np.mgrid[0:high, 0:wide]
    picture = np.stack([40 + 180 * x / wide, 30 + 190 * y / high, 200 - 150 * x / wide], axis=2)
    picture[(x - wide * 0.3) ** 2 + (y - high * 0.3) ** 2 < (high * 0.2) ** 2] = (250, 240, 90)
    picture[int(high * 0.7) : int(high * 0.8), int(wide * 0.5) : int(wide * 0.9)] = (10, 20, 60)
    return picture.astype(np.uint8)


class Book:
    """A one-page PDF of 300 x 400 points, built from raw objects."""

    def __init__(self, content: str = UPRIGHT, rotation: int = 0) -> None:
        self.document = pymupdf.open()
        self.page_xref = self.document.new_page(width=300, height=400).xref
        self.content, self.rotation = content, rotation
        self.objects: dict[str, int] = {}

    def add(self, entries: str, data: bytes, name: str = "", code: str = "") -> int:
        """A stream object; with a name, an XObject of the page."""
        xref = self.document.get_new_xref()
        self.document.update_object(xref, f"<<{entries}>>")
        self.document.update_stream(xref, data, compress=not code)
        if code:
            self.document.xref_set_key(xref, "Filter", code)
        if name:
            self.objects[name] = xref
        return xref

    def image(
        self,
        data: bytes,
        space: str,
        *,
        name: str = "Im",
        bits: int = 8,
        more: str = "",
        code: str = "",
        **size: int,
    ) -> Book:
        wide, high = size.get("wide", WIDE), size.get("high", HIGH)
        self.add(image_entries(wide, high, space, bits, more), data, name, code)
        return self

    def page(self) -> pymupdf.Page:
        document = self.document
        names = " ".join(f"/{name} {xref} 0 R" for name, xref in self.objects.items())
        font = "/Font<</F <</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>"
        state = "/ExtGState<</Pale <</ca 0.08>>>>"
        document.xref_set_key(self.page_xref, "Resources", f"<</XObject<<{names}>>{font}{state}>>")
        document.xref_set_key(
            self.page_xref, "Contents", f"{self.add('', self.content.encode('latin-1'))} 0 R"
        )
        document.xref_set_key(self.page_xref, "Rotate", str(self.rotation))
        self.document = pymupdf.open("pdf", document.tobytes())
        page = self.document[0]
        assert isinstance(page, pymupdf.Page)
        return page


def image_entries(wide: int, high: int, space: str, bits: int = 8, more: str = "") -> str:
    colour = f"/ColorSpace {space}" if space else ""
    return f"/Type/XObject/Subtype/Image/Width {wide}/Height {high}/BitsPerComponent {bits}{colour}{more}"


def rgb(content: str = UPRIGHT, rotation: int = 0, picture: Array | None = None) -> Book:
    picture = motif() if picture is None else picture
    book = Book(content, rotation)
    return book.image(picture.tobytes(), "/DeviceRGB", wide=picture.shape[1], high=picture.shape[0])


def pixels(crop: Crop) -> Array:
    with Image.open(io.BytesIO(crop.png)) as image:
        assert image.size == (crop.width, crop.height)
        return np.asarray(image.convert("RGB"))


def difference(page: pymupdf.Page, box: Box, crop: Crop) -> float:
    """Mean difference, of 255, between the crop and the page at 300 dpi, at the smaller of both sizes."""
    shown = render(page, 300, LIMITS, box)
    wide, high = min(crop.width, shown.shape[1]), min(crop.height, shown.shape[0])
    ours, theirs = (cv2.resize(p, (wide, high), interpolation=cv2.INTER_AREA) for p in (pixels(crop), shown))
    return float(np.abs(ours.astype(int) - theirs).mean())


def check(page: pymupdf.Page, method: str, box: Box = BOX, dpi: int = 300) -> Crop:
    crop = cut(page, box, dpi, LIMITS)
    assert crop.method == method
    assert difference(page, box, crop) < ALIKE
    assert crop.phash == phash(crop.png)
    assert (crop.pixels == pixels(crop)).all()
    return crop
