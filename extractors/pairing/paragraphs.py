"""The paragraph a catalogue prints for its object after caption and data: number, name, date, size, text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from extractors.geometry import area, gap, intersect, overlap_x, width
from extractors.grammar.caption_data import is_data
from extractors.grammar.caption_text import is_credit
from extractors.grammar.captions import caption_strength
from extractors.grammar.characters import has_han, is_han
from extractors.grouping import BoxIndex
from extractors.layout.blocks import Block
from extractors.layout.book_layout import PageLayout, body_size
from extractors.layout.candidate import Candidate
from extractors.pairing.drafts import Draft

PROSE = 24
"""Characters of a paragraph at least."""
HAN_SHARE = 0.5
"""Share of its characters that makes a paragraph Chinese."""
IS_CAPTION = 0.45
"""A block that is so surely a caption is the next object's."""
SENTENCE_WORDS = 5
"""An English sentence has this many words in lower case; a line of data hardly one."""
TYPE_GAP = 2.0
"""Prose in the caption's own type follows it within this many of its character heights ..."""
SMALLER, SAME_TYPE = 0.95, 0.07
"""... smaller than running text by this factor, and as large as the caption to this share."""
SAME_COLUMN = 0.5
"""A block stands in a caption's column when they share this part of the narrower."""


_LOWER_CASE = re.compile(r"(?<![A-Za-z])[a-z]+(?![A-Za-z])")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """What is said of one object, in one language or two."""

    chinese: str
    english: str
    blocks: tuple[Block, ...]

    @property
    def confidence(self) -> float:
        """Mean confidence of its text, 0..1."""
        return sum(block.confidence for block in self.blocks) / len(self.blocks)


def with_paragraphs(drafts: Sequence[Draft], layouts: Sequence[PageLayout]) -> list[Draft]:
    """`drafts`, each told by the paragraph printed for it where data and prose follow its caption.

    Data (date, material, size, collection) between the two is what tells a catalogue's paragraph from the
    running text of a report. Panels keep their own parts.
    """
    by_page = {layout.page: layout for layout in layouts}
    body = body_size(layouts) or 0.0
    places: dict[int, BoxIndex] = {}
    found: dict[int, Paragraph | None] = {}
    result = []
    for draft in drafts:
        caption = draft.candidate
        if caption is None or caption.kind == "tag" or caption.parts or draft.role or not draft.has_text:
            result.append(draft)
            continue
        if id(caption) not in found:
            layout = by_page[caption.page]
            if layout.page not in places:
                places[layout.page] = BoxIndex([block.bbox for block in layout.blocks])
            found[id(caption)] = _paragraph(caption, layout, places[layout.page], body)
        paragraph = found[id(caption)]
        result.append(_told(draft, caption, paragraph) if paragraph else draft)
    return result


def _told(draft: Draft, caption: Candidate, paragraph: Paragraph) -> Draft:
    return draft.with_(
        description=paragraph.chinese,
        description_source="entry",
        english=paragraph.english or draft.english,
        rule=draft.rule + "+paragraph",
        text_confidence=min(draft.text_confidence, paragraph.confidence),
        text_page=caption.page,
        text_boxes=tuple(block.bbox for block in paragraph.blocks),
    )


def _paragraph(caption: Candidate, layout: PageLayout, places: BoxIndex, body: float) -> Paragraph | None:
    """The prose below a caption and its data, or in its own small type, down its column; else None.

    `places` are those of the blocks; `body` is the size of running text (points): prose in that size needs
    data above it to be the caption's.
    """
    own = [i for i in places.near(caption.bbox) if _is_of(layout.blocks[i], caption)]
    if not own:
        return None
    last = layout.blocks[own[-1]]
    stacked = caption.stacked and caption.kind == "plain"
    data = (
        caption.data
        or stacked
        or any(is_data(line.text) for line in last.lines if line.bbox[1] >= caption.bbox[3] - 1)
    )
    prose: list[Block] = []
    for block in layout.blocks[own[-1] + 1 :]:
        if not _in_column(block, caption, [last, *prose]) or caption_strength(block.text) >= IS_CAPTION:
            break
        rest = block if prose else _after_data(block)
        data = data or rest is not block
        if rest is not None and _is_prose(rest):
            data = data or _in_caption_type(rest, caption, body)
            prose.append(rest)
        elif prose:
            break
    chinese = [block for block in prose if _is_chinese(block)]
    if not data or not chinese:
        return None
    english = [block.text for block in prose if not _is_chinese(block)]
    return Paragraph("".join(block.text for block in chinese), " ".join(english), tuple(prose))


def _in_caption_type(block: Block, caption: Candidate, body: float) -> bool:
    """Whether prose right below a caption is set in the caption's type, smaller than running text."""
    near = gap(block.bbox, caption.bbox) <= TYPE_GAP * caption.size
    small = max(block.size, caption.size) < SMALLER * body and block.confidence == 1.0
    return near and small and abs(block.size - caption.size) <= SAME_TYPE * caption.size


def _after_data(block: Block) -> Block | None:
    """What follows the lines of data that a block begins with; None for nothing but data and short lines."""
    last = max((i for i, line in enumerate(block.lines) if is_data(line.text)), default=-1)
    rest = block.lines[last + 1 :]
    return block if last < 0 else Block(block.page, rest) if rest else None


def _is_of(block: Block, caption: Candidate) -> bool:
    return area(intersect(block.bbox, caption.bbox)) > 0.5 * min(area(block.bbox), area(caption.bbox))


def _in_column(block: Block, caption: Candidate, above: Sequence[Block]) -> bool:
    if block.vertical != caption.vertical or block.vertical:
        return False
    return any(
        overlap_x(block.bbox, other.bbox) >= SAME_COLUMN * min(width(block.bbox), width(other.bbox))
        for other in above
    )


def _is_prose(block: Block) -> bool:
    text = block.text
    if len(text) < PROSE or is_credit(text):
        return False
    if not text.rstrip("”’」』）)").endswith(("。", "！", "？", ".")):
        return len(block.lines) >= 3 and not any(is_data(line.text) for line in block.lines)
    return "。" in text or len(_LOWER_CASE.findall(text)) >= SENTENCE_WORDS


def _is_chinese(block: Block) -> bool:
    letters = [char for char in block.text if char.isalpha()]
    return has_han(block.text) and sum(map(is_han, letters)) >= HAN_SHARE * len(letters)
