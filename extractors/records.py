"""The records that pass between the stages of one book, and the two kinds of row it ends in.

page content (text and graphics of one page) -> book content (all pages) -> pairs and unmatched rows.
Every record is frozen and checks itself, so that a later stage can rely on what it is given.
Boxes are in PDF points, origin top-left, as displayed (after /Rotate).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from extractors.geometry import Box

TextSource = Literal["text_layer", "ocr", "none"]
RegionSource = Literal["image", "drawing", "scan"]
Kind = Literal["pattern", "textile", "cropped", "mural", "drawing", "photo", "chart", "other"]
Medium = Literal["photograph", "plate", "drawing", "rubbing", "chart", "map"]
"""What a figure is, apart from what it shows; a plate is a photograph printed with a plate's number."""
DescriptionSource = Literal["caption", "plate_description", "entry", "refined", "reviewed"]


def _check_box(box: Box) -> None:
    if len(box) != 4 or not (box[0] <= box[2] and box[1] <= box[3]):
        raise ValueError(f"not a box: {box}")


@dataclass(frozen=True, slots=True)
class TextLine:
    """One printed line (or one vertical column) of text."""

    text: str
    bbox: Box
    size: float
    """Height of a character in points (its width, for vertical text)."""
    vertical: bool = False
    bold: bool = False
    confidence: float = 1.0
    """0..1; 1 for a text layer."""
    colour: int = 0
    """Of most of its characters, 0xRRGGBB; black where it is not known."""

    def __post_init__(self) -> None:
        _check_box(self.bbox)


@dataclass(frozen=True, slots=True)
class Region:
    """A place on a page that may be a figure."""

    bbox: Box
    source: RegionSource
    signature: str = ""
    """Equal for the same picture wherever it is printed (a digest); "" when unknown."""
    parts: tuple[Box, ...] = ()
    """The pieces of a drawing that stand in the margin of the page, and the rest of it; () without such."""
    grids: tuple[tuple[int, int], ...] = ()
    """Columns and rows of panels into which its seams may divide it, the clearest first; () for none."""
    score: float = 1.0
    """How surely it is a figure, 0..1, as seen on the picture of a page; 1 for what the file itself draws."""
    columns: tuple[int, ...] = ()
    """Into how many even columns upright blanks of paper divide it, most first; () for none."""

    def __post_init__(self) -> None:
        _check_box(self.bbox)


@dataclass(frozen=True, slots=True)
class Dropped:
    """Something seen and left out on purpose, with the reason (a stable slug)."""

    page: int
    bbox: Box
    reason: str


