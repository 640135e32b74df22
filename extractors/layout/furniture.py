"""Furniture: what a book repeats on page after page. Running heads, page numbers, logos, ornaments."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise

from rapidfuzz.distance import Levenshtein

from extractors.geometry import Box, centre, gap, height, width
from extractors.grammar.caption_data import is_data
from extractors.grammar.captions import parse_label
from extractors.grammar.entry_grammar import parse_labelled
from extractors.grammar.numerals import parse_number
from extractors.records import PageContent, TextLine

MARGIN = 0.13
"""Running heads and page numbers stand in the outer 13 % of a page (of its height, or width if vertical)."""
OUTER_EDGE = 0.05
"""A horizontal line beside the text stands in this outermost share of the width."""
MIN_PAGES = 3
"""What stands on fewer pages is not repeated by design."""
SAME_PLACE = 6.0
"""A repeated thing keeps its place to this many points (one coordinate; the other may mirror)."""
REPEAT_SHARE = 0.25
"""A running head stands on at least this share of the pages of its chapter-sized stretch of the book ..."""
STRETCH = 24
"""... of this many pages."""
HEAD_LENGTH = 40
"""Characters: longer lines are text."""
LOGO_SHARE = 0.25
"""A repeated drawing larger than this share of the page is not an ornament."""
SLOWEST, FASTEST = 0.45, 2.1
"""Page numbers rise by one a page, by one in two where an opening has one number, by two on spreads."""
STEADY = 2
"""This many numbers that all are the page's own, less or more by the same amount, count pages."""
MISREAD = 0.8
"""OCR reads a running head differently from page to page: readings at one place this similar are one text."""
PLATE_REACH = 40.0
"""A number within this many points of a picture may be the picture's (points)."""

Members = Sequence[tuple[int, int]]
"""Lines as (page, index of line)."""

_DIGITS = re.compile(r"[0-9０-９一二三四五六七八九十百〇○零廿卅IVXLivxl]+")

_DRESSED_NUMBER = re.compile(
    r"(?P<mark>[-–—―~·•])\s*(?:[0-9０-９]{1,4}|[一二三四五六七八九十百〇○零廿卅]{1,5})\s*(?P=mark)"
    r"|第 ?[0-9]{1,4} ?[页頁]"
)
"""What is a page number on whatever page it stands: — 36 —, · 7 ·, 第36页."""


def _shape(text: str) -> str:
    """A line's text with its numbers made equal and its spaces and ornaments removed."""
    bare = re.sub(r"[\s·•．.…—–\-―~|｜/]+", "", text)
    return _DIGITS.sub("#", bare)


def furniture_lines(pages: Sequence[PageContent]) -> dict[int, set[int]]:
    """For each page, the indices of its lines that are running heads, page numbers or watermark text."""
    texts = Counter(line.text for page in pages for line in page.lines)
    cells: dict[tuple[str, str, int], list[tuple[int, int]]] = defaultdict(list)
    dressed: set[tuple[int, int]] = set()
    for page in pages:
        for index, line in enumerate(page.lines):
            edge = edge_of(line, page)
            # Labels of catalogue paragraphs stand at the same place on many pages and are text; so is a
            # figure's label, whose number changes.
            if not edge or len(line.text) > HEAD_LENGTH or parse_labelled(line.text) is not None:
                continue
            if is_data(line.text):  # 高43厘米 stands under every plate of a catalogue
                continue
            if parse_label(line.text) is not None and texts[line.text] < MIN_PAGES:
                continue
            if _DRESSED_NUMBER.fullmatch(line.text.strip()):
                dressed.add((page.page, index))
            place = round(_depth(line.bbox, edge, page) / SAME_PLACE)
            # Neighbouring cells share a group, so that a place on a cell's border is not torn in two.
            for cell in (place, place + 1):
                cells[(edge, _shape(line.text), cell)].append((page.page, index))
    by_number = {page.page: page for page in pages}
    scanned = any(page.text_source == "ocr" for page in pages)
    groups = _with_misreadings(cells) if scanned else cells
    printed = [page.page for page in pages if page.lines]
    repeated = [
        (shape, members)
        for (_, shape, _), members in groups.items()
        if _is_repeated(sorted({page for page, _ in members}), printed)
        and (shape != "#" or _counts_up(members, by_number))
    ]
    found: dict[int, set[int]] = defaultdict(set)
    for page_number, index in dressed:
        found[page_number].add(index)
    series = [members for shape, members in repeated if shape == "#"]
    for shape, members in repeated:
        if shape == "#" and (
            _are_plate_numbers(members, series, by_number) or _contradict(members, sorted(dressed), by_number)
        ):
            continue
        for page_number, index in members:
            found[page_number].add(index)
    return found


def _with_misreadings(groups: Mapping[tuple[str, str, int], Members]) -> dict[tuple[str, str, int], Members]:
    """The groups, those of one place whose texts are nearly the same joined under the most frequent text."""
    places: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
    frequent = sorted(groups, key=lambda key: (-len(groups[key]), key))
    joined: dict[tuple[str, str, int], Members] = {}
    for edge, shape, cell in frequent:
        leaders = places[edge, cell]
        # Names of things may be as alike (青花缠枝莲纹碗, …盘), but none stands there twice.
        alike = (
            k
            for k in leaders
            if len(groups[edge, k, cell]) > 1 and Levenshtein.normalized_similarity(k, shape) >= MISREAD
        )
        leader = next(alike, shape)
        if leader == shape:
            leaders.append(shape)
        joined[edge, leader, cell] = [*joined.get((edge, leader, cell), ()), *groups[edge, shape, cell]]
    return joined


