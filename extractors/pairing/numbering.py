"""Books whose captions are a bare number and a title (十八　波曲纹盉　春秋, 1-2 玉璧): a label without word.

One such line is any heading. That they count on from plate to plate through the book is what tells.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf

from extractors.geometry import Box, area, gap, intersect, union
from extractors.grammar.caption_data import is_data
from extractors.grammar.caption_parts import split_parts
from extractors.grammar.captions import Label
from extractors.grammar.characters import fold, has_han
from extractors.grammar.entry_grammar import parse_entry_heading
from extractors.grammar.label_numbers import Key
from extractors.grammar.numerals import parse_number
from extractors.grouping import BoxIndex
from extractors.layout.blocks import Block
from extractors.layout.book_layout import PageLayout, body_size
from extractors.layout.candidate import Candidate, make_candidate
from extractors.layout.caption_blocks import LINE_GAP, is_title_of, with_tails
from extractors.layout.caption_lines import caption_lines, without_paragraph
from extractors.records import TextLine

LONGEST_GAP = 2
"""Numbers of plates rise by one; one may be missing."""
MIN_RUN = 4
"""This many numbered lines in a row ..."""
MIN_PAGES = 0.4
"""... beside plates, on as many pages as this share of those whose figures have no captions, make the number
a label: numbers on pages that have captions besides head chapters."""
REACH = 90.0
"""Points between such a line and a figure at most: plates stand in wide margins."""
HEADING_SIZE = 1.25
"""Type so much larger than running text is a heading's, whatever its number."""
STRENGTH = 0.8
"""Such a label is as sure as 图18 with a space after it."""


_BARE_NUMBER = re.compile(r"[0-9０-９]{1,4}|[一二三四五六七八九十百〇○零廿卅]{1,4}")
_PART = re.compile(r"[A-Za-z](?![A-Za-z]| [A-Za-z])")
"""24.A counts the parts of one plate; A Bronze Vessel is a name."""
_CHAPTER = re.compile(r"\s*([0-9]{1,3})[-–—·](?=[0-9])")
"""1-2: the number of the chapter before that of the picture."""


@dataclass(frozen=True, slots=True)
class _Numbered:
    """A block that begins with a number and goes on with a title."""

    block: Block
    """The number, the title and what of the caption follows them: data, its English."""
    number: Key
    """(18,), or (1, 2) for 1-2: chapter and picture."""
    title: str
    paragraph: str
    """What follows the title in its block, "" for nothing."""


def with_numbered_captions(layouts: Sequence[PageLayout]) -> list[PageLayout]:
    """The layouts, numbered titles made labelled candidates where the book numbers its captions so."""
    body = body_size(layouts)
    plates = {x.page: len(x.figures) for x in layouts if x.figures and not _has_caption(x)}
    pages = {
        layout.page: _numbered(layout, body, (plates.get(layout.page - 1, 0), plates.get(layout.page + 1, 0)))
        for layout in layouts
    }
    run = _longest_run([numbered for layout in layouts for numbered in pages[layout.page]])
    # A title may face its plate, whose page has no words.
    beside = {n.block.page for n in run if any(plates.get(n.block.page + k) for k in (-1, 0, 1))}
    if len(run) < MIN_RUN or len(beside) < max(1, MIN_PAGES * len(plates)):
        run = _filling(layouts, body)
    return [_labelled(layout, [n for n in run if n.block.page == layout.page]) for layout in layouts]


def _filling(layouts: Sequence[PageLayout], body: float | None) -> list[_Numbered]:
    """The numbered titles on pages with figures that fill gaps between the book's labels: 圖四, 五, 圖六."""
    labels = {
        c.label.key[0]: layout.page
        for layout in layouts
        for c in layout.candidates
        if c.kind == "labelled" and c.label is not None and len(c.label.key) == 1 and c.label.word
    }
    found = [n for layout in layouts if layout.figures for n in _titles(layout, body)[0]]
    known = dict(labels)
    for numbered in found:
        number, page = numbered.number[0], numbered.block.page
        before, after = known.get(number - 1), labels.get(number + 1)
        counts_on = before is not None and before <= page and (after is None or after >= page)
        if len(numbered.number) == 1 and number not in known and counts_on:
            known[number] = page
    filled = {number: page for number, page in known.items() if number not in labels}
    closed = [n for n in found if filled.get(n.number[0]) == n.block.page]
    return closed if len(labels) >= MIN_RUN else []


def _numbered(layout: PageLayout, body: float | None, faced: tuple[int, int]) -> list[_Numbered]:
    """The numbered titles of a page: one alone, or several near its figures in no heading's type.

    One alone may stand beside a figure or on a page that faces a plate; several on a page that faces as many
    (`faced` counts the plates of the page before and of the page after). None where they are more than the
    figures: those are a list. A number on a line of its own heads an entry in any type; `body` is the size of
    running text (points).
    """
    found, near = _titles(layout, body)
    alone = len(found) == 1 and (bool(layout.figures) or any(faced))
    all_near = near == len(found) <= len(layout.figures)
    faces = not layout.figures and len(found) in faced
    return sorted(found, key=lambda n: n.number) if alone or all_near or faces else []


def _titles(layout: PageLayout, body: float | None) -> tuple[list[_Numbered], int]:
    """All numbered titles of a page, and how many of them are near its figures and in no heading's type."""
    found: list[_Numbered] = []
    near = 0
    last: Box | None = None
    largest = HEADING_SIZE * body if body else inf
    own_line, joined = _with_titles(layout)
    blocks = with_tails(joined, body)
    figures = BoxIndex([figure.bbox for figure in layout.figures])
    for block in (*blocks, *(Block(layout.page, (line,)) for line in layout.inner)):
        numbered = _numbered_title(block, alone=block.lines[0] in own_line)
        if numbered is not None:
            found.append(numbered)
            # The first line of a list stands by a figure, each of the others by the line before.
            listed = last is not None and gap(block.bbox, last) <= REACH
            beside = (listed or bool(figures.near(block.bbox, REACH))) and block.size < largest
            near += block.lines[0] in own_line or beside
            last = block.bbox if beside else last
    return found, near


