"""Labelled pages as problems with their right answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from extractors.geometry import Box, area, cover, intersect, iou
from extractors.layout.candidates import Candidate, is_number_tag
from extractors.pairing.costs import PairingCosts
from extractors.pairing.edges import PageProblem
from extractors.pairing.open_pages import OpenPage, learn_conventions, open_book, rounds
from extractors.records import BookContent, Region

SAME_FIGURE = 0.5
"""IoU from which a region is a labelled figure."""
PIECE_INSIDE = 0.8
"""A region is a piece of a labelled figure when this share of it lies inside."""
SAME_CAPTION = 0.5
"""A text is a labelled caption when they share this part of the smaller box."""

Answer = frozenset[int] | None
"""The texts (indices) that are right for a figure, empty when none is; None when the labels do not say."""


@dataclass(frozen=True, slots=True)
class Example:
    """One page's problem with the answer for each of its figures."""

    problem: PageProblem
    answers: tuple[Answer, ...]
    fold: str
    """What is held out together: the layout, or the book."""


def examples_of(
    book: BookContent, labels: Sequence[Mapping[str, Any]], fold: str, costs: PairingCosts
) -> list[Example]:
    """The problems of all pages with a figure that the labels (rows of truth.jsonl) tell the text of."""
    opened = open_book(book, costs)
    conventions = learn_conventions(opened, costs)
    found = []
    for page in opened.pages:
        rows = [row for row in labels if row["page"] == page.layout.page]
        for chosen in rounds(page, set()):
            problem = page.problem(chosen, conventions)
            answers = tuple(
                _answer(region, [page.candidates[j] for j in chosen], page, rows)
                for region in problem.figures
            )
            if chosen and any(answer is not None for answer in answers):
                found.append(Example(problem, answers, fold))
    return found


def _answer(
    region: Region, chosen: Sequence[Candidate], page: OpenPage, rows: Sequence[Mapping[str, Any]]
) -> Answer:
    row = _label_of(region, rows)
    if row is None or row.get("optional") or not row.get("caption_bbox"):
        return None
    box: Box = tuple(row["caption_bbox"])
    here = row.get("caption_page") in (None, page.layout.page)
    right = frozenset(j for j, c in enumerate(chosen) if here and _same_text(c.bbox, box))
    if right:
        return right
    if all(is_number_tag(candidate) for candidate in chosen):
        return None  # labels name captions; a bare number may be the figure's all the same
    seen = any(_same_text(candidate.bbox, box) for candidate in page.candidates)
    # A caption that was not seen at all teaches nothing.
    return frozenset() if seen or not here else None


def _label_of(region: Region, rows: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    best = max(rows, key=lambda row: iou(region.bbox, tuple(row["bbox"])), default=None)
    if best is not None and iou(region.bbox, tuple(best["bbox"])) >= SAME_FIGURE:
        return best
    return next((row for row in rows if cover(region.bbox, tuple(row["bbox"])) >= PIECE_INSIDE), None)


def _same_text(found: Box, labelled: Box) -> bool:
    smaller = min(area(found), area(labelled))
    return smaller > 0 and area(intersect(found, labelled)) >= SAME_CAPTION * smaller


def without_ceiling(costs: PairingCosts) -> PairingCosts:
    """Costs under which no pair is left out as too dear, so that fitting may make it cheaper."""
    return replace(costs, null_figure=1e3)
