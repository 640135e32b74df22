"""Pictures in the cells of a table with a title (表3 …): they belong to its rows and are no figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extractors.geometry import Box, cover, gap
from extractors.grammar.captions import caption_strength, parse_label
from extractors.layout.caption_blocks import STARTS_CAPTION
from extractors.records import Dropped, PageContent

IN_TABLE = "in-table"
"""The reason noted for them."""
TITLE_REACH = 4.0
"""The title of a table stands within this many characters of it."""
INSIDE = 0.8
"""A picture lies in a table by this share of its area."""


def without_table_pictures(page: PageContent) -> PageContent:
    """The page without the pictures in its titled tables, listed among what was dropped.

    A table without a title may be the grid a catalogue is laid out in: its pictures stay.
    """
    titled = _titled_tables(page)
    cells = [region for region in page.regions if any(cover(region.bbox, t) > INSIDE for t in titled)]
    if not cells:
        return page
    return replace(
        page,
        regions=tuple(region for region in page.regions if region not in cells),
        dropped=(*page.dropped, *(Dropped(page.page, region.bbox, IN_TABLE) for region in cells)),
    )


def _titled_tables(page: PageContent) -> Sequence[Box]:
    titles = [
        line
        for line in page.lines
        if (label := parse_label(line.text)) is not None
        and label[0].kind == "table"
        and caption_strength(line.text) >= STARTS_CAPTION
    ]
    return [t for t in page.tables if any(gap(t, line.bbox) <= TITLE_REACH * line.size for line in titles)]
