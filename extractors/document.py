"""Opening a book and drawing its pages; every way a file can be unreadable has its own error.

All of this parses untrusted files in native code: call it inside a worker of `extractors.sandbox`.
"""

from __future__ import annotations

import math
import os
import re
import unicodedata
import weakref
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
import pymupdf
from pymupdf import mupdf

from extractors.book_file import book_sha256, open_book_file
from extractors.damage import LIBRARY_ERRORS, is_damage
from extractors.errors import (
    BookError,
    DamagedPdfError,
    EmptyFileError,
    EncryptedPdfError,
    FileAccessError,
    NoPagesError,
    NotAPdfError,
    PageTooLargeError,
    PortfolioError,
    TooLargeError,
    TruncatedPdfError,
)
from extractors.figures.paint import to_rgb
from extractors.geometry import Box
from extractors.names import openable, shown_name
from extractors.settings import Limits

Picture = npt.NDArray[np.uint8]
"""A picture: height x width x 3, RGB, 0..255."""

HEADER_WITHIN = 1024
"""Readers accept "%PDF-" anywhere in the first kilobyte (PDF 1.7, appendix H)."""

TAIL = 2048
"""How far from the end "%%EOF" may stand: some mailers and scanners append a line or padding."""

LOCKED_BY_PUBLISHER = "is encrypted for a publisher's own reader; get a copy without that protection."

_NO_TITLE = re.compile(
    r"(untitled|no title|title|document|doc|slide|page|layout|print|scan(ned)?( document)?|cover|presentation"
    r"|无标题|無標題|未命名|未标题|无题|標題|标题|文档|文檔|新建文档|封面|目录|扫描(件)?|幻灯片)"
    r"[\s_\-.]*\d*",
    re.IGNORECASE,
)
_TITLE_BY_SOFTWARE = re.compile(
    r"microsoft (word|powerpoint|excel)|powerpoint|adobe |wps |kmbt_|img_|dsc_|scan_|www\.|https?:",
    re.IGNORECASE,
)
_FILE_NAME = re.compile(
    r"[\\/]|\.(docx?|wps|pptx?|xlsx?|pdf|indd|qxd|fh\d*|cdr|pub|pmd|eps|ps|dvi|tex|rtf|txt|html?|tiff?|jpe?g|png|ai|s2)$",
    re.IGNORECASE,
)
_HIGH_PAIR = re.compile(r"[\x80-\xff]{2}")


@dataclass(frozen=True, slots=True)
class BookInfo:
    """What is known of a book before its pages are read."""

    sha256: str
    title: str
    page_count: int
    repaired: bool = False
    """Whether its cross-reference table was damaged and had to be rebuilt; pages may be missing."""


@dataclass(frozen=True, slots=True)
class PlacedImage:
    """An image drawn on a page, not decoded yet."""

    image: Any
    """MuPDF's own handle."""
    matrix: pymupdf.Matrix
    """From the unit square to points as displayed."""
    alpha: float
    ink: tuple[float, float, float] | None = None
    """The colour (RGB, 0..1) a one-bit stencil is painted in; None for an image with colours of its own."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels: of the image, or of its mask where that is finer."""
        mask = self.image.mask()
        sizes = [self.image] if mask.m_internal is None else [self.image, mask]
        return max(int(part.w()) for part in sizes), max(int(part.h()) for part in sizes)


def probe(path: Path, limits: Limits) -> BookInfo:
    """Hashes and opens a book. Raises the errors of `open_document`."""
    document = open_document(path, limits)
    try:
        return BookInfo(
            book_sha256(path), _title(document, path), document.page_count, bool(document.is_repaired)
        )
    except LIBRARY_ERRORS as error:
        if not is_damage(error):
            raise
        raise _damaged(path, complete=True) from error
    finally:
        document.close()


def open_document(path: Path, limits: Limits) -> pymupdf.Document:
    """The opened PDF, with at least one page that loads.

    Raises EmptyFileError, NotAPdfError, PortfolioError, TruncatedPdfError, EncryptedPdfError, NoPagesError,
    TooLargeError (more pages than `limits.max_pages`), DamagedPdfError for one beyond repair, or
    FileAccessError for what is missing, is no file, or may not be read.
    """
    _silence()
    with open_book_file(path) as file:
        complete = _is_complete(path, file)
        try:
            document = pymupdf.open(openable(path, file.fileno()), filetype="pdf")
        except (pymupdf.FileDataError, mupdf.FzErrorBase) as error:
            if "encryption" in str(error.__cause__ or error):  # MuPDF: unknown encryption handler, version
                raise EncryptedPdfError(path, LOCKED_BY_PUBLISHER) from error
            raise _damaged(path, complete) from error
    try:
        _check_document(document, path, limits, complete)
    except BookError:
        document.close()
        raise
    except LIBRARY_ERRORS as error:
        document.close()
        if not is_damage(error):
            raise
        raise _damaged(path, complete) from error
    return document


