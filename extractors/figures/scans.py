"""Figures on a scanned page, found with OpenCV from the page's picture and its OCR text boxes.

A picture is where the paper is gone: tones or colours that leave no bare paper between them for millimetres.
A drawing is where thin strokes run longer than characters do. Print is what lies in text boxes that stand on
paper; a text box that stands on a picture belongs to the picture (a label, or an OCR engine's fancy).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from extractors.figures.scan_drawings import join_bars
from extractors.figures.scan_gutters import part_at_gutters
from extractors.figures.scan_lines import read_lines
from extractors.figures.scan_page import ScanPage, clean_page, spread_boxes
from extractors.figures.scan_paper import PAPER_MIN_SHARE
from extractors.figures.scan_pictures import (
    EDGE_DEPTH,
    LINE,
    STAMP_SIDE,
    filled,
    find_pictures,
    grown,
    is_print,
    is_seal,
    is_shadow,
    is_sticker,
    is_wall,
    solid_areas,
)
from extractors.figures.scan_print import shows_print
from extractors.figures.scan_tones import Tones, measure_tones
from extractors.figures.scan_units import Mask, Rgb, millimetres
from extractors.geometry import (
    Box,
    area,
    cover,
    gap,
    height,
    intersect,
    overlap_x,
    overlap_y,
    union,
    width,
)

BLEED_SHARE = 0.8
"""A picture that covers this share of the page runs to its edges: its bright parts are not paper ..."""
BLEED_MARGIN = millimetres(12)
"""... where they are narrower than this."""

ABUT_SHARE = 0.8
"""Share of the longer side along which a picture and its bright part (a sky of few dots) must touch."""

SAME = 0.7
"""Share of a figure inside another from which it is a part of it."""


@dataclass(frozen=True, slots=True)
class ScanFigure:
    """A figure on a scan: `bbox` (x0, y0, x1, y1) in pixels of the picture as given, not deskewed."""

    bbox: Box
    score: float
    """0..1: how surely this is a figure."""
    evidence: str
    """bleed | tone | colour | lines: what gave it away."""


@dataclass(frozen=True, slots=True)
class ScanContent:
    """What was seen on one scan; boxes in pixels of the picture as given."""

    page: ScanPage
    figures: tuple[ScanFigure, ...]
    tables: tuple[Box, ...]
    furniture: tuple[tuple[Box, str], ...]
    """Seen and left out, with the reason: seal, sticker, shadow, show-through, tint."""


@dataclass(frozen=True, slots=True, eq=False)
class CleanScan:
    """A scan measured: the whole, and the two pages of a spread, each with its box on the whole."""

    page: ScanPage
    tones: Tones | None
    """None for a spread, whose pages have their own, and for a plate that shows no paper."""
    halves: tuple[tuple[Box, CleanScan], ...]


def find_figures(rgb: Rgb, text_boxes: Sequence[Box], *, dpi: float) -> list[ScanFigure]:
    """Figures on a scan, in reading order of their top-left corners; see `read_scan`."""
    return list(read_scan(rgb, text_boxes, dpi=dpi).figures)


def find_tables(rgb: Rgb, text_boxes: Sequence[Box], *, dpi: float) -> list[Box]:
    """Ruled tables on a scan, in pixels of `rgb`; see `read_scan`."""
    return list(read_scan(rgb, text_boxes, dpi=dpi).tables)


def read_scan(rgb: Rgb, text_boxes: Sequence[Box], *, dpi: float) -> ScanContent:
    """Sort a scanned page into figures, tables and furniture.

    `rgb` is (H, W, 3) uint8 at `dpi` dots per inch, best 150 to 200; `text_boxes` are boxes around lines of
    OCR text in pixels of `rgb`. Raises ValueError for what is no such picture.
    """
    return sort_scan(clean_scan(rgb, dpi), text_boxes)


def clean_scan(rgb: Rgb, dpi: float) -> CleanScan:
    """What `sort_scan` works on: most of the work of `read_scan`, and the same for all text boxes."""
    page = clean_page(rgb, dpi)
    halves = spread_boxes(page)
    if not halves[1:]:
        return _measured(page)
    return CleanScan(page, None, tuple((half, _clean_half(rgb, half, dpi)) for half in halves))


def sort_scan(scan: CleanScan, text_boxes: Sequence[Box]) -> ScanContent:
    """`read_scan` of a scan that is cleaned already."""
    if not scan.halves:
        return _read_page(scan, text_boxes)
    parts = [_read_half(half, page, text_boxes) for half, page in scan.halves]
    return ScanContent(
        scan.page,
        tuple(sorted((f for p in parts for f in p.figures), key=lambda f: (f.bbox[1], f.bbox[0]))),
        tuple(table for p in parts for table in p.tables),
        tuple(thing for p in parts for thing in p.furniture),
    )


def _measured(page: ScanPage) -> CleanScan:
    return CleanScan(page, None if page.paper_share < PAPER_MIN_SHARE else measure_tones(page), ())


def _clean_half(rgb: Rgb, half: Box, dpi: float) -> CleanScan:
    x0, y0, x1, y1 = (round(edge) for edge in half)
    return _measured(clean_page(np.ascontiguousarray(rgb[y0:y1, x0:x1]), dpi))


def _read_half(half: Box, scan: CleanScan, text_boxes: Sequence[Box]) -> ScanContent:
    """One page of a spread, its boxes given in pixels of the whole."""
    x0, y0 = round(half[0]), round(half[1])
    own = [_moved(intersect(box, half), -x0, -y0) for box in text_boxes]
    content = _read_page(scan, own)
    return ScanContent(
        scan.page,
        tuple(replace(figure, bbox=_moved(figure.bbox, x0, y0)) for figure in content.figures),
        tuple(_moved(table, x0, y0) for table in content.tables),
        tuple((_moved(box, x0, y0), reason) for box, reason in content.furniture),
    )


def _moved(box: Box, dx: float, dy: float) -> Box:
    return box[0] + dx, box[1] + dy, box[2] + dx, box[3] + dy


def _read_page(scan: CleanScan, text_boxes: Sequence[Box]) -> ScanContent:
    page, tones = scan.page, scan.tones
    plate = ScanContent(page, (ScanFigure(page.page_box, 1.0, "bleed"),), (), ())
    texts = [page.to_work(box) for box in text_boxes if area(box) > 0]
    if tones is None:
        return plate
    gone, strong, ink = tones.gone, tones.strong, tones.ink
    prints = [box for box in texts if is_print(box, tones.broad, ink)]
    alone = max((max(width(b), height(b)) for b in prints), default=0) < LINE and not shows_print(ink)
    if alone and is_wall(page):
        return plate
    bare = ~filled(prints, gone.shape)
    solid = solid_areas(gone & bare, strong & bare, page.inside & bare)
    parted = part_at_gutters(solid, page.work[:, :, 0], tones.depth, tones.colour, page.noise)
    seen = gone & bare & ~grown(solid & ~parted, 1)
    pictures, furniture = find_pictures(page, parted, seen, tones.colour, tones.detail, alone=alone)
    furniture += [(box, "sticker") for box, _ in pictures if is_sticker(page, box, texts)]
    pictures = [found for found in pictures if (found[0], "sticker") not in furniture]
    pictures = [(_to_edges(box, page.work_box), why) for box, why in pictures]
    if any(why == "bleed" for _, why in pictures):
        pictures = [(page.work_box, "bleed")]
    covered = filled([box for box, _ in pictures], gone.shape, margin=2.0)
    ink = ink & ~covered & ~filled([box for box, _ in furniture], gone.shape, margin=2.0)
    lines = read_lines(ink, prints, page.work_box)
    seals = [box for box in lines.drawings if is_seal(page, box, ink, STAMP_SIDE)]
    shadows = [box for box in lines.drawings if is_shadow(box, page.work_box)]
    furniture += [*((box, "seal") for box in seals), *((box, "shadow") for box in shadows)]
    drawings = [box for box in lines.drawings if box not in seals and box not in shadows]
    for *bars, chart in join_bars([box for box, _ in pictures], lines.rules, prints):
        pictures = [*((box, why) for box, why in pictures if box not in bars), (chart, "tone")]
    figures = _combined(pictures, drawings, lines.tables)
    found = [_figure(page, box, evidence, gone) for box, evidence in figures]
    found.sort(key=lambda figure: (figure.bbox[1], figure.bbox[0]))
    return ScanContent(
        page,
        tuple(found),
        tuple(page.to_scan(box) for box in lines.tables),
        tuple((page.to_scan(box), reason) for box, reason in furniture),
    )


def _to_edges(box: Box, page: Box) -> Box:
    """A picture that nearly fills its page with the bright parts between it and the edges close to it."""
    if area(box) < BLEED_SHARE * area(page):
        return box
    x0, y0, x1, y1 = (
        edge if abs(side - edge) <= BLEED_MARGIN else side for side, edge in zip(box, page, strict=True)
    )
    return x0, y0, x1, y1


def _combined(
    pictures: Sequence[tuple[Box, str]], drawings: Sequence[Box], tables: Sequence[Box]
) -> list[tuple[Box, str]]:
    """Pictures and drawings, with those that share a place made one and those in tables left out."""
    figures = [*pictures, *((box, "lines") for box in drawings)]
    figures = [(box, why) for box, why in figures if not any(cover(box, t) > SAME for t in tables)]
    figures.sort(key=lambda figure: -area(figure[0]))
    kept: list[tuple[Box, str]] = []
    for box, evidence in figures:
        for index, (larger, why) in enumerate(kept):
            share = cover(box, larger)
            if share >= SAME or ("lines" in (why, evidence) and (share > 0.2 or _abut(box, larger))):
                kept[index] = (union([larger, box]), why)
                break
        else:
            kept.append((box, evidence))
    return kept


def _abut(a: Box, b: Box) -> bool:
    """Whether two boxes continue each other: no gap, and the same width or height."""
    beside = overlap_y(a, b) >= ABUT_SHARE * max(height(a), height(b))
    above = overlap_x(a, b) >= ABUT_SHARE * max(width(a), width(b))
    return gap(a, b) <= EDGE_DEPTH and (beside or above)


def _figure(page: ScanPage, box: Box, evidence: str, gone: Mask) -> ScanFigure:
    if evidence == "bleed":
        return ScanFigure(page.page_box, 1.0, evidence)
    x0, y0, x1, y1 = (int(edge) for edge in box)
    filled = float(gone[y0:y1, x0:x1].mean())
    score = 0.7 if evidence == "lines" else 0.5 + 0.5 * filled
    return ScanFigure(page.to_scan(box), round(min(1.0, score), 3), evidence)
