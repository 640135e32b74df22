"""A book solved: every figure with its text, every caption with its figure, as far as the book tells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from extractors.geometry import Box, area, gap, intersect, union
from extractors.grammar.captions import parse_label
from extractors.grammar.label_numbers import Key
from extractors.grouping import group_boxes
from extractors.layout.book_layout import PageLayout
from extractors.layout.candidates import Candidate, is_number_tag
from extractors.layout.entries import Entry
from extractors.layout.ornaments import FRAGMENTS
from extractors.pairing.conventions import Conventions
from extractors.pairing.costs import COSTS, PairingCosts
from extractors.pairing.drafts import Draft
from extractors.pairing.edges import PageProblem
from extractors.pairing.facing import pair_facing
from extractors.pairing.leftovers import doubting_marks, overlooked_captions, without_marks
from extractors.pairing.open_pages import OpenPage, learn_conventions, open_book, pair_open
from extractors.pairing.page_pairing import Match, pair_page
from extractors.pairing.panels import (
    LABEL_LENGTH,
    join_drawings,
    named_details,
    numbered_panels,
    share_parts,
    with_own_line,
)
from extractors.pairing.paragraphs import with_paragraphs
from extractors.pairing.plate_blocks import GUESSED
from extractors.pairing.plates import join_descriptions
from extractors.records import BookContent, Dropped, Region, Unmatched

PROMISED = ("plain-shapes", "frame")
"""Reasons for which a shape was left out that a caption of its own overrules."""
PIECES, PIECES_GAP = 3, 20.0
"""So many small pieces within so many points of one another may be a row of small drawings."""
PROMISED_REACH = 40.0
"""Such a shape stands within so many points of its caption ..."""
PROMISED_SURE = 0.75
"""... and is never surer than this."""
NUMBERED_PANEL = 0.9
"""A picture whose printed number stands in the key of the page's one such caption."""
NUMBER_CONFIDENCE = 0.5
"""A bare number alone says little until its description is found."""


@dataclass(frozen=True, slots=True)
class SolvedBook:
    """All figures in book order with their texts, the entries they belong to, and the captions left over."""

    drafts: tuple[Draft, ...]
    entries: tuple[tuple[Entry, tuple[int, ...]], ...]
    """Each entry with the indices of its figures in `drafts`; roles are given when the pictures are known."""
    free: tuple[Candidate, ...]
    """Captions without a figure."""
    layouts: tuple[PageLayout, ...]
    conventions: Conventions
    marks: tuple[Dropped, ...] = ()
    """Pictures without text far smaller than the book's figures."""
    overlooked: tuple[Unmatched, ...] = ()
    """Lines that look like captions and are in neither `drafts` nor `free`."""


def solve_book(book: BookContent, costs: PairingCosts = COSTS) -> SolvedBook:
    """Pairs of a whole book: conventions first, then page by page, then across pages."""
    opened = open_book(book, costs)
    conventions = learn_conventions(opened, costs)
    drafts: list[Draft] = []
    free = list(opened.waiting)
    owners: dict[tuple[int, int], int] = {}
    for page in opened.pages:
        layout = page.layout
        matches = pair_open(page, conventions, costs)
        page_drafts = _page_drafts(page, matches)
        used = {match.candidate for match in matches}
        left = [c for j, c in enumerate(page.candidates) if j not in used and _promises_figure(c)]
        promised, told = _promised(layout, left, page_drafts, conventions, costs)
        page_drafts += promised
        free += [c for k, c in enumerate(left) if k not in told]
        for i in sorted(set(range(len(layout.figures))) - set(page.figures)):
            owners[(layout.page, i)] = len(drafts) + len(page_drafts)
            page_drafts.append(Draft(layout.page, layout.figures[i], rule="entry"))
        drafts += page_drafts
    drafts, placed = _across_pages(drafts, free)
    free = [c for k, c in enumerate(free) if k not in placed and c.strength != GUESSED]
    entry_members = set(owners.values())
    plain = [i for i in range(len(drafts)) if i not in entry_members]
    for i, joined in zip(
        plain, join_descriptions([drafts[i] for i in plain], opened.descriptions), strict=True
    ):
        drafts[i] = joined
    drafts = doubting_marks(named_details(with_paragraphs(drafts, opened.layouts)))
    kept, marks = without_marks(drafts, entry_members)
    place = {i: k for k, i in enumerate(kept)}
    owned = tuple(
        (entry, tuple(place[owners[key]] for key in entry.figures))
        for entry in opened.entries
        if entry.figures
    )
    return SolvedBook(
        tuple(drafts[i] for i in kept),
        owned,
        tuple(free),
        opened.layouts,
        conventions,
        tuple(marks),
        tuple(overlooked_captions(opened.layouts, drafts, free, conventions)),
    )


def _promises_figure(candidate: Candidate) -> bool:
    """Whether a reader would look for the figure of this text."""
    return candidate.kind in ("labelled", "pointer")


