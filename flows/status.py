"""What a workspace holds: its books, its versions, its last runs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dataset_cards.review.apply import deciding
from dataset_cards.review.corrections import read
from dataset_cards.review.record import read_reviewed
from dataset_cards.verify import has_current, read_current, read_manifest
from flows.ledger import Run, read_runs
from flows.lock import lock_holder
from flows.outcomes import dataset_dir, described, is_published, read_outcomes
from flows.report import BookReport
from flows.settings import Settings
from flows.stage_keys import stage_keys
from flows.workspace import Workspace

RUNS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Status:
    """A workspace at this moment."""

    books: tuple[BookReport, ...]
    waiting: tuple[str, ...]
    """Names of books that the next build will extract."""
    decisions: int
    """Decisions of people that count and are not in the current version, or are in it and were undone."""
    is_current: bool
    """Whether the current version is what the readings, what people say, settings and program make now."""
    unreadable: tuple[tuple[str, str], ...]
    duplicates: tuple[tuple[str, str], ...]
    skipped: tuple[tuple[str, str], ...]
    """(name, why) of what is in books/ and can be no book."""
    without_rights: tuple[str, ...]
    """Names of books for which books.toml states no rights."""
    warnings: tuple[str, ...]
    """Entries of books.toml that name no book."""
    version: str | None
    path: Path | None
    counts: dict[str, Any] | None
    """Of the current version, as its manifest gives them."""
    runs: tuple[Run, ...]
    busy: int | None
    """Process id of the builder at work."""


def read_status(root: Path, settings: Settings) -> Status:
    """Look, change nothing but the index of hashes. Raises UsageError, DamagedWorkspaceError."""
    workspace = Workspace.open(root)
    shelf = workspace.shelf()
    outcomes = read_outcomes(workspace, shelf.books, stage_keys(settings.extract))
    reports = [(outcome.book.name, outcome.report()) for outcome in outcomes]
    folder = dataset_dir(workspace, settings.dataset)
    path = read_current(folder) if has_current(folder) else None
    busy = lock_holder(workspace.root)
    told = described(workspace, shelf.books, settings.dataset)
    return Status(
        books=tuple(report for _, report in reports if report is not None),
        waiting=tuple(name for name, report in reports if report is None),
        decisions=_new_decisions(workspace, path),
        is_current=is_published(workspace, outcomes, settings.dataset),
        unreadable=shelf.unreadable,
        duplicates=shelf.duplicates,
        skipped=shelf.skipped,
        without_rights=tuple(book.name for book in shelf.books if not told.has_rights(book.sha256)),
        warnings=tuple(told.hints),
        version=path.name if path else None,
        path=path,
        counts=read_manifest(path)["counts"] if path else None,
        runs=tuple(read_runs(workspace.runs, newest=RUNS_SHOWN, busy=busy is not None)),
        busy=busy,
    )


def _new_decisions(workspace: Workspace, version: Path | None) -> int:
    made = {correction.id for correction in deciding(read(workspace.corrections).lines)}
    known = {one for row in read_reviewed(version) for one in row["corrections"]}
    return len(made ^ known)