def edge_of(line: TextLine, page: PageContent) -> str:
    """Which margin a line stands in: top, bottom, left, right or none ("")."""
    x, y = centre(line.bbox)
    if y < MARGIN * page.height and height(line.bbox) < MARGIN * page.height:
        return "top"
    if y > (1 - MARGIN) * page.height and height(line.bbox) < MARGIN * page.height:
        return "bottom"
    aside = _aside(x, page)
    # Short horizontal lines start in the left margin of every page: labels, list numbers. Only vertical ones
    # and what stands at the very edge can be a running head there.
    if aside < (MARGIN if line.vertical else OUTER_EDGE) * page.width:
        return "side"
    return ""


def in_margin(box: Box, page: PageContent) -> bool:
    """Whether a box keeps to the outer part of a page, where running heads and ornaments stand."""
    return outside_body(box, (page.left, 0.0, page.left + page.width, page.height))


def outside_body(box: Box, page_box: Box) -> bool:
    """`in_margin` of a page that is not read yet (points)."""
    x, y = MARGIN * width(page_box), MARGIN * height(page_box)
    aside = box[2] <= page_box[0] + x or box[0] >= page_box[2] - x
    return aside or box[3] <= page_box[1] + y or box[1] >= page_box[3] - y


def _depth(box: Box, edge: str, page: PageContent) -> float:
    """The coordinate a repeated line keeps: its height on the page, or its distance from the nearer side."""
    if edge in ("top", "bottom"):
        return centre(box)[1]
    return _aside(centre(box)[0], page)


def _aside(x: float, page: PageContent) -> float:
    """How far `x` is from the nearer side of the page (points)."""
    return min(x - page.left, page.left + page.width - x)


def _is_repeated(on_pages: Sequence[int], printed: Sequence[int]) -> bool:
    """Whether this many of the pages with text (`printed`) are enough; plates to the edges carry none."""
    if len(on_pages) < min(MIN_PAGES, max(2, len(printed))):
        return False
    span = sum(on_pages[0] <= page <= on_pages[-1] for page in printed)
    return len(on_pages) >= REPEAT_SHARE * min(span, STRETCH)


def _counts_up(members: Members, pages: Mapping[int, PageContent]) -> bool:
    """Whether bare numbers run with the page numbers, and not only where pictures are."""
    values = sorted(_values(members, pages))
    singles: Counter[int] = Counter()
    spreads: Counter[int] = Counter()
    for page_number, value in values:
        singles[page_number - value] += 1
        # A spread carries two numbers and steps by two: both fall into one pair of offsets.
        spreads[2 * page_number - value] += 1
        spreads[2 * page_number - value + 1] += 1
    steady = max([*singles.values(), *spreads.values()], default=0)
    away = sum(not _near_picture(m, pages) for m in members)
    # Plates can be numbered page by page too; page numbers also stand on pages of text.
    if away >= 2 and _climbs(values):
        return True
    return steady >= 0.6 * len(members) and (away > 0 or steady >= 2 * MIN_PAGES)


def _climbs(numbers: Sequence[tuple[int, int]]) -> bool:
    """Whether numbers never fall from page to page and rise about as the pages do; unnumbered leaves skip."""
    rising = all(a <= b for (_, a), (_, b) in pairwise(numbers))
    pages = numbers[-1][0] - numbers[0][0] if numbers else 0
    return rising and pages > 0 and SLOWEST <= (numbers[-1][1] - numbers[0][1]) / pages <= FASTEST


def _near_picture(member: tuple[int, int], pages: Mapping[int, PageContent]) -> bool:
    page = pages[member[0]]
    return any(gap(page.lines[member[1]].bbox, region.bbox) < PLATE_REACH for region in page.regions)


def _are_plate_numbers(members: Members, series: Sequence[Members], pages: Mapping[int, PageContent]) -> bool:
    """Whether another series of numbers has a better claim to be the page numbers.

    That is one on the same pages that stands away from the pictures while this keeps to them, or one on pages
    among these that counts them exactly while this does not.
    """

    def nearness(some: Members) -> float:
        return sum(_near_picture(m, pages) for m in some) / len(some)

    here = {page for page, _ in members}
    others = [s for s in series if len({page for page, _ in s} & here) >= 0.6 * len(here)]
    among = [s for s in series if any(min(here) < page < max(here) for page, _ in s)]
    if any(_is_steady(other, pages) for other in (*others, *among)) and not _is_steady(members, pages):
        return True
    return nearness(members) > 0.8 and any(nearness(other) < 0.5 for other in others)


def _contradict(members: Members, dressed: Members, pages: Mapping[int, PageContent]) -> bool:
    """Whether bare numbers stand among numbers that are surely the pages' (`dressed`) and count otherwise."""
    here = {page for page, _ in members}
    among = [m for m in dressed if min(here) < m[0] < max(here)]
    enough = len(dressed) >= STEADY and len(among) >= REPEAT_SHARE * len(members)
    return enough and not _climbs(sorted(_values([*members, *among], pages)))


def _values(members: Members, pages: Mapping[int, PageContent]) -> list[tuple[int, int]]:
    """The numbers that can be read, with their pages."""
    read = ((page, parse_number(_core(pages[page].lines[index].text))) for page, index in members)
    return [(page, value) for page, value in read if value is not None]


def _is_steady(members: Members, pages: Mapping[int, PageContent]) -> bool:
    """Whether numbers are the page's own number, less or more by the same amount throughout."""
    offsets = {page - value for page, value in _values(members, pages)}
    return len(offsets) == 1 and len(members) >= STEADY


def _core(text: str) -> str:
    return re.sub(r"[\s·•．.…—–\-―~|｜/第页頁]+", "", text)