def _numbered_title(block: Block, *, alone: bool) -> _Numbered | None:
    """The number and the title that a block begins with; `alone`: they were lines of their own.

    No year stands on a line of its own over a title: there numbers may be of any size.
    """
    head, paragraph = _head(block)
    text = "".join(line.text for line in head) if len(head) <= 2 else ""
    chapter = _CHAPTER.match(fold(text))
    counted = _BARE_NUMBER.match(text) if alone else None
    titled = f"(1) {text[counted.end() :].strip()}" if counted else text[chapter.end() if chapter else 0 :]
    # Data may follow the title on its line or on the next.
    shorter = "\u3000".join(re.split(r"[ \u3000]+", titled)[:2])
    ways = (titled, head[0].text if head and not counted and not chapter else "", shorter)
    heading = next((found for way in ways if (found := parse_entry_heading(way))), None)
    if heading is None or _PART.match(heading.title):
        return None
    number = parse_number(counted[0]) if counted else int(heading.number)
    key = (*((int(chapter[1]),) if chapter and not counted else ()), number or 0)
    whole = Block(block.page, tuple(head)) if paragraph else block
    return _Numbered(whole, key, heading.title, paragraph)


def _head(block: Block) -> tuple[Sequence[TextLine], str]:
    """The lines of a block before its data, its English and its paragraph: on a scan they come in one piece.

    Also the paragraph, where one follows the title.
    """
    lines, paragraph = without_paragraph(block.lines)
    if paragraph:
        return lines, paragraph
    head: list[TextLine] = []
    for line in block.lines:
        told = has_han(line.text) or _BARE_NUMBER.fullmatch(line.text)
        if head and (is_data(line.text) or not told):
            break
        head.append(line)
    return head, ""


def _with_titles(layout: PageLayout) -> tuple[set[TextLine], list[Block]]:
    """The blocks, a number alone on its line joined to the title that stands below it; and those lines."""
    blocks: dict[int, Block] = dict(enumerate(layout.blocks))
    index = BoxIndex([block.bbox for block in layout.blocks])
    own_line: set[TextLine] = set()
    for k, block in enumerate(layout.blocks):
        if blocks.get(k) is not block or len(block.lines) != 1 or not _BARE_NUMBER.fullmatch(block.text):
            continue
        near = [i for i in index.near(block.bbox, LINE_GAP * block.size) if i != k and i in blocks]
        titles = [i for i in near if is_title_of(blocks[i], block)]
        if titles:
            title = blocks.pop(min(titles, key=lambda i: gap(blocks[i].bbox, block.bbox)))
            name = replace(title.lines[0], text=f"{block.text}\u3000{title.lines[0].text}")
            if name.bbox[1] >= block.bbox[3]:  # what stands beside its number is aligned by itself
                name = replace(name, bbox=union([block.bbox, name.bbox]))
            own_line.add(name)
            blocks[k] = Block(block.page, (name, *title.lines[1:]))
    return own_line, list(blocks.values())


def _has_caption(layout: PageLayout) -> bool:
    return any(c.kind == "labelled" and c.body and c.strength >= STRENGTH for c in layout.candidates)


def _longest_run(numbered: Sequence[_Numbered]) -> list[_Numbered]:
    """The longest run in book order whose numbers count on; strays between (page numbers) are skipped."""
    runs: dict[Key, list[_Numbered]] = {}
    """The longest run so far that ends with each number."""
    of_chapter: dict[int, list[_Numbered]] = {}
    for one in numbered:
        number = one.number
        earlier = [runs.get((*number[:-1], number[-1] - step), []) for step in range(1, LONGEST_GAP + 1)]
        if len(number) == 2 and number[1] == 1:
            earlier.append(of_chapter.get(number[0] - 1, []))
        run = [*max(earlier, key=len), one]
        if len(run) >= len(runs.get(number, [])):
            runs[number] = of_chapter[number[0]] = run
    return max(runs.values(), key=len, default=[])


def _labelled(layout: PageLayout, run: Sequence[_Numbered]) -> PageLayout:
    if not run:
        return layout
    fresh = [_candidate(numbered) for numbered in run]
    boxes = [candidate.bbox for candidate in fresh]
    near = BoxIndex(boxes).near_each([candidate.bbox for candidate in layout.candidates])
    kept = [
        candidate
        for candidate, found in zip(layout.candidates, near, strict=True)
        if not any(area(intersect(candidate.bbox, boxes[k])) > 0 for k in found)
    ]
    return replace(layout, candidates=(*kept, *fresh))


def _candidate(numbered: _Numbered) -> Candidate:
    lines = caption_lines(numbered.block)
    first = lines[0].text
    printed = "-".join(map(str, numbered.number))
    raw = first[: first.rfind(numbered.title)].strip() if numbered.title in first else printed
    label = Label("plate", "", numbered.number, raw)
    made = make_candidate("labelled", numbered.block, lines, label, STRENGTH)
    body = made.text.removeprefix(raw).lstrip(" \u3000.、．-—–") if raw else made.text
    stem, parts = split_parts(body)
    return replace(
        made,
        size=lines[0].size,
        body=body,
        stem=stem,
        parts=tuple(parts),
        description=numbered.paragraph or made.description,
    )
