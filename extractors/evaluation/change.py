"""What became right and what became wrong between two runs over the same labels."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from extractors.evaluation.evaluate import Evaluation
from extractors.evaluation.fault_types import FaultType
from extractors.evaluation.summary import Summary, by_layout, summarise


@dataclass(frozen=True, slots=True)
class Turn:
    """One labelled figure that is right in one run and wrong in the other."""

    book: str
    layout: str
    page: int
    fid: str
    fault: FaultType
    """What is wrong, or was."""


@dataclass(frozen=True, slots=True)
class Change:
    """The difference between a baseline and a later run."""

    became_right: tuple[Turn, ...]
    became_wrong: tuple[Turn, ...]
    layouts: dict[tuple[str, bool], tuple[Summary, Summary]]
    """(layout, whether scanned) -> before and after."""
    all: tuple[Summary, Summary]
    faults: dict[FaultType, tuple[int, int]]
    """How many errors of each kind, before and after; kinds in neither run left out."""


def compare(before: Evaluation, after: Evaluation) -> Change:
    """What changed from `before` to `after`, two runs scored against the same labels."""
    wrong_before, wrong_after = _wrong(before), _wrong(after)
    layouts_before, layouts_after = by_layout(before.books), by_layout(after.books)
    nothing = summarise([])
    return Change(
        _turns(before, wrong_before, wrong_after),
        _turns(after, wrong_after, wrong_before),
        {
            key: (layouts_before.get(key, nothing), layouts_after.get(key, nothing))
            for key in sorted(layouts_before.keys() | layouts_after.keys())
        },
        (summarise(before.books), summarise(after.books)),
        _fault_counts(before, after),
    )


def _wrong(run: Evaluation) -> dict[tuple[str, str], FaultType]:
    """(book, figure id) -> what is wrong with it; the figures that count as right are left out."""
    return {(fault.book, fault.fid): fault.type for fault in run.faults if fault.fid and fault.counts}


def _turns(
    run: Evaluation, wrong: dict[tuple[str, str], FaultType], other: dict[tuple[str, str], FaultType]
) -> tuple[Turn, ...]:
    """The figures that are wrong in `run` and right in the other one."""
    return tuple(
        Turn(book.labels.book, figure.layout, figure.page, figure.fid, wrong[key])
        for book in run.books
        for figure in book.labels.figures
        if (key := (book.labels.book, figure.fid)) in wrong and key not in other
    )


def _fault_counts(before: Evaluation, after: Evaluation) -> dict[FaultType, tuple[int, int]]:
    first, second = (Counter(fault.type for fault in run.faults) for run in (before, after))
    return {kind: (first[kind], second[kind]) for kind in FaultType if first[kind] or second[kind]}
