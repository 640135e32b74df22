"""Plate descriptions: the section at the back (图版说明), read by number and joined to its plates."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import inf
from statistics import median

from extractors.geometry import Box
from extractors.grammar.cleaning import clean_text, join_lines
from extractors.grammar.entry_grammar import (
    DescriptionStart,
    parse_description_heading,
    parse_description_start,
)
from extractors.grammar.label_numbers import Key
from extractors.grammar.numerals import parse_number
from extractors.layout.blocks import Block
from extractors.layout.book_layout import PageLayout
from extractors.layout.caption_lines import without_paragraph
from extractors.pairing.costs import COSTS
from extractors.pairing.drafts import Draft

MAX_STEP = 12
"""Numbers of a section rise by small steps; a larger one is a year, a cave number or a measure."""
SECTION_ENDS = (
    "后记",
    "後記",
    "参考文献",
    "參考文獻",
    "附录",
    "附錄",
    "索引",
    "跋",
    "编后",
    "編後",
    "bibliography",
    "index",
)
MIN_DESCRIPTIONS = 2
"""A section describes at least this many plates."""
FIGURE_PAGES = 0.7
"""A section is mostly text: figures stand on at most this share of its pages (thumbnails do)."""
MIN_DENSITY = 0.3
"""A section describes at least this many plates a page."""
PLATES_FOUND = 0.4
"""Share of the described plates that must stand in the book outside the section."""
SAME_RANK = 0.9
"""Type of this share of a section's heading makes a heading of its rank."""
TITLE_LENGTH = 40
"""Characters of a description's own heading at most."""
PROSE = 40
"""Characters of a usual description at least; the lines of a bare list are shorter."""


_GLUED = re.compile(r"([0-9]{1,3}|[一二三四五六七八九十百廿卅〇]{1,4})([上下左右]?)(?=[\u4e00-\u9fff])")
_LOST_FIRST = re.compile(r"版 ?[0-9一二三四五六七八九十百廿卅〇]")


@dataclass(frozen=True, slots=True)
class Description:
    """What the section says of one plate, or of several in a row."""

    key: Key
    last: Key | None
    sub: str
    title: str
    """Its heading, where it has one of its own."""
    text: str
    page: int
    boxes: tuple[Box, ...]
    """Of its blocks on that page (points)."""
    confidence: float


@dataclass(slots=True)
class _Section:
    """A section while it is read: its descriptions as lists of blocks, and all blocks it would use."""

    blocks: list[tuple[int, int]]
    parts: list[tuple[DescriptionStart, list[Block]]]
    pages: set[int]
    listed: bool = False
    """Headed as a list of plates (图版目录), which may hold titles and pages alone."""
    size: float = inf
    """Of the type of its heading (points); unknown where a running head names it."""

    def is_real(self, figures: Mapping[int, int]) -> bool:
        """Whether this is a list of plates and not a chapter that happens to be called 说明.

        `figures` counts the figures of each page: the plates stand elsewhere, as many as are described.
        """
        lengths = [sum(len(block.text) for block in blocks) for _, blocks in self.parts]
        if not lengths or (self.listed and median(lengths) < PROSE):
            return False
        dense = len(self.parts) >= MIN_DENSITY * len(self.pages)
        crowded = sum(bool(figures[page]) for page in self.pages) > FIGURE_PAGES * len(self.pages)
        plates = sum(count for page, count in figures.items() if page not in self.pages)
        return dense and not crowded and MIN_DESCRIPTIONS <= len(self.parts) <= plates / PLATES_FOUND


def find_descriptions(layouts: Sequence[PageLayout]) -> tuple[list[Description], set[tuple[int, int]]]:
    """The descriptions of all sections, and the blocks they use as (page, index of block)."""
    figures = {layout.page: len(layout.figures) for layout in layouts}
    found: list[Description] = []
    used: set[tuple[int, int]] = set()
    for section in _sections(layouts):
        if section.is_real(figures):
            found += [d for d in (_described(start, blocks) for start, blocks in section.parts) if d.text]
            used.update(section.blocks)
    return found, used


