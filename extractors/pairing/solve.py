"""A book solved: every figure with its text, every caption with its figure, as far as the book tells."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace

from extractors.grammar.words import words_added
from extractors.layout.book_layout import PageLayout
from extractors.layout.candidate import Candidate
from extractors.layout.entries import Entry
from extractors.layout.label_words import learned_labels
from extractors.layout.ornaments import FRAGMENTS
from extractors.layout.spreads import divide_spreads
from extractors.pairing.costs import COSTS, PairingCosts
from extractors.pairing.drafts import Draft, captioned
from extractors.pairing.joining import join_drawings
from extractors.pairing.leftovers import doubting_marks, overlooked_captions, without_marks
from extractors.pairing.opening import near_captions, open_book, with_lines
from extractors.pairing.panels import (
    named_details,
    numbered_panels,
    share_parts,
    with_own_line,
)
from extractors.pairing.paragraphs import with_paragraphs
from extractors.pairing.plate_blocks import GUESSED
from extractors.pairing.plates import join_descriptions
from extractors.pairing.promised import promised_figures
from extractors.pairing.proposals import Choice, FigureRef, LaidOutBook
from extractors.pairing.rules import RULES
from extractors.pairing.sheets import SheetNumbers
from extractors.pairing.solver import solve
from extractors.records import BookContent, Dropped, Unmatched


@dataclass(frozen=True, slots=True)
class SolvedBook:
    """All figures in book order with their texts, the entries they belong to, and the captions left over."""

    drafts: tuple[Draft, ...]
    entries: tuple[tuple[Entry, tuple[int, ...]], ...]
    """Each entry with the indices of its figures in `drafts`; roles are given when the pictures are known."""
    free: tuple[Candidate, ...]
    """Captions without a figure."""
    layouts: tuple[PageLayout, ...]
    left_out: tuple[Dropped, ...]
    """What was taken for no figure, by page."""
    furniture: int
    """How many lines are running heads and page numbers."""
    overlooked: tuple[Unmatched, ...] = ()
    """Lines that look like captions and are in neither `drafts` nor `free`."""


def solve_book(content: BookContent, costs: PairingCosts = COSTS) -> SolvedBook:
    """Pairs of a whole book: rules propose, the solver decides claim by claim, texts are completed."""
    sheets = divide_spreads(content)
    with words_added({"figure": learned_labels(sheets.content.pages)}):
        solved = _solve_pages(sheets.content, costs)
    return solved if sheets.content is content else _on_sheets(solved, SheetNumbers(sheets.sheet_of))


def _on_sheets(solved: SolvedBook, numbers: SheetNumbers) -> SolvedBook:
    return replace(
        solved,
        drafts=tuple(map(numbers.draft, solved.drafts)),
        entries=tuple((numbers.entry(entry), figures) for entry, figures in solved.entries),
        free=tuple(map(numbers.candidate, solved.free)),
        layouts=tuple(map(numbers.layout, solved.layouts)),
        left_out=tuple(replace(drop, page=numbers.sheet_of[drop.page]) for drop in solved.left_out),
        overlooked=tuple(replace(row, page=numbers.sheet_of[row.page]) for row in solved.overlooked),
    )


def _solve_pages(content: BookContent, costs: PairingCosts) -> SolvedBook:
    book = with_lines(open_book(content, costs))
    book = replace(book, near=near_captions(book))
    found, promised = promised_figures(book)
    book = replace(book, promised=frozenset(promised))
    for claim in ("caption", "name"):
        proposals = [p for rule in RULES if rule.claims == claim for p in rule.propose(book)]
        book = book.with_choices(claim, solve(book, proposals))
    drafts: list[Draft] = []
    owners: dict[FigureRef, int] = {}
    in_entries = _in_entries(book)
    for layout in book.layouts:
        owned = in_entries.get(layout.page, {})
        drafts += [*_page_drafts(book, layout, owned), *found.get(layout.page, ())]
        for ref, choice in owned.items():
            owners[ref] = len(drafts)
            drafts.append(_entry_draft(book, layout, ref, choice))
    used = book.promised.union(*(book.used(claim) for claim in ("number", "line", "caption", "name")))
    free = [
        c
        for ref, c in book.texts()
        if ref not in used and (ref.kind == "waiting" or c.kind in ("labelled", "pointer"))
    ]
    free = [c for c in free if c.strength != GUESSED]
    members = set(owners.values())
    others = [i for i in range(len(drafts)) if i not in members]
    described = join_descriptions([drafts[i] for i in others], book.descriptions)
    for i, joined in zip(others, described, strict=True):
        drafts[i] = joined
    drafts = doubting_marks(named_details(with_paragraphs(drafts, book.layouts)))
    kept, marks = without_marks(drafts, members, book.layouts)
    place = {i: k for k, i in enumerate(kept)}
    of_entries = tuple(
        (entry, tuple(place[owners[key]] for key in figures if key in owners))
        for entry, figures in _figures_of_entries(book)
    )
    figures = {(draft.page, draft.bbox) for drafted in found.values() for draft in drafted}
    dropped = [d for layout in book.layouts for d in layout.dropped if (d.page, d.bbox) not in figures]
    return SolvedBook(
        tuple(drafts[i] for i in kept),
        tuple((entry, figures) for entry, figures in of_entries if figures),
        tuple(free),
        book.layouts,
        tuple(sorted([*dropped, *marks], key=lambda drop: drop.page)),
        sum(len(layout.furniture) for layout in book.layouts),
        tuple(overlooked_captions(book.layouts, drafts, free, book.conventions)),
    )


def _in_entries(book: LaidOutBook) -> dict[int, dict[FigureRef, Choice]]:
    """Page -> the figures that an entry owns."""
    owned: defaultdict[int, dict[FigureRef, Choice]] = defaultdict(dict)
    for ref, choice in book.chosen["caption"].items():
        if choice.text.kind == "entry":
            owned[ref[0]][ref] = choice
    return owned


def _figures_of_entries(book: LaidOutBook) -> list[tuple[Entry, list[FigureRef]]]:
    """Each entry with the figures it was given: those within it in their order, then others."""
    given: defaultdict[int, list[FigureRef]] = defaultdict(list)
    for ref, choice in book.chosen["caption"].items():
        if choice.text.kind == "entry":
            given[choice.text.index].append(ref)
    found = []
    for index, entry in enumerate(book.entries):
        within = [ref for ref in entry.figures if ref in given[index]]
        found.append((entry, [*within, *(ref for ref in given[index] if ref not in within)]))
    return found


def _entry_draft(book: LaidOutBook, layout: PageLayout, ref: FigureRef, choice: Choice) -> Draft:
    draft = Draft(layout.page, layout.figures[ref[1]], rule=choice.rule, margin=choice.margin)
    name = book.chosen["name"].get(ref)
    if name is None:
        return draft
    candidate = book.candidate(name.text)
    return draft.with_(candidate=candidate, caption=candidate.printed)


def _page_drafts(book: LaidOutBook, layout: PageLayout, owned: Collection[FigureRef]) -> list[Draft]:
    """Drafts of the figures of a page that no entry owns: pieces joined, shared captions dealt out."""
    refs = [(layout.page, i) for i in range(len(layout.figures)) if (layout.page, i) not in owned]
    listed = [_draft(book, layout, ref) for ref in refs]
    fragments = [drop.bbox for drop in layout.dropped if drop.reason in FRAGMENTS]
    lines = [line for block in layout.blocks for line in block.lines]
    for index, caption in numbered_panels(listed):
        bare = Draft(layout.page, listed[index].region)
        listed[index] = captioned(bare, caption, "panel-number", book.costs.decided("panel_number"))
    joined = join_drawings(listed, fragments, lines)
    return share_parts(joined, [c for c in layout.candidates if c.kind == "tag"], book.costs)


def _draft(book: LaidOutBook, layout: PageLayout, ref: FigureRef) -> Draft:
    """A figure with its caption, its own line and its number."""
    draft = Draft(layout.page, layout.figures[ref[1]])
    line, caption, number = (book.chosen[claim].get(ref) for claim in ("line", "caption", "number"))
    if caption is not None:
        draft = captioned(draft, book.candidate(caption.text), caption.rule, caption.margin)
        if line is not None:
            draft = with_own_line(draft, book.candidate(line.text)).lowered(line.margin)
    elif line is not None:
        draft = captioned(draft, book.candidate(line.text), line.rule, line.margin)
    if number is not None:
        tagged = captioned(draft, book.candidate(number.text), number.rule, book.costs.decided("number"))
        if draft.candidate is None:
            return tagged
        if not draft.key:
            return draft.with_(
                key=tagged.key,
                sub=tagged.sub,
                namespace=tagged.namespace,
                number=draft.number or tagged.number,
            )
    return draft
