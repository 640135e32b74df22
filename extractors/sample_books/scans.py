"""A scanned copy of a sample book: image-only pages with the faults of real scans, and labels moved exactly.

A page goes through one invertible map: curl (a shift in y that depends on x), skew about the page centre,
then the offset of the scanner bed. Pixels are drawn through its inverse, label boxes through the map itself.
"""

from __future__ import annotations

import copy
import io
import math
import random
import zlib
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import pymupdf
from numpy.typing import NDArray
from PIL import Image, TiffImagePlugin

from extractors.geometry import Box, intersect, union
from extractors.sample_books.page_writer import write_pdf
from extractors.sample_books.pictures.base import Colour, Field, Picture, Rng, jpeg, noise
from extractors.sample_books.truth import BookTruth

_OUTLINE_STEPS = 12
"""Points along each edge of a label box that go through the page map."""
_PHOTO_KINDS = ("photo", "mural", "pattern", "textile", "cropped", "other")
"""Pages with these are scanned in grey, not in one bit, as libraries do."""
_LOOKALIKES = str.maketrans("土未已日人入末士己曰口王玉千干大太", "士末己曰入人未土已日囗玉王干千太大")
_GUTTER_FALL = 24
"""Power of the distance from the fold: the shade falls off within a twentieth of the page."""
_FAR_SIDE = 0.4
"""How dark the page away from the spine is, beside the near one."""
_STRAY = "一·丨、丶口日的’,."


@dataclass(frozen=True)
class ScanStyle:
    """The faults of one scanning job."""

    dpi: int = 200
    skew: float = 1.0
    """Largest turn in degrees, either way."""
    paper: Colour = (255, 255, 255)
    light: float = 0.1
    """How much darker the darkest part of the page is, 0..1."""
    bleed: float = 0.0
    """How strongly the back of the leaf shows through, 0..1."""
    border: float = 0.0
    """Width in points of the black scanner bed around the page."""
    curl: float = 0.0
    """Largest shift in y by curl, in points."""
    grain: float = 3.0
    """Standard deviation of the noise, in grey levels."""
    depth: str = "colour"
    """colour, grey, or bit (one-bit pages where no photograph is)."""
    quality: int = 62
    spread: str = ""
    """"" for single pages, "ltr" or "rtl" for two pages in one image."""
    gutter: float = 0.0
    """How dark the fold is, 0..1."""
    ocr_errors: float | None = None
    """Share of wrong characters in an invisible OCR layer; None for no layer."""
    turned: float = 0.0
    """Share of pages stored on their side with /Rotate."""


STYLES: dict[str, ScanStyle] = {
    "yellowed": ScanStyle(dpi=200, skew=1.6, paper=(248, 236, 204), light=0.14, bleed=0.05, curl=2.0),
    "dark-bed": ScanStyle(
        dpi=150, skew=2.0, paper=(250, 247, 240), light=0.2, border=14, grain=5, turned=0.3
    ),
    "one-bit": ScanStyle(dpi=300, skew=0.7, light=0.0, depth="bit", grain=2.0),
    "spreads": ScanStyle(
        dpi=200,
        skew=0.6,
        paper=(244, 232, 206),
        light=0.16,
        bleed=0.06,
        curl=3,
        depth="grey",
        spread="rtl",
        gutter=0.4,
    ),
    "poor-ocr": ScanStyle(dpi=150, skew=0.8, paper=(250, 244, 228), light=0.1, ocr_errors=0.16),
}


@dataclass(frozen=True)
class _PageMap:
    """From a point of the printed page to a point of the scanned one, in points."""

    width: float
    height: float
    angle: float
    curl: float
    border: float

    def forward(self, x: float, y: float) -> tuple[float, float]:
        cx, cy = self.width / 2, self.height / 2
        bent = y + self.curl * math.sin(math.pi * x / self.width)
        c, s = math.cos(self.angle), math.sin(self.angle)
        return cx + c * (x - cx) - s * (bent - cy) + self.border, cy + s * (x - cx) + c * (
            bent - cy
        ) + self.border

    def inverse(self, scale: float) -> tuple[Field, Field]:
        """For every pixel of the scan, where it comes from in pixels of the printed page."""
        w, h = round((self.width + 2 * self.border) * scale), round((self.height + 2 * self.border) * scale)
        px = (np.arange(w, dtype=np.float32)[None, :] + 0.5) / scale - self.border - self.width / 2
        py = (np.arange(h, dtype=np.float32)[:, None] + 0.5) / scale - self.border - self.height / 2
        c, s = math.cos(self.angle), math.sin(self.angle)
        x = c * px + s * py + self.width / 2
        y = -s * px + c * py + self.height / 2
        y -= self.curl * np.sin(math.pi * x / self.width)
        return (x * scale - 0.5).astype(np.float32), (y * scale - 0.5).astype(np.float32)

    def box(self, box: Box) -> Box:
        """The box around the mapped outline of `box`."""
        x0, y0, x1, y1 = box
        points = []
        for k in range(_OUTLINE_STEPS + 1):
            t = k / _OUTLINE_STEPS
            x, y = x0 + t * (x1 - x0), y0 + t * (y1 - y0)
            points += [self.forward(*p) for p in ((x, y0), (x, y1), (x0, y), (x1, y))]
        moved = union((x, y, x, y) for x, y in points)
        return intersect(moved, (0.0, 0.0, self.width + 2 * self.border, self.height + 2 * self.border))