def _sections(layouts: Sequence[PageLayout]) -> list[_Section]:
    sections: list[_Section] = []
    current: _Section | None = None
    for layout in layouts:
        if current is None and any(_heads_section(line.text) for line in layout.furniture):
            sections.append(current := _Section([], [], set()))
        for index, block in enumerate(layout.blocks):
            if parse_description_heading(block.text) is not None:
                continued = current is not None and any(mark in block.text for mark in "续續")
                if not continued or current is None:
                    listed = parse_description_heading(block.text) == "list"
                    current = _Section([], [], set(), listed, block.size)
                    sections.append(current)
            elif current is None:
                continue
            elif _ends_section(block) or _is_heading_of_rank(block, current):
                current = None
                continue
            else:
                _read_block(current, block)
            if current is not None:
                current.blocks.append((layout.page, index))
                current.pages.add(layout.page)
    return sections


def _is_heading_of_rank(block: Block, section: _Section) -> bool:
    """Whether a block is a heading in type as large as that of the section's own."""
    large = block.size >= SAME_RANK * section.size and len(block.text) <= TITLE_LENGTH
    return large and bool(section.parts) and start_of(block) is None


def _heads_section(running_head: str) -> bool:
    """Whether a running head names the plate descriptions; a bare 说明 there is the name of any manual."""
    opens = parse_description_heading(running_head) == "descriptions"
    return opens and any(word in running_head.lower() for word in ("图", "圖", "版", "plate"))


def start_of(block: Block) -> DescriptionStart | None:
    """The number a paragraph begins with, read in its first line as printed: a space ends the number."""
    # OCR loses the first character of a line now and then: 版八 stands for 图版八.
    printed = block.lines[0].text
    first = parse_description_start("图" + printed if _LOST_FIRST.match(printed) else printed)
    if first is None:
        return parse_description_start(block.text)
    lines = [first.body, *(line.text for line in block.lines[1:])]
    return replace(first, body=clean_text(join_lines(lines, vertical=block.vertical)))


def _glued_start(block: Block, previous: Key) -> DescriptionStart | None:
    """The start of a paragraph whose number OCR ran into its title (二石門窟…): only the next number."""
    found = _GLUED.match(block.lines[0].text) if block.confidence < 1.0 else None
    value = parse_number(found[1]) if found else None
    if found is None or value is None or (value,) not in (previous[:1], ((previous or (0,))[0] + 1,)):
        return None
    if (value,) == previous[:1] and not found[2]:
        return None  # a second one of the same number is its other half: 三上, 三下
    rest = [block.lines[0].text[found.end() :], *(line.text for line in block.lines[1:])]
    body = clean_text(join_lines(rest, vertical=block.vertical))
    return DescriptionStart((value,), None, found[2], body)


def _read_block(section: _Section, block: Block) -> None:
    """Add a block to a section: a description of its own, or more of the last one.

    Where OCR left no indent to see, the next description may begin in the middle of the block.
    """
    previous = section.parts[-1][0].key if section.parts else ()
    start = start_of(block) or _glued_start(block, previous)
    number = start.key if start is not None and follows(previous, start.key) else previous
    for i in range(1, len(block.lines) if block.confidence < 1.0 and number else 0):
        if _glued_start(Block(block.page, block.lines[i:]), number) is not None:
            _read_block(section, Block(block.page, block.lines[:i]))
            _read_block(section, Block(block.page, block.lines[i:]))
            return
    if start is not None and number == start.key:
        section.parts.append((start, [block]))
    elif section.parts:
        section.parts[-1][1].append(block)


def _described(start: DescriptionStart, blocks: Sequence[Block]) -> Description:
    """One description; a short heading, a block or the first line of one, is its title, the rest its text."""
    title, text = start.body.strip(), "".join(block.text for block in blocks[1:]).strip()
    _, paragraph = without_paragraph(blocks[0].lines)
    if paragraph and title.endswith(paragraph) and title != paragraph:
        title, text = title.removesuffix(paragraph).strip(), paragraph + text
    titled = bool(text) and len(title) <= TITLE_LENGTH and "。" not in title
    return Description(
        start.key,
        start.last,
        start.sub,
        title if titled else "",
        text if titled else (start.body + text).strip(),
        blocks[0].page,
        tuple(block.bbox for block in blocks if block.page == blocks[0].page),
        sum(b.confidence for b in blocks) / len(blocks),
    )


