"""All pages of a book laid out: furniture removed, figures set apart, blocks and candidates found."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from extractors.geometry import Box, area, centre, cover, height, union, width
from extractors.grammar.caption_data import is_datum
from extractors.grouping import BoxIndex
from extractors.layout.blocks import INNER_TEXT, Block, build_blocks
from extractors.layout.candidate import Candidate
from extractors.layout.candidates import find_candidates
from extractors.layout.caption_blocks import starts_block
from extractors.layout.contents import is_contents
from extractors.layout.furniture import furniture_lines
from extractors.layout.ocr_lines import join_numbers, restore_label_gaps
from extractors.layout.ornaments import without_ornaments
from extractors.layout.table_pictures import without_table_pictures
from extractors.layout.touching import divided
from extractors.records import BookContent, Dropped, PageContent, Region, TextLine
from extractors.text import sure_characters

WIDE = 0.6
"""A block this wide, as a share of the text area, spans the columns and separates what is above and below."""
TYPESET, TYPESET_PAGES, TYPESET_SHARE = 3, 2, 0.12
"""Characters on a typeset page (it may carry a short caption alone), and how many such pages, and what share,
make a book typeset."""
PLATE_CHARACTERS = 12
"""A plate that fills its page may carry its number, the page's and this many characters in all."""
PLATE_SHARE = 0.4
"""What fills this share of a page without a word on it is seen as the whole page: a plate to the edges."""
DOUBTFUL = "low-score"
"""Why parts of a scan are left out. In a typeset book, on a page without words, they are parts of a plate."""
TEXT_MARKS = "，。；,;"
"""Marks within sentences."""
NAME_LINES = 2
"""A name without such a mark has at most this many lines."""


@dataclass(frozen=True, slots=True)
class PageLayout:
    """One page with its furniture removed."""

    content: PageContent
    figures: tuple[Region, ...]
    blocks: tuple[Block, ...]
    """Text outside the figures, in reading order."""
    inner: tuple[TextLine, ...]
    """Text inside the figures."""
    furniture: tuple[TextLine, ...]
    candidates: tuple[Candidate, ...]
    dropped: tuple[Dropped, ...]

    @property
    def page(self) -> int:
        """Its number, 1-based."""
        return self.content.page

    @property
    def is_contents(self) -> bool:
        """Whether it is a page of contents, a list of figures or an index."""
        return is_contents([line for block in self.blocks for line in block.lines], len(self.figures))


def whole_plates(pages: Sequence[PageContent]) -> list[PageContent]:
    """Pages with full-bleed plates made whole again.

    In a typeset book a page that is one image, with hardly anything to be read on it, is a plate, however its
    colours break it into pieces, and so is every image on it that does not fill it; in a scanned book it
    might be a page of text that OCR could not read.
    """
    typeset = sum(not page.is_scan and sure_characters(page.lines) >= TYPESET for page in pages)
    if typeset < max(TYPESET_PAGES, TYPESET_SHARE * len(pages)):
        return list(pages)
    return [
        replace(page, regions=_plates(page))
        if page.is_scan and sure_characters(page.lines) <= PLATE_CHARACTERS
        else page
        for page in pages
    ]


def _plates(page: PageContent) -> tuple[Region, ...]:
    if page.pasted:
        return tuple(Region(box, "scan") for box in page.pasted)
    whole = Region((page.left, 0.0, page.left + page.width, page.height), "scan")
    doubtful = (drop.bbox for drop in page.dropped if drop.reason == DOUBTFUL)
    seen = sum(area(box) for box in (*(region.bbox for region in page.regions), *doubtful))
    filled = seen >= PLATE_SHARE * page.width * page.height
    return (whole,) if len(page.regions) > 1 or filled else page.regions


def lay_out(book: BookContent) -> list[PageLayout]:
    """The layouts of all pages that could be read, in page order."""
    pages = [
        without_table_pictures(page) for page in whole_plates(restore_label_gaps(join_numbers(book.pages)))
    ]
    pages = without_ornaments(pages)
    lines = furniture_lines(pages)
    layouts = [_lay_out(page, lines.get(page.page, set())) for page in pages]
    body = body_size(layouts)
    return [
        _with_panels(_with_candidates(layout, body), lines.get(layout.page, set()), body)
        for layout in layouts
    ]


