"""From the shelf to the next dataset version: decide what is to do, do it under Prefect, write the ledger.

Prefect is started only when there is work: that nothing is new is said at once.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from dataset_cards.files import read_json_lines
from dataset_cards.motifs import motif_list
from dataset_cards.review.corrections import read
from dataset_cards.verify import has_current, read_current
from dataset_cards.version import Published
from extractors.errors import BAD_INPUT, PARTIAL, TuwenError
from flows.holding import lost_books, out_of_sight
from flows.ledger import Ledger
from flows.outcomes import (
    Outcome,
    dataset_dir,
    described,
    is_published,
    may_have_pairs,
    publish_settings,
    read_outcomes,
    write_refusals,
)
from flows.progress import say
from flows.report import BookReport, common_exit_code, counted, split_counts, unreadable_report
from flows.settings import Settings
from flows.stage_keys import StageKeys, stage_keys
from flows.workspace import Shelf, Workspace

BuildState = Literal["published", "nothing-new", "no-pairs", "no-books", "held"]
"""held: nothing was published, because the next version would lose books (`flows.holding`)."""


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build came to."""

    state: BuildState
    version: str | None
    """The current version after the build."""
    path: Path | None
    """Its folder."""
    books: tuple[BookReport, ...] = ()
    duplicates: tuple[tuple[str, str], ...] = ()
    """(name, name of the book with the same content)."""
    skipped: tuple[tuple[str, str], ...] = ()
    """(name, why) of what is in books/ and can be no book."""
    held: tuple[str, ...] = ()
    """The books, or the places that may hold them, for which the version is held back."""
    counts: dict[str, Any] | None = None
    """Of a version just published: pairs, splits, unmatched, added, removed, changed, not_applied,
    previous."""

    @property
    def exit_code(self) -> int:
        """By the state of the shelf, not of this run: a book that still fails keeps a build partial."""
        if self.state == "held":
            return BAD_INPUT
        code = common_exit_code(self.books)
        if code and self.path is not None:
            return PARTIAL  # the version holds other books
        return BAD_INPUT if self.state == "no-pairs" and not code else code

    def lines(self) -> list[str]:
        """A build for a person: the version, then its books; only those with failures when nothing is new."""
        lines = [self._headline(), *self._not_applied()]
        for book in self.books:
            lines += book.lines() if self.state != "nothing-new" or book.exit_code else []
        lines += [f"= {name}: the same file as {same}" for name, same in self.duplicates]
        return lines + [f"- {name}: skipped, {why}" for name, why in self.skipped]

    def _headline(self) -> str:
        if self.state == "no-books":
            return "no books: put PDFs into books/ and build again"
        if self.state == "held":
            return (
                f"held back: the next version would lose books of {self.version} that cannot be read now "
                f"({', '.join(self.held)}). Make them readable, or take them out of books/"
            )
        if self.state == "no-pairs":
            return "nothing published: no pair was found in any book"
        if self.counts is None:
            done = sum(book.state != "failed" for book in self.books)
            failed = f", {len(self.books) - done} failed" if done < len(self.books) else ""
            return f"nothing new: {self.version} is up to date with {counted(done, 'book')}{failed}"
        counts = self.counts
        change = f"+{counts['added']} −{counts['removed']} ~{counts['changed']} against {counts['previous']}"
        return (
            f"published {self.version}: {counted(counts['pairs'], 'pair')} ({split_counts(counts)}), "
            f"{counts['unmatched']} unmatched" + (f"; {change}" if counts["previous"] else "")
        )

    def _not_applied(self) -> list[str]:
        """Corrections that came to nothing, and where they are listed."""
        if not self.counts or not self.counts["not_applied"] or self.path is None:
            return []
        figures = counted(self.counts["not_applied"], "figure")
        return [
            f"! corrections of {figures} could not be applied; listed as "
            f"“未能应用 Not applied” in {self.path / 'CHANGES.md'}"
        ]


def build_workspace(
    root: Path, settings: Settings, *, retry_failed: bool = False, only: Collection[str] | None = None
) -> BuildReport:
    """Bring the dataset of the workspace at `root` up to date with its books, or with those named in `only`.

    `retry_failed` tries again what failed before: whole books, and books with failed pages. Raises UsageError
    (no workspace, a slip in books.toml), BusyError (another builder), DamagedWorkspaceError,
    MissingDependencyError.
    """
    workspace = Workspace.open(root)
    with workspace.locked():
        shelf = workspace.shelf(only)
        folder = dataset_dir(workspace, settings.dataset)
        if not shelf.books and not shelf.unreadable:
            if has_current(folder):
                return _report("held", workspace, settings, shelf, [], held=("books/",))
            return _report("no-books", workspace, settings, shelf, [])
        # A slip in books.toml or in the list of motifs is said now, not when all books have been read.
        told = described(workspace, shelf.books, settings.dataset)
        motif_list(publish_settings(workspace, settings.dataset).motifs)
        for line in read(workspace.corrections).damaged:
            say(f"{workspace.corrections.name}, line {line.line}: counts for nothing, {line.why}")
        keys = stage_keys(settings.extract)
        outcomes = read_outcomes(workspace, shelf.books, keys)
        if held := out_of_sight(folder, shelf):
            return _report("held", workspace, settings, shelf, outcomes, held=held)
        retry = retry_failed and any(outcome.has_failures for outcome in outcomes)
        if not retry and not any(outcome.is_open or outcome.is_unanswered for outcome in outcomes):
            if held := lost_books(folder, outcomes):
                return _report("held", workspace, settings, shelf, outcomes, held=held)
            if not may_have_pairs(workspace, outcomes):
                return _report("no-pairs", workspace, settings, shelf, outcomes)
            if is_published(workspace, outcomes, settings.dataset):
                return _report("nothing-new", workspace, settings, shelf, outcomes)
        if only is None:
            for warning in told.hints:
                say(warning)
        return _run(workspace, settings, shelf, keys, outcomes, retry_failed=retry_failed)