@dataclass(frozen=True, slots=True)
class PageContent:
    """What one page holds, as read; no decision about pairs yet."""

    page: int
    width: float
    height: float
    text_source: TextSource
    text_quality: float
    """Measured quality of the text layer, 0..1 (0 when there is none)."""
    text_reason: str
    """Why this source was chosen, in words."""
    is_scan: bool
    lines: tuple[TextLine, ...]
    regions: tuple[Region, ...]
    tables: tuple[Box, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    label: str = ""
    """The printed page label of the PDF, where it has one."""
    unit: float = 1.0
    """Points of the page in one unit of its boxes and sizes: more than 1 where a point is a pixel."""
    pasted: tuple[Box, ...] = ()
    """Images that make a scan of this page without filling it; in a typeset book they are plates."""
    left: float = 0.0
    """Where the page begins, in points from the left: the right page of a spread begins at the fold."""

    def __post_init__(self) -> None:
        if self.page < 1 or self.width <= 0 or self.height <= 0:
            raise ValueError(f"not a page: number {self.page}, {self.width} x {self.height}")


@dataclass(frozen=True, slots=True)
class PageFailure:
    """A page that could not be read, and why; the rest of the book goes on."""

    page: int
    stage: str
    reason: str
    """A stable slug: timeout, hung, crashed, memory, unreadable, too-large."""
    detail: str
    """One sentence for a person, with the remedy."""


@dataclass(frozen=True, slots=True)
class BookContent:
    """All pages of one book as read: the result of the first stage."""

    sha256: str
    title: str
    page_count: int
    pages: tuple[PageContent, ...]
    failures: tuple[PageFailure, ...] = ()


@dataclass(frozen=True, slots=True)
class Pair:
    """One figure with its text: a line of pairs.jsonl, a row of pairs.parquet."""

    pair_id: str
    book_sha256: str
    book_title: str
    page: int
    page_label: str
    bbox: Box
    figure_id: str
    group: str
    image: str
    """Path of the crop, relative to the folder of pairs.jsonl."""
    width: int
    height: int
    image_sha256: str
    image_phash: str
    kind: Kind
    number: str
    title: str
    caption: str
    caption_page: int | None
    caption_bbox: Box | None
    description: str
    description_source: DescriptionSource
    description_en: str | None
    text_source: TextSource
    text_confidence: float
    rule: str
    confidence: float
    parent: str | None = None
    """figure_id of the figure this panel or crop is a part of. That of a panel is the whole figure, which has
    no row of its own; that of a cropped motif is its pattern's."""
    parent_bbox: Box | None = None
    """Box of a panel's whole figure, on the panel's page; None for what is no panel."""
    review: Literal["unreviewed", "accepted", "rejected", "edited"] = "unreviewed"
    description_page: int | None = None
    """Page the description is printed on (1-based): the caption's, the entry's or the section's."""
    description_bbox: Box | None = None
    """Box around the description on that page."""
    description_raw: str | None = None
    """The description as it was read, where a language model or a person changed it; else None."""
    medium: Medium = "photograph"
    subject: str = "other"
    """What it shows: textile, bronze, … (`grammar.shown.SUBJECTS`), or one of the user's settings."""

    def __post_init__(self) -> None:
        _check_box(self.bbox)
        if not 0.0 <= self.confidence <= 1.0:
            raise ValueError(f"confidence {self.confidence} is not in 0..1")
        if self.parent_bbox is not None:
            _check_box(self.parent_bbox)


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A figure without text or a caption without a figure: a line of unmatched.jsonl."""

    type: Literal["figure", "caption"]
    page: int
    bbox: Box
    text: str
    reason: str
    image: str = ""
    """Path of the crop for a figure, relative to the folder of unmatched.jsonl."""

    def __post_init__(self) -> None:
        _check_box(self.bbox)


@dataclass(frozen=True, slots=True)
class Refinement:
    """What asking a language model for better descriptions came to (`extractors.refine`), in texts.

    A text that several pairs share counts once. Every one is changed, unchanged, refused or failed.
    """

    asked: int
    """Sent to the service now."""
    cached: int
    """Answered before."""
    changed: int
    unchanged: int
    refused: dict[str, int] = field(default_factory=dict)
    """By reason (`extractors.refine.guard.Reason`)."""
    failed: dict[str, int] = field(default_factory=dict)
    """Without an answer, by reason (`extractors.refine.endpoint`); asked again by the next run."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer that was not believed: a line of refine.jsonl."""

    pair_id: str
    raw: str
    proposed: str | None
    """None for an answer without text."""
    reason: str


@dataclass(frozen=True, slots=True)
class BookResult:
    """What one book came to: the result of the second stage."""

    sha256: str
    title: str
    page_count: int
    pairs: tuple[Pair, ...]
    unmatched: tuple[Unmatched, ...]
    failures: tuple[PageFailure, ...]
    dropped: dict[str, int] = field(default_factory=dict)
    """How many things were left out, by reason."""
    dropped_figures: tuple[Dropped, ...] = ()
    """Every picture and drawing that was left out, with its place and the reason."""
    text_sources: dict[str, int] = field(default_factory=dict)
    """How many pages were read from which text source."""
    previews: dict[int, str] = field(default_factory=dict)
    """Page number -> path of its preview picture, relative like `Pair.image`."""
    page_sizes: dict[int, tuple[float, float]] = field(default_factory=dict)
    """Page number -> (width, height) in points as displayed, for every page of `previews`."""
    refined: Refinement | None = None
    """None where refinement is off."""
    refusals: tuple[Refusal, ...] = ()

    @property
    def unanswered(self) -> int:
        """Texts that should have been refined and got no answer."""
        return sum(self.refined.failed.values()) if self.refined else 0
