"""First stage of a book: every page is read, in worker processes that can be ended.

This stage is slow (OCR), so its result is kept while the second one, `extractors.book_pairs`, improves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from extractors.document import BookInfo, probe
from extractors.errors import BookError, DamagedPdfError, UnexpectedBookError, UsageError
from extractors.names import safe_name
from extractors.page import PageJob, read_page
from extractors.records import BookContent, PageContent, PageFailure
from extractors.sandbox import Sandbox
from extractors.settings import ExtractSettings, Limits
from extractors.worker_messages import JobFailure

RECYCLE_AFTER = 400
"""Pages a worker reads before it is replaced: the OCR engines leak, a few MB a page."""
REMEDIES = {
    "timeout": "Give it longer with --set extract.limits.page_seconds=N.",
    "hung": "Give it longer with --set extract.limits.page_wall_seconds=N.",
    "memory": "Allow more with --set extract.limits.memory_mb=N.",
    "too-large": "Allow more with --set extract.limits.max_pixels=N.",
    "crashed": "The page is damaged or breaks the PDF library; export it again from its source.",
}
"""What a person can do about a page that failed, by reason."""
DAMAGED_REMEDY = "Get another copy of it."
LIMIT_REMEDIES = {reason: REMEDIES[reason] for reason in ("timeout", "hung", "memory")}
"""Those for what goes beyond a limit that can be raised."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class _ProbeJob:
    path: Path
    limits: Limits


def _probe(job: _ProbeJob) -> BookInfo:
    return probe(job.path, job.limits)


def open_sandbox(settings: ExtractSettings) -> Sandbox:
    """Worker processes under the limits of `settings`; one sandbox serves all stages of a book."""
    return Sandbox(
        workers=settings.workers,
        seconds=settings.limits.page_seconds,
        wall_seconds=settings.limits.page_wall_seconds,
        memory_mb=settings.limits.memory_mb,
        recycle_after=RECYCLE_AFTER,
    )


def read_book(
    pdf: Path,
    settings: ExtractSettings,
    *,
    pages: Sequence[int] | None = None,
    progress: Progress | None = None,
    sandbox: Sandbox | None = None,
) -> BookContent:
    """Read all pages, or those in `pages` (1-based), of `pdf`.

    A page that hangs, crashes or is too large is listed in `failures`; the others are read.
    `progress(done, total)` is called as pages end; `sandbox` lends running workers. Raises BookError for a
    file that cannot be read at all, UsageError for pages it does not have, MissingDependencyError without
    the OCR engine it needs.
    """
    if sandbox is None:
        with open_sandbox(settings) as own:
            return read_book(pdf, settings, pages=pages, progress=progress, sandbox=own)
    info = next(iter(sandbox.run(_probe, [_ProbeJob(pdf, settings.limits)])))
    if isinstance(info, JobFailure):
        raise _unopened(pdf, info)
    numbers = chosen_pages(pdf, pages, info.page_count)
    jobs = [PageJob(pdf, number, settings) for number in numbers]
    read: list[PageContent] = []
    failures: list[PageFailure] = []
    outcomes = sandbox.run(read_page, jobs, counter(progress, len(jobs)))
    for number, outcome in zip(numbers, outcomes, strict=True):
        if isinstance(outcome, JobFailure):
            failures.append(page_failure(number, "read", outcome))
        else:
            read.append(outcome)
    return BookContent(info.sha256, info.title, info.page_count, tuple(read), tuple(failures))


def _unopened(pdf: Path, failure: JobFailure) -> BookError:
    """Why the PDF library could not open the book, with the remedy."""
    if failure.reason == "error":
        return UnexpectedBookError(pdf, f"cannot be opened: {failure.detail}")
    remedy = f"{DAMAGED_REMEDY} {LIMIT_REMEDIES.get(failure.reason, '')}".strip()
    return DamagedPdfError(pdf, f"cannot be opened, so it is most likely damaged: {failure.detail} {remedy}")


def page_failure(page: int, stage: str, failure: JobFailure) -> PageFailure:
    """The record of a page whose job failed in `stage`, with its remedy."""
    remedy = REMEDIES.get(failure.reason, "")
    return PageFailure(page, stage, failure.reason, failure.detail + (f" {remedy}" if remedy else ""))


def counter(progress: Progress | None, total: int) -> Callable[[int], None]:
    """Turns "job i ended" into "this many of that many done"."""
    done = 0
    if progress is not None:
        progress(0, total)

    def ended(_index: int) -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(done, total)

    return ended


def chosen_pages(pdf: Path, pages: Sequence[int] | None, page_count: int) -> list[int]:
    """`pages` sorted, or all of the book where none are named. Raises UsageError for one beyond it."""
    numbers = sorted(set(pages)) if pages is not None else list(range(1, page_count + 1))
    beyond = [number for number in numbers if not 1 <= number <= page_count]
    if beyond:
        raise UsageError(f"{safe_name(pdf.name)} has pages 1 to {page_count}; there is no page {beyond[0]}")
    return numbers
