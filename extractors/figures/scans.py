"""What a scanned page shows: figures and tables that a proposer finds on its picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.figures.proposals import ProposalPage, RegionProposal, RegionProposer
from extractors.geometry import Box, area, cover, grow, intersect
from extractors.records import TextLine

FIGURE_SCORE = 0.65
"""A figure is believed from this score up: best on four families of made scans, whichever is left out."""
TABLE_SCORE = 0.5
"""A table is believed from this score up: three of four are on drawn pages; half of all are missed."""
DRAWN_SCORE = 0.5
"""A line drawing is believed from this score up: its pieces score less, and pairing joins them."""
SURE_SCORE = 0.7
"""A figure with this score is one whatever OCR reads in it: 97 of 100 were on made scans."""
INSIDE = 0.7
"""What lies in a box to this share is a part of it."""
PRINT_SHARE = 0.5
"""A doubtful figure whose box is lines of text to this share is print."""
PLATE_COVER = 0.93
"""A figure that fills a scan to this share leaves no room for text."""
PLATE_SCORE = 0.3
"""Where nothing is to be read, doubtful figures from this score up are believed together ..."""
PLATE_PICTURED = 0.6
"""... when they cover this share of the page: its colours broke one plate into pieces."""
LOOK_PIXELS = 500
"""Longer side in pixels of the small picture on which paper is told from print."""
RING = 0.03
"""Paper is measured in a ring around a figure this share of the page wide ..."""
PAPER_PERCENTILE = 75
"""... where most of it is bare."""
PAPER_STEP = 32
"""Grey levels by which bare paper inside a drawing may differ from that around it."""
DRAWN_PAPER = 0.6
"""A figure is a drawing, not a picture, when its box is bare paper to this share."""


@dataclass(frozen=True, slots=True)
class ScanFigure:
    """A figure on a scan."""

    bbox: Box
    """Points."""
    score: float
    """0..1, as its proposer gave it."""
    drawn: bool
    """Whether it is ink on bare paper: a line drawing, not a picture."""


@dataclass(frozen=True, slots=True)
class ScanContent:
    """What was seen on one scan; boxes in points."""

    figures: tuple[ScanFigure, ...]
    tables: tuple[Box, ...]
    doubtful: tuple[ScanFigure, ...] = ()
    """Left out for their score."""
    printed: tuple[ScanFigure, ...] = ()
    """Left out because they are full of text."""

    @property
    def dropped(self) -> list[tuple[Box, str]]:
        """What was left out, with the reason."""
        low = [(figure.bbox, "low-score") for figure in self.doubtful]
        return low + [(figure.bbox, "print") for figure in self.printed]

    def plate(self, bounds: Box) -> ScanFigure | None:
        """The figure that surely fills the page `bounds`, if there is one."""
        full = (f for f in self.figures if f.score >= SURE_SCORE and cover(bounds, f.bbox) >= PLATE_COVER)
        return next(full, None)


def look_at_scan(page: ProposalPage, proposer: RegionProposer) -> ScanContent:
    """The figures and tables of a scanned page, figures from the top down.

    Raises PageTooLargeError for a page over the limits.
    """
    found = proposer.propose(page)
    figures = [region for region in found if region.label == "figure"]
    seen = [
        ScanFigure(region.bbox, region.score, drawn)
        for region, drawn in zip(figures, _drawn(page, figures), strict=True)
    ]
    believed = [figure for figure in seen if figure.score >= (DRAWN_SCORE if figure.drawn else FIGURE_SCORE)]
    doubtful = tuple(figure for figure in seen if figure not in believed)
    tables = tuple(
        region.bbox
        for region in found
        if region.label == "table"
        and region.score >= TABLE_SCORE
        and not any(cover(region.bbox, figure.bbox) > INSIDE for figure in believed)
    )
    return ScanContent(tuple(sorted(believed, key=_place)), tables, doubtful)


def _place(figure: ScanFigure) -> tuple[float, float, Box]:
    return figure.bbox[1], figure.bbox[0], figure.bbox


def without_print(content: ScanContent, lines: Sequence[TextLine]) -> ScanContent:
    """The content without figures that are not sure and full of lines of text."""
    printed = tuple(
        figure
        for figure in content.figures
        if figure.score < SURE_SCORE
        and sum(area(intersect(line.bbox, figure.bbox)) for line in lines) >= PRINT_SHARE * area(figure.bbox)
    )
    kept = tuple(figure for figure in content.figures if figure not in printed)
    return replace(content, figures=kept, printed=(*content.printed, *printed))


def unread(content: ScanContent, bounds: Box) -> ScanContent:
    """The content of a page without text: where doubtful figures cover most of it, it is one plate."""
    parts = [figure for figure in content.doubtful if figure.score >= PLATE_SCORE]
    if content.figures or sum(area(part.bbox) for part in parts) < PLATE_PICTURED * area(bounds):
        return content
    plate = ScanFigure(bounds, max(part.score for part in parts), False)
    return replace(content, figures=(plate,), doubtful=tuple(f for f in content.doubtful if f not in parts))


def _drawn(page: ProposalPage, regions: Sequence[RegionProposal]) -> list[bool]:
    """Whether each region is ink on bare paper."""
    if not regions:
        return []
    x0, y0, x1, y1 = page.bounds
    scale = LOOK_PIXELS / max(x1 - x0, y1 - y0)
    grey = cv2.cvtColor(page.picture(72 * scale), cv2.COLOR_RGB2GRAY)
    ring = RING * max(x1 - x0, y1 - y0)
    drawn = []
    for region in regions:
        inside = _part(grey, region.bbox, scale)
        around = _part(grey, intersect(grow(region.bbox, ring), page.bounds), scale)
        paper = float(np.percentile(around, PAPER_PERCENTILE)) if around.size else 255.0
        drawn.append(bool(inside.size and (inside >= paper - PAPER_STEP).mean() >= DRAWN_PAPER))
    return drawn


def _part(grey: NDArray[np.uint8], box: Box, scale: float) -> NDArray[np.uint8]:
    left, top, right, bottom = (round(edge * scale) for edge in box)
    return grey[top:bottom, left:right]