def _with_candidates(layout: PageLayout, body: float | None) -> PageLayout:
    return replace(layout, candidates=tuple(_candidates(layout, body)))


def _with_panels(layout: PageLayout, furniture: set[int], body: float | None) -> PageLayout:
    """The layout with pictures that touch taken apart where its captions name their panels."""
    figures = divided(layout.figures, layout.candidates)
    if len(figures) == len(layout.figures):
        return layout
    return _with_candidates(_lay_out(replace(layout.content, regions=tuple(figures)), furniture), body)


def _candidates(layout: PageLayout, body: float | None) -> list[Candidate]:
    if layout.is_contents:
        return []
    boxes = [figure.bbox for figure in layout.figures]
    return find_candidates(layout.blocks, boxes, layout.inner, layout.page, body)


def _lay_out(page: PageContent, furniture: set[int]) -> PageLayout:
    """The layout of one page, its candidates not yet found."""
    figures = page.regions
    boxes = [figure.bbox for figure in figures]
    # A table that holds pictures is a layout grid: its cells caption them.
    tables = [t for t in page.tables if not any(cover(box, t) > 0.8 for box in boxes)]
    touched = BoxIndex(boxes).near_each([line.bbox for line in page.lines])
    outside, inner = [], []
    for index, line in enumerate(page.lines):
        if index in furniture:
            continue
        if any(cover(line.bbox, boxes[k]) >= INNER_TEXT for k in touched[index]):
            inner.append(line)
        elif not any(cover(line.bbox, table) >= INNER_TEXT for table in tables):
            outside.append(line)
    blocks = reading_order(build_blocks(outside, page.page, boxes, starts_block))
    furniture_found = tuple(line for i, line in enumerate(page.lines) if i in furniture)
    return PageLayout(page, figures, tuple(blocks), tuple(inner), furniture_found, (), page.dropped)


def reading_order(blocks: Sequence[Block]) -> list[Block]:
    """Blocks as they are read: column by column, with what spans the columns; vertical right to left."""
    order = reading_indices(
        [b.bbox for b in blocks], vertical=sum(b.vertical for b in blocks) * 2 > len(blocks)
    )
    return [blocks[i] for i in order]


def reading_indices(boxes: Sequence[Box], *, vertical: bool) -> list[int]:
    """Indices of `boxes` in reading order (points)."""
    if not boxes:
        return []
    if vertical:
        tiers = _bands([(b[1], b[3]) for b in boxes])
        return sorted(range(len(boxes)), key=lambda i: (tiers[i], -boxes[i][2], boxes[i][1], boxes[i]))
    wide = sorted(_spanning_columns(boxes), key=lambda i: (boxes[i][1], boxes[i]))
    tops = [boxes[i][1] for i in wide]
    parts: list[list[int]] = [[] for _ in (*wide, None)]
    for i in sorted(set(range(len(boxes))) - set(wide)):
        parts[bisect_right(tops, centre(boxes[i])[1])].append(i)
    ordered: list[int] = []
    for separator, part in zip([*wide, None], parts, strict=True):
        columns = _columns_of([boxes[i] for i in part])
        keyed = zip(part, columns, strict=True)
        ordered += [i for i, _ in sorted(keyed, key=lambda ic: (ic[1], boxes[ic[0]][1], boxes[ic[0]]))]
        if separator is not None:
            ordered.append(separator)
    return ordered


Element = tuple[str, int]
"""("block" or "figure", its index on the page)."""


def elements_of(layout: PageLayout, headings: Sequence[int]) -> list[list[Element]]:
    """Ways to read the blocks and figures of a page: column by column, and from heading to heading.

    The second is for pages with pictures in one column and their words in the other; `headings` are indices
    of blocks.
    """
    elements: list[Element] = [("block", i) for i in range(len(layout.blocks))]
    elements += [("figure", i) for i in range(len(layout.figures))]
    boxes = [b.bbox for b in layout.blocks] + [f.bbox for f in layout.figures]
    vertical = sum(b.vertical for b in layout.blocks) * 2 > max(1, len(layout.blocks))
    columns = reading_indices(boxes, vertical=vertical)
    orders = [columns] if vertical else [columns, _banded(boxes, headings)]
    return [[elements[i] for i in order] for order in orders]


