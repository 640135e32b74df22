"""Pages of captions for the plates around them: numbered (图版四〇—四三), or in the order of the plates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extractors.geometry import area, union
from extractors.grammar.caption_text import Direction
from extractors.grammar.captions import Label, parse_label, range_heading
from extractors.grammar.entry_grammar import DescriptionStart, list_direction, parse_description_start
from extractors.layout.blocks import SENTENCE_ENDS, Block
from extractors.layout.book_layout import PageLayout
from extractors.layout.candidate import Candidate, make_candidate
from extractors.layout.furniture import edge_of
from extractors.pairing.plates import MIN_DESCRIPTIONS, follows, start_of
from extractors.records import Region

MIN_PLATE = 40_000.0
"""Square points (7 cm square): what has its caption on another page is a plate, not a sketch."""
PLATE_SHARE = 0.2
"""A plate fills at least this share of its page."""
GUESSED = 0.5
"""Strength of a numbered paragraph that only its place makes a caption."""
SAME_TEXT = 1.15
"""What follows a numbered paragraph in hardly larger type still belongs to it."""
LISTED, LISTED_LENGTH = 0.6, 40
"""Strength of a line in a list that says where its plates are, and the characters of such a line at most."""
UNSAID = 3
"""A list that does not say it has at least this many lines, as many as there are plates on one side of it."""


def may_be_plate(figure: Region) -> bool:
    """Whether a figure is large and not drawn in strokes; on a scan none is known to be."""
    strokes = figure.source == "drawing" and figure.score == 1.0
    return area(figure.bbox) >= MIN_PLATE and not strokes


def find_plate_blocks(
    layouts: Sequence[PageLayout], taken: set[tuple[int, int]]
) -> tuple[list[Candidate], set[tuple[int, int]]]:
    """Texts for the plates that follow or precede a page of text.

    Each numbered paragraph (under 图版四〇—四三, or facing bare plates) and each line of a list as long as
    its run of plates (under 以下图版) becomes a caption that waits for its figure; also the blocks used, as
    (page, index of block). `taken` are blocks of sections and entries, which are left alone.
    """
    found: list[Candidate] = []
    used: set[tuple[int, int]] = set()
    for place, layout in enumerate(layouts):
        if layout.figures or layout.is_contents:
            continue
        free = [i for i in range(len(layout.blocks)) if (layout.page, i) not in taken]
        captions, indices = _numbered(layouts, place, free)
        if not captions:
            captions, listed = _in_order(layouts, place, free)
            indices |= listed
        found += captions
        used.update((layout.page, i) for i in indices)
    return found, used


def _numbered(
    layouts: Sequence[PageLayout], place: int, free: Sequence[int]
) -> tuple[list[Candidate], set[int]]:
    """The numbered paragraphs of one page as captions, and the blocks (of those `free`) they use."""
    layout = layouts[place]
    heads = False
    headings: set[int] = set()
    guessed = _faces_bare_plates(layouts, place)
    parts: list[tuple[DescriptionStart, list[Block], set[int]]] = []
    for index in free:
        if range_heading(layout.blocks[index].text) is not None:
            heads = True
            headings.add(index)
            continue
        for block in _counted(layout.blocks[index]) if heads or guessed else ():
            label = parse_label(block.text)
            other = label is not None and label[0].kind not in ("plate", "figure")
            start = None if other else start_of(block)
            if start is not None and follows(parts[-1][0].key if parts else (), start.key):
                parts.append((start, [block], {index}))
            elif parts and block.size <= SAME_TEXT * parts[-1][1][0].size:
                parts[-1][1].append(block)
                parts[-1][2].add(index)
    if len(parts) < MIN_DESCRIPTIONS:
        return [], headings
    strength = 1.0 if heads else GUESSED
    captions = [_as_caption(start, blocks, strength) for start, blocks, _ in parts]
    return captions, headings.union(*(indices for _, _, indices in parts))


def _counted(block: Block) -> list[Block]:
    """A block cut where a line begins with the number after that of the lines above (8 …, 9 …)."""
    blocks, begin = [], 0
    start = parse_description_start(block.lines[0].text)
    for i, line in enumerate(block.lines[1:], start=1):
        after = parse_description_start(line.text) if start is not None else None
        if start is not None and after is not None and after.key == (*start.key[:-1], start.key[-1] + 1):
            blocks.append(Block(block.page, block.lines[begin:i]))
            begin, start = i, after
    return [*blocks, Block(block.page, block.lines[begin:])]


def _in_order(
    layouts: Sequence[PageLayout], place: int, free: Sequence[int]
) -> tuple[list[Candidate], set[int]]:
    """The lines of a list without numbers, as many as the plates it speaks of; and the blocks they are in.

    Where the page says that its plates follow or precede, those count; else the side that fits, if one does.
    """
    layout = layouts[place]
    said = {i: way for i in free if (way := list_direction(layout.blocks[i].text)) is not None}
    above = [way for line in layout.furniture if (way := list_direction(line.text)) is not None]
    direction: Direction | None = next(iter([*said.values(), *above]), None)
    rest = [i for i in free if i not in said]
    if any(_is_running_text(layout.blocks[i]) for i in rest):
        return [], set()
    blocks = [layout.blocks[i] for i in rest]
    ahead, behind = _run(layouts[place + 1 :]), _run(layouts[:place][::-1])
    expected = [ahead] if direction == "next" else [behind] if direction else [ahead, behind]
    # A running head may have escaped notice where most pages are plates without one.
    inner = [block for block in blocks if not edge_of(block.lines[0], layout.content)]
    for items in (_lines(inner), inner, _lines(blocks), blocks):
        enough = len(items) >= (1 if direction else UNSAID)
        if enough and expected.count(len(items)) == 1 and all(map(_is_listed, items)):
            strength = LISTED if direction else GUESSED
            made = [make_candidate("pointer", item, item.lines, None, strength, direction) for item in items]
            return [replace(c, pointer=direction) for c in made], {*said, *rest}
    return [], set()


def _lines(blocks: Sequence[Block]) -> list[Block]:
    return [Block(block.page, (line,)) for block in blocks for line in block.lines]


def _run(layouts: Sequence[PageLayout]) -> int:
    """How many plates stand on the pages from the first one on, up to one without bare plates."""
    plates = 0
    for layout in layouts:
        if not _is_bare_plate(layout):
            break
        plates += sum(map(may_be_plate, layout.figures))
    return plates


def _is_running_text(block: Block) -> bool:
    """Whether the lines of a block are filled to its right edge with commas and full stops in them."""
    if len(block.lines) < 2 or block.vertical:
        return False
    *full, _ = block.lines
    filled = all(line.bbox[2] >= block.bbox[2] - line.size for line in full)
    marked = sum(any(mark in line.text for mark in "，,。；") for line in block.lines)
    return filled and 2 * marked >= len(block.lines)


def _is_listed(item: Block) -> bool:
    """Whether a text is as short as a line in a list, without number, label or the end of a sentence."""
    text = item.text
    sentence = text.endswith(tuple(SENTENCE_ENDS))
    return 2 <= len(text) <= LISTED_LENGTH and not sentence and parse_description_start(text) is None


def _faces_bare_plates(layouts: Sequence[PageLayout], place: int) -> bool:
    """Whether a neighbouring page holds plates and not one caption."""
    beside = [layouts[k] for k in (place - 1, place + 1) if 0 <= k < len(layouts)]
    return any(_is_bare_plate(page) for page in beside)


def _is_bare_plate(page: PageLayout) -> bool:
    least = PLATE_SHARE * page.content.width * page.content.height
    plates = [f for f in page.figures if f.source != "drawing" and area(f.bbox) >= least]
    return bool(plates) and not any(candidate.body for candidate in page.candidates)


def _as_caption(start: DescriptionStart, blocks: Sequence[Block], strength: float) -> Candidate:
    text = "".join(block.text for block in blocks)
    body = start.body + "".join(block.text for block in blocks[1:])
    number = text[: len(text) - len(body)].strip() if text.endswith(body) else ""
    return Candidate(
        kind="labelled",
        page=blocks[0].page,
        bbox=union([block.bbox for block in blocks]),
        text=text,
        english=None,
        label=Label("plate", "", start.key, number, start.sub, start.last),
        body=body,
        strength=strength,
        size=blocks[0].size,
        vertical=blocks[0].vertical,
        confidence=sum(b.confidence for b in blocks) / len(blocks),
    )
