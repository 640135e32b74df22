"""Spreads: a page that shows two facing pages is laid out as the two pages it shows.

Everything that speaks of pages (running heads, facing captions, lists of an opening, plates and their texts)
then means the same in a book that was scanned or exported two pages at a time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from extractors.geometry import Box, centre, height, width
from extractors.grammar.numerals import parse_number
from extractors.page_units import SPREAD
from extractors.records import BookContent, PageContent, TextLine

MIDDLE = 0.08
"""The fold is within this share of a spread's width from its middle."""
OVER = 0.06
"""What reaches over the fold with this share of its width was hardly cut off: it belongs to one side."""
STRAY = 0.04
"""Lines over the fold with this share of the page's characters are strays of OCR."""
FOLDED = 0.6
"""This share of a book's wide pages can be divided where it shows spreads."""
RIM = 0.12
"""Page numbers stand within this share of the page's height from its upper or lower edge."""

_AROUND = r"[\s·•．.…—–\-―~|｜/第页頁]*"
_PAGE_NUMBER = re.compile(rf"{_AROUND}([0-9]{{1,4}}|[〇零一二三四五六七八九十百]{{1,5}}){_AROUND}")


@dataclass(frozen=True, slots=True)
class Sheets:
    """A book with its spreads divided, and where its pages were."""

    content: BookContent
    sheet_of: Mapping[int, int]
    """Number of a page in `content` -> number of the page of the file that it is on."""


def divide_spreads(book: BookContent) -> Sheets:
    """`book` with the pages of its spreads numbered one by one; boxes stay as they are.

    In a book set from right to left the right page of a spread comes first.
    """
    folds = _folds(book.pages)
    if not folds:
        return Sheets(book, {page.page: page.page for page in book.pages})
    leftward = is_right_bound(book.pages)
    pages: list[PageContent] = []
    sheet_of: dict[int, int] = {}
    before = 0
    number = 0
    for page in book.pages:
        number += max(1, page.page - before)  # pages that could not be read keep their place
        before = page.page
        fold = folds.get(page.page)
        halves = [page] if fold is None else _halves(page, fold)
        for half in reversed(halves) if leftward else halves:
            sheet_of[number] = page.page
            dropped = tuple(replace(drop, page=number) for drop in half.dropped)
            pages.append(replace(half, page=number, dropped=dropped))
            number += 1
        number -= 1
    return Sheets(replace(book, pages=tuple(pages)), sheet_of)


def is_right_bound(pages: Sequence[PageContent]) -> bool:
    """Whether most of a book is set in vertical lines: its pages go on to the left."""
    lines = [line for page in pages for line in page.lines]
    return 2 * sum(len(line.text) for line in lines if line.vertical) > sum(len(line.text) for line in lines)


def _folds(pages: Sequence[PageContent]) -> dict[int, float]:
    """Page -> where its fold is (points), for the pages that are spreads; empty where the book shows none."""
    wide = [page for page in pages if page.width > SPREAD * page.height]
    folds = {page.page: fold for page in wide if (fold := _fold(page)) is not None}
    full = [page for page in wide if page.lines or page.regions]
    if not full or sum(page.page in folds for page in full) < FOLDED * len(full):
        return {}
    pairs = sum(_numbered_twice(page) for page in wide)
    # A scan this wide shows an opening. A typeset page may be wide by itself, unless it is numbered twice.
    scanned = 2 * sum(page.is_scan for page in wide) > len(wide)
    return folds if pairs > 0 or (scanned and not _counts_singly(wide)) else {}


def _fold(page: PageContent) -> float | None:
    """Where a page can be divided: where fewest characters are cut, near its middle; None for nowhere."""
    middle = page.width / 2
    boxes: list[tuple[Box, float]] = [(line.bbox, float(len(line.text))) for line in page.lines]
    total = sum(weight for _, weight in boxes)
    solid = [*(region.bbox for region in page.regions), *page.tables]
    ends = [end for box in (*solid, *(box for box, _ in boxes)) for end in (box[0] - 1, box[2] + 1)]
    places = [middle, *(end for end in ends if abs(end - middle) <= MIDDLE * page.width)]
    best: tuple[float, float, float] | None = None
    for place in places:
        if any(_reaches_over(box, place) for box in solid):
            continue
        cut = sum(weight for box, weight in boxes if _reaches_over(box, place))
        found = (cut, abs(place - middle), place)
        best = found if best is None else min(best, found)
    return best[2] if best is not None and best[0] <= STRAY * total else None


def _reaches_over(box: Box, place: float) -> bool:
    return min(place - box[0], box[2] - place) > OVER * width(box)


def _halves(page: PageContent, fold: float) -> list[PageContent]:
    """The left and the right page of a spread."""
    found = []
    for right in (False, True):

        def here(box: Box, *, right: bool = right) -> bool:
            return (centre(box)[0] > fold) == right

        found.append(
            replace(
                page,
                left=fold if right else 0.0,
                width=page.width - fold if right else fold,
                lines=tuple(line for line in page.lines if here(line.bbox)),
                regions=tuple(region for region in page.regions if here(region.bbox)),
                tables=tuple(table for table in page.tables if here(table)),
                dropped=tuple(drop for drop in page.dropped if here(drop.bbox)),
                pasted=tuple(box for box in page.pasted if here(box)),
            )
        )
    return found


def _numbers(page: PageContent) -> tuple[list[int], list[int]]:
    """The page numbers in the upper and lower margins of the left and of the right half."""
    found: tuple[list[int], list[int]] = ([], [])
    for line in page.lines:
        value = _page_number(line, page)
        if value is not None:
            found[centre(line.bbox)[0] > page.width / 2].append(value)
    return found


def _page_number(line: TextLine, page: PageContent) -> int | None:
    y = centre(line.bbox)[1]
    told = _PAGE_NUMBER.fullmatch(line.text)
    at_rim = min(y, page.height - y) <= RIM * page.height and height(line.bbox) <= RIM * page.height
    return parse_number(told[1]) if told is not None and at_rim else None


def _numbered_twice(page: PageContent) -> bool:
    """Whether both halves of a page carry page numbers that follow one another."""
    left, right = _numbers(page)
    return any(abs(a - b) == 1 for a in left for b in right)


def _counts_singly(pages: Sequence[PageContent]) -> bool:
    """Whether the page numbers of wide pages go up by one from page to page."""
    numbers = [(page.page, {*left, *right}) for page in pages for left, right in [_numbers(page)]]
    steps = [
        (b - a, after - before)
        for (before, ones), (after, others) in pairwise(numbers)
        for a in ones
        for b in others
    ]
    return sum(up == on for up, on in steps) > sum(up == 2 * on for up, on in steps)