def render(page: pymupdf.Page, dpi: float, limits: Limits, clip: Box | None = None) -> Picture:
    """The page as displayed, or its part `clip` (points), at `dpi`: height x width x 3, uint8, RGB.

    Raises PageTooLargeError when the picture, or an image on the page, exceeds `limits.max_pixels`;
    ValueError when `clip` lies outside the page.
    """
    return draw(page, pymupdf.Matrix(dpi / 72, dpi / 72), limits, clip)


def draw(page: pymupdf.Page, matrix: pymupdf.Matrix, limits: Limits, clip: Box | None = None) -> Picture:
    """Like `render`, under any axis-parallel `matrix` from points to pixels."""
    area = pymupdf.Rect(page.rect if clip is None else clip) & page.rect
    if area.is_empty:
        raise ValueError(f"page {page.number + 1}: nothing to draw in {clip}")
    size = area * matrix
    check_pixels(page, math.ceil(size.width), math.ceil(size.height), limits)
    placed_images(page, limits)
    return to_array(_display_list(page).get_pixmap(matrix, pymupdf.csRGB, False, area))


def to_array(pixmap: pymupdf.Pixmap) -> Picture:
    """A copy of an RGB pixmap's pixels."""
    rows = np.frombuffer(pixmap.samples_mv, np.uint8).reshape(pixmap.height, pixmap.stride)
    return rows[:, : pixmap.width * 3].reshape(pixmap.height, pixmap.width, 3).copy()


def placed_images(page: pymupdf.Page, limits: Limits) -> list[PlacedImage]:
    """The images drawn on the page, in drawing order; forms and inline images included, patterns not.

    Raises PageTooLargeError when one of them, or its mask, exceeds `limits.max_pixels`: nothing is decoded.
    """
    found = _images.get(page)
    if found is None:
        found = _images[page] = _collect(page)
    for placed in found:
        check_pixels(page, *placed.size, limits)
    return found


def check_pixels(page: pymupdf.Page, width: int, height: int, limits: Limits) -> None:
    """Raises PageTooLargeError when `width` x `height` is more than `limits.max_pixels`."""
    if width * height > limits.max_pixels:
        raise PageTooLargeError(
            f"page {page.number + 1}: a picture of {width} x {height} pixels is over the limit of "
            f"{limits.max_pixels}; raise extract.limits.max_pixels if the page is sound."
        )


_lists: weakref.WeakKeyDictionary[Any, Any] = weakref.WeakKeyDictionary()
_images: weakref.WeakKeyDictionary[Any, list[PlacedImage]] = weakref.WeakKeyDictionary()


def _display_list(page: pymupdf.Page) -> Any:
    """The page interpreted once, for all that is drawn of it."""
    if page not in _lists:
        _lists[page] = page.get_displaylist()
    return _lists[page]


class _ImageCollector(mupdf.FzDevice2):  # type: ignore[misc]
    """A MuPDF device that paints nothing and notes the images."""

    def __init__(self) -> None:
        super().__init__()
        self.use_virtual_fill_image()
        self.use_virtual_fill_image_mask()
        self.found: list[PlacedImage] = []

    def fill_image(self, _context: Any, image: Any, matrix: Any, alpha: float, _colour: Any) -> None:
        self._note(image, matrix, alpha, None)

    def fill_image_mask(
        self, _context: Any, image: Any, matrix: Any, space: Any, ink: Any, alpha: float, _colour: Any
    ) -> None:
        # A stencil painted with a pattern has no colour of its own; black is as good as any to see its shape.
        self._note(image, matrix, alpha, to_rgb(space, ink) or (0.0, 0.0, 0.0))

    def _note(self, image: Any, m: Any, alpha: float, ink: tuple[float, float, float] | None) -> None:
        kept = mupdf.FzImage(mupdf.ll_fz_keep_image(image))
        self.found.append(PlacedImage(kept, pymupdf.Matrix(m.a, m.b, m.c, m.d, m.e, m.f), alpha, ink))


