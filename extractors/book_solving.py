"""A book is solved in a worker: text of a hostile book costs at most what one page may."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from extractors.book_pages import LIMIT_REMEDIES
from extractors.errors import UnexpectedBookError, UnsolvedBookError
from extractors.grammar.words import words_added
from extractors.pairing.costs import PairingCosts, costs_with
from extractors.pairing.solve import SolvedBook, solve_book
from extractors.records import BookContent
from extractors.sandbox import Sandbox
from extractors.settings import ExtractSettings
from extractors.worker_messages import JobFailure


@dataclass(frozen=True, slots=True)
class SolveJob:
    """A book to be solved: words added, costs in use, and the pages whose layouts are wanted."""

    content: BookContent
    words: Mapping[str, Sequence[str]]
    costs: PairingCosts
    shown: tuple[int, ...]


def solve(job: SolveJob) -> SolvedBook:
    """The solved book with the layouts of the pages shown. Runs in a worker."""
    with words_added(job.words):
        solved = solve_book(job.content, job.costs)
    return replace(solved, layouts=tuple(x for x in solved.layouts if x.page in job.shown))


def solve_apart(
    content: BookContent,
    pdf: Path,
    settings: ExtractSettings,
    sandbox: Sandbox,
    *,
    shown: tuple[int, ...] = (),
) -> SolvedBook:
    """`content`, read from `pdf`, solved in a worker of `sandbox`, under the limits of one page.

    Raises UnsolvedBookError when it goes beyond them, UnexpectedBookError for a fault of ours.
    """
    job = SolveJob(content, settings.words.by_kind(), costs_with(settings.costs), shown)
    outcome = next(iter(sandbox.run(solve, [job])))
    if not isinstance(outcome, JobFailure):
        return outcome
    if outcome.reason == "error":
        raise UnexpectedBookError(pdf, f"its figures and texts cannot be paired: {outcome.detail}")
    remedy = LIMIT_REMEDIES.get(outcome.reason, "")
    told = f"its figures and texts were not paired within the limits of a page: {outcome.detail} {remedy}"
    raise UnsolvedBookError(pdf, told.strip())