def scan_copy(
    pdf: Path,
    truth: BookTruth,
    out: Path,
    style: ScanStyle,
    seed: int,
    labels: Path | None = None,
    pages: int | None = None,
) -> Path:
    """Write `out`, a scanned copy of `pdf` (its first `pages` pages); returns `out`.

    Its labels go into the folder `labels`, by default beside it.
    """
    rng = np.random.default_rng(zlib.crc32(f"{seed}/{out.stem}".encode()))
    chance = random.Random(f"{seed}/{out.stem}")
    scan = pymupdf.open()
    moved_truth = BookTruth(truth.layout, scan=True)
    with pymupdf.open(pdf) as book:
        count = min(pages or book.page_count, book.page_count)
        leaves = [_Leaf(book, k, truth, style, rng, chance) for k in range(count)]
        for number, group in enumerate(_leaf_groups(leaves, style.spread), start=1):
            _scan_page(scan, number, group, style, chance)
        place = {
            leaf.number: (page + 1, leaf)
            for page, group in enumerate(_leaf_groups(leaves, style.spread))
            for leaf in group
        }
    for figure in truth.figures:
        if figure.page in place:
            page, leaf = place[figure.page]
            moved = copy.deepcopy(figure)
            moved.page, moved.bbox = page, leaf.box(figure.bbox)
            if figure.caption_page in place and figure.caption_bbox:
                moved.caption_page, caption_leaf = place[figure.caption_page]
                moved.caption_bbox = caption_leaf.box(figure.caption_bbox)
            moved_truth.figures.append(moved)
    for negative in truth.negatives:
        if negative.page in place:
            page, leaf = place[negative.page]
            moved_truth.negatives.append(replace(negative, page=page, bbox=leaf.box(negative.bbox)))
    write_pdf(scan, out)
    moved_truth.write(labels or out.parent, out.stem, [(p.rect.width, p.rect.height) for p in scan])
    return out


class _Leaf:
    """One printed page on its way through the scanner."""

    def __init__(
        self,
        book: pymupdf.Document,
        index: int,
        truth: BookTruth,
        style: ScanStyle,
        rng: Rng,
        chance: random.Random,
    ) -> None:
        page = book[index]
        self.number = index + 1
        self.style = style
        self.scale = style.dpi / 72
        self.shift = 0.0
        self.map = _PageMap(
            page.rect.width,
            page.rect.height,
            math.radians(chance.uniform(-style.skew, style.skew)),
            style.curl * chance.uniform(-1, 1),
            style.border,
        )
        on_page = [f for f in truth.figures if f.page == self.number]
        self.one_bit = style.depth == "bit" and not any(f.kind in _PHOTO_KINDS for f in on_page)
        self.words = page.get_text("dict")["blocks"] if style.ocr_errors is not None else []
        printed = _render(page, style.dpi)
        if style.bleed and index + 1 < book.page_count:
            back = cv2.GaussianBlur(_render(book[index + 1], style.dpi)[:, ::-1], (0, 0), self.scale)
            if back.shape == printed.shape:
                through = 1 - style.bleed * (1 - back.astype(np.float32) / 255)
                printed = (printed * through).astype(np.uint8)
        self.pixels = self._through(printed, rng)

    def _through(self, printed: Picture, rng: Rng) -> Picture:
        """The page as the scanner sees it."""
        style = self.style
        tinted = (printed.astype(np.float32) * (np.array(style.paper, np.float32) / 255)).astype(np.uint8)
        x, y = self.map.inverse(self.scale)
        edge = (16, 15, 15) if style.border else style.paper
        seen = cv2.remap(
            tinted, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=edge
        ).astype(np.float32)
        height, width = seen.shape[:2]
        if style.light:
            depth = style.light * (1.0 if self.number % 2 else _FAR_SIDE)
            across = np.linspace(0, 1, width, dtype=np.float32)[None, :]
            fold_at_left = (self.number % 2 == 1) != (style.spread == "rtl")
            if fold_at_left:
                across = across[:, ::-1]
            shade = 1 - depth * across**2 - style.gutter * across**_GUTTER_FALL
            seen *= (shade * (1 - 0.5 * style.light * noise(rng, width, height, 3)))[..., None]
        seen += rng.standard_normal((height, width, 1), dtype=np.float32) * np.float32(style.grain)
        pixels: Picture = np.clip(seen, 0, 255).astype(np.uint8)
        return pixels

    def box(self, box: Box) -> Box:
        """A box of the printed page on the scanned one."""
        x0, y0, x1, y1 = self.map.box(box)
        return x0 + self.shift, y0, x1 + self.shift, y1


