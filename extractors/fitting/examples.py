"""Labelled pages as problems with their right answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from extractors.evaluation.labels import BookLabels, LabelledFigure
from extractors.evaluation.texts import OwnTexts, bare, best
from extractors.geometry import cover, iou
from extractors.layout.candidates import Candidate, is_number_tag
from extractors.page import GOOD_TEXT
from extractors.pairing.costs import PairingCosts
from extractors.pairing.edges import PageProblem
from extractors.pairing.open_pages import OpenPage, learn_conventions, open_book, rounds
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
    """One page's problem with the answer for each of its figures."""

    problem: PageProblem
    answers: tuple[Answer, ...]
    fold: str
    """What is held out together: the layout, the book or the folder."""
    weight: float = 1.0
    """How much it counts in fitting."""


def examples_of(book: BookContent, labels: BookLabels, fold: str, costs: PairingCosts) -> list[Example]:
    """The problems of all readable pages with a figure whose text the labels tell."""
    opened = open_book(book, costs)
    conventions = learn_conventions(opened, costs)
    readable = {page.page for page in book.pages if _is_readable(page)}
    found = []
    for page in opened.pages:
        if page.layout.page not in readable:
            continue
        figures = [figure for figure in labels.figures if figure.page == page.layout.page]
        for chosen in rounds(page, set()):
            problem = page.problem(chosen, conventions)
            answers = tuple(
                _answer(region, [page.candidates[j] for j in chosen], page, figures)
                for region in problem.figures
            )
            if chosen and any(answer is not None for answer in answers):
                example = Example(problem, answers, fold)
                found += [example, *_without_captions(example)]
    return found


def _without_captions(example: Example) -> list[Example]:
    """The page asked again without its captions, where no text is right for any figure.

    Few labelled pages show a figure without a text: of those alone, leaving a figure alone could never be too
    dear. A page with nothing else on it teaches nothing and is left out.
    """
    right = {j for answer in example.answers if answer for j in answer}
    rest = [text for j, text in enumerate(example.problem.candidates) if j not in right]
    if not right or not rest:
        return []
    answers = tuple(None if answer is None else frozenset[int]() for answer in example.answers)
    return [
        replace(
            example, problem=replace(example.problem, candidates=rest), answers=answers, weight=BARE_WEIGHT
        )
    ]


def _is_readable(page: PageContent) -> bool:
    """Whether a page's words were read: a broken text layer that no OCR replaced teaches what is not so."""
    return page.text_source != "text_layer" or page.text_quality >= GOOD_TEXT


def _answer(
    region: Region, chosen: Sequence[Candidate], page: OpenPage, figures: Sequence[LabelledFigure]
) -> Answer:
    figure = _label_of(region, figures)
    if figure is None:  # what is no labelled figure, such as an ornament, owns no text
        return None if any(cover(f.bbox, region.bbox) > OUTSIDE for f in figures) else frozenset()
    if figure.optional:
        return None
    own = OwnTexts.of(figure)
    right = frozenset(j for j, candidate in enumerate(chosen) if _says(candidate, own))
    if right:
        return right
    # Labels tell captions; a bare number, or what another round deals out, may be the figure's all the same.
    elsewhere = any(_says(candidate, own) for candidate in page.candidates)
    return None if elsewhere or all(map(is_number_tag, chosen)) else frozenset()


def _label_of(region: Region, figures: Sequence[LabelledFigure]) -> LabelledFigure | None:
    nearest = max(figures, key=lambda figure: iou(region.bbox, figure.bbox), default=None)
    if nearest is not None and iou(region.bbox, nearest.bbox) >= SAME_FIGURE:
        return nearest
    return next((figure for figure in figures if cover(region.bbox, figure.bbox) >= PIECE_INSIDE), None)


def _says(candidate: Candidate, own: OwnTexts) -> bool:
    """Whether a text is the figure's own, or one for a group in which the figure has its part."""
    told = (candidate.text, candidate.body, *(part.text for part in candidate.parts))
    return best((*own.captions, *own.neighbours), filter(None, map(bare, told))) >= SAME_CAPTION


def without_ceiling(costs: PairingCosts) -> PairingCosts:
    """Costs under which no pair is left out as too dear, so that fitting may make it cheaper."""
    return replace(costs, null_figure=1e3)