def _banded(boxes: Sequence[Box], headings: Sequence[int]) -> list[int]:
    """Indices of `boxes` from heading to heading down the page.

    Each heading comes first in its band, wherever it stands beside its pictures.
    """
    starts = sorted(box[1] for box in boxes)
    tops = sorted(_level_with(boxes[i], starts) for i in headings)
    bands: list[list[int]] = [[] for _ in range(len(tops) + 1)]
    for i, box in enumerate(boxes):
        bands[bisect_right(tops, centre(box)[1])].append(i)
    order: list[int] = []
    first = set(headings)
    for members in bands:
        read = [members[k] for k in reading_indices([boxes[i] for i in members], vertical=False)]
        order += sorted(read, key=lambda i: i not in first)
    return order


def _level_with(heading: Box, starts: Sequence[float]) -> float:
    """The top of the highest box that a heading stands beside, level with its upper end (points).

    `starts` are the tops of all boxes, the heading's too, sorted.
    """
    return starts[bisect_left(starts, heading[1] - height(heading))]


def row_order(boxes: Sequence[Box]) -> list[int]:
    """Indices of `boxes` row by row, left to right (points)."""
    rows: list[list[int]] = []
    for i in sorted(range(len(boxes)), key=lambda k: centre(boxes[k])[1]):
        if rows and centre(boxes[i])[1] < max(boxes[k][3] for k in rows[-1]) - 0.2 * (
            boxes[i][3] - boxes[i][1]
        ):
            rows[-1].append(i)
        else:
            rows.append([i])
    return [i for row in rows for i in sorted(row, key=lambda k: boxes[k][0])]


def _columns_of(boxes: Sequence[Box]) -> list[int]:
    """The column of each box; all in one where no two stand side by side."""
    columns = _bands([(b[0], b[2]) for b in boxes])
    return columns if _side_by_side(boxes, columns) else [0] * len(boxes)


def _side_by_side(boxes: Sequence[Box], columns: Sequence[int]) -> bool:
    """Whether two boxes of different columns share some height."""
    ends: dict[int, float] = {}  # how far down each column reaches, of what begins higher up
    for column, box in sorted(zip(columns, boxes, strict=True), key=lambda found: found[1][1]):
        if box[3] > box[1] and any(end > box[1] for other, end in ends.items() if other != column):
            return True
        ends[column] = max(box[3], ends.get(column, box[3]))
    return False


def _spanning_columns(boxes: Sequence[Box]) -> list[int]:
    """Indices of what belongs to no column: it is wide, or lies across the gutter like a heading."""
    text_area = union(boxes)
    middle = (text_area[0] + text_area[2]) / 2
    across = [box[0] < middle < box[2] for box in boxes]
    left = [box[2] <= middle for box, is_across in zip(boxes, across, strict=True) if not is_across]
    has_columns = any(left) and not all(left)
    return [
        i
        for i, box in enumerate(boxes)
        if width(box) >= WIDE * width(text_area) or (across[i] and has_columns)
    ]


def _bands(extents: Sequence[tuple[float, float]]) -> list[int]:
    """The number of the band each extent lies in; extents that overlap by half share a band."""
    bands: list[tuple[float, float]] = []
    placed = []
    for low, high in sorted(extents):
        for k, (band_low, band_high) in enumerate(bands):
            common = min(high, band_high) - max(low, band_low)
            if common >= 0.5 * min(high - low, band_high - band_low):
                bands[k] = (min(low, band_low), max(high, band_high))
                break
        else:
            bands.append((low, high))
    bands.sort()
    for low, high in extents:
        overlaps = [min(high, b[1]) - max(low, b[0]) for b in bands]
        placed.append(max(range(len(bands)), key=lambda k: (overlaps[k], -k)))
    return placed


def body_size(layouts: Sequence[PageLayout]) -> float | None:
    """The size most characters of running text are set in (points); None for a book without any.

    Data is none, and neither are a line or two without a mark in them: a title, a name, a label.
    """
    sizes: Counter[float] = Counter()
    for block in (block for layout in layouts for block in layout.blocks):
        told = [line for line in block.lines if not is_datum(line.text)]
        if len(told) > NAME_LINES or any(mark in line.text for line in told for mark in TEXT_MARKS):
            for line in told:
                sizes[round(line.size * 2) / 2] += len(line.text)
    return min(sizes, key=lambda s: (-sizes[s], s)) if sizes else None