def _run(
    workspace: Workspace,
    settings: Settings,
    shelf: Shelf,
    keys: StageKeys,
    before: Sequence[Outcome],
    *,
    retry_failed: bool,
) -> BuildReport:
    ledger = Ledger(workspace.runs)
    new = [outcome.book.name for outcome in before if outcome.is_open]
    ledger.add("started", books=len(shelf.books), new=new, retry_failed=retry_failed)
    say(f"building {workspace.root.name}: {len(new)} of {len(shelf.books)} books to extract")
    try:
        report = _run_flow(workspace, settings, shelf, keys, ledger, retry_failed=retry_failed)
    except BaseException as error:
        reason = str(error) if isinstance(error, TuwenError) else f"{type(error).__name__}: {error}"
        ledger.add("finished", outcome="failed", reason=reason)
        raise
    ledger.add("finished", outcome=report.state, version=report.version, exit_code=report.exit_code)
    return report


def _run_flow(
    workspace: Workspace,
    settings: Settings,
    shelf: Shelf,
    keys: StageKeys,
    ledger: Ledger,
    *,
    retry_failed: bool,
) -> BuildReport:
    from flows.prefect_server import prefect_api

    def make_report(published: Published | None, faults: dict[str, Exception]) -> BuildReport:
        return _written_report(workspace, settings, shelf, keys, ledger, published, faults)

    with prefect_api(workspace.root):
        from flows.build import build

        return build(workspace.root, list(shelf.books), settings, keys, retry_failed, make_report)


def _written_report(
    workspace: Workspace,
    settings: Settings,
    shelf: Shelf,
    keys: StageKeys,
    ledger: Ledger,
    published: Published | None,
    faults: dict[str, Exception],
) -> BuildReport:
    """What the build came to, with its events in the ledger."""
    outcomes = read_outcomes(workspace, shelf.books, keys)
    if keys.refined:
        write_refusals(workspace, outcomes)
    state: BuildState = "published" if published else "nothing-new"
    paired = any(outcome.result and outcome.result.pairs for outcome in outcomes)
    if not (published or paired or is_published(workspace, outcomes, settings.dataset)):
        state = "no-pairs"
    held = () if published else lost_books(dataset_dir(workspace, settings.dataset), outcomes)
    if held:
        state = "held"
    counts = None
    if published:
        counts = {
            "previous": published.previous,
            "pairs": published.pairs,
            "splits": published.splits,
            "unmatched": published.unmatched,
            "added": published.added,
            "removed": published.removed,
            "changed": published.changed,
            "not_applied": published.not_applied,
        }
        ledger.add("published", version=published.version, **counts)
    report = _report(state, workspace, settings, shelf, outcomes, faults=faults, held=held, counts=counts)
    for book in report.books:
        ledger.add("book", **book.as_json())
    for name, same in shelf.duplicates:
        ledger.add("duplicate", name=name, same_as=same)
    return report


def _report(
    state: BuildState,
    workspace: Workspace,
    settings: Settings,
    shelf: Shelf,
    outcomes: Sequence[Outcome],
    *,
    faults: dict[str, Exception] | None = None,
    held: tuple[str, ...] = (),
    counts: dict[str, Any] | None = None,
) -> BuildReport:
    books = []
    for outcome in outcomes:
        report = outcome.report()
        if report is None:
            fault = (faults or {}).get(outcome.book.sha256) or RuntimeError("its task left no result")
            report = BookReport.of_error(outcome.book.name, outcome.book.sha256, fault)
        books.append(report)
    for name, why in shelf.unreadable:
        books.append(unreadable_report(name, why))
    folder = dataset_dir(workspace, settings.dataset)
    path = read_current(folder) if has_current(folder) else None
    if path and state in ("published", "nothing-new"):
        books = _as_published(books, path)
    return BuildReport(
        state=state,
        version=path.name if path else None,
        path=path,
        books=tuple(sorted(books, key=lambda book: book.name)),
        duplicates=shelf.duplicates,
        skipped=shelf.skipped,
        held=held,
        counts=counts,
    )


def _as_published(books: Sequence[BookReport], version: Path) -> list[BookReport]:
    """Books with the pairs and unmatched of a version: what people decided is applied there."""
    rows = {row["sha256"]: row for row in read_json_lines(version / "books.jsonl")}
    found = [(book, rows.get(book.sha256)) for book in books]
    return [
        replace(book, pairs=row["pairs"], unmatched=row["unmatched"]) if row else book for book, row in found
    ]