def _page_drafts(page: OpenPage, matches: Sequence[Match]) -> list[Draft]:
    """Drafts of one page, drawing pieces joined and parts of captions shared out."""
    layout, figures, candidates = page.layout, page.figures, page.candidates
    drafts = {i: Draft(layout.page, layout.figures[i]) for i in figures}
    for match in matches:
        candidate, draft = candidates[match.candidate], drafts[match.figure]
        if not is_number_tag(candidate) and draft.candidate is not None:
            line = draft.candidate
            shared = captioned(Draft(layout.page, draft.region), candidate, "same-page", match.confidence)
            drafts[match.figure] = with_own_line(shared, line)
        elif not is_number_tag(candidate):
            drafts[match.figure] = captioned(draft, candidate, "same-page", match.confidence)
        elif draft.candidate is None:
            drafts[match.figure] = captioned(draft, candidate, "number", NUMBER_CONFIDENCE)
        elif not draft.key:
            number = captioned(draft, candidate, "number", NUMBER_CONFIDENCE)
            drafts[match.figure] = draft.with_(
                key=number.key, sub=number.sub, namespace=number.namespace, number=number.number
            )
    fragments = [drop.bbox for drop in layout.dropped if drop.reason in FRAGMENTS]
    lines = [line for block in layout.blocks for line in block.lines]
    listed = [drafts[i] for i in figures]
    for index, caption in numbered_panels(listed):
        bare = Draft(layout.page, listed[index].region)
        listed[index] = captioned(bare, caption, "panel-number", NUMBERED_PANEL)
    joined = join_drawings(listed, fragments, lines)
    return share_parts(joined, [c for c in layout.candidates if c.kind == "tag"])


def _promised(
    layout: PageLayout,
    left: Sequence[Candidate],
    drafts: Sequence[Draft],
    conventions: Conventions,
    costs: PairingCosts,
) -> tuple[list[Draft], set[int]]:
    """Figures that only their captions tell: what looked like a table, a frame or plain shapes by itself.

    A printed figure label promises a figure; where one is left over beside such a thing, that is it. Returns
    also the indices of the captions used.
    """
    labelled = [k for k, c in enumerate(left) if c.kind == "labelled" and c.body]
    titles = [b.bbox for b in layout.blocks if (named := parse_label(b.text)) and named[0].kind == "table"]
    tables = [t for t in layout.content.tables if not any(gap(t, b) <= PROMISED_REACH for b in titles)]
    shapes = [*tables, *(d.bbox for d in layout.dropped if d.reason in PROMISED), *_small_pieces(layout)]
    regions = [
        Region(box, "drawing")
        for box in shapes
        if not any(area(intersect(box, draft.bbox)) > 0.1 * area(draft.bbox) for draft in drafts)
    ]
    texts = [block.bbox for block in layout.blocks if len(block.text) > LABEL_LENGTH]
    found: list[Draft] = []
    used: set[int] = set()
    for match in pair_page(PageProblem(regions, [left[k] for k in labelled], texts, conventions), costs):
        index, region = labelled[match.candidate], regions[match.figure]
        if gap(region.bbox, left[index].bbox) <= PROMISED_REACH:
            draft = Draft(layout.page, region)
            found.append(captioned(draft, left[index], "caption-led", min(match.confidence, PROMISED_SURE)))
            used.add(index)
    lines = [line for block in layout.blocks for line in block.lines]
    return join_drawings(found, [], lines), used


def _small_pieces(layout: PageLayout) -> list[Box]:
    """Boxes around strokes too small to be figures one by one, where several stand together."""
    boxes = [drop.bbox for drop in layout.dropped if drop.reason == "too-small"]
    groups = group_boxes(boxes, PIECES_GAP)
    return [union([boxes[i] for i in group]) for group in groups if len(group) >= PIECES]


def captioned(draft: Draft, candidate: Candidate, rule: str, confidence: float) -> Draft:
    """`draft` with the text of `candidate`; a bare number gives it a number and no description."""
    label = candidate.label
    key: Key = ()
    sub = space = number = ""
    if label is not None:
        key, sub, space, number = label.key, label.sub, label.kind, label.raw
    elif candidate.number is not None:
        key, sub, space = candidate.number.key, candidate.number.sub, "tag"
        number = candidate.text[: len(candidate.text) - len(candidate.body)].strip() or candidate.text
    bare = is_number_tag(candidate) or candidate.kind == "tag"
    return draft.with_(
        candidate=candidate,
        rule=rule,
        confidence=confidence,
        key=key,
        sub=sub,
        namespace=space,
        number=number,
        caption=candidate.text,
        title="" if bare else candidate.title,
        description="" if bare else candidate.description or candidate.body,
        english=_unlabelled(candidate.english),
        text_confidence=candidate.confidence,
    )


def _unlabelled(english: str | None) -> str | None:
    """The English text without the label it repeats (Fig. 1 Lotus -> Lotus)."""
    parsed = parse_label(english) if english else None
    return (parsed[1] or None) if parsed else english


def _across_pages(drafts: list[Draft], free: Sequence[Candidate]) -> tuple[list[Draft], set[int]]:
    paired, used = pair_facing(drafts, free)
    result = []
    for before, after in zip(drafts, paired, strict=True):
        if after is before or after.candidate is None:
            result.append(after)
            continue
        fresh = captioned(before, after.candidate, after.rule, after.confidence)
        result.append(
            fresh if fresh.key else fresh.with_(key=before.key, sub=before.sub, namespace=before.namespace)
        )
    return result, used