def follows(previous: Key, key: Key) -> bool:
    """Whether `key` may come after `previous` in a numbered list."""
    if not previous:
        return True
    if key[0] == previous[0]:
        return key >= previous
    return previous[0] < key[0] <= previous[0] + MAX_STEP


def _ends_section(block: Block) -> bool:
    return len(block.text) <= 12 and block.text.strip().lower().replace(" ", "").startswith(SECTION_ENDS)


def join_descriptions(drafts: Sequence[Draft], descriptions: Sequence[Description]) -> list[Draft]:
    """`drafts` (page order) with the descriptions of their numbers, then of their place in the order."""
    if not descriptions:
        return list(drafts)
    spaces = _namespaces(drafts, descriptions)
    joined: list[int | None] = [
        _by_number(d, descriptions) if d.namespace in spaces else None for d in drafts
    ]
    by_order = _fill_in_order(drafts, joined, descriptions)
    result = []
    for index, draft in enumerate(drafts):
        which = joined[index] if joined[index] is not None else by_order.get(index)
        if which is None:
            result.append(draft)
            continue
        description = descriptions[which]
        numbered = joined[index] is not None
        result.append(
            draft.with_(
                description=description.text,
                description_source="plate_description",
                title=draft.title or description.title,
                key=draft.key or description.key,
                number=draft.number or "-".join(map(str, description.key)) + description.sub,
                rule=(draft.rule + "+" if draft.rule else "")
                + ("plate-number" if numbered else "plate-order"),
                margin=COSTS.decided("plate_by_number" if numbered else "plate_by_order"),
                text_confidence=min(draft.text_confidence, description.confidence),
                text_page=description.page,
                text_boxes=description.boxes,
            )
        )
    return result


def _namespaces(drafts: Sequence[Draft], descriptions: Sequence[Description]) -> set[str]:
    """Which numbering (plate, figure, bare tags) the section speaks of: those whose numbers it knows."""
    keys = {k for d in descriptions for k in _keys(d)}
    heads = {k[0] for k in keys}
    total: Counter[str] = Counter()
    known: Counter[str] = Counter()
    for draft in drafts:
        if draft.key:
            total[draft.namespace] += 1
            known[draft.namespace] += draft.key in keys or draft.key[:1] in keys or draft.key[0] in heads
    if known.get("plate"):  # 图版说明 describes plates, whatever else is numbered in the book
        return {"plate", "tag"}
    return {space for space in total if known[space] >= 0.6 * total[space]}


def _keys(description: Description) -> list[Key]:
    if description.last is None:
        return [description.key]
    return [(*description.key[:-1], n) for n in range(description.key[-1], description.last[-1] + 1)]


def _by_number(draft: Draft, descriptions: Sequence[Description]) -> int | None:
    if not draft.key:
        return None
    exact = [i for i, d in enumerate(descriptions) if draft.key in _keys(d)]
    for sub in (draft.sub, ""):
        same = [i for i in exact if descriptions[i].sub == sub]
        if same:
            return same[0]
    if exact and not draft.sub:
        return exact[0]
    whole = [i for i, d in enumerate(descriptions) if draft.key[:1] in _keys(d) and len(draft.key) > 1]
    return whole[0] if whole else None


def _fill_in_order(
    drafts: Sequence[Draft], joined: Sequence[int | None], descriptions: Sequence[Description]
) -> dict[int, int]:
    """Plates without a number: between two joined plates, as many plates as descriptions, in order."""
    section = min(d.page for d in descriptions)
    filled: dict[int, int] = {}
    taken = {j for j in joined if j is not None}
    anchors = [
        (-1, -1),
        *((i, j) for i, j in enumerate(joined) if j is not None),
        (len(drafts), len(descriptions)),
    ]
    for (i0, j0), (i1, j1) in pairwise(anchors):
        plates = [i for i in range(i0 + 1, i1) if not drafts[i].has_text and drafts[i].page < section]
        texts = [j for j in range(j0 + 1, j1) if j not in taken]
        if plates and len(plates) == len(texts):
            filled.update(zip(plates, texts, strict=True))
    return filled
