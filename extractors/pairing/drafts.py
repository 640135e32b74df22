"""A pair in the making: a figure with the text found for it so far."""

from __future__ import annotations

from dataclasses import dataclass, replace

from extractors.geometry import Box
from extractors.grammar.label_numbers import Key
from extractors.layout.candidates import Candidate
from extractors.records import DescriptionSource, Kind, Region


@dataclass(frozen=True, slots=True)
class Draft:
    """One figure and what is known of its text. Nothing here is final until `book.pair_book` writes it."""

    page: int
    region: Region
    candidate: Candidate | None = None
    """The caption, on this page or another."""
    rule: str = ""
    confidence: float = 0.0
    number: str = ""
    """As printed."""
    key: Key = ()
    """The number as integers, () when there is none."""
    sub: str = ""
    namespace: str = ""
    """What the number counts: figure, plate, tag, ..."""
    title: str = ""
    caption: str = ""
    description: str = ""
    description_source: DescriptionSource = "caption"
    english: str | None = None
    text_confidence: float = 1.0
    text_page: int | None = None
    """Page its text stands on, where that is not the page of the caption."""
    text_boxes: tuple[Box, ...] = ()
    """Where on the figure's own page the text stands, besides the caption (points)."""
    group: str = ""
    parent: tuple[int, Box] | None = None
    """Page and box of the figure this is a part of."""
    role: str = ""
    """Part in a catalogue entry: pattern, textile, cropped."""
    kind: Kind | None = None

    @property
    def bbox(self) -> Box:
        """Box of the figure in points."""
        return self.region.bbox

    @property
    def has_text(self) -> bool:
        """Whether a reader would find words for this figure, not merely a number."""
        return bool(self.description)

    def with_(self, **changes: object) -> Draft:
        """A copy with some fields changed."""
        return replace(self, **changes)  # type: ignore[arg-type]