def _collect(page: pymupdf.Page) -> list[PlacedImage]:
    collector = _ImageCollector()
    everywhere = mupdf.FzRect(mupdf.FzRect.Fixed_INFINITE)
    mupdf.fz_run_display_list(
        _display_list(page).this, collector, mupdf.FzMatrix(), everywhere, mupdf.FzCookie()
    )
    mupdf.fz_close_device(collector)
    return collector.found


# ---- files


def _silence() -> None:
    """MuPDF's remarks on damaged files would run through progress bars."""
    pymupdf.TOOLS.mupdf_display_errors(False)
    pymupdf.TOOLS.mupdf_display_warnings(False)


def _is_complete(path: Path, file: BinaryIO) -> bool:
    """Whether the file ends as a PDF should. Raises a BookError when it cannot be a PDF or be read."""
    try:
        head = file.read(HEADER_WITHIN + len(b"%PDF-"))
        file.seek(max(0, os.fstat(file.fileno()).st_size - TAIL))
        tail = file.read()
    except OSError as error:
        raise FileAccessError(path, f"cannot be read ({error.strerror}); check its disk.") from error
    if not head:
        raise EmptyFileError(path, "the file is empty (0 bytes); copy or download it again.")
    if b"%PDF-" not in head:
        raise NotAPdfError(path, "is not a PDF; convert it to PDF first, whatever its name says.")
    return b"%%EOF" in tail


def _damaged(path: Path, complete: bool) -> BookError:
    if complete:
        return DamagedPdfError(path, "is damaged and could not be repaired; get another copy of it.")
    return TruncatedPdfError(
        path, "its end is missing and no page could be saved; copy or download it again."
    )


def _check_document(document: pymupdf.Document, path: Path, limits: Limits, complete: bool) -> None:
    if document.needs_pass:
        raise EncryptedPdfError(path, "needs a password; save a copy without one (qpdf --decrypt).")
    if document.xref_get_key(document.pdf_catalog(), "Collection")[0] != "null":
        raise PortfolioError(path, "is a portfolio: save the PDFs inside it as files of their own.")
    if document.page_count == 0:
        if document.is_repaired and not complete:
            raise _damaged(path, complete)
        raise NoPagesError(path, "holds no pages; get another copy of it.")
    if document.page_count > limits.max_pages:
        raise TooLargeError(
            path,
            f"has {document.page_count} pages, over the limit of {limits.max_pages}; "
            "raise extract.limits.max_pages if the book is sound.",
        )
    if document.is_repaired and not any(_loads(document, number) for number in range(document.page_count)):
        raise _damaged(path, complete)


def _loads(document: pymupdf.Document, number: int) -> bool:
    try:
        document.load_page(number)
    except LIBRARY_ERRORS:
        return False
    return True


def _title(document: pymupdf.Document, path: Path) -> str:
    """The title in the PDF's metadata where it is one, else the file's name without its ending."""
    metadata = document.metadata or {}
    title = " ".join(unicodedata.normalize("NFC", metadata.get("title") or "").split())
    if _is_title(title):
        return title
    return unicodedata.normalize("NFC", os.path.splitext(shown_name(path.name))[0])


def _is_title(text: str) -> bool:
    """Whether `text` names a book, and is no default, file name, software's mark or mojibake."""
    if not any(char.isalpha() for char in text) or _NO_TITLE.fullmatch(text):
        return False
    if _TITLE_BY_SOFTWARE.match(text) or _FILE_NAME.search(text):
        return False
    # Control, private-use, surrogate and unassigned code points and U+FFFD; GBK bytes read as Latin-1.
    if any(unicodedata.category(char).startswith("C") or char == "\ufffd" for char in text):
        return False
    return not (all(ord(char) < 256 for char in text) and _HIGH_PAIR.search(text))


def page_label(page: pymupdf.Page) -> str:
    """The label that the PDF gives a page, "" for none.

    PyMuPDF gives its UTF-16 part as hex, which is decoded: <FEFF5F69>7 is 彩7.
    """
    return re.sub(
        r"<FEFF((?:[0-9A-F]{4})*)>",
        lambda hexed: bytes.fromhex(hexed[1]).decode("utf-16-be", "replace"),
        page.get_label() or "",
        flags=re.IGNORECASE,
    )
