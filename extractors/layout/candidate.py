"""One text that may belong to a figure: what is read in its words, once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from extractors.geometry import Box, union
from extractors.grammar.caption_data import is_datum
from extractors.grammar.caption_parts import Part, panel_key, split_parts
from extractors.grammar.caption_text import Direction, facing
from extractors.grammar.captions import Label, parse_label
from extractors.grammar.characters import fold, has_han
from extractors.grammar.entry_grammar import DescriptionStart, parse_description_start
from extractors.grammar.numerals import parse_number
from extractors.grammar.titles import title_of
from extractors.layout.blocks import SAME_SIZE, Block
from extractors.layout.caption_blocks import PLACE_FIRST
from extractors.layout.caption_lines import joined, languages, segments, without_paragraph
from extractors.records import TextLine

CandidateKind = Literal["labelled", "pointer", "tag", "plain"]

MOST_COUNTED = 10
"""A caption counts at most this many pictures."""
_COUNTED = re.compile(r"(?<=[^0-9第一二三四五六七八九十])([2-9]|[二两兩三四五六七八九十])[种種件幅枚则則例]$")
"""A title that ends so names as many things: 挂笺三种."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Text that may belong to a figure. Boxes in points."""

    kind: CandidateKind
    page: int
    bbox: Box
    text: str
    """As printed, lines joined; credit and data lines left out."""
    english: str | None
    label: Label | None
    body: str
    """The text without its label or pointer."""
    strength: float
    """0..1: how surely this is a caption, by its words."""
    size: float
    vertical: bool
    confidence: float
    pointer: Direction | None = None
    spot: str | None = None
    """Where on the page a pointer points to: left, top-right, ..."""
    parts: tuple[Part, ...] = ()
    stem: str = ""
    """What all parts share."""
    description: str = ""
    """The paragraph that follows the caption or stands below its title; "" where there is none."""
    number: DescriptionStart | None = None
    """The number an unlabelled caption begins with (三十 西崖寺…); a plate's, if the book numbers so."""
    key: str = ""
    """The panel an unlabelled line says it speaks of: 3 for (3) 罐, a for a. 绢; "" for none."""
    place: str = ""
    """The place of its picture an unlabelled line begins with (左上　飞天), as printed; "" for none."""
    data: bool = False
    """Whether lines of data (date, material, size, collection) stand below its first line."""
    stacked: bool = False
    """Whether lines in other type stand below its first line."""
    printed: str = ""
    """All of it in the order of print, in all languages."""
    printed_over: bool = False
    """Whether it is printed over a picture."""

    @property
    def title(self) -> str:
        """The name in it, "" for a bare number."""
        return title_of(self.stem if self.parts else self.body)

    @property
    def plural(self) -> int:
        """How many figures the text itself speaks of, 1 or more: by label, parts or words (三种)."""
        keys = len(self.label.keys()) if self.label else 1
        counted = _COUNTED.search(fold(self.title))
        told = min(parse_number(counted[1]) or 1, MOST_COUNTED) if counted else 1
        return max(1, keys, told, sum(max(1, len(part.keys)) for part in self.parts))


def make_candidate(
    kind: CandidateKind,
    block: Block,
    lines: Sequence[TextLine],
    label: Label | None,
    strength: float,
    pointer: Direction | None = None,
) -> Candidate:
    """The candidate made of some `lines` of a block: languages, label, number and parts told apart."""
    lines, paragraph = without_paragraph(lines) if kind in ("labelled", "pointer") else (lines, "")
    texts = segments(lines)
    chinese, english = languages(texts)
    text = joined(chinese)
    body, spot = text, None
    parsed = parse_label(text)
    if parsed is not None:
        body = parsed[1]
    elif pointer is not None:
        pointed = facing(text)
        if pointed is not None:
            body, spot = pointed.body, pointed.spot
        inner = parse_label(body)
        if inner is not None:
            label, body = inner
    number = parse_description_start(lines[0].text) if kind in ("plain", "tag") else None
    key = panel_key(text) if kind == "plain" and label is None else None
    place = PLACE_FIRST.match(text) if kind == "plain" and label is None else None
    if number is not None:
        whole = parse_description_start(text)
        body = whole.body if whole is not None else text
    elif key is not None:
        body = key[1]
    elif place is not None:
        body = body[place.end() :]
    stem, parts = split_parts(body)
    return Candidate(
        kind,
        block.page,
        union([line.bbox for line in lines]),
        text,
        joined(english) or None,
        label,
        body,
        strength,
        block.size,
        block.vertical,
        block.confidence,
        pointer,
        spot,
        tuple(parts),
        stem,
        paragraph,
        number,
        key[0] if key else "",
        place[1] if place else "",
        _ends_in_data(lines),
        any(abs(line.size - lines[0].size) > SAME_SIZE * lines[0].size for line in lines[1:]),
        joined(texts),
    )


def _ends_in_data(lines: Sequence[TextLine]) -> bool:
    """Whether data stand below the first line, and below them nothing else but their English."""
    first = next((i for i, line in enumerate(lines) if i and is_datum(line.text)), None)
    return first is not None and all(is_datum(n.text) or not has_han(n.text) for n in lines[first:])


def is_number_tag(candidate: Candidate) -> bool:
    """Whether a candidate is nothing but a plate's number (12, 八上, 图版二〇)."""
    if candidate.kind == "labelled":
        return not candidate.body
    return (
        candidate.kind == "tag"
        and parse_number(re.sub(r"[上下左右].*|[-–—].*", "", candidate.text)) is not None
    )