def _render(page: pymupdf.Page, dpi: int) -> Picture:
    pixmap = page.get_pixmap(dpi=dpi, alpha=False)
    pixels: Picture = np.frombuffer(pixmap.samples, np.uint8).reshape(pixmap.height, pixmap.width, 3)
    return pixels


def _leaf_groups(leaves: list[_Leaf], spread: str) -> list[list[_Leaf]]:
    """The leaves of each scanned image, left to right; the first leaf of a spread book stands alone."""
    if not spread:
        return [[leaf] for leaf in leaves]
    groups = [leaves[:1]] + [leaves[k : k + 2] for k in range(1, len(leaves), 2)]
    return [group[::-1] if spread == "rtl" else group for group in groups]


def _scan_page(
    scan: pymupdf.Document, number: int, group: list[_Leaf], style: ScanStyle, chance: random.Random
) -> None:
    """Add one scanned image as a page."""
    pixels = np.hstack([leaf.pixels for leaf in group])
    shift = 0.0
    for leaf in group:
        leaf.shift = shift
        shift += leaf.map.width + 2 * leaf.map.border
    width, height = shift, group[0].map.height + 2 * group[0].map.border
    turned = not style.spread and style.ocr_errors is None and chance.random() < style.turned
    if turned:
        pixels = np.ascontiguousarray(np.rot90(pixels))
        page = scan.new_page(width=height, height=width)
    else:
        page = scan.new_page(width=width, height=height)
    area = page.rect
    if all(leaf.one_bit for leaf in group):
        _insert_fax(scan, page, cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY))
    else:
        shown = pixels if style.depth == "colour" else cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
        page.insert_image(area, stream=jpeg(shown, style.quality))
    if turned:
        page.set_rotation(90)
    for leaf in group:
        if style.ocr_errors is not None:
            _ocr_layer(page, leaf, style.ocr_errors, chance)


def _insert_fax(scan: pymupdf.Document, page: pymupdf.Page, grey: NDArray[np.uint8]) -> None:
    """A one-bit image with CCITT group 4 compression, as document scanners write it."""
    height, width = grey.shape
    _, bits = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    stream = io.BytesIO()
    whole_page_strip = {278: height}
    Image.fromarray(bits).convert("1").save(stream, "TIFF", compression="group4", tiffinfo=whole_page_strip)
    stream.seek(0)
    tiff = TiffImagePlugin.TiffImageFile(stream)
    start, length = tiff.tag_v2[273][0], tiff.tag_v2[279][0]
    black_is_one = "false" if tiff.tag_v2[262] == 0 else "true"
    xref = scan.get_new_xref()
    size = f"/Width {width}/Height {height}/BitsPerComponent 1/ColorSpace/DeviceGray"
    scan.update_object(xref, f"<</Type/XObject/Subtype/Image{size}>>")
    scan.update_stream(xref, stream.getvalue()[start : start + length], compress=False)
    # Storing the stream clears what says how it is packed, so that comes last.
    scan.xref_set_key(xref, "Filter", "/CCITTFaxDecode")
    scan.xref_set_key(xref, "DecodeParms", f"<</K -1/Columns {width}/Rows {height}/BlackIs1 {black_is_one}>>")
    page.insert_image(page.rect, xref=xref)


def _ocr_layer(page: pymupdf.Page, leaf: _Leaf, errors: float, chance: random.Random) -> None:
    """Invisible text over the image, as a poor engine left it: wrong, doubled and lost characters."""
    font = pymupdf.Font("china-s")
    writer = pymupdf.TextWriter(page.rect)
    for block in leaf.words:
        for line in block.get("lines", []):
            text = _misread("".join(span["text"] for span in line["spans"]).strip(), errors, chance)
            box = leaf.box(tuple(line["bbox"]))
            if not text or line["dir"][0] < 0.9:
                continue
            length = font.text_length(text, fontsize=1)
            size = min((box[2] - box[0]) / length, (box[3] - box[1]) * 0.9)
            writer.append((box[0], box[3] - size * 0.2), text, font=font, fontsize=size)
    writer.write_text(page, render_mode=3)


def _misread(text: str, errors: float, chance: random.Random) -> str:
    out = []
    for char in text:
        if chance.random() >= errors:
            out.append(char)
            continue
        swapped = char.translate(_LOOKALIKES)
        out.append(swapped if swapped != char else chance.choice(("", char + char, chance.choice(_STRAY))))
    return "".join(out)
