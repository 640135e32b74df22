"""Labelled pages as problems with their right answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from extractors.evaluation.labels import BookLabels, LabelledFigure
from extractors.evaluation.texts import OwnTexts, bare, best
from extractors.geometry import cover, iou
from extractors.layout.candidate import Candidate
from extractors.layout.spreads import divide_spreads
from extractors.page import GOOD_TEXT
from extractors.pairing.costs import COSTS, PairingCosts
from extractors.pairing.edges import Features, TextNode, edge_features, node_of
from extractors.pairing.opening import near_captions, open_book, with_lines
from extractors.pairing.page_pairing import PairingTable
from extractors.pairing.page_problem import PageProblem
from extractors.pairing.proposals import LaidOutBook, TextRef
from extractors.pairing.rules import RULES
from extractors.pairing.solver import components, table_of
from extractors.records import BookContent, PageContent, Region

SAME_FIGURE = 0.5
"""IoU from which a region is a labelled figure."""
PIECE_INSIDE = 0.8
"""A region is a piece of a labelled figure when this share of it lies inside."""
OUTSIDE = 0.1
"""A region that covers no more than this share of any labelled figure is none of them."""
BARE_WEIGHT = 0.2
"""What a page without its captions counts: some one figure in five of a book has no text on its page."""
SAME_CAPTION = 0.7
"""A text is a labelled caption from this similarity on: OCR slips in characters."""

Answer = frozenset[int] | None
"""The texts (indices) that are right for a figure, empty when none is; None when the labels do not say."""


@dataclass(frozen=True, slots=True)
class Example:
    """One assignment problem of a book with the answer for each of its figures."""

    regions: tuple[Region, ...]
    texts: tuple[TextNode, ...]
    edges: Mapping[tuple[int, int], Features]
    """(figure, text) -> what speaks for and against the pair."""
    answers: tuple[Answer, ...]
    fold: str
    """What is held out together: the layout, the book or the folder."""
    weight: float = 1.0
    """How much it counts in fitting."""
    page: int = 0
    """Of its first figure."""

    @classmethod
    def of_page(cls, problem: PageProblem, answers: Sequence[Answer], fold: str) -> Example:
        """The figures of a page with its texts."""
        loose = without_ceiling(COSTS)
        nodes = tuple(node_of(candidate) for candidate in problem.candidates)
        return cls(tuple(problem.figures), nodes, edge_features(problem, loose), tuple(answers), fold)

    def table(self, costs: PairingCosts) -> PairingTable:
        """The problem under `costs`."""
        return PairingTable(self.regions, self.texts, self.edges, costs)


def examples_of(book: BookContent, labels: BookLabels, fold: str, costs: PairingCosts) -> list[Example]:
    """The problems of all readable pages with a figure whose text the labels tell."""
    sheets = divide_spreads(book)
    opened = with_lines(open_book(sheets.content, costs))
    opened = replace(opened, near=near_captions(opened))
    readable = {page.page for page in sheets.content.pages if _is_readable(page)}
    loose = replace(opened, costs=without_ceiling(costs))
    proposals = [p for rule in RULES if rule.claims == "caption" for p in rule.propose(loose)]
    figures = dict(opened.figures())

    def is_labelled(page: int) -> bool:
        return labels.pages is None or sheets.sheet_of[page] in labels.pages

    found = []
    for component in components([p for p in proposals if p.figure[0] in readable]):
        table, refs, texts = table_of(opened, component, costs, figures)
        answers = tuple(
            _answer(figures[ref], sheets.sheet_of[ref[0]], texts, opened, labels.figures)
            if is_labelled(ref[0])
            else None
            for ref in refs
        )
        if any(answer is not None for answer in answers):
            parts = tuple(table.figures), tuple(table.texts), table.edges, answers
            example = Example(*parts, fold, page=min(sheets.sheet_of[page] for page, _ in refs))
            found += [example, *_without_captions(example)]
    return found


def _without_captions(example: Example) -> list[Example]:
    """The problem asked again without its captions, where no text is right for any figure.

    Few labelled pages show a figure without a text: of those alone, leaving a figure alone could never be too
    expensive. A page with nothing else on it teaches nothing and is left out.
    """
    right = {j for answer in example.answers if answer for j in answer}
    rest = [j for j in range(len(example.texts)) if j not in right]
    if not right or not rest:
        return []
    place = {j: k for k, j in enumerate(rest)}
    return [
        replace(
            example,
            texts=tuple(example.texts[j] for j in rest),
            edges={(i, place[j]): found for (i, j), found in example.edges.items() if j in place},
            answers=tuple(None if answer is None else frozenset[int]() for answer in example.answers),
            weight=BARE_WEIGHT,
        )
    ]


def _is_readable(page: PageContent) -> bool:
    """Whether a page's words were read: a broken text layer that no OCR replaced teaches what is not so."""
    return page.text_source != "text_layer" or page.text_quality >= GOOD_TEXT


def _answer(
    region: Region,
    page: int,
    texts: Sequence[TextRef],
    book: LaidOutBook,
    labelled: Sequence[LabelledFigure],
) -> Answer:
    figures = [figure for figure in labelled if figure.page == page]
    figure = _label_of(region, figures)
    if figure is None:  # what is no labelled figure, such as an ornament, owns no text
        return None if any(cover(f.bbox, region.bbox) > OUTSIDE for f in figures) else frozenset()
    if figure.optional:
        return None
    own = OwnTexts.of(figure)
    # A caption that is no candidate teaches nothing: costs cannot find it, and must not learn to want none.
    return frozenset(j for j, ref in enumerate(texts) if _is_own(ref, own, book)) or None


def _is_own(ref: TextRef, own: OwnTexts, book: LaidOutBook) -> bool:
    if ref.kind != "entry":
        return _says(book.candidate(ref), own)
    entry = book.entries[ref.index]
    told = [*entry.texts.values(), *(block.text for block in entry.paragraphs)]
    return (
        best((*own.captions, *own.descriptions, *own.neighbours), filter(None, map(bare, told)))
        >= SAME_CAPTION
    )


def _label_of(region: Region, figures: Sequence[LabelledFigure]) -> LabelledFigure | None:
    nearest = max(figures, key=lambda figure: iou(region.bbox, figure.bbox), default=None)
    if nearest is not None and iou(region.bbox, nearest.bbox) >= SAME_FIGURE:
        return nearest
    return next((figure for figure in figures if cover(region.bbox, figure.bbox) >= PIECE_INSIDE), None)


def _says(candidate: Candidate, own: OwnTexts) -> bool:
    """Whether a text is the figure's own, or one for a group in which the figure has its part."""
    told = (candidate.text, candidate.body, candidate.title, *(part.text for part in candidate.parts))
    return best((*own.captions, *own.neighbours), filter(None, map(bare, told))) >= SAME_CAPTION


def without_ceiling(costs: PairingCosts) -> PairingCosts:
    """Costs under which no pair is left out as too expensive, so that fitting may make it cheaper."""
    return replace(costs, null_figure=1e3)
