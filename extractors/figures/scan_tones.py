"""What a scanned page shows before anyone knows where its text is: where the paper is gone, and how far."""

from __future__ import annotations

from dataclasses import dataclass

from extractors.figures.scan_grain import (
    SHADE_COLOUR,
    SHADE_DEPTH,
    fine_detail,
    grainy,
    sharpness,
    soft_shades,
)
from extractors.figures.scan_page import ScanPage
from extractors.figures.scan_pictures import (
    STRONG_COLOUR,
    STRONG_TONE,
    WEAK_SOLID,
    covered_paper,
    departure,
    opened,
)
from extractors.figures.scan_units import INK_DEPTH, Field, Mask


@dataclass(frozen=True, slots=True, eq=False)
class Tones:
    """Maps of `ScanPage.work`, all of its height and width; none is written to after it is made."""

    depth: Field
    """Levels darker than the paper."""
    colour: Field
    """Levels off the paper's colour."""
    gone: Mask
    """No bare paper here."""
    strong: Mask
    """Gone by tone or colour that no shade of the paper has."""
    detail: Field
    """Fine detail, as a multiple of the bare paper's."""
    broad: Mask
    """Gone over an area broader than print."""
    ink: Mask
    """Dark as print is."""


def measure_tones(page: ScanPage) -> Tones:
    """The maps of a page that shows paper."""
    depth, colour = departure(page)
    gone = covered_paper(page, depth, colour)
    strong = gone & ((depth > STRONG_TONE) | (colour > STRONG_COLOUR))
    detail = fine_detail(page.work[:, :, 0], page.inside & ~gone)
    gone |= grainy(detail, strong) & page.inside
    faint = gone & (depth > 0) & (depth < SHADE_DEPTH) & (colour < SHADE_COLOUR)
    sharp = sharpness(page.work[:, :, 0], page.inside & ~gone)
    gone &= ~soft_shades(gone, faint, strong, detail, sharp)
    # Print stands on what shines through as it does on paper.
    broad = opened(gone & ((depth > SHADE_DEPTH) | (colour > SHADE_COLOUR)), WEAK_SOLID)
    ink = (page.field[:, :, 0] - page.work[:, :, 0] > INK_DEPTH) & page.inside
    return Tones(depth, colour, gone, strong, detail, broad, ink)
