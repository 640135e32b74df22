"""Titles that stand beside a picture over a paragraph of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extractors.geometry import Box, height, overlap_y, union
from extractors.grammar.caption_data import is_datum
from extractors.grammar.caption_text import is_credit
from extractors.grammar.captions import parse_label
from extractors.grammar.entry_grammar import parse_labelled
from extractors.layout.blocks import SENTENCE_ENDS, Block
from extractors.layout.candidate import Candidate, make_candidate
from extractors.layout.caption_lines import PARAGRAPH_LENGTH, without_paragraph
from extractors.layout.surroundings import Surroundings

TITLE_LENGTH = 30
"""A title is shorter than this many characters ..."""
SENTENCE_LENGTH = 15
"""... and the text below it has at least this many."""
TITLE_LINES = 4
"""Such a title has at most this many lines, one a language."""
ASIDE_GAP = 2.5
"""A title beside a picture and the paragraph below it are this many characters apart at most."""
BESIDE = 0.85
"""This share of their height stands beside the picture."""
SMALLER = 0.95
"""The paragraph of an aside is set in smaller type than its title and the page's running text."""


def aside(block: Block, around: Surroundings) -> Candidate | None:
    """The title that stands beside a picture over a paragraph of its own, both as high as the picture.

    Smaller type than the running text's sets such an aside off from a section of the text; so does another
    one at another picture of the page.
    """
    paragraph = _paragraph_under(block, around, loose=False)
    if paragraph is None and block in _repeated_asides(around):
        paragraph = _paragraph_under(block, around, loose=True)
    if paragraph is None:
        return None
    return replace(make_candidate("plain", block, block.lines, None, 0.3), description=paragraph.text)


def _repeated_asides(around: Surroundings) -> list[Block]:
    """The titles of a page that stand so, in any type, at a picture each; none where only one does."""
    if around.repeated_asides is None:
        found = [block for block in around.blocks if _paragraph_under(block, around, loose=True) is not None]
        around.repeated_asides = found if len(found) > 1 else []
    return around.repeated_asides


def _paragraph_under(block: Block, around: Surroundings, *, loose: bool) -> Block | None:
    """The paragraph that a title beside a picture stands over; `loose`: in any type, of any length."""
    told = [line for line in block.lines if not is_datum(line.text)]
    if block.vertical or len(told) > (TITLE_LINES if loose else 1) or len(block.text) < 2:
        return None
    title = block.lines[0].text
    if len(title) > TITLE_LENGTH or title[-1] in SENTENCE_ENDS or is_credit(title) or parse_labelled(title):
        return None
    reach = ASIDE_GAP * block.size
    for paragraph in around.blocks_near(block, reach + block.size):
        below = 0 <= paragraph.bbox[1] - block.bbox[3] <= reach
        aligned = abs(paragraph.bbox[0] - block.bbox[0]) <= block.size
        small = loose or paragraph.size <= SMALLER * min(block.size, around.usual_size)
        long = len(paragraph.text) >= (SENTENCE_LENGTH if loose else PARAGRAPH_LENGTH)
        prose = long and paragraph.text.endswith(tuple(SENTENCE_ENDS))
        if not (below and aligned and small and prose):
            continue
        both = union([block.bbox, paragraph.bbox])
        if any(_stands_beside(both, figure, reach) for figure in around.figures_near(both, reach)):
            return paragraph
    return None


def _stands_beside(text: Box, figure: Box, reach: float) -> bool:
    """Whether a text stands beside a figure, within `reach` points of it and hardly higher or lower."""
    apart = max(text[0] - figure[2], figure[0] - text[2])
    return 0 <= apart <= reach and overlap_y(text, figure) >= BESIDE * height(text)


def with_titles_apart(blocks: Sequence[Block], figures: Sequence[Box]) -> Sequence[Block]:
    """The blocks, each title over a sentence apart from it where two or more stand so beside a picture each.

    Of titles and texts in one block, as OCR sees them, the type does not tell which is which.
    """
    around = Surroundings(blocks, figures)
    apart = {i: found for i, block in enumerate(blocks) if (found := _title_and_sentence(block, around))}
    if len(apart) < 2:
        return blocks
    return [part for i, block in enumerate(blocks) for part in apart.get(i, (block,))]


def _title_and_sentence(block: Block, around: Surroundings) -> tuple[Block, Block] | None:
    """The first line of a block beside a picture, which ends early, and the sentence below it."""
    title, sentence = without_paragraph(block.lines, SENTENCE_LENGTH)
    reach = ASIDE_GAP * block.size
    if not sentence or block.vertical or parse_label(block.text) is not None:
        return None
    if not any(
        _stands_beside(block.bbox, figure, reach) for figure in around.figures_near(block.bbox, reach)
    ):
        return None
    return Block(block.page, tuple(title)), Block(block.page, tuple(block.lines[1:]))
